"""Distances on the globe, and the Mercator projection."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mali_cli.model.geo import EARTH_RADIUS_KM, kilometres, mercator_y


def test_distances_are_great_circles() -> None:
    quarter = EARTH_RADIUS_KM * math.pi / 2
    assert kilometres(0.0, 0.0, 0.0, 90.0) == pytest.approx(quarter)
    assert kilometres(np.array([0.0, 90.0]), np.array([0.0, 13.0]), 0.0, 0.0).tolist() == pytest.approx([0, quarter])
    assert math.isnan(kilometres(math.nan, 0.0, 0.0, 0.0))


def test_the_equator_is_at_zero_and_the_edges_of_web_maps_are_at_pi() -> None:
    assert mercator_y(0) == pytest.approx(0)
    assert mercator_y(85.0511287798066) == pytest.approx(math.pi)
    assert mercator_y(-85.0511287798066) == pytest.approx(-math.pi)
