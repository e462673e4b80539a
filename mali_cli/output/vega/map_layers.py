"""The layers of a map, with markers, legend and notes: places by size of what happened, or by who held them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mali_cli.output.cell_values import format_number
from mali_cli.output.fatality_text import Row, format_fatalities, zero_but_uncertain
from mali_cli.output.map_data import (
    UNKNOWN_HOLDER,
    contested_first,
    holders_by_frequency,
    is_last_known,
    rows_with_point,
    size_value,
    unknown_fatalities,
)
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.label_placement import Marker
from mali_cli.output.vega.primitives import (
    BLUE,
    HUES,
    INK,
    LIGHT_VERMILION,
    PAPER,
    SOFT,
    VERMILION,
    LegendItem,
)
from mali_cli.output.vega.projection import MercatorView
from mali_cli.results import ChartRequest, pluralize

HOLDER_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
# Areas in square pixels.
MAX_CIRCLE_AREA = 1600  # on a map 720 pixels wide
MIN_CIRCLE_AREA = 20  # a smaller circle would not be seen beside a large one
UNSIZED_AREA, HOLDER_AREA, CONTESTED_AREA = 34, 95, 142.5
MIN_LARGEST_VALUE = 12  # if the largest number is smaller, its circle is smaller than MAX_CIRCLE_AREA
MAX_LISTED_NAMES = 12
PALE_OUTLINE = "#999999"


def layer_for(rows: list[Row], chart: ChartRequest) -> SizeLayer | ControlLayer:
    """Return the layer that a chart asks for, with those of the rows that have coordinates."""
    return ControlLayer(rows_with_point(rows), chart) if chart.as_of else SizeLayer(rows_with_point(rows), chart)


def list_names(names: Iterable[str]) -> str:
    """Return "A, B, C and 3 others", each name once."""
    unique = list(dict.fromkeys(escape_control(name) for name in names))
    others = len(unique) - MAX_LISTED_NAMES
    return ", ".join(unique[:MAX_LISTED_NAMES]) + (f" and {pluralize(others, 'others')}" if others > 0 else "")


class SizeLayer:
    """Places by their number of events or of people killed, as circles by area."""

    def __init__(self, rows: list[Row], chart: ChartRequest) -> None:
        self.measure = chart.measure
        self.is_of_killed = chart.measure == "dead"
        self.priority_places = chart.priority_places
        self.rows = [row for row in rows if not self.is_of_killed or self._value(row) is not None or self._unknown(row)]
        self.color = VERMILION if self.is_of_killed else BLUE
        self.largest_value = 0
        self.largest_area = float(MAX_CIRCLE_AREA)

    def _value(self, row: Row) -> int | None:
        return size_value(row, self.measure)

    def _unknown(self, row: Row) -> int:
        return unknown_fatalities(row, self.measure)

    def label_priority(self, marker: Marker) -> bool:
        """Return a sort key for labels: places named in the filters first, then the largest, as the rows are sorted."""
        return marker.row["place"] not in self.priority_places

    def markers(self, map_view: MercatorView, rows: list[Row]) -> list[Marker]:
        """Return the markers of these rows, and scale the circles to the largest of them."""
        self.largest_value = max((self._value(row) or 0 for row in rows), default=0)
        self.largest_area = MAX_CIRCLE_AREA * min(max(map_view.width / 720, 0.4), 1)
        return [self._marker(row, map_view) for row in rows if self.is_of_killed or row["events"]]

    def _marker(self, row: Row, map_view: MercatorView) -> Marker:
        value, name = self._value(row), escape_control(row["place"])
        point = map_view.project(row["longitude"], row["latitude"])
        if value is None:
            return Marker(row, *point, name, "circle", "transparent", SOFT, UNSIZED_AREA)
        label = f"{name}: {format_fatalities(row) if self.is_of_killed else format_number(value)}"
        if value == 0:
            fill = LIGHT_VERMILION if zero_but_uncertain(row) else PAPER
            return Marker(row, *point, label, "diamond", fill, self.color, UNSIZED_AREA)
        return Marker(row, *point, label, "circle", self.color, PAPER, self._area(value))

    def _scale_value(self) -> int:
        """Return the number that has the largest circle."""
        return max(self.largest_value, MIN_LARGEST_VALUE)

    def _area(self, value: int) -> float:
        return max(value / self._scale_value() * self.largest_area, MIN_CIRCLE_AREA)

    def _min_value_to_scale(self) -> int:
        """Return the smallest number whose circle is to scale, as smaller ones have MIN_CIRCLE_AREA."""
        return math.ceil(MIN_CIRCLE_AREA * self._scale_value() / self.largest_area)

    def legend_items(self, markers: list[Marker]) -> list[LegendItem]:
        noun = "people killed (best estimate)" if self.is_of_killed else "events"
        minimum = self._min_value_to_scale()
        values = [n for n in _round_values(self.largest_value) if n >= minimum]
        items = [LegendItem(f"{noun}:", "none")] if values else []
        items += [LegendItem(format_number(n), "circle", self.color, PAPER, self._area(n)) for n in values]
        if any(0 < (self._value(marker.row) or 0) < minimum for marker in markers):
            text = f"under {format_number(minimum)} not to scale"
            items.append(LegendItem(text, "circle", self.color, PAPER, MIN_CIRCLE_AREA))
        diamonds = {marker.fill for marker in markers if marker.shape == "diamond"}
        if PAPER in diamonds:
            items.append(LegendItem("nobody killed", "diamond", PAPER, self.color, UNSIZED_AREA))
        if LIGHT_VERMILION in diamonds:
            text = "best estimate 0, may be more"
            items.append(LegendItem(text, "diamond", LIGHT_VERMILION, self.color, UNSIZED_AREA))
        if any(marker.fill == "transparent" for marker in markers):
            items.append(LegendItem("fatalities unknown (not zero)", "circle", "transparent", SOFT, UNSIZED_AREA))
        if self.is_of_killed and any(marker.row["open"] for marker in markers):
            items.append(LegendItem("no upper bound", "none", letter="+"))
        return items

    def side_notes(self, rows: list[Row], markers: list[Marker]) -> list[str]:
        """Return what the markers cannot show: unknown fatalities at places that have a number."""
        unknown = sum(self._unknown(marker.row) for marker in markers if self._value(marker.row) is not None)
        if not unknown:
            return []
        return [f"At the places with a number, fatalities are unknown in {pluralize(unknown, 'more cases')}."]


def _round_values(largest: int) -> list[int]:
    """Return up to three round numbers for a legend of sizes, none over the largest number."""
    values = [m * 10**n for n in range(10) for m in (1, 2, 5) if m * 10**n <= largest]
    return sorted(values[::-1][:5:2])


class ControlLayer:
    """Places by who held them: a colour and shape for each holder, ! if contested, hollow if the holder is unknown.

    The colour is pale, and the name has the year of the statement, if the holder is only last known.
    """

    def __init__(self, rows: list[Row], chart: ChartRequest) -> None:
        held = [row for row in rows if row["holder"]]
        self.rows = contested_first(held)
        self.max_age = chart.max_age
        self.priority_places, self.nested_places = chart.priority_places, chart.nested_places
        self.symbols = {
            name: (HOLDER_SHAPES[i % len(HOLDER_SHAPES)], HUES[i % len(HUES)])
            for i, name in enumerate(holders_by_frequency(held))
        }

    def label_priority(self, marker: Marker) -> tuple[bool, bool]:
        """Return a sort key for labels: places named in the filters, then towns, then places within a town."""
        return marker.row["place"] not in self.priority_places, marker.row["place"] in self.nested_places

    def markers(self, map_view: MercatorView, rows: list[Row]) -> list[Marker]:
        return [self._marker(row, map_view) for row in rows]

    def _marker(self, row: Row, map_view: MercatorView) -> Marker:
        point, name = map_view.project(row["longitude"], row["latitude"]), escape_control(row["place"])
        if row["holder"] == UNKNOWN_HOLDER and not row["contested"]:
            return Marker(row, *point, name, "circle", "transparent", SOFT, UNSIZED_AREA)
        outline = INK
        if is_last_known(row):
            name, outline = f"{name} {row['holder_as_of'].year}", PALE_OUTLINE
        if row["contested"]:
            return Marker(row, *point, name, "circle", PAPER, outline, CONTESTED_AREA, "!")
        shape, color = self.symbols[row["holder"]]
        return Marker(row, *point, name, shape, pale(color) if is_last_known(row) else color, outline, HOLDER_AREA)

    def legend_items(self, markers: list[Marker]) -> list[LegendItem]:
        shown = {marker.row["holder"] for marker in markers if not marker.row["contested"]}
        items = [
            LegendItem(_holder_text(name), shape, color, INK, HOLDER_AREA)
            for name, (shape, color) in self.symbols.items()
            if name in shown
        ]
        if any(marker.letter for marker in markers):
            items.append(LegendItem("claimed or contested", "circle", PAPER, INK, CONTESTED_AREA, "!"))
        if any(is_last_known(marker.row) for marker in markers):
            text = f"pale, with a year: last known (statement older than {self.max_age})"
            items.append(LegendItem(text, "square", pale(SOFT), PALE_OUTLINE, HOLDER_AREA))
        if any(marker.fill == "transparent" for marker in markers):
            items.append(LegendItem("holder unknown", "circle", "transparent", SOFT, UNSIZED_AREA))
        return items

    def side_notes(self, rows: list[Row], markers: list[Marker]) -> list[str]:
        """Return what the markers cannot show: rival holders, places under others, and places without coordinates."""
        rivals = [
            f"{escape_control(marker.row['place'])} ({_holder_text(marker.row['holder'])})"
            for marker in markers
            if marker.letter
        ]
        covered = [
            f"{escape_control(marker.row['place'])} ({_holder_text(marker.row['holder'])})"
            f" by {escape_control(cover.row['place'])}"
            for i, marker in enumerate(markers)
            for cover in [next((above for above in markers[:i] if _covers_most_of(above, marker)), None)]
            if cover is not None
        ]
        unplaced = [row["place"] for row in rows if row["holder"] and row["latitude"] is None and row["place"]]
        notes = [f"Claimed or contested: {'; '.join(rivals)}."] if rivals else []
        notes += [f"Covered on the map: {'; '.join(covered)}."] if covered else []
        return notes + ([f"Not drawn, for lack of coordinates: {list_names(unplaced)}."] if unplaced else [])


def pale(color: str) -> str:
    """Return a colour such as #0072b2 mixed with two thirds of white."""
    channels = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{(channel + 2 * 255) // 3:02x}" for channel in channels)


def _holder_text(holder: str) -> str:
    return escape_control(holder).replace(";", ", ")


def _covers_most_of(upper: Marker, lower: Marker) -> bool:
    """Return whether less than about half of the lower marker is visible."""
    return math.dist((upper.x, upper.y), (lower.x, lower.y)) < math.sqrt(upper.area / math.pi) * 0.9
