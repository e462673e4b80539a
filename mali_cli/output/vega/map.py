"""The map as a chart: Mali, its regions and its neighbours, places by how much happened there or by who held them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from mali_cli.model import schema
from mali_cli.output import fatality_text
from mali_cli.output.streams import escape_control
from mali_cli.output.terminal import number
from mali_cli.output.terminal_map import EAST, NORTH, SOUTH, WEST
from mali_cli.output.vega.label_placement import NAMES, Box, Line, Mark, names
from mali_cli.output.vega.primitives import (
    BLUE,
    FAINT,
    HUES,
    INK,
    LIGHT_VERMILION,
    PAPER,
    SOFT,
    VERMILION,
    Sign,
    Spec,
    TextLabel,
    key,
    pixels,
    signs_layer,
    texts,
    view,
    width_of,
)
from mali_cli.results import ChartRequest, pluralize

Row = dict[str, Any]
LAND, ABROAD, REGIONS, BORDERS, QUIET = "#fbfaf5", "#e9ebee", "#cfccc0", "#9a9a9a", "#6b6b6b"
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
LARGEST = 1600  # square pixels of the largest circle on a map 720 wide
FEW = 12  # where the most at a place is less, its circle is not the largest
LEAST = 20  # square pixels of the smallest circle: a smaller one would not be seen beside a large one
SMALL, HELD = 34, 95  # square pixels of a place without a size, and of one that is held
COUNTRIES, BAR = 10, 9.5  # sizes of letters
CLOSEST = 5.0  # degrees across that the map shows at least
MARGIN = 1.4  # of what the places take, for what lies around them
EARTH_KM = 6371.0088


class Sheet(NamedTuple):
    """Mercator's projection of a part of the earth onto a sheet of pixels."""

    width: float
    height: float
    scale: float  # pixels of a radian of longitude
    x: float  # of longitude 0
    y: float  # of the equator

    @classmethod
    def of(cls, west: float, south: float, east: float, north: float, width: float) -> Sheet:
        scale = width / math.radians(east - west)
        height = scale * (_mercator(north) - _mercator(south))
        return cls(width, height, scale, -scale * math.radians(west), scale * _mercator(north))

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return self.x + self.scale * math.radians(longitude), self.y - self.scale * _mercator(latitude)

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= self.width and 0 <= y <= self.height

    @property
    def box(self) -> Box:
        """What may be written on."""
        return Box(2, 2, self.width - 2, self.height - 2)


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(max(min(latitude, 85), -85)) / 2))


def nothing(rows: list[Row], drawing: ChartRequest) -> str:
    """What there is to say where nothing of these rows lies on the map, else nothing."""
    those = _those(rows, drawing)
    return "" if _inside(those.rows) else those.nothing


def _those(rows: list[Row], drawing: ChartRequest) -> _Holders | _Sizes:
    points = [row for row in rows if row["latitude"] is not None and row["longitude"] is not None]
    return _Holders(points, drawing) if drawing.as_of else _Sizes(points, drawing)


def _inside(rows: list[Row]) -> list[Row]:
    """Those that lie in Mali or close to it."""
    mali = Sheet.of(WEST, SOUTH, EAST, NORTH, 1)
    return [row for row in rows if mali.holds(*mali.at(row["longitude"], row["latitude"]))]


def views(
    rows: list[Row], drawing: ChartRequest, width: float, described: Callable[[Row], str]
) -> tuple[list[Spec], list[str]]:
    """The map with its key, and what must be said beside it; of these rows something lies on the map.

    `rows` are those of the answer, `described` says of each what is read out for its mark.
    """
    those = _those(rows, drawing)
    sheet = _around(_inside(those.rows), width)
    on_it = [sheet.holds(*sheet.at(row["longitude"], row["latitude"])) for row in those.rows]
    marks = those.marks(sheet, [row for row, on in zip(those.rows, on_it, strict=True) if on])
    beyond = [row for row, on in zip(those.rows, on_it, strict=True) if not on]
    beside = those.beside(rows, marks)
    if beyond:
        beside.append(f"Beyond the edge: {_listed(row['place'] for row in beyond)}.")
    words, taken, lines = names(sorted(marks, key=those.named_late), sheet.box, _bar_box(sheet))
    if nameless := len(marks) - len(words):
        beside.append(f"Without a name, for want of room: {pluralize(nameless, 'places')}.")
    outlines = json.loads((schema.data_folder() / "outlines.json").read_text(encoding="utf-8"))
    country_names = _country_names(
        sheet, outlines, [_bar_box(sheet), *taken, *(mark.box for mark in marks), *(line.box for line in lines)]
    )
    layers = [
        *_outlines(sheet, outlines),
        *texts(country_names),
        *_scale_bar(sheet),
        _signs(marks, described),
        *texts(_letters(marks)),
        _leaders(lines),
        _plates(taken),
        *texts(words),
        _frame(sheet),
    ]
    picture = view(width, sheet.height, layers) | {"view": {"stroke": None, "fill": ABROAD}}
    return [picture, key(those.signs(marks), width, 0)], beside


