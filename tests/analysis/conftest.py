"""The published judgments (read where they lie, never copied here) and small tables made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from studies.analysis.agreement import Agreement, agreement
from studies.analysis.paper import ParsedJudgments, parse_judgments
from studies.analysis.table import RatingTable

PAPER = Path(__file__).resolve().parents[3] / "shared" / "data" / "animation2code"
DIMENSIONS = ("overall", "appearance", "motion")


def paper_file(name: str) -> Path:
    path = PAPER / name
    if not path.exists():
        pytest.fail(
            f"The published data are missing: put {name} at shared/data/animation2code beside the repository."
        )
    return path


@pytest.fixture(scope="session")
def judgments() -> ParsedJudgments:
    with paper_file("judgments.csv").open(encoding="utf-8") as lines:
        return parse_judgments(lines, rows_per_rater=30)


@pytest.fixture(scope="session")
def tables(judgments: ParsedJudgments) -> dict[str, RatingTable]:
    return {dimension: judgments.table(dimension) for dimension in DIMENSIONS}


@pytest.fixture(scope="session")
def published(tables: dict[str, RatingTable]) -> dict[str, Agreement]:
    return {name: agreement(table, replicates=2000) for name, table in tables.items()}


TableMaker = Callable[..., RatingTable]


@pytest.fixture(scope="session")
def make_table() -> TableMaker:
    """A table from a (raters, units) matrix of −1, 0, +1 and NaN: one animation a unit, systems a and b."""

    def make(
        matrix: Sequence[Sequence[float]] | np.ndarray,
        *,
        blocks: Sequence[str] | None = None,
        pairs: Sequence[tuple[str, str]] | None = None,
        animations: Sequence[str] | None = None,
        sides: np.ndarray | None = None,
    ) -> RatingTable:
        values = np.asarray(matrix, float)
        rater, unit = np.nonzero(~np.isnan(values))
        pairs = pairs or [("a", "b")] * values.shape[1]
        return RatingTable.from_columns(
            "overall",
            rater=[f"r{r:02d}" for r in rater],
            block=[blocks[u] if blocks else "one" for u in unit],
            animation=[animations[u] if animations else f"x{u:03d}" for u in unit],
            system_a=[pairs[u][0] for u in unit],
            system_b=[pairs[u][1] for u in unit],
            value=values[rater, unit],
            a_on_left=None if sides is None else sides[rater, unit],
        )

    return make
