"""Mercator's projection of a part of the earth onto a map in pixels."""

from __future__ import annotations

import math
from typing import NamedTuple

from mali_cli.model.geo import EARTH_RADIUS_KM, mercator_y
from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import EAST, NORTH, SOUTH, WEST
from mali_cli.output.vega.label_placement import Rect

MIN_DEGREES = 5.0  # of longitude that a map shows at least
ZOOM_MARGIN = 1.4  # times the extent of the places
MAX_ZOOMED_SHARE = 0.55  # of the width of Mali; places that take more are shown on a map of the whole country
ZOOM_HALF_HEIGHT = 0.42  # of the width of a zoomed map, in degrees
MAX_LATITUDE = 85.0  # the poles are infinitely far away on this projection


class MercatorView(NamedTuple):
    """A map of some width and height in pixels."""

    width: float
    height: float
    scale: float  # pixels per radian of longitude
    x: float  # of longitude 0
    y: float  # of the equator

    @classmethod
    def covering(cls, west: float, south: float, east: float, north: float, width: float) -> MercatorView:
        """Return a view of this area that is `width` pixels wide."""
        scale = width / math.radians(east - west)
        height = scale * (_clipped_mercator_y(north) - _clipped_mercator_y(south))
        return cls(width, height, scale, -scale * math.radians(west), scale * _clipped_mercator_y(north))

    def project(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return the pixel of a point."""
        return self.x + self.scale * math.radians(longitude), self.y - self.scale * _clipped_mercator_y(latitude)

    def contains(self, row: Row) -> bool:
        """Return whether the point of a row is on the map."""
        x, y = self.project(row["longitude"], row["latitude"])
        return 0 <= x <= self.width and 0 <= y <= self.height

    def contains_area(self, west: float, south: float, east: float, north: float) -> bool:
        """Return whether the map shows all of an area, but for a pixel of rounding."""
        (left, bottom), (right, top) = self.project(west, south), self.project(east, north)
        return left > -1 and top > -1 and right < self.width + 1 and bottom < self.height + 1

    def unproject(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a pixel."""
        latitude = 2 * math.atan(math.exp((self.y - y) / self.scale)) - math.pi / 2
        return math.degrees((x - self.x) / self.scale), math.degrees(latitude)

    @property
    def rect(self) -> Rect:
        """The area for text."""
        return Rect(2, 2, self.width - 2, self.height - 2)

    @property
    def km_per_pixel(self) -> float:
        """The scale in the middle of the map."""
        latitude = math.radians(self.unproject(0, self.height / 2)[1])
        return math.cos(latitude) * EARTH_RADIUS_KM / self.scale


def _clipped_mercator_y(latitude: float) -> float:
    return mercator_y(max(min(latitude, MAX_LATITUDE), -MAX_LATITUDE))


def rows_near_mali(rows: list[Row]) -> list[Row]:
    """Return the rows whose points are in Mali or close to it."""
    mali = MercatorView.covering(WEST, SOUTH, EAST, NORTH, 1)
    return [row for row in rows if mali.contains(row)]


def fit_view(rows: list[Row], width: float) -> MercatorView:
    """Return a view of Mali, or of the surroundings of the rows if there are any and all are close together."""
    if not rows:
        return MercatorView.covering(WEST, SOUTH, EAST, NORTH, width)
    longitudes, latitudes = [row["longitude"] for row in rows], [row["latitude"] for row in rows]
    extent = max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes), MIN_DEGREES / ZOOM_MARGIN)
    degrees = extent * ZOOM_MARGIN
    if degrees > (EAST - WEST) * MAX_ZOOMED_SHARE:
        return MercatorView.covering(WEST, SOUTH, EAST, NORTH, width)
    x = (max(longitudes) + min(longitudes)) / 2
    y = (max(latitudes) + min(latitudes)) / 2
    half_height = degrees * ZOOM_HALF_HEIGHT
    return MercatorView.covering(x - degrees / 2, y - half_height, x + degrees / 2, y + half_height, width)
