"""The map: its numbers are those of the sums, its points lie where they should, and nothing imprecise is a point."""

from __future__ import annotations

import csv
import json
import math
import re
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mali_cli
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.output import terminal_map
from mali_cli.output.terminal import Terminal as DrawingTerminal
from mali_cli.queries.entities import towns_of_buildings
from mali_cli.queries.list_columns import map_list
from tests.conftest import Terminal
from tests.output.test_terminal import lines
from tests.output.test_terminal_timeline import ASCII, FILTERS, MEASURES, SCREENS, height
from tests.support.lookalikes import FOLDER
from tests.support.tables import DOUBTFUL, dataset, rows_of, write_dataset

Run = Callable[..., Terminal]
Pipe = Callable[..., subprocess.CompletedProcess[str]]

WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Us"}, {"group": "Them"}],
    "places": [
        {"place": "Gao", "region": "Gao", "latitude": "16.27", "longitude": "-0.04"},
        {"place": "Bamako", "region": "Bamako", "latitude": "12.65", "longitude": "-8.0"},
        {"place": "Taoudenni", "latitude": "22.67", "longitude": "-3.98"},
        {"place": "Paris", "country": "France", "latitude": "48.86", "longitude": "2.35"},
        {"place": "Mali", "kind": "country", "latitude": "17", "longitude": "-4"},
        {"place": "Nowhere"},
    ],
    "events": [
        *({"event_id": f"gao{n}", "place": "Gao"} for n in range(6)),
        {"event_id": "roughly", "place": "Gao", "place_precision": "region"},
        {"event_id": "bamako", "place": "Bamako"},
        {"event_id": "paris", "place": "Paris"},
        {"event_id": "mali", "place": "Mali", "place_precision": "country"},
        {"event_id": "both", "place": "Gao;Bamako"},
        {"event_id": "nowhere", "place": "Nowhere"},
        {"event_id": "unsaid"},
    ],
    "casualties": [
        {"event_id": "gao0", "low": 100, "best": 120, "high": 150, "open": "true"},
        {"event_id": "roughly", "n": 9},
        {"event_id": "both", "n": 5},
        {"event_id": "bamako", "wording": "dozens"},
        {"event_id": "paris", "n": 0},
    ],
    "control": [
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01"},
        {"place": "Gao", "holder": "Them", "date_start": "2013-01-01", "basis": "disputed"},
        {"place": "Gao", "holder": "Us", "date_start": "2013-01-01", "basis": "disputed"},
        {"place": "Bamako", "holder": "Them", "date_start": "2012-01-01"},
        {"place": "Taoudenni", "holder": "Us", "date_start": "2014-01-01"},
        {"place": "Nowhere", "holder": "Us", "date_start": "2012-01-01", "basis": "present"},
    ],
}  # fmt: skip


def test_only_places_with_a_precise_location_have_coordinates(tmp_path: Path) -> None:
    result = dataset(tmp_path, **WAR).answer("map")
    assert rows_of(result.frame, "place", "latitude", "longitude", "events", "killed_best", "unknown") == [
        ("Gao", 16.27, -0.04, 6, 120, 0),
        ("Bamako", 12.65, -8.0, 1, None, 1),
        ("Gao", None, None, 1, 9, 0),
        ("Gao;Bamako", None, None, 1, 5, 0),
        ("Mali", None, None, 1, None, 0),
        ("Nowhere", None, None, 1, None, 0),
        ("Paris", 48.86, 2.35, 1, 0, 0),
        (None, None, None, 1, None, 0),
    ]
    assert "Without a point on the map: 1 event without a place; 4 events reported for a region, " in "\n".join(
        result.notes
    )


def test_by_dead_sorts_by_people_killed(tmp_path: Path) -> None:
    frame = dataset(tmp_path, **WAR).map(by="dead")
    assert frame["killed_best"].dropna().tolist() == [120, 9, 5, 0]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_numbers_agree_with_events_and_casualties(filters: dict[str, Any]) -> None:
    war = mali_cli.load()
    shown = war.map(**{k: v for k, v in filters.items() if k != "on"})
    arguments = {k: v for k, v in filters.items() if k != "on"}
    towns = towns_of_buildings(war.table("places"))  # the map draws a building there
    counts = war.events(by="place", **arguments)
    events = counts["events"].groupby(map_list(counts["place"], towns).fillna("")).sum()
    drawn = shown.assign(place=shown["place"].fillna(""))
    assert drawn.groupby("place")["events"].sum().to_dict() == {**dict.fromkeys(drawn["place"], 0), **events.to_dict()}
    numbers = [name for name in MEASURES if name != "open"]

    def sums_by_town(**more: str) -> pd.DataFrame:
        sums = war.casualties(by="place", **arguments, **more)
        return sums.assign(place=map_list(sums["place"], towns).fillna("")).groupby("place")[numbers].sum(min_count=1)

    added = drawn.groupby("place")[numbers].sum(min_count=1)
    expected = sums_by_town()
    killed = sums_by_town(harm="killed")  # the table counts tallies of all harms without a number
    expected["unknown"] = killed["unknown"].reindex(expected.index, fill_value=0)
    expected = expected[expected["killed_best"].notna() | (expected[["unknown", "not_stated"]] > 0).any(axis=1)]
    pd.testing.assert_frame_equal(added.loc[expected.index], expected, check_index_type=False)


