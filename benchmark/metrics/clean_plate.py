"""The clean plate of a region: what a clip shows there once all that moves is taken away.

It is grown from the still ring around the region inwards. A pixel that changes takes what it has in common with one
already known beside it; of two colours, one passing before the other, the page's is the one that there is more of.
Where it has nothing in common with those beside it, an outline of the page runs between them if it rests and what
passes covers both at the same moments. A piece that never changes is the page's, unless it goes on in its own colour
in what moves beside it, such as the middle of a bar whose ends grow. What is left is covered at all times, such as
the middle of a wheel, and the page is continued behind it. What was taken so and is carried off at times (carried.py) is a
thing, and the page is grown again without it.
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from benchmark.metrics.carried import carried
from benchmark.metrics.pixels import apart, steps

FEW = 24  # px of ring
AGREE = 10  # levels
AGREEING = 0.9  # of the ring
RANGE = 16  # levels: beyond what coding does to a still pixel
LIKE = 8  # levels within which a pixel continues the one beside it; more on a page that is uneven
STEP = 2  # px to the furthest of those that a pixel is compared with
SEEN = 0.08  # of all moments that the page must show to be believed
FIRM = 0.5  # of all moments: what is seen so often is surely the page
# Of all moments at which a pixel within an outline keeps one colour, and of those at which something covers it: those at
# which it covers the one beside it, too. Before an even page the second: what is unlike it is rather a thing.
RESTS = 0.7, 0.8
TOGETHER = 0.6, 0.8
CLUMP = 6  # px of an outline's far side, hanging together
QUIET = 0.1  # of what is away from its usual colour at the busiest moment
SPARSE = 5  # px of which one is looked at for that
PLAIN = 24, 12  # levels within 3 px: less is no outline; before an even page the second
SOME = 0.05  # of a still piece's rim that changes, or that goes on in its colour
FAR = 3  # px around it in which it may go on
OFTEN = 0.25  # of all moments that it then does; what passes in the same colour does not stay so long

ROUNDS = 2  # in which what was taken for the page and is carried off is left out

KERNEL = np.ones((3, 3), np.uint8)


def clean_plate(samples: np.ndarray, inside: np.ndarray, ring: np.ndarray, page: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8, right where `inside` (h, w) bool.

    `samples` (N, h, w, 3) uint8 at several moments; `ring` (h, w) bool, what lies around the region; `page` (3,) uint8,
    the colour at the picture's border, stands in where the region fills the picture and has no ring.
    """
    bare = _page_within(samples, inside, ring, page)
    inside, ring = inside & ~bare, ring | bare
    plane: np.ndarray | None = np.broadcast_to(page, samples.shape[1:])
    if ring.sum() >= FEW:
        plane = even(samples[0], ring)
        agrees = apart(samples[0][ring], plane[ring]) <= AGREE
        plane = plane if agrees.mean() >= AGREEING else None
    growth = _Plate(samples, inside, ring, plane)
    plate = growth.grown()
    rests, things = np.zeros_like(plate), np.zeros_like(inside)
    for _ in range(ROUNDS):
        found = carried(samples, plate, growth.outlined & ~things, growth.changing)
        if not found.any():
            break
        things |= found
        rests[found] = plate[found]
        growth = _Plate(samples, inside, ring, plane)
        growth.leave_out(things, rests)
        plate = growth.grown()
    return plate


def _page_within(samples: np.ndarray, inside: np.ndarray, ring: np.ndarray, page: np.ndarray) -> np.ndarray:
    """(h, w) bool: what within the region never changes, has the colour of the picture's border and is larger than the ring.

    Where things cross a panel at the picture's side, the panel may be all that the region borders on, and the page lies
    within.
    """
    still = (
        inside & (apart(samples.max(axis=0), samples.min(axis=0)) <= RANGE) & (steps(samples[0]) <= PLAIN[0])
    )
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(still.view(np.uint8), connectivity=4)
    found = np.zeros_like(inside)
    for number in np.flatnonzero(stats[:, cv2.CC_STAT_AREA] > max(FEW, ring.sum())):
        piece = (pieces == number) & still
        if piece.any() and np.abs(np.median(samples[0][piece], axis=0) - page).max() <= 2 * LIKE:
            found |= piece & (
                apart(samples[0], even(samples[0], piece)) <= AGREE
            )  # not what shades off into it
    return found