def _listed(names: Iterable[str], most: int = 12) -> str:
    """A, B, C and 3 others."""
    each = list(dict.fromkeys(escape_control(name) for name in names))
    return ", ".join(each[:most]) + (f" and {pluralize(len(each) - most, 'others')}" if len(each) > most else "")


def _around(rows: list[Row], width: float) -> Sheet:
    """Mali, or where all places lie in a small part of it, that part with room around them."""
    longitudes, latitudes = [row["longitude"] for row in rows], [row["latitude"] for row in rows]
    across = max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes), CLOSEST / MARGIN) * MARGIN
    if across > (EAST - WEST) * 0.55:
        return Sheet.of(WEST, SOUTH, EAST, NORTH, width)
    middle = (max(longitudes) + min(longitudes)) / 2
    centre = (max(latitudes) + min(latitudes)) / 2
    tall = across * 0.42
    return Sheet.of(middle - across / 2, centre - tall, middle + across / 2, centre + tall, width)


class _Sizes:
    """Places by how much happened there, as circles by area."""

    def __init__(self, rows: list[Row], drawing: ChartRequest) -> None:
        self.dead = drawing.measure == "dead"
        self.first = drawing.priority_places
        self.nothing = "Nothing of this lies on the map"
        self.rows = [row for row in rows if not self.dead or self._value(row) is not None or self._unknown(row)]
        self.most = max((self._value(row) or 0 for row in self.rows), default=0)
        self.colour = VERMILION if self.dead else BLUE

    def _value(self, row: Row) -> int | None:
        value = row["killed_best" if self.dead else "events"]
        return None if value is None else int(value)

    def _unknown(self, row: Row) -> int:
        return fatality_text.unknown_count(row) if self.dead else 0

    def _area(self, value: int, sheet: Sheet) -> float:
        return max(value / max(self.most, FEW) * self._largest(sheet), LEAST)

    def _largest(self, sheet: Sheet) -> float:
        return LARGEST * min(max(sheet.width / 720, 0.4), 1)

    def named_late(self, mark: Mark) -> bool:
        """Places asked for by name come first, then the largest."""
        return mark.row["place"] not in self.first

    def marks(self, sheet: Sheet, rows: list[Row]) -> list[Mark]:
        self.sheet = sheet
        self.most = max((self._value(row) or 0 for row in rows), default=0)
        return [self._mark(row, sheet) for row in rows if self.dead or row["events"]]

    def _mark(self, row: Row, sheet: Sheet) -> Mark:
        value, name = self._value(row), escape_control(row["place"])
        at = sheet.at(row["longitude"], row["latitude"])
        if value is None:
            return Mark(row, *at, name, "circle", "transparent", SOFT, SMALL)
        told = f"{name}: {fatality_text.format_fatalities(row) if self.dead else number(value)}"
        if value == 0:
            fill = LIGHT_VERMILION if fatality_text.zero_but_uncertain(row) else PAPER
            return Mark(row, *at, told, "diamond", fill, self.colour, SMALL)
        return Mark(row, *at, told, "circle", self.colour, PAPER, self._area(value, sheet))

    def _in_scale(self) -> int:
        """The least number whose circle is of its own size."""
        return math.ceil(LEAST * max(self.most, FEW) / self._largest(self.sheet))

    def signs(self, marks: list[Mark]) -> list[Sign]:
        noun = "people killed, by the best sums" if self.dead else "events"
        least = self._in_scale()
        values = [n for n in _round_values(self.most) if n >= least]
        signs = [Sign(f"{noun}:", "none")] if values else []
        signs += [Sign(number(n), "circle", self.colour, PAPER, self._area(n, self.sheet)) for n in values]
        if any(0 < (self._value(mark.row) or 0) < least for mark in marks):
            signs.append(Sign(f"under {number(least)} not to scale", "circle", self.colour, PAPER, LEAST))
        diamonds = {mark.fill for mark in marks if mark.shape == "diamond"}
        if PAPER in diamonds:
            signs.append(Sign("none, as told", "diamond", PAPER, self.colour, SMALL))
        if LIGHT_VERMILION in diamonds:
            signs.append(Sign("best sum 0, more is possible", "diamond", LIGHT_VERMILION, self.colour, SMALL))
        if any(mark.fill == "transparent" for mark in marks):
            signs.append(Sign("no number told, which is not none", "circle", "transparent", SOFT, SMALL))
        if self.dead and any(mark.row["open"] for mark in marks):
            signs.append(Sign("no upper bound", "none", letter="+"))
        return signs

    def beside(self, rows: list[Row], marks: list[Mark]) -> list[str]:
        more = sum(self._unknown(mark.row) for mark in marks if self._value(mark.row) is not None)
        return [f"At the places with a number, {pluralize(more, 'tolls')} more are not told."] if more else []


