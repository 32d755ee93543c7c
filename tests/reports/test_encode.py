"""Analysis results as plain JSON."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from studies.reports.encode import digest, plain


@dataclass(frozen=True)
class Pair:
    first: float
    second: object


def test_what_is_no_number_becomes_null():
    assert plain([float("nan"), float("inf"), np.nan, np.float64(1.5), np.int64(2), np.bool_(True)]) == [
        None, None, None, 1.5, 2, True,
    ]  # fmt: skip


def test_dataclasses_mappings_and_arrays_are_taken_apart():
    assert plain(Pair(np.float64("nan"), {1: np.arange(3)})) == {"first": None, "second": {"1": [0, 1, 2]}}


def test_what_json_cannot_say_is_refused():
    with pytest.raises(TypeError, match="A report cannot hold a set"):
        plain({"a": {1, 2}})


def test_the_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2.5]}) == digest({"b": [2.5], "a": 1}) != digest({"a": 1, "b": [2.6]})
