"""What a demonstration holds: a researcher, a study to take part in, and one with simulated ratings to read."""

from __future__ import annotations

from collections.abc import Callable

from benchmark.models import Dataset
from studies.create import Plan, add_practice, create_study
from studies.demo.simulated import simulate_ratings
from studies.launch import close, launch
from studies.models import CompletionCode, Study

OPEN, SIMULATED = "demo", "demo-simulated"
Say = Callable[[str], None]


def load_pages(say: Say, animations: int | None = None) -> None:
    """Sources and capture jobs of the practice and of the demonstration dataset, or of its first ``animations``."""
    from benchmark.ingest.demo import load_demo
    from benchmark.ingest.practice import load_practice
    from benchmark.jobs.capturing import enqueue_capture

    for item in load_practice():
        enqueue_capture(item)
    load_demo(say, animations)


def ensure_studies(say: Say) -> None:
    """The two studies, once their clips are there. What exists stays: a newcomer's ratings outlive a restart."""
    dataset = Dataset.objects.get(slug="demo")
    if not Study.objects.filter(slug=OPEN).exists():
        say("Opening a study for you to take part in")
        study = create_study(
            dataset,
            OPEN,
            "Which animation is closer?",
            Plan(per_pair=1, block_size=8),
            description="A short study to try: eight comparisons and its checks, in about five minutes.",
            minutes=5,
            raters_per_block=5,
            instructed_checks=2,
            identical_checks=1,
            repeat_checks=1,
            next_after_s=2,
        )
        finish(study, "DEMO-DONE")
    if not Study.objects.filter(slug=SIMULATED).exists():
        say("Simulating a finished study, so that there is a report to read")
        study = create_study(
            dataset,
            SIMULATED,
            "Simulated study of the synthetic systems",
            Plan(per_pair=None, block_size=30),
            description="A finished study whose ratings no person gave.",
            origin=Study.Origin.SIMULATED,
            recruiter=Study.Recruiter.NONE,
            raters_per_block=3,
            instructed_checks=2,
            identical_checks=1,
            repeat_checks=1,
            next_after_s=0,
            analysis_plan={"confirmatory": ["agreement", "alignment"]},
        )
        finish(study, "")
        simulate_ratings(study)
        close(study)


def finish(study: Study, code: str) -> None:
    """Complete a demonstration's draft and launch it."""
    add_practice(study)
    if code:
        CompletionCode.objects.create(study=study, outcome=CompletionCode.Outcome.COMPLETED, code=code)
    launch(study)
