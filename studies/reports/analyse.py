"""The whole analysis of a study, as one JSON document: every number of the report, and every reason for none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from threadpoolctl import threadpool_limits

from studies.analysis.agreement import agreement
from studies.analysis.alignment import align, ruler_marks
from studies.analysis.bias import bias_report
from studies.analysis.correlation import correlate
from studies.analysis.dimensions import compare_dimensions
from studies.analysis.disentangle import conflict_subset, disentangle
from studies.analysis.joint import joint_model
from studies.analysis.perturbation import perturbation_matrix
from studies.analysis.planning import ratings_needed
from studies.analysis.ranking import rank_systems
from studies.analysis.raters import Checks, rater_table
from studies.analysis.scores import JudgeVerdicts, MetricScores, Predictor, label_of
from studies.analysis.table import RatingTable
from studies.reports.closeups import close_up
from studies.reports.dataset import StudyData
from studies.reports.encode import plain
from studies.reports.parameters import Parameters
from studies.reports.validated import validation

Progress = Callable[[float, str], None]
FORMAT = 1
# What is shown of a study before exclusions beside the same after them.
COMPARED = ("headline", "ac1", "raw_agreement", "tie_rate", "leave_one_out", "ceiling", "ratings", "raters")
WISHED = 0.05  # the half-width of α's interval that "ratings still needed" aims at
NO_SCORES = "No reconstruction of this study has a score yet, so no metric can be set against the ratings."
NO_PERTURBATIONS = "No system of this dataset declares a controlled change that has been scored."
NO_RATINGS = "No sitting has been completed yet, so there is nothing to analyse."


def quiet(done: float, words: str) -> None:
    """Progress that nobody watches."""


def analyse(data: StudyData, parameters: Parameters, progress: Progress = quiet) -> dict[str, Any]:
    """Everything the report says, in plain values: the same data and parameters give the same document, bit for bit.

    Linear algebra is kept to one thread: how many there are decides the order of its sums, and with it the last bits.
    """
    with threadpool_limits(limits=1):
        return _analyse(data, parameters, progress)


def _analyse(data: StudyData, parameters: Parameters, progress: Progress) -> dict[str, Any]:
    keys = list(data.tables)
    steps = max(1, 4 * len(keys) + 2)
    done = 0

    def step(words: str) -> None:
        nonlocal done
        progress(done / steps, words)
        done += 1

    content: dict[str, Any] = {
        "format": FORMAT,
        "dimensions": [{"key": key, "label": data.labels[key]} for key in keys],
        "data": _data(data),
        "agreement": {},
        "ranking": {},
        "alignment": {},
        "raters": {},
        "bias": {},
    }
    for key, table in data.tables.items():
        label = data.labels[key]
        step(f"{label}: agreement")
        content["agreement"][key] = _agreement(table, data.all_tables[key], parameters)
        step(f"{label}: ranking")
        content["ranking"][key] = _ranking(table, parameters)
        step(f"{label}: metrics")
        content["alignment"][key] = _alignment(table, data, parameters)
        step(f"{label}: raters and bias")
        content["raters"][key], content["bias"][key] = _raters(table, data)
    step("Dimensions against each other")
    content["between"] = _between(data, parameters)
    step("Metrics against each other")
    content["metrics"] = _metrics(data, parameters)
    content["perturbations"] = _perturbations(data)
    content["validation"] = validation(data.validated, data.metrics)
    content["summary"] = _summary(content)
    return content


def _data(data: StudyData) -> dict[str, Any]:
    first = next(iter(data.tables.values()), None)
    return {
        "digest": data.digest,
        "ratings": data.ratings,
        "raters": sum(not rater.excluded for rater in data.raters),
        "excluded": [
            {"rater": rater.pseudonym, "reason": rater.excluded} for rater in data.raters if rater.excluded
        ],
        "withdrawn": data.withdrawn,
        "simulated_raters": sum(rater.simulated for rater in data.raters),
        "units": first.n_units if first else 0,
        "animations": len(first.animation_labels) if first else 0,
        "systems": list(first.system_labels) if first else [],
        "blocks": len(first.block_labels) if first else 0,
        "metrics": [
            {
                "name": metric.scores.name,
                "version": metric.scores.version,
                "dimension": metric.scores.dimension,
                "parameters_digest": metric.parameters_digest,
                "scored": len(metric.scores.scores),
                "undefined": metric.undefined,
                "missing": metric.missing,
            }
            for metric in data.metrics
        ],
        "judges": [
            {
                "name": judge.name,
                "version": judge.version,
                "dimension": judge.dimension,
                "both_orders": len(judge.forward.keys() & judge.backward.keys()),
                "one_order": len(judge.forward.keys() ^ judge.backward.keys()),
            }
            for judge in data.judges
        ],
    }


def _agreement(table: RatingTable, every: RatingTable, parameters: Parameters) -> dict[str, Any]:
    chosen = {"interval": parameters.interval, "coin_flips": parameters.coin_flips, "seed": parameters.seed}
    if not len(table):
        return {"undefined": NO_RATINGS}
    agreed = agreement(table, replicates=parameters.replicates, **chosen)  # type: ignore[arg-type]
    found: dict[str, Any] = plain(agreed)
    found["needed"] = plain(ratings_needed(agreed.headline, agreed.ratings, WISHED))
    if len(every) != len(table):
        # What the exclusions changed: the same analysis with everybody in it.
        before = agreement(every, replicates=parameters.replicates, **chosen)  # type: ignore[arg-type]
        found["before_exclusions"] = {name: plain(getattr(before, name)) for name in COMPARED}
    return found


def _ranking(table: RatingTable, parameters: Parameters) -> dict[str, Any]:
    if not len(table):
        return {"undefined": NO_RATINGS}
    found: dict[str, Any] = plain(
        rank_systems(table, replicates=parameters.rank_replicates, seed=parameters.seed)
    )
    return found


def _alignment(table: RatingTable, data: StudyData, parameters: Parameters) -> dict[str, Any]:
    if not len(table):
        return {"undefined": NO_RATINGS}
    predictors = _predictors(data)
    if not predictors:
        return {"undefined": NO_SCORES}
    rating, majority = (
        align(
            table,
            predictors,
            level=level,
            replicates=parameters.metric_replicates,
            permutations=parameters.permutations,
            seed=parameters.seed,
        )
        for level in ("rating", "majority")
    )
    return {
        "rating": plain(rating),
        "majority": plain(majority),
        "ruler": [
            {"label": label, "kind": kind, "auc": plain(estimate)}
            for label, kind, estimate in ruler_marks(rating)
        ],
    }


def _raters(table: RatingTable, data: StudyData) -> tuple[Any, Any]:
    if not len(table):
        return {"undefined": NO_RATINGS}, {"undefined": NO_RATINGS}
    checks = {r.pseudonym: Checks(r.checks_passed, r.checks) for r in data.raters if r.checks}
    return {"rows": plain(rater_table(table, checks))}, plain(bias_report(table))


def _between(data: StudyData, parameters: Parameters) -> dict[str, Any]:
    """The dimensions set against each other, and what decides where appearance and motion disagree."""
    if any(not len(table) for table in data.tables.values()):
        return {"undefined": NO_RATINGS}
    if len(data.tables) < 2:
        return {"undefined": "One question was asked, so there is none to set it against."}
    found: dict[str, Any] = {"pairs": plain(compare_dimensions(data.tables))}
    if {"appearance", "motion"} <= data.tables.keys():
        conflict = conflict_subset(
            data.tables, _predictors(data), replicates=parameters.metric_replicates, seed=parameters.seed
        )
        found["conflict"] = plain(conflict)
    return found


def _metrics(data: StudyData, parameters: Parameters) -> dict[str, Any]:
    """What several metrics say together: the matrix with its differences, joint models, correlations."""
    predictors = _predictors(data)
    if not predictors or any(not len(table) for table in data.tables.values()):
        return {"undefined": NO_SCORES}
    scored = [one for one in predictors if isinstance(one, MetricScores)]
    chosen: dict[str, Any] = {"replicates": parameters.metric_replicates, "seed": parameters.seed}
    matrix = disentangle(data.tables, predictors, **chosen)
    return {
        "leanings": plain(matrix.leanings),
        "overall": plain(matrix.overall),
        "joint": {
            key: _joint(table, [one for one in predictors if one.kind == "metric"], chosen)
            for key, table in data.tables.items()
        },
        "closeups": {
            label_of(metric): {key: plain(close_up(table, metric)) for key, table in data.tables.items()}
            for metric in predictors
        },
        "correlations": [plain(correlate(one, two)) for one, two in combinations(scored, 2)],
    }


def _perturbations(data: StudyData) -> dict[str, Any]:
    """How every metric answers the controlled changes that the dataset's systems declare."""
    if not data.perturbed:
        return {"undefined": NO_PERTURBATIONS}
    claims = {label_of(metric.scores): metric.scores.dimension for metric in data.metrics}
    return dict(plain(perturbation_matrix(data.perturbed, claims)))


