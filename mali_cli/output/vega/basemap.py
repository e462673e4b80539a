"""The ground of a map: land, borders, names of countries, scale bar and frame."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from mali_cli.output.cell_values import format_number
from mali_cli.output.vega.label_placement import Rect
from mali_cli.output.vega.primitives import (
    FAINT,
    SOFT,
    Spec,
    TextLabel,
    single_segment_layer,
    text_layers,
    text_width,
)
from mali_cli.output.vega.projection import MercatorView

LAND, ABROAD, REGIONS, BORDERS, COUNTRY_NAMES = "#fbfaf5", "#e9ebee", "#cfccc0", "#9a9a9a", "#6b6b6b"
SCALE_FONT_SIZE = 9.5
SCALE_BAR_SHARE = 1 / 6  # of the width of the map


def outline_layers(map_view: MercatorView, outlines: Spec) -> list[Spec]:
    """Return Mali as a filled shape, the borders of other countries, and the lines between its regions."""
    malian = [border["line"] for border in outlines["lines"] if "Mali" in border["of"]]
    foreign = [border["line"] for border in outlines["lines"] if "Mali" not in border["of"]]
    return [
        _shape(map_view, {"type": "Polygon", "coordinates": [_ring(malian)]}, fill=LAND, stroke=None),
        line_layer(map_view, foreign, stroke=BORDERS, strokeWidth=0.8),
        line_layer(map_view, outlines["regions"], stroke=REGIONS, strokeWidth=0.8),
        line_layer(map_view, malian, stroke=SOFT, strokeWidth=1.3),
    ]


def _ring(lines: list[list[list[float]]]) -> list[list[float]]:
    """Return lines that meet end to end as one closed ring, clockwise, as Vega fills shapes on a globe."""
    unused = lines[1:]
    ring = list(lines[0])
    while unused:
        line = next(line for line in unused if ring[-1] in (line[0], line[-1]))
        unused.remove(line)
        ring += line[1:] if line[0] == ring[-1] else line[-2::-1]
    signed_area = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring))
    return ring if signed_area > 0 else ring[::-1]


def mali_ring(lines: list[Spec]) -> list[list[float]]:
    """Return the border of Mali as one closed ring."""
    return _ring([border["line"] for border in lines if "Mali" in border["of"]])


def line_layer(map_view: MercatorView, coordinates: list[Any], **style: Any) -> Spec:
    """Return lines of longitudes and latitudes."""
    return _shape(map_view, {"type": "MultiLineString", "coordinates": coordinates}, **style)


def _shape(map_view: MercatorView, geometry: Spec, **style: Any) -> Spec:
    position = {"scale": map_view.scale, "translate": [map_view.x, map_view.y]}
    projection = {"type": "mercator", "precision": 0, **position}  # precision 0: straight lines between points
    feature = {"type": "Feature", "geometry": geometry, "properties": {}}
    mark = {"type": "geoshape", "filled": "fill" in style, "clip": True, "aria": False, "strokeJoin": "round", **style}
    return {"data": {"values": [feature]}, "projection": projection, "mark": mark}


def points_along(line: list[list[float]], step: float = 0.1) -> Iterable[tuple[float, float]]:
    """Yield points on a line that are at most a step in degrees apart."""
    for (x, y), (to_x, to_y) in pairwise(line):
        parts = max(int(max(abs(to_x - x), abs(to_y - y)) / step), 1)
        yield from ((x + (to_x - x) * n / parts, y + (to_y - y) * n / parts) for n in range(parts + 1))


def _scale_bar(map_view: MercatorView) -> tuple[int, float]:
    """Return the length of the scale bar: a round number of kilometres, and its pixels."""
    km_per_pixel = map_view.km_per_pixel
    longest = max(map_view.width * SCALE_BAR_SHARE * km_per_pixel, 1)
    kilometres = max(m * 10**n for n in range(5) for m in (1, 2, 5) if m * 10**n <= longest)
    return kilometres, kilometres / km_per_pixel


def scale_bar_rect(map_view: MercatorView) -> Rect:
    """Return the area that the scale bar takes."""
    kilometres, pixels = _scale_bar(map_view)
    width = max(pixels, text_width(f"{format_number(kilometres)} km", SCALE_FONT_SIZE))
    return Rect(0, map_view.height - 32, 20 + width, map_view.height)


def scale_bar_layers(map_view: MercatorView) -> list[Spec]:
    """Return the scale bar with its length in kilometres."""
    kilometres, pixels = _scale_bar(map_view)
    x, y = 14, map_view.height - 12
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 2, "aria": False}
    label = TextLabel(x, y - 10, f"{format_number(kilometres)} km", SCALE_FONT_SIZE, SOFT)
    return [single_segment_layer({"x": x, "x2": x + pixels, "y": y}, mark), *text_layers([label])]


def frame_layer(map_view: MercatorView) -> Spec:
    """Return the frame around the map."""
    mark = {"type": "rect", "fill": None, "stroke": FAINT, "aria": False}
    return single_segment_layer({"x": 0, "x2": map_view.width, "y": 0, "y2": map_view.height}, mark)
