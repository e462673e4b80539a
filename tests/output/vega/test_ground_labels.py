"""What a map says between its markers: areas with their events, regions, the Niger, towns and a locator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mali_cli.dataset import load
from mali_cli.output.vega.ground_labels import NIGER, RIVER
from mali_cli.output.vega.spec import bare_chart, subtitle
from mali_cli.results import QueryResult
from tests.support.charts import run_here
from tests.support.drawings import texts
from tests.support.tables import dataset


def layers_of(result: QueryResult) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = bare_chart(result)[0]["vconcat"][0]["layer"]
    return layers


def texts_of(layers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the texts with their values."""
    values = [value for layer in layers if layer["mark"]["type"] == "text" for value in layer["data"]["values"]]
    return {value["text"]: value for value in values}


def test_events_of_a_region_an_area_or_the_country_are_counted_in_a_box() -> None:
    result = load().answer("map", since="2012")
    layers = layers_of(result)
    numbers = {row["place"]: row["events"] for row in result.frame.to_dict("records") if row["latitude"] != row["latitude"]}  # fmt: skip
    for place in ("Mali", "Northern Mali", "Central Mali"):
        assert f"{place}: {numbers[place]}" in texts_of(layers)
    [boxes] = [layer for layer in layers if layer["mark"]["type"] == "rect" and "description" in layer["encoding"] and "x2" in layer["encoding"]]  # fmt: skip
    described = [value["description"] for value in boxes["data"]["values"]]
    assert any(text.startswith(f"Mali: {numbers['Mali']} events") for text in described)
    dead = texts_of(layers_of(load().answer("map", since="2012", by="dead")))
    assert any(re.fullmatch(r"Northern Mali: \d+\+?( \(.*\))?", text) for text in dead)


def test_the_subtitle_has_the_share_of_events_with_a_point() -> None:
    result = load().answer("map", since="2012")
    assert result.chart
    drawn = int(result.frame.loc[result.frame["latitude"].notna(), "events"].sum())
    total = int(result.frame["events"].sum())
    assert drawn < total / 2
    assert subtitle(result.chart) == f"from 2012; {drawn} of {total} events have a point"
    konna = load().answer("map", place="Konna", since="2012").chart
    assert konna
    assert "have a point" not in subtitle(konna)


def test_what_lies_before_2012_is_counted_and_only_drawn_if_it_is_asked_for(tmp_path: Path) -> None:
    def drawn(*words: str) -> str:
        file = tmp_path / "x.svg"
        assert run_here("map", *words, "-o", str(file), "--force").returncode == 0
        return " ".join(text.text for text in texts(file.read_bytes()))

    rows = [len(run_here("map", *words, "--format", "csv").stdout.splitlines()) for words in ([], ["--from", "2012"])]
    assert rows[0] > rows[1]
    assert re.search(r"\d+ earlier events not drawn: --from with an earlier year draws all\.", drawn())
    assert "earlier events" not in drawn("--from", "1960")


def test_events_before_2012_are_drawn_if_there_are_no_others(tmp_path: Path) -> None:
    events = [{"event_id": "a", "place": "Gao", "date_start": "1990-01-05"}]
    war = dataset(tmp_path, places=[{"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}], events=events)
    result = war.answer("map")
    assert result.chart
    assert result.chart.load_drawn
    assert result.chart.load_drawn() is result or result.chart.load_drawn().frame.equals(result.frame)


def test_zoomed_maps_name_regions_river_and_towns_and_show_where_they_are() -> None:
    layers = layers_of(load().answer("map", near="Gao:100", since="2012"))
    shown = texts_of(layers)
    assert {"GAO", "River Niger", "NIGER"} <= set(shown)
    frame = [layer for layer in layers if layer["mark"].get("strokeWidth") == 1.2]
    assert len(frame) == 1  # of the locator
    assert not [layer for layer in layers_of(load().answer("map")) if layer["mark"].get("strokeWidth") == 1.2]
    assert {"Kayes", "Taoudenni"} <= set(texts_of(layers_of(load().answer("map", on="2023-11-15"))))


def test_the_region_of_the_filters_is_named_in_bold() -> None:
    layers = layers_of(load().answer("map", region="Kidal", since="2012"))
    bold = [layer for layer in layers if layer["mark"].get("fontWeight") == "bold"]
    assert [value["text"] for layer in bold for value in layer["data"]["values"]] == ["KIDAL"]


def test_the_niger_passes_the_towns_on_its_banks() -> None:
    banks = {"Bamako": (-8.0, 12.64), "Ségou": (-6.27, 13.44), "Mopti": (-4.2, 14.5), "Gao": (-0.04, 16.27), "Niamey": (2.1, 13.51)}  # fmt: skip
    for x, y in banks.values():
        assert min(abs(x - lon) + abs(y - lat) for lon, lat in NIGER) < 0.1
    layers = layers_of(load().answer("map", since="2012"))
    assert [layer for layer in layers if layer["mark"].get("stroke") == RIVER]
