"""A metric against people: oracles from scikit-learn, scipy and statsmodels, and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from studies.analysis.accuracy import best_epsilon, folds_by_cluster, hits, tie_accuracy
from studies.analysis.alignment import align, ruler_marks
from studies.analysis.auc import exchanged
from studies.analysis.humans import ceiling
from studies.analysis.multiplicity import benjamini_hochberg, holm
from studies.analysis.patterns import patterns
from studies.analysis.preference import draw_clusters, plain_auc, preference_auc
from studies.analysis.rankcorr import kendall, spearman
from studies.analysis.scores import GivenDifferences, JudgeVerdicts, MetricScores, system_means
from studies.analysis.table import TableError
from studies.analysis.targets import target

QUALITY = {"gpt": 1.5, "claude": 0.98, "gemini": 0.91, "qwen3vl": -1.5, "llama": -1.9}


def simulated_metric(table, noise, seed=0, name="metric", dimension=None, **options):
    """Scores that know each system's standing and little else: simulated, for tests only."""
    rng = np.random.default_rng(seed)
    scores = {
        (animation, system): QUALITY[system] + rng.normal(0, noise)
        for animation in table.animation_labels
        for system in table.system_labels
    }
    return MetricScores(name, "1", scores, dimension, **options)


@pytest.fixture(scope="module")
def overall(tables):
    return tables["overall"]


@pytest.fixture(scope="module")
def three(overall):
    return [
        simulated_metric(overall, noise, seed, name)
        for seed, (name, noise) in enumerate([("sharp", 0.5), ("dull", 2.0), ("blind", 50.0)])
    ]


@pytest.fixture(scope="module")
def aligned(overall, three):
    return align(overall, three, replicates=400, permutations=2000)


def rating_level(table, delta):
    """Every non-tied rating with its difference, one row each."""
    x, y = delta[table.unit], table.value
    keep = (y != 0) & ~np.isnan(x)
    return x[keep], y[keep]


def test_the_auc_is_that_of_every_rating_and_its_mirror_image(overall, three, aligned):
    x, y = rating_level(overall, three[0].delta(overall))
    row = aligned.metric("sharp 1")
    assert row.auc.value == pytest.approx(roc_auc_score(np.r_[y, -y] > 0, np.r_[x, -x]))
    assert row.auc_given.value == pytest.approx(roc_auc_score(y > 0, x))
    assert row.auc.n == len(y)


def test_an_animation_bootstrap_takes_ratings_of_an_animation_together(overall, three, aligned):
    delta = three[0].delta(overall)
    rng = np.random.default_rng(3)
    by_animation = [np.flatnonzero(overall.animation == a) for a in range(214)]
    slow = []
    for _ in range(250):
        rows = np.concatenate([by_animation[a] for a in rng.integers(0, 214, 214)])
        y, x = overall.value[rows], delta[overall.unit[rows]]
        x, y = x[y != 0], y[y != 0]
        slow.append(roc_auc_score(np.r_[y, -y] > 0, np.r_[x, -x]))
    assert aligned.metric("sharp 1").auc.se == pytest.approx(np.std(slow), rel=0.15)


def test_exchanging_any_comparison_changes_nothing_but_the_given_orientation(overall, three):
    delta = three[1].delta(overall)
    votes = target(overall)
    turn = np.random.default_rng(0).random(600) < 0.5
    turned = type(votes)(
        "rating",
        np.where(turn, votes.minus, votes.plus),
        votes.tie,
        np.where(turn, votes.plus, votes.minus),
        votes.cluster,
        votes.clusters,
    )
    flipped = np.where(turn, -delta, delta)
    assert plain_auc(flipped, turned) == pytest.approx(plain_auc(delta, votes))
    given = preference_auc(delta, votes, mirrored=False).value
    assert preference_auc(flipped, turned, mirrored=False).value != pytest.approx(given, abs=0.005)
    assert tie_accuracy(flipped, turned) == tie_accuracy(delta, votes)
    net = overall.counts[:, 2] - overall.counts[:, 0].astype(float)
    for correlate in (kendall, spearman):
        before = correlate(delta, net, votes.cluster, 214)
        assert correlate(flipped, np.where(turn, -net, net), votes.cluster, 214).value == pytest.approx(
            before.value
        )


def test_an_interval_that_ignores_mirroring_would_be_too_narrow(overall, three):
    """DeLong on mirrored ratings takes twice the ratings for independent; the animation bootstrap does not."""
    delta = three[1].delta(overall)
    x, y = rating_level(overall, delta)
    score, sign = np.r_[x, -x], np.r_[y, -y]
    above, below = score[sign > 0], score[sign < 0]
    placement = (
        np.searchsorted(np.sort(below), above) / len(below),
        np.searchsorted(np.sort(above), below) / len(above),
    )
    delong = np.sqrt(placement[0].var(ddof=1) / len(above) + placement[1].var(ddof=1) / len(below))
    clustered = align(overall, [GivenDifferences("m", "1", delta)], replicates=600).metrics[0].auc.se
    assert clustered > 1.3 * delong


