"""Convert a dataset to another storage form: write it beside the target, then replace the target in one step."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli._version import __version__
from mali_cli.errors import DataError, MaliError, describe_lone_surrogate, os_error_text
from mali_cli.model import names, schema
from mali_cli.storage import sqlite
from mali_cli.storage.atomic import atomic_replace
from mali_cli.storage.csv_tables import CsvSink
from mali_cli.storage.parquet import ParquetSink
from mali_cli.storage.parquet_parts import PartsSink, part_names
from mali_cli.storage.probe import HOLDS, READING_NOTES, is_sqlite_file, path_mode, read_datapackage
from mali_cli.storage.sink import ProgressCallback, Sink

if TYPE_CHECKING:
    from mali_cli.storage.base import Backend

TARGET_FORMATS: dict[str, type[Sink]] = {"parquet": ParquetSink, "sqlite": sqlite.SqliteSink, "csv": CsvSink}
SQLITE_SUFFIXES = (".db", ".sqlite", ".sqlite3")  # a target with one of these is a file, any other a folder
CHUNK_ROWS = 50_000  # rows passed to a sink at a time
Append = Callable[["Backend", Sink, Path, ProgressCallback], dict[str, int]]
OpenPartsSink = Callable[[Path, dict[str, Any], str | int], Sink]


def choose_target_format(target: Path, to: str | None) -> str:
    """Return the format given with --to, by default that of the target's suffix."""
    is_file = target.suffix.lower() in SQLITE_SUFFIXES
    if to is None and not is_file:
        raise MaliError(f"--to is needed to choose the format of {target}: {', '.join(TARGET_FORMATS)}.")
    target_format = "sqlite" if to is None else names.match_choice(to, TARGET_FORMATS, "format")
    if target_format != "sqlite" and (is_file or target.suffix.lower() in (".csv", ".parquet")):
        raise MaliError(f"--to {target_format} writes a folder with a file for each table; {target} is a file name.")
    return target_format


def check_target(source: Path, target: Path, target_format: str, force: bool, parts: str | int | None = None) -> None:
    """Raise an error, before any work is done, if the target cannot or must not be written."""
    if parts is not None and target_format != "parquet":
        raise MaliError(f"--parts divides a folder of Parquet tables; --to {target_format} writes none.")
    TARGET_FORMATS[target_format].error_type()  # raises if its library is not installed
    real_source, real_target = (Path(os.path.realpath(path)) for path in (source, target))
    try:
        exists = path_mode(target) is not None
        _check_paths(real_source, real_target)
        if exists:
            _check_existing_target(real_target, target_format, force)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror}.") from None


def _check_paths(source: Path, target: Path) -> None:
    if target == source:
        raise MaliError(f"{target} would be converted into itself; choose another target.")
    if target in source.parents:
        raise MaliError(f"{source} is inside {target}, which would be replaced.")
    if not target.parent.is_dir():
        raise DataError(f"there is no folder {target.parent} to write {target.name} into.")


def _check_existing_target(target: Path, target_format: str, force: bool) -> None:
    """Raise an error unless the target is a dataset of this format that --force may replace, or an empty folder."""
    if target_format == "sqlite":
        if not target.is_file():
            raise DataError(f"{target} is a folder or a device; --to sqlite writes a file.")
        if target.stat().st_size and not is_sqlite_file(target):
            raise DataError(f"{target} is not a SQLite file; it is not replaced.")
        if journals := [s for s in ("-journal", "-wal") if target.with_name(target.name + s).exists()]:
            raise DataError(
                f"{target} is in use, or was left by a program that died: {target.name}{journals[0]} exists."
            )
    elif not target.is_dir():
        raise DataError(f"{target} is a file; --to {target_format} writes a folder.")
    elif Path.cwd().is_relative_to(target):
        raise MaliError(f"{target} is the current folder; it cannot be replaced from within.")
    elif others := sorted({entry.name for entry in target.iterdir()} - _dataset_filenames() - part_names(target)):
        raise DataError(f"{target} holds {others[0]}, which is not a table of a dataset; it is not replaced.")
    elif not any(target.iterdir()):
        return
    if not force:
        raise DataError(f"{target} exists; --force replaces it.")


