"""Convert several foreign files on an executor, a file a task."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mali_cli.engine.executor import Executor
from mali_cli.formats import file_import
from mali_cli.formats.backend import ForeignFileBackend
from mali_cli.storage import convert
from mali_cli.storage.base import Backend
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.parquet import ParquetSink
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
    append = convert.append_all if executor is None or not on_executor else partial(_append_files, executor)
    return convert.convert(backend, target, target_format, report, parts, append)


def _append_files(
    executor: Executor, backend: Backend, sink: Sink, work: Path, report: ProgressCallback
) -> dict[str, int]:
    """Pass every row of several files to the sink, and return the number of rows of each table."""
    assert isinstance(backend, ForeignFileBackend)
    assert isinstance(sink, ParquetSink)
    files = backend.files
    report(f"scanning {len(files)} files", None)
    scanned = executor.map(partial(file_import.scan_file, work), files)
    points = {point for _, of_file in scanned for point in of_file}
    shared_ids = file_import.ids_in_several([folder for folder, _ in scanned])
    report(f"reading {len(files)} files", None)
    read = executor.map(partial(file_import.read_file, work, points, shared_ids), files)
    run = file_import.CombinedRun(backend.table_file, backend.new_adapter())
    for name, frame in run.combine(points, read).items():
        sink.append(name, frame)
    for name in LARGE_TABLES:
        sink.append_files(name, [file.folder / f"{name}.parquet" for file in read])
    backend.counts, backend.notes = run.counts, run.notes
    return sink.row_counts()
