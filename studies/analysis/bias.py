"""What else than quality moves answers: side, order, learning, fatigue, the use of "equal".

Raters are the clusters: each test leaves raters out one at a time, and p-values are corrected together (Holm).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.estimate import Estimate
from studies.analysis.multiplicity import holm
from studies.analysis.raters import leave_one_out
from studies.analysis.resampling import OfSums, group_sums, jackknife_t
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]

_NO_SIDES = "The sides were not recorded."
_NO_PLACES = "The trials' places in their sittings were not recorded."
_NO_TIMES = "Response times were not recorded."


@dataclass(frozen=True)
class BiasTest:
    """One question about bias. ``null`` is the value without bias; p_holm corrects across all tests made."""

    key: str
    question: str
    estimate: Estimate
    null: float
    p: float | None
    p_holm: float | None


@dataclass(frozen=True)
class BiasReport:
    """Tests, and what the design confounds: then position effects may be content effects."""

    dimension: str
    tests: tuple[BiasTest, ...]
    notes: tuple[str, ...]

    def test(self, key: str) -> BiasTest:
        return next(test for test in self.tests if test.key == key)


def bias_report(table: RatingTable) -> BiasReport:
    """All tests on one dimension. Thirds are thirds of each sitting's trials, by place."""
    tests = [
        _side(table),
        _repeat(table),
        *_thirds(table),
        _tie_spread(table),
    ]
    corrected = holm([test.p for test in tests])
    return BiasReport(
        table.dimension,
        tuple(replace(test, p_holm=p) for test, p in zip(tests, corrected, strict=True)),
        _notes(table),
    )


def _tested(
    key: str,
    question: str,
    rows: Floats | None,
    rater: NDArray[np.integer],
    f: OfSums,
    n: int,
    null: float,
    missing: str,
) -> BiasTest:
    """A jackknife-t test over raters: rows (n, K) of per-rating features, summed by rater."""
    if rows is None or not n:
        return BiasTest(key, question, Estimate.undefined(missing, 0), null, None, None)
    sums = group_sums(rows, np.unique(rater, return_inverse=True)[1])
    found = jackknife_t(sums, f, n, "raters", bounds=(-np.inf, np.inf))
    if not found.defined:
        return BiasTest(key, question, Estimate.undefined(missing, n, found.method), null, None, None)
    p = None
    if found.se is not None and found.value is not None and found.se > 0:
        p = float(2 * stats.t.sf(abs(found.value - null) / found.se, len(sums) - 1))
    return BiasTest(key, question, found, null, p, None)


def _quotient(sums: Floats) -> Floats:
    return np.divide(sums[..., 0], sums[..., 1], out=np.full(sums.shape[:-1], np.nan), where=sums[..., 1] > 0)


def _difference(sums: Floats) -> Floats:
    """Mean of the second group minus mean of the first, from (…, 4): sum and n of either."""
    return _quotient(sums[..., 2:]) - _quotient(sums[..., :2])


def _side(table: RatingTable) -> BiasTest:
    side = table.side
    rows = None if side is None else np.column_stack([side > 0, side != 0]).astype(float)
    n = 0 if side is None else int((side != 0).sum())
    missing = _NO_SIDES if side is None else "Nobody preferred a side."
    question = "Is the left clip preferred more often than the right one?"
    return _tested("side", question, rows, table.rater, _quotient, n, 0.5, missing)


def _repeat(table: RatingTable) -> BiasTest:
    """Does the side chosen repeat from one preference to the next, beyond the rater's own liking of a side?"""
    question = "Is a side chosen again more often than the rater's own share of sides explains?"
    side = table.side
    if side is None or table.position is None:
        missing = _NO_SIDES if side is None else _NO_PLACES
        return _tested("order", question, None, table.rater, _quotient, 0, 0.0, missing)
    order = np.lexsort((table.position, table.rater))
    order = order[side[order] != 0]
    rater, answer = table.rater[order], side[order].astype(float)
    same_rater = rater[1:] == rater[:-1]
    raters = len(table.rater_labels)
    n = np.bincount(rater, minlength=raters)
    left = np.bincount(rater, answer > 0, raters)
    right = n - left
    # Of n answers in random order, a neighbouring pair agrees with this chance.
    expected = (left * (left - 1) + right * (right - 1)) / np.maximum(n * (n - 1), 1)
    repeated = (answer[1:] == answer[:-1])[same_rater]
    who = rater[1:][same_rater]
    rows = np.column_stack([repeated - expected[who], np.ones(len(who))])
    return _tested("order", question, rows, who, _quotient, len(who), 0.0, "Nobody preferred a side twice.")


