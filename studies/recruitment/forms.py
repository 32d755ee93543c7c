"""What researchers fill in on these pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction

from studies.models import CompletionCode, PayDecision, RecruiterStudy, Study
from studies.recruitment.rules import CATEGORIES, KINDS, MESSAGE_CHARACTERS, Consequence, Verdict

COMPLETION_URL = "https://app.prolific.com/submissions/complete?cc="
Decision = PayDecision.Decision


class PayForm(forms.Form):
    """Only what the decision needs; whether it is permitted is decided once more when it is made."""

    def __init__(self, decision: str, verdicts: tuple[Verdict, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if decision == Decision.REJECT:
            fitting = [one.category for one in verdicts if Consequence.REJECT in one.permits]
            self.fields["category"] = forms.ChoiceField(
                label="Category", choices=[(category, CATEGORIES[category]) for category in fitting]
            )
            self.fields["message"] = forms.CharField(
                label="Message to the participant",
                widget=forms.Textarea(attrs={"rows": 6, "minlength": MESSAGE_CHARACTERS}),
                max_length=4000,
                help_text=f"At least {MESSAGE_CHARACTERS} characters: which questions, what they asked for, and what "
                "was answered.",
            )
            self.fields["sure"] = forms.BooleanField(
                label="I know that a rejection costs the participant pay and standing, and cannot be undone",
                error_messages={"required": "Tick that you know that a rejection cannot be undone."},
            )
        elif decision == Decision.ASK_RETURN:
            self.fields["message"] = forms.CharField(
                label="Reason, as the participant will read it",
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=1000,
            )


class KeyForm(forms.Form):
    key = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,100}$",
        label="Prolific's study id",
        error_messages={
            "invalid": "A study id is the row of letters and digits at the end of the study's address on Prolific."
        },
    )

    def save(self, study: Study) -> None:
        RecruiterStudy.objects.get_or_create(study=study, key=self.cleaned_data["key"])


class SetupForm(forms.Form):
    """A draft's completion codes, one for each outcome, and from how many failures on its plan excludes a sitting."""

    def __init__(self, study: Study, data: Mapping[str, Any] | None = None) -> None:
        self.study = study
        known = {code.outcome: code for code in study.completion_codes.all()}
        limits = (study.analysis_plan or {}).get("exclude") or {}
        initial: dict[str, Any] = {f"limit_{kind}": limits.get(kind) for kind in KINDS}
        for outcome, code in known.items():
            initial |= {f"code_{outcome}": code.code, f"url_{outcome}": code.url}
        super().__init__(data, initial=initial)
        for outcome, words in CompletionCode.Outcome.choices:
            self.fields[f"code_{outcome}"] = forms.RegexField(
                r"^[A-Za-z0-9_-]*$",
                label=words,
                max_length=80,
                required=False,
                error_messages={"invalid": "A code has letters, digits, - and _ only."},
            )
            self.fields[f"url_{outcome}"] = forms.URLField(
                label=f"{words}: where to", max_length=400, required=False, assume_scheme="https"
            )
        for kind in KINDS:
            self.fields[f"limit_{kind}"] = forms.IntegerField(
                label=f"Failed {kind} checks", min_value=1, max_value=100, required=False
            )

    def code_fields(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        outcomes = CompletionCode.Outcome.choices
        return [(str(words), self[f"code_{outcome}"], self[f"url_{outcome}"]) for outcome, words in outcomes]

    def limit_fields(self) -> list[forms.BoundField]:
        return [self[f"limit_{kind}"] for kind in KINDS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given: dict[str, str] = {}
        for outcome in CompletionCode.Outcome.values:
            code = cleaned.get(f"code_{outcome}", "")
            if code and code in given:
                self.add_error(f"code_{outcome}", "Give every outcome a code of its own, or leave it empty.")
            given[code] = outcome
        return cleaned

    def save(self) -> bool:
        """False when the study was opened meanwhile: then nothing has changed."""
        with transaction.atomic():
            study = Study.objects.select_for_update().get(pk=self.study.pk)
            if study.frozen:
                return False
            for outcome in CompletionCode.Outcome.values:
                code, url = self.cleaned_data[f"code_{outcome}"], self.cleaned_data[f"url_{outcome}"]
                if code and not url and study.recruiter == Study.Recruiter.PROLIFIC:
                    url = f"{COMPLETION_URL}{code}"
                if code or url:
                    CompletionCode.objects.update_or_create(
                        study=study, outcome=outcome, defaults={"code": code, "url": url}
                    )
                else:
                    CompletionCode.objects.filter(study=study, outcome=outcome).delete()
            limits = {kind: self.cleaned_data[f"limit_{kind}"] for kind in KINDS}
            limits = {kind: limit for kind, limit in limits.items() if limit is not None}
            plan = {key: value for key, value in study.analysis_plan.items() if key != "exclude"}
            study.analysis_plan = plan | ({"exclude": limits} if limits else {})
            study.save(update_fields=["analysis_plan"])
        return True
