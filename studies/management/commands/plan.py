"""manage.py plan [--systems N] [--distance D] [--ties SHARE] … : how many raters and blocks a study needs, by simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from benchmark.management.door import Door
from studies.analysis.planning import size_study
from studies.reports.encode import plain
from studies.reports.planner import DEFAULTS, LIMITS, Question, QuestionRefused


class Command(Door):
    help = "Simulate studies of stated systems and raters, and say how many blocks and raters bring α to ± wished."
    refusals = (QuestionRefused,)

    def add_arguments(self, parser: CommandParser) -> None:
        for name, (low, high, words) in LIMITS.items():
            default = getattr(DEFAULTS, name)
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                type=type(default),
                default=default,
                help=f"{words} ({low:g} to {high:g}; {default:g})",
            )

    def open(self, **options: Any) -> Mapping[str, Any]:
        question = Question(**{name: options[name] for name in LIMITS})
        model = question.model()
        self.progress("Simulating …")
        told = 0

        def progress(share: float) -> None:
            nonlocal told
            if share >= told / 100 + 0.25:
                told = int(share * 100)
                self.progress(f"{share:4.0%}")

        plan = size_study(
            model,
            question.wished,
            replicates=question.replicates,
            seed=question.seed,
            progress=progress,
        )
        return {
            "simulated": True,
            "sentence": plan.sentence,
            "raters": model.raters.describe(),
            "wished": plan.wished,
            "chosen": None if plan.chosen is None else _row(plan.chosen),
            "designs": [_row(one) for one in plan.forecasts],
            "question": plain(question),
        }


def _row(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = plain(one)
    design = found.pop("design")
    return (
        {name: design[name] for name in ("blocks", "block_size", "raters_per_block")}
        | {"people": one.people}
        | found
    )