def _thirds(table: RatingTable) -> list[BiasTest]:
    third = sitting_thirds(table)
    hits, judged = leave_one_out(table)
    times = None
    if table.response_ms is not None:
        times = np.log(np.where(table.response_ms > 0, table.response_ms, np.nan))
    tie = (table.value == 0).astype(float)
    agreed = np.where(judged, hits, np.nan)
    plans: list[tuple[str, str, Floats | None, int, int, str]] = [
        (
            "learning",
            "Does agreement with the others change from the first third to the second?",
            agreed,
            0,
            1,
            "",
        ),
        (
            "fatigue",
            "Does agreement with the others change from the second third to the last?",
            agreed,
            1,
            2,
            "",
        ),
        (
            "speed",
            "Does the time to answer (log ms) change from the first third to the last?",
            times,
            0,
            2,
            _NO_TIMES,
        ),
        ("ties_over_time", "Does the use of “equal” change from the first third to the last?", tie, 0, 2, ""),
    ]
    tests = []
    for key, question, values, early, late, missing in plans:
        if third is None or values is None:
            reason = missing if third is not None else _NO_PLACES
            tests.append(_tested(key, question, None, table.rater, _difference, 0, 0.0, reason))
            continue
        known = np.isfinite(values)
        value = np.where(known, values, 0.0)
        rows = np.column_stack(
            [part for t in (early, late) for part in ((third == t) * known * value, (third == t) & known)]
        )
        n = int((known & ((third == early) | (third == late))).sum())
        reason = "Sittings are too short to be cut into thirds, or no answer can be compared there."
        tests.append(_tested(key, question, rows.astype(float), table.rater, _difference, n, 0.0, reason))
    return tests


def sitting_thirds(table: RatingTable) -> NDArray[np.intp] | None:
    """(n,): 0, 1 or 2, the third of the rater's trials in this block a rating stands in; None without places."""
    if table.position is None or not len(table):
        return None
    sitting = table.rater.astype(np.int64) * len(table.block_labels) + table.block
    order = np.lexsort((table.position, sitting))
    starts = np.flatnonzero(np.r_[True, np.diff(sitting[order]) != 0])
    length = np.diff(np.r_[starts, len(order)])
    rank = np.arange(len(order)) - np.repeat(starts, length)
    third = np.empty(len(order), np.intp)
    third[order] = 3 * rank // np.repeat(length, length)
    return third


def _tie_spread(table: RatingTable) -> BiasTest:
    """Do raters of the same block, who saw the same comparisons, differ in their use of "equal"?

    χ² of each rater's ties against the block's rate, over its degrees of freedom: 1 without differences.
    """
    key, question = "tie_use", "Do raters of the same block differ in how often they say “equal”?"
    sitting, members = np.unique(
        table.block.astype(np.int64) * (len(table.rater_labels) + 1) + table.rater, return_inverse=True
    )
    ties = np.bincount(members, table.value == 0, len(sitting))
    n = np.bincount(members, minlength=len(sitting)).astype(float)
    block = np.unique(sitting // (len(table.rater_labels) + 1), return_inverse=True)[1]
    rate = (np.bincount(block, ties) / np.maximum(np.bincount(block, n), 1))[block]
    raters_of_block = np.bincount(block)[block]
    varied = (rate > 0) & (rate < 1) & (raters_of_block > 1)
    # One degree of freedom per varied block goes to its own rate.
    degrees = int(varied.sum() - len(np.unique(block[varied])))
    method = "χ² over degrees of freedom, raters within blocks"
    if degrees < 1:
        reason = "No block has two raters and both ties and preferences, so tie use cannot be compared."
        return BiasTest(key, question, Estimate.undefined(reason, 0, method), 1.0, None, None)
    expected = (n * rate)[varied]
    chi2 = float((np.square(ties[varied] - expected) / (expected * (1 - rate[varied]))).sum())
    value = Estimate(
        chi2 / degrees,
        n=int(varied.sum()),
        method=method,
        reason="A ratio of variances; no interval is given.",
    )
    return BiasTest(key, question, value, 1.0, float(stats.chi2.sf(chi2, degrees)), None)


def _notes(table: RatingTable) -> tuple[str, ...]:
    notes = []
    several = len(np.unique(np.column_stack([table.rater, table.block]), axis=0)) > len(table.block_labels)
    if (
        table.position is not None
        and several
        and (table.of_unit(table.position)[table.unit] == table.position).all()
    ):
        notes.append(
            "Every rater of a block saw its comparisons in the same order, so effects of place (learning, fatigue)"
            " cannot be told from effects of content."
        )
    if table.unit_orientation is not None and several:
        notes.append(
            "Each comparison had the same sides for everyone, so liking a side cannot be told from"
            " liking what stood there."
        )
    return tuple(notes)
