"""The timeline as a chart: events and people killed over the same periods, and tolls without a number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from mali_cli.output.cell_values import format_number
from mali_cli.output.fatality_text import (
    Row,
    format_best,
    format_range,
    has_range,
    is_zero,
    unknown_count,
    zero_but_uncertain,
)
from mali_cli.output.timeline_data import PARTIAL_MARK, early_notes, marked_period, split_at_start
from mali_cli.output.vega.layout import SPACING, Picture, Room
from mali_cli.output.vega.primitives import (
    BLUE,
    FAINT,
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
    text_layers,
    text_width,
    view,
)
from mali_cli.output.vega.value_labels import (
    ARROW_HEIGHT,
    BAR_SHARE,
    RANGE_FONT_SIZE,
    VALUE_FONT_SIZE,
    BarPanel,
    PlacedLabels,
    SizedText,
    place_value_labels,
)
from mali_cli.results import ChartRequest

EVENTS_HEIGHT, KILLED_HEIGHT, UNKNOWN_HEIGHT = 150, 190, 15  # of the panels, in pixels
STUB_HEIGHT = 13
AXIS_FONT_SIZE = 10.5
MAX_PERIOD_WIDTH = 110  # pixels, so that a few periods do not fill the page
AXIS_HEIGHT = 10  # pixels below the panels, on top of the spacing between all views
HEADROOM = 1.2  # times its highest value that an axis goes up to, for the labels above bars
MIN_AXIS_WIDTH = 50
LABEL_STEPS = {  # every how many periods may have a label
    "year": (1, 2, 5, 10, 20, 50, 100),
    "quarter": (1, 2, 4, 8, 20, 40, 80),
    "month": (1, 3, 6, 12, 24, 60, 120),
}
PERIODS_PER_YEAR = {"year": 1, "quarter": 4, "month": 12}


def draw_timeline(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the panels over one time axis with their legend.

    `describe` returns the text that is read out for the marks of a row.
    """
    _, rows = split_at_start(rows, chart)
    max_events = max(row["events"] for row in rows)
    max_killed = max((row["killed_high"] or 0 for row in rows), default=0)
    left = max(text_width(format_number(max(max_events, max_killed)), AXIS_FONT_SIZE) + 28, MIN_AXIS_WIDTH)
    periods = [marked_period(row["period"], chart.partial_periods) for row in rows]
    data = [
        {**_json_values(row), "period": period, "description": describe(row)}
        for row, period in zip(rows, periods, strict=True)
    ]
    panels = _Panels(data, min(room.width - left, MAX_PERIOD_WIDTH * len(data)), *_heights(room))
    events_top, killed_top = max_events * HEADROOM, (max_killed or 1) * HEADROOM
    event_labels = panels.place_labels("events", "events", _event_texts, events_top, panels.events_height)
    killed_labels = panels.place_labels("killed_high", "killed_best", _killed_texts, killed_top, panels.killed_height)
    views = [panels.events(events_top, event_labels), panels.killed(killed_top, killed_labels)]
    if any(row["killed_best"] is not None and unknown_count(row) for row in rows):
        views.append(panels.unknown())
    axis = _x_axis(periods, chart.measure, panels.period_width)
    for layer in views[-1]["layer"]:
        if layer["encoding"]["x"]["field"] == "period":
            layer["encoding"]["x"]["axis"] = axis
    toll = "tolls of 0 (none or not stated) or without a figure" if chart.is_foreign else "tolls without a number"
    items = _legend_items(rows, killed_labels.is_complete, panels.unknown_counts_fit(), toll)
    if any(period.endswith(PARTIAL_MARK) for period in periods):
        items.append(LegendItem("covered only in part", "none", letter=PARTIAL_MARK))
    if chart.rolling is not None:
        items.append(LegendItem(f"mean of {chart.rolling:,} {chart.measure}s", "stroke", stroke=MEAN_COLOR))
    if not (event_labels.is_complete and killed_labels.is_complete):
        items.append(LegendItem("numbers where they fit, the largest first", "none"))
    return Picture(views, legend(items, room.width, -left, top=AXIS_HEIGHT), left, early_notes(chart))


