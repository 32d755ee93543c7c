"""The shape of a report, before it becomes a page, a PDF or LaTeX: sections of sentences, tables and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MINUS = "−"
Estimated = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Cells as they are read. ``numeric``: columns set flush right; ``notes`` explain what is undefined."""

    key: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    notes: tuple[str, ...] = ()
    folded: bool = False

    @property
    def columns(self) -> list[tuple[str, bool]]:
        return list(zip(self.head, self.numeric, strict=True))

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        return [list(zip(row, self.numeric, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Chart:
    """A picture, its one-sentence reading, how it was found, and the table behind it.

    ``spec`` is Vega-Lite without theme or width.
    """

    key: str
    title: str
    reading: str
    spec: Mapping[str, Any]
    table: Table
    method: str


@dataclass(frozen=True)
class Section:
    """``standing`` is confirmatory or exploratory; empty where the question does not arise."""

    key: str
    title: str
    sentences: tuple[str, ...]
    parts: tuple[Table | Chart, ...] = ()
    method: tuple[str, ...] = ()
    standing: str = ""


class TableWriter:
    """Collects rows; an undefined cell becomes “undefined (1)” with its reason as note 1."""

    def __init__(self, key: str, caption: str, *head: str, text: int = 1) -> None:
        self.key, self.caption, self.head, self.text = key, caption, head, text
        self.rows: list[tuple[str, ...]] = []
        self.reasons: dict[str, int] = {}

    def row(self, *cells: Any) -> None:
        """A row of strings, numbers and estimates (objects with value, low, high, reason)."""
        self.rows.append(tuple(self._cell(cell) for cell in cells))

    def _cell(self, cell: Any) -> str:
        if isinstance(cell, Mapping):
            if cell["value"] is None:
                return self.undefined(cell["reason"])
            return number(cell["value"])
        if cell is None:
            return "–"
        return (
            number(cell) if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
        )

    def undefined(self, reason: str) -> str:
        place = self.reasons.setdefault(
            reason or "The data leave this number undefined.", len(self.reasons) + 1
        )
        return f"undefined ({place})"

    def interval(self, estimate: Estimated) -> str:
        """The interval alone; “none (1)” with its reason where there is none."""
        if estimate["value"] is None:
            return "–"
        if estimate["low"] is None or estimate["high"] is None:
            reason = estimate["reason"]
            if not reason:
                return "–"
            return f"none ({self.reasons.setdefault(reason, len(self.reasons) + 1)})"
        return between(estimate)

    def done(self, *notes: str, folded: bool = False) -> Table:
        numbered = tuple(f"({place}) {reason}" for reason, place in self.reasons.items())
        numeric = tuple(place >= self.text for place in range(len(self.head)))
        said = (*numbered, *notes)
        return Table(self.key, self.caption, tuple(self.head), tuple(self.rows), numeric, said, folded)


def number(value: float | None, digits: int = 4) -> str:
    """0.6985, −0.1250; “–” for nothing."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def chance(p: float | None, digits: int = 4) -> str:
    """A probability; “<0.0001” and “>0.9999” where rounding would make it impossible or certain."""
    if p is None:
        return "–"
    least = 10.0**-digits
    if p < least / 2:
        return f"<{least:.{digits}f}"
    return f">{1 - least:.{digits}f}" if p > 1 - least / 2 else number(p, digits)


def between(estimate: Estimated, digits: int = 4) -> str:
    return f"{number(estimate['low'], digits)} to {number(estimate['high'], digits)}"


def with_interval(estimate: Estimated, digits: int = 2) -> str:
    """“0.70 (0.63 to 0.76)”, or the reason why there is no number."""
    if estimate["value"] is None:
        return str(estimate["reason"])
    words = number(estimate["value"], digits)
    return f"{words} ({between(estimate, digits)})" if estimate["low"] is not None else words


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def listed(words: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def plural(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def tables_of(sections: Iterable[Section]) -> Iterable[Table]:
    """Every table, those behind charts included."""
    for section in sections:
        for part in section.parts:
            yield part.table if isinstance(part, Chart) else part


def charts_of(sections: Iterable[Section]) -> Iterable[Chart]:
    for section in sections:
        for part in section.parts:
            if isinstance(part, Chart):
                yield part


@dataclass(frozen=True)
class Document:
    """The whole report as it is read. ``facts``: label → (figure, what it is of)."""

    title: str
    simulated: str  # what is made up, in words for a caption; empty where nothing is
    origin: str
    answers: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    settings: tuple[tuple[str, str], ...] = field(default=())

    @property
    def prefix(self) -> str:
        """What the names of single files begin with, so that they say what is made up even out of their archive."""
        return f"{self.simulated.replace(' ', '-')}-" if self.simulated else ""