def even(picture: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8: the even or evenly graded colour that most of the ring agrees on."""
    rows, columns = np.nonzero(ring)
    colours = picture[ring].astype(np.float64)
    height, width = ring.shape
    terms = np.column_stack([np.ones(len(rows)), columns / width - 0.5, rows / height - 0.5])
    solution = np.zeros((3, 3))
    solution[0] = np.median(colours, axis=0)
    for tolerance in (2 * AGREE, 2 * AGREE, AGREE):
        fits = np.abs(terms @ solution - colours).max(axis=1) <= tolerance
        if fits.sum() < FEW:
            break
        chosen = terms[fits]
        solution = np.linalg.solve(chosen.T @ chosen + np.diag([0, 1, 1]), chosen.T @ colours[fits])
    down, along = np.mgrid[:height, :width]
    values = solution[0] + (along / width - 0.5)[..., None] * solution[1]
    return (values + (down / height - 0.5)[..., None] * solution[2]).round().clip(0, 255).astype(np.uint8)


class _Plate:
    """The state of the growth. Pictures lie flat, with STEP px of margin, so that a neighbour is a fixed step away.

    `pending`, `known` (P,) bool, and what of that is `fresh`; `plate` (P, 3); `island`: known within an outline that
    lies wholly in the region; `bare`: known because it is seen; `hidden`: still, and a thing's; `things`: not the
    page at the moments `never` (R, N), when it looks as when it was taken for it; for `pieces`, `within` and `alone` see
    `_pieces`. Of the pixels that change,
    `where` (R,) they are, `row` (P,) which of them a pixel is, or R; `seen` (3, R, N) their channels at each moment, and
    `shows` (R + 1, N) whether the plate is seen there: what never changes shows it always.
    """

    def __init__(
        self, samples: np.ndarray, inside: np.ndarray, ring: np.ndarray, plane: np.ndarray | None
    ) -> None:
        height, width = inside.shape
        self.size = height + 2 * STEP, width + 2 * STEP
        self.pending, self.known = self._flat(inside), self._flat(ring)
        self.fresh = self.known.copy()
        self.plate = self._flat(samples[0])
        self.plane = None if plane is None else self._flat(plane)
        self.steps = [
            sign * far * way for far in range(1, STEP + 1) for way in (1, self.size[1]) for sign in (1, -1)
        ]
        moves = inside & (apart(samples.max(axis=0), samples.min(axis=0)) > RANGE)
        self.moves = self._flat(moves)
        self.where = np.flatnonzero(self.moves)
        self.row = np.full(self.moves.size, len(self.where))
        self.row[self.where] = np.arange(len(self.where))
        self.seen = np.ascontiguousarray(samples[:, moves].transpose(2, 1, 0))
        self.shows = np.zeros((len(self.where) + 1, len(samples)), bool)
        self.shows[-1] = True
        self.island, self.bare, self.hidden, self.things = (np.zeros(self.known.size, bool) for _ in range(4))
        self.never = np.zeros((len(self.where), len(samples)), bool)
        self.firm = self.known.copy()
        self.common = common(self.plate[self.known])
        self.pieces, self.within, self.alone = self._pieces()
        self.like = LIKE if plane is not None else max(LIKE, self._unevenness())
        self.rests, self.together = RESTS[plane is not None], TOGETHER[plane is not None]

    def _flat(self, picture: np.ndarray) -> np.ndarray:
        edge = [(STEP, STEP), (STEP, STEP), (0, 0)][: picture.ndim]
        return np.pad(picture, edge).reshape(-1, *picture.shape[2:])

    def grown(self) -> np.ndarray:
        if self.plane is not None:
            self._take_plane()
        while self.pending.any():
            front = self._beside(self.fresh)
            self.fresh[:] = False
            self._continue(front[~self.moves[front]])
            self._uncover(front[self.moves[front]])
            if self.fresh.any():
                continue
            front = self._beside(self.known)
            if not len(front):
                break
            self._likeliest(front)
        if self.plane is not None:
            self.plate[self.pending] = self.plane[self.pending]
        return self._picture(self.plate)

    @property
    def outlined(self) -> np.ndarray:
        """(h, w) bool what was taken for the page within an outline of its own."""
        return self._picture(self.island & self.bare)

    @property
    def changing(self) -> np.ndarray:
        """(h, w) bool."""
        return self._picture(self.moves)

    def leave_out(self, things: np.ndarray, plate: np.ndarray) -> None:
        """Before it grows: things (h, w) bool are not the page, where they look as in (h, w, 3) `plate`."""
        self.things, colours = self._flat(things), self._flat(plate)
        self.hidden |= self.things & ~self.moves
        rows = np.flatnonzero(self.things[self.where])
        self.never[rows] = _off(self.seen[:, rows], colours[self.where[rows]]) <= RANGE

    def _picture(self, flat: np.ndarray) -> np.ndarray:
        height, width = self.size
        return flat.reshape(height, width, *flat.shape[1:])[STEP : height - STEP, STEP : width - STEP]

    @cached_property
    def busy(self) -> bool:
        """Whether something is on its way at all times. Where all rests at some moment, what rests may be a thing."""
        seen = self.seen[:, ::SPARSE]
        usual = np.median(seen, axis=2).astype(np.uint8)
        away = (_off(seen, usual.T) > AGREE).sum(axis=0)
        return bool(away.min() > QUIET * away.max())

    def _pieces(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(P,) int32: for what never changes the number of the even piece it is of, or beside, from 1; (P,) bool what is
        within one; and (P,) bool what lies by itself between outlines, which is a piece, too."""
        still = (self.pending & ~self.moves).reshape(self.size).view(np.uint8)
        first = self.plate.reshape(*self.size, 3)
        plain = still & (steps(first) <= PLAIN[self.plane is not None])
        count, pieces = cv2.connectedComponents(plain, connectivity=4)
        far, nearest = cv2.distanceTransformWithLabels(
            1 - plain, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        number_at = np.zeros(int(nearest.max()) + 1, np.int32)
        number_at[nearest[plain > 0]] = pieces[plain > 0]
        pieces = np.where(far <= FAR, number_at[nearest], 0) * still
        _, alone = cv2.connectedComponents(still & (pieces == 0).view(np.uint8), connectivity=8)
        return np.where(alone > 0, alone + count - 1, pieces).ravel(), plain.ravel() > 0, alone.ravel() > 0

    def _unevenness(self) -> int:
        """Levels between a pixel of the ring and the one beside it that is most like it."""
        ring = np.flatnonzero(self.known)
        nearest = np.full(len(ring), 255, np.uint8)
        for step in self.steps:
            levels = apart(self.plate[ring], self.plate[ring + step])
            nearest = np.where(self.known[ring + step], np.minimum(nearest, levels), nearest)
        return round(float(np.percentile(nearest[nearest < 255], 95))) if (nearest < 255).any() else LIKE

    def _beside(self, mask: np.ndarray) -> np.ndarray:
        """What is pending beside what is in a mask."""
        reach = 2 * STEP + 1
        cross = np.zeros((reach, reach), np.uint8)
        cross[STEP], cross[:, STEP] = 1, 1
        beside = cv2.dilate(mask.reshape(self.size).view(np.uint8), cross)
        return np.flatnonzero(beside.ravel() & self.pending)

    def _likeliest(self, front: np.ndarray) -> None:
        """Where nothing is sure: first what has a little in common, then what is still, then what is covered."""
        moving, still = front[self.moves[front]], front[~self.moves[front]]
        self._uncover(moving, sure=False)
        if not self.fresh.any():
            self._pass_by(still)
        if not self.fresh.any():
            self._cover(front)

    def _know(
        self, where: np.ndarray, colours: np.ndarray, *, island: np.ndarray | bool, bare: bool = True
    ) -> None:
        self.plate[where] = colours
        self.known[where] = self.fresh[where] = True
        self.pending[where] = False
        self.island[where] = island
        self.bare[where] = bare
        moves = self.moves[where]
        rows = self.row[where[moves]]
        shows = _off(self.seen[:, rows], self.plate[where[moves]]) <= AGREE
        self.shows[rows] = shows
        self.bare[where[moves]] &= shows.mean(axis=1) >= SEEN
        self.firm[where] = self.bare[where]
        self.firm[where[moves]] &= shows.mean(axis=1) >= FIRM

    def _take_plane(self) -> None:
        """What shows the even page now and then needs no growth."""
        assert self.plane is not None
        still = np.flatnonzero(self.pending & ~self.moves)
        still = still[apart(self.plate[still], self.plane[still]) <= AGREE]
        shows = _off(self.seen, self.plane[self.where]) <= AGREE
        enough = shows.mean(axis=1) >= SEEN
        colours = _mean(self.seen[:, enough], shows[enough])
        self._know(
            np.concatenate([still, self.where[enough]]),
            np.concatenate([self.plate[still], colours]),
            island=False,
        )

    def _continue(self, still: np.ndarray) -> None:
        """What never changes and goes on like what is surely the page beside it."""
        self._cover(still[self.hidden[still]])
        still = still[~self.hidden[still]]
        alike, colours = np.zeros(len(still), bool), self.plate[still]
        for step in self.steps:
            beside = still + step
            page = self.firm[beside] & ~self.island[beside]
            alike |= page & (apart(colours, self.plate[beside]) <= self.like)
        if self.plane is not None:
            # A thing's rim is half the page's, and may be alike where the two are not.
            alike &= self.within[still] | self.alone[still]
        if alike.any():
            whole = np.zeros(int(self.pieces.max()) + 1, bool)
            whole[self.pieces[still[alike]]] = True
            where = np.flatnonzero(whole[self.pieces] & self.pending)
            self._know(where, self.plate[where], island=~self.within[where])
            self.island[still[alike]] = False

    def _uncover(self, moving: np.ndarray, *, sure: bool = True) -> None:
        """What changes and has much in common with what is known beside it; if that need not be sure, what has a little in
        common, or the far sides of the page's outlines where there is none."""
        seen, never = self.seen[:, self.row[moving]], self.never[self.row[moving]]
        best, share = np.zeros(len(moving)), np.zeros(len(moving))
        island = np.zeros(len(moving), bool)
        chosen, covered = np.zeros(seen.shape[1:], bool), np.zeros(seen.shape[1:], bool)
        for step in self.steps:
            beside = moving + step
            colours = self.plate[beside]
            alike = (_off(seen, colours) <= self.like) & self.known[beside][:, None] & ~never
            often = alike.mean(axis=1)
            # What lies within an outline of the page is seen most of the time, or the outline was a thing's.
            often[self.island[beside] & (often < self.rests)] = 0
            rank = often * np.where(often >= SEEN, 1 + self.common[tuple((colours >> 4).T)], 1)
            better = rank > best
            best, share = np.where(better, rank, best), np.where(better, often, share)
            island = np.where(better, self.island[beside], island)
            chosen[better] = alike[better]
            covered |= self.bare[beside][:, None] & ~self.shows[self.row[beside]]
        # Before an even page what shades off into it is a thing's, unless it rests, such as a glow.
        enough = share >= (FIRM if sure or self.plane is not None else SEEN)
        if enough.any():
            self._know(moving[enough], _mean(seen[:, enough], chosen[enough]), island=island[enough])
        elif not sure:
            self._part(moving, seen, covered, share < SEEN)

    def _part(self, moving: np.ndarray, seen: np.ndarray, covered: np.ndarray, unlike: np.ndarray) -> None:
        """The far side of the page's outlines: it is unlike the near side, rests, and is covered together with it."""
        unlike = unlike & covered.any(axis=1) & ~self.things[moving]
        if not unlike.any() or not self.busy:
            return
        moving, seen, covered = moving[unlike], seen[:, unlike], covered[unlike]
        usual = np.median(seen, axis=2).round().astype(np.uint8).T
        away = _off(seen, usual) > AGREE
        together = (away & covered).sum(axis=1) >= self.together * away.sum(axis=1)
        outline = (away.mean(axis=1) <= 1 - self.rests) & away.any(axis=1) & together
        found = np.zeros(self.known.size, np.uint8)
        found[moving[outline]] = 1
        _, labels, stats, _ = cv2.connectedComponentsWithStats(found.reshape(self.size), connectivity=8)
        outline &= stats[labels.ravel()[moving], cv2.CC_STAT_AREA] >= CLUMP
        self._know(moving[outline], usual[outline], island=True)

    def _pass_by(self, still: np.ndarray) -> None:
        """Still pieces unlike what is beside them: the page's own, or the still part of a thing."""
        for number in np.unique(self.pieces[still[~self.hidden[still]]]):
            piece = self.pieces == number
            goes_on = self._goes_on(piece.reshape(self.size))
            if goes_on:
                self.hidden |= piece
            elif goes_on is not None:
                where = np.flatnonzero(piece & self.pending)
                self._know(where, self.plate[where], island=True)
        self._cover(still[self.hidden[still]])

    def _goes_on(self, piece: np.ndarray) -> bool | None:
        """Whether a piece (h, w) goes on, in its own colour, in what moves beside it, where that is not the page; None
        where that cannot be told yet, because nothing that moves beside it is known."""
        x, y, width, height = cv2.boundingRect(piece.view(np.uint8))
        here = np.s_[max(0, y - FAR) : y + height + FAR, max(0, x - FAR) : x + width + FAR]
        mask, moves = piece[here].view(np.uint8), self.moves.reshape(self.size)[here]
        rim = (cv2.dilate(mask, KERNEL) > 0) & (mask == 0)
        if (rim & moves).sum() < SOME * rim.sum():
            return False
        beyond = (cv2.dilate(mask, np.ones((2 * FAR + 1, 2 * FAR + 1), np.uint8)) > 0) & moves
        rows = self.row.reshape(self.size)[here][beyond & self.known.reshape(self.size)[here]]
        if not len(rows):
            return None
        colour = np.median(self.plate[piece.ravel()], axis=0).astype(np.uint8)
        alike = _off(self.seen[:, rows], np.broadcast_to(colour, (len(rows), 3))) <= 2 * AGREE
        often = (alike & ~self.shows[rows]).mean(axis=1)
        goes = often > 0
        return bool(goes.sum() >= SOME * len(rows) and goes.any() and often[goes].mean() >= OFTEN)

    def _cover(self, where: np.ndarray) -> None:
        """Continues the page behind what is covered at all times, rather than what lies within an outline."""
        if self.plane is not None:
            self._know(where, self.plane[where], island=False, bare=False)
            return
        total, count = np.zeros((len(where), 3)), np.zeros(len(where))
        for step in self.steps:
            beside = where + step
            weight = self.known[beside] * np.where(self.island[beside], 1e-3, 1.0)
            total += self.plate[beside] * weight[:, None]
            count += weight
        guess = (total / np.maximum(count, 1e-9)[:, None]).round().astype(np.uint8)
        self._know(where, guess, island=count < 0.5, bare=False)


def common(colours: np.ndarray) -> np.ndarray:
    """(16, 16, 16) how many of (N, 3) uint8 colours are in each bin of 16 levels or in those beside it."""
    counts = np.zeros((18, 18, 18))
    np.add.at(counts, tuple((colours >> 4).T.astype(np.intp) + 1), 1)
    for axis in range(3):
        counts = counts + np.roll(counts, 1, axis) + np.roll(counts, -1, axis)
    return counts[1:-1, 1:-1, 1:-1]


def _mean(seen: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(R, 3) uint8 of (3, R, N) at the moments chosen (R, N)."""
    total = np.stack([(channel * chosen).sum(axis=1) for channel in seen], -1)
    return (total / chosen.sum(axis=1)[:, None]).round().astype(np.uint8)


def _off(seen: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """(R, N) uint8 the largest channel's distance of (3, R, N) from (R, 3) colours."""
    off = np.zeros(seen.shape[1:], np.uint8)
    for channel, of in zip(seen, colours.T[..., None], strict=True):
        np.maximum(off, np.maximum(channel, of) - np.minimum(channel, of), out=off)
    return off
