"""What a researcher fills in to design a study: its rules, questions, practice, words and plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from benchmark.models import Dataset
from studies.models import Dimension, PracticeRound, Study
from studies.wording import DEFAULTS, in_language

MOST_QUESTIONS = 6
SIDES = [("left", "Left"), ("equal", "Equal"), ("right", "Right")]
ANALYSES = {
    "agreement": "Agreement of people (Krippendorff’s α)",
    "alignment": "Each metric against people (AUC)",
    "between": "Metrics against each other",
    "joint": "Both metrics together (logistic model)",
    "ranking": "Ranking of the systems (Davidson)",
    "bias": "Biases of raters",
}
BOUNDS = {
    "minutes": (1, 240),
    "raters_per_block": (1, 200),
    "instructed_checks": (0, 10),
    "identical_checks": (0, 10),
    "repeat_checks": (0, 10),
    "lease_minutes": (5, 240),
    "next_after_s": (0, 120),
    "plays_required": (0, 10),
}
# For a reader's eye: which word each of the study's own texts is, in the order a participant meets them.
WORDING_LABELS = {
    "title": "Title",
    "landing": "Landing page",
    "consent": "Consent",
    "flashing": "Warning of flashing clips",
    "instructions": "Instructions",
    "practice": "Before the practice",
    "completed": "When all is done",
    "failed_checks": "Done, but checks were failed",
    "screened_out": "Practice not passed",
    "declined": "No consent",
    "full": "No place free",
    "expired": "Place given away",
    "returned": "Returned at the recruiter",
    "withdrawn": "Data deleted on request",
    "draft": "Not open yet",
    "paused": "Paused",
    "closed": "Closed",
    "contact": "Whom to ask",
}
FIRST_WORDS = ("title", "landing", "consent", "flashing", "instructions", "practice")


class NewStudyForm(forms.Form):
    dataset = forms.ModelChoiceField(Dataset.objects.none(), label="Benchmark", empty_label=None)
    title = forms.CharField(max_length=200)
    slug = forms.SlugField(
        max_length=80,
        label="Address",
        help_text="Letters, digits and hyphens; it stands in the participants’ link.",
    )
    per_pair = forms.IntegerField(
        min_value=1,
        required=False,
        label="Comparisons of each pair of systems",
        help_text="Empty: all there are.",
    )
    block_size = forms.IntegerField(min_value=1, max_value=200, initial=30, label="Comparisons in a sitting")
    raters_per_block = forms.IntegerField(
        min_value=1, max_value=200, initial=3, label="Raters for each comparison"
    )

    def __init__(self, datasets: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["dataset"] = forms.ModelChoiceField(datasets, label="Benchmark", empty_label=None)


class DealForm(forms.Form):
    """Draw the comparisons and blocks of a draft anew."""

    per_pair = NewStudyForm.base_fields["per_pair"]
    block_size = NewStudyForm.base_fields["block_size"]


class CopyForm(forms.Form):
    slug = NewStudyForm.base_fields["slug"]


class RulesForm(forms.ModelForm):
    confirmatory = forms.MultipleChoiceField(
        choices=list(ANALYSES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Confirmatory analyses",
    )

    class Meta:
        model = Study
        fields = [
            "title", "description", "language", "recruiter", "access_code", "allow_back", "ask_reason", *BOUNDS,
        ]  # fmt: skip
        labels = {
            "description": "Notes",
            "minutes": "Minutes a sitting takes",
            "raters_per_block": "Raters for each comparison",
            "instructed_checks": "Instructed checks",
            "identical_checks": "Identical clips",
            "repeat_checks": "Repeats with sides exchanged",
            "lease_minutes": "Minutes a silent sitting keeps its place",
            "next_after_s": "Seconds before Next opens",
            "plays_required": "Full plays before answers open",
            "allow_back": "Participants may go one round back",
            "ask_reason": "Ask for a reason in their own words (optional for them)",
            "access_code": "Access code",
        }
        help_texts = {
            "description": "For researchers; participants do not see them.",
            "access_code": "Empty: whoever has the link may take part.",
            "minutes": "Participants read it before they agree; rules for attention checks depend on it.",
            "lease_minutes": "Then it is given to the next who comes.",
            "repeat_checks": "",
            "next_after_s": "",
            "plays_required": "",
        }

    def __init__(self, study: Study, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            data, instance=study, initial={"confirmatory": study.analysis_plan.get("confirmatory", [])}
        )
        self.fields["description"].widget.attrs["rows"] = 3
        self.fields["language"] = forms.ChoiceField(
            choices=[("en", "English"), ("de", "Deutsch")], label="Participants’ language"
        )
        ours = [one for one in Study.Recruiter.choices if one[0] != Study.Recruiter.NONE]
        self.fields["recruiter"] = forms.ChoiceField(choices=ours, label="Recruiter")
        for name, (low, high) in BOUNDS.items():
            field = self.fields[name]
            field.validators += [MinValueValidator(low), MaxValueValidator(high)]
            field.widget.attrs |= {"min": low, "max": high}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("access_code") and cleaned.get("recruiter") == Study.Recruiter.PROLIFIC:
            self.add_error(
                "access_code", "Prolific sends its own people: leave the code empty, or recruit by a link."
            )
        return cleaned

    def plan(self) -> dict[str, Any]:
        """The analysis plan with what was ticked; the rest of it as it was."""
        rest = {key: value for key, value in self.instance.analysis_plan.items() if key != "confirmatory"}
        chosen = self.cleaned_data["confirmatory"]
        return rest | ({"confirmatory": chosen} if chosen else {})


class QuestionForm(forms.Form):
    label = forms.CharField(max_length=80)
    question = forms.CharField(max_length=300)
    key = forms.SlugField(max_length=40, required=False, widget=forms.HiddenInput)


class _Questions(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.ordered_data():
            raise forms.ValidationError("Ask at least one question.")
        keys = [row["key"] for row in self.ordered_data()]
        if len(set(keys)) < len(keys):
            raise forms.ValidationError("Give every question a label of its own.")

    def ordered_data(self) -> list[dict[str, str]]:
        """key, label and question of what is to be asked, in order. A key once given stays, whatever its label becomes."""
        kept = [form for form in self.ordered_forms if form.cleaned_data.get("label")]
        return [
            {
                "key": form.cleaned_data["key"]
                or slugify(form.cleaned_data["label"])[:40]
                or f"question-{place}",
                "label": form.cleaned_data["label"],
                "question": form.cleaned_data["question"],
            }
            for place, form in enumerate(kept, start=1)
        ]


QuestionForms = forms.formset_factory(
    QuestionForm,
    formset=_Questions,
    extra=1,
    max_num=MOST_QUESTIONS,
    validate_max=True,
    can_order=True,
    can_delete=True,
)


class PracticeForm(forms.Form):
    """One practice round: what is told after it, and which answers count as understood."""

    explanation = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), label="Told afterwards (Markdown)"
    )

    def __init__(
        self, practice: PracticeRound, dimensions: list[Dimension], data: Mapping[str, Any] | None
    ) -> None:
        self.practice = practice
        initial: dict[str, Any] = {"explanation": practice.explanation}
        initial |= {f"expected_{d.key}": practice.expected.get(d.key, []) for d in dimensions}
        super().__init__(data, initial=initial, prefix=f"practice-{practice.position}")
        for dimension in dimensions:
            self.fields[f"expected_{dimension.key}"] = forms.MultipleChoiceField(
                choices=SIDES, required=False, widget=forms.CheckboxSelectMultiple, label=dimension.label
            )

    def expected_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("expected_")]

    def expected(self, keys: set[str]) -> dict[str, list[str]]:
        found = {key: self.cleaned_data.get(f"expected_{key}") or [] for key in sorted(keys)}
        return {key: answers for key, answers in found.items() if answers}


class WordingForm(forms.Form):
    """The study's own texts; what is left empty keeps its default, which stands in the field as a hint."""

    def __init__(self, study: Study, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=study.wording, prefix="wording")
        with translation.override(study.language):
            for key, default in DEFAULTS.items():
                text = str(default)
                rows = 1 + len(text) // 90 + text.count("\n")
                self.fields[key] = forms.CharField(
                    required=False,
                    max_length=8000,
                    label=WORDING_LABELS[key],
                    widget=forms.Textarea(attrs={"rows": min(12, rows), "placeholder": text}),
                )

    def before_rounds(self) -> list[forms.BoundField]:
        """The texts that everybody meets; :meth:`endings` has the rest."""
        return [self[key] for key in FIRST_WORDS]

    def endings(self) -> list[forms.BoundField]:
        return [self[key] for key in WORDING_LABELS if key not in FIRST_WORDS]

    def changed(self) -> dict[str, str]:
        return {key: value for key, value in self.cleaned_data.items() if value}


