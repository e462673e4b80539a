"""Mercator projection, for drawing maps."""

import math


def mercator_y(latitude: float) -> float:
    """Return the projected height of a latitude in degrees, in radians of longitude from the equator."""
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
