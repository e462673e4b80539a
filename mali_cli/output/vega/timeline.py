"""The timeline as a chart: events and dead over the same periods, and below them how many tolls are not told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mali_cli.output import fatality_text
from mali_cli.output.terminal import number
from mali_cli.output.vega.primitives import (
    BLUE,
    FAINT,
    INK,
    LIGHT_VERMILION,
    PALE,
    SOFT,
    VERMILION,
    Sign,
    Spec,
    TextLabel,
    key,
    texts,
    view,
    width_of,
)

Row = dict[str, Any]
Number = tuple[str, float]  # as text, and the size of its letters
EVENTS_TALL, DEAD_TALL, STRIP = 150, 190, 15  # heights of the panels in pixels
NUMBERS, RANGES, LABELS = 10.0, 9.5, 10.5  # sizes of letters
WIDEST = 110  # pixels of a period, so that few do not fill the page
BAND = 0.8  # of a period's width that its bar takes
AXIS = 10  # pixels that the periods take below the panels, beyond what lies between all parts
APART = 2  # pixels between two numbers side by side
ARROW = 10  # pixels that the mark of an open end takes
ROOM = 1.2  # of an axis over its highest value, for what stands above it
STEPS = {"year": (1, 2, 5, 10, 20, 50, 100), "quarter": (1, 2, 4, 8, 20, 40, 80), "month": (1, 3, 6, 12, 24, 60, 120)}
IN_A_YEAR = {"year": 1, "quarter": 4, "month": 12}


def views(rows: list[Row], by: str, width: float, described: Callable[[Row], str]) -> tuple[list[Spec], float]:
    """The panels and the key for this width in all, and how many pixels of it the axes take at the left.

    `rows` are those of the answer that lie in a period, `described` says of each what is read out for its marks.
    """
    most_events = max(row["events"] for row in rows)
    most_dead = max((row["killed_high"] or 0 for row in rows), default=0)
    left = max(width_of(number(max(most_events, most_dead)), LABELS) + 28, 50)
    data = [{**_plain(row), "described": described(row)} for row in rows]
    panels = _Panels(data, min(width - left, WIDEST * len(data)))
    top_events, top_dead = most_events * ROOM, (most_dead or 1) * ROOM
    of_events = panels.numbers("events", lambda row: [(number(row["events"]), NUMBERS)], top_events, EVENTS_TALL)
    of_dead = panels.numbers("killed_high", _numbers_of_dead, top_dead, DEAD_TALL)
    made = [panels.events(top_events, of_events), panels.dead(top_dead, of_dead)]
    silent = any(map(fatality_text.unknown_count, rows))
    if silent:
        made.append(panels.not_told(left))
    axis = _x_axis([row["period"] for row in rows], by, panels.step)
    for layer in made[-1]["layer"]:
        if layer["encoding"]["x"]["field"] == "period":
            layer["encoding"]["x"]["axis"] = axis
    signs = _signs(rows, of_dead.all)
    if not (of_events.all and of_dead.all):
        signs.append(Sign("numbers where there is room, the largest first", "none"))
    if silent:
        fit = panels.fits(data)
        text = "of so many tolls no number is told" if fit else "tolls of which no number is told"
        signs.append(Sign(text, "none", letter="?3") if fit else Sign(text, stroke=SOFT, area=36))
    return [*made, key(signs, width, -left, under=AXIS)], left


def _plain(row: Row) -> Row:
    """The values of a row as JSON has them."""
    return {
        name: value if value is None or isinstance(value, str | bool) else int(value) for name, value in row.items()
    }


def _numbers_of_dead(row: Row) -> list[Number]:
    """From the bar upwards: the range where there is one, and the best."""
    return [
        *([(fatality_text.format_range(row), RANGES)] if fatality_text.has_range(row) else []),
        (fatality_text.format_best(row), NUMBERS),
    ]


class Stand(NamedTuple):
    """A number with the box that its letters take, in pixels of its panel."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    size: float

    def meets(self, other: Stand) -> bool:
        """Whether they touch, or stand so close side by side that they read as one number."""
        across = self.left < other.right + APART and other.left < self.right + APART
        return across and self.top < other.bottom and other.top < self.bottom


class _Numbers(NamedTuple):
    """The numbers of a panel that have room, and whether that is those of all its periods."""

    stand: list[Stand]
    all: bool

    def layers(self) -> list[Spec]:
        return texts(
            TextLabel(
                (each.left + each.right) / 2,
                (each.top + each.bottom) / 2,
                each.text,
                each.size,
                INK if each.size == NUMBERS else SOFT,
                "center",
            )
            for each in self.stand
        )


