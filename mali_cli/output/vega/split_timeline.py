"""A timeline split by type of event, camp or region: a row of small charts for each, over one time axis and scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from mali_cli.output.cell_values import format_number
from mali_cli.output.fatality_text import Row, format_best, has_range, unknown_count
from mali_cli.output.streams import escape_control
from mali_cli.output.timeline_data import PARTIAL_MARK, early_notes, marked_period, split_at_start, total_row
from mali_cli.output.vega.layout import Picture, Room
from mali_cli.output.vega.primitives import (
    BLUE,
    FAINT,
    INK,
    LIGHT_VERMILION,
    SOFT,
    VERMILION,
    LegendItem,
    Spec,
    TextLabel,
    colored_rect_layer,
    legend,
    segment_layer,
    text_layers,
    text_width,
    view,
    wrap_text,
)
from mali_cli.output.vega.value_labels import BAR_SHARE
from mali_cli.results import ChartRequest, pluralize

FONT_SIZE, NUMBER_SIZE = 11, 9.5
HEADING_HEIGHT, AXIS_HEIGHT = 20, 18
PANEL_HEIGHT, MIN_PANEL_HEIGHT, PANEL_GAP = 52.0, 26.0, 12.0
NAME_WIDTH, COLUMN_GAP = 110.0, 24.0
MAX_PANELS = 14
NOUNS = {"event_type": "type of event", "camp": "camp taking part", "region": "region"}


def split_title(chart: ChartRequest) -> str:
    """Return what the charts show, without the filters."""
    of_actors = f" with {chart.actors} taking part" if chart.actors else ""
    killed = (
        ", and people killed in them (all sides)," if chart.actors or chart.split == "camp" else " and people killed"
    )
    return f"{chart.subject}: events{of_actors}{killed} by {chart.measure} and {NOUNS[chart.split]}"


def draw_split(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return a row of charts for each value of the key: events on the left, people killed on the right."""
    _, drawn = split_at_start(rows, chart)
    by_value = {value: list(group) for value, group in groupby(drawn, lambda row: row[chart.split])}
    by_value = {value: group for value, group in by_value.items() if any(row["events"] for row in group)}
    notes = early_notes(chart)
    if chart.split == "camp":
        notes.append("An event, and the people killed in it, counts for each camp that takes part.")
    if (left_out := len(by_value) - MAX_PANELS) > 0:
        notes.append(f"{pluralize(left_out, 'rows')} with the fewest events are not drawn.")
    panels = _Panels(dict(list(by_value.items())[:MAX_PANELS]), room, describe)
    panels.periods = [marked_period(period, chart.partial_periods) for period in panels.periods]
    return Picture([panels.view()], legend(list(panels.legend_items()), room.width, 0), 0.0, notes)


