"""The sentences the judging page's script shows, in the participant's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def page_messages() -> dict[str, str]:
    return {
        "round": _("Round {position} of {of}"),
        "practice": _("Practice {position} of {of}"),
        "loading": _("Loading the animations … {percent} %"),
        "retrying": _("An animation did not arrive; trying again …"),
        "exchanging": _("An animation would not play; getting you another round …"),
        "play": _("Play"),
        "pause": _("Pause"),
        "watch": _("Watch all three once; then the answers open."),
        "watch_more": _("Watch all three {plays} times; then the answers open."),
        "wait": _("“Next” opens in {seconds} s."),
        "sure": _("Equal on every question: is that what you see? Then press Next once more."),
        "holding": _("ended: holds its last frame"),
        "saved": _("Your answers so far: saved ✓"),
        "waiting_clips": _("Waiting for the network. The animations load as soon as it is back."),
        "saving": _("saving …"),
        "kept": _("Answers are saved one round at a time."),
        "waiting": _(
            "Waiting for the network. Your answer is kept on this computer and will be sent by itself."
        ),
        "not_kept": _(
            "Waiting for the network. Please keep this page open: your answer will be sent by itself."
        ),
        "trouble": _("The server did not answer; trying again. Your answer is kept."),
        "blocked": _("Your browser held the animations back; please press Play once more."),
        "next": _("Next"),
        "check": _("Check my answers"),
        "again": _("Try once more"),
        "go_on": _("Go on"),
        "understood": _("That is how we mean it."),
        "not_understood": _("Not quite. Please read why, then try once more."),
        "screened_out": _("Not quite, and this was the second try."),
        "as_meant": _("as we mean it"),
        "otherwise": _("we mean something else"),
        "changing": _("You are changing your last answer."),
    }
