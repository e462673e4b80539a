"""Choose the backend for a path that holds our own tables."""

from __future__ import annotations

from pathlib import Path

from mali_cli.model import schema
from mali_cli.storage.aggregates import StoredAggregates
from mali_cli.storage.base import Backend
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.probe import HOLDS, is_sqlite_file, read_datapackage
from mali_cli.storage.sqlite import SqliteBackend, read_sqlite_metadata


def open_backend(path: Path) -> Backend | None:
    """Return the backend for a SQLite file or a folder of tables; None for what may be foreign."""
    backend = _stored_tables(path)
    if backend is None:
        return None
    package = read_datapackage(path) if path.is_dir() else read_sqlite_metadata(path)
    return StoredAggregates(backend) if package.get(HOLDS) == schema.AGGREGATES else backend


def _stored_tables(path: Path) -> Backend | None:
    if not path.is_dir():
        return SqliteBackend(path) if is_sqlite_file(path) else None
    package = read_datapackage(path)
    if package.get("mali:format") == "parquet":
        # Not loaded at every start: most datasets are no Parquet.
        from mali_cli.storage.parquet import ParquetBackend
        from mali_cli.storage.parquet_parts import PARTS, PartitionedParquetBackend

        return PartitionedParquetBackend(path) if PARTS in package else ParquetBackend(path)
    names = (*schema.table_names(), schema.AGGREGATES)
    return CsvBackend(path) if any((path / schema.table(name).path).exists() for name in names) else None
