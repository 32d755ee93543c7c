"""The paper's own ratings, imported, as most pages and reports are tried on them."""

from __future__ import annotations

import pytest

from studies.ingest.judgments import import_judgments
from studies.models import Study
from tests.conftest import JUDGMENTS


@pytest.fixture
def paper(db) -> Study:
    return import_judgments(JUDGMENTS, "paper", rows_per_rater=30).study