class DesignForms:
    """Everything on the design page that is saved together."""

    def __init__(self, study: Study, data: Mapping[str, Any] | None = None) -> None:
        self.study = study
        self.language = study.language  # as it was: a valid form writes the new one into the study
        dimensions = list(study.dimensions.order_by("position"))
        asked = [{"key": d.key, "label": d.label, "question": d.question} for d in dimensions]
        self.rules = RulesForm(study, data)
        self.questions = cast(_Questions, QuestionForms(data, initial=asked, prefix="questions"))
        self.practice = [
            PracticeForm(one, dimensions, data) for one in study.practice_rounds.order_by("position")
        ]
        self.wording = WordingForm(study, data)

    def is_valid(self) -> bool:
        found = [self.rules.is_valid(), self.questions.is_valid(), self.wording.is_valid()]
        return all(found + [one.is_valid() for one in self.practice])

    def save(self) -> bool:
        """False when the study was opened meanwhile: then nothing has changed."""
        with transaction.atomic():
            if Study.objects.select_for_update().get(pk=self.study.pk).frozen:
                return False
            study = self.rules.save(commit=False)
            study.analysis_plan = self.rules.plan()
            study.wording = self.wording.changed()
            study.save()
            asked = [
                row
                | {
                    name: in_language(row[name], self.language, study.language)
                    for name in ("label", "question")
                }
                for row in self.questions.ordered_data()
            ]
            study.dimensions.all().delete()
            Dimension.objects.bulk_create(
                Dimension(study=study, position=place, **row) for place, row in enumerate(asked)
            )
            for one in self.practice:
                explained = one.cleaned_data["explanation"]
                one.practice.explanation = in_language(explained, self.language, study.language)
                one.practice.expected = one.expected({row["key"] for row in asked})
                one.practice.save()
        return True
