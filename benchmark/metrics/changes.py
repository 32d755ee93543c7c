"""Comparing change without motion: curves of brightness and colour over a grid of the region."""

from __future__ import annotations

import numpy as np

from benchmark.metrics.base import Features

SLIGHT = 0.02  # of the strongest cell: less is noise


def change_share(features: Features) -> float:
    """The share of a clip's change, in [0, 1], that happens where nothing moves."""
    steps = features["change"][..., 1]
    total = steps.sum()
    return float(steps[~features["moved"]].sum() / total) if total else 0.0


def compare_changes(reference: Features, candidate: Features, rate: float, lag: float) -> float:
    """Likeness in [0, 1] of two clips' curves, best over starts up to `lag` seconds apart.

    Each cell's rate of change, relative to the cell's own largest value so that colours do not count, seeks its best
    partner among the same cell and its neighbours by Σ a·b/max(|a|, |b|) / Σ max(|a|, |b|); the mean is over both
    clips, weighted by change. Rates are signed where the distance from the background tells, else magnitudes.
    """
    signed = min(_told_by_distance(reference), _told_by_distance(candidate)) > 0.5
    a, b = _curves(reference, rate, signed), _curves(candidate, rate, signed)
    reach = round(lag * rate)
    return max(_likeness(a, b, shift) for shift in range(-reach, reach + 1))


def _told_by_distance(features: Features) -> float:
    change = features["change"]
    return float(np.abs(np.diff(change[..., 0], axis=0)).sum() / max(change[:-1, :, 1].sum(), 1e-9))


def _curves(features: Features, rate: float, signed: bool) -> tuple[np.ndarray, np.ndarray]:
    """(T, cells) rates of change, each cell's relative to itself, and (cells,) weights."""
    change, facts = features["change"].astype(np.float64), features.facts
    seconds = (facts["moments"] - 1) / facts["rate"]
    level = np.cumsum(np.vstack([np.zeros(change.shape[1]), change[:-1, :, 1]]), axis=0)
    values = change[..., 0] if signed else level
    times = np.arange(facts["moments"]) / facts["rate"]
    grid = np.arange(0, seconds + 1e-9, 1 / rate)
    sampled = np.stack([np.interp(grid, times, values[:, c]) for c in range(values.shape[1])], 1)
    curves = np.diff(sampled, axis=0)
    weight = np.abs(curves).sum(axis=0)
    span = np.ptp(sampled, axis=0)
    weight[span < max(1.0, SLIGHT * span.max(initial=0))] = 0
    return curves / np.maximum(span, 1e-9), np.sqrt(weight)


def _likeness(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray], lag: int) -> float:
    (ca, wa), (cb, wb) = a, b
    length = max(len(ca), len(cb)) + abs(lag)
    ca, cb = _placed(ca, max(0, lag), length), _placed(cb, max(0, -lag), length)
    cells = ca.shape[1]
    side = round(np.sqrt(cells))
    rows, columns = np.divmod(np.arange(cells), side)
    near = np.maximum(np.abs(rows[:, None] - rows), np.abs(columns[:, None] - columns)) <= 1
    similar = np.zeros((cells, cells))
    for i in np.nonzero(wa > 0)[0]:
        partners = np.nonzero(near[i] & (wb > 0))[0]
        if len(partners):
            x, y = ca[:, i, None], cb[:, partners]
            similar[i, partners] = 2 * (x * y).sum(0) / np.maximum((x * x).sum(0) + (y * y).sum(0), 1e-12)
    similar = similar.clip(0)
    if not wa.sum() or not wb.sum():
        return 0.0
    return float(((wa * similar.max(1)).sum() / wa.sum() + (wb * similar.max(0)).sum() / wb.sum()) / 2)


def _placed(curves: np.ndarray, before: int, length: int) -> np.ndarray:
    """Curves with `before` moments of rest in front and rest behind, `length` in all."""
    out = np.zeros((length, curves.shape[1]))
    out[before : before + len(curves)] = curves[: length - before]
    return out
