"""Choose the backend for a path that holds our own tables."""

from __future__ import annotations

from pathlib import Path

from mali_cli.model import schema
from mali_cli.storage.base import Backend
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.parquet import ParquetBackend
from mali_cli.storage.parquet_parts import PARTS, PartitionedParquetBackend
from mali_cli.storage.probe import is_sqlite_file, read_datapackage
from mali_cli.storage.sqlite import SqliteBackend


def open_backend(path: Path) -> Backend | None:
    """Return the backend for a SQLite file or a folder of tables; None for what may be foreign."""
    if not path.is_dir():
        return SqliteBackend(path) if is_sqlite_file(path) else None
    package = read_datapackage(path)
    if package.get("mali:format") == "parquet":
        return PartitionedParquetBackend(path) if PARTS in package else ParquetBackend(path)
    if not any((path / schema.table(name).path).exists() for name in schema.table_names()):
        return None
    return CsvBackend(path)
