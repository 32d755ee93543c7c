"""The paper's own ratings, imported; and a guard that barks when a page asks a query per row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from zeal import zeal_context

from studies.ingest.judgments import import_judgments
from studies.models import Study
from tests.conftest import JUDGMENTS


@pytest.fixture
def paper(db) -> Study:
    return import_judgments(JUDGMENTS, "paper", rows_per_rater=30).study


@pytest.fixture
def no_query_per_row() -> Callable[[], AbstractContextManager[None]]:
    """A context in which a relation that is asked for row after row raises."""
    return zeal_context
