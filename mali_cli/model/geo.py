"""Distances on the globe and the Mercator projection."""

from __future__ import annotations

import math
from typing import Any

EARTH_RADIUS_KM = 6371.0088  # mean radius
MAX_MERCATOR_LATITUDE = 85.0  # the poles lie at infinity

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
    """Return the Mercator ordinate of a latitude in degrees, on a globe of radius 1; 0 at the equator, north positive.

    Latitudes beyond 85 degrees are clipped to 85.
    """
    clipped = max(min(latitude, MAX_MERCATOR_LATITUDE), -MAX_MERCATOR_LATITUDE)
    return math.log(math.tan(math.pi / 4 + math.radians(clipped) / 2))
