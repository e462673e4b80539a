"""Sums by one key as horizontal bars: a bar up to the low estimate, lighter up to the high one, with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mali_cli.output.cell_values import format_number
from mali_cli.output.fatality_text import Row, format_best, format_range, has_range, unknown_count
from mali_cli.output.streams import escape_control
from mali_cli.output.timeline_data import PARTIAL_MARK, marked_period
from mali_cli.output.vega.layout import Picture, Room
from mali_cli.output.vega.primitives import (
    INK,
    LIGHT_VERMILION,
    MEAN_COLOR,
    PALE,
    PAPER,
    SOFT,
    VERMILION,
    LegendItem,
    Spec,
    TextLabel,
    legend,
    round_ticks,
    segment_layer,
    shorten,
    symbol_layer,
    text_layers,
    text_width,
    view,
    with_descriptions,
)
from mali_cli.results import ChartRequest, pluralize

FONT_SIZE = 11
ROW_HEIGHT, MIN_ROW_HEIGHT, MAX_ROWS = 22, 14, 45
BAR_SHARE = 0.64  # of the height of a row
AXIS_HEIGHT = 20
NAME_SHARE = 0.3  # of the width, at most, for the names
GAP = 6
TIME_KEYS = ("year", "quarter", "month")
KEY_NAMES = {"in": "country of the event", "according_to": "source of the figure", "inflicted_by": "perpetrator"}


def bars_title(chart: ChartRequest) -> str:
    """Return what the bars show, without the other filters."""
    of_actors = f" with {chart.actors} taking part (all sides)" if chart.actors else ""
    return f"{chart.subject}: people killed in events{of_actors}, by {_key_name(chart)}"


def empty_message(rows: list[Row], chart: ChartRequest) -> str:
    """Return what to say if there is no bar to draw."""
    is_number = any(row["killed_best"] is not None or row["stated_killed"] is not None for row in rows)
    return "" if is_number else "No row has a number of people killed"


def _key_name(chart: ChartRequest) -> str:
    if chart.measure == "country":
        return "nationality of the victims"
    return KEY_NAMES.get(chart.measure, chart.measure.replace("_", " "))


def draw_bars(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the bars of people killed with their legend."""
    drawable = [row for row in rows if _is_drawable(row)]
    notes = []
    if len(drawable) > MAX_ROWS:
        notes.append(f"{pluralize(len(drawable) - MAX_ROWS, 'more rows')} are not drawn.")
        missing = [row for row in drawable if row[chart.measure] is None]
        drawable = [*drawable[: MAX_ROWS - len(missing)], *missing]
    bars = _Bars(drawable, chart, room, describe)
    return Picture([bars.view()], legend(list(bars.legend_items()), room.width, 0), 0.0, notes)


def _is_drawable(row: Row) -> bool:
    return row["killed_best"] is not None or row["stated_killed"] is not None or bool(unknown_count(row))


