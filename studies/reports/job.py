"""A heavy report is made by a worker."""

from __future__ import annotations

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, job_kind
from benchmark.models import Job
from studies.models import Study


def enqueue_report(study: Study) -> Job:
    return enqueue("report", study.slug, label=study.title)


def open_report_job(study: Study) -> Job | None:
    """The newest job for this study's report that is waiting, running or failed, unless a later one is done."""
    job = Job.objects.filter(kind="report", subject=study.slug).order_by("-pk").first()
    return job if job is not None and job.state != Job.State.DONE else None


@job_kind("report", "Making reports")
def run_report(job: Job, report: Report) -> None:
    """Make and keep the report of the study's present data; making it twice finds the first."""
    # The web process, which merely declares this kind, loads no statistics at its start.
    from studies.analysis.table import TableError
    from studies.reports.make import NothingToReport, make_report

    study = Study.objects.filter(slug=job.subject).select_related("dataset").first()
    if study is None:
        raise PermanentError(f"There is no study {job.subject} any more; nothing is left to do.")
    try:
        make_report(study, progress=lambda done, words: report(done, words))
    except (NothingToReport, TableError) as error:
        raise PermanentError(str(error)) from error
