"""The look-alikes of foreign files: read, written anew in other containers, and what a file becomes as text."""

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
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "lookalikes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))
HEADLESS = "ucdp_candidate_headless"

Row = dict[str, str]
Tables = dict[str, list[Row]]
Change = Callable[[bytes], bytes]


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.csv").read_bytes()


def records(name: str) -> list[list[str]]:
    """The look-alike's records, the header first."""
    return parsed(raw(name))


def parsed(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def written(rows: Iterable[Iterable[object]], **dialect: Any) -> bytes:
    """Records as the bytes of a CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return out.getvalue().encode("utf-8")


def edited(name: str, change: Callable[[Row], object]) -> bytes:
    """The look-alike with every record put through `change`, by column."""
    header, *rest = records(name)
    rows = [dict(zip(header, record, strict=True)) for record in rest]
    for row in rows:
        change(row)
    return written([header, *([row[column] for column in header] for row in rows)])


def where(id: str, /, **cells: str) -> Callable[[Row], object]:
    """A change of one record, found by its id."""

    def change(row: Row) -> None:
        if id in (row.get("event_id_cnty"), row.get("EVENT_ID_CNTY"), row.get("id"), row.get("casualty_id")):
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
    """As made on a Mac: beside the table, in a folder, lies what only looks like one."""
    path = path.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/", "")
        archive.writestr("__MACOSX/export/._table.csv", b"\x00\x05\x16\x07Mac OS X")
        archive.writestr("export/table.csv", data)
    return path


def workbook(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    """The table on the second sheet, after the terms of use."""
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
    """As in a base install: importing duckdb fails."""
    held = sys.modules.get("duckdb")
    sys.modules["duckdb"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if held is None:
            del sys.modules["duckdb"]
        else:
            sys.modules["duckdb"] = held


# What a file becomes


def rendered(dataset: Dataset, name: str) -> list[Row]:
    """A table of a dataset as text, as every machine format writes it."""
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


def whole(path: Path) -> Tables:
    """All tables of a file as text."""
    dataset = load(path)
    return {name: rendered(dataset, name) for name in schema.table_names()}


def counts(dataset: Dataset) -> dict[str, int]:
    """How many records became what, after a reading of the whole file."""
    dataset.table("events")
    return {
        name: getattr(dataset.backend.counts, name) for name in ("records", "read", "skipped", "repeated", "merged")
    }


def expected(name: str, table: str) -> list[Row]:
    with open(FOLDER / "expected" / f"{name}.{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def curated(table: str) -> list[Row]:
    """One of the program's own tables, read in plain Python."""
    with open(ROOT / "data" / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
