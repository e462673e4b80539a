"""The labels of a map besides those of markers: areas with their events, countries, regions, the Niger, towns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mali_cli.output.map_data import EAST, NORTH, SOUTH, WEST
from mali_cli.output.vega.basemap import (
    ABROAD,
    BORDERS,
    COUNTRY_NAMES,
    LAND,
    line_layer,
    mali_ring,
    points_along,
)
from mali_cli.output.vega.label_placement import Rect
from mali_cli.output.vega.primitives import (
    INK,
    PAPER,
    SOFT,
    Spec,
    TextLabel,
    single_segment_layer,
    symbol_layer,
    text_width,
)
from mali_cli.output.vega.projection import MercatorView

Points = tuple[tuple[float, float], ...]  # longitude and latitude

# Where the name of a country may be, the best first; the first point of a country is in the outlines.
COUNTRY_POINTS: dict[str, Points] = {
    "Algeria": ((0.5, 22.8), (2.6, 21.0), (3.9, 19.9)),
    "Burkina Faso": ((-0.7, 14.4), (-1.8, 13.9), (-3.0, 12.9)),
    "Mauritania": ((-6.8, 17.0), (-7.5, 15.9), (-9.8, 15.9)),
    "Niger": ((4.6, 17.8), (3.9, 15.0), (1.6, 14.5)),
}
REGION_POINTS: dict[str, Points] = {
    "Gao": ((0.2, 16.9), (-0.7, 16.4), (0.6, 15.7), (-0.6, 17.3)),
    "Kayes": ((-10.4, 13.9), (-9.4, 14.6)),
    "Kidal": ((1.4, 19.3), (0.6, 18.9), (2.4, 18.4), (0.9, 20.2)),
    "Koulikoro": ((-7.5, 13.9), (-7.4, 14.8), (-7.9, 12.1)),
    "Mopti": ((-3.6, 14.2), (-2.4, 14.9), (-4.6, 15.1), (-2.9, 15.3)),
    "Ménaka": ((2.7, 16.5), (2.9, 15.7), (1.7, 16.9)),
    "Sikasso": ((-6.2, 11.2), (-5.6, 12.0), (-7.4, 11.2)),
    "Ségou": ((-6.0, 14.0), (-5.7, 13.2), (-5.6, 14.7)),
    "Timbuktu": ((-3.7, 20.4), (-3.1, 17.6), (-4.5, 17.0), (-2.2, 17.5)),
}
TOWNS: dict[str, tuple[float, float]] = {
    "Bamako": (-8.0, 12.64),
    "Gao": (-0.04, 16.27),
    "Kayes": (-11.44, 14.45),
    "Kidal": (1.41, 18.44),
    "Mopti": (-4.18, 14.49),
    "Ménaka": (2.4, 15.92),
    "Sikasso": (-5.67, 11.32),
    "Ségou": (-6.26, 13.45),
    "Taoudenni": (-3.98, 22.68),
    "Timbuktu": (-3.01, 16.77),
}
# The Niger from Guinea to Nigeria, simplified.
NIGER: Points = (
    *((-10.2, 9.7), (-9.9, 10.6), (-9.17, 11.42), (-8.75, 11.95), (-8.42, 11.93), (-8.0, 12.63), (-7.56, 12.87)),
    *((-6.27, 13.45), (-6.07, 13.69), (-5.36, 13.96), (-4.75, 14.2), (-4.18, 14.52), (-4.1, 15.3), (-3.99, 15.93)),
    *((-3.39, 16.26), (-3.0, 16.66), (-1.93, 16.82), (-1.4, 17.03), (-0.58, 16.95), (-0.35, 16.96), (-0.2, 16.7)),
    *((-0.06, 16.27), (0.5, 15.66), (0.7, 14.95), (1.45, 14.21), (2.1, 13.5), (2.4, 12.9), (3.45, 11.88), (4.5, 10.4)),
)
NIGER_POINTS: Points = ((-2.0, 16.65), (-5.6, 13.75), (0.35, 15.9), (1.6, 13.7))
RIVER = "#8fb8d4"
# Where the number of events of an area goes that has no point of its own.
AREA_POINTS: dict[str, Points] = {
    "Central Mali": ((-5.6, 15.2), (-3.3, 13.6)),
    "Mali": ((-3.6, 19.4), (-4.6, 18.2), (-9.0, 13.4)),
    "Northern Mali": ((-2.4, 21.4), (-1.8, 20.2)),
    "Southern Mali": ((-7.0, 11.6), (-9.2, 12.8)),
}
AREA_FONT_SIZE, COUNTRY_FONT_SIZE, REGION_FONT_SIZE, TOWN_FONT_SIZE = 10.5, 10, 9.5, 9.5
SHIFTS = (0, -14, 14, -28, 28)  # pixels down from where a name would best be
TOWN_DOT_AREA = 12
LOCATOR_WIDTH, LOCATOR_MARGIN = 66, 6


class AreaLabel(NamedTuple):
    """The number of an area in a box, with the text that is read out for it."""

    text: str
    points: Points
    description: str


class GroundLabels:
    """The labels placed so far, none over another or over what occupies the map."""

    def __init__(self, map_view: MercatorView, occupied: Iterable[Rect]) -> None:
        self.map_view = map_view
        self.occupied = list(occupied)
        self.labels: list[TextLabel] = []
        self.boxes: list[Spec] = []
        self.towns: list[Spec] = []

    def add_areas(self, areas: Iterable[AreaLabel]) -> list[AreaLabel]:
        """Place the boxes of areas, and return those that have no room or are outside the map."""
        left_out = []
        for area in areas:
            label = TextLabel(0, 0, area.text, AREA_FONT_SIZE, INK, "center")
            rect = self._place(label, area.points, padding=4)
            if rect is None:
                left_out.append(area)
                continue
            ends = {"x": rect.left, "y": rect.top, "x2": rect.right, "y2": rect.bottom}
            self.boxes.append({**{end: round(at, 1) for end, at in ends.items()}, "description": area.description})
        return left_out

    def add_countries(self, outlines: Spec) -> None:
        """Place the names of countries that are clear of borders."""
        borders = [self.map_view.project(*p) for border in outlines["lines"] for p in points_along(border["line"])]
        for name, best in outlines["names"].items():
            label = TextLabel(0, 0, name.upper(), COUNTRY_FONT_SIZE, COUNTRY_NAMES, "center", italic=True)
            self._place(label, (tuple(best), *COUNTRY_POINTS.get(name, ())), lines_to_avoid=borders)

    def add_regions(self, emphasized: frozenset[str], marked: set[str]) -> None:
        """Place the names of regions without a marker of their own, those of the filters in bold."""
        for name in sorted(REGION_POINTS.keys() - marked, key=lambda name: (name not in emphasized, name)):
            is_bold = name in emphasized
            color = INK if is_bold else BORDERS
            label = TextLabel(0, 0, name.upper(), REGION_FONT_SIZE, color, "center", bold=is_bold)
            self._place(label, REGION_POINTS[name], shifts=SHIFTS[:3])  # no further, or it would name another region

    def add_river(self) -> None:
        label = TextLabel(0, 0, "River Niger", REGION_FONT_SIZE, "#5b8aa8", "center", italic=True)
        self._place(label, NIGER_POINTS)

    def add_towns(self, marked: Iterable[str]) -> None:
        """Place towns as small grey dots with their names, unless they have a marker."""
        for name, point in TOWNS.items():
            x, y = self.map_view.project(*point)
            dot = Rect(x - 3, y - 3, x + 3, y + 3)
            if name in marked or not self._is_free(dot):
                continue
            label = TextLabel(x + 5, y, name, TOWN_FONT_SIZE, COUNTRY_NAMES)
            width = text_width(name, TOWN_FONT_SIZE)
            for align, left in (("left", x + 5), ("right", x - 5 - width)):
                rect = Rect(left, y - 6, left + width, y + 6)
                if self._is_free(rect):
                    anchor = x + 5 if align == "left" else x - 5
                    self.labels.append(label._replace(x=anchor, align=align))
                    self.occupied += [rect, dot]
                    look = {"shape": "circle", "fill": COUNTRY_NAMES, "stroke": PAPER, "size": TOWN_DOT_AREA}
                    self.towns.append({"x": round(x, 1), "y": round(y, 1), **look})
                    break

    def _is_free(self, rect: Rect) -> bool:
        return self.map_view.rect.encloses(rect) and not any(rect.overlaps(other) for other in self.occupied)

    def _place(
        self,
        label: TextLabel,
        points: Points,
        padding: float = 1,
        shifts: tuple[int, ...] = SHIFTS,
        lines_to_avoid: Iterable[tuple[float, float]] = (),
    ) -> Rect | None:
        """Place a label at the first free of these points, or a little above or below it; return its rectangle."""
        half_width = text_width(label.text, label.size, label.bold) / 2 + padding
        half_height = label.size * 0.6 + padding
        for point in points:
            x, best_y = self.map_view.project(*point)
            for y in (best_y + shift for shift in shifts):
                rect = Rect(x - half_width, y - half_height, x + half_width, y + half_height)
                if not self._is_free(rect):
                    continue
                if any(rect.left < bx < rect.right and rect.top < by < rect.bottom for bx, by in lines_to_avoid):
                    continue
                self.labels.append(label._replace(x=x, y=y))
                self.occupied.append(rect)
                return rect
        return None


def river_layer(map_view: MercatorView) -> Spec:
    """Return the course of the Niger."""
    return line_layer(map_view, [[list(point) for point in NIGER]], stroke=RIVER, strokeWidth=1.6)


def locator_rect(map_view: MercatorView, occupied: list[Rect]) -> Rect | None:
    """Return the corner for a locator, on a map of a part of Mali that has a free one."""
    whole = _whole_country(LOCATOR_WIDTH)
    if map_view.contains_area(WEST, SOUTH, EAST, NORTH):
        return None
    right, bottom = map_view.width - LOCATOR_MARGIN, map_view.height - LOCATOR_MARGIN
    left, top = right - whole.width, bottom - whole.height
    low, high = LOCATOR_MARGIN, LOCATOR_MARGIN + whole.height
    corners = (Rect(left, low, right, high), Rect(left, top, right, bottom), Rect(low, low, low + whole.width, high))
    return next((corner for corner in corners if not any(corner.overlaps(other) for other in occupied)), None)


def locator_layers(map_view: MercatorView, rect: Rect, outlines: Mapping[str, list[Spec]]) -> list[Spec]:
    """Return a small map of Mali with a frame around what the large one shows."""
    whole = _whole_country(rect.right - rect.left)
    inset = whole._replace(x=whole.x + rect.left, y=whole.y + rect.top)
    west, north = map_view.unproject(0, 0)
    east, south = map_view.unproject(map_view.width, map_view.height)
    (x, y), (x2, y2) = inset.project(west, north), inset.project(east, south)
    shown = {"x": max(x, rect.left), "y": max(y, rect.top), "x2": min(x2, rect.right), "y2": min(y2, rect.bottom)}
    # As a symbol, whose unit is a pixel if its area is 4: all shapes of a view have the same projection.
    corners = [inset.project(*point) for point in mali_ring(outlines["lines"])]
    path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in corners) + "Z"
    ground = {"type": "rect", "fill": ABROAD, "stroke": BORDERS, "strokeWidth": 0.8, "aria": False}
    frame = {"type": "rect", "fill": None, "stroke": INK, "strokeWidth": 1.2, "aria": False}
    return [
        single_segment_layer({"x": rect.left, "y": rect.top, "x2": rect.right, "y2": rect.bottom}, ground),
        symbol_layer([{"x": 0, "y": 0, "shape": path, "fill": LAND, "stroke": SOFT, "size": 4}]),
        single_segment_layer(shown, frame),
    ]


def _whole_country(width: float) -> MercatorView:
    return MercatorView.covering(WEST, SOUTH, EAST, NORTH, width)
