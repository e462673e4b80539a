"""The timeline: its numbers are those of the sums, and its picture keeps to the terminal and to what is known."""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.cells import cell_len

import mali_cli
from mali_cli.dataset import Dataset, load
from mali_cli.errors import MaliError
from tests.conftest import Terminal
from tests.output.test_terminal import lines
from tests.support.lookalikes import FOLDER
from tests.support.tables import dataset, rows_of, write_dataset

Run = Callable[..., Terminal]
Pipe = Callable[..., subprocess.CompletedProcess[str]]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
MEASURES = ("killed_low", "killed_best", "killed_high", "open", "unknown", "not_stated")

WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Us"}, {"group": "Them"}],
    "places": [{"place": "Gao", "region": "Gao", "latitude": "16.27", "longitude": "-0.04"}],
    "events": [
        {"event_id": "a", "date_start": "2012-01-05", "place": "Gao"},
        {"event_id": "b", "date_start": "2012-01-09"},
        {"event_id": "c", "date_start": "2012-04-01"},
        {"event_id": "d", "date_start": "2012-05-01", "event_type": "Protests", "sub_event_type": "Peaceful protest"},
        {"event_id": "e", "date_start": "2012-06-20", "date_end": "2012-07-10", "date_precision": "range"},
        {"event_id": "f", "date_start": "2012-06-20"},
    ],
    "casualties": [
        {"event_id": "a", "low": 10, "best": 15, "high": 40},
        {"event_id": "b", "wording": "dozens"},
        {"event_id": "e", "n": 7},
        {"event_id": "f", "n": 0},
    ],
}  # fmt: skip


def by_month(folder: Path, **filters: Any) -> list[tuple[Any, ...]]:
    frame = dataset(folder, **WAR).timeline(by="month", **filters)
    return rows_of(frame, "period", "events", "killed_low", "killed_best", "killed_high", "unknown", "not_stated")


def test_empty_months_are_rows_and_unknown_is_not_zero(tmp_path: Path) -> None:
    assert by_month(tmp_path) == [
        ("2012-01", 2, 10, 15, 40, 1, 0),
        ("2012-02", 0, None, None, None, 0, 0),
        ("2012-03", 0, None, None, None, 0, 0),
        ("2012-04", 1, None, None, None, 0, 1),  # a battle without a figure
        ("2012-05", 1, None, None, None, 0, 0),  # a protest
        ("2012-06", 1, 0, 0, 0, 0, 0),  # stated as zero
        (None, 1, 7, 7, 7, 0, 0),
    ]


def test_the_whole_period_of_the_filters_is_shown(tmp_path: Path) -> None:
    assert [row[0] for row in by_month(tmp_path, since="2011-12", until="2012-04")] == [
        "2011-12", "2012-01", "2012-02", "2012-03", "2012-04"
    ]  # fmt: skip