def _lift(row: Row, field: str) -> float:
    """How many pixels above its bar the numbers of a row begin."""
    return ARROW + 1 if field == "killed_high" and row["open"] else 2.0


class _Panels(NamedTuple):
    """The panels over the periods of `data`, which are `plot` pixels wide."""

    data: list[Row]
    plot: float

    @property
    def step(self) -> float:
        """How many pixels a period takes."""
        return self.plot / len(self.data)

    def events(self, top: float, numbers: _Numbers) -> Spec:
        y = _y("events", top, "Events")
        some = [row for row in self.data if row["events"]]
        layers = [
            self.layer(some, {"type": "bar", "color": BLUE}, y=y),
            *numbers.layers(),
        ]
        return view(self.plot, EVENTS_TALL, layers)

    def dead(self, top: float, numbers: _Numbers) -> Spec:
        """Up to the lowest sum in full colour, on to the highest in a light one, the best as a line across."""
        y = _y("killed_low", top, "People killed")
        told = [row for row in self.data if row["killed_best"] is not None]
        silent = [row for row in self.data if row["killed_best"] is None and fatality_text.unknown_count(row)]
        wide = [row for row in told if fatality_text.has_range(row)]
        lines = [row for row in told if fatality_text.has_range(row) or row["killed_best"] == 0]
        unbound = [row for row in told if row["open"]]
        band, height = self.step * BAND, {**y, "field": "killed_high"}
        low = {"type": "bar", "color": VERMILION}
        none = {"type": "bar", "color": PALE}
        high = {"type": "bar", "color": LIGHT_VERMILION, "stroke": VERMILION, "strokeWidth": 0.6, "aria": False}
        line = {"type": "tick", "orient": "horizontal", "thickness": 2, "size": band, "color": INK, "aria": False}
        arrow = {"type": "point", "shape": "triangle-up", "filled": True, "opacity": 1, "color": VERMILION}
        arrow |= {"size": min(band, 9) ** 2 * 0.6, "yOffset": -ARROW / 2 - 1, "aria": False}
        layers = [
            self.layer(told, low, y=y),
            self.layer(silent, none, y={"value": 0}, y2={"value": DEAD_TALL}),
            self.layer(wide, high, y=y, y2={"field": "killed_high"}),
            self.layer(lines, line, y={**y, "field": "killed_best"}),
            self.layer(unbound, arrow, y=height),
        ]
        return view(self.plot, DEAD_TALL, [*layers, *numbers.layers()])

    def not_told(self, left: float) -> Spec:
        """How many tolls of each period no number is told of: in figures where they fit, else as a mark."""
        silent = [
            {**row, "text": f"?{number(fatality_text.unknown_count(row))}"}
            for row in self.data
            if fatality_text.unknown_count(row)
        ]
        middle = {"value": STRIP / 2}
        if self.fits(self.data):
            text = {"type": "text", "fontSize": NUMBERS, "color": SOFT}
            layer = self.layer(silent, text, y=middle, text={"field": "text"})
        else:
            mark = {"type": "point", "shape": "square", "color": SOFT, "strokeWidth": 1, "opacity": 1}
            layer = self.layer(silent, {**mark, "size": min(self.step * 0.7, 6) ** 2}, y=middle)
        return view(self.plot, STRIP, [layer, *texts([TextLabel(-6, STRIP / 2, "not told", NUMBERS, SOFT, "right")])])

    def fits(self, rows: list[Row]) -> bool:
        """Whether how many tolls are not told can stand as figures, each under its period."""
        return all(width_of(f"?{number(fatality_text.unknown_count(row))}", NUMBERS) <= self.step - 2 for row in rows)

    def numbers(self, field: str, of: Callable[[Row], list[Number]], top: float, tall: float) -> _Numbers:
        """Numbers above what they count: those of the largest first, where they meet no other and no other bar.

        Where each is narrower than its period, all stand. `of` gives the numbers of a row from the bar upwards, the
        last of which is the one that counts: where there is no room for all of them it stands alone.
        """
        size = "events" if field == "events" else "killed_best"
        counted = [
            (at, row) for at, row in enumerate(self.data) if (row[size] if field == "events" else row[size] is not None)
        ]
        tops = [tall * (1 - (row[field] or 0) / top) - _lift(row, field) for row in self.data]
        order = sorted(counted, key=lambda each: (-each[1][size], each[0]))
        stand: dict[int, list[Stand]] = {}
        for least in (True, False):
            for at, row in order:
                numbers = of(row)[-1:] if least else of(row)
                if not least and (at not in stand or len(numbers) == 1):
                    continue
                others = [box for other, those in stand.items() if other != at for box in those]
                for side in (0, -1, 1):
                    boxes = self._stack(at, tops[at], numbers, side)
                    if all(self._is_free(box, at, tops, others) for box in boxes):
                        stand[at] = boxes
                        break
        return _Numbers([box for those in stand.values() for box in those], len(stand) == len(counted))

    def _stack(self, at: int, foot: float, numbers: list[Number], side: int) -> list[Stand]:
        """Numbers one above the other: over the middle of their bar, or from one of its edges to the left or right."""
        stack = []
        for text, size in numbers:
            half = width_of(text, size) / 2
            middle = (at + 0.5) * self.step - side * (self.step * BAND / 2 - half)
            stack.append(Stand(middle - half, foot - size, middle + half, foot, text, size))
            foot -= size + 1
        return stack

    def _is_free(self, box: Stand, own: int, tops: list[float], others: list[Stand]) -> bool:
        """Whether a number lies within the panel, beside all other numbers and above all bars but its own."""
        if box.left < 0 or box.right > self.plot or any(box.meets(other) for other in others):
            return False
        under = range(int(box.left / self.step), min(int(box.right / self.step) + 1, len(self.data)))
        return all(at == own or tops[at] >= box.bottom - 1 for at in under)

    def layer(self, rows: list[Row], mark: Spec, **encoding: Spec) -> Spec:
        periods = [row["period"] for row in self.data]
        scale = {"domain": periods, "paddingInner": 1 - BAND, "paddingOuter": (1 - BAND) / 2}
        x = {"field": "period", "type": "ordinal", "scale": scale, "axis": None}
        described = {} if mark.get("aria") is False else {"description": {"field": "described"}}
        return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, **encoding, **described}}


