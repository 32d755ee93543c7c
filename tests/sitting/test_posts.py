"""Posts that come twice, late, out of order, from elsewhere or made up."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone

from studies.models import Rating, Sitting, Trial
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def small(**fields):
    return make_study(animations=1, clips=False, **fields)


def test_an_answer_out_of_turn_is_refused_with_the_round_that_stands(seated):
    sitter = seated(small())
    first = sitter.state()["round"]
    sitter.answer()
    third = sitter.body({"position": 3, "ticket": sitter_ticket(sitter, 3)})
    refused = sitter.post("answer", third)
    assert refused.status_code == 409
    assert refused.json()["sentence"] == "Please answer round 2 first."
    assert refused.json()["round"]["position"] == 2
    assert first["position"] == 1
    assert Rating.objects.count() == 3


def test_a_second_answer_from_another_tab_leaves_the_first(seated):
    sitter = seated(small())
    round_ = sitter.state()["round"]
    assert sitter.post("answer", sitter.body(round_, "left")).status_code == 200
    refused = sitter.post("answer", sitter.body(round_, "right"))
    assert refused.status_code == 409
    assert "already answered" in refused.json()["sentence"]
    assert set(Rating.objects.values_list("answer", flat=True)) == {"left"}


def test_the_key_of_another_round_is_refused(seated):
    sitter = seated(small())
    body = sitter.body(sitter.state()["round"])
    sitter.post("answer", body)
    again = sitter.body(sitter.state()["round"], key=body["key"])
    assert sitter.post("answer", again).status_code == 409
    assert Rating.objects.count() == 3


def test_nobody_writes_into_another_sitting(seated):
    study = small()
    mine, theirs = seated(study), seated(study)
    body = mine.body(theirs.state()["round"])
    assert mine.post("answer", body).status_code == 409
    assert not theirs.sitting.trials.filter(answered_at__isnull=False).exists()
    assert Rating.objects.count() == 0


def test_a_post_without_the_cookie_or_with_a_forged_one_is_refused(seated):
    sitter = seated(small())
    body = sitter.body(sitter.state()["round"])
    name = next(name for name in sitter.client.cookies if name.startswith("diptych_sitting_"))
    for forged in (None, f"{sitter.sitting.participant.key}", f"{sitter.sitting.participant.key}:1abc:def"):
        stranger = Client()
        if forged:
            stranger.cookies[name] = forged
        refused = stranger.post(f"{sitter.base}api/answer", body, content_type="application/json")
        assert refused.status_code == 403
        assert "open the study from your link" in refused.json()["sentence"]
    assert Rating.objects.count() == 0


def test_a_post_without_the_csrf_token_is_refused(seated):
    sitter = seated(small())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(sitter.client.cookies)
    body = sitter.body(sitter.state()["round"])
    assert strict.post(f"{sitter.base}api/answer", body, content_type="application/json").status_code == 403
    assert Rating.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {"overall": "left"}},
        {"answers": {"overall": "left", "appearance": "left", "motion": "left", "taste": "left"}},
        {"answers": {"overall": "up", "appearance": "left", "motion": "left"}},
        {"key": "not a key"},
        {"position": -1},
        {"position": 99},
        {"evidence": {"response_ms": -5}},
        {"evidence": {"plays": 10**9}},
        {"evidence": {"measured_by": "guess"}},
        {"reason": "x" * 2001},
        {"answered_ms": {"overall": "soon"}},
    ],
)
def test_unusable_content_is_refused_in_one_sentence(seated, change):
    sitter = seated(small())
    refused = sitter.post("answer", sitter.body(sitter.state()["round"]) | change)
    assert refused.status_code == 400
    assert refused.json()["sentence"].count(".") == 1
    assert Rating.objects.count() == 0


def test_an_answer_that_comes_before_next_could_open_is_refused(seated):
    sitter = seated(small(next_after_s=5))
    body = sitter.body(sitter.state()["round"])
    assert sitter.post("answer", body).status_code == 409
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        assert sitter.post("answer", body).status_code == 200


def test_equal_on_everything_is_asked_about_once_but_not_on_checks(seated):
    sitter = seated(small(instructed_checks=0, repeat_checks=0))
    for _ in range(sitter.sitting.trials.count()):
        body = sitter.body(sitter.state()["round"], "equal")
        trial = sitter.sitting.trials.get(position=body["position"])
        reply = sitter.post("answer", body).json()
        if trial.kind == Trial.Kind.COMPARISON:
            assert reply == {"saved": False, "ask_sure": True}
            assert not trial.ratings.exists()
            reply = sitter.post("answer", body | {"sure": True}).json()
        assert reply["saved"]
    assert sitter.sitting.state == Sitting.State.COMPLETED


def test_the_last_answer_may_be_changed_and_no_other(seated):
    sitter = seated(small(instructed_checks=0, identical_checks=0, repeat_checks=0))
    first = sitter.body(sitter.state()["round"], "left")
    sitter.post("answer", first)
    before = sitter.state(back="1")["round"]
    assert before["position"] == 1
    assert before["answers"] == {"overall": "left", "appearance": "left", "motion": "left"}
    changed = sitter.post("answer", sitter.body(before, "right", amend=True))
    assert changed.json()["round"]["position"] == 2
    trial = sitter.sitting.trials.get(position=1)
    assert set(trial.ratings.values_list("answer", flat=True)) == {"right"}
    (past,) = trial.evidence["amended"]
    assert past["answers"]["overall"] == "left"
    assert past["evidence"] == {"response_ms": 8000, "plays": 1}
    assert sitter.post("answer", first).json()[
        "repeated"
    ]  # the late retry of the first post changes nothing back
    assert set(trial.ratings.values_list("answer", flat=True)) == {"right"}
    sitter.answer()
    assert sitter.post("answer", sitter.body(before, "equal", amend=True, sure=True)).status_code == 409


def test_no_answer_may_be_changed_where_the_study_forbids_it(seated):
    sitter = seated(small(allow_back=False))
    first = sitter.state()["round"]
    sitter.answer()
    assert not sitter.state()["round"]["back"]
    assert sitter.post("answer", sitter.body(first, "right", amend=True)).status_code == 409


def test_checks_are_judged_by_the_server(seated):
    sitter = seated(small(instructed_checks=1, identical_checks=1, repeat_checks=1))
    while sitter.state()["step"] == "rate":
        sitter.answer("equal")
    passed = {trial.kind: trial.passed for trial in sitter.sitting.trials.all()}
    instructed = sitter.sitting.trials.get(kind="instructed")
    assert passed["comparison"] is None
    assert passed["identical"] is True
    assert passed["repeat"] is True
    assert passed["instructed"] is (instructed.expected == dict.fromkeys(instructed.expected, "equal"))


def test_a_repeat_is_failed_when_it_prefers_the_other_system(seated):
    sitter = seated(small(instructed_checks=0, identical_checks=0, repeat_checks=1))
    while sitter.state()["step"] == "rate":
        sitter.answer("left")  # the sides were exchanged, so the same side is the other system
    assert sitter.sitting.trials.get(kind="repeat").passed is False


def test_nothing_tells_a_check_from_a_comparison_but_an_instruction(seated):
    sitter = seated(small())
    shapes = set()
    while (state := sitter.state())["step"] == "rate":
        round_ = state["round"]
        shapes.add((bool(round_["instruction"]), tuple(round_), len(round_["clips"])))
        sitter.attend()
    assert len(shapes) == 2


def test_failing_the_instructed_checks_shows_the_code_for_that_and_withholds_nothing(seated):
    study = small(instructed_checks=2, identical_checks=0, repeat_checks=0)
    study.completion_codes.create(outcome="completed", code="DONE")
    study.completion_codes.create(outcome="failed_checks", code="LOOK")
    sitter = seated(study)
    while sitter.state()["step"] == "rate":
        trial = sitter.sitting.trials.get(position=sitter.state()["round"]["position"])
        wrong = "left" if not trial.expected or trial.expected["overall"] != "left" else "right"
        sitter.answer(wrong)
    page = sitter.page("done/").content.decode()
    assert "LOOK" in page
    assert "DONE" not in page
    assert "Every one of your answers has been saved" in page


@pytest.mark.django_db(transaction=True)
def test_the_same_post_at_the_same_moment_is_stored_once(seated):
    sitter = seated(small())
    round_ = sitter.state()["round"]
    bodies = [sitter.body(round_, "left")] * 4 + [sitter.body(round_, "right") for _ in range(4)]
    together, codes = threading.Barrier(len(bodies)), []

    def post(body) -> None:
        client = Client()
        client.cookies.update(sitter.client.cookies)
        together.wait()
        try:
            codes.append(
                client.post(f"{sitter.base}api/answer", body, content_type="application/json").status_code
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {200, 409}
    assert codes.count(200) in (1, 4)
    assert Rating.objects.count() == 3
    assert len(set(Rating.objects.values_list("answer", flat=True))) == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_on_its_way_leaves_nothing_behind_a_withdrawal(seated):
    sitters = [seated(small(next_after_s=0)) for _ in range(4)]
    acts = [(one, one.body(one.state()["round"])) for one in sitters] + [(one, None) for one in sitters]
    together, codes = threading.Barrier(len(acts)), []

    def act(sitter, body) -> None:
        together.wait()
        try:
            reply = sitter.post("answer", body) if body else sitter.client.post(f"{sitter.base}stop/")
            codes.append(reply.status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=one) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == len(acts)
    assert set(codes) <= {200, 302, 400, 409}
    assert codes.count(302) == 4
    assert Trial.objects.count() == Rating.objects.count() == 0
    assert set(Sitting.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_practice_answer_sent_twice_counts_once(seated):
    sitter = seated(small(), practised=False)
    practice = sitter.state()["round"]
    body = {"key": str(uuid.uuid4()), "ticket": practice["ticket"]}
    body |= {"answers": {"overall": "left", "appearance": "right", "motion": "left"}}
    first, second = sitter.post("practice", body).json(), sitter.post("practice", body).json()
    assert first["feedback"] == second["feedback"]
    assert first["feedback"]["tries_left"] == 1
    assert sitter.sitting.practice_attempts == 1


def sitter_ticket(sitter, position: int) -> str:
    from studies.sitting.rounds import ticket

    return ticket(sitter.sitting.trials.get(position=position))
