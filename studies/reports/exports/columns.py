"""Columns that several tables share, each with its meaning, and the shape of a table.

The publishable tables hold pseudonyms only. What identifies a person (the recruiter's ids), and what a person wrote in
words of his own, stands in private columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from studies.models import Study

Kind = Literal["text", "integer", "number", "boolean"]
Row = tuple[Any, ...]
EVIDENCE = (
    ("response_ms", "number", "milliseconds from the opening of the round to Next"),
    ("plays", "integer", "full plays of the clips before Next"),
    ("loops", "integer", "loops watched"),
    ("median_frame_error", "number", "frames the three clips lay apart, median"),
    ("worst_frame_error", "number", "frames the three clips lay apart, worst"),
    ("stalls", "integer", "times a clip had to wait for data"),
    ("hidden_ms", "number", "milliseconds the page was hidden"),
)


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    meaning: str
    private: bool = False


@dataclass(frozen=True)
class Export:
    """One table. ``rows`` yields a value for every column, private ones included; :func:`stream` leaves those out."""

    key: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Study], Iterator[Row]]

    def visible(self, private: bool) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if private or not column.private)

    def stream(self, study: Study, private: bool = False) -> Iterator[Row]:
        """Rows one by one, in an order that is always the same; memory does not grow with their number."""
        if private or not any(column.private for column in self.columns):
            yield from self.rows(study)
            return
        kept = [place for place, column in enumerate(self.columns) if not column.private]
        for row in self.rows(study):
            yield tuple(row[place] for place in kept)


COMMON = (
    Column("study", "text", "the study's address"),
    Column("design_hash", "text", "sha256 of the design frozen at launch; empty before"),
    Column(
        "simulated",
        "boolean",
        "true when a program gave the ratings, or the dataset is made up for a demonstration",
    ),
)
PERSON = (
    Column("recruiter", "text", "who sent the participant", private=True),
    Column("recruiter_person", "text", "the recruiter's id of the participant: personal data", private=True),
    Column("recruiter_submission", "text", "the recruiter's id of the submission", private=True),
)


def common(study: Study) -> Row:
    return study.slug, study.design_hash, study.simulated or study.dataset.simulated


SEAT = (
    Column("participant", "text", "pseudonym"),
    Column("participant_simulated", "boolean", "true when this participant is a program"),
    Column("block", "integer", "number of the block"),
    Column("sitting_state", "text", "active, completed, expired, returned, withdrawn or screened_out"),
    Column("excluded", "boolean", "an exclusion stands: the ratings stay out of the analysis"),
)
WHY = (Column("exclusion_reason", "text", "why it is excluded"),)
SHOWN = (
    Column("position", "integer", "place of the round in its sitting, from 1"),
    Column("kind", "text", "comparison; or a check: instructed, identical, repeat"),
    Column("animation", "text", "name of the animation"),
    Column("system_a", "text", "the system whose name comes first in the alphabet"),
    Column("system_b", "text", "the other system (an identical check shows A on both sides)"),
    Column("a_on_left", "boolean", "whether A stood on the left"),
    Column("passed", "boolean", "checks only: whether it was passed, judged by the server"),
)
RATING = (
    Column("dimension", "text", "key of the question"),
    Column("answer", "text", "left, equal or right, as it was seen"),
    Column(
        "value",
        "integer",
        "1 when A wins, 0 equal, -1 when B wins; empty for checks that set no A against a B",
    ),
    Column("changes", "integer", "changes of mind before Next"),
    Column("answered_ms", "integer", "milliseconds from the opening of the answers to this answer"),
)
TIMES = (
    Column("opened_s", "number", "seconds from the beginning of the sitting to the opening of the round"),
    Column("answered_s", "number", "seconds from the beginning of the sitting to Next"),
)
WORDS = (Column("reason", "text", "the participant's own words", private=True),)
SEEN = tuple(Column(f"evidence_{name}", kind, meaning) for name, kind, meaning in EVIDENCE)  # type: ignore[arg-type]