class _Panels:
    """The rows of charts with their geometry, in pixels."""

    def __init__(self, by_value: dict[str | None, list[Row]], room: Room, describe: Callable[[Row], str]) -> None:
        self.by_value, self.width, self.describe = by_value, room.width, describe
        self.panel_height = PANEL_HEIGHT
        if room.max_height is not None:
            free = (room.max_height - HEADING_HEIGHT - AXIS_HEIGHT) / len(by_value) - PANEL_GAP
            self.panel_height = max(min(free, PANEL_HEIGHT), MIN_PANEL_HEIGHT)
        self.column_width = (room.width - NAME_WIDTH - 2 * COLUMN_GAP) / 2
        self.lefts = (NAME_WIDTH + COLUMN_GAP, NAME_WIDTH + 2 * COLUMN_GAP + self.column_width)
        rows = [row for group in by_value.values() for row in group]
        self.periods = [row["period"] for row in next(iter(by_value.values()))]
        self.largest = (max(row["events"] for row in rows), max(row["killed_high"] or 0 for row in rows) or 1)
        self.step = self.column_width / len(self.periods)

    def view(self) -> Spec:
        bars: list[Spec] = []
        axes: list[Spec] = []
        labels = [
            TextLabel(self.lefts[0], 6, "Events", FONT_SIZE, INK, bold=True),
            TextLabel(self.lefts[1], 6, "People killed", FONT_SIZE, INK, bold=True),
        ]
        y = float(HEADING_HEIGHT)
        for value, rows in self.by_value.items():
            bottom = y + self.panel_height
            name = escape_control(value or "not stated").replace(";", ", ")
            lines = wrap_text(name, FONT_SIZE, NAME_WIDTH)[:3]
            for i, line in enumerate(lines):
                middle = bottom - 6 - (len(lines) - 1 - i) * FONT_SIZE * 1.2
                labels.append(TextLabel(NAME_WIDTH, middle, line, FONT_SIZE, INK if value else SOFT, "right"))
            for column, left in enumerate(self.lefts):
                axes.append({"x": left, "x2": left + self.column_width, "y": bottom, "y2": bottom})
                for i, row in enumerate(rows):
                    bars += self._bar(row, name, column, left + (i + 0.5) * self.step, bottom)
                labels += self._numbers(rows, column, left, bottom)
            y = bottom + PANEL_GAP
        labels += self._periods(y)
        axis_layer = segment_layer(axes, {"type": "rule", "color": FAINT, "aria": False})
        return view(self.width, y + AXIS_HEIGHT, [axis_layer, colored_rect_layer(bars), *text_layers(labels)])

    def _height(self, value: float, column: int) -> float:
        return (self.panel_height - NUMBER_SIZE) * value / self.largest[column]

    def _bar(self, row: Row, name: str, column: int, middle: float, bottom: float) -> Iterator[Spec]:
        half = self.step * BAR_SHARE / 2
        ends = {"x": middle - half, "x2": middle + half, "description": f"{name}, {self.describe(row)}"}
        if column == 0 and row["events"]:
            height = self._height(row["events"], column)
            yield {**ends, "y": bottom - height, "y2": bottom, "fill": BLUE, "stroke": BLUE}
        elif column == 1 and row["killed_best"] is not None:
            low, high = (self._height(row[f"killed_{bound}"], column) for bound in ("low", "high"))
            yield {**ends, "y": bottom - low, "y2": bottom, "fill": VERMILION, "stroke": VERMILION}
            if has_range(row):
                look = {"fill": LIGHT_VERMILION, "stroke": VERMILION}
                yield {**ends, "y": bottom - high, "y2": bottom - low, **look}

    def _numbers(self, rows: list[Row], column: int, left: float, bottom: float) -> Iterator[TextLabel]:
        """Yield the numbers above bars that have room, the largest first; tolls without a number are a ?."""
        texts = {i: text for i, row in enumerate(rows) if (text := _number(row, column))}
        key = "events" if column == 0 else "killed_high"
        taken: list[tuple[float, float]] = []
        for i in sorted(texts, key=lambda i: -(rows[i][key] or 0)):
            middle, half = left + (i + 0.5) * self.step, text_width(texts[i], NUMBER_SIZE) / 2
            if all(middle + half + 2 < start or middle - half - 2 > end for start, end in taken):
                taken.append((middle - half, middle + half))
                height = self._height(rows[i][key] or 0, column)
                yield TextLabel(middle, bottom - height - NUMBER_SIZE * 0.6, texts[i], NUMBER_SIZE, SOFT, "center")

    def _periods(self, y: float) -> Iterator[TextLabel]:
        width = max(text_width(period, NUMBER_SIZE) for period in self.periods) + 8
        every = next(n for n in (1, 2, 3, 4, 6, 12, 24, 60, 120, 600) if n * self.step >= width)
        for left in self.lefts:
            for i in range(0, len(self.periods), every):
                middle = left + (i + 0.5) * self.step
                yield TextLabel(middle, y, self.periods[i], NUMBER_SIZE, INK, "center")

    def legend_items(self) -> Iterator[LegendItem]:
        rows = [row for group in self.by_value.values() for row in group]
        total = total_row("", rows)
        yield LegendItem("events", fill=BLUE)
        if total["killed_best"] is not None:
            yield LegendItem("killed, at least" if any(map(has_range, rows)) else "killed", fill=VERMILION)
        if any(map(has_range, rows)):
            yield LegendItem("at most; the number is the best estimate", fill=LIGHT_VERMILION, stroke=VERMILION)
        if any(row["open"] for row in rows):
            yield LegendItem("no upper bound", "none", letter="+")
        if any(period.endswith(PARTIAL_MARK) for period in self.periods):
            yield LegendItem("covered only in part", "none", letter=PARTIAL_MARK)
        if any(_is_unknown(row) for row in rows):
            yield LegendItem("three tolls, none with a number", "none", letter="?3")
        yield LegendItem("numbers where they fit", "none")


def _is_unknown(row: Row) -> bool:
    return row["killed_best"] is None and bool(unknown_count(row))


def _number(row: Row, column: int) -> str:
    if column == 0:
        return format_number(row["events"]) if row["events"] else ""
    if _is_unknown(row):
        return f"?{format_number(unknown_count(row))}"
    return format_best(row) if row["killed_best"] is not None else ""
