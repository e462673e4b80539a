"""The map as a chart: Mali, its regions and its neighbours, with the markers and names of places."""

from __future__ import annotations

from collections.abc import Callable

from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import empty_map_message, list_names, load_outlines, mark_noun
from mali_cli.output.vega.basemap import (
    ABROAD,
    frame_layer,
    outline_layers,
    scale_bar_layers,
    scale_bar_rect,
)
from mali_cli.output.vega.ground_labels import GroundLabels, locator_layers, locator_rect, river_layer
from mali_cli.output.vega.label_placement import LeaderLine, Marker, PlacedNames, Rect, place_names
from mali_cli.output.vega.layout import PANEL_GAP, Picture, Room
from mali_cli.output.vega.map_layers import layer_for
from mali_cli.output.vega.primitives import (
    PAPER,
    SOFT,
    LegendItem,
    Spec,
    legend,
    segment_layer,
    symbol_layer,
    text_layers,
    view,
    with_descriptions,
)
from mali_cli.output.vega.projection import MercatorView, fit_view, rows_near_mali
from mali_cli.results import ChartRequest, pluralize

LARGE_AREAS = frozenset({"area", "country", "region"})  # more than what is around their points belongs to the map
AREA_ITEM = LegendItem("box: reported for the whole area, not for a place", "square", PAPER, SOFT, 80)


def empty_message(rows: list[Row], chart: ChartRequest) -> str:
    """Return what to say if none of the rows is on the map, otherwise an empty string."""
    return "" if rows_near_mali(layer_for(rows, chart).rows) else empty_map_message(chart)


def draw_map(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the map with its legend, and the notes that belong beside them.

    At least one of the rows must be on the map. `describe` returns the text that is read out for the marker of a row.
    """
    layer = layer_for(rows, chart)
    near = [] if chart.area in LARGE_AREAS else rows_near_mali(layer.rows)
    map_view = fit_view(near, room.width)
    if room.max_height is not None and map_view.height > room.max_height:
        map_view = fit_view(near, room.width * room.max_height / map_view.height)
    inside = [row for row in layer.rows if map_view.contains(row)]
    outside = [row for row in layer.rows if not map_view.contains(row)]
    markers = layer.markers(map_view, inside)
    outlines, reserved = load_outlines(), [scale_bar_rect(map_view)]
    locator = locator_rect(map_view, [*reserved, *(marker.rect for marker in markers)])
    reserved += [locator] if locator else []
    names = place_names(sorted(markers, key=layer.label_priority), map_view.rect, reserved)
    ground = GroundLabels(map_view, [*reserved, *(marker.rect for marker in markers), *names.occupied])
    left_out = ground.add_areas(layer.area_labels(rows, describe, outlines))
    ground.add_countries(outlines)
    marked = {row["place"] for row in inside}
    ground.add_regions(chart.regions, marked if chart.area == "region" else set())
    ground.add_river()
    ground.add_towns(marked)
    notes = layer.side_notes(rows, markers, names.shortened)
    if left_out:
        areas = list_names(area.text for area in left_out)
        notes.append(f"Without a box, for lack of room or because they are outside the map: {areas}.")
    if outside:
        notes.append(f"Outside the map: {list_names(row['place'] for row in outside)}.")
    if unnamed := len(markers) - len(names.labels):
        notes.append(f"Names omitted for lack of space: {pluralize(unnamed, mark_noun(chart))}.")
    inset = locator_layers(map_view, locator, outlines) if locator else []
    layers = [*_ground_layers(map_view, outlines, ground, inset), *_place_layers(map_view, markers, names, describe)]
    panel = view(map_view.width, map_view.height, layers)
    panel["view"] = {"stroke": None, "fill": ABROAD}
    legend_width = room.width - (map_view.width + PANEL_GAP if room.legend_is_beside else 0)
    items = [*layer.legend_items(markers), *([AREA_ITEM] if ground.boxes else [])]
    return Picture([panel], legend(items, legend_width, 0), 0.0, notes)


def _ground_layers(map_view: MercatorView, outlines: Spec, ground: GroundLabels, inset: list[Spec]) -> list[Spec]:
    """Return what is below the markers, with the numbers of areas in boxes."""
    box = {"type": "rect", "fill": PAPER, "stroke": SOFT, "strokeWidth": 0.8, "cornerRadius": 2}
    boxes = with_descriptions(segment_layer(ground.boxes, box))
    return [
        *outline_layers(map_view, outlines),
        river_layer(map_view),
        *scale_bar_layers(map_view),
        *inset,
        *([boxes] if ground.boxes else []),
        symbol_layer(ground.towns),
        *text_layers(ground.labels),
    ]


def _place_layers(
    map_view: MercatorView, markers: list[Marker], names: PlacedNames, describe: Callable[[Row], str]
) -> list[Spec]:
    """Return the markers with their names, and the frame of the map."""
    return [
        _marker_layer(markers, describe),
        _leader_layer(names.leaders),
        _name_background_layer(names.rects),
        *text_layers(names.labels),
        frame_layer(map_view),
    ]


def _marker_layer(markers: list[Marker], describe: Callable[[Row], str]) -> Spec:
    """Return the markers, the first ones on top.

    Circles by size, which are translucent, are in order of size: the smaller lie on top of the larger.
    """
    translucent = [marker for marker in markers if marker.stroke == PAPER]
    solid = [marker for marker in markers if marker.stroke != PAPER]
    values = []
    for marker in [*sorted(translucent, key=lambda marker: -marker.area), *reversed(solid)]:
        values += [
            _symbol(marker.x + part.dx, marker.y, part.shape, part.fill, part.stroke, part.area)
            for part in marker.parts
        ]
        values.append(
            {
                **_symbol(marker.x, marker.y, marker.shape, marker.fill, marker.stroke, marker.area),
                "opacity": 0 if marker.parts else 0.75 if marker.stroke == PAPER else 1,
                "description": describe(marker.row),
            }
        )
    layer = with_descriptions(symbol_layer(values, aria=True))
    layer["encoding"]["fillOpacity"] = {"field": "opacity", "type": "quantitative", "scale": None}
    return layer


def _symbol(x: float, y: float, shape: str, fill: str, stroke: str, area: float) -> Spec:
    look = {"shape": shape, "fill": fill, "stroke": stroke, "size": round(area, 3), "opacity": 1}
    return {"x": round(x, 2), "y": round(y, 2), **look, "description": ""}


def _segments(ends: list[Rect] | list[LeaderLine]) -> list[Spec]:
    return [dict(zip(("x", "y", "x2", "y2"), (round(value, 1) for value in end), strict=True)) for end in ends]


def _name_background_layer(rects: list[Rect]) -> Spec:
    """Return lighter backgrounds of names, so that no line runs through their letters."""
    mark = {"type": "rect", "fill": PAPER, "fillOpacity": 0.65, "cornerRadius": 3, "aria": False}
    return segment_layer(_segments(rects), mark)


def _leader_layer(leaders: list[LeaderLine]) -> Spec:
    return segment_layer(_segments(leaders), {"type": "rule", "color": SOFT, "strokeWidth": 0.8, "aria": False})
