"""Convert datasets in tests, read them back and compare them."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from mali_cli.storage import convert, sqlite
from mali_cli.storage.base import Backend, Frames
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.memory import MemoryBackend
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import acled_like

LOOKALIKES = sorted((ROOT / "tests" / "lookalikes").glob("*.csv"))
TARGET_FORMATS = list(convert.TARGET_FORMATS)
AWKWARD = (
    *("007", "a,b", 'He said "no"', '"', "two\nlines", "two\r\nlines", "a\rb", "a\tb", "=1+1", "-1", "@cmd", "'tis"),
    *("Ménaka", "Me\u0301naka", "a\u00a0b", " blanks around ", "NA", "None", "nan", "null", "\ufeff", "\x0b", "\x85"),
    *("\u2028", "1e5", "true", "2012-01-01", "😀", "\\", "\\N", "%", "--", "NULL; DROP TABLE events"),
)


def make_file(path: Path) -> Path:
    """Write an invented file with the columns of ACLED and some 900 records of four years, and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        records = (record for record in acled_like.records(3000) if "2013" <= record[2] <= "2016")
        csv.writer(file, lineterminator="\n").writerows([acled_like.HEADER, *records])
    return path


def forget_large_tables(dataset: Dataset) -> None:
    """Let a dataset read its large tables again for the next query."""
    for name in LARGE_TABLES:
        dataset.backend._frames.pop(name, None)


def make_with_months(file: Path, records: int) -> Path:
    """Make a file like ACLED's in which of every fourth event only the month is known."""
    acled_like.make(file, records)
    with open(file, encoding="utf-8", newline="") as opened:
        header, *rows = csv.reader(opened)
    for row in rows[::4]:
        row[header.index("time_precision")] = "3"
    with open(file, "w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([header, *rows])
    return file


def write_converted(backend: Backend, target: Path, target_format: str) -> Path:
    """Convert a dataset and return the target."""
    convert.convert(backend, target, target_format)
    return target


def read_converted(target: Path, target_format: str) -> dict[str, pd.DataFrame]:
    """Return all tables of a converted dataset, as the program reads them."""
    if target_format == "sqlite":
        return {name: sqlite.read_table(target, name) for name in schema.table_names()}
    return tables_of(load(target))


def tables_of(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Return all tables of a dataset."""
    return {name: dataset.table(name) for name in schema.table_names()}


def assert_same_tables(tables: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    assert list(tables) == list(expected)
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(tables[name], frame, obj=name)


def assert_same_files(folder: Path, expected: Path) -> None:
    """Assert that two folders have the same Parquet files with the same rows in the same order."""
    import duckdb

    files = sorted(file.relative_to(expected) for file in expected.rglob("*.parquet"))
    assert sorted(file.relative_to(folder) for file in folder.rglob("*.parquet")) == files
    for file in files:
        assert (
            duckdb.read_parquet(str(folder / file)).fetchall() == duckdb.read_parquet(str(expected / file)).fetchall()
        )


def awkward_tables() -> Frames:
    """Return our own tables with awkward values in text and list columns."""
    tables = {name: load().table(name).copy() for name in schema.table_names()}
    for name, column in (("events", "note"), ("casualties", "who"), ("strengths", "what"), ("groups", "aliases")):
        cells = tables[name][column].astype(object).tolist()
        tables[name][column] = pd.Series([*AWKWARD, *cells[len(AWKWARD) :]], dtype=object)
    return tables


def sorted_tables(tables: Frames) -> Frames:
    """Return the tables with their rows in the declared order, blanks first."""
    return {
        name: frame.sort_values(list(schema.table(name).sorted_by), na_position="first", ignore_index=True)
        for name, frame in tables.items()
    }


class BatchedBackend(MemoryBackend):
    """Tables that come in batches with shuffled rows, as those of a large file do."""

    batch_rows = 100

    def iter_batches(self) -> Iterator[Frames]:
        events, figures = (self._frames[name].sample(frac=1, random_state=1) for name in ("events", "casualties"))
        for start in range(0, len(events), self.batch_rows):
            yield {
                "events": events[start : start + self.batch_rows],
                "casualties": figures[start : start + self.batch_rows],
            }
        yield {name: frame for name, frame in self._frames.items() if name not in ("events", "casualties")}


def folder_content(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder, hidden or not, and b"" for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


@cache
def _old_target(target_format: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "old.db" if target_format == "sqlite" else "old")
        write_converted(load(ROOT / "tests" / "lookalikes" / "acled_a4.csv").backend, target, target_format)
        return folder_content(Path(folder))


def write_old_target(folder: Path, target_format: str) -> tuple[Path, dict[str, bytes]]:
    """Write a converted dataset to be replaced; return its path and the content of the folder."""
    names = []
    for name, data in _old_target(target_format).items():
        names.append(name)
        if data:
            (folder / name).write_bytes(data)
        else:
            (folder / name).mkdir()
    return folder / names[0], folder_content(folder)
