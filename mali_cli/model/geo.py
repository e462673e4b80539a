"""Distances on the globe, and the Mercator projection for drawing maps."""

from __future__ import annotations

import math
from typing import Any

EARTH_RADIUS_KM = 6371.0088  # mean radius

Floats = Any  # a float, or a NumPy array of floats


def kilometres(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Return the great-circle distances between points given in degrees (haversine); NaN where a coordinate is NaN.

    The arguments are broadcast against each other as in NumPy.
    """
    import numpy as np

    lat1, lon1, lat2, lon2 = (np.radians(degrees) for degrees in (latitude, longitude, other_latitude, other_longitude))
    haversine = np.sin((lat1 - lat2) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon1 - lon2) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1.0))))


def mercator_y(latitude: float) -> float:
    """Return the projected height of a latitude in degrees, in radians of longitude from the equator."""
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