def test_different_and_similar_are_told_apart_by_the_size_of_the_difference(overall, three, aligned):
    x = np.abs(three[0].delta(overall))[overall.unit]
    expected = roc_auc_score(overall.value != 0, x)
    assert aligned.metric("sharp 1").different_similar.value == pytest.approx(expected)


def test_correct_classification_counts_preferences(overall, three, aligned):
    x, y = rating_level(overall, three[0].delta(overall))
    assert aligned.metric("sharp 1").correct.value == pytest.approx((np.sign(x) == y).mean())


def test_two_afc_is_the_mean_share_on_the_side_the_metric_picks(overall, three, aligned):
    delta = three[0].delta(overall)
    shares = []
    for unit in range(600):
        y = overall.value[(overall.unit == unit) & (overall.value != 0)]
        if len(y):
            shares.append((y == np.sign(delta[unit])).mean())
    row = aligned.metric("sharp 1").two_afc
    assert (row.value, row.n) == (pytest.approx(np.mean(shares)), len(shares))
    assert round(aligned.human_2afc.value, 4) == 0.8571


def test_rank_correlations_are_scipys_on_mirrored_pairs(overall, three, aligned):
    delta = three[1].delta(overall)
    net = overall.counts[:, 2] - overall.counts[:, 0]
    x, y = np.r_[delta, -delta], np.r_[net, -net]
    row = aligned.metric("dull 1")
    assert row.kendall.value == pytest.approx(stats.kendalltau(x, y).statistic)
    assert row.spearman.value == pytest.approx(stats.spearmanr(x, y).statistic)
    assert row.kendall.low < row.kendall.value < row.kendall.high


def test_kendalls_jackknife_is_leaving_animations_out():
    rng = np.random.default_rng(4)
    x, y, cluster = rng.integers(-5, 6, 40) / 2, rng.integers(-3, 4, 40).astype(float), rng.integers(0, 6, 40)
    left = np.array(
        [kendall(x[cluster != g], y[cluster != g], cluster[cluster != g], 6).value for g in range(6)]
    )
    se = np.sqrt(5 / 6 * ((left - left.mean()) ** 2).sum())
    assert kendall(x, y, cluster, 6).se == pytest.approx(se)


def test_system_level_correlations_use_mean_scores_and_strengths(overall, three, aligned):
    systems = aligned.metric("dull 1").systems
    assert [name for name, _, _ in systems.points] == list(overall.system_labels)
    _, x, y = zip(*systems.points, strict=True)
    assert systems.pearson.value == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert dict(zip(overall.system_labels, y, strict=True))["gpt"] == pytest.approx(1.5039, abs=5e-5)
    assert systems.kendall.value == pytest.approx(stats.kendalltau(x, y).statistic)


def test_a_predictor_with_differences_only_gets_system_means_by_least_squares(overall, three):
    exact = {key: QUALITY[key[1]] for key in three[0].scores}
    metric = MetricScores("exact", "1", exact)
    solved = system_means(GivenDifferences("d", "1", metric.delta(overall)), overall)
    means = system_means(metric, overall)
    assert solved - solved.mean() == pytest.approx(means - means.mean())


def test_the_ruler_puts_people_and_metrics_on_one_axis(aligned):
    marks = ruler_marks(aligned)
    values = [mark[2].value for mark in marks]
    assert values == sorted(values)
    assert {kind for _, kind, _ in marks} == {"metric", "raters", "ceiling"}
    sharp = aligned.metric("sharp 1")
    below, above = (aligned.ruler.ticks[k].value for k in (1, 2))
    assert sharp.worth == pytest.approx(1 + (sharp.auc.value - below) / (above - below))
    assert "other raters" in sharp.worth_sentence


def test_the_roc_curve_has_the_area(aligned):
    row = aligned.metric("dull 1")
    false, true = np.array(row.roc).T
    assert np.trapezoid(true, false) == pytest.approx(row.auc.value, abs=0.002)


def test_agreement_grows_with_the_size_of_the_difference(aligned):
    bins = aligned.metric("sharp 1").by_size
    assert len(bins) == 5
    assert bins[-1].agreement.value > bins[0].agreement.value + 0.2
    assert sum(b.units for b in bins) == 598


# Levels