def _heights(room: Room) -> tuple[float, float]:
    """Return the heights of the panels of events and of people killed."""
    heights = EVENTS_HEIGHT, KILLED_HEIGHT
    if room.max_height is None:
        return heights
    scale = (room.max_height - UNKNOWN_HEIGHT - 2 * SPACING) / sum(heights)
    return heights[0] * scale, heights[1] * scale


def _json_values(row: Row) -> Row:
    """Return the row with numbers of pandas as plain integers; means have decimals."""
    return {
        name: value if value is None or isinstance(value, str | bool | float) else int(value)
        for name, value in row.items()
    }


def _event_texts(row: Row) -> list[SizedText]:
    return [SizedText(format_number(row["events"]), VALUE_FONT_SIZE)]


def _killed_texts(row: Row) -> list[SizedText]:
    """Return the labels of a bar from the bar upwards: the range, if there is one, and the best estimate."""
    best = SizedText(format_best(row), VALUE_FONT_SIZE)
    return [SizedText(format_range(row), RANGE_FONT_SIZE), best] if has_range(row) else [best]


def _range_width(row: Row) -> int:
    return int(row["killed_high"] - row["killed_low"])


def _label_gap(row: Row, field: str) -> float:
    """Return the pixels between a bar and its label."""
    return ARROW_HEIGHT + 1 if field == "killed_high" and row["open"] else 2.0


