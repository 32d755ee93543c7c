"""Coming in: links, identities, consent and refusal, and the doors that stay shut."""

from __future__ import annotations

import io

import av
import pytest
from django.test import Client

from benchmark.models import Clip
from studies.models import CompletionCode, Consent, Participant, RecruiterIdentity, Sitting
from tests.factories import make_study

pytestmark = pytest.mark.django_db
PID = {"PROLIFIC_PID": "5f1e7a0c9d1b2c3d4e5f6a7b", "STUDY_ID": "60aa", "SESSION_ID": "70bb"}


def small(**fields):
    return make_study(animations=1, clips=False, **fields)


def test_nothing_is_stored_before_consent(consenting):
    study = small(recruiter="prolific")
    client = Client()
    client.get(f"/s/{study.slug}/", PID)
    client.post(f"/s/{study.slug}/")
    client.get(f"/s/{study.slug}/consent/")
    assert Participant.objects.count() == RecruiterIdentity.objects.count() == Sitting.objects.count() == 0


def test_a_refusal_stores_nothing_and_shows_the_code_for_it():
    study = small(recruiter="prolific")
    CompletionCode.objects.create(study=study, outcome="no_consent", code="NO-1")
    CompletionCode.objects.create(study=study, outcome="completed", code="SECRET-1")
    client = Client()
    client.get(f"/s/{study.slug}/", PID)
    client.post(f"/s/{study.slug}/")
    page = client.post(f"/s/{study.slug}/consent/", {"answer": "decline"}).content.decode()
    assert "nothing was stored about you" in page
    assert "NO-1" in page
    assert "SECRET-1" not in page
    assert Participant.objects.count() == 0


def test_consent_is_kept_in_the_words_that_were_shown(consenting):
    study = small(wording={"consent": "We store *everything* for {minutes} minutes."})
    consenting(study)
    consent = Consent.objects.get()
    assert consent.text == "We store *everything* for 15 minutes."
    assert len(consent.version) == 64
    assert consent.language == "en"


def test_words_that_changed_meanwhile_are_not_agreed_to():
    study = small()
    client = Client()
    client.post(f"/s/{study.slug}/")
    page = client.post(f"/s/{study.slug}/consent/", {"answer": "agree", "version": "0" * 64})
    assert page.status_code == 409
    assert "have changed since you opened the page" in page.content.decode()
    assert Participant.objects.count() == 0


def test_flashing_clips_are_named_in_the_consent():
    study = small()
    client = Client()
    client.post(f"/s/{study.slug}/")
    assert "Flashing" not in client.get(f"/s/{study.slug}/consent/").content.decode()
    clip = Clip.objects.get(pk=study.comparisons.first().a.clip_id)
    clip.flashes = {"exceeds": True}
    clip.save()
    assert "photosensitive epilepsy" in client.get(f"/s/{study.slug}/consent/").content.decode()


def test_the_recruiters_id_leaves_the_address_and_lies_apart(consenting):
    study = small(recruiter="prolific")
    first = Client().get(f"/s/{study.slug}/", PID)
    assert first["Location"] == f"/s/{study.slug}/"
    assert PID["PROLIFIC_PID"] not in first["Location"]
    consenting(study, "?PROLIFIC_PID=5f1e7a0c9d1b2c3d4e5f6a7b&STUDY_ID=60aa&SESSION_ID=70bb")
    participant = Participant.objects.get()
    assert PID["PROLIFIC_PID"] not in participant.pseudonym
    assert participant.identity.person == PID["PROLIFIC_PID"]
    assert participant.identity.submission == "70bb"


def test_the_id_map_can_be_destroyed_and_the_link_still_finds_its_sitting(consenting):
    study = small(recruiter="prolific")
    query = "?PROLIFIC_PID=5f1e7a0c9d1b2c3d4e5f6a7b&STUDY_ID=60aa&SESSION_ID=70bb"
    consenting(study, query)
    RecruiterIdentity.objects.all().delete()
    consenting(study, query)
    assert Participant.objects.count() == Sitting.objects.count() == 1


def test_a_visit_after_the_map_was_destroyed_does_not_write_it_again(consenting):
    study = small(recruiter="prolific")
    client = consenting(study, "?PROLIFIC_PID=5f1e7a0c9d1b2c3d4e5f6a7b&STUDY_ID=60aa&SESSION_ID=70bb")
    study.state = "closed"
    study.save()
    RecruiterIdentity.objects.all().delete()
    page = client.get(f"/s/{study.slug}/", PID, follow=True)
    assert page.redirect_chain[-1][0].endswith("/instructions/")
    assert not RecruiterIdentity.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"PROLIFIC_PID": "x"},
        PID | {"SESSION_ID": ""},
        PID | {"PROLIFIC_PID": "<script>alert(1)</script>"},
    ],
)
def test_a_prolific_study_wants_the_whole_link(query):
    study = small(recruiter="prolific")
    page = Client().get(f"/s/{study.slug}/", query)
    assert page.status_code in (400, 403)
    assert "from your Prolific page" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_another_persons_link_in_the_same_browser_is_that_other_person(consenting):
    study = small(recruiter="prolific")
    client = consenting(study, "?PROLIFIC_PID=aaaa&STUDY_ID=60aa&SESSION_ID=1")
    consenting(study, "?PROLIFIC_PID=bbbb&STUDY_ID=60aa&SESSION_ID=2", client)
    assert {one.person for one in RecruiterIdentity.objects.all()} == {"aaaa", "bbbb"}


