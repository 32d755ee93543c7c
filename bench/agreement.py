"""How fast agreement is: the real file against loops over the krippendorff package, and a large study.

    python -m bench.agreement [path to judgments.csv]

Two loops are timed: over the ratings as a matrix of raters by units, as the package documents its use, and over
ready-made counts, its fastest form. Promises are about seconds on the clock, or of processor where the machine has
other things to do. Exits with status 1 when a promise is broken.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import krippendorff
import numpy as np

from bench.machine import Seconds, describe
from studies.analysis.agreement import agreement
from studies.analysis.codings import HEADLINE
from studies.analysis.paper import parse_judgments
from studies.analysis.patterns import patterns
from studies.analysis.resampling import bootstrap
from studies.analysis.simulation import RaterModel, StudyModel, even_qualities, simulate_study
from studies.analysis.table import RatingTable

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "animation2code" / "judgments.csv"
REPLICATES = 10_000
LOOP = 200  # replicates of the package that are timed; the rest is proportional


def timed(work: Callable[[], object], repeats: int = 3) -> Seconds:
    """The quickest of a few runs."""
    runs = []
    for _ in range(repeats):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        runs.append(Seconds(time.perf_counter() - clock, time.process_time() - processor))
    return min(runs, key=lambda run: run.clock)


def loop_over_matrix(table: RatingTable, replicates: int) -> None:
    """A bootstrap over units as one would write it with the krippendorff package."""
    rng = np.random.default_rng(0)
    matrix = np.full((len(table.rater_labels), table.n_units), np.nan)
    matrix[table.rater, table.unit] = table.value
    for _ in range(replicates):
        drawn = matrix[:, rng.integers(0, table.n_units, table.n_units)]
        krippendorff.alpha(reliability_data=drawn, level_of_measurement="ordinal")


def loop_over_counts(table: RatingTable, replicates: int) -> None:
    """The same from counts per unit, which spares the package most of its work."""
    rng = np.random.default_rng(0)
    for _ in range(replicates):
        drawn = table.counts[rng.integers(0, table.n_units, table.n_units)]
        krippendorff.alpha(value_counts=drawn, level_of_measurement="ordinal")


def our_bootstrap(table: RatingTable, replicates: int) -> None:
    """Our unit bootstrap alone: the like of what the loops do."""
    p = patterns(table)
    features = HEADLINE.features(p, len(table.system_labels))
    bootstrap(features, HEADLINE.of_sums, replicates, np.random.default_rng(0), p.weight)


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    with path.open(encoding="utf-8") as lines:
        judgments = parse_judgments(lines, rows_per_rater=30)
    tables = [judgments.table(dimension) for dimension in judgments.dimensions]
    first = tables[0]

    print(describe())
    three = timed(lambda: [agreement(table, replicates=REPLICATES) for table in tables])
    one = timed(lambda: agreement(first, replicates=REPLICATES))
    alone = timed(lambda: our_bootstrap(first, REPLICATES))
    matrix = timed(lambda: loop_over_matrix(first, LOOP), 1).times(REPLICATES / LOOP)
    counts = timed(lambda: loop_over_counts(first, LOOP)).times(REPLICATES / LOOP)
    print(f"real file, {REPLICATES:,} replicates")
    print(f"  full analysis, {len(tables)} dimensions   {three}; promised: under 2 s")
    print(f"  full analysis, 1 dimension    {one}")
    print(f"  our unit bootstrap alone      {alone}")
    print(f"  package in a loop, matrix     {matrix} for the unit bootstrap alone:")
    print(f"    {matrix.judged() / one.judged():.0f} times our full analysis; promised: 50 or more")
    print(f"    {matrix.judged() / alone.judged():.0f} times our unit bootstrap")
    print(f"  package in a loop, counts     {counts}:")
    print(f"    {counts.judged() / alone.judged():.0f} times our unit bootstrap")

    design = StudyModel(even_qualities(5, 0.5), blocks=1000, block_size=100, raters=RaterModel())
    large = simulate_study(design, np.random.default_rng(0))
    big = timed(lambda: agreement(large, replicates=1000), 2)
    print(f"simulated, {large.n_units:,} units × {design.raters_per_block} raters, 1,000 replicates")
    print(f"  full analysis, 1 dimension    {big}; promised: under 5 s")

    faster = matrix.judged() / one.judged()
    kept = three.judged() < 2 and faster >= 50 and big.judged() < 5
    print("All promises kept." if kept else "A promise is broken.")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
