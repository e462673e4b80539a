"""Distances on the globe."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mali_cli.model.geo import EARTH_RADIUS_KM, kilometres


def test_distances_are_great_circles() -> None:
    quarter = EARTH_RADIUS_KM * math.pi / 2
    assert kilometres(0.0, 0.0, 0.0, 90.0) == pytest.approx(quarter)
    assert kilometres(np.array([0.0, 90.0]), np.array([0.0, 13.0]), 0.0, 0.0).tolist() == pytest.approx([0, quarter])
    assert math.isnan(kilometres(math.nan, 0.0, 0.0, 0.0))
