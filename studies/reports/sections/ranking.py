"""Which system is better?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row, dots
from studies.reports.document import (
    Chart,
    Section,
    Table,
    TableWriter,
    chance,
    listed,
    number,
    plural,
    with_interval,
)
from studies.reports.sections.common import Content, defined, reasons, standing

METHOD = (
    "Davidson's model (1970) gives every system a strength: the chances of winning, a tie and losing are as"
    " √(π₁/π₂), ν and"
    " √(π₂/π₁). Strengths are logarithms, centred at 0; a difference of 1 means odds of e (about 2.7) among"
    " decided ratings.",
    "Intervals and the chance of being on top come from a bootstrap over blocks.",
    "A cyclic triad is three systems that beat each other in a circle; many of them mean that one scale"
    " cannot hold them.",
)


def section(content: Content) -> Section:
    found = defined(content, "ranking")
    if not found:
        return Section("ranking", "Which system is better?", tuple(reasons(content, "ranking")))
    return Section(
        "ranking",
        "Which system is better?",
        tuple(_sentence(label, ranked) for _, label, ranked in found),
        (_picture(found), *(_table(key, label, ranked) for key, label, ranked in found), _pairs(found)),
        METHOD,
        standing(content, "ranking"),
    )


def _sentence(label: str, ranked: dict[str, Any]) -> str:
    rows = [row for row in ranked["systems"] if row["strength"]["value"] is not None]
    if not rows:
        first = ranked["systems"][0]["strength"]["reason"] if ranked["systems"] else "No system was compared."
        return f"{label}: {first}"
    words = f"{label}: {listed([row['system'] for row in rows])}, from best to worst"
    if rows[0]["p_top"] is not None:
        words += f"; {rows[0]['system']} is on top with probability {chance(rows[0]['p_top'], 2)}"
    circles = ranked["cyclic_systems"]
    return words + (
        "." if not circles else f"; {plural(len(circles), 'triple')} of systems go round in a circle."
    )


def _picture(found: list[tuple[str, str, dict[str, Any]]]) -> Chart:
    order = [row["system"] for row in found[0][2]["systems"]]
    rows = []
    for _, label, ranked in found:
        by_name = {row["system"]: row["strength"] for row in ranked["systems"]}
        rows += [dot_row(name, by_name[name], label) for name in order if name in by_name]
    rows.sort(key=lambda row: order.index(row["label"]) if row else 0)
    writer = TableWriter(
        "strengths",
        "Davidson log-strengths",
        "System",
        *[words for _, label, _ in found for words in (label, "95 % interval")],
    )
    for name in order:
        cells: list[Any] = []
        for _, _, ranked in found:
            strength = next(row["strength"] for row in ranked["systems"] if row["system"] == name)
            cells += [strength, writer.interval(strength)]
        writer.row(name, *cells)
    drawn = [row for row in rows if row]
    reading = (
        f"On {found[0][1].lower()}, {drawn[0]['label']} stands first and {order[-1]} last; a longer gap means"
        " clearer wins."
        if drawn
        else "No system has a strength that can be drawn."
    )
    spec = dots(rows, "log-strength (0 is the mean system)", lines=[(0.0, "")] if drawn else [])
    how = (
        "Davidson's model fitted by maximum likelihood to all ratings of a dimension; strengths are logarithms with"
        f" mean 0. Lines: 95 % interval from {found[0][2]['replicates']:,} resamples of whole blocks, each fitted anew."
    )
    return Chart("strengths", "Strength of each system", reading, spec, writer.done(), how)


def _table(key: str, label: str, ranked: dict[str, Any]) -> Table:
    writer = TableWriter(
        f"ranking-{key}",
        f"{label}: systems from best to worst",
        "System",
        "Strength",
        "95 % interval",
        "P(top)",
        "Expected rank",
        "Wins",
        "Ties",
        "Losses",
    )
    for row in ranked["systems"]:
        strength = row["strength"]
        counts = (row["wins"], row["ties"], row["losses"])
        writer.row(
            row["system"],
            strength,
            writer.interval(strength),
            chance(row["p_top"], 3),
            _two(row["expected_rank"]),
            *counts,
        )
    nu = ranked["tie_parameter"]
    ties = f"Tie parameter ν = {with_interval(nu, 4)}." if nu["value"] is not None else str(nu["reason"])
    triads = (
        f"Within animations {ranked['cyclic_triads']:,} of"
        f" {plural(ranked['complete_triads'], 'complete triad')} are cyclic."
        if ranked["complete_triads"]
        else "No animation has all three comparisons of three systems, so no triad within an animation can be judged."
    )
    return writer.done(ties, triads)


def _two(value: float | None) -> str:
    return number(value, 2)


def _pairs(found: list[tuple[str, str, dict[str, Any]]]) -> Table:
    writer = TableWriter(
        "pairs",
        "Wins, ties and losses of the first-named system against the second",
        "Pair",
        *[words for _, label, _ in found for words in (label, "model's chance")],
    )
    for place, row in enumerate(found[0][2]["pairs"]):
        cells: list[Any] = []
        for _, _, ranked in found:
            same = ranked["pairs"][place] if place < len(ranked["pairs"]) else None
            if same is None or (same["first"], same["second"]) != (row["first"], row["second"]):
                cells += [None, None]
            else:
                cells += [f"{same['wins']} / {same['ties']} / {same['losses']}", same["p_first"]]
        writer.row(f"{row['first']} – {row['second']}", *cells)
    return writer.done("The chance is that of the first system winning a decided rating.", folded=True)
