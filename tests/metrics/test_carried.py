"""What rests for most of the time and is then carried off is a thing; what is passed before stays the page's."""

from __future__ import annotations

import cv2
import numpy as np

from benchmark.metrics.carried import carried
from benchmark.metrics.scene import understand

SIZE = 400, 300
MOMENTS = 48
PAGE, CARD, FACE = (28, 24, 48), (232, 190, 80), (120, 60, 40)
RESTS = np.s_[100:190, 150:270]


def graded() -> np.ndarray:
    """A dark page with a glow."""
    down, along = np.mgrid[: SIZE[1], : SIZE[0]]
    glow = 60 * np.exp(-((along - 330) ** 2 + (down - 60) ** 2) / 18000)
    return (np.array(PAGE) + glow[..., None]).clip(0, 255).astype(np.uint8)


def card(page: np.ndarray, shift: tuple[float, float], degrees: float = 0.0) -> np.ndarray:
    """The page with a card that has a face on it."""
    corners = cv2.boxPoints(((210.0 + shift[0], 145.0 + shift[1]), (120.0, 90.0), degrees))
    frame = page.copy()
    cv2.fillPoly(frame, [corners.round().astype(np.int32)], CARD, cv2.LINE_AA)
    cv2.circle(frame, (round(210 + shift[0]), round(150 + shift[1])), 26, FACE, -1, cv2.LINE_AA)
    return frame


def lifted(page: np.ndarray) -> np.ndarray:
    """It rests for three quarters of the time, then is lifted, tilted and put back."""
    found = []
    for t in range(MOMENTS):
        height = max(0.0, np.sin(np.pi * (t - 36) / 12)) if t > 36 else 0.0
        found.append(card(page, (4 * height, -14 * height), -4 * height))
    return np.stack(found)


def passed(page: np.ndarray) -> np.ndarray:
    """Discs pass before a card that stays."""
    stays = card(page, (0, 0))
    found = []
    for t in range(MOMENTS):
        frame = stays.copy()
        for n in range(3):
            cv2.circle(
                frame,
                (round(12 * (t + 14 * n) % 480 - 40), 110 + 34 * n),
                15,
                (90, 190, 220),
                -1,
                cv2.LINE_AA,
            )
        found.append(frame)
    return np.stack(found)


def asked(samples: np.ndarray) -> np.ndarray:
    """What `carried` finds where the card, but for its face, was taken for the page."""
    pieces = np.abs(samples[0].astype(int) - CARD).max(axis=2) <= 8
    moves = (samples.max(axis=0).astype(int) - samples.min(axis=0)).max(axis=2) > 16
    return carried(samples, samples[0], pieces, moves)[RESTS]


def test_a_card_that_is_lifted_at_times_is_carried() -> None:
    assert asked(lifted(graded())).mean() > 0.5


def test_a_card_that_discs_pass_before_is_not() -> None:
    assert not asked(passed(graded())).any()


def test_what_shades_off_into_the_page_is_not() -> None:
    """A glow has no outline that it could take along."""
    page = graded().astype(float)
    down, along = np.mgrid[: SIZE[1], : SIZE[0]]
    found = []
    for t in range(MOMENTS):
        glow = 160 * np.exp(-((along - 210 - max(0, t - 36)) ** 2 + (down - 145) ** 2) / 2500)
        found.append((page + glow[..., None]).clip(0, 255).astype(np.uint8))
    samples = np.stack(found)
    moves = (samples.max(axis=0).astype(int) - samples.min(axis=0)).max(axis=2) > 16
    assert moves.any()
    assert not carried(samples, samples[0], samples[0].max(axis=2) > 150, moves).any()


def test_a_piece_at_the_picture_s_end_is_not_told_from_the_page() -> None:
    samples = np.roll(lifted(graded()), -100, axis=1)
    pieces = np.abs(samples[0].astype(int) - CARD).max(axis=2) <= 8
    pieces[0, 150:270] = True
    moves = (samples.max(axis=0).astype(int) - samples.min(axis=0)).max(axis=2) > 16
    assert not carried(samples, samples[0], pieces, moves).any()


def test_the_page_is_seen_behind_cards_that_mostly_rest() -> None:
    """Six cards, each lifted in its turn and lit up at its edge meanwhile; something is on its way at all times."""
    page = graded()
    frames = []
    for t in range(MOMENTS):
        frame = page.copy()
        for n in range(6):
            phase = (t / MOMENTS - n / 6) % 1
            height = float(np.sin(np.pi * phase / 0.25)) if phase < 0.25 else 0.0
            x, y = 80 + 120 * (n % 3) + 3 * height, 85 + 120 * (n // 3) - 8 * height
            corners = cv2.boxPoints(((x, y), (100.0, 84.0), -4 * height)).round().astype(np.int32)
            if height:
                cv2.polylines(frame, [corners], True, (60, 220, 160), 8, cv2.LINE_AA)
            cv2.fillPoly(frame, [corners], (230, 120 + 20 * n, 60 + 30 * n), cv2.LINE_AA)
            cv2.ellipse(
                frame, (round(x + 8 * height), round(y) + 22), (30, 34), 0, 0, 360, FACE, -1, cv2.LINE_AA
            )
        frames.append(frame)
    scene = understand(np.stack(frames))
    off = np.abs(scene.background.astype(int) - page).max(axis=2) > 40
    for n in range(6):
        x, y = 80 + 120 * (n % 3), 85 + 120 * (n // 3)
        assert off[y - 38 : y + 38, x - 45 : x + 45].mean() < 0.02, n