def _round_values(most: int) -> list[int]:
    """Up to three round numbers that a key of sizes shows, none over the largest there is."""
    steps = [m * 10**n for n in range(10) for m in (1, 2, 5) if m * 10**n <= most]
    return sorted(steps[::-1][:5:2])


class _Holders:
    """Places by who held them: colour and shape for each, ! where that is contested, hollow where it is not told."""

    def __init__(self, rows: list[Row], drawing: ChartRequest) -> None:
        self.nothing = f"Of no place on the map a holder on {drawing.as_of} is told"
        # What is drawn last lies on top: what is disputed must not be hidden.
        held = [row for row in rows if row["holder"]]
        self.rows = sorted(held, key=lambda row: (not row["contested"], row["holder"] == "unknown"))
        clear = [row["holder"] for row in held if not row["contested"] and row["holder"] != "unknown"]
        names = sorted(set(clear), key=lambda name: (-clear.count(name), name))
        self.first, self.inner = drawing.priority_places, drawing.nested_places
        self.looks = {name: (SHAPES[at % len(SHAPES)], HUES[at % len(HUES)]) for at, name in enumerate(names)}

    def named_late(self, mark: Mark) -> tuple[bool, bool]:
        """Places asked for by name come first, and a town before the airport or camp that lies within it."""
        return mark.row["place"] not in self.first, mark.row["place"] in self.inner

    def marks(self, sheet: Sheet, rows: list[Row]) -> list[Mark]:
        return [self._mark(row, sheet) for row in rows]

    def _mark(self, row: Row, sheet: Sheet) -> Mark:
        at, name = sheet.at(row["longitude"], row["latitude"]), escape_control(row["place"])
        if row["contested"]:
            return Mark(row, *at, name, "circle", PAPER, INK, HELD * 1.5, "!")
        if row["holder"] == "unknown":
            return Mark(row, *at, name, "circle", "transparent", SOFT, SMALL)
        shape, colour = self.looks[row["holder"]]
        return Mark(row, *at, name, shape, colour, INK, HELD)

    def signs(self, marks: list[Mark]) -> list[Sign]:
        shown = {mark.row["holder"] for mark in marks if not mark.row["contested"]}
        signs = [
            Sign(escape_control(name).replace(";", ", "), shape, colour, INK, HELD)
            for name, (shape, colour) in self.looks.items()
            if name in shown
        ]
        if any(mark.letter for mark in marks):
            signs.append(Sign("claimed or contested", "circle", PAPER, INK, HELD * 1.5, "!"))
        if any(mark.fill == "transparent" for mark in marks):
            signs.append(Sign("not told", "circle", "transparent", SOFT, SMALL))
        return signs

    def beside(self, rows: list[Row], marks: list[Mark]) -> list[str]:
        said = []
        rivals = [
            f"{escape_control(mark.row['place'])} ({escape_control(mark.row['holder']).replace(';', ', ')})"
            for mark in marks
            if mark.letter
        ]
        if rivals:
            said.append(f"Claimed or contested: {'; '.join(rivals)}.")
        covered = [
            f"{escape_control(under.row['place'])} ({self._held(under.row)}) by {escape_control(over.row['place'])}"
            for at, under in enumerate(marks)
            for over in [next((m for m in marks[:at] if _hides(m, under)), None)]
            if over is not None
        ]
        if covered:
            said.append(f"Covered on the map: {'; '.join(covered)}.")
        no_points = [row["place"] for row in rows if row["holder"] and row["latitude"] is None and row["place"]]
        if no_points:
            said.append(f"No points, and so not drawn: {_listed(no_points)}.")
        return said

    @staticmethod
    def _held(row: Row) -> str:
        return "not told" if row["holder"] == "unknown" else escape_control(row["holder"]).replace(";", ", ")


