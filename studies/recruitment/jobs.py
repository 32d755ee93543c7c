"""The background work of this room: telling Prolific, asking Prolific, and what is due every minute."""

from __future__ import annotations

import logging
from typing import Any

from celery.signals import task_postrun

from benchmark.jobs.registry import PermanentError, Report, job_kind
from benchmark.models import Job
from studies.models import PayDecision, Study
from studies.recruitment.decisions import PAY_JOB
from studies.recruitment.evaluation import exclude_by_rule
from studies.recruitment.polling import POLL_JOB, ask_due, poll
from studies.recruitment.prolific import ProlificError
from studies.recruitment.sending import connect, tell

logger = logging.getLogger(__name__)
SWEEP = "benchmark.jobs.tasks.sweep"


@job_kind(PAY_JOB, "Telling Prolific")
def run_tell(job: Job, report: Report) -> None:
    """Tell Prolific one decision. A refusal is final; a passing fault is tried again by the queue."""
    decision = PayDecision.objects.select_related("sitting__participant__study").filter(pk=_key(job)).first()
    if decision is None:
        raise PermanentError("This decision was deleted; nothing is left to do.")
    report(0.1, "asking how it stands")
    try:
        with connect() as client:
            tell(decision, client)
    except ProlificError as error:
        _reraise(error)


@job_kind(POLL_JOB, "Asking Prolific")
def run_poll(job: Job, report: Report) -> None:
    """Take news of every submission of one study."""
    study = Study.objects.filter(pk=_key(job)).first()
    if study is None:
        raise PermanentError("This study was deleted; nothing is left to do.")
    try:
        with connect() as client:
            poll(study, client, report)
    except ProlificError as error:
        _reraise(error)


def each_minute() -> None:
    """What is due without anybody's click: the plan's own exclusions, and asking Prolific. Telling is never due."""
    for study in Study.objects.filter(origin=Study.Origin.OWN).exclude(state=Study.State.DRAFT):
        try:
            exclude_by_rule(study)
        except ValueError:
            logger.exception("The plan of study %s cannot be read.", study.slug)
    ask_due()


@task_postrun.connect(dispatch_uid="recruitment-each-minute")
def after_sweep(sender: Any = None, **_: Any) -> None:
    """The sweep is the house's clock: whoever runs it looks here too, in a worker that knows this room."""
    if getattr(sender, "name", "") == SWEEP:
        each_minute()


def _key(job: Job) -> int:
    return int(job.subject.partition(":")[2])


def _reraise(error: ProlificError) -> None:
    if not error.retryable:
        raise PermanentError(str(error)) from error
    raise error
