"""GeoJSON by RFC 7946: the very values of the JSON output, each row a feature, at its point if it has one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.output.test_terminal_map import WAR
from tests.output.test_text_formats import AWKWARD
from tests.support.tables import write_dataset

Pipe = Callable[..., subprocess.CompletedProcess[str]]


def valid(text: str) -> list[dict[str, Any]]:
    """The features of a collection of points that keeps to RFC 7946, sections 3 to 7."""
    shown = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert set(shown) == {"type", "features"}  # no crs (section 4)
    assert shown["type"] == "FeatureCollection"
    for feature in shown["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert isinstance(feature["properties"], dict)
        if feature["geometry"] is not None:
            assert set(feature["geometry"]) == {"type", "coordinates"}
            assert feature["geometry"]["type"] == "Point"
            longitude, latitude = feature["geometry"]["coordinates"]
            assert -180 <= longitude <= 180
            assert -90 <= latitude <= 90
    return list(shown["features"])


@pytest.mark.parametrize("arguments", [["events", "--actor", "MNLA"], ["map", "--by", "dead"], ["map", "--on", "2012-07-01"], ["places"], ["control", "Gao"]], ids=" ".join)  # fmt: skip
def test_properties_are_the_rows_of_the_json_output(mali: Pipe, arguments: list[str]) -> None:
    features = valid(mali(*arguments, "-f", "geojson").stdout)
    assert [feature["properties"] for feature in features] == json.loads(mali(*arguments, "-f", "json").stdout)
    for feature in features:
        row = feature["properties"]
        point = [row["longitude"], row["latitude"]]
        has_point = None not in point and row.get("place_precision") not in ("region", "area", "country")
        assert feature["geometry"] == ({"type": "Point", "coordinates": point} if has_point else None)
    assert any(feature["geometry"] for feature in features)


def test_events_without_a_precise_or_known_place_have_no_geometry(mali: Pipe, tmp_path: Path) -> None:
    folder = str(write_dataset(tmp_path, **WAR))
    done = mali("events", "--data", folder, "-f", "geojson")
    features = {feature["properties"]["event_id"]: feature for feature in valid(done.stdout)}
    assert features["gao0"]["geometry"]["coordinates"] == [-0.04, 16.27]
    assert [features[name]["geometry"] for name in ("roughly", "mali", "both", "nowhere", "unsaid")] == [None] * 5
    assert features["roughly"]["properties"]["place_precision"] == "region"
    assert features["roughly"]["properties"]["latitude"] == 16.27  # all values stay among the properties
    note = "Without a point: 2 events only known to lie in a region, an area or a country.\n"
    assert done.stderr == note
    file = tmp_path / "x.geojson"
    assert mali("events", "--data", folder, "-o", str(file)).stderr == f"{note}{file}: 13 events.\n"
    assert mali("places", "--data", folder, "-f", "geojson").stderr == ""


def test_no_event_of_the_war_is_at_a_point_that_stands_for_a_whole_country(mali: Pipe) -> None:
    features = valid(mali("events", "-f", "geojson").stdout)
    drawn = {feature["properties"]["place_precision"] for feature in features if feature["geometry"]}
    assert drawn.isdisjoint({"region", "area", "country"})
    assert [-4, 17] not in [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]]


def test_the_precision_cannot_be_left_out(mali: Pipe) -> None:
    refused = mali("events", "-f", "geojson", "--columns", "event_id,latitude,longitude")
    said = "geojson of events needs the column place_precision, which separates points from regions."
    assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", f"mali: {said}\n")


def test_awkward_cells_are_unchanged(mali: Pipe, tmp_path: Path) -> None:
    folder = str(write_dataset(tmp_path, **AWKWARD))
    features = valid(mali("events", "--data", folder, "-f", "geojson").stdout)
    assert [f["properties"]["summary"] for f in features] == [event["summary"] for event in AWKWARD["events"]]
    assert features[4]["properties"]["side_a"] == ["None", "Jama’at"]
    assert features[1]["properties"]["killed_best"] == 0
    assert features[0]["properties"]["killed_best"] is None


def test_the_suffix_of_a_file_sets_the_format(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "kidal.geojson"
    done = mali("events", "--region", "Kidal", "-o", str(file))
    number = len(valid(file.read_text(encoding="utf-8")))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith(f"{file}: {number} events.\n")
    assert file.read_text(encoding="utf-8") == mali("events", "--region", "Kidal", "-f", "geojson").stdout
    assert mali("places", "--kind", "mine", "-o", str(tmp_path / "mines.geojson")).returncode == 0


def test_no_rows_are_an_empty_collection(mali: Pipe) -> None:
    assert valid(mali("events", "--on", "1850", "-f", "geojson").stdout) == []


def test_rows_without_coordinates_are_refused_and_the_file_is_kept(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "out.geojson"
    file.write_text("precious")
    for arguments in (["groups"], ["timeline"], ["events", "--by", "year"], ["events", "--columns", "event_id"]):
        refused = mali(*arguments, "-o", str(file), "--force")
        said = "mali: geojson needs rows with latitude and longitude: those of events, map, places or control.\n"
        assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", said)
    assert file.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["out.geojson"]


def test_a_picture_cannot_be_written_to_a_file(mali: Pipe, tmp_path: Path) -> None:
    refused = mali("map", "-f", "picture", "-o", str(tmp_path / "map.csv"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("mali: --format picture is for the terminal; with --output use --format csv, ")
