"""The paper's own ratings, imported; and a guard that barks when a page asks a query per row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from zeal import zeal_context
from zeal.constants import initialize_app_registry
from zeal.patch import patch

from studies.ingest.judgments import import_judgments
from studies.models import Study
from tests.conftest import JUDGMENTS


@pytest.fixture
def paper(db) -> Study:
    return import_judgments(JUDGMENTS, "paper", rows_per_rater=30).study


@pytest.fixture(scope="session")
def patched_relations() -> None:
    """What zeal does when it is an installed app: only then do relations report their queries."""
    initialize_app_registry()
    patch()


@pytest.fixture
def no_query_per_row(patched_relations) -> Callable[[], AbstractContextManager[None]]:
    """A context in which a relation that is asked for row after row raises."""
    return zeal_context