def _dataset_filenames() -> set[str]:
    """Return the names of the files that a folder may hold to be replaced."""
    names = (*schema.table_names(), schema.AGGREGATES)
    return {"datapackage.json"} | {f"{name}.{suffix}" for name in names for suffix in ("csv", "parquet")}


def convert(
    backend: Backend,
    target: Path,
    target_format: str,
    report: ProgressCallback = lambda *_: None,
    parts: str | int | None = None,
    append: Append | None = None,
    parts_sink: OpenPartsSink = PartsSink,
) -> dict[str, int]:
    """Write all tables of a dataset and return the number of rows of each; on any error the old target is kept.

    `parts` is the number of parts of a Parquet folder, or "auto"; None for one that is not divided. `append` passes all
    rows to the sink, by default `append_all`; it may write to the folder that it gets, which is then removed.
    `parts_sink` opens the sink of a folder that is divided.
    """
    sink_class = TARGET_FORMATS[target_format]
    library_error = sink_class.error_type()
    try:
        with (
            atomic_replace(target) as new,
            contextlib.closing(_open_sink(sink_class, parts_sink, new, dataset_metadata(backend), parts)) as sink,
        ):
            report("reading", None)
            work = work_folder(new)
            work.mkdir()
            counts = (append or append_all)(backend, sink, work, report)
            if backend.reading_notes:  # complete once all records are read
                sink.metadata[READING_NOTES] = list(backend.reading_notes)
            sink.finish(report)
    except UnicodeEncodeError as error:
        raise DataError(f"{backend.path} holds {describe_lone_surrogate(error)}, which cannot be written.") from None
    except (OSError, library_error) as error:
        raise DataError(f"{target} cannot be written: {os_error_text(error)}. Nothing was changed.") from None
    return counts


def work_folder(new: Path) -> Path:
    """Return the folder for what is removed when a new dataset is complete."""
    return new.with_name("work")


def _open_sink(
    sink_class: type[Sink], parts_sink: OpenPartsSink, path: Path, metadata: dict[str, Any], parts: str | int | None
) -> Sink:
    return sink_class(path, metadata) if parts is None else parts_sink(path, metadata, parts)


def append_all(backend: Backend, sink: Sink, work: Path, report: ProgressCallback) -> dict[str, int]:
    """Pass every row to the sink and return the number of rows of each table."""
    if isinstance(sink, ParquetSink) and backend.create_tables_in(sink.connection):
        counts = sink.row_counts()
        report(f"{counts['events']:,} events read", None)
        return counts
    counts = dict.fromkeys(backend.table_names, 0)
    for batch in backend.iter_batches():
        for name, frame in batch.items():
            for start in range(0, len(frame), CHUNK_ROWS):
                sink.append(name, frame.iloc[start : start + CHUNK_ROWS])
            counts[name] += len(frame)
        main = next(iter(counts))
        report(f"{counts[main]:,} {main} read", backend.progress_fraction)
    return counts


def dataset_metadata(backend: Backend) -> dict[str, Any]:
    """Return the properties that describe a dataset as a whole: name, title, licences, origin."""
    path = backend.path
    package = read_datapackage(path) if path.is_dir() else sqlite.read_sqlite_metadata(path)
    if not package and backend.origin:
        package = {
            "title": f"{backend.origin}: {path.name}",
            "description": f"Made by mali {__version__} from {path.name}. The source file's licence also applies to "
            "these tables. A blank means not stated; 0 means stated to be none.",
        }
    kept = {key: value for key, value in package.items() if key != "resources" and not key.startswith("mali:")}
    bundled = schema.datapackage()
    name = re.sub("[^a-z0-9]+", "-", names.normalize_name(path.stem)).strip("-") or "tables"
    defaults = {"name": name, "title": path.name, "version": bundled["version"]}
    origin = {"mali:origin": backend.origin} if backend.origin else {}
    holds = {HOLDS: schema.AGGREGATES} if backend.holds_aggregates else {}
    return {"$schema": bundled["$schema"], **defaults, **kept, **origin, **holds}
