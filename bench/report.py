"""How fast the full report of a large study is, and how much memory report and export take.

    python -m bench.report [raters] [trials]

Makes a study of 1,000 raters × 100 trials × 3 dimensions with six metrics in a database of its own, then runs the
command a researcher would run. Promised: a report within 60 s and 2 GB, an export in constant memory. Exits with status 1
when a promise is broken.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import Seconds, describe

ROOT = Path(__file__).resolve().parents[1]
SYSTEMS = 6
EXPORT = """
import resource, sys
from studies.models import Study
from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import write
study, before = Study.objects.get(slug="large"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = sum(len(piece) for piece in write(EXPORTS["ratings"], study, "csv"))
print(size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def fill(raters: int, trials: int) -> None:
    """Rows of a finished study: three raters to a block, answers that follow each system's quality with noise."""
    import django

    django.setup()
    import numpy as np
    from django.core.management import call_command
    from django.utils import timezone

    from benchmark.models import Animation, Clip, Dataset, Reconstruction, Score, System
    from studies.models import (
        Block,
        BlockItem,
        Comparison,
        Dimension,
        Participant,
        Rating,
        Sitting,
        Study,
        Trial,
    )

    call_command("migrate", verbosity=0)
    rng = np.random.default_rng(0)
    dataset = Dataset.objects.create(slug="large", title="Large")
    blocks = -(-raters // 3)
    animations = -(-blocks * trials // 15)
    study = Study.objects.create(
        slug="large",
        title="Large",
        dataset=dataset,
        state="closed",
        design_hash="0" * 64,
        origin="simulated",
        seed=0,
    )
    dimensions = [
        Dimension.objects.create(study=study, key=key, label=key, question=key, position=place)
        for place, key in enumerate(("overall", "appearance", "motion"))
    ]

    def clips(first: int, n: int) -> list[Clip]:
        """Rows without files, each of its own content, as real clips are."""
        shape = {"frames": 1, "fps": 1, "width": 1, "height": 1, "duration": 1, "codec": "none"}
        return Clip.objects.bulk_create([Clip(sha256=f"{first + i:064x}", **shape) for i in range(n)])

    systems = System.objects.bulk_create([System(dataset=dataset, name=f"s{n}") for n in range(SYSTEMS)])
    items = Animation.objects.bulk_create(
        [
            Animation(dataset=dataset, name=f"a{n:05d}", clip=clip)
            for n, clip in enumerate(clips(0, animations))
        ]
    )
    made = Reconstruction.objects.bulk_create(
        [
            Reconstruction(animation=item, system=system, clip=clip)
            for (item, system), clip in zip(
                [(item, system) for item in items for system in systems],
                clips(animations, animations * SYSTEMS),
                strict=True,
            )
        ]
    )
    quality = rng.normal(size=len(made)) - np.tile(np.arange(SYSTEMS), animations) * 0.4
    for number in range(6):
        noisy = 1 / (1 + np.exp(-quality - rng.normal(size=len(made)) * (0.5 + 0.2 * number)))
        Score.objects.bulk_create(
            Score(
                reconstruction=one,
                reference_clip=one.animation.clip,
                candidate_clip=one.clip,
                metric=f"metric-{number}",
                version="1",
                parameters_digest="0",
                dimension=("appearance", "motion")[number % 2],
                value=float(value),
            )
            for one, value in zip(made, noisy, strict=True)
        )
    pairs = [(a, b) for a in range(SYSTEMS) for b in range(a + 1, SYSTEMS)]
    units = [(n, a, b) for n in range(animations) for a, b in pairs]
    rng.shuffle(units)
    units = units[: blocks * trials]
    comparisons = Comparison.objects.bulk_create(
        [
            Comparison(study=study, animation=items[n], a=made[n * SYSTEMS + a], b=made[n * SYSTEMS + b])
            for n, a, b in units
        ]
    )
    rows = Block.objects.bulk_create([Block(study=study, number=n + 1) for n in range(blocks)])
    BlockItem.objects.bulk_create(
        BlockItem(block=rows[n // trials], comparison=c) for n, c in enumerate(comparisons)
    )
    for rater in range(raters):
        block = rater // 3
        person = Participant.objects.create(study=study, pseudonym=f"r{rater:05d}", simulated=True)
        sitting = Sitting.objects.create(
            participant=person,
            block=rows[block],
            place=rater % 3 + 1,
            state="completed",
            completed_at=timezone.now(),
        )
        own = range(block * trials, (block + 1) * trials)
        left = rng.random(trials) < 0.5
        shown = Trial.objects.bulk_create(
            [
                Trial(
                    sitting=sitting,
                    position=place + 1,
                    comparison=comparisons[unit],
                    a_on_left=bool(left[place]),
                )
                for place, unit in enumerate(own)
            ]
        )
        gap = np.array(
            [
                quality[units[u][0] * SYSTEMS + units[u][1]] - quality[units[u][0] * SYSTEMS + units[u][2]]
                for u in own
            ]
        )
        ratings = []
        for dimension in dimensions:
            felt = gap + rng.logistic(size=trials)
            for trial, value, on_left in zip(shown, felt, left, strict=True):
                answer = "equal" if abs(value) < 0.3 else "left" if (value > 0) == on_left else "right"
                ratings.append(
                    Rating(
                        trial=trial, dimension=dimension, answer=answer, answered_ms=int(rng.gamma(3, 1500))
                    )
                )
        Rating.objects.bulk_create(ratings)


def main() -> int:
    raters, trials = (int(word) for word in (*sys.argv[1:3], *("1000", "100")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DIPTYCH_DATA": folder,
            "DIPTYCH_SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        fill(raters, trials)
        manage = [sys.executable, str(ROOT / "manage.py")]
        began = time.perf_counter()
        subprocess.run(
            [*manage, "report", "large"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        clock = time.perf_counter() - began
        machine = describe()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        megabytes = used.ru_maxrss / 1024
        exported = subprocess.run(
            [*manage, "shell", "-v", "0", "-c", EXPORT], check=True, capture_output=True, text=True
        )
        size, grown = exported.stdout.split()
    spent = Seconds(clock, used.ru_utime + used.ru_stime)
    print(machine)
    print(f"{raters:,} raters × {trials} trials × 3 dimensions, six metrics")
    print(f"  report   {spent}, {megabytes:.0f} MB; promised: 60 s, 2,048 MB")
    print(
        f"  export   {int(size) / 1e6:.0f} MB of CSV while memory grew by {float(grown):.0f} MB; promised: under 64 MB"
    )
    kept = spent.judged() < 60 and megabytes < 2048 and float(grown) < 64
    print("All promises kept." if kept else "A promise is broken.")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
