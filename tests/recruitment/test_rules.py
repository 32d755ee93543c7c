"""What failing permits, row by row."""

from __future__ import annotations

import pytest

from studies.recruitment.rules import (
    CATEGORIES,
    Conduct,
    Consequence,
    ExclusionRule,
    exclusion_rule,
    permitted,
    verdicts,
    why_not_ask_return,
    why_not_reject,
)

NOTHING, EXCLUDE = Consequence.NOTHING, Consequence.EXCLUDE
ASK, REJECT = Consequence.ASK_RETURN, Consequence.REJECT
USUAL = tuple(14.0 + 0.1 * n for n in range(20))  # mean 14.95, SD 0.59
MESSAGE = (
    "In rounds 7 and 19 the question itself asked for three given answers, and other answers were chosen. "
    * 2
)


@pytest.mark.parametrize(
    ("conduct", "expected"),
    [
        (Conduct(15), {NOTHING}),
        (Conduct(15, failed_instructed=1), {EXCLUDE}),
        (Conduct(15, failed_instructed=2), {EXCLUDE, ASK, REJECT}),
        (Conduct(5, failed_instructed=1), {EXCLUDE}),
        (Conduct(5, failed_instructed=2), {EXCLUDE, ASK, REJECT}),
        (Conduct(4.9, failed_instructed=1), {EXCLUDE, ASK, REJECT}),
        (Conduct(15, failed_identical=1), {EXCLUDE}),
        (Conduct(15, failed_identical=5), {EXCLUDE}),
        (Conduct(3, failed_identical=3), {EXCLUDE}),
        (Conduct(15, failed_repeat=2), {EXCLUDE}),
        (Conduct(15, failed_instructed=1, failed_identical=2, failed_repeat=2), {EXCLUDE}),
        (Conduct(15, practice_attempts=2, practice_failed=True, completed=False), {ASK}),
        (Conduct(15, practice_attempts=1, practice_failed=True, completed=False), {NOTHING}),
        (Conduct(15, practice_attempts=2, practice_failed=False), {NOTHING}),
        (Conduct(15, completed=False), {ASK}),
        (Conduct(15, completed=False, withdrew=True), {ASK}),
        (Conduct(15, fast_pages=12), {NOTHING}),
        (Conduct(15, minutes=13.3, all_minutes=(*USUAL, 13.3)), {NOTHING}),
        (Conduct(15, minutes=9.0, all_minutes=(*USUAL, 9.0)), {EXCLUDE, ASK, REJECT}),
        (Conduct(15, minutes=40.0, all_minutes=(*USUAL, 40.0)), {NOTHING}),
        (Conduct(15, minutes=0.1, all_minutes=(14.0,) * 9 + (0.1,)), {NOTHING}),
        (Conduct(15, minutes=0.1, all_minutes=(14.0,) * 10 + (0.1,)), {EXCLUDE, ASK, REJECT}),
        (Conduct(15, minutes=14.0, all_minutes=(14.0,) * 30), {NOTHING}),
    ],
)
def test_conduct_permits_exactly_this(conduct, expected):
    assert permitted(verdicts(conduct)) == expected


def test_no_number_of_traps_ever_touches_pay():
    for minutes in (1, 4.9, 5, 15, 60):
        for failed in range(1, 20):
            found = verdicts(
                Conduct(minutes, failed_identical=failed, failed_repeat=failed, fast_pages=failed)
            )
            assert permitted(found) == {EXCLUDE}
            assert why_not_reject(found, "FAILED_CHECK", MESSAGE)
            assert why_not_ask_return(found, "You failed the trap.")


def test_every_verdict_says_why_and_where_it_is_written():
    everything = Conduct(
        15, 2, 1, 1, 2, True, completed=False, minutes=1.0, all_minutes=(14.0,) * 20 + (1.0,), fast_pages=3
    )
    found = verdicts(everything)
    assert {one.rule for one in found} == {
        "comprehension",
        "instructed",
        "identical",
        "repeat",
        "speed",
        "page time",
    }
    for verdict in found:
        assert verdict.sentence.endswith(".")
        assert verdict.source.url.startswith("https://")
        assert bool(verdict.category in CATEGORIES) == (REJECT in verdict.permits)


@pytest.mark.parametrize(
    ("conduct", "category", "message", "part"),
    [
        (Conduct(15), "FAILED_CHECK", MESSAGE, "no ground"),
        (Conduct(15, practice_attempts=2, practice_failed=True), "FAILED_CHECK", MESSAGE, "no ground"),
        (Conduct(15, failed_instructed=2), "", MESSAGE, "Choose the category"),
        (Conduct(15, failed_instructed=2), "TOO_QUICKLY", MESSAGE, "Choose the category"),
        (Conduct(15, failed_instructed=2), "LOW_EFFORT", MESSAGE, "Choose the category"),
        (Conduct(15, failed_instructed=2), "FAILED_CHECK", "x" * 99, "99 so far"),
        (Conduct(15, failed_instructed=2), "FAILED_CHECK", "x" * 99 + " " * 50, "99 so far"),
    ],
)
def test_a_rejection_is_refused_with_one_sentence(conduct, category, message, part):
    sentence = why_not_reject(verdicts(conduct), category, message)
    assert sentence is not None
    assert part in sentence
    assert sentence.endswith(".")


def test_a_rejection_within_the_rules_is_not_refused():
    assert why_not_reject(verdicts(Conduct(15, failed_instructed=2)), "FAILED_CHECK", "x" * 100) is None


def test_asking_for_a_return_needs_a_ground_and_a_reason():
    missed_practice = verdicts(Conduct(15, practice_attempts=2, practice_failed=True, completed=False))
    assert why_not_ask_return(missed_practice, "The practice was missed twice.") is None
    assert "few words" in (why_not_ask_return(missed_practice, "  ") or "")
    assert "no ground" in (why_not_ask_return(verdicts(Conduct(15)), "Because.") or "")


@pytest.mark.parametrize("conduct", [Conduct(0), Conduct(float("nan")), Conduct(15, failed_identical=-1)])
def test_it_refuses_impossible_numbers(conduct):
    with pytest.raises(ValueError, match=r"\.$"):
        verdicts(conduct)


def test_a_plan_without_a_rule_excludes_nobody():
    assert exclusion_rule({}) == ExclusionRule()
    assert ExclusionRule().applies({"instructed": 9, "identical": 9, "repeat": 9}) is None


@pytest.mark.parametrize(
    ("failed", "kind"),
    [
        ({}, None),
        ({"instructed": 1}, None),
        ({"instructed": 2}, "instructed"),
        ({"identical": 1}, "identical"),
        ({"repeat": 5}, None),
        ({"instructed": 3, "identical": 1}, "instructed"),
    ],
)
def test_a_frozen_rule_applies_from_its_limit_on(failed, kind):
    rule = exclusion_rule({"exclude": {"instructed": 2, "identical": 1, "repeat": None}, "alpha": 0.05})
    applied = rule.applies(failed)
    assert (applied and applied[0]) == kind


@pytest.mark.parametrize(
    "rule",
    [
        {"exclude": {"speed": 1}},
        {"exclude": {"identical": 0}},
        {"exclude": {"identical": "1"}},
        {"exclude": [1]},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(rule):
    with pytest.raises(ValueError, match=r"\.$"):
        exclusion_rule({"exclude": rule})