class _Bars:
    """The rows with the geometry of their bars, in pixels."""

    def __init__(self, rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> None:
        self.rows, self.key, self.rolling = rows, chart.measure, chart.rolling
        missing = f"no single {chart.measure}" if chart.measure in TIME_KEYS else "not stated"
        labels = [marked_period(str(row[chart.measure] or missing), chart.partial_periods) for row in rows]
        self.names = [escape_control(label).replace(";", ", ") for label in labels]
        self.is_named = [row[chart.measure] is not None for row in rows]
        self.descriptions = [describe(row) for row in rows]
        self.texts = [_number_text(row) for row in rows]
        self.width = room.width
        self.row_height = float(ROW_HEIGHT)
        if room.max_height is not None:
            self.row_height = max(min((room.max_height - AXIS_HEIGHT) / max(len(rows), 1), ROW_HEIGHT), MIN_ROW_HEIGHT)
        longest = max((text_width(name, FONT_SIZE) for name in self.names), default=0)
        self.name_width = min(longest, room.width * NAME_SHARE)
        self.left = self.name_width + GAP
        # The row without a key may be much larger than the others, which are to be compared.
        self.largest = max(map(_largest, [row for row in rows if row[chart.measure] is not None] or rows))
        self.is_drawn = [_largest(row) <= self.largest for row in rows]
        self.scale = min(
            (room.width - self.left - text_width(text, FONT_SIZE) - 3 * GAP) / _largest(row)
            for row, text, drawn in zip(rows, self.texts, self.is_drawn, strict=True)
            if drawn
        )

    def view(self) -> Spec:
        height = self.row_height * len(self.rows) + AXIS_HEIGHT
        layers = [*self._grid(height), *self._bars(), *text_layers(self._labels())]
        return view(self.width, height, layers)

    def x(self, value: float) -> float:
        return self.left + value * self.scale

    def _middle(self, i: int) -> float:
        return AXIS_HEIGHT + (i + 0.5) * self.row_height

    def _grid(self, height: float) -> list[Spec]:
        ticks = [tick for tick in round_ticks(self.largest) if self.x(tick) <= self.width]
        lines = [{"x": self.x(tick), "x2": self.x(tick), "y": AXIS_HEIGHT - 4, "y2": height} for tick in ticks]
        labels = [TextLabel(self.x(tick), 7, format_number(tick), 10, SOFT, "center") for tick in ticks]
        return [segment_layer(lines, {"type": "rule", "color": PALE, "aria": False}), *text_layers(labels)]

    def _bars(self) -> Iterator[Spec]:
        half = self.row_height * BAR_SHARE / 2
        low, high, best, arrows, stated, means = [], [], [], [], [], []
        for i, row in enumerate(self.rows):
            if not self.is_drawn[i]:
                continue
            middle, described = self._middle(i), {"description": self.descriptions[i]}
            ends = {"y": middle - half, "y2": middle + half}
            if row["killed_best"] is not None:
                low.append({"x": self.x(0), "x2": self.x(row["killed_low"]), **ends, **described})
                if has_range(row):
                    high.append({"x": self.x(row["killed_low"]), "x2": self.x(row["killed_high"]), **ends})
                    best.append({"x": self.x(row["killed_best"]), "x2": self.x(row["killed_best"]), **ends})
                if row["open"]:
                    arrow = {"shape": "triangle-right", "fill": VERMILION, "stroke": "transparent", "size": 40}
                    arrows.append({"x": self.x(row["killed_high"]) + 5, "y": middle, **arrow})
            if (mean := row.get("rolling_mean_killed")) is not None:
                circle = {"shape": "circle", "fill": MEAN_COLOR, "stroke": PAPER, "size": 50}
                means.append({"x": self.x(mean), "y": middle, **circle})
            if row["stated_killed"] is not None:
                diamond = {"shape": "diamond", "fill": PAPER, "stroke": INK, "size": 70, **described}
                stated.append({"x": self.x(row["stated_killed"]), "y": middle, **diamond})
        yield with_descriptions(segment_layer(low, {"type": "rect", "color": VERMILION}))
        yield segment_layer(high, {"type": "rect", "color": LIGHT_VERMILION, "stroke": VERMILION, "aria": False})
        yield segment_layer(best, {"type": "rule", "color": INK, "strokeWidth": 2, "aria": False})
        yield symbol_layer(arrows)
        yield symbol_layer(means)
        yield with_descriptions(symbol_layer(stated, aria=True))

    def _labels(self) -> Iterator[TextLabel]:
        for i, row in enumerate(self.rows):
            name = shorten(self.names[i], FONT_SIZE, self.name_width)
            color = INK if self.is_named[i] else SOFT
            yield TextLabel(
                self.left - GAP, self._middle(i), name, FONT_SIZE, color, "right", italic=not self.is_named[i]
            )
            killed, stated = row["killed_high"] or 0, row["stated_killed"] or 0
            mark = 4 if stated >= killed else 8 if row["open"] else 0
            x, text = self.x(max(killed, stated)) + GAP + mark, self.texts[i]
            mean = self.x(row.get("rolling_mean_killed") or 0)
            if x - GAP <= mean <= x + text_width(text, FONT_SIZE):
                x = mean + GAP
            if not self.is_drawn[i]:
                x, text = self.left + GAP, f"{text} (not drawn: larger than all others)"
            yield TextLabel(x, self._middle(i), text, FONT_SIZE, INK if self.is_drawn[i] else SOFT)

    def legend_items(self) -> Iterator[LegendItem]:
        any_range = any(map(has_range, self.rows))
        yield LegendItem("killed in events, at least" if any_range else "killed in events", fill=VERMILION)
        if any_range:
            yield LegendItem("at most", fill=LIGHT_VERMILION, stroke=VERMILION)
            yield LegendItem("best estimate, also the number", "stroke", stroke=INK)
        if any(row["open"] for row in self.rows):
            yield LegendItem("no upper bound (+)", "triangle-right", VERMILION, area=50)
        if any(row["stated_killed"] is not None for row in self.rows):
            yield LegendItem("total stated by a source, not a sum of events", "diamond", PAPER, INK, 70)
        if self.rolling is not None:
            text = f"mean of {self.rolling:,} {self.key}s"
            yield LegendItem(text, "circle", MEAN_COLOR, area=50)
        if any(name.endswith(PARTIAL_MARK) for name in self.names):
            yield LegendItem("covered only in part", "none", letter=PARTIAL_MARK)
        if any(map(unknown_count, self.rows)):
            counts = all(row["not_stated"] is None for row in self.rows)  # of a file of counts, not of events
            unknown = (
                "three records of 0: none or not stated"
                if counts
                else "three tallies or events without a number, whatever the harm"
            )
            yield LegendItem(unknown, "none", letter="?3")


def _largest(row: Row) -> int:
    return int(max(row["killed_high"] or 0, row["stated_killed"] or 0, 1))


def _number_text(row: Row) -> str:
    """Return "112 (100–120+) ?3, stated 130": what the sum of a row is, and what its total is stated to be."""
    parts = []
    if row["killed_best"] is not None:
        parts.append(format_best(row) + (f" ({format_range(row)})" if has_range(row) else ""))
    if unknown_count(row):
        parts.append(f"?{format_number(unknown_count(row))}")
    text = " ".join(parts)
    if row["stated_killed"] is not None:
        plus = "+" if row["stated_open"] else ""
        text = ", ".join(filter(None, (text, f"stated {format_number(row['stated_killed'])}{plus}")))
    return text
