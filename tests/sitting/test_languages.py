from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from studies.create import create_study
from studies.sitting.messages import page_messages
from studies.wording import DEFAULTS, DIMENSIONS, PRACTICE_EXPLANATION
from tests.factories import make_study

HOUSE = Path(__file__).resolve().parents[2]


def sentences() -> Iterator[str]:
    """Everything that participants' pages hand to gettext."""
    for template in (HOUSE / "templates" / "sitting").glob("*.html"):
        text = template.read_text()
        yield from re.findall(r"""{% translate ["'](.+?)["'] ?(?:as \w+ )?%}""", text)
        for block in re.findall(r"{% blocktranslate.*?%}(.+?){% endblocktranslate %}", text):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)
    for module in [HOUSE / "studies" / "wording.py", *(HOUSE / "studies" / "sitting").glob("*.py")]:
        for call in ast.walk(ast.parse(module.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_":
                assert isinstance(call.args[0], ast.Constant)
                yield str(call.args[0].value)


def names(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_every_default_wording_speaks_german():
    for key, words in DEFAULTS.items():
        with translation.override("en"):
            english = str(words)
        with translation.override("de"):
            german = str(words)
        assert german != english, key
        assert names(german) == names(english), key


def test_every_sentence_of_the_judging_page_speaks_german():
    with translation.override("en"):
        english = page_messages()
    with translation.override("de"):
        german = page_messages()
    for key, words in english.items():
        assert german[key] != words, key
        assert names(german[key]) == names(words), key


def test_nothing_a_participant_reads_lacks_its_german():
    with translation.override("de"):
        found = set(sentences())
        missing = sorted(one for one in found if translation.gettext(one) == one)
    assert len(found) > 120
    assert missing == []


@pytest.mark.django_db
def test_a_german_study_is_german_whatever_the_browser_prefers(seated):
    study = make_study(animations=1, clips=False, language="de")
    landing = Client(headers={"accept-language": "en"}).get(f"/s/{study.slug}/")
    assert '<html lang="de">' in landing.content.decode()
    assert "Welche Animation kommt dem Original näher?" in landing.content.decode()
    assert landing["Content-Language"] == "de"
    sitter = seated(study)
    refused = sitter.post("answer", sitter.body({"position": 99, "ticket": "x"}))
    assert refused.json()["sentence"].startswith("Diese Runde gibt es")
    sitter.finish()
    assert "Vielen Dank, Sie sind fertig." in sitter.page("done/").content.decode()


@pytest.mark.django_db
def test_a_new_study_asks_in_its_own_language():
    dataset = make_study(animations=1, clips=False).dataset
    study = create_study(dataset, "neu", "Neu", language="de")
    labels = list(study.dimensions.order_by("position").values_list("label", flat=True))
    assert labels == ["Insgesamt", "Aussehen", "Bewegung"]
    said = [one for row in DIMENSIONS for one in row[1:]] + [PRACTICE_EXPLANATION]
    with translation.override("de"):
        german = [str(one) for one in said]
    with translation.override("en"):
        assert not {str(one) for one in said} & set(german)
