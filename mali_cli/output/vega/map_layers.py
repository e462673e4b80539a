"""The places of a map by how many events or people killed they have, with their legend and notes."""

from __future__ import annotations

import math
from collections.abc import Callable

from mali_cli.output.cell_values import format_number
from mali_cli.output.fatality_text import Row, format_fatalities, zero_but_uncertain
from mali_cli.output.map_data import (
    measure_words,
    rows_with_point,
    size_value,
    unknown_fatalities,
)
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.ground_labels import AREA_POINTS, AreaLabel
from mali_cli.output.vega.holder_layer import HolderLayer
from mali_cli.output.vega.label_placement import Marker
from mali_cli.output.vega.primitives import (
    BLUE,
    LIGHT_VERMILION,
    PAPER,
    SOFT,
    VERMILION,
    LegendItem,
    Spec,
)
from mali_cli.output.vega.projection import MercatorView
from mali_cli.results import ChartRequest, pluralize

# Areas in square pixels.
MAX_CIRCLE_AREA = 1600  # on a map 720 pixels wide
MIN_CIRCLE_AREA = 20  # a smaller circle would not be seen beside a large one
UNSIZED_AREA = 34
MIN_LARGEST_VALUE = 12  # if the largest number is smaller, its circle is smaller than MAX_CIRCLE_AREA


def layer_for(rows: list[Row], chart: ChartRequest) -> SizeLayer | HolderLayer:
    """Return the layer that a chart asks for, with those of the rows that have coordinates."""
    return HolderLayer(rows_with_point(rows), chart) if chart.as_of else SizeLayer(rows_with_point(rows), chart)


class SizeLayer:
    """Places by their number of events or of people killed, as circles by area."""

    def __init__(self, rows: list[Row], chart: ChartRequest) -> None:
        self.chart, self.measure = chart, chart.measure
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

    def area_labels(self, rows: list[Row], describe: Callable[[Row], str], outlines: Spec) -> list[AreaLabel]:
        """Return the numbers of regions, areas and countries, which have no point, the largest first."""
        labels = []
        for row in rows:
            value, place = self._value(row), row["place"]
            best = [outlines["names"][place]] if place in outlines["names"] else []
            best += [self.chart.area_points[place]] if place in self.chart.area_points else []
            points = (*AREA_POINTS.get(place, ()), *((float(x), float(y)) for x, y in best))
            if value and points and row["latitude"] is None:
                number = format_fatalities(row) if self.is_of_killed else format_number(value)
                labels.append(AreaLabel(f"{escape_control(place)}: {number}", points, describe(row)))
        return labels

    def _scale_value(self) -> int:
        """Return the number that has the largest circle."""
        return max(self.largest_value, MIN_LARGEST_VALUE)

    def _area(self, value: int) -> float:
        return max(value / self._scale_value() * self.largest_area, MIN_CIRCLE_AREA)

    def _min_value_to_scale(self) -> int:
        """Return the smallest number whose circle is to scale, as smaller ones have MIN_CIRCLE_AREA."""
        return math.ceil(MIN_CIRCLE_AREA * self._scale_value() / self.largest_area)

    def legend_items(self, markers: list[Marker]) -> list[LegendItem]:
        minimum = self._min_value_to_scale()
        values = [n for n in _round_values(self.largest_value) if n >= minimum]
        items = [LegendItem(measure_words(self.chart), "none")] if values else []
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
            text = "0 or blank: none or not stated" if self.chart.area else "dead mentioned, no number"
            items.append(LegendItem(text, "circle", "transparent", SOFT, UNSIZED_AREA))
        if self.is_of_killed and any(marker.row["open"] for marker in markers):
            items.append(LegendItem("no upper bound", "none", letter="+"))
        return items

    def side_notes(self, rows: list[Row], markers: list[Marker], shortened: list[Marker]) -> list[str]:
        """Return what the markers cannot show: unknown fatalities at places that have a number."""
        unknown = sum(self._unknown(marker.row) for marker in markers if self._value(marker.row) is not None)
        if not unknown or self.chart.area:  # whose notes count the records of 0
            return []
        return [f"Places with a number have {pluralize(unknown, 'more tolls')} without one."]


def _round_values(largest: int) -> list[int]:
    """Return up to three round numbers for a legend of sizes, none over the largest number."""
    values = [m * 10**n for n in range(10) for m in (1, 2, 5) if m * 10**n <= largest]
    return sorted(values[::-1][:5:2])
