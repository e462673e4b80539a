"""Converting several files on an executor: the same tables and notes as those of the files read one after another."""

from __future__ import annotations

import csv
import datetime
import json
import pickle
import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.engine.conversion import PartsOnExecutor, convert_on
from mali_cli.engine.executor import Executor
from mali_cli.errors import DataError
from mali_cli.formats import duckdb_filter, file_import
from mali_cli.formats.duckdb_backend import create_tables_in
from mali_cli.formats.importer import ImportRun
from mali_cli.storage import convert
from mali_cli.storage.base import Backend
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.parquet import ParquetSink
from tests.conftest import ROOT
from tests.support.conversion import assert_same_files, assert_same_tables, tables_of
from tests.support.lookalikes import FOLDER

sys.path.insert(0, str(ROOT / "benchmarks"))
from acled_like import make


class Pickling(Executor):
    """Do everything here, but pickle what another process would get and give."""

    def __init__(self) -> None:
        self.tasks = 0

    def imap(self, function: Callable[[Any], Any], tasks: Sequence[Any], all_at_once: bool = False) -> Generator[Any]:
        self.tasks += len(tasks)
        for task in tasks:
            yield pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(function))(task)))


def split(file: Path, folder: Path, rows_of: Sequence[slice]) -> list[Path]:
    """Write rows of a file into new files with its header, the later ones first."""
    with open(file, encoding="utf-8", newline="") as opened:
        header, *rows = csv.reader(opened)
    paths = []
    for number, part in enumerate(rows_of):
        paths.append(folder / f"{number}.csv")
        with open(paths[-1], "w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows([header, *rows[part]])
    return paths


def with_dates(file: Path, form: str, days: range) -> None:
    """Write the dates of a file as a form such as %m/%d/%Y; leave records of other days out."""
    with open(file, encoding="utf-8", newline="") as opened:
        header, *rows = csv.reader(opened)
    column = header.index("event_date")
    with open(file, "w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(header)
        for row in rows:
            day = datetime.date.fromisoformat(row[column])
            if day.day in days:
                writer.writerow([*row[:column], day.strftime(form), *row[column + 1 :]])


def converted(
    paths: list[Path], target: Path, executor: Executor | None, parts: int | None = 2
) -> tuple[dict[str, Any], list[str], Any]:
    backend = load(paths).backend
    counts = convert_on(executor, backend, target, "parquet", lambda *_: None, parts)
    return tables_of(load(target)), backend.notes, counts


def package(folder: Path) -> str:
    return (folder / "datapackage.json").read_text(encoding="utf-8")


def assert_same(paths: list[Path], tmp_path: Path, in_duckdb: int) -> None:
    """Compare the files read together to each read by a task, record by record and as large files are read.

    `in_duckdb` is how many of them DuckDB reads as large ones.
    """
    expected, notes, counts = converted(paths, tmp_path / "one", None)
    parts = [entry["path"] for entry in json.loads(package(tmp_path / "one"))["mali:parts"]]
    assert len(parts) == 2
    for name, min_bytes in {"small": 1 << 40, **({"large": 0} if in_duckdb else {})}.items():
        executor = Pickling()
        created: list[bool] = []

        def create(connection: Any, run: ImportRun, created: list[bool] = created) -> bool:
            created.append(create_tables_in(connection, run))
            return created[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", min_bytes)
            patch.setattr(file_import, "create_tables_in", create)
            found, found_notes, found_counts = converted(paths, tmp_path / name, executor)
        assert_same_tables(found, expected)
        assert (found_notes, found_counts) == (notes, counts)
        for folder in (".", *parts):
            assert package(tmp_path / name / folder) == package(tmp_path / "one" / folder)
        assert_same_files(tmp_path / name, tmp_path / "one")
        assert executor.tasks == 2 * len(paths) + len(parts)  # each file is scanned and read
        assert sum(created) == (in_duckdb if name == "large" else 0)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} <= {"one", "small", "large"}


@pytest.mark.parametrize(
    ("names", "in_duckdb"),
    [("acled_a1 acled_a4", 0), ("acled_monadic", 2), ("ucdp_u1 ucdp_u2", 3), ("gtd", 0), ("gdelt", 0)],
)
def test_the_tables_are_the_same(names: str, in_duckdb: int, tmp_path: Path) -> None:
    """The first file is also cut in two, with the middle in both, so that ids are in two files."""
    first, *others = (FOLDER / f"{name}.csv" for name in names.split())
    paths = [*split(first, tmp_path, [slice(4, None), slice(0, 6)]), *others]
    assert_same(paths, tmp_path, in_duckdb)


def test_what_all_files_decide_is_the_same(tmp_path: Path) -> None:
    """Names of places, the order of day and month, which the last file shows, and ids in several files."""
    file = make(tmp_path / "made.csv", 400)
    text = file.read_text(encoding="utf-8").replace("Koro 5,", "Koro 6,").replace("Djibo 9,", "Koro 6,")
    file.write_text(text, encoding="utf-8")
    paths = split(file, tmp_path, [slice(0, 150), slice(100, 300), slice(90, 400, 3)])
    for path, days in zip(paths, (range(1, 13), range(1, 13), range(1, 32)), strict=True):
        with_dates(path, "%m/%d/%Y", days)
    assert_same(paths, tmp_path, 3)


def test_records_that_cannot_be_read_are_counted_in_order(tmp_path: Path) -> None:
    """DuckDB refuses the second file, which has an accent as Windows writes it."""
    paths = split(FOLDER / "acled_a4.csv", tmp_path, [slice(0, 5), slice(5, None)])
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(2, lines[1].replace(lines[1].split(",")[0], "", 1))  # no id
        path.write_text("".join(lines), encoding="utf-8")
    text = paths[1].read_bytes()
    paths[1].write_bytes(text.replace(b" pharmacy ", b" caf\xe9 "))
    assert paths[1].read_bytes() != text
    assert_same(paths, tmp_path, 1)
    assert "2 skipped (0.csv, record 2" in load(paths).answer("events").notes[0]


def test_an_order_of_day_and_month_that_no_file_shows_is_assumed(tmp_path: Path) -> None:
    paths = split(make(tmp_path / "made.csv", 40), tmp_path, [slice(0, 20), slice(20, None)])
    for path in paths:
        with_dates(path, "%d/%m/%Y", range(1, 13))
    expected, found = tmp_path / "expected", tmp_path / "found"
    converted(paths, expected, None, parts=None)
    converted(paths, found, Pickling(), parts=None)
    assert "no date of the file shows the order" in package(expected)
    assert package(found) == package(expected)
    assert_same_files(found, expected)


def test_files_with_different_orders_of_day_and_month_are_refused(tmp_path: Path) -> None:
    paths = split(make(tmp_path / "made.csv", 80), tmp_path, [slice(0, 40), slice(40, None)])
    for path, form in zip(paths, ("%d/%m/%Y", "%m/%d/%Y"), strict=True):
        with_dates(path, form, range(1, 32))
    errors = []
    for executor in (None, Pickling()):
        with pytest.raises(DataError, match=r"0\.csv and 1 more has dates with the day first, ") as refusal:
            converted(paths, tmp_path / "parts", executor)
        errors.append(str(refusal.value))
        assert not (tmp_path / "parts").exists()
    assert errors[0] == errors[1]


def test_without_parts_one_folder_is_written(tmp_path: Path) -> None:
    paths = split(FOLDER / "acled_a4.csv", tmp_path, [slice(4, None), slice(0, 6)])
    executor = Pickling()
    expected, found = tmp_path / "expected", tmp_path / "found"
    converted(paths, expected, None, parts=None)
    converted(paths, found, executor, parts=None)
    assert executor.tasks == 4
    assert package(found) == package(expected)
    assert_same_files(found, expected)


def test_one_file_is_read_here(tmp_path: Path) -> None:
    executor = Pickling()
    converted([FOLDER / "acled_a4.csv"], tmp_path / "parts", executor)
    assert executor.tasks == 0


def test_events_that_share_a_tally_are_written_into_one_part(tmp_path: Path) -> None:
    frames = tables_of(load(make(tmp_path / "made.csv", 60)))
    figures = frames["casualties"]
    again = figures.index % 20 == 0
    tally, rank = figures["tally"].mask(again, figures["tally"][0]), figures["rank"].mask(again, 2)
    frames["casualties"] = figures.assign(tally=tally, rank=rank)
    backend = MemoryBackend(tmp_path / "made.csv", frames, "ACLED")
    expected, found = tmp_path / "expected", tmp_path / "found"
    convert.convert(backend, expected, "parquet", parts=3)

    def append(backend: Backend, sink: Any, work: Path, report: Any) -> dict[str, int]:
        """Pass the rows in two folders, as those of two files."""
        folders = []
        for number in range(2):
            part = ParquetSink(work / f"{number}", {})
            for name in ("events", "casualties"):
                part.append(name, frames[name][number::2])
            part.finish(lambda *_: None)
            part.close()
            folders.append(work / f"{number}")
        for name in frames.keys() - {"events", "casualties"}:
            sink.append(name, frames[name])
        sink.append_folders(folders)
        counts: dict[str, int] = sink.row_counts()
        return counts

    convert.convert(backend, found, "parquet", parts=3, append=append, parts_sink=partial(PartsOnExecutor, Pickling()))
    assert package(found) == package(expected)
    assert_same_files(found, expected)