class _Panels(NamedTuple):
    """The panels over the periods of `data`, in pixels."""

    data: list[Row]
    plot_width: float
    events_height: float
    killed_height: float

    @property
    def period_width(self) -> float:
        return self.plot_width / len(self.data)

    def place_labels(
        self, top_field: str, value_field: str, texts: Callable[[Row], list[SizedText]], axis_top: float, height: float
    ) -> PlacedLabels:
        """Return labels above bars up to `top_field`, those of the largest `value_field` first, then wide ranges."""
        tops = [height * (1 - (row[top_field] or 0) / axis_top) - _label_gap(row, top_field) for row in self.data]
        values = {
            i: row[value_field]
            for i, row in enumerate(self.data)
            if (row[value_field] if value_field == "events" else row[value_field] is not None)
        }
        largest_first = sorted(values, key=lambda i: (-values[i], i))
        widest_first = sorted(values, key=lambda i: -_range_width(self.data[i])) if top_field != value_field else []
        panel = BarPanel(self.period_width, tops)
        return place_value_labels(panel, {i: texts(self.data[i]) for i in largest_first}, widest_first)

    def events(self, axis_top: float, labels: PlacedLabels) -> Spec:
        rows = [row for row in self.data if row["events"]]
        bars = self._layer(rows, {"type": "bar", "color": BLUE}, y=_y_channel("events", axis_top, "Events"))
        mean = self._mean("rolling_mean_events", _y_channel("events", axis_top, "Events"))
        return view(self.plot_width, self.events_height, [bars, *mean, *labels.layers()])

    def killed(self, axis_top: float, labels: PlacedLabels) -> Spec:
        """Return bars in full colour up to the low estimate, lighter up to the high one, with a line at the best."""
        y = _y_channel("killed_low", axis_top, "People killed")
        counted = [row for row in self.data if row["killed_best"] is not None]
        with_range = [row for row in counted if has_range(row)]
        with_line = [row for row in counted if has_range(row) or row["killed_best"] == 0]
        bar_width = self.period_width * BAR_SHARE
        high = {"type": "bar", "color": LIGHT_VERMILION, "stroke": VERMILION, "strokeWidth": 0.6, "aria": False}
        line = {"type": "tick", "orient": "horizontal", "thickness": 2, "size": bar_width, "color": INK, "aria": False}
        arrow = {"type": "point", "shape": "triangle-up", "filled": True, "opacity": 1, "color": VERMILION}
        arrow |= {"size": min(bar_width, 9) ** 2 * 0.6, "yOffset": -ARROW_HEIGHT / 2 - 1, "aria": False}
        layers = [
            self._layer(counted, {"type": "bar", "color": VERMILION}, y=y),
            *self._stubs(),
            self._layer(with_range, high, y=y, y2={"field": "killed_high"}),
            self._layer(with_line, line, y={**y, "field": "killed_best"}),
            self._layer([row for row in counted if row["open"]], arrow, y={**y, "field": "killed_high"}),
        ]
        layers += self._mean("rolling_mean_killed", y)
        return view(self.plot_width, self.killed_height, [*layers, *labels.layers()])

    def _mean(self, field: str, y: Spec) -> list[Spec]:
        """Return the rolling mean as a line with a light edge, broken where there is none; nothing without means."""
        rows = [{name: row[name] for name in ("period", field)} for row in self.data if field in row]
        if not rows:
            return []
        line = {"type": "line", "interpolate": "linear", "aria": False}
        looks = ({"color": PAPER, "strokeWidth": 4}, {"color": MEAN_COLOR, "strokeWidth": 2, "point": _MEAN_POINT})
        return [self._layer(rows, line | look, y={**y, "field": field}) for look in looks]

    def _stubs(self) -> list[Spec]:
        """Return an outline as high as a line of text, with the number in it, where all tolls lack a number."""
        rows = [row for row in self._rows_with_unknown() if row["killed_best"] is None]
        outline = {"type": "bar", "color": PAPER, "stroke": SOFT, "strokeWidth": 0.8, "strokeDash": [2, 2]}
        ends = {"y": {"value": self.killed_height - STUB_HEIGHT}, "y2": {"value": self.killed_height}}
        layers = [self._layer(rows, outline, **ends)]
        return (
            [*layers, self._unknown_texts(rows, self.killed_height - STUB_HEIGHT / 2)]
            if self.unknown_counts_fit()
            else layers
        )

    def unknown(self) -> Spec:
        """Return a strip with the number of tolls without a number below each bar, or with marks if it has no room."""
        rows = [row for row in self._rows_with_unknown() if row["killed_best"] is not None]
        middle = UNKNOWN_HEIGHT / 2
        if self.unknown_counts_fit():
            layer = self._unknown_texts(rows, middle)
        else:
            square = {"type": "point", "shape": "square", "color": SOFT, "strokeWidth": 1, "opacity": 1}
            size = min(self.period_width * 0.7, 6) ** 2
            layer = self._layer(rows, {**square, "size": size}, y={"value": middle})
        title = TextLabel(-6, middle, "unknown", VALUE_FONT_SIZE, SOFT, "right")
        return view(self.plot_width, UNKNOWN_HEIGHT, [layer, *text_layers([title])])

    def _rows_with_unknown(self) -> list[Row]:
        return [{**row, "text": _unknown_text(row)} for row in self.data if unknown_count(row)]

    def _unknown_texts(self, rows: list[Row], middle: float) -> Spec:
        text = {"type": "text", "fontSize": VALUE_FONT_SIZE, "color": SOFT, "baseline": "middle"}
        return self._layer(rows, text, y={"value": middle}, text={"field": "text"})

    def unknown_counts_fit(self) -> bool:
        """Return whether the counts of tolls without a number fit into their periods."""
        widths = (text_width(_unknown_text(row), VALUE_FONT_SIZE) for row in self.data if unknown_count(row))
        return max(widths, default=0) <= self.period_width - 2

    def _layer(self, rows: list[Row], mark: Spec, **encoding: Spec) -> Spec:
        periods = [row["period"] for row in self.data]
        scale = {"domain": periods, "paddingInner": 1 - BAR_SHARE, "paddingOuter": (1 - BAR_SHARE) / 2}
        x = {"field": "period", "type": "ordinal", "scale": scale, "axis": None}
        description = {} if mark.get("aria") is False else {"description": {"field": "description"}}
        return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, **encoding, **description}}


_MEAN_POINT = {"color": MEAN_COLOR, "size": 14, "filled": True, "aria": False}


def _unknown_text(row: Row) -> str:
    return f"?{format_number(unknown_count(row))}"


