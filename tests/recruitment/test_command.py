"""Subscribing to Prolific's messages from the command line."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def site(db, prolific, settings):
    settings.SITE_URL = "https://diptych.example"
    return prolific


def test_it_subscribes_this_site_and_confirms(site, capsys):
    call_command("prolific_hook", "workspace-1")
    told = json.loads(capsys.readouterr().out)
    assert told["target"] == "https://diptych.example/recruitment/prolific/hook/"
    assert site.subscriptions[told["subscription"]]["is_enabled"]


def test_it_makes_a_secret_only_when_asked(site, capsys):
    call_command("prolific_hook", "workspace-1", "--new-secret")
    assert json.loads(capsys.readouterr().out) == {"DIPTYCH_PROLIFIC_WEBHOOK_SECRET": "new-secret"}
    assert not site.subscriptions


@pytest.mark.parametrize(
    ("setting", "value", "part"),
    [
        ("SITE_URL", "http://localhost:8000", "https address"),
        ("PROLIFIC_WEBHOOK_SECRET", "", "--new-secret"),
        ("PROLIFIC_TOKEN", "", "DIPTYCH_PROLIFIC_TOKEN"),
        ("PROLIFIC_TOKEN", "wrong", "does not accept the token"),
    ],
)
def test_it_refuses_with_one_sentence(site, settings, setting, value, part):
    setattr(settings, setting, value)
    with pytest.raises(CommandError, match=part):
        call_command("prolific_hook", "workspace-1")
    assert not site.subscriptions
