"""Placement of place names on a map: beside their markers or at the end of a leader line, without overlaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mali_cli.output.fatality_text import Row
from mali_cli.output.vega.primitives import INK, TextLabel, text_width

NAME_FONT_SIZE = 11
DISTANCE_RATIO = 2  # other markers are at least this many times as far from a name as its own
MAX_NAME_SHARE = 0.45  # of the width of the map; a longer name is shortened if it can be
MAX_NAMES = 200  # markers that get a name if there is room, the first ones
# Of these, on a map 720 pixels wide, those whose names may be at the end of a leader line: more would be a web.
MAX_LEADER_LINES, MIN_LEADER_LINES = 24, 8
LEADER_LENGTHS = (9, 15, 21, 27, 33, 39, 45)  # pixels
# In sixteenths of a turn, clockwise from the right: the directions that are tried, the best first.
LEADER_DIRECTIONS = (0, 8, 2, 14, 6, 10, 4, 12, 1, 15, 7, 9, 3, 13, 5, 11)


class Rect(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rect) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def encloses(self, other: Rect) -> bool:
        is_within_width = self.left <= other.left and other.right <= self.right
        return is_within_width and self.top <= other.top and other.bottom <= self.bottom


class MarkerPart(NamedTuple):
    """One of the symbols that a marker consists of, some pixels to the right of its point."""

    shape: str
    fill: str
    stroke: str
    area: float
    dx: float = 0.0


class Marker(NamedTuple):
    """The symbol of a place with its label; where that has no room, `short_name` is the label.

    A marker that consists of parts is an outline around them.
    """

    row: Row
    x: float
    y: float
    name: str
    shape: str
    fill: str
    stroke: str
    area: float
    parts: tuple[MarkerPart, ...] = ()
    short_name: str = ""

    @property
    def radius(self) -> float:
        """The radius of a circle around the symbol. Vega gives the size of a circle as the square of its diameter."""
        return math.sqrt(self.area) * (0.5 if self.shape == "circle" else 0.6) + 0.5

    @property
    def rect(self) -> Rect:
        r = self.radius
        return Rect(self.x - r, self.y - r, self.x + r, self.y + r)

    def gap_to(self, rect: Rect) -> float:
        """Return the pixels between the symbol and a rectangle, below 0 if they overlap."""
        across = max(rect.left - self.x, 0, self.x - rect.right)
        down = max(rect.top - self.y, 0, self.y - rect.bottom)
        return math.hypot(across, down) - self.radius

    def coincides(self, other: Marker) -> bool:
        """Return whether two markers of about the same size share a point, so that a name is as near to either."""
        smaller, larger = sorted((self.radius, other.radius))
        return math.dist((self.x, self.y), (other.x, other.y)) < smaller and larger < smaller * 1.4

    def covers(self, x: float, y: float) -> bool:
        return math.dist((self.x, self.y), (x, y)) < self.radius


class LeaderLine(NamedTuple):
    """A line from the edge of a marker to a name that is not beside it."""

    x: float
    y: float
    to_x: float
    to_y: float

    @property
    def rect(self) -> Rect:
        """The rectangle around the line, at least a pixel wide and high."""
        left, right = sorted((self.x, self.to_x))
        top, bottom = sorted((self.y, self.to_y))
        return Rect(left - 0.5, top - 0.5, right + 0.5, bottom + 0.5)

    @property
    def points(self) -> list[tuple[float, float]]:
        """Points along the line, so close together that nothing fits between them."""
        steps = max(int(math.dist(self[:2], self[2:]) / 2), 1)
        fractions = [step / steps for step in range(steps + 1)]
        return [(self.x + (self.to_x - self.x) * f, self.y + (self.to_y - self.y) * f) for f in fractions]

    def crosses(self, rect: Rect) -> bool:
        return self.rect.overlaps(rect) and any(
            rect.left <= x <= rect.right and rect.top <= y <= rect.bottom for x, y in self.points
        )

    def touches(self, other: LeaderLine) -> bool:
        """Return whether two lines cross, or are so close that they could be taken for one."""
        left, top, right, bottom = self.rect
        near = Rect(left - 3, top - 3, right + 3, bottom + 3)
        return near.overlaps(other.rect) and any(math.dist(a, b) < 3 for a in self.points for b in other.points)


class LabelSlot(NamedTuple):
    """A possible position of a name: its anchor and rectangle, and the leader line to it, if any."""

    x: float
    y: float
    align: str
    rect: Rect
    leader: LeaderLine | None = None

    @property
    def padded_box(self) -> Rect:
        """The rectangle with some room at the sides."""
        return Rect(self.rect.left - 2, self.rect.top, self.rect.right + 2, self.rect.bottom)

    def conflicts_with(self, other: LabelSlot) -> bool:
        """Return whether the names or leader lines of two slots would touch."""
        return (
            self.padded_box.overlaps(other.rect)
            or (self.leader is not None and self.leader.crosses(other.padded_box))
            or (other.leader is not None and other.leader.crosses(self.padded_box))
            or (self.leader is not None and other.leader is not None and self.leader.touches(other.leader))
        )


class PlacedNames(NamedTuple):
    """The names that have room, the rectangles they take, and their leader lines."""

    labels: list[TextLabel]
    rects: list[Rect]
    leaders: list[LeaderLine]
    shortened: list[Marker]  # those that have their short name, or none, for lack of space

    @property
    def occupied(self) -> list[Rect]:
        return [*self.rects, *(leader.rect for leader in self.leaders)]


def place_names(markers: list[Marker], edge: Rect, reserved: list[Rect]) -> PlacedNames:
    """Place names within the edge and off what is reserved; the first markers take precedence."""
    placer = LabelPlacer(list(markers), edge, reserved)
    for i in range(min(len(markers), MAX_NAMES)):
        is_too_long = text_width(markers[i].name, NAME_FONT_SIZE) > edge.right * MAX_NAME_SHARE
        if is_too_long and markers[i].short_name:
            placer.shorten(i)
        if not (placer.place(i) or placer.make_room(i)) and markers[i].short_name:
            placer.shorten(i)
            placer.place(i) or placer.make_room(i)
    placed = [(placer.markers[i], slot) for i, slot in placer.placed.items()]
    shortened = [
        marker
        for i, marker in enumerate(markers)
        if marker.short_name and (i not in placer.placed or placer.markers[i] is not marker)
    ]
    return PlacedNames(
        [TextLabel(slot.x, slot.y, marker.name, NAME_FONT_SIZE, INK, slot.align) for marker, slot in placed],
        [slot.padded_box for _, slot in placed],
        [slot.leader for _, slot in placed if slot.leader],
        shortened,
    )


class LabelPlacer:
    """The slots taken so far, by the index of their marker."""

    def __init__(self, markers: list[Marker], edge: Rect, reserved: list[Rect]) -> None:
        self.markers, self.edge, self.reserved = markers, edge, reserved
        self.max_leaders = max(round(MAX_LEADER_LINES * min(edge.right / 720, 1)), MIN_LEADER_LINES)
        self.max_radius = max((marker.radius for marker in markers), default=0.0)
        self.placed: dict[int, LabelSlot] = {}
        self._clear: dict[tuple[int, SlotKind], list[LabelSlot]] = {}

    def place(self, i: int) -> bool:
        """Place a name in its best free slot; return False if there is none."""
        slot = next((slot for slot in self.slots(i) if not self._conflicts(slot)), None)
        if slot:
            self.placed[i] = slot
        return slot is not None

    def shorten(self, i: int) -> None:
        """Replace the name of a marker by its short name."""
        self.markers[i] = self.markers[i]._replace(name=self.markers[i].short_name)
        for kind in SLOT_KINDS:
            self._clear.pop((i, kind), None)

    def make_room(self, i: int) -> bool:
        """Place a name in a slot that conflicts with just one other name, if that one fits elsewhere."""
        if i >= self.max_leaders:
            return False
        for slot in self.slots(i):
            conflicts = self._conflicts(slot)
            if len(conflicts) != 1:
                continue
            [moved] = conflicts
            old_slot = self.placed.pop(moved)
            self.placed[i] = slot
            if self.place(moved):
                return True
            del self.placed[i]
            self.placed[moved] = old_slot
        return False

    def _conflicts(self, slot: LabelSlot) -> list[int]:
        return [i for i, other in self.placed.items() if slot.conflicts_with(other)]

    def slots(self, i: int) -> Iterator[LabelSlot]:
        """Yield the slots of a name that are clear of all markers, the best first: most names need no leader line."""
        for kind in SLOT_KINDS if i < self.max_leaders else SLOT_KINDS[:1]:
            if (i, kind) not in self._clear:
                self._clear[i, kind] = self._clear_slots(self.markers[i], kind)
            yield from self._clear[i, kind]

    def _clear_slots(self, marker: Marker, kind: SlotKind) -> list[LabelSlot]:
        width, height = text_width(marker.name, NAME_FONT_SIZE), NAME_FONT_SIZE * 1.15
        reach = marker.radius + LEADER_LENGTHS[-1] + width + 2 * height + self.max_radius
        neighbours = [
            other
            for other in self.markers
            if other is not marker and abs(other.x - marker.x) < reach and abs(other.y - marker.y) < reach
        ]
        return [slot for slot in kind(marker, width, height) if self._is_clear(slot, marker, neighbours)]

    def _is_clear(self, slot: LabelSlot, marker: Marker, others: list[Marker]) -> bool:
        """Return whether a name is on the map, over no marker, and clearly belongs to its own marker."""
        if not self.edge.encloses(slot.rect) or any(slot.rect.overlaps(rect) for rect in self.reserved):
            return False
        min_gap = 1.0 if slot.leader else max(marker.gap_to(slot.rect) * DISTANCE_RATIO, 1.0)
        gaps = ((other, other.gap_to(slot.rect)) for other in others)
        if any(gap < 1.0 or (gap < min_gap and not other.coincides(marker)) for other, gap in gaps):
            return False
        if slot.leader is None:
            return True
        around = slot.leader.rect
        near = [other for other in others if other.gap_to(around) < 0 and not other.covers(marker.x, marker.y)]
        return not any(slot.leader.crosses(rect) for rect in self.reserved) and not any(
            other.covers(*point) for other in near for point in slot.leader.points
        )


def _slot(x: float, y: float, align: str, width: float, height: float, leader: LeaderLine | None = None) -> LabelSlot:
    left = x - (width if align == "right" else width / 2 if align == "center" else 0)
    return LabelSlot(x, y, align, Rect(left, y - height / 2, left + width, y + height / 2), leader)


def _slots_beside(marker: Marker, width: float, height: float) -> Iterable[LabelSlot]:
    """Yield the slots at a marker: right, left, above, below, then diagonal, and last within a circle that has room."""
    r = marker.radius + 3
    vertical, diagonal = r + height / 2 - 1, r * 0.75 + 1
    yield _slot(marker.x + r, marker.y, "left", width, height)
    yield _slot(marker.x - r, marker.y, "right", width, height)
    yield _slot(marker.x, marker.y - vertical, "center", width, height)
    yield _slot(marker.x, marker.y + vertical, "center", width, height)
    for offset in (height / 4, -height / 4, height / 2, -height / 2):
        yield _slot(marker.x + r, marker.y + offset, "left", width, height)
        yield _slot(marker.x - r, marker.y + offset, "right", width, height)
    for direction in (-1, 1):
        y = marker.y + direction * (diagonal + height / 2 - 2)
        yield _slot(marker.x + diagonal, y, "left", width, height)
        yield _slot(marker.x - diagonal, y, "right", width, height)
    if math.hypot(width, height) / 2 < marker.radius - 1:
        yield _slot(marker.x, marker.y, "center", width, height)


def _slots_with_leader(marker: Marker, width: float, height: float) -> Iterable[LabelSlot]:
    """Yield the slots further away, at the end of a leader line in sixteen directions."""
    for length in LEADER_LENGTHS:
        for direction in LEADER_DIRECTIONS:
            cos, sin = math.cos(direction * math.pi / 8), math.sin(direction * math.pi / 8)
            x, y = marker.x + cos * (marker.radius + length), marker.y + sin * (marker.radius + length)
            leader = LeaderLine(marker.x + cos * marker.radius, marker.y + sin * marker.radius, x, y)
            if abs(cos) < 0.5:
                yield _slot(x, y + math.copysign(height / 2, sin), "center", width, height, leader)
            else:
                align = "left" if cos > 0 else "right"
                yield _slot(x + math.copysign(2, cos), y, align, width, height, leader)


SlotKind = Callable[[Marker, float, float], Iterable[LabelSlot]]
SLOT_KINDS: tuple[SlotKind, ...] = (_slots_beside, _slots_with_leader)