def _hides(over: Mark, under: Mark) -> bool:
    """Whether of the mark below less than about a half is seen."""
    return math.dist((over.x, over.y), (under.x, under.y)) < math.sqrt(over.area / math.pi) * 0.9


def _signs(marks: list[Mark], described: Callable[[Row], str]) -> Spec:
    """The signs, those that come first on top."""
    seen_through = [mark for mark in marks if mark.stroke == PAPER]
    solid = [mark for mark in marks if mark.stroke != PAPER]
    # Circles by size are seen through: smaller ones lie on top of larger ones.
    points = [
        {
            **{
                "x": round(mark.x, 2),
                "y": round(mark.y, 2),
                "shape": mark.shape,
                "fill": mark.fill,
                "stroke": mark.stroke,
            },
            **{
                "size": round(mark.area, 3),
                "opacity": 0.75 if mark.stroke == PAPER else 1,
                "described": described(mark.row),
            },
        }
        for mark in [*sorted(seen_through, key=lambda mark: -mark.area), *reversed(solid)]
    ]
    layer = signs_layer(points, aria=True)
    layer["encoding"]["description"] = {"field": "described"}
    layer["encoding"]["fillOpacity"] = {"field": "opacity", "type": "quantitative", "scale": None}
    return layer


def _letters(marks: list[Mark]) -> list[TextLabel]:
    """What is written into signs; not where another's letter lies on the same point."""
    words: list[TextLabel] = []
    for mark in marks:
        if mark.letter and all(abs(mark.x - other.x) > 5 or abs(mark.y - other.y) > NAMES * 0.8 for other in words):
            words.append(TextLabel(mark.x, mark.y, mark.letter, NAMES, INK, "center", bold=True))
    return words


def _plates(boxes: list[Box]) -> Spec:
    """A lighter ground under names, so that no line runs through their letters."""
    values = [dict(zip(("x", "y", "x2", "y2"), (round(at, 1) for at in box), strict=True)) for box in boxes]
    mark = {"type": "rect", "fill": PAPER, "fillOpacity": 0.65, "cornerRadius": 3, "aria": False}
    encoding = pixels() | {end: {"field": end} for end in ("x2", "y2")}
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _frame(sheet: Sheet) -> Spec:
    ends = {"x": 0, "x2": sheet.width, "y": 0, "y2": sheet.height}
    mark = {"type": "rect", "fill": None, "stroke": FAINT, "aria": False}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {end: {"value": at} for end, at in ends.items()}}


def _leaders(lines: list[Line]) -> Spec:
    values = [dict(zip(("x", "y", "x2", "y2"), (round(at, 1) for at in line), strict=True)) for line in lines]
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 0.8, "aria": False}
    return {
        "data": {"values": values},
        "mark": mark,
        "encoding": pixels() | {end: {"field": end} for end in ("x2", "y2")},
    }