def _y(field: str, top: float, title: str) -> Spec:
    axis: Spec = {"title": title, "format": ",d", "values": _ticks(top), "domain": False, "ticks": False}
    axis |= {"titleFontSize": LABELS, "titleColor": INK, "labelFontSize": LABELS, "labelColor": SOFT}
    scale = {"domain": [0, top], "nice": False, "zero": True}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {**axis, "gridColor": PALE}}


def _ticks(top: float) -> list[int]:
    """Whole numbers from 0 up, of a round step, about five of them."""
    step = next(m * 10**n for n in range(16) for m in (1, 2, 5) if m * 10**n * 5.5 >= top)
    return list(range(0, int(top) + 1, step))


def _x_axis(periods: list[str], by: str, step: float) -> Spec:
    """The labels that fit, at even distances, from round years where there is not room for each."""
    year = IN_A_YEAR[by]

    def short(every: int) -> bool:
        return by != "year" and every % year == 0

    def fits(every: int) -> bool:
        longest = max(width_of(period[:4] if short(every) else period, LABELS) for period in periods)
        return longest + 8 <= step * every

    every = next(filter(fits, STEPS[by]), STEPS[by][-1])
    years = max(every // year, 1)
    starts = [at for at, period in enumerate(periods) if by == "year" or period.endswith(("-01", "-Q1"))]
    anchor = next((at for at in starts if int(periods[at][:4]) % years == 0), 0)
    shown = [period for at, period in enumerate(periods) if (at - anchor) % every == 0]
    axis: Spec = {"title": None, "values": shown, "labelAngle": 0, "labelFontSize": LABELS, "labelOverlap": False}
    axis |= {"tickColor": FAINT, "domainColor": SOFT, "labelColor": INK}
    return axis | ({"labelExpr": "slice(datum.label, 0, 4)"} if short(every) else {})


def _signs(rows: list[Row], numbered: bool) -> list[Sign]:
    """What the marks of these rows mean; `numbered` where the best sums stand above them as numbers."""
    signs = [Sign("events", fill=BLUE)]
    if any(row["killed_best"] is not None for row in rows):
        ranges = any(map(fatality_text.has_range, rows))
        signs.append(Sign(f"people killed{': to the lowest sum' if ranges else ''}", fill=VERMILION))
    if any(map(fatality_text.has_range, rows)):
        signs.append(Sign("to the highest", fill=LIGHT_VERMILION, stroke=VERMILION))
    if any(fatality_text.has_range(row) or fatality_text.zero_but_uncertain(row) for row in rows):
        signs.append(Sign("best, as the number above" if numbered else "best", "stroke", stroke=INK))
    if any(map(fatality_text.is_zero, rows)):
        signs.append(Sign("0: none, as told", "stroke", stroke=INK))
    if any(row["open"] for row in rows):
        signs.append(Sign("no upper bound, as +", "triangle-up", VERMILION, area=50))
    if any(row["killed_best"] is None and fatality_text.unknown_count(row) for row in rows):
        signs.append(Sign("no number of dead told, which is not none", fill=PALE))
    return signs
