"""The scores of one reconstruction against its reference."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, job_kind
from benchmark.jobs.subjects import load_subject, pair_subject
from benchmark.models import Animation, Dataset, Job, Reconstruction, Score

if TYPE_CHECKING:
    from benchmark.metrics import Metric


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


def enqueue_lacking(dataset: Dataset) -> tuple[int, list[Job]]:
    """Ask for what the dataset's pairs of clips lack of today's metrics: how many pairs there are, and the jobs.

    For after a metric was added, its weights fetched, or its version or parameters changed; old scores stay.
    """
    pairs = list(
        Reconstruction.objects.filter(
            system__dataset=dataset, clip__isnull=False, animation__clip__isnull=False
        )
        .select_related("animation", "system")
        .order_by("animation__name", "system__name")  # so that answers to one reference follow each other
    )
    scored = set(
        Score.objects.filter(reconstruction__system__dataset=dataset).values_list(
            "reconstruction_id",
            "reference_clip_id",
            "candidate_clip_id",
            "metric",
            "version",
            "parameters_digest",
        )
    )
    wanted = [(metric.name, metric.version, metric.digest) for metric in usable_metrics()]
    jobs = [
        enqueue("score", pair_subject(pair), label=str(pair))
        for pair in pairs
        if any((pair.pk, pair.animation.clip_id, pair.clip_id, *one) not in scored for one in wanted)
    ]
    return len(pairs), jobs


def usable_metrics() -> list[Metric]:
    """Every registered metric that can run here: the embedded ones, and those whose weights have been fetched."""
    from benchmark.metrics import registry

    return [metric for metric in registry if metric.available() is None]


def in_turns(metrics: Iterable[Metric]) -> list[list[str]]:
    """The metrics' names in the order of work: the light ones of ours together, the heavy ones one by one, other
    people's one by one at the end. What is saved after each turn is not computed again, and a metric that fails
    costs no other its scores."""
    light, heavy, foreign = [], [], []
    for metric in metrics:
        if not type(metric).__module__.startswith("benchmark.metrics."):
            foreign.append([metric.name])
        elif metric.needs_weights:
            heavy.append([metric.name])
        else:
            light.append(metric.name)
    return [*([light] if light else []), *heavy, *foreign]


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
    turns = in_turns(metric for metric in usable_metrics() if not _is_scored(reconstruction, metric))
    cache = FeatureCache(Path(settings.DATA) / "features")
    for turn, names in enumerate(turns):

        def tell(words: str, share: float, done: int = turn) -> None:
            report(0.99 * (done + share) / len(turns), words)

        try:
            results = score(reference.master, candidate.master, metrics=names, cache=cache, progress=tell)
        except VideoRefused as error:
            raise PermanentError(str(error)) from error
        report((turn + 1) / len(turns), "saving")  # raises where the job is no longer this worker's
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


def _is_scored(reconstruction: Reconstruction, metric: Metric) -> bool:
    return Score.objects.filter(
        reconstruction=reconstruction,
        reference_clip=reconstruction.animation.clip_id,
        candidate_clip=reconstruction.clip_id,
        metric=metric.name,
        version=metric.version,
        parameters_digest=metric.digest,
    ).exists()
