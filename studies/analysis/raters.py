"""The table of raters: who agrees, who moves the result, who clicks without looking. Signs, not verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.agreement import Agreement, agreement
from studies.analysis.codings import HEADLINE
from studies.analysis.estimate import Estimate, finite, wilson
from studies.analysis.multiplicity import benjamini_hochberg
from studies.analysis.reliability import coincidences
from studies.analysis.resampling import group_sums
from studies.analysis.table import RatingTable, TableError

Floats = NDArray[np.float64]
_ALONE = "No rating can be compared: nobody else answered, or the others were split."


@dataclass(frozen=True)
class Checks:
    """A rater's attention checks: how many of each kind were passed, of how many shown."""

    passed: int
    shown: int


@dataclass(frozen=True)
class RaterRow:
    """One rater on one dimension.

    agreement    share of ratings that equal the one most frequent answer of the others; n counts those ratings
    influence    α without this rater minus α with: positive, the study agrees better without
    left_rate    share of left among preferences; left_p exact binomial against ½, left_q its
                 Benjamini–Hochberg value across raters
    longest_run  longest run of one answer as shown (left, equal, right) in order of trials
    run_chance   how many such runs chance gives at most, at the study's own shares of the three answers
    top_share    share of the rater's most frequent answer as shown
    median_ms    median time to answer; slope: its change per trial as a share (−.02: 2 % faster each trial)
    """

    rater: str
    blocks: tuple[str, ...]
    ratings: int
    agreement: Estimate
    influence: float | None
    tie_rate: float
    left_rate: Estimate
    left_p: float | None
    left_q: float | None
    longest_run: int | None
    run_chance: float | None
    top_share: float | None
    median_ms: float | None
    slope: Estimate
    checks: Checks | None
    signs: tuple[str, ...]


def rater_table(table: RatingTable, checks: Mapping[str, Checks] | None = None) -> tuple[RaterRow, ...]:
    """Every rater of one dimension, in label order. ``checks``: rater label → attention checks."""
    raters = len(table.rater_labels)
    hits, trials = leave_one_out(table)
    agreed = np.bincount(table.rater[trials], hits[trials], raters)
    compared = np.bincount(table.rater, trials, raters)
    moved = influence(table)
    ties = np.bincount(table.rater, table.value == 0, raters)
    ratings = np.bincount(table.rater, minlength=raters)
    left, preferred = _left_counts(table)
    p = (
        [_binomial(int(k), int(n)) for k, n in zip(left, preferred, strict=True)]
        if left is not None
        else [None] * raters
    )
    q = benjamini_hochberg(p)
    shares = _shown_shares(table)
    place = table.position if table.position is not None else np.arange(len(table))
    by_rater = np.split(np.lexsort((place, table.rater)), np.cumsum(ratings)[:-1]) if raters else []
    side = table.side
    rows = []
    for code, (label, mine) in enumerate(zip(table.rater_labels, by_rater, strict=True)):
        answers = None if side is None else side[mine]
        run, chance, top = _straight_line(answers, shares, table.position is not None)
        draft = RaterRow(
            rater=label,
            blocks=tuple(table.block_labels[b] for b in np.unique(table.block[mine])),
            ratings=int(ratings[code]),
            agreement=_wilson(int(agreed[code]), int(compared[code])),
            influence=finite(float(moved[code])),
            tie_rate=float(ties[code] / ratings[code]),
            left_rate=_left_rate(left, preferred, code),
            left_p=p[code],
            left_q=q[code],
            longest_run=run,
            run_chance=chance,
            top_share=top,
            median_ms=_median(table, mine),
            slope=_slope(table, mine),
            checks=(checks or {}).get(label),
            signs=(),
        )
        rows.append(draft)
    agreements = [row.agreement.value for row in rows if row.agreement.value is not None]
    times = [row.median_ms for row in rows if row.median_ms is not None]
    usual = float(np.median(agreements)) if agreements else 0.0
    usual_ms = float(np.median(times)) if len(times) > 2 else 0.0
    return tuple(_with_signs(row, usual, usual_ms) for row in rows)


def leave_one_out(table: RatingTable) -> tuple[Floats, NDArray[np.bool_]]:
    """(n,) hits and whether each rating can be judged: the others have one most frequent answer."""
    others = table.counts[table.unit].copy()
    others[np.arange(len(table)), table.value + 1] -= 1
    top = others.max(1, initial=0)
    clear = ((others == top[:, None]).sum(1) == 1) & (top > 0)
    return np.where(clear, others.argmax(1) == table.value + 1, 0).astype(float), clear


def influence(table: RatingTable) -> Floats:
    """(raters,): swap-invariant ordinal α without each rater minus α with all; NaN where undefined.

    A rater has one rating per unit, so leaving one out subtracts that rating's effect on each of his units.
    """
    counts = table.counts[table.unit].astype(float)
    without = counts.copy()
    without[np.arange(len(table)), table.value + 1] -= 1
    change = (coincidences(without) - coincidences(counts)).reshape(len(table), 9)
    total = coincidences(table.counts).sum(0).reshape(9)
    f = HEADLINE.of_sums
    return f(total + group_sums(change, table.rater, len(table.rater_labels))) - f(total)