FILTERS: list[dict[str, Any]] = [
    {},
    {"since": "2012", "until": "2013"},
    {"actor": "MNLA"},
    {"actor": ["France"], "against": ["Jihadists"]},
    {"place": "Gao", "since": "2012"},
    {"region": "Kidal", "dates": "certain", "on": "2013"},
    {"where": "Mali", "type": "Battles"},
    {"source": "almanac"},
    {"text": "Konna", "basis": "claimed"},
    {"near": "Gao:100"},
    {"actor": "JNIM", "members": True},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_numbers_agree_with_events_and_casualties(filters: dict[str, Any]) -> None:
    """Without filters by every key, with them by one of these."""
    keys = ["year", "quarter", "month"]
    for key in [keys[FILTERS.index(filters) % len(keys)]] if filters else keys:
        _same(mali_cli.load(), filters, key)


@pytest.mark.parametrize("name", ["acled_a4", "ucdp_u2", "un_fatalities"])
def test_numbers_agree_for_foreign_files(name: str) -> None:
    _same(load(FOLDER / f"{name}.csv"), {"since": "1990"}, "month")


def test_numbers_agree_for_a_converted_folder(tmp_path: Path) -> None:
    from mali_cli.storage.convert import convert

    folder = tmp_path / "parquet"
    convert(load(FOLDER / "acled_a4.csv").backend, folder, "parquet")
    _same(load(folder), {"since": "1990"}, "month")


def _same(war: Dataset, filters: dict[str, Any], key: str) -> None:
    shown = war.timeline(by=key, **filters)
    assert len(shown)
    drawn = shown.set_index(shown["period"].fillna(""))
    counts = war.events(by=key, **filters)
    assert dict(zip(counts[key].fillna(""), counts["events"], strict=True)) == {
        period: number for period, number in drawn["events"].items() if number
    }
    sums = war.casualties(by=key, **filters)
    sums = sums.set_index(sums[key].fillna(""))[list(MEASURES)]
    killed = war.casualties(by=key, harm="killed", **filters)  # the table counts tallies of all harms without a number
    sums["unknown"] = killed.set_index(killed[key].fillna(""))["unknown"].reindex(sums.index, fill_value=0)
    empty = sums["killed_best"].isna() & ~(sums[["unknown", "not_stated"]] > 0).any(axis=1)
    there = sums[~empty]
    pd.testing.assert_frame_equal(drawn.loc[there.index, list(MEASURES)], there, check_names=False)
    rest = drawn.drop(index=there.index)
    assert rest["killed_best"].isna().all()
    assert not rest[["unknown", "not_stated"]].any(axis=None)
    assert len(drawn) == len(set(drawn.index))


def test_country_means_where_it_happened_and_min_killed_filters_events() -> None:
    war = mali_cli.load()
    pd.testing.assert_frame_equal(war.timeline(country="Niger"), war.timeline(where="Niger"))
    large = war.events(min_killed=20)
    shown = war.timeline(min_killed=20)
    assert shown["events"].sum() == len(large)
    assert shown["killed_best"].sum() == large["killed_best"].sum()
    assert shown["not_stated"].sum() == 0


@pytest.mark.parametrize("columns", [40, 80, 300])
@pytest.mark.parametrize("arguments", [["--by", "year"], ["--on", "2012", "--by", "month"], ["--actor", "MNLA", "--by", "quarter"]])  # fmt: skip
def test_no_line_is_longer_than_the_terminal(on_terminal: Run, columns: int, arguments: list[str]) -> None:
    """Each width and each key is drawn in UTF-8 and in ASCII, but not all of them together."""
    env = ASCII if (columns == 80) == (arguments[-1] == "year") else {}
    screen = on_terminal("timeline", *arguments, "--quiet", columns=columns, env=env)
    assert screen.status == 0
    text = lines(screen)
    assert 30 < max(map(len, text)) <= min(columns, 200)
    assert screen.output.isascii() == bool(env)
    assert any(re.match(r"2012(-Q1|-04)? +\d+ [█#]", line) for line in text)


def test_bars_ranges_and_unknowns(on_terminal: Run, mali: Pipe, tmp_path: Path) -> None:
    folder = str(write_dataset(tmp_path, **WAR))
    screen = on_terminal("timeline", "--by", "month", "--data", folder, columns=80, env={"NO_COLOR": "1"})
    assert "\x1b" not in screen.output
    january, february, march, april, may, june = (line for line in lines(screen) if line.startswith("2012-"))
    events, dead, numbers = re.fullmatch(r"2012-01 +2 (█+) +15 +(█+▒*┃▒+) +(.*)", january).groups()  # type: ignore[union-attr]
    assert numbers == "10–40 ?1"
    whole, half = len(dead), "█" * round(len(events) / 2)
    assert (dead.count("█"), dead.index("┃") + 1) == (pytest.approx(whole / 4, abs=1), pytest.approx(whole * 15 / 40, abs=1))  # fmt: skip
    assert february.split() == ["2012-02", "·"]
    assert march.split() == ["2012-03", "·"]
    assert april.split() == ["2012-04", "1", half, "?", "?", "?1"]
    assert may.split()[:2] == ["2012-05", "1"]
    assert "?" not in may
    assert june.split() == ["2012-06", "1", half, "0"]
    assert "1 event, with 7 killed, falls within no single month: they are in no bar." in screen.output
    assert "killed: best estimate; bar: █ at least, ▒ at most, ┃ best estimate; " in screen.output
    assert "?3: 3 tolls without a number (not zero)" in " ".join(screen.output.split())
    piped = mali("timeline", "--by", "month", "--data", folder)
    assert "see the row without a period." in piped.stderr
    assert piped.stdout.splitlines()[-1].startswith(",1,7,")


def height(screen: Terminal, columns: int) -> int:
    """Return how many lines of a terminal the output takes; a longer line goes on in the next one."""
    return sum(max(-(-cell_len(line) // columns), 1) for line in lines(screen))


SCREENS = [(80, 24), (100, 24), (80, 30), (100, 30), (120, 40)]


@pytest.mark.parametrize(("arguments", "size"), [
    *(("", size) for size in SCREENS),
    *((arguments, SCREENS[0]) for arguments in ("--by month", "--from 1960 --by quarter", "--on 2013 --by month")),
])  # fmt: skip
def test_it_fits_the_screen_with_all_its_lines(on_terminal: Run, arguments: str, size: tuple[int, int]) -> None:
    columns, rows = size
    screen = on_terminal("timeline", *arguments.split(), columns=columns, rows=rows)
    assert height(screen, columns) < rows
    assert lines(screen)[0].startswith("Mali War: events and people killed by ")


def test_periods_before_the_war_are_one_line_unless_they_are_asked_for(on_terminal: Run) -> None:
    shown = mali_cli.load().timeline()
    early = shown[shown["period"] < "2012"]
    text = "\n".join(lines(on_terminal("timeline", columns=100, rows=60)))
    said = f"before 2012: {early['events'].sum()} events, ?{early[['unknown', 'not_stated']].sum().sum()} (--from 1960 draws them)"  # fmt: skip
    assert f"   … {said}\n2012 " in text
    assert not re.search(r"^(19|200)", text, re.M)
    asked_for = "\n".join(lines(on_terminal("timeline", "--from", "1960", columns=100, rows=60)))
    assert "before 2012" not in asked_for
    assert re.search(r"^1960 +1 ", asked_for, re.M)


def test_early_periods_are_drawn_if_there_are_no_later_events(on_terminal: Run, tmp_path: Path) -> None:
    events = [{"event_id": f"e{year}", "date_start": f"{year}-05-01"} for year in range(2005, 2012)]
    folder = str(write_dataset(tmp_path, events=events))
    text = lines(on_terminal("timeline", "--data", folder, "--to", "2013"))
    assert [line[:4] for line in text if line[:2] == "20"] == [str(year) for year in range(2005, 2014)]


def test_the_title_says_whose_dead_are_counted(on_terminal: Run) -> None:
    title = " ".join(lines(on_terminal("timeline", "--actor", "France", "--from", "2013", columns=100))[:2])
    assert title.startswith("Mali War: events with France taking part, and people killed in them (all sides)")


def test_longer_periods_are_drawn_where_shorter_ones_do_not_fit(on_terminal: Run) -> None:
    war = mali_cli.load()
    months = war.timeline(by="month", since="2012", until="2014")
    months = months[months["period"].notna()]
    command = ("timeline", "--by", "month", "--from", "2012", "--to", "2014")
    assert lines(on_terminal(*command, rows=60))[0] == "Mali War: events and people killed by month"
    quarters = lines(on_terminal(*command, rows=24))
    assert quarters[0] == "Mali War: events and people killed by quarter: 36 months do not fit (-f csv)"
    drawn = {line.split()[0]: int(line.split()[1]) for line in quarters if re.match(r"201\d-Q\d +\d", line)}
    of_quarter = months["period"].str[:4] + "-Q" + ((months["period"].str[5:].astype(int) + 2) // 3).astype(str)
    sums = months.groupby(of_quarter)["events"].sum()
    assert drawn == sums[sums > 0].to_dict()
    years = lines(on_terminal("timeline", "--by", "month", rows=24))
    assert years[0] == "Mali War: events and people killed by year: 152 months do not fit (-f csv)"
    several = lines(on_terminal("timeline", "--from", "1960", rows=24))
    assert several[0] == "Mali War: events and people killed by five years: 65 years do not fit (-f csv)"
    assert any(line.startswith("2010-14 ") for line in several)
    decades = lines(on_terminal("timeline", "--from", "1960", "--quiet", rows=14))
    assert decades[0] == "Mali War: events and people killed by decade: 65 years do not fit (-f csv)"


def test_many_empty_periods_are_one_line_but_rows_in_a_pipe(on_terminal: Run, mali: Pipe) -> None:
    shown = on_terminal("timeline", "--from", "1960", rows=60)
    assert re.search(r"^ +… 1963 to 1990: no events$", "\n".join(lines(shown)), re.M)
    rows = list(csv.DictReader(mali("timeline").stdout.splitlines()))
    assert [row["events"] for row in rows if "1963" <= row["period"] <= "1990"] == ["0"] * 28
    assert all(row["killed_best"] == "" for row in rows if "1963" <= row["period"] <= "1990")


def test_colour_does_not_change_the_text(on_terminal: Run) -> None:
    coloured = on_terminal("timeline", "--from", "2012")
    plain = on_terminal("timeline", "--from", "2012", env={"NO_COLOR": "1"})
    assert "\x1b[31m" in coloured.output
    assert lines(coloured) == lines(plain) == plain.output.splitlines()
    assert "\x1b" not in on_terminal("timeline", env={"TERM": "dumb"}).output


def test_a_pipe_gets_csv_or_the_chart_with_format_picture(mali: Pipe) -> None:
    piped = mali("timeline", "--from", "2023", "--dates", "all", "--quiet").stdout.splitlines()
    assert piped[0] == "period,events,killed_low,killed_best,killed_high,open,unknown,not_stated"
    assert [row.partition(",")[0] for row in piped[1:]] == ["2023", "2024", ""]
    drawn = mali("timeline", "-f", "picture", env={"COLUMNS": "60", "LC_ALL": "C"}).stdout
    assert "█" in drawn
    assert max(map(len, drawn.splitlines())) <= 60


def test_no_rows_are_a_message_and_no_chart(on_terminal: Run) -> None:
    screen = on_terminal("timeline", "--on", "1850")
    assert (screen.status, screen.output) == (0, "No events match.\n")


def test_events_in_no_single_period_only_are_shown_as_a_table(on_terminal: Run, tmp_path: Path) -> None:
    events = [{"event_id": "a", "date_start": "2012-01-01", "date_end": "2013-01-01", "date_precision": "range"}]
    screen = on_terminal("timeline", "--data", str(write_dataset(tmp_path, events=events)), columns=100)
    assert screen.status == 0
    assert "1 event falls within no single year" in screen.output
    assert "█" not in screen.output


@pytest.mark.parametrize("picture", ["timeline", "map"])
def test_a_terminal_that_is_too_narrow_is_an_error(on_terminal: Run, picture: str) -> None:
    screen = on_terminal(picture, columns=39)
    said = f"mali: a {picture} needs 40 columns, but the terminal has 39; --format table shows the numbers."
    assert (screen.status, " ".join(lines(screen))) == (2, said)
    assert on_terminal(picture, "-f", "csv", columns=39).status == 0


def test_invalid_options_are_errors() -> None:
    war = mali_cli.load()
    with pytest.raises(MaliError, match="no period of `by` is called 'day'"):
        war.timeline(by="day")
    with pytest.raises(MaliError, match="one `by`"):
        war.timeline(by=["year", "month"])