def test_one_browser_has_one_sitting_in_a_link_study(consenting):
    study = small()
    client = consenting(study)
    page = consenting(study, client=client).get(f"/s/{study.slug}/", follow=True)
    assert page.redirect_chain[-1][0].endswith("/instructions/")
    assert Sitting.objects.count() == 1


def test_the_access_code_opens_the_door():
    study = small(access_code="rose")
    client = Client()
    assert client.get(f"/s/{study.slug}/consent/")["Location"] == f"/s/{study.slug}/"
    wrong = client.post(f"/s/{study.slug}/", {"access_code": "tulip"})
    assert wrong.status_code == 400
    assert (
        client.post(f"/s/{study.slug}/", {"access_code": " rose "})["Location"] == f"/s/{study.slug}/consent/"
    )


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("draft", "not been opened yet"), ("paused", "is paused"), ("closed", "is closed")],
)
def test_a_study_that_is_not_live_admits_nobody_and_says_so(state, sentence):
    study = small(state=state, design_hash="" if state == "draft" else "0" * 64)
    client = Client()
    assert sentence in client.get(f"/s/{study.slug}/").content.decode()
    assert (
        sentence
        in client.post(f"/s/{study.slug}/consent/", {"answer": "agree"}, follow=True).content.decode()
    )
    assert Participant.objects.count() == 0


def test_whoever_has_begun_may_finish_although_the_study_was_paused(seated):
    study = small()
    sitter = seated(study)
    study.state = "paused"
    study.save()
    sitter.finish()
    assert sitter.sitting.state == Sitting.State.COMPLETED


def test_a_full_study_says_so_before_it_asks_for_anything():
    study = small(raters_per_block=1)
    CompletionCode.objects.create(study=study, outcome="full", code="FULL-1")
    block = study.blocks.get()
    from tests.factories import sit

    sit(study, block=block)
    page = Client().get(f"/s/{study.slug}/").content.decode()
    assert "All places are taken at the moment" in page
    assert "FULL-1" in page


def test_a_studys_own_words_are_shown_and_made_safe():
    study = small(
        wording={
            "landing": "Look **closely**.\n\n<script>alert(1)</script> [go](javascript:alert(1)) ![x](http://a/b.png)"
        }
    )
    page = Client().get(f"/s/{study.slug}/").content.decode()
    assert "<strong>closely</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page


def test_no_page_names_the_study_or_a_system(seated):
    study = small(title="Alpha versus Beta", description="secret plan")
    sitter = seated(study)
    words = "".join(sitter.page(path).content.decode() for path in ("", "rate/", "pause/", "stop/"))
    words += str(sitter.state())
    for secret in ("Alpha", "secret plan", "system-a", "animation-00", study.dataset.slug):
        assert secret not in words


def test_an_address_of_a_clip_holds_nothing_to_read(seated):
    study = small()
    sitter = seated(study)
    clips = sitter.state()["round"]["clips"]
    tokens = {clip["url"].rsplit("/", 1)[1] for clip in clips.values()}
    assert len(tokens) == 3
    hashes = Clip.objects.values_list("sha256", flat=True)
    assert all(len(token) == 44 and not any(sha[:12] in token for sha in hashes) for token in tokens)


def test_pages_are_not_kept_by_caches_and_carry_the_strict_policy(seated):
    page = seated(small()).page("rate/")
    assert "no-store" in page["Cache-Control"]
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert " style=" not in page.content.decode()
    assert page["Content-Language"] == "en"


def test_neither_headers_nor_files_tell_systems_apart(seated):
    """Only the pictures themselves differ: their bytes, their length, and a tag that is keyed."""
    study = make_study(animations=1, systems=4)
    sitter = seated(study)
    headers, insides = set(), set()
    while (state := sitter.state())["step"] == "rate":
        for shown in state["round"]["clips"].values():
            reply = sitter.client.get(shown["url"])
            told = {
                name: value for name, value in reply.headers.items() if name not in ("Content-Length", "ETag")
            }
            headers.add(tuple(sorted(told.items())))
            with av.open(io.BytesIO(b"".join(reply.streaming_content))) as film:
                (stream,) = film.streams
                insides.add(
                    str((film.metadata, stream.metadata, stream.codec_context.profile, stream.average_rate))
                )
        sitter.attend()
    assert len(headers) == 1
    assert "Last-Modified" not in dict(*headers)
    assert len(insides) == 1