def _y_channel(field: str, axis_top: float, title: str) -> Spec:
    axis: Spec = {"title": title, "format": ",d", "values": round_ticks(axis_top), "domain": False, "ticks": False}
    axis |= {"titleFontSize": AXIS_FONT_SIZE, "titleColor": INK, "labelFontSize": AXIS_FONT_SIZE, "labelColor": SOFT}
    scale = {"domain": [0, axis_top], "nice": False, "zero": True}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {**axis, "gridColor": PALE}}


def _x_axis(periods: list[str], measure: str, period_width: float) -> Spec:
    """Return an axis with the labels that fit, at even distances; they start at round years if not all fit.

    A period that is covered only in part has its star even if its label does not fit.
    """
    per_year = PERIODS_PER_YEAR[measure]

    def shows_years(every: int) -> bool:
        return measure != "year" and every % per_year == 0

    def fits(every: int) -> bool:
        longest = max(text_width(period[:4] if shows_years(every) else period, AXIS_FONT_SIZE) for period in periods)
        return longest + 8 <= period_width * every

    every = next(filter(fits, LABEL_STEPS[measure]), LABEL_STEPS[measure][-1])
    years = max(every // per_year, 1)
    year_starts = [i for i, period in enumerate(periods) if measure == "year" or period[4:7] in ("-01", "-Q1")]
    anchor = next((i for i in year_starts if int(periods[i][:4]) % years == 0), 0)
    labelled = [period for i, period in enumerate(periods) if (i - anchor) % every == 0]
    stars = [period for period in periods if period.endswith(PARTIAL_MARK) and period not in labelled]
    axis: Spec = {"title": None, "values": labelled + stars, "labelAngle": 0, "labelFontSize": AXIS_FONT_SIZE}
    axis |= {"labelOverlap": False, "tickColor": FAINT, "domainColor": SOFT, "labelColor": INK}
    label = "slice(datum.label, 0, 4)" if shows_years(every) else "datum.label"
    if stars:
        label = f"indexof({json.dumps(stars)}, datum.label) < 0 ? {label} : '{PARTIAL_MARK}'"
    return axis | ({"labelExpr": label} if label != "datum.label" else {})


def _legend_items(
    rows: list[Row], has_all_labels: bool, has_unknown_counts: bool, unknown_tolls: str
) -> list[LegendItem]:
    """Return what the marks mean.

    `has_all_labels` if all best estimates are above the bars as numbers, `has_unknown_counts` if the tolls without a
    number, described by `unknown_tolls`, are counted in the picture.
    """
    items = [LegendItem("events", fill=BLUE)]
    any_range = any(map(has_range, rows))
    if any(row["killed_best"] is not None for row in rows):
        items.append(LegendItem("killed, at least" if any_range else "killed", fill=VERMILION))
    if any_range:
        items.append(LegendItem("at most", fill=LIGHT_VERMILION, stroke=VERMILION))
    if any(has_range(row) or zero_but_uncertain(row) for row in rows):
        text = "best estimate, also the number above" if has_all_labels else "best estimate"
        items.append(LegendItem(text, "stroke", stroke=INK))
    if any(map(is_zero, rows)):
        items.append(LegendItem("0: nobody killed", "stroke", stroke=INK))
    if any(row["open"] for row in rows):
        items.append(LegendItem("no upper bound (+)", "triangle-up", VERMILION, area=50))
    if any(row["killed_best"] is None and unknown_count(row) for row in rows):
        items.append(LegendItem("no toll has a number (not zero)", fill=PAPER, stroke=SOFT))
    if any(map(unknown_count, rows)):
        question_mark = {"shape": "none", "letter": "?3"} if has_unknown_counts else {"stroke": SOFT, "area": 36}
        items.append(LegendItem(f"{'three' if has_unknown_counts else 'some'} {unknown_tolls}", **question_mark))
    if any(row["killed_best"] is None and not unknown_count(row) for row in rows):
        items.append(LegendItem("blank: none recorded", "none"))
    return items