@pytest.mark.parametrize("columns", [40, 71, 80, 200])
@pytest.mark.parametrize("arguments", [[], ["--by", "dead"], ["--on", "2012-07-01"]])
def test_no_line_is_longer_than_the_terminal(on_terminal: Run, columns: int, arguments: list[str]) -> None:
    """Each width and each map is drawn in UTF-8 and in ASCII, but not all of them together."""
    env = ASCII if (columns in (71, 200)) == (arguments == []) else {}
    screen = on_terminal("map", *arguments, "--quiet", columns=columns, env=env)
    assert screen.status == 0
    text = lines(screen)
    assert 30 < max(map(len, text)) <= min(columns, 200)
    assert screen.output.isascii() == bool(env)
    for name in ("ALGERIA", "MAURITANIA", "Kidal", "Gao", "Bamako" if "--on" not in arguments else "Bourem"):
        assert name in "\n".join(text)


@pytest.mark.parametrize(("arguments", "size"), [
    *(("", size) for size in SCREENS),
    *((arguments, SCREENS[0]) for arguments in ("--by dead", "--on 2012-07-01", "--region Kidal --quiet")),
])  # fmt: skip
def test_it_fits_the_screen_with_all_its_lines(on_terminal: Run, arguments: str, size: tuple[int, int]) -> None:
    columns, rows = size
    screen = on_terminal("map", *arguments.split(), columns=columns, rows=rows)
    assert rows * 3 / 4 < height(screen, columns) < rows  # the prompt has the last line
    assert "ALGERIA" in screen.output
    assert "Kidal" in screen.output


@pytest.mark.parametrize("arguments", ["", "--by dead", "--on 2023-11-15"])
def test_it_fits_a_small_screen_with_the_notes_that_have_room(on_terminal: Run, arguments: str) -> None:
    screen = on_terminal("map", *arguments.split(), columns=40, rows=24)
    assert 15 < height(screen, 40) < 24
    assert ("More notes: --format table." in screen.output) == ("--on" not in arguments)


def test_a_long_list_of_places_is_cut_to_the_screen(on_terminal: Run) -> None:
    shown = on_terminal("map", "--on", "2013-02-01", columns=80, rows=24).output
    assert re.search(r" and \d+ more$", shown, re.M)
    whole = on_terminal("map", "--on", "2013-02-01", columns=140, rows=50).output
    assert " more" not in whole


def pixel(place: tuple[float, float], columns: int = 60, rows: int = 30) -> tuple[int, int] | None:
    screen = DrawingTerminal(columns, rows, True, False, "utf-8")
    return terminal_map.CharacterGrid(columns, rows, screen).cell_of(place[1], place[0])


def test_points_are_projected_correctly() -> None:
    assert pixel((25.3, -12.7)) == (0, 0)
    assert pixel((9.8, 4.9)) == (59, 29)
    assert pixel((48.86, 2.35)) is pixel((0, 0)) is None
    gao, bamako, kidal = pixel((16.27, -0.04)), pixel((12.65, -8.0)), pixel((18.44, 1.41))
    assert None not in (gao, bamako, kidal)
    assert bamako[0] < gao[0] < kidal[0]  # type: ignore[index]
    assert kidal[1] < gao[1] < bamako[1]  # type: ignore[index]


def test_markers_names_and_notes(on_terminal: Run, tmp_path: Path) -> None:
    folder = str(write_dataset(tmp_path, **WAR))
    screen = on_terminal("map", "--data", folder, env={"NO_COLOR": "1"})
    assert "■Gao" in screen.output
    assert "▪Bamako" in screen.output
    assert "Outside the map: Paris." in screen.output
    assert "events:   ▪ 1-4   ■ 5-19" in screen.output
    assert re.search(r"■ +6 Gao$", "\n".join(lines(screen)), re.M)
    assert "13 events: 134 killed (114-164+)" in screen.output
    dead = on_terminal("map", "--by", "dead", "--data", folder, env={"NO_COLOR": "1"}).output
    assert "██Gao" in dead
    assert "?Bamako" in dead  # no number given, which is not zero
    assert re.search(r"██ +120\+ \?5 Gao$", dead, re.M)
    assert re.search(r"^.*0 +0 Paris$", dead, re.M)  # stated as zero
    for words in ("killed, best estimate:", "? dead, no number given", "0 nobody killed", "+ no upper bound"):
        assert words in dead


