"""The tiles of the map are valid SVG in Web Mercator."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree

import pytest

from mali_cli.site import map_tiles


def test_tiles_are_svg_and_fit_together() -> None:
    for zoom, x, y in itertools.product((0, 5, 12), (0, 1), (0, 1)):
        svg = xml.etree.ElementTree.fromstring(map_tiles.tile_svg(zoom, x, y))
        left, top, width, height = map(float, svg.attrib["viewBox"].split())
        side = 256 / 2**zoom
        assert (left, top, width, height) == pytest.approx((x * side, y * side, side, side))


def test_points_are_projected_to_web_mercator() -> None:
    # The north-west corner of its square world, and the point where the equator crosses the prime meridian.
    assert map_tiles.to_world_pixels(-180, 85.0511287798066) == pytest.approx((0, 0), abs=1e-9)
    assert map_tiles.to_world_pixels(0, 0) == pytest.approx((128, 128))
