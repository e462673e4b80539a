"""Look-alikes of foreign files: invented records in real layouts, and the tables that they must become."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "lookalikes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))
HEADLESS = "ucdp_candidate_headless"

ID_COLUMNS = ("event_id_cnty", "EVENT_ID_CNTY", "id", "casualty_id", "GLOBALEVENTID", "eventid")

Row = dict[str, str]
Tables = dict[str, list[Row]]
Change = Callable[[bytes], bytes]


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.csv").read_bytes()


def records(name: str) -> list[list[str]]:
    """Return the records of a look-alike, the header first."""
    return parsed(raw(name))


def parsed(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def written(rows: Iterable[Iterable[object]], **dialect: Any) -> bytes:
    """Return records as the bytes of a CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return out.getvalue().encode("utf-8")


def edited(name: str, change: Callable[[Row], object]) -> bytes:
    """Return a look-alike after `change` was applied to each record as a dict."""
    header, *rest = records(name)
    rows = [dict(zip(header, record, strict=True)) for record in rest]
    for row in rows:
        change(row)
    return written([header, *([row[column] for column in header] for row in rows)])


def where(id: str, /, **cells: str) -> Callable[[Row], object]:
    """Return a change of the cells of one record."""

    def change(row: Row) -> None:
        if id in map(row.get, ID_COLUMNS):
            assert set(cells) <= set(row)
            row.update(cells)

    return change


