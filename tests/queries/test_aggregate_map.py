"""The map of a file of counts: a mark for each area with its sums, and what it is not. All numbers are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError
from mali_cli.output.vega.spec import specification
from tests.conftest import Terminal
from tests.output.test_terminal import lines
from tests.storage.test_added_columns import drop_columns
from tests.support.aggregates import (
    CLASH,
    HAPI,
    HAPI_HEADER,
    MONTHLY_HEADER,
    MONTHLY_NAME,
    MONTHS,
    VIOLENCE,
    WEEKLY_HEADER,
    WEEKS,
    csv_file,
    week,
    weekly,
)
from tests.support.browser import Browser
from tests.support.report_page import ReportPage
from tests.support.tables import rows_of

AT_CENTROID = "Each mark counts the events of a whole region and is at its centroid as the file gives it, not where they happened."
ADMIN2 = [
    ("Mali", "Gao", "Ansongo", "MLI", "", "", "January", 2024, 4, 11),
    ("Mali", "Mopti", "Koro", "MLI", "", "", "January", 2024, 2, 0),
    ("Mali", "Koulikoro", "Nara", "MLI", "", "", "January", 2024, 3, 1),
    ("Mali", "Ségou", "San", "MLI", "", "", "January", 2024, 5, 0),
]  # fmt: skip


def areas_of(data: Dataset, *columns: str, **filters: Any) -> list[tuple[Any, ...]]:
    return rows_of(data.map(**filters), "place", *columns)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), prog_name="mali")
    return result.exit_code, result.stdout, result.stderr


def test_each_area_has_its_sums_at_its_centroid(tmp_path: Path) -> None:
    result = weekly(tmp_path).answer("map")
    assert rows_of(result.frame, "place", "country", "latitude", "longitude", "events", "killed_best", "unknown") == [
        ("Mopti", "Mali", 14.9, -3.6, 5, 12, 0),
        ("Timbuktu", "Mali", 19.6, -3.7, 4, None, 1),
        ("Tillabéri", "Niger", 14.3, 1.9, 2, None, 1),
        ("Bamako", "Mali", 12.6, -8.0, 1, 2, 0),
    ]
    assert result.notes[1:] == (
        "12 events: 14 killed in 6 events; 2 records (6 events) with 0 or blank: none or not stated",
        AT_CENTROID,
    )
    assert result.chart is not None
    assert (result.chart.area, result.chart.filter_text, result.chart.coverage) == ("region", "2023 to 2024", "")


def test_the_numbers_are_those_of_events_and_casualties_by_region(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    for filters in ({}, {"since": 2024}, {"where": "Mali", "type": "Battles"}, {"on": "2023", "dates": "all"}):
        counts = data.events(by="region", **filters)
        sums = data.casualties(by="region", **filters)
        drawn = data.map(**filters)
        assert dict(zip(drawn["place"], drawn["events"], strict=True)) == dict(
            zip(counts["region"], counts["events"], strict=True)
        )
        assert drawn["killed_best"].sum() == sums["killed_best"].sum()


def test_by_dead_sorts_by_people_killed(tmp_path: Path) -> None:
    result = weekly(tmp_path).answer("map", by="dead", country="Mali")
    assert rows_of(result.frame, "place", "killed_best") == [("Mopti", 12), ("Bamako", 2), ("Timbuktu", None)]
    assert result.notes[-1].startswith("Each mark counts the people killed in a whole region and is at its centroid")


def test_filters_that_counts_do_not_have_are_refused(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    for filters in ({"actor": "JNIM"}, {"near": "Gao:50"}, {"admin2": "Gao"}, {"max_age": "2"}):
        with pytest.raises(DataError, match=r"not events, and cannot answer \S+; it answers `map`, and"):
            data.map(**filters)


def test_kinds_of_events_that_overlap_are_not_added(tmp_path: Path) -> None:
    data = load(csv_file(tmp_path, "hapi", HAPI_HEADER, HAPI))
    assert areas_of(data, "latitude", "longitude", "events") == [("Goundam", 16.41, -3.67, 5)]
    assert "Political violence only: civilian targeting and demonstrations" in data.answer("map").notes[2]
    assert areas_of(data, "events", disorder_type="Demonstrations") == [("Goundam", 3)]
    with pytest.raises(DataError, match="overlap, so they are not added"):
        data.map(disorder_type=["Political violence", "Demonstrations"])


def test_areas_without_coordinates_are_at_points_of_our_tables(tmp_path: Path) -> None:
    result = load(csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, ADMIN2)).answer("map")
    assert rows_of(result.frame, "place", "region", "latitude") == [
        ("San", "Ségou", None), ("Ansongo", "Gao", 15.66), ("Nara", "Koulikoro", None), ("Koro", "Mopti", 14.06),
    ]  # fmt: skip
    assert result.notes[-2:] == (
        "Each mark counts the events of a whole admin2 area and is at the town of its name, not where they happened.",
        "Without a point, so not on the map: 2 of 4 areas, with 8 of 14 events: San (5), Nara (3).",
    )
    assert result.chart is not None
    assert (result.chart.area, result.chart.coverage) == ("admin2 area", "6 of 14 events have a point")


def test_regions_and_countries_are_at_points_of_our_tables(tmp_path: Path) -> None:
    rows = [("Mali", "Gao", "", "MLI", "", "", "May", 2024, 1, 0), ("Mali", "", "", "MLI", "", "", "May", 2024, 2, 0)]
    result = load(csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, rows)).answer("map")
    assert rows_of(result.frame, "place", "latitude", "longitude") == [("Mali", 17.0, -4.0), ("Gao", 16.8, 0.1)]
    assert result.chart is not None
    assert result.chart.area == "area"
    assert " of a whole area and is at its point in our own tables, not where " in result.notes[-1]


def test_an_area_whose_name_we_lack_is_known_by_its_code(tmp_path: Path) -> None:
    rows = [
        ("Mali", "G.", "Anssongo C.", "MLI", "ML0701", "ML07", "May", 2024, 1, 0),
        ("Mali", "Mopti", "Koro", "MLI", "ML0701", "ML07", "May", 2024, 1, 0),  # a name of ours comes first
        ("Chad", "Lac", "Mamdi", "TCD", "TD0701", "TD07", "May", 2024, 1, 0),
    ]
    data = load(csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, rows))
    assert areas_of(data, "region") == [("Ansongo", "Gao"), ("Koro", "Mopti"), ("Mamdi", "Lac")]


def test_areas_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rows = [*MONTHS, ("Mali", "Gao", "", "MLI", "", "", "May", 2024, 2, 0), ("", "", "", "", "", "", "May", 2024, 1, 0)]
    data = load(csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, rows))
    assert [name for (name,) in areas_of(data)] == ["Ansongo", "Gao (Mali)", "Gao (Gao)", None]
    assert "1 of 4 areas, with 1 of 8 events: not stated (1)." in data.answer("map").notes[-1]


def test_a_map_of_nothing_is_refused_in_one_line(tmp_path: Path) -> None:
    rows = [("Chad", "Lac", "Mamdi", "TCD", "", "", "May", 2024, 3, 1)]
    path = csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, rows)
    line = (
        f"mali: {path.name} gives no coordinates, and our own tables have no point of any area that matches, so nothing "
        "can be drawn; `events --by` counts them.\n"
    )
    assert run("map", "--data", str(path)) == (1, "", line)
    code, _, stderr = run("map", "--data", str(path), "--from", "2030", "-o", str(tmp_path / "x.svg"))
    assert (code, stderr.splitlines()[-1]) == (2, f"mali: No events match. {tmp_path / 'x.svg'} was not written.")


@pytest.mark.parametrize("to", ["csv", "parquet", "sqlite"])
def test_converted_counts_draw_the_same_map(tmp_path: Path, to: str) -> None:
    if to == "parquet":
        pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    source, target = csv_file(tmp_path, "weeks", WEEKLY_HEADER, WEEKS), tmp_path / ("w.db" if to == "sqlite" else "w")
    assert run("convert", str(source), str(target), "--to", to)[0] == 0
    before, after = load(source), load(target)
    assert after.map().equals(before.map())
    assert after.answer("map").notes[-1] == AT_CENTROID
    drop_columns(target, to, "aggregates", ["latitude", "longitude"])  # as in a dataset written before they were added
    rows = areas_of(load(target), "latitude")
    assert rows == [("Mopti", 14.67), ("Timbuktu", 17.5), ("Tillabéri", None), ("Bamako", 12.65)]


def test_years_before_the_war_are_not_drawn(tmp_path: Path) -> None:
    """Of a file without --from; the picture has the notes and the origin of the file, too."""
    pytest.importorskip("vl_convert", reason="the extra `pictures` is not installed")
    rows = [*WEEKS, week("2010-01-02", "Gao", *CLASH, 3, 0, VIOLENCE)]
    path, picture = csv_file(tmp_path, "weeks", WEEKLY_HEADER, rows), tmp_path / "x.svg"
    code, _, stderr = run("map", "--data", str(path), "-o", str(picture))
    assert code == 0
    assert stderr.startswith(f"{path}: ACLED weekly aggregates: 6 records: 6 read.\n")
    assert "3 earlier events not drawn" in stderr
    drawn = picture.read_text("utf-8")
    for text in ("weeks.csv: events by region", "events in a whole region:", "Mopti: 5", "Read with mali"):
        assert text in drawn
    assert "MOPTI" not in drawn  # a region with a mark needs no other name
    assert "KIDAL" in drawn


def test_a_map_of_one_region_shows_the_whole_country(tmp_path: Path) -> None:
    """A region is more than the surroundings of its centroid; a cercle is near its town."""
    pictures = [
        json.dumps(specification(weekly(tmp_path).answer("map", region="Mopti"))),
        json.dumps(specification(load(csv_file(tmp_path, "hapi", HAPI_HEADER, HAPI)).answer("map"))),
    ]
    assert ["KIDAL" in picture for picture in pictures] == [True, False]


def test_geojson_has_a_point_for_each_area(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "weeks", WEEKLY_HEADER, WEEKS)
    features = json.loads(run("map", "--data", str(path), "-f", "geojson", "--quiet")[1])["features"]
    assert [feature["geometry"]["coordinates"] for feature in features[:2]] == [[-3.6, 14.9], [-3.7, 19.6]]


def test_a_terminal_says_what_a_mark_is(on_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    path = csv_file(tmp_path, "weeks", WEEKLY_HEADER, WEEKS)
    screen = on_terminal("map", "--data", str(path), "--by", "dead", columns=80)
    text = " ".join(" ".join(line.split()) for line in lines(screen))
    assert screen.status == 0
    assert "weeks.csv: people killed by region" in text
    assert "killed in a whole region:" in text
    assert "? 0 or blank" in text
    assert "?2: 2 records of 0 or blank" in text
    assert "Each mark counts the people killed in a whole region" in text


def test_a_page_has_no_list(browser: Browser, tmp_path: Path) -> None:
    path, file = csv_file(tmp_path, "weeks", WEEKLY_HEADER, WEEKS), tmp_path / "x.html"
    assert run("map", "--data", str(path), "-o", str(file))[0] == 0
    page = ReportPage(browser, file, "place=Timbuktu")
    assert browser.console == []
    assert page.text("h1").split("\n") == ["weeks.csv: events by region", "2023 to 2024"]
    assert page.text(".tooltip").startswith("Timbuktu\n4 events\n1 record of 0 or blank: none or not stated")
    assert page.text(".hint").startswith("Hover over an area or tap it to see its numbers; tap again")
    sizes = "return ['#list', '#skip'].map((id) => document.querySelector(id).getBoundingClientRect().height)"
    assert page.run(sizes) == [0, 0]
    page.run("document.querySelector('#data-table').open = true")
    page.wait("document.querySelectorAll('#data-table tbody tr').length === 4")
