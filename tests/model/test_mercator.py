"""The Mercator projection."""

from __future__ import annotations

import math

import pytest

from mali_cli.model.mercator import mercator_y


def test_the_equator_is_at_zero_and_the_edges_of_web_maps_are_at_pi() -> None:
    assert mercator_y(0) == pytest.approx(0)
    assert mercator_y(85.0511287798066) == pytest.approx(math.pi)
    assert mercator_y(-85.0511287798066) == pytest.approx(-math.pi)
