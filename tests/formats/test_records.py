"""A record that cannot be read is skipped and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from mali_cli.dataset import load
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    COUNTS,
    FOLDER,
    Row,
    assert_as_expected,
    edited,
    parsed,
    raw,
    where,
    written,
)
from tests.support.quirks import (
    SKIPPED,
    of_columns,
    without_column,
)


@pytest.mark.parametrize("id", ["007", "0090", "1e5", "MLI-9"])
def test_ids_are_text(tmp_path: Path, id: str) -> None:
    for name, key, first in (("acled_a3", "event_id_cnty", "MLI9301"), ("ucdp_u1", "id", "910101"), ("un_fatalities", "casualty_id", "MINUSMA-2013-08-90001")):  # fmt: skip
        path = foreign.store(tmp_path / f"{name}.csv", edited(name, where(first, **{key: id})))
        actual = foreign.tables(path)
        assert id in [event["event_id"] for event in actual["events"]]
        assert f"{id}/1" in [figure["casualty_id"] for figure in actual["casualties"]]


@pytest.mark.parametrize(("name", "id", "column", "cell"), SKIPPED)
def test_a_record_that_cannot_be_read_is_skipped_and_reported(
    tmp_path: Path, name: str, id: str, column: str, cell: str
) -> None:
    path = foreign.store(tmp_path / "skips.csv", edited(name, where(id, **{column: cell})))
    whole = load(path)
    records, read, skipped, repeated, merged = foreign.counts(whole).values()
    assert (records, read, skipped, repeated, merged) == (COUNTS[name][0], COUNTS[name][1] - 1, 1, *COUNTS[name][3:])
    wanted = [row for row in foreign.expected(name, "events") if row["event_id"] != id]
    assert foreign.rendered(whole, "events") == wanted
    key = {"acled_a3": "event_id_cnty", "acled_a0": "EVENT_ID_CNTY", "ucdp_u2": "id", "un_fatalities": "casualty_id"}[name]  # fmt: skip
    header, *rest = foreign.records(name)
    number = [row[header.index(key)] for row in rest].index(id) + 1
    [note] = [note for note in load(path).answer("events").notes if "skipped" in note]
    assert str(path) in note
    assert "1 skipped" in note
    assert f"record {number}," in note
    assert column.lower() in note.lower()
    assert "\n" not in note


def test_many_skipped_records_are_counted_and_the_first_reported(tmp_path: Path) -> None:
    def change(row: Row) -> None:
        if row["event_id_cnty"] in ("MLI9302", "MLI9303", "MLI9304", "MLI9305"):
            row["event_date"] = "soon"

    path = foreign.store(tmp_path / "skips.csv", edited("acled_a3", change))
    [note] = [note for note in load(path).answer("events").notes if "skipped" in note]
    assert "9 records" in note
    assert "5 read" in note
    assert "4 skipped" in note
    assert "; and 1 more" in note
    assert "record 2," in note
    assert "soon" in note
    assert foreign.counts(load(path)) == {"records": 9, "read": 5, "skipped": 4, "repeated": 0, "merged": 0}


def test_an_unknown_event_type_is_left_blank_and_reported() -> None:
    notes = load(FOLDER / "acled_a0.csv").answer("events").notes
    [note] = [note for note in notes if "Trade dispute" in note]
    assert "blank" in note


def test_a_later_version_that_cannot_be_read_is_skipped(tmp_path: Path) -> None:
    """The latest record cannot be read: it is reported, and an earlier one counts."""
    data = of_columns("event_date", lambda cell: "soon" if cell == "19 June 2020" else cell)(raw("acled_a2"))
    dataset = load(foreign.store(tmp_path / "later.csv", data))
    [event] = [event for event in foreign.rendered(dataset, "events") if event["event_id"] == "MLI9205"]
    assert event["side_a"] == "Blue Veil Column"
    assert foreign.counts(dataset) == {"records": 10, "read": 9, "skipped": 1, "repeated": 0, "merged": 0}


def test_check_reports_every_record_that_would_be_skipped(tmp_path: Path) -> None:
    for name, id, column, cell in SKIPPED:
        path = foreign.store(tmp_path / "skips.csv", edited(name, where(id, **{column: cell})))
        faults = load(path).answer("check").frame
        reported = {(fault.lower(), str(value).strip()) for fault, value in zip(faults["column"], faults["value"], strict=True)}  # fmt: skip
        assert (column.lower(), cell.strip()) in reported, (name, column, cell)


def test_a_riot_or_protest_is_known_by_either_actor(tmp_path: Path) -> None:
    by_police = where("9010MLI", ACTOR1="Police Forces of Mali", INTER1="1", INTER2="5")
    path = foreign.store(tmp_path / "police.csv", edited("acled_a0", by_police))
    [event] = [event for event in foreign.tables(path)["events"] if event["event_id"] == "9010MLI"]
    assert event["event_type"] == "Riots"


def test_decimals_may_follow_a_comma(tmp_path: Path) -> None:
    def with_comma(row: dict[str, str]) -> None:
        row |= {column: row[column].replace(".", ",") for column in ("latitude", "longitude")}

    data = written(parsed(edited("acled_a3", with_comma)), delimiter=";")
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "commas.csv", data)), "acled_a3")


def test_without_precision_every_date_is_a_day_and_a_note_says_so(tmp_path: Path) -> None:
    answer = load(foreign.store(tmp_path / "cut.csv", without_column("time_precision")(raw("acled_a3")))).answer(
        "events"
    )
    assert set(answer.frame["date_precision"]) == {"day"}
    assert "The file has no time_precision: every date is taken as the day of the event." in answer.notes


def test_the_first_actor_of_a_one_sided_event_inflicted_its_deaths() -> None:
    figures = load(FOLDER / "acled_a3.csv").casualties(inflicted_by="Islamic State in the Sahel")
    assert list(figures["event_id"]) == ["MLI9302"]
    monadic = load(FOLDER / "acled_monadic.csv").casualties()
    assert monadic["inflicted_by"].isna().all()
