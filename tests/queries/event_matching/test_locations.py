"""Which places are the same, near each other or in one region: pairs worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mali_cli.model.geo import kilometres
from tests.support.matching import (
    match_of,
)


def kilometres_north(degrees: float) -> float:
    return 6371.0088 * math.radians(degrees)


def test_kilometres_are_counted_to_the_bound_included(tmp_path: Path) -> None:
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    exact = float(kilometres(*(np.array([d]) for d in (16.27, -0.04, 16.37, -0.04)))[0])
    assert exact == pytest.approx(kilometres_north(0.1), abs=1e-6)
    at_bound = match_of(tmp_path / "a", {}, {"place": "There"}, within=exact, **there)
    assert at_bound is not None
    assert at_bound[0] == "nearby, both sides"
    assert at_bound[1] == round(0.8 + 0.2 * (1 - exact / (exact + 1)), 2)
    assert at_bound[3] == 11.1
    assert match_of(tmp_path / "b", {}, {"place": "There"}, within=exact - 0.001, **there) is None
    assert match_of(tmp_path / "c", {}, {"place": "There"}, **there) == ("nearby, both sides", 0.91, 0, 11.1)
    assert match_of(tmp_path / "d", {}, {"place": "There", "place_precision": "near"}, **there) == (
        *("nearby, both sides", 0.89, 0, 11.1),
    )
    far = {"their_places": [{"place": "There", "latitude": "16.50", "longitude": "-0.04"}]}
    assert match_of(tmp_path / "e", {}, {"place": "There"}, **far) is None  # 25.6 km
    assert match_of(tmp_path / "f", {}, {"place": "There"}, within="26 km", **far) is not None


def test_a_place_matches_by_its_aliases(tmp_path: Path) -> None:
    kona = [{"place": "Kona (Mopti)", "aliases": "Kona", "region": "Mopti"}]
    konna = {"place": "Konna"}
    found = match_of(tmp_path / "a", konna, {"place": "Kona (Mopti)"}, their_places=kona)
    assert found == ("same place, both sides", 1.0, 0, None)  # theirs is no point: no kilometres
    # Without points a region tells namesakes apart.
    kona[0]["region"] = "Kayes"
    assert match_of(tmp_path / "b", konna, {"place": "Kona (Mopti)"}, their_places=kona) is None
    # With them the distance does, for regions are redrawn.
    kona[0] |= {"latitude": "14.95", "longitude": "-3.89"}
    assert match_of(tmp_path / "c", konna, {"place": "Kona (Mopti)"}, their_places=kona, within=0) == (
        *("same place, both sides", 1.0, 0, 1.1),
    )
    kona[0] |= {"region": "Mopti", "latitude": "15.5"}
    assert match_of(tmp_path / "d", konna, {"place": "Kona (Mopti)"}, their_places=kona) is None  # 62 km


def test_an_alias_of_two_places_is_neither(tmp_path: Path) -> None:
    ours = [{"place": "Gao Airport", "aliases": "Gao field"}, {"place": "Gao Camp", "aliases": "Gao field"}]
    theirs = [{"place": "Gao field"}]
    airport = {"place": "Gao Airport"}
    assert match_of(tmp_path / "a", airport, {"place": "Gao field"}, places=ours, their_places=theirs) is None
    assert match_of(tmp_path / "b", airport, {"place": "Gao field"}, places=ours[:1], their_places=theirs) is not None


def test_without_coordinates_the_region_and_both_sides_are_needed(tmp_path: Path) -> None:
    somewhere = {"place": "Awakassa"}
    assert match_of(tmp_path / "a", somewhere, {"place": "Tamalat"}) == ("same region, both sides", 0.8, 0, None)
    assert match_of(tmp_path / "b", somewhere, {"place": "Tamalat", "side_b": "Army"}) is None
    assert match_of(tmp_path / "c", somewhere, {"place": "Awakassa", "side_b": "Army"}) == (
        *("same place, one side", 0.9, 0, None),
    )
    region = {"place": "Gao Region", "place_precision": "region"}
    assert match_of(tmp_path / "d", {}, region) == ("same region, both sides", 0.8, 0, None)
    assert match_of(tmp_path / "e", {}, {**region, "side_a": "Army"}) is None
    # A town that represents its region is no point either.
    for at, precision in enumerate(("region", "area", "district")):
        assert match_of(tmp_path / f"f{at}", {}, {"place_precision": precision}) == (
            *("same region, both sides", 0.8, 0, None),
        )
        assert match_of(tmp_path / f"g{at}", {"place_precision": precision, "side_b": "Army"}, {}) is None
    area = {"place": "Northern Mali", "place_precision": "area"}
    assert match_of(tmp_path / "h", area, area) == ("same region, both sides", 0.8, 0, None)
    # Points far apart do not match by their region.
    assert match_of(tmp_path / "i", {"place": "Konna"}, {"place": "Mopti"}) is None  # 60 km
    # Two crowds in one region are nobody.
    crowds = {"side_a": "Islamists", "side_b": "Civilians"}
    assert match_of(tmp_path / "j", {**area, **crowds}, {**area, **crowds}) is None


def test_of_several_places_the_best_match_counts(tmp_path: Path) -> None:
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    assert match_of(tmp_path / "a", {"place": "Konna;Gao"}, {"place": "There;Mopti"}, **there) == (
        *("nearby, both sides", 0.91, 0, 11.1),
    )
    assert match_of(tmp_path / "b", {"place": "Konna;Gao"}, {"place": "There;Gao"}, **there) == (
        *("same place, both sides", 1.0, 0, 0.0),
    )