def test_a_best_estimate_of_0_is_zero_only_if_no_more_is_possible(on_terminal: Run, tmp_path: Path) -> None:
    folder = str(write_dataset(tmp_path, **DOUBTFUL))
    shown = on_terminal("map", "--by", "dead", "--data", folder, env={"NO_COLOR": "1"}).output
    for mark in ("~Perhaps", "~Open", "0None", "~ best estimate 0, may be more", "0 nobody killed"):
        assert mark in shown
    for line in (r"~ +0–21 Perhaps$", r"~ +0\+ Open$", r"0 +0 None$"):
        assert re.search(line, "\n".join(line.rstrip() for line in shown.splitlines()), re.M), line
    assert "may be more" not in on_terminal("map", "--by", "dead", "--place", "None", "--data", folder).output
    timeline = on_terminal("timeline", "--data", folder, env={"NO_COLOR": "1"}).output.splitlines()
    perhaps, open_, none = (
        next(line for line in timeline if line.startswith(year)) for year in ("2012", "2013", "2014")
    )
    assert re.search(r" 0  ▒+ +0–21$", perhaps)
    assert re.search(r" 0\+ >$", open_)
    assert re.search(r" 0$", none)


def test_control_on_a_day(on_terminal: Run, tmp_path: Path) -> None:
    war = dataset(tmp_path, **WAR)
    columns = ("place", "events", "killed_best", "holder", "contested")
    assert rows_of(war.map(on="2012-06"), *columns) == [
        ("Bamako", 0, None, "Them", False),
        ("Gao", 0, None, "Us", False),
        ("Taoudenni", 0, None, "unknown", False),
    ]
    later = {row[0]: row for row in rows_of(war.map(on="2013-02-05"), *columns) if row[3]}
    assert later["Gao"] == ("Gao", 6, 120, "Them;Us", True)
    assert [row[0] for row in rows_of(war.map(on="2012-06", region="Gao"), *columns)] == ["Gao"]
    screen = on_terminal("map", "--on", "2012-06", "--data", str(tmp_path), env={"NO_COLOR": "1"})
    assert lines(screen)[0] == "Mali War: who held which place on 2012-06-30"
    for line in ("A Them: Bamako 2012", "B Us: Gao 2012", "? unknown: Taoudenni"):
        assert line in screen.output
    for mark in ("ABamako", "BGao", "?Taoudenni"):
        assert mark in screen.output
    screen = on_terminal("map", "--on", "2013-02-05", "--data", str(tmp_path), columns=120, env={"NO_COLOR": "1"})
    assert "!Gao" in screen.output
    assert "!Gao 2013" in screen.output
    assert "! claimed or contested:" in screen.output


def test_a_holder_by_an_old_statement_has_a_small_letter_and_each_has_the_year(
    on_terminal: Run, tmp_path: Path
) -> None:
    places = [{**place, "kind": "town"} for place in WAR["places"][:3]]
    control = [
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01"},
        {"place": "Taoudenni", "holder": "Us", "date_start": "2013-12-31"},
        {"place": "Bamako", "holder": "Them", "date_start": "2012-01-01", "basis": "claimed"},
    ]
    folder = str(write_dataset(tmp_path, places=places, groups=WAR["groups"], control=control))
    screen = on_terminal("map", "--on", "2016-06-01", "--data", folder, columns=130, env={"NO_COLOR": "1"})
    assert lines(screen)[1] == "2 of 3 holders by statements older than 3 years"
    assert "aGao 2012" in screen.output
    assert "ATaoudenni 2013" in screen.output
    for line in ("A Us: Taoudenni 2013", "a Us, more than 3 years ago: Gao 2012", "Bamako 2012 (claimed"):
        assert line in screen.output
    younger = on_terminal("map", "--on", "2014-06-01", "--data", folder, env={"NO_COLOR": "1"})
    assert "AGao 2012" in younger.output
    assert "older than" not in younger.output