def test_majority_level_asks_each_strict_majority_once(overall, three):
    found = align(overall, three[:1], level="majority", replicates=100)
    counts = overall.counts
    decided = 2 * counts.max(1) > counts.sum(1)
    sign = counts.argmax(1) - 1
    keep = decided & (sign != 0)
    x = three[0].delta(overall)[keep]
    expected = roc_auc_score(np.r_[sign[keep], -sign[keep]] > 0, np.r_[x, -x])
    row = found.metrics[0]
    assert row.auc.value == pytest.approx(expected)
    assert row.auc.n == keep.sum()
    assert row.worth is None
    assert found.reference.value != ceiling(patterns(overall)).value
    assert "majorit" in row.auc.method


# Ties


def brute_accuracy(delta, values, epsilon):
    called = np.where(np.abs(delta) <= epsilon, 0, np.sign(delta))
    return (called == values).mean()


def test_the_best_threshold_is_found_by_trying_all():
    rng = np.random.default_rng(6)
    for _ in range(20):
        delta = rng.normal(0, 1, 30).round(1)
        values = np.where(rng.random(30) < 0.4, 0, np.sign(delta + rng.normal(0, 1, 30))).astype(int)
        votes = [(values == v).astype(float) for v in (1, 0, -1)]
        epsilon = best_epsilon(delta, *votes)
        tried = np.unique(np.r_[0, np.abs(delta)])
        accuracies = [brute_accuracy(delta, values, e) for e in tried]
        assert brute_accuracy(delta, values, epsilon) == pytest.approx(max(accuracies))
        assert epsilon == tried[int(np.argmax(accuracies))]
        assert hits(delta, epsilon, *votes).sum() / 30 == pytest.approx(max(accuracies))


def test_accuracy_with_ties_is_chosen_on_other_animations(overall, three):
    votes = target(overall)
    delta = three[0].delta(overall)
    found = tie_accuracy(delta, votes, folds=5, seed=9)
    fold = folds_by_cluster(214, 5, np.random.default_rng(9))[overall.unit_animation]
    right = 0.0
    for f in range(5):
        train, test = fold != f, fold == f
        epsilon = best_epsilon(delta[train], votes.plus[train], votes.tie[train], votes.minus[train])
        right += hits(delta[test], epsilon, votes.plus[test], votes.tie[test], votes.minus[test]).sum()
    assert found.accuracy.value == pytest.approx(right / 1950)
    tie = 109 / 1950
    assert found.chance == pytest.approx(max(tie, (1 - tie) / 2))


def test_folds_are_equal_and_keep_clusters_whole():
    fold = folds_by_cluster(23, 5, np.random.default_rng(0))
    assert sorted(np.bincount(fold)) == [4, 4, 5, 5, 5]


# Differences


def test_a_clearly_better_metric_is_called_better(aligned):
    first = aligned.differences[0]
    assert (first.first, first.second) == ("sharp 1", "dull 1")
    assert first.difference.low > 0
    assert first.p_holm < 0.01
    assert first.difference.value == pytest.approx(
        aligned.metric("sharp 1").auc.value - aligned.metric("dull 1").auc.value
    )


def test_equally_good_metrics_are_called_different_as_often_as_promised(overall):
    """Forty pairs of metrics with the same noise: p-values of the sign-flip test spread over (0, 1)."""
    votes, p = target(overall), []
    from studies.analysis.alignment import compare

    for seed in range(40):
        pair = {str(s): simulated_metric(overall, 2.0, [seed, s]).delta(overall) for s in (1, 2)}
        p.append(compare(pair, votes, draw_clusters(214, 20, 0), 400, seed)[0].p)
    assert stats.kstest(p, "uniform").pvalue > 0.005
    assert np.mean(np.array(p) < 0.05) <= 0.175


def test_holm_and_benjamini_hochberg_are_those_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(1).random(12) ** 3
    assert holm(p.tolist()) == pytest.approx(multipletests(p, method="holm")[1])
    assert benjamini_hochberg(p.tolist()) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert holm([0.01, None, 0.04]) == (0.02, None, 0.04)
    assert benjamini_hochberg([None]) == (None,)


def test_the_same_seed_gives_the_same_alignment(overall, three):
    first, again = (align(overall, three[:2], replicates=50, permutations=100, seed=4) for _ in range(2))
    assert first == again


# Missing, constant and refused


def test_a_metric_missing_for_some_reconstructions_is_compared_where_it_is_there(overall, three):
    partial = MetricScores("partial", "1", {k: v for k, v in three[0].scores.items() if k[1] != "llama"})
    found = align(overall, [partial, three[0]], replicates=50, permutations=50)
    row = found.metric("partial 1")
    without = (np.array(overall.system_labels)[overall.unit_system_a] != "llama") & (
        np.array(overall.system_labels)[overall.unit_system_b] != "llama"
    )
    assert (row.scored, row.units) == (without.sum(), 600)
    assert found.differences[0].difference.value == pytest.approx(0)
    assert len(row.systems.points) == 4