def _outlines(sheet: Sheet, outlines: Spec) -> list[Spec]:
    """Mali as a filled shape, the borders of others, and the lines between its regions."""
    ours = [line["line"] for line in outlines["lines"] if "Mali" in line["of"]]
    others = [line["line"] for line in outlines["lines"] if "Mali" not in line["of"]]
    mali = {"type": "Polygon", "coordinates": [_ring(ours)]}
    return [
        _shape(sheet, mali, fill=LAND, stroke=None),
        _shape(sheet, {"type": "MultiLineString", "coordinates": others}, stroke=BORDERS, strokeWidth=0.8),
        _shape(sheet, {"type": "MultiLineString", "coordinates": outlines["regions"]}, stroke=REGIONS, strokeWidth=0.8),
        _shape(sheet, {"type": "MultiLineString", "coordinates": ours}, stroke=SOFT, strokeWidth=1.3),
    ]


def _ring(lines: list[list[list[float]]]) -> list[list[float]]:
    """Lines that meet end to end as one closed ring, clockwise as filled shapes are drawn on a globe."""
    rest = lines[1:]
    ring = list(lines[0])
    while rest:
        line = next(line for line in rest if ring[-1] in (line[0], line[-1]))
        rest.remove(line)
        ring += line[1:] if line[0] == ring[-1] else line[-2::-1]
    turn = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring))
    return ring if turn > 0 else ring[::-1]


def _shape(sheet: Sheet, geometry: Spec, **look: Any) -> Spec:
    at = {"scale": sheet.scale, "translate": [sheet.x, sheet.y]}
    projection = {"type": "mercator", "precision": 0, **at}  # straight between two points
    feature = {"type": "Feature", "geometry": geometry, "properties": {}}
    mark = {"type": "geoshape", "filled": "fill" in look, "clip": True, "aria": False, "strokeJoin": "round", **look}
    return {"data": {"values": [feature]}, "projection": projection, "mark": mark}


def _country_names(sheet: Sheet, outlines: Spec, taken: list[Box]) -> list[TextLabel]:
    """In the background, where nothing else stands and no border runs."""
    borders = [sheet.at(*point) for line in outlines["lines"] for point in _finely(line["line"])]
    words = []
    for name, point in outlines["names"].items():
        x, y = sheet.at(*point)
        wide = width_of(name.upper(), COUNTRIES)
        for down in (0, -14, 14, -28, 28):
            box = Box(x - wide / 2, y + down - 7, x + wide / 2, y + down + 7)
            if not sheet.box.encloses(box) or any(box.meets(other) for other in taken):
                continue
            if not any(box.left < bx < box.right and box.top < by < box.bottom for bx, by in borders):
                words.append(TextLabel(x, y + down, name.upper(), COUNTRIES, QUIET, "center", italic=True))
                taken = [*taken, box]
                break
    return words


def _finely(line: list[list[float]], step: float = 0.1) -> Iterable[tuple[float, float]]:
    """Points on a line that are no further apart than a step in degrees."""
    for (x, y), (to_x, to_y) in pairwise(line):
        parts = max(int(max(abs(to_x - x), abs(to_y - y)) / step), 1)
        yield from ((x + (to_x - x) * n / parts, y + (to_y - y) * n / parts) for n in range(parts + 1))


def _bar(sheet: Sheet) -> tuple[int, float]:
    """A round number of kilometres that takes about a sixth of the sheet, and how many pixels it takes."""
    middle = sheet.height / 2
    latitude = math.degrees(2 * math.atan(math.exp((sheet.y - middle) / sheet.scale)) - math.pi / 2)
    pixel = math.cos(math.radians(latitude)) * EARTH_KM / sheet.scale
    most = sheet.width / 6 * pixel
    kilometres = max(m * 10**n for n in range(5) for m in (1, 2, 5) if m * 10**n <= max(most, 1))
    return kilometres, kilometres / pixel


def _bar_box(sheet: Sheet) -> Box:
    kilometres, long = _bar(sheet)
    return Box(0, sheet.height - 32, 20 + max(long, width_of(f"{number(kilometres)} km", BAR)), sheet.height)


def _scale_bar(sheet: Sheet) -> list[Spec]:
    kilometres, long = _bar(sheet)
    x, y = 14, sheet.height - 12
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 2, "aria": False}
    ends = {"x": x, "x2": x + long, "y": y}
    line = {"data": {"values": [{}]}, "mark": mark, "encoding": {end: {"value": at} for end, at in ends.items()}}
    return [line, *texts([TextLabel(x, y - 10, f"{number(kilometres)} km", BAR, SOFT)])]
