"""Files of a few of a format's columns: events keep what the file has, and a note says what it lacks."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError
from tests.support import lookalikes as foreign
from tests.support.lookalikes import Row, written

Run = Callable[..., subprocess.CompletedProcess[str]]

ID = re.compile(r"[0-9a-f]{16}")
# The columns of a package of the World Bank for ACLED's API: no id, no precisions, the population nearby
WORLD_BANK = [
    *("event_date", "year", "disorder_type", "event_type", "sub_event_type", "actor1", "assoc_actor_1", "inter1"),
    *("actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting", "iso", "country", "admin1", "admin2"),
    *("admin3", "location", "latitude", "longitude", "source", "notes", "fatalities"),
    *("population_1km", "population_2km", "population_5km"),
]
SEVEN_OF_UCDP = ["id", "conflict_new_id", "conflict_name", "country", "best", "type_of_violence", "date"]


def cut(folder: Path, name: str, columns: Iterable[str], *more_rows: int) -> Path:
    """Write a look-alike with some of its columns in this order, and some of its records once more."""
    header, *rows = foreign.records(name)
    columns = list(columns)
    positions = [header.index("date_start" if column == "date" else column) for column in columns]
    rows += [rows[number] for number in more_rows]
    data = written([columns, *([row[i] for i in positions] for row in rows)])
    return foreign.store(folder / f"cut_{name}.csv", data)


def without(name: str, *dropped: str) -> list[str]:
    return [column for column in foreign.records(name)[0] if column not in dropped]


def _events(path: Path) -> list[Row]:
    return foreign.rendered(load(path), "events")


def _unnamed(rows: list[Row], *columns: str) -> list[Row]:
    """Return rows without their ids and some columns, sorted by what is left."""
    left = [{key: cell for key, cell in row.items() if key not in ("event_id", *columns)} for row in rows]
    return sorted(left, key=lambda row: list(row.values()))


@pytest.mark.parametrize("name", ["acled_a3", "ucdp_u1"])
def test_without_ids_everything_else_is_as_in_the_whole_file(tmp_path: Path, name: str) -> None:
    path = cut(tmp_path, name, without(name, "event_id_cnty", "id"))
    events, whole = _events(path), foreign.expected(name, "events")
    assert _unnamed(events) == _unnamed(whole)
    ids = [event["event_id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert all(map(ID.fullmatch, ids))
    figures = foreign.rendered(load(path), "casualties")
    keyed = ("casualty_id", "tally", "part_of")
    assert _unnamed(figures, *keyed) == _unnamed(foreign.expected(name, "casualties"), *keyed)
    assert {figure["event_id"] for figure in figures} <= set(ids)


def test_a_record_that_repeats_is_one_event_and_is_counted(tmp_path: Path) -> None:
    path = cut(tmp_path, "acled_a3", without("acled_a3", "event_id_cnty"), 0, 0, 3)
    dataset = load(path)
    assert foreign.counts(dataset) == {"records": 12, "read": 9, "skipped": 0, "repeated": 3, "merged": 0}
    notes = [*dataset.backend.notes, *dataset.backend.reading_notes]
    assert notes[0].endswith("ACLED, some of its columns: 12 records: 9 read, 3 repeated.")
    assert notes[1] == "The file has no event_id_cnty: records that agree in every cell are one event."


def test_the_id_does_not_depend_on_the_order_of_columns_or_on_numbers_of_rows(tmp_path: Path) -> None:
    columns = without("acled_a3", "event_id_cnty")
    first = _events(cut(tmp_path, "acled_a3", columns))
    turned = cut(tmp_path, "acled_a3", reversed(columns))
    assert _events(turned) == first
    header, *rows = foreign.parsed(turned.read_bytes())
    numbered = written([["", *header], *([str(i), *row] for i, row in enumerate(rows))])
    assert _events(foreign.store(tmp_path / "numbered.csv", numbered)) == first


def test_the_columns_of_the_world_bank(tmp_path: Path) -> None:
    path = cut(tmp_path, "acled_a4", WORLD_BANK)
    lacks = ("date_start", "date_end", "date_precision", "place_precision", "note")
    assert _unnamed(_events(path), *lacks) == _unnamed(foreign.expected("acled_a4", "events"), *lacks)
    assert {event["date_precision"] for event in _events(path)} == {"day"}
    assert {event["place_precision"] for event in _events(path)} == {""}
    dataset = load(path)
    notes = dataset.answer("events", actor=["CSP"]).notes
    assert {note for note in notes if note.startswith("The file has no ")} == {
        "The file has no time_precision: every date is taken as the day of the event.",
        "The file has no geo_precision: how closely places are known is not stated.",
        "The file has no event_id_cnty: records that agree in every cell are one event.",
    }


def test_seven_columns_of_ucdp(tmp_path: Path) -> None:
    path = cut(tmp_path, "ucdp_u2", SEVEN_OF_UCDP)
    event = next(event for event in _events(path) if event["event_id"] == "920102")
    assert event | dict.fromkeys(("note", "basis"), "") == dict.fromkeys(event, "") | {
        "event_id": "920102",
        "date_start": "2015-02-01",
        "date_end": "2015-02-01",
        "date_precision": "day",
        "event_type": "Battles",
        "place": "Mali",
        "place_precision": "country",
        "summary": "Made-up conflict, Mali",
    }
    figures = foreign.rendered(load(path), "casualties")
    best = {row["event_id"]: row["best"] for row in foreign.expected("ucdp_u2", "casualties") if not row["part_of"]}
    assert {row["event_id"]: row["best"] for row in figures} == best
    assert {(row["low"], row["high"]) for row in figures} == {("", "")}


def test_ucdp_by_year(tmp_path: Path) -> None:
    path = cut(
        tmp_path, "ucdp_u2", ["id", "relid", "type_of_violence", "latitude", "longitude", "country", "year", "best"]
    )
    event = next(event for event in _events(path) if event["event_id"] == "920102")
    assert (event["date_start"], event["date_end"], event["date_precision"]) == ("2015-01-01", "2015-12-31", "year")
    ids = load(path).answer("events", on="2015").frame["event_id"]
    assert list(ids) == ["920102"]


@pytest.mark.parametrize(
    ("name", "columns", "place", "precision"),
    [
        ("acled_a3", ["event_date", "event_type", "fatalities", "country", "admin1"], "Kidal", "region"),
        ("acled_a3", ["event_date", "event_type", "fatalities", "country"], "Mali", "country"),
        ("ucdp_u2", ["date_start", "type_of_violence", "best", "country", "adm_1"], "Mopti region", "region"),
    ],
)
def test_without_a_location_the_place_is_the_region_or_the_country(
    tmp_path: Path, name: str, columns: list[str], place: str, precision: str
) -> None:
    events = _events(cut(tmp_path, name, columns))
    assert (place, precision) in {(event["place"], event["place_precision"]) for event in events}


@pytest.mark.parametrize(("name", "columns"), [("acled_a4", WORLD_BANK), ("ucdp_u2", SEVEN_OF_UCDP)])
def test_a_cut_file_answers_the_commands(mali: Run, tmp_path: Path, name: str, columns: list[str]) -> None:
    path = cut(tmp_path, name, columns)
    for command in (["events"], ["casualties", "--by", "year"], ["map"]):
        answer = mali(*command, "--data", str(path))
        assert answer.returncode == 0, answer.stderr
        assert "The file has no " in answer.stderr
    assert mali("convert", str(path), str(tmp_path / "tables"), "--to", "csv").returncode == 0
    by_year = [
        mali("casualties", "--by", "year", "--data", str(data), "--format", "csv").stdout
        for data in (path, tmp_path / "tables")
    ]
    assert by_year[0] == by_year[1]


def test_filters_find_the_same_with_and_without_reading_the_whole_file(tmp_path: Path) -> None:
    path = cut(tmp_path, "acled_a4", WORLD_BANK)
    whole = load(path)
    whole.table("events")
    for filters in ({"actor": ["CSP"]}, {"since": "2024-07-29"}, {"place": ["Hombori"]}, {"type": ["Battles"]}):
        found = load(path).answer("events", **filters).frame["event_id"].tolist()
        assert found == whole.answer("events", **filters).frame["event_id"].tolist()
        assert found


def test_files_with_and_without_ids_are_not_read_together(tmp_path: Path) -> None:
    path = cut(tmp_path, "acled_a3", without("acled_a3", "event_id_cnty"))
    with pytest.raises(DataError, match="has no event_id_cnty and other files have it"):
        load([path, foreign.FOLDER / "acled_a3.csv"])
    again = foreign.store(tmp_path / "again.csv", path.read_bytes())
    assert _events_of(path, again) == _events(path)


def _events_of(*paths: Path) -> list[Row]:
    return foreign.rendered(load(list(paths)), "events")


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ("event_id_cnty,event_type,actor1,country", "the column event_date is missing"),
        ("event_date,event_type,actor1,notes", "the column country or admin1 or location or latitude is missing"),
        ("id,type_of_violence,best,country", "the column date_start or year is missing"),
    ],
)
def test_a_file_that_lacks_what_an_event_needs_is_refused(tmp_path: Path, columns: str, missing: str) -> None:
    path = foreign.store(tmp_path / "cut.csv", f"{columns}\n1,2,3,4\n".encode())
    with pytest.raises(DataError, match=f"looks like a file of (ACLED|UCDP), but {missing}"):
        load(path)