@pytest.mark.parametrize(
    ("scores", "says"),
    [(lambda key: 0.5, "same score"), (lambda key: float("nan"), "No rated comparison has a score")],
)
def test_a_constant_or_absent_metric_gets_sentences_and_no_numbers(overall, three, scores, says):
    metric = MetricScores("dead", "1", {key: scores(key) for key in three[0].scores})
    found = align(overall, [metric, three[0]], replicates=50, permutations=50)
    row = found.metric("dead 1")
    for estimate in (
        row.auc,
        row.auc_given,
        row.correct,
        row.two_afc,
        row.tie_accuracy.accuracy,
        row.kendall,
        row.spearman,
        row.systems.pearson,
        row.different_similar,
    ):
        assert estimate.value is None
        assert estimate.reason.endswith(".")
    assert says in row.auc.reason
    assert row.roc == ()
    assert row.worth is None


def test_a_study_without_ties_cannot_tell_different_from_similar(make_table):
    table = make_table(np.random.default_rng(0).choice([-1, 1], (3, 12)))
    metric = GivenDifferences("m", "1", np.random.default_rng(1).normal(size=12))
    row = align(table, [metric], replicates=50).metrics[0]
    assert "says equal" in row.different_similar.reason
    assert row.systems.pearson.value is None
    assert row.auc.value is not None


def test_one_animation_gives_values_without_intervals(make_table):
    table = make_table(
        [[1, -1, 0], [1, 1, -1]], animations=["x"] * 3, pairs=[("a", "b"), ("a", "c"), ("b", "c")]
    )
    row = align(table, [GivenDifferences("m", "1", np.array([1.0, 0.2, -0.5]))]).metrics[0]
    assert row.auc.value is not None
    assert row.auc.low is None
    assert "one animation" in row.auc.reason
    assert row.tie_accuracy.accuracy.value is None


def test_lower_is_better_is_turned_round(overall, three):
    loss = MetricScores("loss", "1", {k: -v for k, v in three[0].scores.items()}, higher_is_better=False)
    assert loss.delta(overall) == pytest.approx(three[0].delta(overall))


def test_it_refuses_the_same_metric_twice_and_differences_of_another_study(overall, three):
    with pytest.raises(TableError, match="sharp 1 is given twice"):
        align(overall, [three[0], three[0]])
    with pytest.raises(TableError, match="3 differences for 600 comparisons"):
        align(overall, [GivenDifferences("m", "1", np.zeros(3))])


# Judges


def test_a_judge_whose_verdict_turns_with_the_order_says_equal(make_table):
    table = make_table([[1, 1, -1, 0, 1]] * 2)
    keys = [(x, "a", "b") for x in table.animation_labels]
    forward = dict(zip(keys, ["a", "a", "b", None, "a"], strict=True))
    backward = dict(zip(keys[:4], ["a", "b", "b", "a"], strict=True))
    judge = JudgeVerdicts("judge", "1", forward, backward, "overall")
    assert judge.delta(table) == pytest.approx([1, 0, -1, 0, np.nan], nan_ok=True)
    assert judge.flip_rate(table).value == 0.5
    assert judge.flip_rate(table).n == 4
    row = align(table, [judge], replicates=50).metrics[0]
    assert row.flip_rate.value == 0.5
    assert (row.kind, row.targets, row.scored) == ("judge", "overall", 4)


def test_a_judge_shown_one_order_only_has_no_flip_rate(make_table):
    table = make_table([[1, -1]])
    judge = JudgeVerdicts("judge", "1", {(x, "a", "b"): "a" for x in table.animation_labels}, {})
    assert np.isnan(judge.delta(table)).all()
    assert "both orders" in judge.flip_rate(table).reason


def test_a_judge_that_prefers_a_stranger_is_refused():
    with pytest.raises(TableError, match="prefers c"):
        JudgeVerdicts("judge", "1", {("x", "a", "b"): "c"}, {})
    with pytest.raises(TableError, match="sort the two systems"):
        JudgeVerdicts("judge", "1", {("x", "b", "a"): "a"}, {})


def test_mirroring_doubles_the_items():
    x, plus, minus = exchanged([1.0, 2], [1, 0], [0, 3])
    assert x.tolist() == [1, 2, -1, -2]
    assert plus.tolist() == [1, 0, 0, 3]
    assert minus.tolist() == [0, 3, 1, 0]
