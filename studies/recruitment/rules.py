"""What a participant's conduct permits: excluding data, asking for a return, rejecting, or nothing. Pure functions.

The rules are those that Prolific publishes for researchers; each verdict names the page it follows. Excluding data
and withholding pay are kept apart: a rule that permits the first says nothing about the second. Approving is always
permitted.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SHORT_STUDY_MINUTES = 5.0
SPEED_SDS = 3.0
COMPREHENSION_ATTEMPTS = 2
MESSAGE_CHARACTERS = 100


class Consequence(StrEnum):
    NOTHING = "nothing"
    EXCLUDE = "exclude data"
    ASK_RETURN = "ask for a return"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    url: str


CHECKS_POLICY = Source(
    "Prolific: attention and comprehension check policy",
    "https://researcher-help.prolific.com/en/article/fb63bb",
)
REJECTION_POLICY = Source(
    "Prolific: valid and invalid reasons for rejecting",
    "https://prolific-researcher.dixa.help/en/article/f75ea9",
)
REJECTION_API = Source(
    "Prolific: approve or reject a submission",
    "https://docs.prolific.com/api-reference/submissions/transition-submission",
)
RETURN_API = Source(
    "Prolific: request a return",
    "https://docs.prolific.com/api-reference/submissions/request-submission-return",
)
OWN_PLAN = Source("The study's frozen analysis plan", "")

# The API's rejection categories that a rule of ours can give grounds for.
CATEGORIES = {"FAILED_CHECK": "failed the attention checks", "TOO_QUICKLY": "completed too quickly"}

_ALL_CONSEQUENCES = frozenset({Consequence.EXCLUDE, Consequence.ASK_RETURN, Consequence.REJECT})
_NOTHING = frozenset({Consequence.NOTHING})


@dataclass(frozen=True, slots=True)
class Conduct:
    """What is known of one sitting.

    ``study_minutes`` is the longer of the announced length and what people really took (median): a doubt about the
    five-minute limit goes in the participant's favour. ``minutes`` is this sitting's own length, ``all_minutes`` those
    of every completed sitting of the study, this one among them. ``fast_pages`` counts single pages that went by
    quickly.
    """

    study_minutes: float
    failed_instructed: int = 0
    failed_identical: int = 0
    failed_repeat: int = 0
    practice_attempts: int = 0
    practice_failed: bool = False
    completed: bool = True
    withdrew: bool = False
    minutes: float | None = None
    all_minutes: tuple[float, ...] = ()
    fast_pages: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule that applies, what it permits at most, and why. ``category`` is the API's name for such a rejection."""

    rule: str
    permits: frozenset[Consequence]
    sentence: str
    source: Source
    category: str = ""


def verdicts(conduct: Conduct) -> tuple[Verdict, ...]:
    """Every rule that this conduct touches, in a fixed order; empty when there is nothing to say.

    Raises ValueError for negative counts or a study without a length.
    """
    counts = (
        conduct.failed_instructed, conduct.failed_identical, conduct.failed_repeat,
        conduct.practice_attempts, conduct.fast_pages,
    )  # fmt: skip
    if min(counts) < 0:
        raise ValueError("A count of failures cannot be negative.")
    if not (math.isfinite(conduct.study_minutes) and conduct.study_minutes > 0):
        raise ValueError("Give the study's length in minutes: the rules depend on it.")
    judged = (
        _withdrawal(conduct),
        _unfinished(conduct),
        _comprehension(conduct),
        _instructed(conduct),
        _identical(conduct),
        _repeat(conduct),
        _speed(conduct),
        _fast_pages(conduct),
    )
    return tuple(verdict for verdict in judged if verdict is not None)


def permitted(found: Iterable[Verdict]) -> frozenset[Consequence]:
    """All that at least one verdict permits; only NOTHING when none permits more."""
    union = frozenset().union(*(verdict.permits for verdict in found)) - _NOTHING
    return union or _NOTHING


def why_not_reject(found: Iterable[Verdict], category: str, message: str) -> str | None:
    """The sentence that keeps a rejection from being sent, or None when Prolific's rules permit it."""
    grounds = [verdict for verdict in found if Consequence.REJECT in verdict.permits]
    if not grounds:
        return (
            "Prolific's rules give no ground for rejecting this submission: approve it, and exclude its data if "
            "your plan says so."
        )
    if category not in {verdict.category for verdict in grounds}:
        fitting = " or ".join(sorted(f"“{CATEGORIES[verdict.category]}”" for verdict in grounds))
        return f"Choose the category that the rules give grounds for: {fitting}."
    length = len(message.strip())
    if length < MESSAGE_CHARACTERS:
        return (
            f"Write at least {MESSAGE_CHARACTERS} characters to the participant about what was missed ({length} so "
            "far): Prolific takes no shorter message."
        )
    return None


def why_not_ask_return(found: Iterable[Verdict], message: str) -> str | None:
    """The sentence that keeps a request to return from being sent, or None when it is permitted."""
    if Consequence.ASK_RETURN not in permitted(found):
        return (
            "Prolific's rules give no ground for asking this person to return: approve the submission, and exclude "
            "its data if your plan says so."
        )
    if not message.strip():
        return (
            "Say in a few words why you ask for a return: Prolific passes the reason on to the participant."
        )
    return None


def _withdrawal(conduct: Conduct) -> Verdict | None:
    if not conduct.withdrew:
        return None
    return Verdict(
        "withdrew",
        frozenset({Consequence.ASK_RETURN}),
        "The participant withdrew and the answers are deleted. You may ask for a return, and you may pay all the same; "
        "withdrawing is a right and no ground for rejecting.",
        RETURN_API,
    )


