"""Charts show the numbers of the CSV, nothing overlaps, and titles and footnotes name filters and sources."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.model import schema
from mali_cli.output.cell_values import row_dicts
from mali_cli.output.image_export import render
from mali_cli.output.vega.spec import bare_chart, row_description, specification
from tests.support.charts import AWKWARD_WAR, CHART_COMMANDS, run_here
from tests.support.drawings import Text, texts
from tests.support.lookalikes import FOLDER
from tests.support.tables import dataset


@pytest.mark.parametrize("command", CHART_COMMANDS, ids=" ".join)
def test_texts_overlap_neither_each_other_nor_the_edge(command: list[str], svg_of: Callable[..., bytes]) -> None:
    svg = svg_of(*command)
    shown = texts(svg)
    assert len(shown) > 12
    assert not [(a.text, b.text) for a, b in itertools.combinations(shown, 2) if a.meets(b)]
    match = re.search(rb'width="(\d+)" height="(\d+)"', svg)
    assert match
    edge = Text("", 0, 0, int(match[1]), int(match[2]))
    assert not [t for t in shown if t.left < 8 or t.top < 8 or t.right > edge.right - 8 or t.bottom > edge.bottom - 8]


def test_the_subtitle_has_the_filters_and_the_footnotes_the_sources(svg_of: Callable[..., bytes]) -> None:
    shown = [text.text for text in texts(svg_of(*CHART_COMMANDS[9]))]
    assert shown[0] == "Mali War: people killed by place"
    assert re.fullmatch(r"within 100 km of Gao, from 2012; \d+ of \d+ events have a point", shown[1])
    said = " ".join(shown)
    assert "Outlines: Natural Earth." in said
    assert f"Data: mali {schema.datapackage()['version']}, CC-BY-SA-4.0." in said
    assert "Mali War, Wikipedia, 2024-06" in said
    assert " killed (" in said
    assert "dead mentioned, no number" in said
    assert b'aria-label="Mali War: people killed by place: within 100 km of Gao, from 2012; ' in svg_of(
        *CHART_COMMANDS[9]
    )
    timeline = " ".join(text.text for text in texts(svg_of(*CHART_COMMANDS[4])))
    assert "3 events fall within no single year: they are in no bar." in timeline
    assert "the row without a period" not in timeline


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({}, "2012 to 2024"),
        ({"since": "1960"}, "from 1960"),
        ({"by": "month", "place": "Kidal"}, "Kidal, 2012-02 to 2023-11"),
        ({"actor": "France"}, "2013 to 2022"),
        ({"since": "2012", "until": "2013"}, "2012 to 2013"),
        ({"on": "2012-03", "dates": "all"}, "2012-03, possible dates included"),
        ({"until": "2012"}, "until 2012"),
        ({"actor": ["mnla", "Ansar Eddine"], "against": "malian army", "members": True}, "against Malian Armed Forces, 2012 to 2013"),
        ({"near": "gao:50", "type": "battles", "on": "2012"}, "Battles, within 50 km of Gao, 2012"),
        ({"place": "Menaka", "region": "menaka", "where": "mali", "country": "Mali"}, "Ménaka, region of Ménaka, in Mali, in Mali, 2012 to 2013"),
        ({"claimed_by": "MUJAO", "basis": "claimed", "source": "almanac", "text": ["attack"]}, None),
        ({"min_killed": 1, "max_killed": "1200", "since": "2013", "until": "2013"}, "at least 1 killed, at most 1,200 killed, 2013"),
    ],
)  # fmt: skip
def test_the_filters_are_described(filters: dict[str, Any], words: str | None) -> None:
    result = load().answer("timeline", **filters)
    if words is None:
        assert (
            result.chart is None
            or "claimed by MUJAO, “attack”, claimed only, reported by almanac" in result.chart.filter_text
        )
    else:
        assert result.chart
        assert result.chart.filter_text == words


def test_every_event_filter_is_in_the_subtitle() -> None:
    """Each filter changes the description."""
    from mali_cli.model.filter_names import filter_options

    values: dict[str, Any] = {
        **{"since": "2012", "until": "2023", "on": "2012", "dates": "all", "actor": "France", "members": True},
        **{"against": "AQIM", "claimed_by": "AQIM", "place": "Gao", "region": "Gao", "where": "Mali", "country": "Mali"},
        **{"near": "Gao:9", "type": "Battles", "text": "the", "basis": "reported", "source": "wikipedia"},
        **{"min_killed": "1", "max_killed": "9", "civilian_kind": "Farmers", "admin2": "Gao"},
        **{"civilian_targeting": True, "disorder_type": "Demonstrations", "interaction": "17"},
    }  # fmt: skip
    assert set(filter_options("events")) - {"rolling"} == set(values)
    from mali_cli.filter_text import describe_filters

    resolver = load().resolver
    descriptions = {}
    for name, value in values.items():
        filters = {name: value} | ({"actor": "France"} if name in ("members", "against") else {})
        descriptions[name] = describe_filters(resolver, resolver.resolve_filters("events", filters), filters)
    assert not descriptions.pop("dates")  # they are those of a period
    plain = descriptions["actor"]
    assert plain == "France"
    assert all(words for words in descriptions.values())
    assert plain not in (descriptions["members"], descriptions["against"])


def test_the_underlying_rows_are_those_that_are_counted() -> None:
    war = load()
    for command, filters in (("timeline", {"by": "quarter"}), ("map", {"since": "2012"}), ("map", {"on": "2012-07"})):
        result = war.answer(command, **filters)
        assert result.chart
        assert result.chart.load_underlying
        events, rows, figures, references, _ = result.chart.load_underlying()
        arguments = {name: value for name, value in filters.items() if name != "by"}
        assert sorted(events.frame["event_id"]) == sorted(war.events(**arguments)["event_id"])
        counts = [rows.count(i) for i in range(len(result.frame))]
        assert counts == result.frame["events"].tolist()
        assert set(figures.frame["event_id"]) <= set(events.frame["event_id"])
        cited = {key for cell in [*events.frame["sources"], *figures.frame["sources"]] for key in cell.split(";")}
        assert cited <= set(references.frame["source"])
        names = dict(zip(events.frame["event_id"], rows, strict=True))
        key = "period" if command == "timeline" else "place"
        for event, i in list(names.items())[:50]:
            row, own = result.frame.iloc[i], events.frame.set_index("event_id").loc[event]
            if key == "place":
                assert row["place"] == own["place"] or (row["place"] is None) == (not isinstance(own["place"], str))
            elif isinstance(row["period"], str):
                assert row["period"].startswith(f"{own['date_start'].year}")


# Charts, each with the formats that its file is written in: each chart and each format of files is among them.
AWKWARD_CHARTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("timeline", {}, ["png", "svg"]),
    ("timeline", {"by": "month"}, ["pdf"]),
    ("map", {}, ["png"]),
    ("map", {"by": "dead"}, ["pdf"]),
    ("map", {"on": "2012-02"}, ["svg"]),
]
FIRST_BYTES = {"png": b"\x89PNG", "svg": b"<svg ", "pdf": b"%PDF"}


@pytest.mark.parametrize(("command", "filters", "formats"), AWKWARD_CHARTS)
@pytest.mark.parametrize("width", [250, 720, 1200])
def test_awkward_names_and_huge_numbers_are_drawn_without_overlap(
    command: str, filters: dict[str, Any], formats: list[str], width: int, tmp_path: Path
) -> None:
    import vl_convert

    result = dataset(tmp_path, **AWKWARD_WAR).answer(command, **filters)
    assert result.chart
    for format in formats if width == 720 else ():
        assert render(result, format).startswith(FIRST_BYTES[format])
    chart = specification(result, width)
    shown = texts(vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]).encode())
    assert not [(a.text, b.text) for a, b in itertools.combinations(shown, 2) if a.meets(b)]
    assert not [text for text in shown if "\x1b" in text.text or "\u202e" in text.text]
    if width == 720:
        assert chart == specification(result, width)  # the same each time


def test_a_foreign_file_is_cited_as_the_source(tmp_path: Path) -> None:
    file, picture = str(FOLDER / "acled_a4.csv"), tmp_path / "x.svg"
    assert run_here("timeline", "--data", file, "-o", str(picture)).returncode == 0
    said = " ".join(text.text for text in texts(picture.read_bytes()))
    assert "Source: ACLED: acled_a4.csv. Read with mali" in said
    assert "CC-BY-SA" not in said
    done = run_here("map", "--data", file, "--on", "2024", "-o", str(tmp_path / "y.svg"))
    assert done.returncode == 2
    what = "No place on the map has a recorded holder on 2024-12-31; --format table shows the numbers."
    assert done.stderr.endswith(f"mali: {what} {tmp_path / 'y.svg'} was not written.\n")
    assert not (tmp_path / "y.svg").exists()


def test_describe_gets_the_number_of_each_row() -> None:
    result = load().answer("map", since="2012")
    described = [
        value["description"]
        for part in bare_chart(result, 328, lambda i, row: f"{i}|{row['place']}")[0]["vconcat"]
        for layer in part["layer"]
        for value in layer["data"]["values"]
        if "description" in value
    ]
    places = result.frame["place"].tolist()
    assert len(described) > 20
    for text in described:
        i, _, place = text.partition("|")
        assert places[int(i)] == place
    [row] = [row for row in row_dicts(result.frame) if row["place"] == "Gao" and row["latitude"] is not None]
    assert result.chart
    assert row_description(row, result.chart).startswith("Gao: ")
