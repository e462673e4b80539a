"""Convert several foreign files on an executor: a file a task, then a part of the target a task."""

from __future__ import annotations

import contextlib
import platform
import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from mali_cli.engine.executor import Executor
from mali_cli.errors import DataError
from mali_cli.formats import file_import
from mali_cli.formats.backend import ForeignFileBackend
from mali_cli.storage import convert
from mali_cli.storage.base import Backend
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.duckdb_connection import execute
from mali_cli.storage.parquet import HAS_EVENT_FATALITIES, TEXT_CHARACTERS, ParquetSink, rows_sql
from mali_cli.storage.parquet_parts import Part, PartsSink, describe_part, part_name
from mali_cli.storage.probe import read_datapackage
from mali_cli.storage.sink import ProgressCallback, Sink


def convert_on(
    executor: Executor | None,
    backend: Backend,
    target: Path,
    target_format: str,
    report: ProgressCallback,
    parts: str | int | None,
) -> dict[str, int]:
    """Convert a dataset as `storage.convert` does; several foreign files to Parquet on the executor."""
    on_executor = isinstance(backend, ForeignFileBackend) and len(backend.files) > 1 and target_format == "parquet"
    if executor is None or not on_executor:
        return convert.convert(backend, target, target_format, report, parts)
    append, parts_sink = partial(_append_files, executor), partial(PartsOnExecutor, executor)
    return convert.convert(backend, target, target_format, report, parts, append, parts_sink)


def _append_files(
    executor: Executor, backend: Backend, sink: Sink, work: Path, report: ProgressCallback
) -> dict[str, int]:
    """Pass every row of several files to the sink, and return the number of rows of each table."""
    assert isinstance(backend, ForeignFileBackend)
    assert isinstance(sink, ParquetSink)
    files = backend.files
    report(f"scanning {len(files)} files", None)
    scanned = executor.map(partial(file_import.scan_file, work), files)
    all_files = file_import.combine_scans(scanned)
    run = file_import.CombinedRun(backend.table_file, backend.new_adapter())
    if len(all_files.examples) > 1:
        run.adapter.parse_day.check_order()
    report(f"reading {len(files)} files", None)
    read = executor.map(partial(file_import.read_file, work, all_files), files)
    for name, frame in run.combine(all_files.points, read).items():
        sink.append(name, frame)
    sink.append_folders([file.folder for file in read])
    backend.take_results(run)
    return sink.row_counts()


class PartDays(NamedTuple):
    """Which events are in one part: those that begin on its days and are in no other part, and some more."""

    first_day: Any
    last_day: Any
    more_events: list[str]


class WrittenPart(NamedTuple):
    """A part that was written into a folder."""

    folder: Path
    part: Part
    figures: int


class PartsOnExecutor(PartsSink):
    """Writer of a folder of parts of which an executor writes each, from the folders that were read file by file."""

    def __init__(self, executor: Executor, path: Path, metadata: dict[str, Any], parts: str | int) -> None:
        super().__init__(path, metadata, parts)
        self.executor = executor
        self.work = convert.work_folder(path)
        self.folders: list[Path] = []

    def append_folders(self, folders: Sequence[Path]) -> None:
        """Take all events and figures of folders, which stay there; write all other rows into one more folder."""
        own = self.work / "tables"
        own.mkdir()
        self.write_tables(own, super().properties(), lambda *_: None)
        self.folders = [own, *folders]
        for name in LARGE_TABLES:
            execute(self.connection, f"DROP TABLE {name}")
            execute(self.connection, f"CREATE VIEW {name} AS {rows_sql(name, self.folders)}")

    def properties(self) -> dict[str, Any]:
        """Return the properties of all folders together; each event is in one of them."""
        found = [read_datapackage(folder) for folder in self.folders]
        characters = sorted({character for package in found for character in package[TEXT_CHARACTERS]})
        key = HAS_EVENT_FATALITIES[0]
        return {key: all(package[key] for package in found), TEXT_CHARACTERS: "".join(characters)}

    def write_parts(
        self,
        part_of_day: dict[Any, int],
        part_of_event: dict[str, int],
        properties: dict[str, Any],
        report: ProgressCallback,
    ) -> list[Part]:
        tasks = _days_of_parts(part_of_day, part_of_event)
        report(f"writing {len(tasks)} parts", None)
        write = partial(write_part, self.work, self.folders, self.metadata, properties, list(part_of_event))
        written = [found for found in self.executor.map(write, tasks) if found.part.events]
        counts = self.row_counts()
        if sum(found.part.events for found in written) != counts["events"] or (
            sum(found.figures for found in written) != counts["casualties"]
        ):
            raise DataError("some figures have other days than their events: leave --engine out.")
        parts = [found.part._replace(name=part_name(index)) for index, found in enumerate(written)]
        for found, part in zip(written, parts, strict=True):
            found.folder.rename(self.folder / part.name)
        return parts


def _days_of_parts(part_of_day: dict[Any, int], part_of_event: dict[str, int]) -> list[PartDays]:
    days, events = defaultdict(list), defaultdict(list)
    for day, part in part_of_day.items():
        days[part].append(day)
    for event, part in part_of_event.items():
        events[part].append(event)
    return [PartDays(min(days[part]), max(days[part]), events[part]) for part in sorted(days)]


def write_part(
    work: Path,
    folders: list[Path],
    metadata: dict[str, Any],
    properties: dict[str, Any],
    linked_events: list[str],
    days: PartDays,
) -> WrittenPart:
    """Write the part with the events of some days, their figures and all lookup tables of the first folder."""
    if not work.is_dir():
        raise DataError(f"there is no folder {work.parent} on {platform.node()}; every worker must see the target.")
    folder = work / f"part-{uuid.uuid4().hex}"  # a copy of the task has another one
    folder.mkdir()
    with contextlib.closing(ParquetSink(folder / "new", metadata)) as sink:
        for name in sink.tables:
            if name not in LARGE_TABLES:
                execute(sink.connection, f'INSERT INTO "{name}" {rows_sql(name, folders[:1])}')
        # With no other condition, DuckDB reads the row groups of these days only.
        chosen, parameters = "date_start BETWEEN ? AND ?", [days.first_day, days.last_day]
        if linked_events:
            chosen = f"{chosen} AND event_id NOT IN (SELECT unnest(?)) OR event_id IN (SELECT unnest(?))"
            parameters += [linked_events, days.more_events]
        execute(sink.connection, f"INSERT INTO events {rows_sql('events', folders)} WHERE {chosen}", parameters)
        first_and_last = execute(sink.connection, "SELECT min(date_start), max(date_start) FROM events").fetchone()
        of_events = "date_start BETWEEN ? AND ? AND event_id IN (SELECT event_id FROM events)"
        figures = f"INSERT INTO casualties {rows_sql('casualties', folders)} WHERE {of_events}"
        execute(sink.connection, figures, first_and_last)
        sink.write_tables(sink.folder, properties, lambda *_: None)
        return WrittenPart(sink.folder, describe_part(sink.connection, ""), sink.row_counts()["casualties"])
