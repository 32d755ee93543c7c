"""Small and odd studies, through page, command and every form: a sentence instead of a number, never a crash."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from benchmark.models import Reconstruction, Score
from studies.models import Exclusion, Report, Study
from studies.reports.forms.files import FORMS
from studies.reports.sections import metric
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db
Answers = Callable[..., str]
NO_PAIR = "No comparison has two ratings, so agreement cannot be seen."


def mostly_first() -> Answers:
    chance = random.Random(1)
    return lambda trial, _: "left" if (chance.random() < 0.8) == trial.a_on_left else "right"


def anything() -> Answers:
    chance = random.Random(2)
    return lambda *_: chance.choice(["left", "equal", "right"])


def study(answers: Answers, *, blocks: int = 2, raters: int = 3, excluded: int = 0, **fields) -> Study:
    """So many raters in every block, of whom the last ``excluded`` are left out; one metric that scores everything."""
    made = make_study(clips=False, blocks=blocks, **fields)
    for block in made.blocks.all():
        for number in range(raters):
            sitting = sit(made, block=block, answer=answers)
            if number >= raters - excluded:
                Exclusion.objects.create(sitting=sitting, rule="researcher", reason="left out")
    score(made, "look", [n % 7 / 7 for n in range(50)])
    return made


def score(made: Study, name: str, values: Sequence[float | None], unscored: Sequence[int] = ()) -> None:
    rows = Reconstruction.objects.filter(animation__dataset=made.dataset).select_related("animation")
    for number, one in enumerate(rows.order_by("pk")):
        if number not in unscored:
            value = values[number]
            Score.objects.create(
                reconstruction=one, reference_clip=one.animation.clip, candidate_clip=one.clip, metric=name, version="1",
                parameters_digest="0", dimension="motion", value=value, reason="" if value is not None else "Blank.",
            )  # fmt: skip


def with_other(values: Sequence[float | None], unscored: Sequence[int] = ()) -> Study:
    made = study(mostly_first())
    score(made, "path", values, unscored)
    return made


CASES: dict[str, tuple[Callable[[], Study], list[str]]] = {
    "one rater": (lambda: study(anything(), blocks=1, raters=1), [NO_PAIR, "cannot be set against raters"]),
    "no ties": (lambda: study(mostly_first()), ["No rating says equal, so the data say only that ν is small."]),
    "one category": (
        lambda: study(lambda *_: "equal"),
        ["All raters gave the same answer everywhere", "No scored comparison has a preference to predict."],
    ),
    "one side always": (
        lambda: study(lambda trial, _: "left" if trial.a_on_left else "right"),
        ["always won, always lost or was never compared with the rest, so its strength has no bound"],
    ),
    "one block": (lambda: study(anything(), blocks=1), ["this interval needs two or more", "without an interval"]),
    "one comparison": (
        lambda: study(anything(), blocks=1, animations=1, systems=2),
        ["There is one animation, which cannot be resampled."],
    ),
    "one question": (
        lambda: study(anything(), dimensions={"overall": ("Overall", "Which?")}),
        ["One question was asked, so there is none to set it against."],
    ),
    "a constant metric": (
        lambda: with_other([0.5] * 50),
        ["The metric gives every pair of reconstructions the same score, so it prefers none."],
    ),
    "an undefined metric": (lambda: with_other([None] * 50), ["A joint model needs two metrics"]),
    "missing scores": (lambda: with_other([n % 5 / 5 for n in range(50)], (0, 3, 4)), ["lack a score and stay out"]),
    "all but one rater excluded": (lambda: study(anything(), blocks=1, excluded=2), [NO_PAIR, "2 sittings were excluded."]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_has_a_sentence_for_what_it_cannot_know(case, signed_in):
    make, sentences = CASES[case]
    made = make()
    pages = [read(signed_in, "studies:report", made.slug), read(signed_in, "studies:study", made.slug)]
    report = Report.objects.get(study=made)
    for place in range(len(metric.labels(report.content))):
        pages.append(read(signed_in, "studies:metric", made.slug, report.pk, place))
    for sentence in sentences:
        assert any(sentence in page for page in pages), sentence
    for page in pages:
        assert not re.search(r"\b(nan|None|inf)\b", re.sub(r"<[^>]+>", " ", page))
        for address in set(re.findall(r'(?:src|srcset)="([^"]+\.svg)"', page)) - {"/static/favicon.svg"}:
            assert signed_in.get(address).status_code == 200
    for make_form, *_ in FORMS.values():
        assert make_form(report)


def read(client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode().replace("&#x27;", "'")


def test_where_everyone_is_excluded_page_and_command_say_so(signed_in):
    made = study(anything(), blocks=1, excluded=3)
    sentence = "Every completed sitting of “Study 1” is excluded: lift an exclusion, or wait for others."
    assert sentence in read(signed_in, "studies:report", made.slug)
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("report", made.slug, stdout=StringIO(), stderr=StringIO())
    assert refusal.value.returncode == 2
