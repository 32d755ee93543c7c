"""The guard against queries in loops guards: were it not wired in, no page test would tell."""

from __future__ import annotations

import pytest
import zeal

from benchmark.models import Reconstruction
from tests.benchmark.test_leaderboard import Bench


@pytest.mark.django_db
def test_a_query_in_a_loop_is_found():
    bench = Bench()
    for place in range(3):
        bench.answer("one", place)
    with zeal.zeal_context(), pytest.raises(zeal.NPlusOneError):
        [str(answer.animation) for answer in Reconstruction.objects.all()]
