"""Draw the map tiles of the site from our outlines, so that no request leaves the machine."""

from __future__ import annotations

import functools
import html
import json
import math
from collections.abc import Iterable
from typing import NamedTuple

from mali_cli.model import schema
from mali_cli.model.geo import mercator_y

TILE_PIXELS = 256  # width of a tile, and of the whole world at zoom 0, as in every web map
LABEL_PIXELS = 12
MIN_LABEL_ZOOM = 4  # further out there is no room for the names of countries


class Outlines(NamedTuple):
    """The outlines as SVG, in pixels of the world at zoom 0."""

    borders: str  # path data of national borders and coasts
    regions: str  # path data of the borders between regions of Mali
    labels: list[tuple[str, float, float]]  # name of a country (escaped), x, y


def tile_svg(zoom: int, x: int, y: int) -> str:
    """Return one tile as SVG: all outlines, of which the view box shows the part on this tile."""
    side = TILE_PIXELS / 2**zoom
    borders, regions, labels = _outlines()
    font = f'fill="#767676" font-family="sans-serif" font-size="{LABEL_PIXELS * side / TILE_PIXELS:.6f}"'
    texts = "".join(f'<text x="{x:.4f}" y="{y:.4f}" text-anchor="middle">{name}</text>' for name, x, y in labels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TILE_PIXELS}" height="{TILE_PIXELS}" '
        f'viewBox="{x * side:.6f} {y * side:.6f} {side:.6f} {side:.6f}">'
        f'<g fill="none" stroke="#767676"><path d="{regions}" stroke-width="0.4" vector-effect="non-scaling-stroke"/>'
        f'<path d="{borders}" stroke-width="1.2" vector-effect="non-scaling-stroke"/></g>'
        f"{f'<g {font}>{texts}</g>' if zoom >= MIN_LABEL_ZOOM else ''}</svg>"
    )


@functools.cache
def _outlines() -> Outlines:
    outlines = json.loads((schema.data_folder() / "outlines.json").read_text(encoding="utf-8"))
    return Outlines(
        borders=_path_data(line["line"] for line in outlines["lines"]),
        regions=_path_data(outlines["regions"]),
        labels=[(html.escape(name), *to_world_pixels(*point)) for name, point in outlines["names"].items()],
    )


def _path_data(lines: Iterable[list[tuple[float, float]]]) -> str:
    projected = ([to_world_pixels(*point) for point in line] for line in lines)
    return "".join("M" + "L".join(f"{x:.4f} {y:.4f}" for x, y in line) for line in projected)


def to_world_pixels(longitude: float, latitude: float) -> tuple[float, float]:
    """Project a point to Web Mercator at zoom 0: x to the east, y to the south, each from 0 to 256."""
    return (longitude / 360 + 0.5) * TILE_PIXELS, (0.5 - mercator_y(latitude) / (2 * math.pi)) * TILE_PIXELS
