"""The words participants read: defaults that a study may replace, in Markdown, made safe before they are shown.

`Study.wording` maps a key below to the study's own text. `{minutes}`, `{rounds}`, `{questions}` and `{lease}` are
filled in. Defaults follow the study's language through gettext; a study's own text is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import nh3
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from studies.models import Study

DEFAULTS: dict[str, Promise] = {
    "title": _("Which animation is closer to the original?"),
    "landing": _(
        "You will watch short animations without sound. Each time, an original – the **reference** – plays together "
        "with two attempts to reproduce it. You say which attempt is closer.\n\n"
        "There is no prior knowledge needed and no wrong taste. We ask for your own careful impression."
    ),
    "consent": _(
        "**What we ask.** Watch about {rounds} short, silent animations and answer {questions} questions on each. "
        "This takes about {minutes} minutes.\n\n"
        "**What is stored.** Your answers; how long they took and how often you watched; the size of your window and "
        "the kind of your browser. Your name, address and IP address are not stored. If a recruitment service sent "
        "you, the identifier it gave you is kept apart from your answers and only serves your payment.\n\n"
        "**What it is for.** Research on how people judge animations. Answers may be published without anything "
        "that identifies you.\n\n"
        "**Your rights.** Taking part is voluntary. You may stop at any moment without giving a reason, and have "
        "everything you answered deleted: the link “Stop and delete my data” stands under Help on every page."
    ),
    "flashing": _(
        "**Flashing.** Some of these animations flash. Please do not take part if flashing light can make you unwell "
        "or if you have photosensitive epilepsy."
    ),
    "instructions": _(
        "Three animations play together: the **reference** in the middle and an attempt on either side. "
        "Press **Play** and watch; you may repeat them, slow them down, step through them and enlarge them.\n\n"
        "Then say which attempt matches the reference better, or that they match it equally well. "
        "Each question looks at one thing only: please judge that and nothing else.\n\n"
        "Now and then a question asks for one particular answer. It shows that you read the questions; "
        "please give the answer it asks for."
    ),
    "practice": _(
        "First a short practice, to make sure the questions are clear. You will see what was expected and why."
    ),
    "completed": _("**Thank you, you are done.** Every one of your answers has been saved."),
    "failed_checks": _(
        "**Thank you, you are done.** Every one of your answers has been saved. Some questions that asked for a "
        "particular answer were answered differently; the researchers will look at your session themselves."
    ),
    "screened_out": _(
        "**Thank you for trying.** The practice did not go as this study needs it, which happens and is no fault of "
        "yours. The study ends here for you. If a recruitment service sent you, please return the study there: "
        "a returned study does not count against you."
    ),
    "declined": _(
        "**That is fine.** You did not agree, so the study ends here and nothing was stored about you."
    ),
    "full": _(
        "**All places are taken at the moment.** Thank you for coming. Places become free when others stop: "
        "you may try this link again later."
    ),
    "expired": _(
        "**Your place has been given to somebody else**, because nothing was heard from you for more than {lease} "
        "minutes and the study is now full. Thank you for the answers you gave: they are saved."
    ),
    "returned": _("**You returned this study**, so it ends here. Thank you for the time you gave it."),
    "withdrawn": _("**You have stopped, and your data has been deleted.** Thank you for having come."),
    "draft": _("This study has not been opened yet. Please come back when you are invited."),
    "paused": _(
        "This study is paused for the moment. Your answers are safe; please come back later with the same link."
    ),
    "closed": _("This study is closed. Thank you for your interest."),
    "contact": _("Questions? Please write to the people who invited you."),
}

# What a new study begins with: written into its rows in its own language, and its own from then on.
DIMENSIONS = (
    ("overall", _("Overall"), _("Which matches the reference better overall?")),
    ("appearance", _("Appearance"), _("Which looks more like it: shape, colour, style? Leave motion aside.")),
    ("motion", _("Motion"), _("Which moves more like it: path, speed, timing? Leave looks aside.")),
)
PRACTICE_EXPLANATION = _(
    "The **left** one has the shapes and colours of the reference, but moves differently: "
    "it is closer in *appearance*. The **right** one looks different, but follows the same path at the same speed: "
    "it is closer in *motion*. Which is closer *overall* is your own judgement."
)


def in_language(words: str, before: str, after: str) -> str:
    """A new study's first questions and explanation in another language; what a researcher wrote stays as it is."""
    asked = [one for _key, label, question in DIMENSIONS for one in (label, question)]
    for default in (*asked, PRACTICE_EXPLANATION):
        with translation.override(before):
            ours = str(default) == words
        if ours:
            with translation.override(after):
                return str(default)
    return words


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "a", "blockquote", "code", "hr"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


def render(text: str) -> SafeString:
    """Markdown → HTML with nothing in it that runs, loads or styles: no images, no scripts, links marked external."""
    html = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
    )
    return mark_safe(html)


def plain(study: Study, key: str, values: Mapping[str, object] | None = None) -> str:
    """The study's text for `key` as written, its `{names}` filled in; a key the study leaves out has its default."""
    text = str(study.wording.get(key) or DEFAULTS[key])
    known = {"minutes": study.minutes, "lease": study.lease_minutes} | dict(values or {})
    return re.sub(r"\{(\w+)\}", lambda match: str(known.get(match[1], match[0])), text)


def text(study: Study, key: str, values: Mapping[str, object] | None = None) -> SafeString:
    """The study's text for `key`, as safe HTML."""
    return render(plain(study, key, values))
