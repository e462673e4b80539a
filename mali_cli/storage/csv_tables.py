"""Folders of CSV tables: CsvBackend reads them, CsvSink writes them with a datapackage.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.model.csv_text import csv_records
from mali_cli.storage.base import Backend
from mali_cli.storage.probe import package_origin, read_datapackage, stored_reading_notes
from mali_cli.storage.raw_tables import RawTable, read_raw_table
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor
from mali_cli.storage.sqlite import BulkSqliteWriter, raise_on_interrupt, select_sql

FETCH_ROWS = 10_000


class CsvBackend(Backend):
    """A folder of CSV tables, each read when first used."""

    @cached_property
    def package(self) -> dict[str, Any]:
        """The datapackage.json of the folder."""
        return read_datapackage(self.path)

    @property
    def origin(self) -> str | None:
        return package_origin(self.package)

    @property
    def reading_notes(self) -> Sequence[str]:
        return stored_reading_notes(self.package)

    def raw_table(self, name: str) -> RawTable:
        return read_raw_table(self.path, name)

    def file(self, name: str) -> Path:
        return self.path / schema.table(name).path


class CsvSink(BulkSqliteWriter):
    """Writer of CSV tables. SQLite sorts the rows in a temporary file, as they may not fit in memory."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        path.mkdir()
        self.folder = path
        self.metadata = metadata
        super().__init__(path.with_name("rows.db"), metadata)

    def finish(self, report: ProgressCallback) -> None:
        package = json.dumps(datapackage_descriptor(self.metadata), ensure_ascii=False, indent=2)
        (self.folder / "datapackage.json").write_text(f"{package}\n", encoding="utf-8")
        for name in self.tables:
            self._write_csv(schema.table(name), report)

    def _write_csv(self, table: schema.Table, report: ProgressCallback) -> None:
        with raise_on_interrupt():
            [total] = self.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
            # With an index SQLite yields the rows in order; without one it writes all of them again to sort them.
            order = ", ".join(f'"{column}"' for column in table.sorted_by)
            self.connection.execute(f'CREATE INDEX "{table.name}_in_order" ON "{table.name}" ({order})')
            cursor = self.connection.execute(f"SELECT {select_sql(table)}")
            with open(self.folder / table.path, "x", encoding="utf-8", newline="", buffering=1 << 20) as file:
                file.writelines(csv_records([[column.name for column in table.columns]]))
                written = 0
                while rows := cursor.fetchmany(FETCH_ROWS):
                    report(f"writing {table.path}", written / total)
                    file.writelines(_csv_lines(rows, table.path))
                    written += len(rows)


def _csv_lines(rows: Iterable[Iterable[Any]], filename: str) -> Iterator[str]:
    for line in csv_records(["" if cell is None else str(cell) for cell in row] for row in rows):
        if "\0" in line:
            raise DataError(f"{filename} cannot hold a NUL character, as in {line[:60]!r}. Nothing was changed.")
        yield line
