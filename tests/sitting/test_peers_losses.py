"""What people lost elsewhere (issue threads of other tools), one named test each: here it must not happen.

Those that need a browser stand in test_losing_nothing.py and test_playing.py, those about Prolific in tests/recruitment; each
names the threads it is about.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone

from studies.analysis.agreement import agreement
from studies.models import CompletionCode, Participant, Rating, Sitting, Trial
from studies.reports.dataset import load
from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import write
from studies.sitting.assignment import exclude
from tests.factories import make_study

pytestmark = pytest.mark.django_db
PID = "?PROLIFIC_PID=5f1e7a0c9d1b2c3d4e5f6a7b&STUDY_ID=60aa&SESSION_ID=70bb"


def one_place(**fields):
    return make_study(animations=1, clips=False, raters_per_block=1, **fields)


def test_somebody_who_left_does_not_keep_the_place_from_latecomers(seated):
    """potato 100, 155: unfinished participants kept quota, latecomers saw “no tasks”."""
    study = one_place()
    first = seated(study)
    first.answer()
    with time_machine.travel(timezone.now() + timedelta(minutes=study.lease_minutes + 1)):
        second = seated(study)
        assert second.sitting.state == Sitting.State.ACTIVE
        assert first.sitting.state == Sitting.State.EXPIRED


def test_an_exclusion_frees_the_place(seated):
    study = one_place()
    sitter = seated(study)
    sitter.finish()
    exclude(sitter.sitting, rule="researcher", reason="answered without watching")
    assert seated(study).sitting.holds_place


def test_the_code_is_shown_only_after_the_server_has_every_answer(seated):
    """revisit 1182, 1287: completed on Prolific, lost here."""
    study = one_place()
    CompletionCode.objects.create(
        study=study, outcome="completed", code="SECRET-1", url="https://example.org/?cc=SECRET-1"
    )
    sitter = seated(study)
    while sitter.state()["step"] == "rate":
        for path in ("", "consent/", "instructions/", "practice/", "rate/", "done/", "pause/", "stop/"):
            assert b"SECRET-1" not in sitter.page(path).content
        assert b"SECRET-1" not in sitter.attend().content
    assert b"SECRET-1" in sitter.page("done/").content
    assert not sitter.sitting.trials.filter(answered_at=None).exists()


def test_each_answer_is_saved_when_it_is_given(seated):
    """webMUSHRA 108: saved only at the end."""
    sitter = seated(one_place())
    sitter.answer()
    assert Rating.objects.count() == 3


def test_a_retry_after_a_lost_reply_is_told_that_all_is_saved(seated):
    """label-studio 6295, 3468: an error was shown though it was saved, and the retry collided."""
    sitter = seated(one_place())
    body = sitter.body(sitter.state()["round"])
    assert sitter.post("answer", body).json()["saved"]
    again = sitter.post("answer", body)
    assert again.status_code == 200
    assert again.json()["saved"]
    assert again.json()["repeated"]
    assert again.json()["round"]["position"] == 2
    assert Rating.objects.count() == 3


def test_no_answer_is_missing_or_doubled_in_the_export(seated):
    """label-studio 5649, 1289: pairwise answers missing or doubled in the export."""
    study = one_place()
    sitter = seated(study)
    while (state := sitter.state())["step"] == "rate":
        body = sitter.body(state["round"], sure=True)
        for _ in range(2):
            assert sitter.post("answer", body).status_code == 200
        assert sitter.post("answer", sitter.body(state["round"], "right", sure=True)).status_code == 409
    rounds = sitter.sitting.trials.count()
    table = io.StringIO(b"".join(write(EXPORTS["ratings"], study, "csv")).decode())
    rows = [(row["position"], row["dimension"], row["answer"]) for row in csv.DictReader(table)]
    asked = {(str(n), key) for n in range(1, rounds + 1) for key in ("overall", "appearance", "motion")}
    assert {row[:2] for row in rows} == asked
    assert len(rows) == len(asked)
    assert {row[2] for row in rows} == {"left"}


@pytest.mark.django_db(transaction=True)
def test_many_answers_at_once_never_meet_a_locked_database(seated):
    """label-studio 5755, doccano 1236: “database is locked”."""
    study = make_study(animations=1, clips=False, raters_per_block=16)
    sitters = [seated(study) for _ in range(16)]
    bodies = [sitter.body(sitter.state()["round"]) for sitter in sitters]
    together, codes = threading.Barrier(len(sitters)), list[int]()

    def post(sitter, body) -> None:
        together.wait()
        try:
            codes.append(sitter.post("answer", body).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=pair) for pair in zip(sitters, bodies, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(codes) == {200: 16}
    assert Rating.objects.count() == 3 * 16


def test_agreement_is_about_systems_and_not_about_what_was_stored(seated):
    """potato's changelog: agreement compared stored values, so it was always perfect."""
    study = make_study(
        animations=4,
        clips=False,
        raters_per_block=2,
        instructed_checks=0,
        identical_checks=0,
        repeat_checks=0,
    )
    for _ in range(2):
        sitter = seated(study)
        while sitter.state()["step"] == "rate":
            assert sitter.answer("left").status_code == 200
    table = load(study).tables["overall"]
    assert set(Rating.objects.values_list("answer", flat=True)) == {"left"}
    for unit in np.unique(table.unit):  # the second rater saw each pair with its sides exchanged
        assert sorted(table.value[table.unit == unit]) == [-1, 1]
    found = agreement(table, replicates=50, coin_flips=5).headline.value
    assert found is not None
    assert found < 0