def test_holders_agree_with_control() -> None:
    war = mali_cli.load()
    held = war.control(on="2012-07-01")
    drawn_at = held["place"].map(towns_of_buildings(war.table("places")))
    held = held[(held["basis"] != "present") & (drawn_at == held["place"])]  # buildings of a town are not on the map
    shown = war.map(on="2012-07-01")
    shown = shown[shown["holder"].notna()]
    assert set(shown["place"]) == set(held["place"])
    for place, cell in zip(shown["place"], shown["holder"], strict=True):
        expected = {name for cells in held.loc[held["place"] == place, "holder"] for name in cells.split(";")}
        assert set(cell.split(";")) == expected


def test_colour_does_not_change_the_text(on_terminal: Run) -> None:
    coloured = on_terminal("map", "--on", "2012-07-01")
    plain = on_terminal("map", "--on", "2012-07-01", env={"NO_COLOR": "1"})
    assert "\x1b[" in coloured.output
    assert lines(coloured) == plain.output.splitlines()


def test_a_pipe_gets_csv(mali: Pipe) -> None:
    rows = list(csv.DictReader(mali("map", "--actor", "MNLA", "--quiet").stdout.splitlines()))
    assert list(rows[0]) == [column.name for column in schema.result_columns("map")]
    assert sum(int(row["events"]) for row in rows) == len(mali_cli.load().events(actor="MNLA"))


def test_nothing_is_drawn_without_rows_or_coordinates(on_terminal: Run, tmp_path: Path) -> None:
    assert on_terminal("map", "--text", "nosuchword").output == "No events match.\n"
    folder = str(write_dataset(tmp_path, **WAR))
    table = on_terminal("map", "--place", "Mali", "--data", folder).output
    assert "Without a point on the map: 1 event reported for a region" in table
    assert "without a place" not in table
    assert "ALGERIA" not in table
    outside = on_terminal("map", "--place", "Paris", "--data", folder).output
    assert outside.startswith("None of the results is on the map; --format table shows the numbers.\n")


def test_a_foreign_file_has_no_holders(on_terminal: Run) -> None:
    file = str(FOLDER / "acled_a4.csv")
    assert on_terminal("map", "--data", file).status == 0
    screen = on_terminal("map", "--data", file, "--on", "2024")
    assert screen.status == 0
    assert "Who held" not in screen.output


def test_outlines_are_small_and_closed() -> None:
    file = schema.data_folder() / "outlines.json"
    assert file.stat().st_size < 16_000
    outlines = json.loads(file.read_text(encoding="utf-8"))
    assert "Natural Earth" in outlines["description"]
    ends = [tuple(line["line"][i]) for line in outlines["lines"] if "Mali" in line["of"] for i in (0, -1)]
    assert all(ends.count(end) == 2 for end in ends)
    neighbours = {"Algeria", "Niger", "Burkina Faso", "Ivory Coast", "Guinea", "Senegal", "Mauritania"}
    assert {name for line in outlines["lines"] if "Mali" in line["of"] for name in line["of"]} == {"Mali", *neighbours}
    assert sum("Natural Earth" in source["title"] for source in schema.datapackage()["sources"]) == 2
    # A line between regions ends where it meets another, or on the border; that of Bamako runs round the town.
    i = [tuple(point) for line in outlines["lines"] for point in line["line"]]
    inner = [tuple(line[end]) for line in outlines["regions"] for end in (0, -1)]
    along = [tuple(point) for line in outlines["regions"] for point in line[1:-1]]
    loose = [end for end in inner if inner.count(end) == 1 and end not in along]
    assert len(loose) == 11
    assert all(min(_off(end, *ends) for ends in pairwise(i)) < 0.02 for end in loose)
    # Segou lies between Koulikoro, Mopti and Timbuktu: the line to the last is the shortest of them.
    assert sum(end in ((-5.51, 15.5), (-6.32, 15.5), (-5.36, 15.55)) for end in inner) == 3


def _off(point: tuple[float, ...], start: tuple[float, ...], end: tuple[float, ...]) -> float:
    """How far a point lies off a line, in degrees."""
    (x, y), (from_x, from_y), (to_x, to_y) = point, start, end
    long = (to_x - from_x) ** 2 + (to_y - from_y) ** 2
    share = max(0.0, min(1.0, ((x - from_x) * (to_x - from_x) + (y - from_y) * (to_y - from_y)) / long)) if long else 0
    return math.hypot(x - from_x - share * (to_x - from_x), y - from_y - share * (to_y - from_y))


def test_invalid_options_are_errors() -> None:
    war = mali_cli.load()
    with pytest.raises(MaliError, match="no size of `by` is called 'wounded'"):
        war.map(by="wounded")
    with pytest.raises(MaliError, match="`on` gives a whole period"):
        war.map(on="2012", since="2012")
