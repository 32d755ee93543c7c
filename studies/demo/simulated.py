"""Simulated raters for the demonstration: a stated model of people, who go through the same doors as people.

What they go by is known, because the systems are synthetic: each has a stated closeness to the reference in looks
and in motion, a little different from animation to animation. No metric's score enters, so that the report can ask in
earnest whether the metrics find what the raters went by.
"""

from __future__ import annotations

import uuid

import numpy as np
from django.utils import timezone

from studies.analysis.simulation import RaterModel, draw_raters, simulate_answers
from studies.models import Consent, Participant, Sitting, Study, Trial
from studies.sitting.answering import Answer, take_answer
from studies.sitting.assignment import claim_place
from studies.sitting.rounds import current_trial, next_state, ticket

# How close each synthetic system is to the reference in looks and in motion; 1 is the same.
CLOSENESS = {
    "faithful": (0.93, 0.97),
    "recoloured": (0.45, 0.95),
    "reshaped": (0.40, 0.90),
    "half-speed": (0.95, 0.40),
    "linear": (0.95, 0.65),
    "reversed": (0.95, 0.25),
    "static": (0.85, 0.05),
}
LOOKS_IN_OVERALL = 0.55
SPREAD = 0.10  # standard deviation of a system's closeness over animations
MODEL = RaterModel(noise=0.25, tie_threshold=0.06, rater_spread=0.3, side_spread=0.03, lapse=0.03, halo=0.5)
DIMENSIONS = ("overall", "appearance", "motion")


def describe() -> str:
    """The whole model in words, kept with the study and printed wherever its ratings are."""
    systems = "; ".join(f"{name} {looks:g} and {motion:g}" for name, (looks, motion) in CLOSENESS.items())
    return (
        f"{MODEL.describe()} True closeness to the reference in looks and in motion: {systems}; "
        f"per animation with SD {SPREAD:g}; overall is {LOOKS_IN_OVERALL:.0%} looks. "
        "No metric's score entered."
    )


def simulate_ratings(study: Study) -> None:
    """Fill every place of a live study. Everything is drawn from the study's seed; each sitting is claimed, opened and
    answered by the functions that serve people, so that its rows are what a person would have left."""
    rng = np.random.default_rng(study.seed)
    Study.objects.filter(pk=study.pk).update(origin_note=describe())
    truth = true_differences(study, rng)
    places = study.blocks.count() * study.raters_per_block
    traits = draw_raters(MODEL, places, rng)
    for number in range(places):
        participant = Participant.objects.create(
            study=study, pseudonym=f"simulated-{number + 1:03}", simulated=True
        )
        Consent.objects.create(
            participant=participant, text="Simulated: nobody was asked.", language=study.language
        )
        sitting = claim_place(participant)
        assert sitting is not None, "a study has as many places as blocks times raters"
        now = timezone.now()
        Sitting.objects.filter(pk=sitting.pk).update(practised_at=now)
        sitting.refresh_from_db()
        trials = list(sitting.trials.order_by("position"))
        differences = np.array([truth[trial.comparison_id] for trial in trials])
        answers = simulate_answers(
            differences,
            MODEL,
            rng,
            rater=np.full(len(trials), number),
            a_on_left=np.array([trial.a_on_left for trial in trials]),
            traits=traits,
        )
        sit_through(sitting, {trial.pk: row for trial, row in zip(trials, answers, strict=True)}, rng)


def true_differences(study: Study, rng: np.random.Generator) -> dict[int, np.ndarray]:
    """For each comparison the closeness of A minus that of B: (3,) overall, appearance, motion."""
    closeness: dict[int, np.ndarray] = {}
    differences: dict[int, np.ndarray] = {}
    comparisons = study.comparisons.select_related("a__system", "b__system").order_by("pk")
    for comparison in comparisons:
        for reconstruction in (comparison.a, comparison.b):
            if reconstruction.pk not in closeness:
                base = np.array(CLOSENESS[reconstruction.system.name])
                looks, motion = base + SPREAD * rng.standard_normal(2)
                overall = LOOKS_IN_OVERALL * looks + (1 - LOOKS_IN_OVERALL) * motion
                closeness[reconstruction.pk] = np.array([overall, looks, motion])
        differences[comparison.pk] = closeness[comparison.a_id] - closeness[comparison.b_id]
    return differences


def sit_through(sitting: Sitting, wanted: dict[int, np.ndarray], rng: np.random.Generator) -> None:
    """Answer every round as the model wants; checks as instructed, but for a lapse."""
    while (trial := current_trial(sitting)) is not None:
        next_state(sitting)  # opens the round, as loading the page does
        trial.refresh_from_db()
        answers = on_screen(trial, wanted[trial.pk])
        if trial.expected and rng.random() > MODEL.lapse:
            answers = dict(trial.expected)
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"simulated answer {trial.pk} of {sitting.participant.key}")
        take_answer(
            sitting,
            Answer(
                key=key,
                position=trial.position,
                ticket=ticket(trial),
                answers=answers,
                sure=True,
                evidence={"simulated": True},
            ),
        )
        sitting.refresh_from_db()


def on_screen(trial: Trial, values: np.ndarray) -> dict[str, str]:
    """+1, 0, −1 for A as the side it stood on."""
    sides = {
        1: "left" if trial.a_on_left else "right",
        0: "equal",
        -1: "right" if trial.a_on_left else "left",
    }
    return {key: sides[int(value)] for key, value in zip(DIMENSIONS, values, strict=True)}
