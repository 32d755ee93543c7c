"""One dimension's ratings as integer codes: what every analysis takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]


class TableError(ValueError):
    """Ratings or scores that cannot be analysed as they are; the message says what to change."""


@dataclass(frozen=True, eq=False)
class RatingTable:
    """All ratings on one dimension, one row each (n rows).

    unit, rater, block, animation, system_a, system_b   (n,) int codes into the label tuples
    value       (n,) int8: +1 the row's system A was preferred, −1 system B, 0 equal; system A is the
                alphabetically first of the two, so the coding says nothing about sides
    a_on_left   (n,) bool: system A stood on the left, or None when sides were not recorded
    position    (n,) int: the trial's place in its sitting, from 1, or None
    response_ms (n,) float: time to answer in milliseconds (NaN where unknown), or None

    A unit is one comparison (animation, A, B). Raises TableError on anything inconsistent.
    Build one with :meth:`from_columns` or :meth:`from_records`.
    """

    dimension: str
    unit: Codes
    rater: Codes
    block: Codes
    animation: Codes
    system_a: Codes
    system_b: Codes
    value: NDArray[np.int8]
    unit_labels: tuple[str, ...]
    rater_labels: tuple[str, ...]
    block_labels: tuple[str, ...]
    animation_labels: tuple[str, ...]
    system_labels: tuple[str, ...]
    position: NDArray[np.int32] | None = None
    a_on_left: NDArray[np.bool_] | None = None
    response_ms: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        n = len(self.value)
        coded = {
            "unit": (self.unit, self.unit_labels),
            "rater": (self.rater, self.rater_labels),
            "block": (self.block, self.block_labels),
            "animation": (self.animation, self.animation_labels),
            "system_a": (self.system_a, self.system_labels),
            "system_b": (self.system_b, self.system_labels),
        }
        for name, (codes, labels) in coded.items():
            if len(codes) != n:
                raise TableError(
                    f"The column {name} has {len(codes)} rows where value has {n}; give one per rating."
                )
            if n and (codes.min() < 0 or codes.max() >= len(labels)):
                raise TableError(
                    f"The column {name} holds a code without a label; give a label for every code."
                )
        for name, column in (
            ("position", self.position),
            ("a_on_left", self.a_on_left),
            ("response_ms", self.response_ms),
        ):
            if column is not None and len(column) != n:
                raise TableError(
                    f"The column {name} has {len(column)} rows where value has {n}; give one per rating."
                )
        if n and not np.isin(self.value, (-1, 0, 1)).all():
            raise TableError("A rating's value must be −1, 0 or +1; recode the answers before the analysis.")
        if (self.system_a == self.system_b).any():
            raise TableError("A comparison sets a system against itself; remove those rows.")
        pair = self.unit.astype(np.int64) * (len(self.rater_labels) + 1) + self.rater
        distinct, first = np.unique(pair, return_index=True)
        if len(distinct) != n:
            row = np.setdiff1d(np.arange(n), first)[0]
            raise TableError(
                f"Rater {self.rater_labels[self.rater[row]]} rated {self.unit_labels[self.unit[row]]} twice;"
                " keep one of the two (repeats are checks, not ratings)."
            )
        for name, column in (
            ("animation", self.animation),
            ("system_a", self.system_a),
            ("system_b", self.system_b),
        ):
            of_unit = np.zeros(len(self.unit_labels), column.dtype)
            of_unit[self.unit] = column
            wrong = np.flatnonzero(of_unit[self.unit] != column)
            if len(wrong):
                label = self.unit_labels[self.unit[wrong[0]]]
                raise TableError(
                    f"The comparison {label} has more than one {name}; a unit is one comparison."
                )

    @classmethod
    def from_columns(
        cls,
        dimension: str,
        *,
        rater: Sequence[str],
        block: Sequence[str],
        animation: Sequence[str],
        system_a: Sequence[str],
        system_b: Sequence[str],
        value: ArrayLike,
        unit: Sequence[str] | None = None,
        position: ArrayLike | None = None,
        a_on_left: ArrayLike | None = None,
        response_ms: ArrayLike | None = None,
    ) -> RatingTable:
        """Code columns of labels, all of length n; ``value`` is +1 where the row's own ``system_a`` won.

        The two systems may come in either order: rows are turned so that A is alphabetically first, together
        with ``value`` and ``a_on_left``. ``unit`` defaults to animation and unordered pair.
        """
        first, second = np.asarray(system_a, dtype=str), np.asarray(system_b, dtype=str)
        values = np.asarray(value)
        if not len(first) == len(second) == len(values):
            raise TableError(
                "The columns system_a, system_b and value differ in length; give one of each per rating."
            )
        turned = first > second
        low, high = np.where(turned, second, first), np.where(turned, first, second)
        if unit is None:
            names = np.asarray(animation, dtype=str)
            unit_column: Sequence[str] = [f"{x}: {a} – {b}" for x, a, b in zip(names, low, high, strict=True)]
        else:
            unit_column = unit
        system_labels, systems = np.unique(np.concatenate([low, high]), return_inverse=True)
        coded = {
            name: _codes(column)
            for name, column in (
                ("unit", unit_column),
                ("rater", rater),
                ("block", block),
                ("animation", animation),
            )
        }
        left = None if a_on_left is None else np.asarray(a_on_left, bool) ^ turned
        return cls(
            dimension=dimension,
            unit=coded["unit"][0],
            rater=coded["rater"][0],
            block=coded["block"][0],
            animation=coded["animation"][0],
            system_a=systems[: len(low)].astype(np.int32),
            system_b=systems[len(low) :].astype(np.int32),
            value=np.where(turned, -values, values).astype(np.int8) if len(values) else np.zeros(0, np.int8),
            unit_labels=coded["unit"][1],
            rater_labels=coded["rater"][1],
            block_labels=coded["block"][1],
            animation_labels=coded["animation"][1],
            system_labels=tuple(str(label) for label in system_labels),
            position=None if position is None else np.asarray(position, np.int32),
            a_on_left=left,
            response_ms=None if response_ms is None else np.asarray(response_ms, np.float64),
        )

    @classmethod
    def from_records(cls, dimension: str, records: Iterable[Mapping[str, Any]]) -> RatingTable:
        """The same from rows of a plain table: mappings with the keyword names of :meth:`from_columns`.

        An optional column must stand in every row or in none.
        """
        rows = list(records)
        required = ("rater", "block", "animation", "system_a", "system_b", "value")
        optional = ("unit", "position", "a_on_left", "response_ms")
        for number, row in enumerate(rows, 1):
            missing = [name for name in required if name not in row]
            if missing:
                raise TableError(
                    f"Row {number} has no {', '.join(missing)}; every rating needs {', '.join(required)}."
                )
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in required}
        for name in optional:
            present = sum(name in row for row in rows)
            if present not in (0, len(rows)):
                raise TableError(
                    f"The column {name} stands in {present} of {len(rows)} rows; give it in all or none."
                )
            if present:
                columns[name] = [row[name] for row in rows]
        return cls.from_columns(dimension, **columns)

    def __len__(self) -> int:
        return len(self.value)

    def keep(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> RatingTable:
        """The same table with only ``rows`` (a mask or indices); labels no row uses any more are dropped."""

        def recode(codes: Codes, labels: tuple[str, ...]) -> tuple[Codes, tuple[str, ...]]:
            used, coded = np.unique(codes, return_inverse=True)
            return coded.astype(np.int32), tuple(labels[code] for code in used)

        unit, unit_labels = recode(self.unit[rows], self.unit_labels)
        rater, rater_labels = recode(self.rater[rows], self.rater_labels)
        block, block_labels = recode(self.block[rows], self.block_labels)
        animation, animation_labels = recode(self.animation[rows], self.animation_labels)
        n = len(unit)
        systems, system_labels = recode(
            np.concatenate([self.system_a[rows], self.system_b[rows]]), self.system_labels
        )
        return RatingTable(
            self.dimension,
            unit,
            rater,
            block,
            animation,
            systems[:n],
            systems[n:],
            self.value[rows],
            unit_labels,
            rater_labels,
            block_labels,
            animation_labels,
            system_labels,
            None if self.position is None else self.position[rows],
            None if self.a_on_left is None else self.a_on_left[rows],
            None if self.response_ms is None else self.response_ms[rows],
        )

    def without_raters(self, labels: Iterable[str]) -> RatingTable:
        """The table without the ratings of these raters; a label nobody has is refused."""
        dropped = set(labels)
        unknown = dropped - set(self.rater_labels)
        if unknown:
            raise TableError(
                f"There is no rater {sorted(unknown)[0]} in this table; check the exclusion list."
            )
        gone = np.array([label in dropped for label in self.rater_labels], bool)
        return self.keep(~gone[self.rater])

    @property
    def n_units(self) -> int:
        return len(self.unit_labels)

    @cached_property
    def counts(self) -> Counts:
        """(units, 3): how many ratings of each unit are −1, 0, +1."""
        flat = np.bincount(self.unit.astype(np.int64) * 3 + self.value + 1, minlength=3 * self.n_units)
        return flat.reshape(self.n_units, 3)

    def of_unit(self, column: NDArray[Any]) -> NDArray[Any]:
        """(units,): a column that is constant within units, one entry per unit."""
        result = np.zeros(self.n_units, column.dtype)
        result[self.unit] = column
        return result

    @cached_property
    def unit_animation(self) -> Codes:
        return self.of_unit(self.animation)

    @cached_property
    def unit_system_a(self) -> Codes:
        return self.of_unit(self.system_a)

    @cached_property
    def unit_system_b(self) -> Codes:
        return self.of_unit(self.system_b)

    @cached_property
    def unit_group(self) -> Codes:
        """(units,): the unit's block; blocks that share a unit count as one, not being independent."""
        units, blocks = self.n_units, len(self.block_labels)
        links = coo_array((np.ones(len(self)), (self.unit, self.block + units)), shape=(units + blocks,) * 2)
        component = connected_components(links, directed=False)[1]
        found, first = np.unique(component[units:], return_index=True)
        place = np.zeros(component.max(initial=-1) + 1, np.int32)
        place[found[np.argsort(first)]] = np.arange(len(found))  # groups in the order of their first block
        return place[component[:units]]

    @property
    def side(self) -> NDArray[np.int8] | None:
        """(n,): +1 the left clip was preferred, −1 the right, 0 equal; None when sides were not recorded."""
        if self.a_on_left is None:
            return None
        return np.where(self.a_on_left, self.value, -self.value).astype(np.int8)

    @cached_property
    def unit_orientation(self) -> NDArray[np.int8] | None:
        """(units,): +1 system A always stood left, −1 always right; None when sides are unknown or vary."""
        if self.a_on_left is None:
            return None
        sign = np.where(self.a_on_left, 1, -1).astype(np.int8)
        of_unit = self.of_unit(sign)
        return of_unit if (of_unit[self.unit] == sign).all() else None

    def pair_label(self, unit: int) -> tuple[str, str]:
        return self.system_labels[self.unit_system_a[unit]], self.system_labels[self.unit_system_b[unit]]


def _codes(column: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    labels, codes = np.unique(np.asarray(column, dtype=str), return_inverse=True)
    return codes.astype(np.int32), tuple(str(label) for label in labels)


def shared_rows(first: RatingTable, second: RatingTable) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of two dimensions that are the same rater's answers on the same unit: two index arrays."""

    def keys(table: RatingTable) -> NDArray[np.str_]:
        raters, units = np.array(table.rater_labels, dtype=str), np.array(table.unit_labels, dtype=str)
        return np.char.add(np.char.add(raters[table.rater], "\x1f"), units[table.unit])

    if len(first) == 0 or len(second) == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    if first.rater_labels == second.rater_labels and first.unit_labels == second.unit_labels:
        width = len(first.rater_labels)
        left = first.unit.astype(np.int64) * width + first.rater
        right = second.unit.astype(np.int64) * width + second.rater
        _, i, j = np.intersect1d(left, right, assume_unique=True, return_indices=True)
    else:
        _, i, j = np.intersect1d(keys(first), keys(second), assume_unique=True, return_indices=True)
    return i, j
