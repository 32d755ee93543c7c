"""What an operator reads at start about how captures fall short."""

from __future__ import annotations

import logging

from benchmark.capture import find_browser, shortcomings
from benchmark.capture.isolation import isolation_for
from config.celery import say_how_captures_fall_short


def test_without_a_browser_the_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delenv("DIPTYCH_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    (sentence,) = shortcomings()
    assert "install Debian's chromium-headless-shell" in sentence


def test_a_browser_that_draws_when_it_likes_is_named_at_the_start_of_a_worker(monkeypatch, tmp_path, caplog):
    full = tmp_path / "chromium"
    full.write_text(f'#!/bin/sh\nexec {find_browser().path} "$@"\n')
    full.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("DIPTYCH_BROWSER", str(full))
    with caplog.at_level(logging.WARNING, logger="diptych.capture"):
        say_how_captures_fall_short()
    assert f"{full} does not draw frames on demand" in caplog.messages[0]
    assert tuple(caplog.messages[1:]) == isolation_for(full).weaker
