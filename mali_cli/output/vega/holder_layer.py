"""The places of a map by who held them: a sign for each group in the colour of its camp, which fades with age."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from mali_cli.model.vocabulary import UNKNOWN_HOLDER
from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import (
    AGE_TEXTS,
    CAMPS,
    Age,
    age_of_statement,
    contested_first,
    label_with_year,
    list_names,
    rivals_text,
    split_holders,
)
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.camps import CAMP_COLORS, age_fill, camp_color, mix
from mali_cli.output.vega.ground_labels import AreaLabel
from mali_cli.output.vega.label_placement import Marker, MarkerPart
from mali_cli.output.vega.primitives import INK, PAPER, SOFT, LegendItem, Spec
from mali_cli.output.vega.projection import MercatorView
from mali_cli.results import ChartRequest

STAR = "M0,-1L.24,-.32L.95,-.31L.38,.12L.59,.81L0,.4L-.59,.81L-.38,.12L-.95,-.31L-.24,-.32Z"
HEXAGON = "M.9,0L.45,.78L-.45,.78L-.9,0L-.45,-.78L.45,-.78Z"
HOURGLASS = "M-.8,-.8L.8,-.8L-.8,.8L.8,.8Z"
BOW_TIE = "M-.8,-.8L-.8,.8L.8,-.8L.8,.8Z"
SHAPES = (
    *("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", STAR, HEXAGON),
    *("triangle-left", "triangle-right", HOURGLASS, BOW_TIE),
)
HOLDER_AREA, RIVALS_AREA, UNKNOWN_AREA = 95, 150, 34  # square pixels
SIGN_STEP = 10.5  # pixels between the signs of groups that hold a place together


class Sign(NamedTuple):
    """The shape and the colour of a group, the same in all maps."""

    shape: str
    color: str


def sign_of(group: str, chart: ChartRequest) -> Sign:
    """Return the sign of a group: the colour of its camp, and its own shape among the holders of that camp."""
    camp, color = chart.camps.get(group, "other"), camp_color(group, chart.camps)
    rank = [name for name, other in chart.camps.items() if other == camp].index(group)
    return Sign(SHAPES[rank % len(SHAPES)], color if rank < len(SHAPES) else mix(color, INK, 0.5))


class HolderLayer:
    """Places by who held them, each with the year of the statement.

    Signs side by side hold a place together; a circle in several colours is claimed or contested.
    """

    def __init__(self, rows: list[Row], chart: ChartRequest) -> None:
        self.chart = chart
        self.priority_places, self.nested_places = chart.priority_places, chart.nested_places
        held = contested_first([row for row in rows if row["holder"]])
        # The first is drawn above the others: a town above its airport or camp.
        self.rows = sorted(held, key=lambda row: row["place"] in self.nested_places)

    def label_priority(self, marker: Marker) -> tuple[bool, bool, int, bool]:
        """Return a sort key for labels: places named in the filters, then towns, of these the newest statements."""
        row = marker.row
        age = Age.STALE if row["holder"] == UNKNOWN_HOLDER else age_of_statement(row, self.chart)
        return row["place"] not in self.priority_places, row["place"] in self.nested_places, age.value, row["contested"]

    def markers(self, map_view: MercatorView, rows: list[Row]) -> list[Marker]:
        return [self._marker(row, map_view) for row in rows]

    def _marker(self, row: Row, map_view: MercatorView) -> Marker:
        point, name = map_view.project(row["longitude"], row["latitude"]), label_with_year(row)
        groups = split_holders(row)
        if groups == [UNKNOWN_HOLDER] and not row["contested"]:
            return Marker(row, *point, name, "circle", "transparent", SOFT, UNKNOWN_AREA)
        age = age_of_statement(row, self.chart)
        if row["contested"]:
            parts = self._sectors(groups, age)
            label = f"{name}: {rivals_text(row)}"
            outline = INK if age is Age.FRESH else SOFT
            return Marker(row, *point, label, "circle", PAPER, outline, RIVALS_AREA, parts=parts, short_name=name)
        looks = [self._faded(group, age) for group in groups]
        if len(looks) == 1:
            return Marker(row, *point, name, *looks[0], HOLDER_AREA)
        left = -(len(looks) - 1) / 2 * SIGN_STEP
        parts = tuple(MarkerPart(*look, HOLDER_AREA, left + i * SIGN_STEP) for i, look in enumerate(looks))
        area = (len(looks) * SIGN_STEP) ** 2
        return Marker(row, *point, name, "circle", PAPER, "transparent", area, parts=parts)

    def _faded(self, group: str, age: Age) -> tuple[str, str, str]:
        """Return shape, fill and outline of a group by the age of the statement."""
        sign = sign_of(group, self.chart)
        return sign.shape, age_fill(sign.color, age), INK if age is Age.FRESH else sign.color

    def _sectors(self, groups: list[str], age: Age) -> tuple[MarkerPart, ...]:
        """Return a circle in the colours of the rivals; a claim that nobody disputes fills half of it."""
        looks = [("", PAPER, SOFT) if group == UNKNOWN_HOLDER else self._faded(group, age) for group in groups]
        number = max(len(looks), 2)
        return tuple(
            MarkerPart(_sector(i, number), fill, stroke, RIVALS_AREA) for i, (_, fill, stroke) in enumerate(looks)
        )

    def area_labels(self, rows: list[Row], describe: Callable[[Row], str], outlines: Spec) -> list[AreaLabel]:
        """Return none: events are not drawn on a map of holders."""
        return []

    def legend_items(self, markers: list[Marker]) -> list[LegendItem]:
        shown = {group for marker in markers for group in split_holders(marker.row)}
        items = []
        for camp, title in CAMPS.items():
            groups = [group for group, other in self.chart.camps.items() if other == camp and group in shown]
            signs = [(group, sign_of(group, self.chart)) for group in groups]
            items += [LegendItem(f"{title}:", "none")] if groups else []
            items += [LegendItem(escape_control(group), *sign, INK, HOLDER_AREA) for group, sign in signs]
        return items + self._age_items(markers) + self._other_items(markers)

    def _age_items(self, markers: list[Marker]) -> list[LegendItem]:
        """Return what the fading means, for the ages on the map, in grey."""
        ages = {
            age_of_statement(marker.row, self.chart) for marker in markers if marker.row["holder"] != UNKNOWN_HOLDER
        }
        grey = CAMP_COLORS["other"]
        items = [
            LegendItem(AGE_TEXTS[age], "square", age_fill(grey, age), INK if age is Age.FRESH else grey, HOLDER_AREA)
            for age in Age
            if age in ages
        ]
        return [LegendItem("The year is that of the statement:", "none"), *items] if items else []

    def _other_items(self, markers: list[Marker]) -> list[LegendItem]:
        items = []
        if any(len(split_holders(marker.row)) > 1 and not marker.row["contested"] for marker in markers):
            items.append(LegendItem("signs side by side: held together", "none"))
        if any(marker.row["contested"] for marker in markers):
            items.append(
                LegendItem("circle in the colours of rivals: claimed or contested", "circle", PAPER, INK, RIVALS_AREA)
            )
        if any(marker.fill == "transparent" for marker in markers):
            items.append(LegendItem("holder unknown", "circle", "transparent", SOFT, UNKNOWN_AREA))
        return items

    def side_notes(self, rows: list[Row], markers: list[Marker], shortened: list[Marker]) -> list[str]:
        """Return what markers and labels cannot show: rivals, places under others, and places without coordinates."""
        rivals = [f"{escape_control(marker.row['place'])} ({rivals_text(marker.row)})" for marker in shortened]
        covered = [
            f"{escape_control(marker.row['place'])} ({rivals_text(marker.row)}) by {escape_control(cover.row['place'])}"
            for i, marker in enumerate(markers)
            for cover in [next((above for above in markers[:i] if _covers_most_of(above, marker)), None)]
            if cover is not None
        ]
        unplaced = [row["place"] for row in rows if row["holder"] and row["latitude"] is None and row["place"]]
        notes = [f"Claimed or contested: {'; '.join(rivals)}."] if rivals else []
        notes += [f"Covered on the map: {'; '.join(covered)}."] if covered else []
        return notes + ([f"Not drawn, for lack of coordinates: {list_names(unplaced)}."] if unplaced else [])


def _sector(i: int, number: int) -> str:
    """Return the path of one of the equal sectors of a circle, from the left clockwise by halves."""
    start, end = (math.pi / 2 + 2 * math.pi * n / number for n in (i, i + 1))
    ends = [f"{math.cos(angle):.3f},{math.sin(angle):.3f}" for angle in (start, end)]
    return f"M0,0L{ends[0]}A1,1,0,0,1,{ends[1]}Z"


def _covers_most_of(upper: Marker, lower: Marker) -> bool:
    """Return whether less than about half of the lower marker is visible."""
    return math.dist((upper.x, upper.y), (lower.x, lower.y)) < math.sqrt(upper.area / math.pi) * 0.9