def test_rejoining_by_the_original_link_resumes_at_the_same_round(seated):
    """deliberate-lab 1009, Dallinger 9494: rejoining made duplicates."""
    study = one_place(recruiter="prolific")
    sitter = seated(study, PID)
    sitter.answer()
    another_device = Client()
    page = another_device.get(f"/s/{study.slug}/{PID}", follow=True)
    assert page.redirect_chain[-1][0].endswith("/rate/")
    assert page.context["page"]["state"]["round"]["position"] == 2
    assert Participant.objects.count() == Sitting.objects.count() == 1


def test_who_failed_the_practice_twice_cannot_refresh_and_go_on(seated):
    """revisit 989: a failed participant refreshed and went on."""
    study = one_place()
    CompletionCode.objects.create(study=study, outcome="completed", code="SECRET-1")
    CompletionCode.objects.create(study=study, outcome="screened_out", code="RETURN-1")
    sitter = seated(study, practised=False)
    for left in (1, 0):
        assert sitter.practise(motion="left").json()["feedback"]["tries_left"] == left
    assert sitter.sitting.state == Sitting.State.SCREENED_OUT
    for path in ("", "consent/", "instructions/", "practice/", "rate/"):
        page = sitter.page(path)
        assert page.redirect_chain[-1][0].endswith("/done/")
    assert sitter.practise().status_code == 409
    assert sitter.post("answer", sitter.body({"position": 1, "ticket": "x"})).status_code == 409
    assert Rating.objects.count() == 0


def test_a_failed_trainee_is_never_shown_the_completion_code(seated):
    """potato's changelog: the completion code was shown to failed trainees."""
    study = one_place()
    CompletionCode.objects.create(study=study, outcome="completed", code="SECRET-1")
    CompletionCode.objects.create(study=study, outcome="screened_out", code="RETURN-1")
    sitter = seated(study, practised=False)
    for _ in range(2):
        assert b"SECRET-1" not in sitter.practise(motion="left").content
    page = sitter.page("done/").content.decode()
    assert "RETURN-1" in page
    assert "SECRET-1" not in page
    assert "please return the study" in page


def test_somebody_who_finished_is_told_so_for_good(seated):
    """revisit 891: completed was shown as rejected."""
    study = one_place()
    sitter = seated(study)
    sitter.finish()
    for path in ("", "rate/", "done/"):
        assert "Thank you, you are done." in sitter.page(path).content.decode()
    study.state = "closed"
    study.save()
    assert "Thank you, you are done." in sitter.page().content.decode()


def test_completion_leads_back_without_delay_and_shows_a_button_too(seated):
    """revisit 1161: no automatic redirect."""
    study = one_place()
    CompletionCode.objects.create(
        study=study, outcome="completed", code="C1", url="https://app.prolific.com/submissions/complete?cc=C1"
    )
    sitter = seated(study)
    sitter.finish()
    page = sitter.page("done/").content.decode()
    assert (
        '<meta http-equiv="refresh" content="0; url=https://app.prolific.com/submissions/complete?cc=C1">'
        in page
    )
    assert re.search(r'<a class="button primary" href="https://app\.prolific\.com/[^"]+cc=C1">', page)


def test_a_missing_clip_strands_nobody(seated):
    """WebAudioEvaluationTool 98: one missing clip stranded the participant."""
    study = make_study(animations=2, clips=False, raters_per_block=1, spares=2)
    sitter = seated(study)
    for _ in range(40):
        state = sitter.state()
        if state["step"] == "done":
            break
        round_ = state["round"]
        failure = {
            "step": "rate",
            "position": round_["position"],
            "ticket": round_["ticket"],
            "role": "left",
            "why": "404",
        }
        assert sitter.post("failure", failure).status_code == 200
    assert sitter.sitting.state == Sitting.State.COMPLETED


def test_a_clip_that_showed_nothing_is_recorded(seated):
    """jspsych 3231: a blank video was not recorded."""
    study = make_study(animations=2, clips=False, raters_per_block=1, spares=3)
    sitter = seated(study)
    round_ = sitter.state()["round"]
    failure = {
        "step": "rate",
        "position": round_["position"],
        "ticket": round_["ticket"],
        "role": "right",
        "why": "no picture was shown",
    }
    new = sitter.post("failure", failure).json()["round"]
    trial = Trial.objects.get(sitting=sitter.sitting, position=1)
    assert new["ticket"] != round_["ticket"]
    assert trial.failures[0]["role"] == "right"
    assert trial.failures[0]["why"] == "no picture was shown"
    assert trial.replaces is not None
    assert trial.comparison.spare
