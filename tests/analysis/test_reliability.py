"""α against published worked examples, the krippendorff package and its own symmetries."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.analysis.agreement import agreement
from studies.analysis.patterns import patterns
from studies.analysis.reliability import (
    ac1,
    alpha,
    coincidences,
    krippendorff_alpha,
    pairwise_agreement,
    value_counts,
)
from studies.analysis.table import RatingTable

_ = np.nan
TWO_BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
TWO_NOMINAL = [[1, 1, 2, 2, 4, 3, 3, 3, 5, 4, 4, 1], [2, 1, 2, 2, 2, 3, 3, 3, 5, 4, 4, 4]]
FOUR_MISSING = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
FIFTEEN = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]


@pytest.mark.parametrize(
    ("matrix", "level", "expected"),
    [
        (TWO_BINARY, "nominal", 0.0952),
        (TWO_NOMINAL, "nominal", 0.6920),
        (FOUR_MISSING, "nominal", 0.7434),
        (FOUR_MISSING, "ordinal", 0.8154),
        (FOUR_MISSING, "interval", 0.8491),
        (FOUR_MISSING, "ratio", 0.7974),
        (FIFTEEN, "nominal", 0.6914),
        (FIFTEEN, "ordinal", 0.8067),
        (FIFTEEN, "interval", 0.8108),
    ],
)
def test_it_gives_the_published_worked_examples(matrix, level, expected):
    counts, values = value_counts(matrix)
    assert round(krippendorff_alpha(counts, level, values), 4) == expected


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize(
    ("raters", "units", "categories", "missing"), [(2, 9, 2, 0), (4, 30, 3, 0.3), (7, 50, 6, 0.6)]
)
def test_it_agrees_with_the_krippendorff_package(level, raters, units, categories, missing):
    rng = np.random.default_rng([raters, units])
    matrix = rng.integers(1, categories + 1, (raters, units)).astype(float)
    matrix[rng.random(matrix.shape) < missing] = np.nan
    counts, values = value_counts(matrix)
    oracle = krippendorff.alpha(reliability_data=matrix, level_of_measurement=level)
    assert krippendorff_alpha(counts, level, values) == pytest.approx(oracle, abs=1e-12)


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
@pytest.mark.parametrize("dimension", ["overall", "appearance", "motion"])
def test_the_real_file_agrees_with_the_krippendorff_package(tables, level, dimension):
    counts = tables[dimension].counts
    oracle = krippendorff.alpha(value_counts=counts, level_of_measurement=level)
    assert krippendorff_alpha(counts, level) == pytest.approx(oracle, abs=1e-12)


counts_of_units = st.lists(
    st.tuples(*[st.integers(0, 4)] * 3).filter(lambda row: sum(row) >= 2), min_size=2, max_size=25
).map(np.array)


def swap_invariant(counts, level):
    return float(alpha(coincidences(counts).sum(0), level, swap_invariant=True))


@settings(max_examples=60, deadline=None)
@given(counts_of_units, st.data())
def test_calling_the_other_system_a_changes_nothing(counts, data):
    turned = np.array(data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts))))
    other = np.where(turned[:, None], counts[:, ::-1], counts)
    for level in ("nominal", "ordinal", "interval"):
        assert swap_invariant(counts, level) == pytest.approx(
            swap_invariant(other, level), abs=1e-9, nan_ok=True
        )


@settings(max_examples=60, deadline=None)
@given(counts_of_units, st.permutations(range(3)))
def test_nominal_alpha_knows_no_order_of_categories(counts, order):
    permuted = counts[:, list(order)]
    assert krippendorff_alpha(counts) == pytest.approx(krippendorff_alpha(permuted), abs=1e-9, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(counts_of_units)
def test_counting_each_unit_also_swapped_gives_the_swap_invariant_value_up_to_n(counts):
    """Mirroring every unit doubles n: the two forms differ in the n − 1 of the expectation alone."""
    n = counts.sum()
    mirrored = krippendorff_alpha(np.concatenate([counts, counts[:, ::-1]]))
    expected = 1 - (1 - mirrored) * ((2 * n) / (2 * n - 1)) / (n / (n - 1))
    assert swap_invariant(counts, "nominal") == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_one_category_alone_leaves_alpha_undefined():
    assert np.isnan(krippendorff_alpha([[0, 3, 0], [0, 2, 0]]))


def test_units_with_one_rating_do_not_count():
    with_single = [[2, 0, 1], [0, 1, 2], [1, 0, 0]]
    assert krippendorff_alpha(with_single) == krippendorff_alpha(with_single[:2])


def test_every_replicate_gets_the_value_it_would_get_alone():
    rng = np.random.default_rng(3)
    o = coincidences(rng.integers(0, 4, (5, 20, 3))).sum(1)
    together = alpha(o, "ordinal", swap_invariant=True)
    alone = [float(alpha(matrix, "ordinal", swap_invariant=True)) for matrix in o]
    assert together == pytest.approx(alone)


def test_agreement_within_a_unit_is_the_share_of_agreeing_pairs():
    assert pairwise_agreement([[3, 0, 0], [2, 1, 0], [1, 1, 1], [1, 0, 0]]) == pytest.approx(
        [1, 1 / 3, 0, np.nan], nan_ok=True
    )


def test_ac1_is_gwets_formula():
    # Gwet (2008): agreement .9 with shares .9/.1 of two categories: chance 2·.9·.1 = .18.
    assert float(ac1(np.array(0.9), np.array([0.9, 0.1]))) == pytest.approx((0.9 - 0.18) / (1 - 0.18))


def test_the_same_table_in_another_order_gives_the_same_agreement(tables):
    table = tables["motion"]
    shuffled = table.keep(np.random.default_rng(1).permutation(len(table)))
    assert agreement(shuffled, replicates=50).headline == agreement(table, replicates=50).headline


def test_renaming_systems_leaves_the_swap_invariant_value_alone(judgments):
    """Other names turn about half of the units round; the headline must not notice, the plain form does."""
    rename = dict(zip(judgments.systems, ["e", "d", "c", "b", "a"], strict=True))
    table = judgments.table("overall")
    labels = np.array(table.system_labels)
    renamed = RatingTable.from_columns(
        "overall",
        rater=[table.rater_labels[r] for r in table.rater],
        block=[table.block_labels[b] for b in table.block],
        animation=[table.animation_labels[a] for a in table.animation],
        system_a=[rename[name] for name in labels[table.system_a]],
        system_b=[rename[name] for name in labels[table.system_b]],
        value=table.value,
    )
    before, after = agreement(table, replicates=50), agreement(renamed, replicates=50)
    assert after.headline.value == pytest.approx(before.headline.value, abs=1e-12)
    assert after.ac1.value == pytest.approx(before.ac1.value, abs=1e-12)
    assert after.coding("nominal").estimate.value != pytest.approx(
        before.coding("nominal").estimate.value, abs=0.01
    )


def test_patterns_lose_nothing(tables):
    p = patterns(tables["overall"], pairs=True, sides=True)
    assert p.weight.sum() == 600
    assert (p.counts[p.index] == tables["overall"].counts).all()
    assert len(patterns(tables["overall"]).weight) <= 25