def _joint(table: RatingTable, predictors: Sequence[Predictor], chosen: dict[str, Any]) -> dict[str, Any]:
    if len(predictors) < 2:
        return {"undefined": "A joint model needs two metrics that are neither baselines nor judges."}
    model = plain(joint_model(table, predictors, **chosen))
    del model["out_of_fold"]
    return dict(model)


def _predictors(data: StudyData) -> list[MetricScores | JudgeVerdicts]:
    """Metrics first, then judges, then baselines, each in order of name."""
    scored = [metric.scores for metric in data.metrics if metric.scores.scores]
    return sorted([*scored, *data.judges], key=lambda one: ("metric", "judge", "baseline").index(one.kind))


def _summary(content: dict[str, Any]) -> dict[str, Any]:
    """The numbers a reader asks for first, to four decimals."""

    def four(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    found: dict[str, Any] = {}
    for key, agreed in content["agreement"].items():
        if "undefined" in agreed:
            found[key] = {"undefined": agreed["undefined"]}
            continue
        codings = {row["key"]: row for row in agreed["codings"]}
        headline, paper = agreed["headline"], codings["paper"]
        found[key] = {
            "swap_invariant_ordinal_alpha": four(headline["value"]),
            "low": four(headline["low"]),
            "high": four(headline["high"]),
            "paper_compatible_alpha": four(paper["estimate"]["value"]),
            "paper_compatible_coin_flip": four(paper["coin_flip"]["mean"]),
            "reason": headline["reason"],
            "sentence": _sentence(headline, paper["estimate"]),
            "units": agreed["units"],
            "ratings": agreed["ratings"],
            "raters": agreed["raters"],
            "auc": {
                row["label"]: {name: four(row["auc"][name]) for name in ("value", "low", "high")}
                | {"n": row["auc"]["n"], "reason": row["auc"]["reason"]}
                for row in content["alignment"][key].get("rating", {}).get("metrics", [])
            },
        }
    return found


def _sentence(headline: dict[str, Any], paper: dict[str, Any]) -> str:
    if headline["value"] is None:
        return str(headline["reason"])
    words = f"Raters agree at α = {headline['value']:.4f}"
    if headline["low"] is not None:
        words += f", {headline['level']:.0%} interval {headline['low']:.4f} to {headline['high']:.4f}"
    words += f", over {headline['n']} comparisons"
    if paper["value"] is not None:
        words += f"; coded as in the paper α = {paper['value']:.4f}"
    return words.replace(" -", " −") + "."
