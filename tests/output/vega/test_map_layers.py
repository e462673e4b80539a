"""The markers of places: areas, colours and shapes."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.output.vega.spec import specification
from tests.support.charts import AWKWARD_WAR
from tests.support.drawings import circles, texts
from tests.support.tables import DOUBTFUL, dataset

Pipe = Callable[..., subprocess.CompletedProcess[str]]


def test_circle_areas_are_proportional_to_counts(svg_of: Callable[..., bytes]) -> None:
    areas = {label: area for label, area in circles(svg_of("map")).items() if ": " in label}
    counts = {label: int(re.search(r": ([\d,]+) events?", label)[1].replace(",", "")) for label in areas}  # type: ignore[index]
    assert len(areas) > 20
    ratios = [areas[label] / counts[label] for label in areas]
    assert max(ratios) - min(ratios) < 0.02 * min(ratios)
    assert not [text for text in texts(svg_of("map")) if "to scale" in text.text]


def test_the_smallest_circle_is_visible_and_the_legend_says_it_is_not_to_scale(tmp_path: Path) -> None:
    import vl_convert

    places = {"Few": ("13", "-8", 40), "Many": ("16", "-0.04", 1_234_567), "Half": ("18", "1.4", 617_283)}
    war = dataset(
        tmp_path,
        places=[{"place": name, "latitude": lat, "longitude": lon} for name, (lat, lon, _) in places.items()],
        events=[{"event_id": name, "place": name} for name in places],
        casualties=[{"event_id": name, "n": n} for name, (_, _, n) in places.items()],
    )
    svg = vl_convert.vegalite_to_svg(specification(war.answer("map", by="dead"))).encode()
    few, many, half = (next(area for label, area in circles(svg).items() if label.startswith(name)) for name in places)
    assert 4 < 2 * math.sqrt(few / math.pi) < 6
    assert half == pytest.approx(many / 2, rel=0.01)
    said = {text.text for text in texts(svg)}
    assert {"Few: 40", "Many: 1,234,567"} <= said
    [line] = [text for text in said if text.endswith("not to scale")]
    limit = int(line.removeprefix("under ").removesuffix(" not to scale").replace(",", ""))
    assert limit == pytest.approx(few / many * 1_234_567, abs=2)


def test_zero_unknown_and_positive_have_different_markers(tmp_path: Path) -> None:
    result = dataset(tmp_path, **AWKWARD_WAR).answer("map", by="dead")
    assert result.chart
    marks = {
        value["description"].partition(":")[0]: (value["shape"], value["fill"])
        for part in specification(result)["vconcat"]
        for layer in part["layer"]
        for value in layer["data"]["values"]
        if "description" in value
    }
    assert len({marks["Gao"], marks["N'Djamena"], marks["Village 1"]}) == 3


def test_a_best_estimate_of_0_is_zero_only_if_no_more_is_possible(tmp_path: Path) -> None:
    import vl_convert

    war = dataset(tmp_path, **DOUBTFUL)
    said = {}
    for command, filters in (("map", {"by": "dead"}), ("timeline", {})):
        chart = specification(war.answer(command, **filters))
        said[command] = [text.text for text in texts(vl_convert.vegalite_to_svg(chart).encode())]
        if command == "map":
            marks = {
                value["description"].partition(":")[0]: (value["shape"], value["fill"])
                for layer in chart["vconcat"][2]["layer"]
                for value in layer["data"]["values"]
                if "description" in value
            }
    assert marks["Perhaps"] == marks["Open"] != marks["None"]
    assert {"Perhaps: 0–21", "Open: 0+", "None: 0", "nobody killed", "best estimate 0, may be more"} <= {*said["map"]}
    assert {"0–21", "0+", "0: nobody killed", "best estimate, also the number above"} <= {*said["timeline"]}
    only = dataset(tmp_path / "only", **{**DOUBTFUL, "events": DOUBTFUL["events"][:2], "casualties": DOUBTFUL["casualties"][:2]})  # fmt: skip
    for command, filters in (("map", {"by": "dead"}), ("timeline", {})):
        svg = vl_convert.vegalite_to_svg(specification(only.answer(command, **filters)))
        assert not [text for text in texts(svg.encode()) if "nobody killed" in text.text]
