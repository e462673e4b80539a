"""The names of places on a map."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.output.vega.spec import bare_chart
from tests.support.charts import names_on_map
from tests.support.tables import dataset

Pipe = Callable[..., subprocess.CompletedProcess[str]]


def distance_to_box(point: tuple[float, float], box: tuple[float, float, float, float]) -> float:
    (x, y), (left, top, right, bottom) = point, box
    return math.hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom))


MAPS: list[dict[str, Any]] = [{"since": "2012"}, {"since": "2012", "by": "dead"}, {"on": "2023-12-01"}, {"on": "2012-07-01"}]  # fmt: skip


@pytest.mark.parametrize("filters", MAPS, ids=str)
@pytest.mark.parametrize("width", [205, 720])
def test_a_name_is_over_no_marker_and_nearest_to_its_own_or_at_a_leader_line(filters: dict[str, Any], width: int) -> None:  # fmt: skip
    named, markers, lines = names_on_map(bare_chart(load().answer("map", **filters), width)[0])
    assert len(named) > 5
    for place, box in named.items():
        gaps = {name: distance_to_box((x, y), box) - radius for name, (x, y, radius) in markers.items()}
        assert min(gaps.values()) > 0, place
        x, y, radius = markers[place]
        ends = [(v["x2"], v["y2"]) for v in lines if abs(math.dist((x, y), (v["x"], v["y"])) - radius) < 2.5]
        if not any(distance_to_box(end, box) < 4 for end in ends):
            nearest = min(gaps, key=lambda name: gaps[name])
            x, y, _ = markers[nearest]
            assert nearest == place or math.dist((x, y), markers[place][:2]) < radius, (place, nearest)


@pytest.mark.parametrize("width", [205, 720])
def test_the_largest_places_are_labelled_first(width: int) -> None:
    named = names_on_map(bare_chart(load().answer("map", since="2012"), width)[0])[0]
    assert {"Gao", "Timbuktu", "Kidal", "Bamako", "Konna", "Tessalit"} <= set(named)
    dead = load().answer("map", since="2012", by="dead")
    named = names_on_map(bare_chart(dead, width)[0])[0]
    places = [
        place for place in dead.frame.loc[dead.frame["latitude"].notna(), "place"] if not place.startswith("In Amenas")
    ]
    assert set(places[: 10 if width > 700 else 3]) <= set(named)


@pytest.mark.parametrize("width", [205, 720])
def test_places_in_the_filters_are_labelled_first_and_towns_before_their_airports(width: int, tmp_path: Path) -> None:
    named = names_on_map(bare_chart(load().answer("map", on="2023-12-01"), width)[0])[0]
    assert not {f"{town} Airport" for town in ("Gao", "Kidal", "Tessalit", "Timbuktu") if town not in named} & set(
        named
    )
    assert {"Kidal", "Tessalit"} <= set(named)
    places = [{"place": "Hamlet", "latitude": "16", "longitude": "-3"}]
    places += [
        {
            "place": f"Camp {n}",
            "within": "Hamlet",
            "latitude": f"{16 + n % 5 * 0.1}",
            "longitude": f"{-3 + n * 0.05}",
        }
        for n in range(30)
    ]
    events = [{"event_id": "one", "place": "Hamlet"}]
    events += [{"event_id": f"{n}-{m}", "place": f"Camp {n}"} for n in range(30) for m in range(4)]
    war = dataset(tmp_path, places=places, events=events)
    assert "Hamlet" in names_on_map(bare_chart(war.answer("map", place="hamlet"), width)[0])[0]
    assert "Hamlet" not in names_on_map(bare_chart(war.answer("map", where="Mali"), width)[0])[0]
