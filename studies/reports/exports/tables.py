"""What can be exported: each table with its columns and its rows as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from benchmark.models import Score
from studies.models import (
    BlockItem,
    Comparison,
    Exclusion,
    Rating,
    RecruiterIdentity,
    Sitting,
    Study,
    Trial,
    Verdict,
)
from studies.models.trial import answer_value
from studies.reports.exports.columns import (
    COMMON,
    EVIDENCE,
    PERSON,
    RATING,
    SEAT,
    SEEN,
    SHOWN,
    TIMES,
    WHY,
    WORDS,
    Column,
    Export,
    Row,
    common,
)

CHUNK = 5_000


def _seconds(later: datetime | None, start: datetime) -> float | None:
    return round((later - start).total_seconds(), 3) if later else None


def _standing(sitting: str) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(sitting=OuterRef(sitting), lifted_at=None)


def _excluded(sitting: str) -> Any:
    return Exists(_standing(sitting))


def _person(participant: str) -> dict[str, Any]:
    identity = RecruiterIdentity.objects.filter(participant=OuterRef(participant))
    return {name: Subquery(identity.values(name)[:1]) for name in ("recruiter", "person", "submission")}


def _each(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    return iter(rows.iterator(chunk_size=CHUNK))


def _evidence(found: dict[str, Any]) -> Row:
    return tuple(found.get(name) for name, _, _ in EVIDENCE)


def rating_query(study: Study) -> QuerySet[Any, Any]:
    """The rows behind the ratings table, in an order that is always the same; :func:`rating_row` reads them."""
    return (
        Rating.objects.filter(trial__sitting__participant__study=study)
        .annotate(
            excluded=_excluded("trial__sitting"),
            why=Subquery(_standing("trial__sitting").values("reason")[:1]),
            **_person("trial__sitting__participant"),
        )
        .order_by(
            "trial__sitting__participant__pseudonym",
            "trial__sitting",
            "trial__position",
            "dimension__position",
        )
        .values_list(
            "trial__sitting__participant__pseudonym",
            "trial__sitting__participant__simulated",
            "trial__sitting__block__number",
            "trial__sitting__state",
            "excluded",
            "why",
            "trial__position",
            "trial__kind",
            "trial__comparison__animation__name",
            "trial__comparison__a__system__name",
            "trial__comparison__b__system__name",
            "trial__a_on_left",
            "trial__passed",
            "dimension__key",
            "answer",
            "changes",
            "answered_ms",
            "trial__opened_at",
            "trial__answered_at",
            "trial__sitting__created_at",
            "trial__reason",
            "trial__evidence",
            "recruiter",
            "person",
            "submission",
        )
    )


def rating_row(head: Row, row: Row) -> Row:
    """A value for every column of the ratings table, from a row of :func:`rating_query`."""
    seat, shown, (key, answer, changes, ms) = row[:6], row[6:13], row[13:17]
    opened, answered, began, words, evidence = row[17:22]
    a, b, a_on_left = shown[3:6]
    if a > b:
        a, b, a_on_left = b, a, not a_on_left
    told = (*shown[:3], a, b, a_on_left, shown[6])
    sided = shown[1] in (Trial.Kind.COMPARISON, Trial.Kind.REPEAT)
    value = answer_value(answer, a_on_left) if sided else None
    times = (_seconds(opened, began), _seconds(answered, began))
    return (
        *head, *seat, *told, key, answer, value, changes, ms, *times, *_evidence(evidence), words, *row[22:],
    )  # fmt: skip


def _ratings(study: Study) -> Iterator[Row]:
    head = common(study)
    for row in _each(rating_query(study)):
        yield rating_row(head, row)


# --- the other tables --------------------------------------------------------------------------------------------


def _trials(study: Study) -> Iterator[Row]:
    head = common(study)
    rows = (
        Trial.objects.filter(sitting__participant__study=study)
        .annotate(excluded=_excluded("sitting"))
        .order_by("sitting__participant__pseudonym", "sitting", "position")
        .values_list(
            "sitting__participant__pseudonym",
            "sitting__participant__simulated",
            "sitting__block__number",
            "sitting__state",
            "excluded",
            "position",
            "kind",
            "comparison__animation__name",
            "comparison__a__system__name",
            "comparison__b__system__name",
            "a_on_left",
            "passed",
            "opened_at",
            "answered_at",
            "sitting__created_at",
            "evidence",
            "failures",
            "skipped_at",
            "reason",
        )
    )
    for row in _each(rows):
        opened, answered, began, evidence, failures, skipped, words = row[12:]
        a, b, a_on_left = row[8:11]
        if a > b:
            a, b, a_on_left = b, a, not a_on_left
        times = (_seconds(opened, began), _seconds(answered, began))
        shown = (*row[:8], a, b, a_on_left, row[11])
        yield (*head, *shown, *times, *_evidence(evidence), len(failures), skipped is not None, words)


def _sittings(study: Study) -> Iterator[Row]:
    head = common(study)
    reason = _standing("pk")
    opened = Trial.objects.filter(sitting=OuterRef("pk"), opened_at__isnull=False)
    rows = (
        Sitting.objects.filter(participant__study=study)
        .annotate(
            excluded=_excluded("pk"),
            rule=Subquery(reason.values("rule")[:1]),
            why=Subquery(reason.values("reason")[:1]),
            here=Exists(opened),
            **_person("participant"),
        )
        .order_by("participant__pseudonym", "pk")
        .values_list(
            "participant__pseudonym",
            "participant__simulated",
            "block__number",
            "state",
            "excluded",
            "rule",
            "why",
            "place",
            "seed",
            "practice_attempts",
            "created_at",
            "completed_at",
            "here",
            "participant__withdrawn_at",
            "recruiter",
            "person",
            "submission",
        )
    )
    for row in _each(rows):
        began, ended, here, withdrawn = row[10:14]
        seconds = _seconds(ended, began) if here else None
        yield (*head, *row[:10], seconds, withdrawn is not None, began.isoformat(), *row[14:])


def _comparisons(study: Study) -> Iterator[Row]:
    head = common(study)
    block = BlockItem.objects.filter(comparison=OuterRef("pk")).order_by("block__number")
    rows = (
        Comparison.objects.filter(study=study)
        .annotate(block=Subquery(block.values("block__number")[:1]))
        .order_by("animation__name", "a__system__name", "b__system__name")
        .values_list(
            "animation__name",
            "a__system__name",
            "b__system__name",
            "block",
            "spare",
            "animation__clip",
            "a__clip",
            "b__clip",
        )
    )
    for row in _each(rows):
        animation, a, b, number, spare, reference, clip_a, clip_b = row
        if a > b:
            a, b, clip_a, clip_b = b, a, clip_b, clip_a
        yield (*head, animation, a, b, number, spare, reference, clip_a, clip_b)


def _scores(study: Study) -> Iterator[Row]:
    head = common(study)
    rows = (
        Score.objects.filter(reconstruction__animation__dataset=study.dataset_id)
        .order_by(
            "metric", "version", "reconstruction__animation__name", "reconstruction__system__name", "pk"
        )
        .values_list(
            "reconstruction__animation__name",
            "reconstruction__system__name",
            "metric",
            "version",
            "parameters_digest",
            "dimension",
            "value",
            "reason",
            "reference_clip",
            "candidate_clip",
            "reconstruction__animation__clip",
            "reconstruction__clip",
        )
    )
    for row in _each(rows):
        yield (*head, *row[:10], row[8] == row[10] and row[9] == row[11])


def _verdicts(study: Study) -> Iterator[Row]:
    head = common(study)
    rows = (
        Verdict.objects.filter(comparison__study=study)
        .order_by(
            "judge",
            "version",
            "dimension__position",
            "comparison__animation__name",
            "comparison__a__system__name",
            "comparison__b__system__name",
            "-a_first",
        )
        .values_list(
            "judge",
            "version",
            "dimension__key",
            "comparison__animation__name",
            "comparison__a__system__name",
            "comparison__b__system__name",
            "a_first",
            "value",
        )
    )
    for judge, version, key, animation, a, b, a_first, value in _each(rows):
        if a > b:
            a, b, a_first, value = b, a, not a_first, -value
        yield (*head, judge, version, key, animation, a, b, a_first, value)


EXPORTS: dict[str, Export] = {
    export.key: export
    for export in (
        Export(
            "ratings",
            "Ratings",
            "One row per answer, with its evidence. Imported again, the publishable one gives the same report.",
            (*COMMON, *SEAT, *WHY, *SHOWN, *RATING, *TIMES, *SEEN, *WORDS, *PERSON),
            _ratings,
        ),
        Export(
            "trials",
            "Rounds",
            "One row per round that was drawn, answered or not, checks included.",
            (
                *COMMON,
                *SEAT,
                *SHOWN,
                *TIMES,
                *SEEN,
                Column("clip_failures", "integer", "times a clip of this round would not play"),
                Column("skipped", "boolean", "no spare comparison was left for clips that would not play"),
                *WORDS,
            ),
            _trials,
        ),
        Export(
            "sittings",
            "Sittings",
            "One row per sitting: how it ended, and whether it counts.",
            (
                *COMMON,
                *SEAT,
                Column("exclusion_rule", "text", "the rule that excluded it, or researcher"),
                *WHY,
                Column("place", "integer", "the place of the block it held"),
                Column("seed", "integer", "the seed that drew order and sides"),
                Column("practice_attempts", "integer", "tries of the practice"),
                Column("seconds", "number", "from consent to the last answer; empty for imported ratings"),
                Column("withdrawn", "boolean", "the participant withdrew; the answers were deleted"),
                Column("began", "text", "when it began, UTC", private=True),
                *PERSON,
            ),
            _sittings,
        ),
        Export(
            "comparisons",
            "Comparisons",
            "The design: one row per comparison.",
            (
                *COMMON,
                Column("animation", "text", "name of the animation"),
                Column("system_a", "text", "the system whose name comes first in the alphabet"),
                Column("system_b", "text", "the other system"),
                Column("block", "integer", "its block; empty for spares"),
                Column("spare", "boolean", "stands in when a clip will not play"),
                Column("reference_clip", "text", "sha256 of the reference clip"),
                Column("clip_a", "text", "sha256 of A's clip"),
                Column("clip_b", "text", "sha256 of B's clip"),
            ),
            _comparisons,
        ),
        Export(
            "scores",
            "Scores",
            "One row per metric version and reconstruction, undefined ones with their reason.",
            (
                *COMMON,
                Column("animation", "text", "name of the animation"),
                Column("system", "text", "name of the system"),
                Column("metric", "text", "name of the metric"),
                Column("version", "text", "version of the metric"),
                Column("parameters_digest", "text", "digest of the metric's parameters"),
                Column("dimension", "text", "what the metric says it measures"),
                Column("value", "number", "0 to 1, higher is closer; empty when undefined"),
                Column("reason", "text", "why it is undefined"),
                Column("reference_clip", "text", "sha256 of the reference clip that was scored"),
                Column("candidate_clip", "text", "sha256 of the candidate clip that was scored"),
                Column("current", "boolean", "both clips are still the present ones"),
            ),
            _scores,
        ),
        Export(
            "verdicts",
            "Verdicts",
            "What judges said: one row per judge, question, comparison and order.",
            (
                *COMMON,
                Column("judge", "text", "name of the judge"),
                Column("version", "text", "version of the judge"),
                Column("dimension", "text", "key of the question it was asked"),
                Column("animation", "text", "name of the animation"),
                Column("system_a", "text", "the system whose name comes first in the alphabet"),
                Column("system_b", "text", "the other system"),
                Column("a_first", "boolean", "A was shown first"),
                Column("value", "integer", "1 when A is closer, 0 equal, -1 when B is"),
            ),
            _verdicts,
        ),
    )
}
