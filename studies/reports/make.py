"""A study's report: the one kept for its present data, or a new one."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from studies.models import Rating, Report, Sitting, Study, Trial
from studies.reports.analyse import Progress, analyse, quiet
from studies.reports.dataset import StudyData, load, marker
from studies.reports.encode import digest
from studies.reports.parameters import Parameters, described, parameters_digest, versions

AT_ONCE = 20_000  # ratings; more than these are analysed by a worker, with progress


class NothingToReport(ValueError):
    """The study has no completed sitting that counts; the text is a sentence for people."""


def make_report(study: Study, parameters: Parameters | None = None, progress: Progress = quiet) -> Report:
    """The report of the study's data as they are now: found if it was made before, else made and kept."""
    parameters = parameters or Parameters()
    before = marker(study)
    progress(0.0, "Reading the ratings")
    data = load(study)
    if not data.ratings:
        raise NothingToReport(
            f"Every completed sitting of “{study}” is excluded: lift an exclusion, or wait for others."
            if data.raters
            else f"No sitting of “{study}” has been completed yet: a report needs ratings."
        )
    report = find(study, data.digest, parameters) or _keep(study, data, parameters, progress)
    remember(study, before, data.digest, parameters)
    return report


def digest_anew(report: Report, parameters: Parameters, progress: Progress = quiet) -> str:
    """The digest of a kept report's content, all of it computed again; a study that was renamed since is no other."""
    content = _content(report.study, load(report.study), parameters, progress)
    return digest(content | {"study": report.content["study"]})


def current_report(study: Study, parameters: Parameters | None = None) -> Report | None:
    """The report of the present data, if it is there; reads no ratings when nothing has changed."""
    parameters = parameters or Parameters()
    known = cache.get(_cache_key(study, marker(study)))
    return find(study, known, parameters) if known else None


def latest_report(study: Study) -> Report | None:
    """The newest report with default parameters, whatever data and versions it is of."""
    return study.reports.filter(parameters=described(Parameters())).order_by("-made_at", "-pk").first()


def countable(study: Study) -> int:
    """How many ratings a report would be made from, before exclusions."""
    return Rating.objects.filter(
        trial__sitting__participant__study=study,
        trial__sitting__participant__withdrawn_at__isnull=True,
        trial__sitting__state=Sitting.State.COMPLETED,
        trial__kind=Trial.Kind.COMPARISON,
    ).count()


def find(study: Study, data_digest: str, parameters: Parameters) -> Report | None:
    return study.reports.filter(
        data_digest=data_digest, parameters_digest=parameters_digest(parameters)
    ).first()


def remember(study: Study, seen: str, data_digest: str, parameters: Parameters) -> None:
    """That the data behind this marker have that digest, so that a page need not read them again."""
    cache.set(_cache_key(study, seen), data_digest, timeout=None)


def _cache_key(study: Study, seen: str) -> str:
    return f"data-digest:{study.pk}:{seen}"


def _keep(study: Study, data: StudyData, parameters: Parameters, progress: Progress) -> Report:
    content = _content(study, data, parameters, progress)
    report, _ = Report.objects.get_or_create(
        study=study,
        data_digest=data.digest,
        parameters_digest=parameters_digest(parameters),
        defaults={
            "design_hash": study.design_hash,
            "parameters": described(parameters),
            "versions": versions(),
            "content": content,
            "content_digest": digest(content),
        },
    )
    return report


def _content(study: Study, data: StudyData, parameters: Parameters, progress: Progress) -> dict[str, Any]:
    settings = settings_of(study, data, parameters)
    return {"study": about(study), "settings": settings} | analyse(data, parameters, progress)


def about(study: Study) -> dict[str, Any]:
    """Whose ratings these are. ``simulated`` stands wherever a reader could take them for people's."""
    return {
        "slug": study.slug,
        "title": study.title,
        "dataset": study.dataset.slug,
        "origin": study.origin,
        "origin_note": study.origin_note,
        "simulated": study.simulated or study.dataset.simulated,
        "analysis_plan": study.analysis_plan,
    }


def settings_of(study: Study, data: StudyData, parameters: Parameters) -> dict[str, Any]:
    return {
        "data_digest": data.digest,
        "design_hash": study.design_hash,
        "parameters": described(parameters),
        "versions": versions(),
        "command": parameters.command(study.slug),
    }
