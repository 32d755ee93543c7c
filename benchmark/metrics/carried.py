"""What rests most of the time and is then carried off as a whole: a thing, however long it rests.

The page behind is what stays where it is. A card that lies on a table nearly always looks like a piece of it; but when it
leaves its place it takes its outlines along, which a street, a peg or a window never does. What passes before those covers
them where they are.
"""

from __future__ import annotations

import cv2
import numpy as np

from benchmark.metrics.pixels import apart, steps

LEAST = 120  # px that change, of a piece that is looked at: a speck is found in much
MOST = 80  # px of a piece that are looked at
MOMENTS = 8  # at which it is looked at, evenly among those when some of it is away
AWAY = 0.04  # of the piece's px that change: less is noise
REACH = 15, 3  # px to either side within which it is sought, and the steps
POSES = (1.0, 0), (0.9, 0), (1.1, 0), (1.0, 4), (1.0, -4)  # sizes, and degrees by which it is turned
FOUND = 0.6  # of what does not fit where it rests: where no more does not fit, it is there
NEWLY = 0.8  # of what did not fit there while it rested
LEFT = 0.25  # of a piece that may fit nowhere: else it was found in what is plain
OFTEN = 0.5  # of these moments
AGREE = 16  # levels
OUTLINED = 0.55  # of its rim: what shades off into the page is the page

KERNEL = np.ones((3, 3), np.uint8)


def carried(samples: np.ndarray, plate: np.ndarray, pieces: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """(h, w) bool: the connected pieces of `pieces` (h, w) bool that `samples` (N, h, w, 3) uint8 show carried off.

    `plate` (h, w, 3) uint8 is how they look where they rest, `moves` (h, w) bool what changes at all. What goes on beyond
    the picture is not told from the page.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pieces.view(np.uint8), connectivity=8)
    thick = np.unique(labels[cv2.erode(pieces.view(np.uint8), KERNEL) > 0])  # a line can be laid along itself
    ends = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    outline = steps(plate) > AGREE
    off = np.zeros(count, bool)
    for number in np.setdiff1d(thick, [0, *ends]):
        x, y, width, height, _ = stats[number]
        here = np.s_[y - 1 : y + height + 1, x - 1 : x + width + 1]
        piece = labels[here] == number
        rim = (cv2.dilate(piece.view(np.uint8), KERNEL) > 0) & ~piece
        rows, columns = np.nonzero(piece & moves[here])
        if len(rows) >= LEAST and outline[here][rim].mean() >= OUTLINED:
            every = -(-len(rows) // MOST)
            off[number] = _is_carried(samples, plate, rows[::every] + y - 1, columns[::every] + x - 1)
    return off[labels]


def _is_carried(samples: np.ndarray, plate: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> bool:
    """Whether the pixels of a piece are found together beside their places when they are away from there."""
    colours = plate[rows, columns]
    away = (apart(samples[:, rows, columns], colours) > AGREE).mean(axis=1)
    moments = np.flatnonzero(away >= AWAY)
    if len(moments) < 3:
        return False
    moments = moments[np.unique(np.linspace(0, len(moments) - 1, MOMENTS).round().astype(int))]
    down, along = _places(rows, columns)
    height, width = plate.shape[:2]
    outside = (down < 0) | (down >= height) | (along < 0) | (along >= width)
    down, along = down.clip(0, height - 1), along.clip(0, width - 1)
    # What looks like it and is there at all times, such as the next of a row of dots, is another.
    before = ((apart(plate[down, along], colours) > AGREE) | outside).mean(axis=1)
    found = 0
    for moment in moments:
        unlike = ((apart(samples[moment][down, along], colours) > AGREE) | outside).mean(axis=1)
        found += bool((unlike <= np.minimum(min(LEFT, FOUND * away[moment]), NEWLY * before)).any())
    return found >= OFTEN * len(moments)


def _places(rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(P, N) rows and columns of a piece's N pixels in each of P poses and places beside its own."""
    offsets = np.arange(-REACH[0], REACH[0] + 1, REACH[1])
    shifts = np.stack(np.meshgrid(offsets, offsets, indexing="ij"), -1).reshape(-1, 2, 1)
    at = np.stack([rows, columns]).astype(np.float64)
    middle = at.mean(axis=1, keepdims=True)
    found = []
    for scale, degrees in POSES:
        turn = np.radians(degrees)
        posed = (
            scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ (at - middle)
        )
        found.append(middle + posed + shifts)
    places = np.concatenate(found).round().astype(int)
    return places[:, 0], places[:, 1]
