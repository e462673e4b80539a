"""Where the names of places stand on a map: beside their signs, or at the end of a line, and over nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from mali_cli.output.vega.primitives import INK, TextLabel, width_of

NAMES = 11  # size of letters
NEARER = 2  # times that other signs are at least as far from a name as its own
MOST_NAMES = 200  # places that are tried to be named, the largest first
MOST_LINES = 24  # of them, on a map 720 wide, those whose names may stand at the end of a line: more would be a web
APART = (9, 15, 21, 27, 33, 39, 45)  # pixels that such a line may be long


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def encloses(self, other: Box) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


class Mark(NamedTuple):
    """A place with its sign; `name` is written beside it where there is room."""

    row: dict[str, Any]
    x: float
    y: float
    name: str
    shape: str
    fill: str
    stroke: str
    area: float
    letter: str = ""

    @property
    def radius(self) -> float:
        """Of the circle that its sign fills; Vega has the size of a circle as the square of how wide it is."""
        return math.sqrt(self.area) * (0.5 if self.shape == "circle" else 0.6) + 0.5

    @property
    def box(self) -> Box:
        r = self.radius
        return Box(self.x - r, self.y - r, self.x + r, self.y + r)

    def gap(self, box: Box) -> float:
        """How many pixels lie between the sign and a rectangle; below 0 where they meet."""
        across = max(box.left - self.x, 0, self.x - box.right)
        down = max(box.top - self.y, 0, self.y - box.bottom)
        return math.hypot(across, down) - self.radius

    def coincides(self, other: Mark) -> bool:
        """Whether the two lie on about the same point and none is much larger: a name is as near to either."""
        sizes = sorted((self.radius, other.radius))
        return math.dist((self.x, self.y), (other.x, other.y)) < sizes[0] and sizes[1] < sizes[0] * 1.4

    def covers(self, x: float, y: float) -> bool:
        return math.dist((self.x, self.y), (x, y)) < self.radius


class Line(NamedTuple):
    """From the edge of a sign to its name that stands apart from it."""

    x: float
    y: float
    to_x: float
    to_y: float

    @property
    def box(self) -> Box:
        """What it takes, at least a pixel each way."""
        left, right = sorted((self.x, self.to_x))
        top, bottom = sorted((self.y, self.to_y))
        return Box(left - 0.5, top - 0.5, right + 0.5, bottom + 0.5)

    @property
    def points(self) -> list[tuple[float, float]]:
        """So close together that nothing lies between them."""
        steps = max(int(math.dist(self[:2], self[2:]) / 2), 1)
        parts = [step / steps for step in range(steps + 1)]
        return [(self.x + (self.to_x - self.x) * part, self.y + (self.to_y - self.y) * part) for part in parts]

    def cuts(self, box: Box) -> bool:
        return self.box.meets(box) and any(
            box.left <= x <= box.right and box.top <= y <= box.bottom for x, y in self.points
        )

    def meets(self, other: Line) -> bool:
        """Whether the two cross, or lie so close that they could be taken for one."""
        return any(math.dist(a, b) < 3 for a in self.points for b in other.points)


class Spot(NamedTuple):
    """Where a name may stand: its anchor, the box it takes, and the line that leads there from its sign, if any."""

    x: float
    y: float
    align: str
    box: Box
    line: Line | None = None

    @property
    def plate(self) -> Box:
        """The box with a little room at the sides."""
        return Box(self.box.left - 2, self.box.top, self.box.right + 2, self.box.bottom)

    def meets(self, other: Spot) -> bool:
        """Whether names or lines would touch."""
        return (
            self.plate.meets(other.box)
            or (self.line is not None and self.line.cuts(other.plate))
            or (other.line is not None and other.line.cuts(self.plate))
            or (self.line is not None and other.line is not None and self.line.meets(other.line))
        )


def names(marks: list[Mark], edge: Box, bar: Box) -> tuple[list[TextLabel], list[Box], list[Line]]:
    """The names that have room, those of the first marks first; the boxes they take, and the lines that lead to them.

    `edge` is what may be written on, without the `bar` of the scale.
    """
    naming = _Naming(marks, edge, bar)
    for at in range(min(len(marks), MOST_NAMES)):
        if not naming.place(at):
            naming.make_room(at)
    spots = [(marks[at], spot) for at, spot in naming.placed.items()]
    words = [TextLabel(spot.x, spot.y, mark.name, NAMES, INK, spot.align) for mark, spot in spots]
    return words, [spot.plate for _, spot in spots], [spot.line for _, spot in spots if spot.line]


class _Naming:
    """The names placed so far, by the numbers of their marks."""

    def __init__(self, marks: list[Mark], edge: Box, bar: Box) -> None:
        self.marks, self.edge, self.bar = marks, edge, bar
        self.most_lines = max(round(MOST_LINES * min(edge.right / 720, 1)), 8)
        self.largest = max((mark.radius for mark in marks), default=0.0)
        self.placed: dict[int, Spot] = {}
        self.spots: dict[int, list[Spot]] = {}

    def place(self, at: int) -> bool:
        """Whether there is a spot at which nothing stands; the name stands there then."""
        spot = next((spot for spot in self._spots(at) if not self._in_the_way(spot)), None)
        if spot:
            self.placed[at] = spot
        return spot is not None

    def make_room(self, at: int) -> None:
        """Places a name where just one other stands, if that finds another spot."""
        if at >= self.most_lines:
            return
        for spot in self._spots(at):
            if len(others := self._in_the_way(spot)) == 1:
                stood = self.placed.pop(others[0])
                self.placed[at] = spot
                if self.place(others[0]):
                    return
                del self.placed[at]
                self.placed[others[0]] = stood

    def _in_the_way(self, spot: Spot) -> list[int]:
        return [at for at, other in self.placed.items() if spot.meets(other)]

    def _spots(self, at: int) -> list[Spot]:
        """Where the name may stand for all that the signs leave free, the best first."""
        if at not in self.spots:
            mark = self.marks[at]
            wide, tall = width_of(mark.name, NAMES), NAMES * 1.15
            reach = mark.radius + APART[-1] + wide + 2 * tall + self.largest
            around = [other for other in self.marks if abs(other.x - mark.x) < reach and abs(other.y - mark.y) < reach]
            near = [other for other in around if other is not mark]
            spots = [*_beside(mark, wide, tall), *(_apart(mark, wide, tall) if at < self.most_lines else ())]
            self.spots[at] = [spot for spot in spots if self._is_clear(spot, mark, near)]
        return self.spots[at]

    def _is_clear(self, spot: Spot, mark: Mark, others: list[Mark]) -> bool:
        """Whether a name lies on the map and over no sign, and is much nearer to its own or at the end of a line."""
        if not self.edge.encloses(spot.box) or spot.box.meets(self.bar):
            return False
        own = 1.0 if spot.line else max(mark.gap(spot.box) * NEARER, 1.0)
        if any(other.gap(spot.box) < (1.0 if other.coincides(mark) else own) for other in others):
            return False
        if spot.line is None:
            return True
        around = [other for other in others if not other.covers(mark.x, mark.y)]
        points = spot.line.points
        return not spot.line.cuts(self.bar) and not any(other.covers(*point) for point in points for other in around)


def _spot(x: float, y: float, align: str, wide: float, tall: float, line: Line | None = None) -> Spot:
    left = x - (wide if align == "right" else wide / 2 if align == "center" else 0)
    return Spot(x, y, align, Box(left, y - tall / 2, left + wide, y + tall / 2), line)


def _beside(mark: Mark, wide: float, tall: float) -> Iterable[Spot]:
    """Close to the sign, the best first: right, left, above, below, then askew; last within a circle that has room."""
    r = mark.radius + 3
    up, aside = r + tall / 2 - 1, r * 0.75 + 1
    yield _spot(mark.x + r, mark.y, "left", wide, tall)
    yield _spot(mark.x - r, mark.y, "right", wide, tall)
    yield _spot(mark.x, mark.y - up, "center", wide, tall)
    yield _spot(mark.x, mark.y + up, "center", wide, tall)
    for down in (tall / 4, -tall / 4, tall / 2, -tall / 2):
        yield _spot(mark.x + r, mark.y + down, "left", wide, tall)
        yield _spot(mark.x - r, mark.y + down, "right", wide, tall)
    for down in (-1, 1):
        y = mark.y + down * (aside + tall / 2 - 2)
        yield _spot(mark.x + aside, y, "left", wide, tall)
        yield _spot(mark.x - aside, y, "right", wide, tall)
    if math.hypot(wide, tall) / 2 < mark.radius - 1:
        yield _spot(mark.x, mark.y, "center", wide, tall)


def _apart(mark: Mark, wide: float, tall: float) -> Iterable[Spot]:
    """Further off in sixteen directions, at the end of a line."""
    for long in APART:
        for turn in (0, 8, 2, 14, 6, 10, 4, 12, 1, 15, 7, 9, 3, 13, 5, 11):
            across, down = math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)
            x, y = mark.x + across * (mark.radius + long), mark.y + down * (mark.radius + long)
            line = Line(mark.x + across * mark.radius, mark.y + down * mark.radius, x, y)
            if abs(across) < 0.5:
                yield _spot(x, y + math.copysign(tall / 2, down), "center", wide, tall, line)
            else:
                yield _spot(x + math.copysign(2, across), y, "left" if across > 0 else "right", wide, tall, line)
