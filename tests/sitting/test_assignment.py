from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from studies.models import Participant, Sitting, Study, Trial
from studies.sitting.assignment import claim_place, exclude, expire_leases, lift_exclusion, resume
from studies.sitting.assignment import end as end_sitting
from tests.factories import make_participant, make_study


def bare(**fields) -> Study:
    return make_study(animations=1, clips=False, **fields)


@pytest.mark.django_db
def test_newcomers_fill_the_least_filled_blocks_first():
    study = make_study(animations=2, clips=False, blocks=3, raters_per_block=2)
    for _ in range(3):
        claim_place(make_participant(study))
    assert Counter(Sitting.objects.values_list("block__number", flat=True)) == {1: 1, 2: 1, 3: 1}
    for _ in range(3):
        claim_place(make_participant(study))
    assert set(Counter(Sitting.objects.values_list("block__number", flat=True)).values()) == {2}
    assert claim_place(make_participant(study)) is None


@pytest.mark.django_db
def test_asking_twice_gives_the_same_place():
    participant = make_participant(bare())
    assert claim_place(participant) == claim_place(participant)


@pytest.mark.django_db
def test_a_sitting_has_every_comparison_and_check_of_its_design():
    study = bare(instructed_checks=2, identical_checks=1, repeat_checks=1)
    sitting = claim_place(make_participant(study))
    assert sitting is not None
    assert Counter(sitting.trials.values_list("kind", flat=True)) == {
        "comparison": 3,
        "instructed": 2,
        "identical": 1,
        "repeat": 1,
    }


@pytest.mark.django_db
def test_the_raters_of_a_block_see_each_comparison_on_both_sides():
    study = make_study(animations=3, clips=False, raters_per_block=4)
    for _ in range(4):
        claim_place(make_participant(study))
    sides = Trial.objects.filter(kind="comparison").values_list("comparison", "a_on_left")
    assert set(Counter(sides).values()) == {2}


@pytest.mark.django_db
def test_an_expired_participant_continues_while_a_place_in_the_block_is_free():
    study = bare(raters_per_block=1)
    sitting = claim_place(make_participant(study))
    assert sitting is not None
    later = timezone.now() + timedelta(minutes=study.lease_minutes, seconds=1)
    assert expire_leases(study, later) == 1
    sitting.refresh_from_db()
    assert not sitting.holds_place
    assert resume(sitting)
    assert sitting.state == Sitting.State.ACTIVE


@pytest.mark.django_db
def test_an_expired_participant_whose_place_is_gone_is_thanked(seated):
    study = bare(raters_per_block=1)
    sitter = seated(study)
    sitter.answer()
    with time_machine.travel(timezone.now() + timedelta(minutes=study.lease_minutes + 1)):
        seated(study)
        page = sitter.page()
        assert page.redirect_chain[-1][0].endswith("/done/")
        assert "Your place has been given to somebody else" in page.content.decode()
        refused = sitter.post("answer", sitter.body({"position": 2, "ticket": "x"}))
        assert refused.status_code == 409
        assert refused.json()["step"] == "done"


@pytest.mark.django_db
def test_every_act_of_the_participant_renews_the_lease(seated):
    study = bare()
    sitter = seated(study)
    with time_machine.travel(timezone.now() + timedelta(minutes=study.lease_minutes - 1)):
        sitter.state()
        assert sitter.sitting.lease_until > timezone.now() + timedelta(minutes=study.lease_minutes - 1)


@pytest.mark.django_db
def test_withdrawal_deletes_what_was_answered_and_who_it_was_and_frees_the_place(seated):
    study = bare(raters_per_block=1, recruiter="prolific")
    sitter = seated(study, "?PROLIFIC_PID=5f1e7a0c9d1b2c3d4e5f6a7b&STUDY_ID=a1&SESSION_ID=b2")
    sitter.answer()
    page = sitter.client.post(f"/s/{study.slug}/stop/", follow=True)
    assert "your data has been deleted" in page.content.decode()
    participant = Participant.objects.get()
    assert participant.withdrawn_at
    assert not hasattr(participant, "identity")
    assert not hasattr(participant, "consent")
    assert Trial.objects.count() == 0
    assert sitter.sitting.state == Sitting.State.WITHDRAWN
    assert claim_place(make_participant(study)) is not None
    again = sitter.page("", PROLIFIC_PID="5f1e7a0c9d1b2c3d4e5f6a7b", STUDY_ID="a1", SESSION_ID="b2")
    assert "your data has been deleted" in again.content.decode()


@pytest.mark.django_db
def test_a_lifted_exclusion_takes_a_place_again_only_where_one_is_free(seated):
    study = bare(raters_per_block=1)
    sitter = seated(study)
    sitter.finish()
    exclusion = exclude(sitter.sitting, rule="researcher", reason="doubtful")
    assert lift_exclusion(exclusion)
    exclusion = exclude(sitter.sitting, rule="researcher", reason="doubtful after all")
    claim_place(make_participant(study))
    assert not lift_exclusion(exclusion)


@pytest.mark.django_db
def test_a_completed_sitting_is_not_ended_by_a_late_return(seated):
    sitter = seated(bare())
    sitter.finish()
    assert not end_sitting(sitter.sitting, Sitting.State.RETURNED)
    assert sitter.sitting.state == Sitting.State.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_two_hundred_arrivals_on_sixty_places_end_with_sixty_leases(consenting):
    study = make_study(animations=20, systems=2, clips=False, blocks=20, raters_per_block=3, practice=0)
    first = Client()
    first.get(f"/s/{study.slug}/")
    first.post(f"/s/{study.slug}/")
    version = first.get(f"/s/{study.slug}/consent/").context["version"]
    arrival = {name: cookie.value for name, cookie in first.cookies.items()}
    together = threading.Barrier(200)
    lines = threading.BoundedSemaphore(free_connections())
    pages: list[str] = []

    def arrive() -> None:
        client = Client()
        client.cookies.load(arrival)
        together.wait()
        with lines:
            try:
                page = client.post(
                    f"/s/{study.slug}/consent/", {"answer": "agree", "version": version}, follow=True
                )
                pages.append(page.content.decode())
            finally:
                connections.close_all()

    threads = [threading.Thread(target=arrive) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    held = Sitting.objects.filter(state=Sitting.State.ACTIVE, holds_place=True)
    assert len(pages) == 200
    assert held.count() == Sitting.objects.count() == 60
    assert set(Counter(held.values_list("block", flat=True)).values()) == {3}
    assert sum("How it works" in page for page in pages) == 60
    assert sum("All places are taken at the moment" in page for page in pages) == 140


def free_connections() -> int:
    """As many as the database grants at once; SQLite grants all."""
    if connection.vendor != "postgresql":
        return 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0]) - 15
