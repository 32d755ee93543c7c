"""Planning: before a study by a command, while it runs by the ratings as they are."""

from __future__ import annotations

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db
QUICK = {
    "block_size": 10,
    "wished": 0.2,
    "rater_spread": 0.3,
    "block_spread": 0.3,
    "item_spread": 0.5,
    "ties": 0.1,
}


def test_the_command_says_how_many_raters_and_blocks():
    out = StringIO()
    words = [part for name, value in QUICK.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    call_command("plan", *words, "--replicates", "10", stdout=out, stderr=StringIO())
    found = json.loads(out.getvalue())
    assert found["simulated"] is True
    assert found["sentence"].startswith(f"{found['chosen']['blocks']} blocks of 10 comparisons")
    assert [one["raters_per_block"] for one in found["designs"]] == [2, 3, 4, 5]
    with pytest.raises(CommandError, match=r"^Systems .* must lie between 2 and 20\.$") as refusal:
        call_command("plan", "--systems", "1", stdout=out, stderr=StringIO())
    assert refusal.value.returncode == 2


def test_ratings_still_needed_follow_the_ratings_and_the_wish(signed_in):
    study = make_study(clips=False, blocks=3, animations=4)

    chance = random.Random(3)

    def answer(trial, dimension):
        return "left" if (chance.random() < 0.8) == trial.a_on_left else "right"

    address = reverse("studies:study", args=[study.slug])
    for _ in range(2):
        for block in study.blocks.all():
            sit(study, block=block, answer=answer)
    wide = signed_in.get(address, {"wished": "0.5"}).content.decode()
    narrow = signed_in.get(address, {"wished": "0.02"}).content.decode()
    assert "From the ratings as they are now" in wide
    assert "more ratings on this question (" in narrow
    assert "to ±0.02" in narrow
    for nonsense in ("nothing", "-1", "nan"):
        assert "±0.05" in signed_in.get(address, {"wished": nonsense}).content.decode()
    sit(study, block=study.blocks.first(), answer=answer)
    assert signed_in.get(address, {"wished": "0.02"}).content.decode() != narrow
