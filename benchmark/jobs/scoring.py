"""The scores of one reconstruction against its reference."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, job_kind
from benchmark.jobs.subjects import load_subject, pair_subject
from benchmark.models import Animation, Job, Reconstruction, Score


def enqueue_scores(item: Animation | Reconstruction) -> list[Job]:
    """Ask for the scores that this new clip makes possible: its own, or those of all answers to a reference."""
    waiting: Iterable[Reconstruction]
    if isinstance(item, Animation):
        answers = item.reconstructions.filter(clip__isnull=False).select_related("animation", "system")
        waiting = answers if item.clip_id else []
    else:
        waiting = [item] if item.clip_id and item.animation.clip_id else []
    return [
        enqueue("score", pair_subject(reconstruction), label=str(reconstruction))
        for reconstruction in waiting
    ]


def metric_names() -> list[str]:
    """Every registered metric that can run here: the embedded ones, and those whose weights have been fetched."""
    from benchmark.metrics import registry

    return [metric.name for metric in registry if metric.available() is None]


@job_kind("score", "Scoring reconstructions")
def run_scores(job: Job, report: Report) -> None:
    """Compute every score the reconstruction lacks for its present pair of clips; what is there is never overwritten.

    A pair that has been replaced since the job was asked for is left alone: the new pair has a job of its own.
    """
    # Only workers score: the web process need not load OpenCV.
    from benchmark.metrics import FeatureCache, score
    from benchmark.video import VideoRefused

    reconstruction = load_subject(job.subject)
    assert isinstance(reconstruction, Reconstruction)
    reference, candidate = reconstruction.animation.clip, reconstruction.clip
    if reference is None or candidate is None or pair_subject(reconstruction) != job.subject:
        return
    missing = [name for name in metric_names() if not _is_scored(reconstruction, name)]
    if not missing:
        return
    try:
        results = score(
            reference.master,
            candidate.master,
            metrics=missing,
            cache=FeatureCache(Path(settings.DATA) / "features"),
            progress=lambda words, share: report(0.99 * share, words),
        )
    except VideoRefused as error:
        raise PermanentError(str(error)) from error
    report(1.0, "saving")
    for name, result in results.items():
        Score.objects.get_or_create(
            reconstruction=reconstruction,
            reference_clip=reference,
            candidate_clip=candidate,
            metric=name,
            version=result.version,
            parameters_digest=result.parameters_digest,
            defaults={
                "dimension": result.dimension,
                "value": result.value,
                "reason": result.reason or "",
                "diagnostics": {
                    **result.diagnostics,
                    "extractor": result.extractor,
                    "parameters": result.parameters,
                },
            },
        )


def _is_scored(reconstruction: Reconstruction, name: str) -> bool:
    from benchmark.metrics import registry

    metric = registry.get(name)
    return Score.objects.filter(
        reconstruction=reconstruction,
        reference_clip=reconstruction.animation.clip_id,
        candidate_clip=reconstruction.clip_id,
        metric=name,
        version=metric.version,
        parameters_digest=metric.digest,
    ).exists()