def store(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# Containers


def gz(path: Path, data: bytes) -> Path:
    return store(path.with_suffix(".csv.gz"), gzip.compress(data))


def zipped(path: Path, data: bytes) -> Path:
    """Write a zip as macOS makes it, with a resource file beside the table."""
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/", "")
        archive.writestr("__MACOSX/export/._table.csv", b"\x00\x05\x16\x07Mac OS X")
        archive.writestr("export/table.csv", data)
    return path


def workbook(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    """Write a workbook with the table on the second sheet, after the terms of use."""
    import openpyxl

    path = path.with_suffix(".xlsx")
    book = openpyxl.Workbook()
    book.active.title = "Terms of use"
    book.active.append(["Invented terms: do with this what you like."])
    book.active.append(["There is nothing true in it."])
    sheet = book.create_sheet("Data")
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


def parquet(path: Path, rows: list[list[Any]], types: dict[str, str] | None = None) -> Path:
    import duckdb

    path = path.with_suffix(".parquet")
    header, *rest = rows
    columns = ", ".join(f'"{name}" {(types or {}).get(name, "VARCHAR")}' for name in header)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE made ({columns})")
        connection.executemany(f"INSERT INTO made VALUES ({', '.join('?' * len(header))})", rest)
        connection.execute(f"COPY made TO '{path}' (FORMAT parquet)")
    return path


@contextlib.contextmanager
def without_duckdb() -> Iterator[None]:
    """Make importing duckdb fail, as in a base install."""
    held = sys.modules.get("duckdb")
    sys.modules["duckdb"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if held is None:
            del sys.modules["duckdb"]
        else:
            sys.modules["duckdb"] = held


# The tables of a file


def rendered(dataset: Dataset, name: str) -> list[Row]:
    """Return a table of a dataset as text, as in CSV output."""
    columns = schema.table(name).columns
    frame = dataset.table(name)
    assert list(frame.columns) == [column.name for column in columns]
    texts = [_texts(column, frame[column.name].tolist()) for column in columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*texts, strict=True)]


def _texts(column: schema.Column, values: list[Any]) -> list[str]:
    if column.type == "date":
        return [value.strftime("%Y-%m-%d") for value in values]
    if column.type == "boolean":
        return [str(value).lower() for value in values]
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in values]


def tables(path: Path) -> Tables:
    """Return all tables of a file as text."""
    dataset = load(path)
    return {name: rendered(dataset, name) for name in schema.table_names()}


def counts(dataset: Dataset) -> dict[str, int]:
    """Return the counts of records after reading the whole file."""
    dataset.table("events")
    return {
        name: getattr(dataset.backend.counts, name) for name in ("records", "read", "skipped", "repeated", "merged")
    }


def expected(name: str, table: str) -> list[Row]:
    """Return the rows that a look-alike must become; declared columns that the file does not have are blank."""
    blank = dict.fromkeys((column.name for column in schema.table(table).columns), "")
    with open(FOLDER / "expected" / f"{name}.{table}.csv", encoding="utf-8", newline="") as file:
        return [blank | row for row in csv.DictReader(file)]


def curated(table: str) -> list[Row]:
    """Return one of our own tables, read without our code."""
    with open(ROOT / "data" / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


EMPTY_TABLES = {"people", "relations", "strengths", "control"}  # no foreign file has them


# records, read, skipped, repeated, merged
COUNTS = {
    "acled_a0": (13, 13, 0, 0, 0),
    "acled_a1": (11, 8, 0, 3, 1),  # one id three times with two numbers of killed, one corrected later
    "acled_a2": (10, 9, 0, 1, 0),
    "acled_a3": (9, 9, 0, 0, 0),
    "acled_a4": (8, 8, 0, 0, 0),
    "acled_monadic": (16, 9, 0, 7, 7),  # seven events with two actors
    "gdelt": (9, 9, 0, 0, 0),
    "gtd": (9, 9, 0, 0, 0),
    "ucdp_candidate_headless": (6, 6, 0, 0, 0),
    "ucdp_hdx": (6, 6, 0, 0, 0),  # the row of tags is not a record
    "ucdp_u1": (7, 7, 0, 0, 0),
    "ucdp_u2": (13, 12, 0, 1, 1),
    "un_fatalities": (12, 10, 0, 2, 1),
}


def assert_as_expected(actual: Tables, name: str, change: Callable[[str], str] = lambda cell: cell) -> None:
    """Assert that tables are those expected of a look-alike; `change` is what a quirk does to their cells."""

    def table(table_name: str) -> list[Row]:
        return [{column: change(cell) for column, cell in row.items()} for row in expected(name, table_name)]

    events = table("events")
    assert actual["events"] == events
    assert actual["casualties"] == table("casualties")
    assert [_aliased(row, "place") for row in actual["places"]] == [_aliased(row, "place") for row in table("places")]
    assert_groups(actual["groups"], events, table("casualties"), table("groups"))
    named = {value.strip() for event in events for value in event["sources"].split(";")} - {""}
    # The rows of our groups come with the documents of ours that they cite.
    cited = {key.partition("#")[0] for row in actual["groups"] for key in row["sources"].split(";")} - {""}
    theirs = [row for row in actual["documents"] if row["document"] not in cited]
    assert {row["document"]: row["title"] for row in theirs} == {value: value for value in named}
    assert not [row for row in theirs if row["publisher"] or row["language"] or row["published"]]
    assert cited <= {row["document"] for row in actual["documents"]}
    assert {row["document"] for row in actual["references"]} <= cited
    assert {table for table in EMPTY_TABLES if actual[table]} == set()


def _aliased(row: Row, key: str) -> tuple[frozenset[str], list[str]]:
    """Return the normalised aliases of a row without its key, and its other cells."""
    aliases = {normalize_name(alias) for alias in row["aliases"].split(";")} - {"", normalize_name(row[key])}
    return frozenset(aliases), [cell for column, cell in row.items() if column != "aliases"]


def assert_groups(actual: list[Row], events: list[Row], figures: list[Row], expected_others: list[Row]) -> None:
    """Assert that groups are our rows and those of the concordance, with their parents, and the expected others."""
    ours = {row["group"]: row for row in curated("groups")}
    only_in_files = {row["group"]: row for row in curated("concordance") if row["group"] not in ours}
    parent_of = {key: row["part_of"] for key, row in (ours | only_in_files).items() if ";" not in row["part_of"]}
    cells = [event[side] for event in events for side in ("side_a", "side_b")]
    cells += [figure[column] for figure in figures for column in ("group", "inflicted_by")]
    named = {key for cell in cells for key in cell.split(";") if key}
    known = named & (ours | only_in_files).keys()
    while parents := {parent_of.get(key, "") for key in known} - known - {""}:
        known |= parents
    assert [row["group"] for row in actual] == sorted(known | named)
    rows = {row["group"]: row for row in actual}
    assert {key: rows[key] for key in known & ours.keys()} == {key: ours[key] for key in known & ours.keys()}
    for key in known - ours.keys():
        row = only_in_files[key]
        expected_row = [row["kind"], row["camp"], parent_of.get(key, ""), row["note"], ""]
        assert [rows[key][column] for column in ("kind", "camp", "part_of", "summary", "sources")] == expected_row
    others = [row for row in actual if row["group"] not in known]
    assert [(row["group"], _aliased(row, "group")[0]) for row in others] == [
        (row["group"], _aliased(row, "group")[0]) for row in expected_others
    ]
    for row in others:
        assert [row[column] for column in ("kind", "camp", "part_of", "summary", "sources")] == [""] * 5