def _unfinished(conduct: Conduct) -> Verdict | None:
    if conduct.completed or conduct.withdrew or conduct.practice_failed:
        return None
    return Verdict(
        "unfinished",
        frozenset({Consequence.ASK_RETURN}),
        "The sitting is not finished here. Handing in without finishing, or without a code, permits asking for a "
        "return; it is not by itself invalid and no ground for rejecting.",
        RETURN_API,
    )


def _comprehension(conduct: Conduct) -> Verdict | None:
    if not conduct.practice_failed:
        return None
    fair = conduct.practice_attempts >= COMPREHENSION_ATTEMPTS
    return Verdict(
        "comprehension",
        frozenset({Consequence.ASK_RETURN}) if fair else _NOTHING,
        "The practice was missed twice. A comprehension check that allowed two attempts permits asking for a return, "
        "never rejecting."
        if fair
        else "The practice was missed, but not twice: a comprehension check must allow two attempts before it has any "
        "consequence.",
        CHECKS_POLICY,
    )


def _instructed(conduct: Conduct) -> Verdict | None:
    failed = conduct.failed_instructed
    if not failed:
        return None
    short = conduct.study_minutes < SHORT_STUDY_MINUTES
    if failed >= (1 if short else 2):
        limit = "one failed check" if short else "two or more failed checks"
        return Verdict(
            "instructed",
            _ALL_CONSEQUENCES,
            f"{_times(failed, 'instructed check')} failed. In a study {'under' if short else 'of'} five minutes"
            f"{'' if short else ' or more'}, {limit} permit excluding data, asking for a return, or rejecting.",
            CHECKS_POLICY,
            category="FAILED_CHECK",
        )
    return Verdict(
        "instructed",
        frozenset({Consequence.EXCLUDE}),
        "One instructed check failed. In a study of five minutes or more one failure permits excluding data only: pay "
        "may be withheld on two or more.",
        CHECKS_POLICY,
    )


def _identical(conduct: Conduct) -> Verdict | None:
    if not conduct.failed_identical:
        return None
    return Verdict(
        "identical",
        frozenset({Consequence.EXCLUDE}),
        f"{_times(conduct.failed_identical, 'identical-clip trap')} failed. Its right answer is not stated in the "
        "question, so it is no fair attention check: data may be excluded, pay may not be withheld.",
        CHECKS_POLICY,
    )


def _repeat(conduct: Conduct) -> Verdict | None:
    if not conduct.failed_repeat:
        return None
    return Verdict(
        "repeat",
        frozenset({Consequence.EXCLUDE}),
        f"{_times(conduct.failed_repeat, 'repeated pair')} answered the other way round. That measures consistency, "
        "not attention: data may be excluded, pay may not be withheld.",
        CHECKS_POLICY,
    )


def _speed(conduct: Conduct) -> Verdict | None:
    """Fast beyond three standard deviations below the mean of all completed sittings. With fewer than eleven of them no
    one can lie that far out, whatever they did: (n − 1)/√n is the largest possible distance."""
    if conduct.minutes is None or len(conduct.all_minutes) < 2:
        return None
    mean, deviation = statistics.fmean(conduct.all_minutes), statistics.stdev(conduct.all_minutes)
    if deviation == 0 or conduct.minutes >= mean:
        return None
    distance = (mean - conduct.minutes) / deviation
    if distance <= SPEED_SDS:
        return None
    return Verdict(
        "speed",
        _ALL_CONSEQUENCES,
        f"The whole sitting took {conduct.minutes:.1f} minutes, {distance:.1f} standard deviations below the mean of "
        f"{mean:.1f} (n = {len(conduct.all_minutes)}). Overall speed beyond three permits excluding data, asking for a "
        "return, or rejecting.",
        REJECTION_POLICY,
        category="TOO_QUICKLY",
    )


def _fast_pages(conduct: Conduct) -> Verdict | None:
    if not conduct.fast_pages:
        return None
    return Verdict(
        "page time",
        _NOTHING,
        f"{_times(conduct.fast_pages, 'page')} went by quickly. Time on one page is never a ground for anything.",
        REJECTION_POLICY,
    )


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


KINDS = ("instructed", "identical", "repeat")


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """How many failures of each kind of check keep a sitting out of the analysis; None: that kind never does."""

    instructed: int | None = None
    identical: int | None = None
    repeat: int | None = None

    def applies(self, failed: Mapping[str, int]) -> tuple[str, str] | None:
        """(kind, reason) of the first kind whose limit is reached, or None."""
        for kind in KINDS:
            limit = getattr(self, kind)
            if limit is not None and failed.get(kind, 0) >= limit:
                return kind, (
                    f"{failed[kind]} failed {kind} check{'' if failed[kind] == 1 else 's'}; the study's plan excludes "
                    f"from {limit} on."
                )
        return None


def exclusion_rule(plan: Mapping[str, Any]) -> ExclusionRule:
    """The rule in an analysis plan: ``{"exclude": {"instructed": 2, "identical": 1}}``. Without it nothing is excluded
    automatically. Raises ValueError, with a sentence, for a rule that cannot be read."""
    limits = plan.get("exclude") or {}
    if not isinstance(limits, Mapping):
        raise ValueError("The plan's rule for excluding is a table of check kinds and limits.")
    if unknown := sorted(set(limits) - set(KINDS)):
        raise ValueError(f"There is no kind of check “{unknown[0]}”: exclude by {', '.join(KINDS)}.")
    for kind, limit in limits.items():
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ValueError(f"The limit for {kind} checks is a whole number from 1 on, or nothing.")
    return ExclusionRule(**limits)