def _left_counts(table: RatingTable) -> tuple[Floats | None, Floats]:
    raters = len(table.rater_labels)
    side = table.side
    if side is None:
        return None, np.zeros(raters)
    left = np.bincount(table.rater, side > 0, raters).astype(float)
    return left, np.bincount(table.rater, side != 0, raters).astype(float)


def _binomial(k: int, n: int) -> float | None:
    return float(min(1.0, 2 * stats.binom.cdf(min(k, n - k), n, 0.5))) if n else None


def _left_rate(left: Floats | None, preferred: Floats, code: int) -> Estimate:
    if left is None:
        return Estimate.undefined("The sides were not recorded.")
    if not preferred[code]:
        return Estimate.undefined("This rater preferred no side.")
    return _wilson(int(left[code]), int(preferred[code]))


def _wilson(k: int, n: int) -> Estimate:
    return wilson(k, n, "share, Wilson interval", _ALONE)


def _shown_shares(table: RatingTable) -> Floats | None:
    side = table.side
    return None if side is None or not len(side) else np.array([(side == v).mean() for v in (-1, 0, 1)])


def _straight_line(
    answers: NDArray[np.int8] | None, shares: Floats | None, ordered: bool
) -> tuple[int | None, float | None, float | None]:
    if answers is None or shares is None:
        return None, None, None
    top = float(max((answers == v).mean() for v in (-1, 0, 1)))
    if not ordered:
        return None, None, top
    ends = np.flatnonzero(np.r_[answers[1:] != answers[:-1], True])
    run = int(np.diff(np.r_[-1, ends]).max())
    return run, run_chance(run, len(answers), shares), top


def run_chance(run: int, n: int, shares: Floats) -> float:
    """Expected number of runs of ``run`` or more equal answers among n independent ones, at most 1.

    A bound on the chance of any such run: a run of category c starts at the first trial with p^L, at any later
    one with (1 − p) p^L.
    """
    return float(min(1.0, (shares**run * (1 + (n - run) * (1 - shares))).sum()))


def _median(table: RatingTable, mine: NDArray[np.intp]) -> float | None:
    if table.response_ms is None:
        return None
    times = table.response_ms[mine]
    times = times[np.isfinite(times)]
    return float(np.median(times)) if len(times) else None


def _slope(table: RatingTable, mine: NDArray[np.intp]) -> Estimate:
    method = "Theil–Sen slope of log response time over trials"
    if table.response_ms is None or table.position is None:
        return Estimate.undefined("Response times or trial positions were not recorded.", 0, method)
    times, places = table.response_ms[mine], table.position[mine]
    usable = np.isfinite(times) & (times > 0)
    n = int(usable.sum())
    if n < 3 or np.ptp(places[usable]) == 0:
        return Estimate.undefined("A slope needs three timed answers at different places.", n, method)
    fitted = stats.theilslopes(np.log(times[usable]), places[usable])
    value, low, high = (float(np.expm1(x)) for x in (fitted.slope, fitted.low_slope, fitted.high_slope))
    return Estimate(value, low, high, n, method)


def _with_signs(row: RaterRow, usual: float, usual_ms: float) -> RaterRow:
    """The row with what stands out, in words. A sign asks for a look; it excludes nobody."""
    signs = []
    if row.agreement.high is not None and row.agreement.high < usual:
        signs.append("agrees less with the others than most raters do")
    if row.left_q is not None and row.left_q < 0.05:
        side = "left" if (row.left_rate.value or 0) > 0.5 else "right"
        signs.append(f"prefers the {side} side")
    if row.run_chance is not None and row.run_chance < 0.001:
        signs.append(f"gave one answer {row.longest_run} times in a row")
    if row.median_ms is not None and row.median_ms < usual_ms / 3:
        signs.append("answers in less than a third of the usual time")
    if row.checks is not None and row.checks.passed < row.checks.shown:
        signs.append(f"failed {row.checks.shown - row.checks.passed} of {row.checks.shown} checks")
    return replace(row, signs=tuple(signs))


@dataclass(frozen=True)
class Exclusion:
    rater: str
    reason: str
    ratings: int


@dataclass(frozen=True)
class ExclusionEffect:
    """The same analysis with everybody and without the excluded, side by side."""

    before: Agreement
    after: Agreement
    excluded: tuple[Exclusion, ...]


def before_and_after(
    table: RatingTable, reasons: Mapping[str, str], *, replicates: int = 10_000, seed: int = 0
) -> ExclusionEffect:
    """Agreement before and after leaving raters out. ``reasons``: rater label → why, one sentence each."""
    silent = [rater for rater, reason in reasons.items() if not reason.strip()]
    if silent:
        raise TableError(
            f"The exclusion of {sorted(silent)[0]} has no reason; give one sentence that says why."
        )
    kept = table.without_raters(reasons)
    ratings = {label: int((table.rater == code).sum()) for code, label in enumerate(table.rater_labels)}
    return ExclusionEffect(
        agreement(table, replicates=replicates, seed=seed),
        agreement(kept, replicates=replicates, seed=seed),
        tuple(Exclusion(rater, reason, ratings[rater]) for rater, reason in sorted(reasons.items())),
    )
