"""What every command-line door keeps: one JSON object and 0, or one sentence and 2."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management.base import CommandParser

from benchmark.management.door import Door, Refused

pytestmark = pytest.mark.django_db


class TooBig(ValueError):
    """A room's own refusal."""


class Halving(Door):
    refusals = (TooBig,)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)

    def open(self, **options: Any) -> dict[str, Any]:
        number = options["number"]
        if number % 2:
            raise Refused(f"{number} is odd; give an even number.")
        self.progress("looking …")
        if number > 100:
            raise TooBig(f"{number} is above 100; give a smaller one.")
        if number == 0:
            raise ZeroDivisionError("a fault of ours")
        self.say("halving …")
        return {"half": number // 2}


@pytest.fixture
def door(monkeypatch, capsys):
    monkeypatch.setattr("benchmark.management.door.connections.close_all", lambda: None)

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            Halving().run_from_argv(["manage.py", "halving", *words])
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_it_prints_one_json_object_and_what_else_there_is_to_say_on_standard_error(door):
    status, out, err = door("8")
    assert status == 0
    assert json.loads(out) == {"half": 4}
    assert err == "halving …\n"


def test_progress_is_for_who_watches(door):
    assert door("8", "--verbosity", "2")[2] == "looking …\nhalving …\n"


def test_a_refusal_is_one_sentence_and_exit_status_2(door):
    assert door("7") == (2, "", "7 is odd; give an even number.\n")


def test_a_rooms_own_refusal_is_one_too(door):
    assert door("102") == (2, "", "102 is above 100; give a smaller one.\n")


def test_wrong_arguments_are_refused_the_same_way(door):
    status, out, err = door("seven")
    assert (status, out) == (2, "")
    assert err == "Argument number: invalid int value: 'seven'; see `manage.py halving --help`.\n"


def test_a_fault_of_ours_is_not_dressed_up_as_a_refusal(door):
    with pytest.raises(ZeroDivisionError):
        door("0")


def test_unapplied_migrations_are_refused(door, monkeypatch):
    monkeypatch.setattr(Door, "_missing_migrations", staticmethod(lambda: 3))
    assert door("8") == (2, "", "3 database migrations are not applied yet: run `manage.py migrate` first.\n")
