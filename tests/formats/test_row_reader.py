"""Records are split and counted rightly, and a malformed one is refused whatever the filter."""

from __future__ import annotations

from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError
from mali_cli.formats.detect import open_foreign_file
from mali_cli.formats.row_reader import RowReader
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    NAMES,
    Change,
    assert_as_expected,
    edited,
    raw,
    where,
)
from tests.support.quirks import (
    HARMLESS,
    REFUSED,
    record,
)


@pytest.mark.parametrize("size", [5_001, 131_073, 400_000])
@pytest.mark.parametrize(("name", "column"), [("acled_a2", "notes"), ("ucdp_u1", "source_headline")])
def test_long_fields_are_read_whole(tmp_path: Path, name: str, column: str, size: int) -> None:
    """Fields of over 5,000 characters, and longer than the default limit of the csv module."""
    long = 'Invented: "so it goes", on and on; ' * (size // 34 + 1)

    def change(cell: str) -> str:
        return cell.replace("Invented: a fight in the far east.", long).replace("Invented quarrel", long, 1)

    ours = {"MLI9206", "910103"}
    data = edited(name, lambda row: row.get("event_id_cnty", row.get("id")) in ours and row.update({column: long}))
    actual = foreign.tables(foreign.store(tmp_path / "long.csv", data))
    [event] = [event for event in actual["events"] if event["event_id"] in ours]
    assert event["summary"].strip() == long.strip()
    event["summary"] = change(event["summary"]).replace(event["summary"], "Invented: a fight in the far east." if name == "acled_a2" else "Invented quarrel")  # fmt: skip
    assert_as_expected(actual, name)


def test_newlines_tabs_and_brackets_stay_in_a_field() -> None:
    [event] = [event for event in foreign.tables(FOLDER / "acled_a2.csv")["events"] if event["event_id"] == "MLI9201"]
    assert "\n" in event["summary"]
    assert "\t" in event["summary"]
    assert "[size=no report]" in event["summary"]


def test_carriage_returns_in_quotes_stay(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "cr.csv", edited("acled_a3", where("MLI9304", notes="one\rtwo\r\nthree\n")))
    [event] = [event for event in foreign.tables(path)["events"] if event["event_id"] == "MLI9304"]
    assert event["summary"].strip() == "one\rtwo\r\nthree"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (record(9, lambda row: row[:-1]), "record 9"),
        (record(3, lambda row: [*row, "more"]), "record 3"),
        (record(3, lambda row: ["", *row]), "record 3"),
        (lambda data: data.replace(b"a wheel finds", b"a wheel, finds"), "record 3"),
    ],
    ids=["a field too few", "a field too many", "a field too many, first", "a comma that nobody quoted"],
)
def test_a_malformed_record_is_refused_by_every_query(tmp_path: Path, change: Change, expected: str) -> None:
    """Even if the filters do not match the malformed record."""
    path = foreign.store(tmp_path / "quirk.csv", change(raw("acled_a3")))
    answered = []
    for query, filters in (
        *(("events", {}), ("casualties", {}), ("groups", {}), ("places", {}), ("sources", {})),
        *(("events", {name: value}) for name, value in (("actor", "Wagner Group"), ("since", "2023-08"), ("text", "market"))),
        *(("events", {name: value}) for name, value in (("place", "Ber"), ("type", "Riots"), ("where", "Burkina Faso"))),
    ):  # fmt: skip
        message = ""
        try:
            getattr(load(path), query)(**filters)
        except DataError as refusal:
            message = str(refusal)
        if expected not in message:
            answered.append((query, filters))
    assert answered == []


def test_a_trailing_comma_is_not_a_field(tmp_path: Path) -> None:
    for number in (3, 9):
        path = foreign.store(tmp_path / f"{number}.csv", record(number, lambda row: [*row, ""])(raw("acled_a3")))
        assert_as_expected(foreign.tables(path), "acled_a3")
        assert list(load(path).events(actor="Wagner Group")["event_id"]) == ["MLI9301"]


SPLIT = [("as it is", name, lambda data: data) for name in NAMES] + [
    quirk for quirk in HARMLESS if quirk[1] == "acled_a2"
]


@pytest.mark.parametrize(("name", "change"), [case[1:] for case in SPLIT], ids=[f"{c[1]}, {c[0]}" for c in SPLIT])
def test_split_records_are_those_of_the_csv_module(tmp_path: Path, name: str, change: Change) -> None:
    table_file, _ = open_foreign_file(foreign.store(tmp_path / "file.csv", change(raw(name))))
    reader = RowReader(table_file)
    rows = list(reader)
    for leading in (1, reader.width // 2, reader.width - 1):
        split = []
        for cells, text in reader.iter_split(leading):
            assert cells[:leading] == rows[reader.records - 1][:leading]
            split.append(reader.parse(text))
        assert split == rows
        assert reader.records == len(rows)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [(name, change, expected) for _, name, change, suffix, expected in REFUSED if expected.startswith("record")],
    ids=[quirk[0] for quirk in REFUSED if quirk[4].startswith("record")],
)
def test_a_malformed_record_is_refused_when_it_is_split_or_parsed(
    tmp_path: Path, name: str, change: Change, expected: str
) -> None:
    table_file, _ = open_foreign_file(foreign.store(tmp_path / "file.csv", change(raw(name))))
    reader = RowReader(table_file)
    with pytest.raises(DataError, match=expected):
        _ = [reader.parse(text) for _, text in reader.iter_split(3)]


def test_a_number_of_dead_that_is_missing_in_r_is_not_stated(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "acled.csv", edited("acled_a3", where("MLI9301", fatalities="NA")))
    [sums] = load(path).casualties(since="2023-08-11", until="2023-08-11", by="year").to_dict("records")
    assert (sums["events"], sums["unknown"], sums["not_stated"]) == (0, 0, 1)  # no figure, but an event
