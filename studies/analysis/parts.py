"""Agreement within parts of a study: each block, each pair of systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.analysis.codings import HEADLINE
from studies.analysis.estimate import Estimate
from studies.analysis.features import describe_units, ratio
from studies.analysis.patterns import Patterns
from studies.analysis.resampling import SHARE, jackknife_t
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]

NO_PAIRS = "No comparison has two ratings, so agreement cannot be seen."
ONE_ANSWER = "All raters gave the same answer everywhere, so agreement cannot be told from chance."


@dataclass(frozen=True)
class PartRow:
    """The headline α of a part of the study: a block or a pair of systems."""

    label: str
    alpha: Estimate
    raw_agreement: Estimate
    units: int
    ratings: int


def per_block(table: RatingTable, full: Patterns, by_group: Floats) -> tuple[PartRow, ...]:
    """The headline within each block, from (blocks, P) occupancies. No interval: a block has no blocks."""
    features = HEADLINE.features(full, len(table.system_labels))
    described = describe_units(full.counts)
    alphas = HEADLINE.of_sums(by_group @ features)
    totals = by_group @ described
    raw = ratio(totals[:, [0, 4]])
    rows = []
    for label, value, agreed, total, units in zip(
        _block_names(table), alphas, raw, totals, by_group.sum(1), strict=True
    ):
        paired = int(total[4])
        reason = ONE_ANSWER if paired else NO_PAIRS
        rows.append(
            PartRow(
                label,
                Estimate.point(float(value), paired, "swap-invariant ordinal α", reason),
                Estimate.point(float(agreed), paired, "raw agreement", NO_PAIRS),
                int(units),
                int(total[5]),
            )
        )
    return tuple(rows)


def per_pair(table: RatingTable, full: Patterns, by_group: Floats, level: float) -> tuple[PartRow, ...]:
    """The headline within each pair of systems, with the jackknife over blocks."""
    features = HEADLINE.features(full, len(table.system_labels))
    described = describe_units(full.counts)
    rows = []
    for first, second in sorted(set(zip(full.first.tolist(), full.second.tolist(), strict=True))):
        of_pair = (full.first == first) & (full.second == second)
        blocks = by_group[:, of_pair]
        blocks = blocks[blocks.sum(1) > 0]
        paired = int((blocks @ described[of_pair, 4]).sum())
        reason = ONE_ANSWER if paired else NO_PAIRS
        found = jackknife_t(blocks @ features[of_pair], HEADLINE.of_sums, paired, level=level)
        raw = jackknife_t(blocks @ described[of_pair][:, [0, 4]], ratio, paired, level=level, bounds=SHARE)
        rows.append(
            PartRow(
                f"{table.system_labels[first]} – {table.system_labels[second]}",
                found if found.defined else Estimate.undefined(reason, paired, found.method),
                raw if raw.defined else Estimate.undefined(NO_PAIRS, paired, raw.method),
                int(blocks.sum()),
                int((blocks @ described[of_pair, 5]).sum()),
            )
        )
    return tuple(rows)


def _block_names(table: RatingTable) -> tuple[str, ...]:
    """A name per independent group of units: its block, or its blocks joined when they share units."""
    names: dict[int, dict[str, None]] = {}
    for group, block in np.unique(np.column_stack([table.unit_group[table.unit], table.block]), axis=0):
        names.setdefault(int(group), {})[table.block_labels[block]] = None
    return tuple(" + ".join(names[group]) for group in sorted(names))
