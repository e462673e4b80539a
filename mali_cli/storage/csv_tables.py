"""CSV: a folder of tables in the form of our own, with datapackage.json; sorted by SQLite, as they may be large."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.model.csv_text import csv_records
from mali_cli.storage.base import Backend
from mali_cli.storage.probe import folder_origin
from mali_cli.storage.raw_tables import RawTable, read_raw_table
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor
from mali_cli.storage.sqlite import BulkSqliteWriter, raise_on_interrupt, select_sql, sink_error

if TYPE_CHECKING:
    pass

__all__ = ["CsvBackend", "CsvSink", "sink_error"]

FETCH_ROWS = 10_000


class CsvBackend(Backend):
    """A folder of CSV tables, each read when first used."""

    @property
    def origin(self) -> str | None:
        return folder_origin(self.path)

    def raw_table(self, name: str) -> RawTable:
        return read_raw_table(self.path, name)

    def file(self, name: str) -> Path:
        return self.path / schema.table(name).path


class CsvSink(BulkSqliteWriter):
    """Rows are gathered in a database beside the folder, and written from there in the declared order."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        folder.mkdir()
        self.folder = folder
        super().__init__(folder.with_name("rows.db"))
        package = json.dumps(datapackage_descriptor(about), ensure_ascii=False, indent=2)
        (folder / "datapackage.json").write_text(f"{package}\n", encoding="utf-8")

    def finish(self, at: ProgressCallback) -> None:
        for name in schema.table_names():
            self._write(schema.table(name), at)

    def _write(self, table: schema.Table, at: ProgressCallback) -> None:
        with raise_on_interrupt():
            [total] = self.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
            # By an index the rows come in order one by one; else SQLite would write all of them once more to sort them.
            order = ", ".join(f'"{column}"' for column in table.sorted_by)
            self.connection.execute(f'CREATE INDEX "{table.name}_in_order" ON "{table.name}" ({order})')
            found = self.connection.execute(f"SELECT {select_sql(table)}")
            with open(self.folder / table.path, "x", encoding="utf-8", newline="", buffering=1 << 20) as file:
                file.writelines(csv_records([[column.name for column in table.columns]]))
                done = 0
                while rows := found.fetchmany(FETCH_ROWS):
                    at(f"writing {table.path}", done / total)
                    file.writelines(_csv_lines(rows, table.path))
                    done += len(rows)


def _csv_lines(rows: Iterable[Iterable[Any]], name: str) -> Iterator[str]:
    for line in csv_records(["" if cell is None else str(cell) for cell in row] for row in rows):
        if "\0" in line:
            raise DataError(f"{name} cannot hold a NUL character, as in {line[:60]!r}. Nothing was changed.")
        yield line
