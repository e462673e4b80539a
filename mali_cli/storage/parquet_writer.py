"""Parquet: a folder of tables written by DuckDB (extra `fast`), sorted so that a question skips most of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.storage import sql_literals
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor

if TYPE_CHECKING:
    import pandas as pd

SQL_TYPES = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
MEMORY_LIMIT = "512MB"  # for sorting; what does not fit goes to disk, beside the target

# Measured on 2 million events, of which a question on days keeps 1 %: larger groups are skipped less often, smaller
# ones cost more to look over than they save. Snappy is read a fifth faster than Zstandard, in twice the room.
ROW_GROUP_SIZE = 20_480
# Names repeat within a group and go into its dictionary, with a Bloom filter; texts and ids, which do not, stay out.
DICTIONARY_SIZE = ROW_GROUP_SIZE // 2
COPY_OPTIONS = (
    f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE}, DICTIONARY_SIZE_LIMIT {DICTIONARY_SIZE}"
)

# Where every event has one figure at most that says how many were killed and nothing more, the toll is written beside
# the event, so that sums need look nowhere else.
HAS_EVENT_FATALITIES_SQL = """
    SELECT count(*) = 0 FROM casualties WHERE part_of IS NOT NULL OR rank <> 1 OR harm <> 'killed' OR scope <> 'event'
        OR status <> 'current' OR open OR event_id IS NULL OR cause IS NOT NULL OR "group" IS NOT NULL
        OR country IS NOT NULL OR according_to_kind IN ('party', 'state')
        OR event_id IN (SELECT event_id FROM casualties GROUP BY event_id HAVING count(*) > 1)"""
EVENTS_WITH_FATALITIES_SQL = """
    SELECT e.*, coalesce(f.low, f.best, f.high) AS killed_low, coalesce(f.best, f.low, f.high) AS killed_best,
        coalesce(f.high, f.best, f.low) AS killed_high, f.event_id IS NOT NULL AS figured
    FROM events AS e LEFT JOIN casualties AS f USING (event_id)"""


class ParquetSink:
    """Rows are gathered in a database beside the folder, and written from there in order."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        folder.mkdir()
        self.folder = folder
        rows = folder.with_name("rows.duckdb")
        limits = {"memory_limit": MEMORY_LIMIT, "temp_directory": f"{rows}.tmp", "preserve_insertion_order": "false"}
        self.connection = import_duckdb().connect(rows, config=limits)
        for name in schema.table_names():
            columns = ", ".join(f'"{c.name}" {sql_type(c)}' for c in schema.table(name).columns)
            execute(self.connection, f'CREATE TABLE "{name}" ({columns})')
        self.about = about

    def append(self, name: str, rows: pd.DataFrame) -> None:
        declared = schema.table(name).columns
        for column in declared:
            if column.type not in SQL_TYPES:  # what is no Unicode some versions of DuckDB take and change
                "".join(rows[column.name].dropna()).encode()
        columns = (f'CAST("{c.name}" AS {sql_type(c)})' for c in declared)
        self.connection.register("part", rows)
        execute(self.connection, f'INSERT INTO "{name}" SELECT {", ".join(columns)} FROM part')
        self.connection.unregister("part")

    def finish(self, at: ProgressCallback) -> None:
        [simple] = execute(self.connection, HAS_EVENT_FATALITIES_SQL).fetchone()
        counts = {
            n: execute(self.connection, f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in schema.table_names()
        }
        done = 0
        for name, count in counts.items():
            at(f"sorting and writing {name}", done / max(sum(counts.values()), 1))
            done += count
            order = ", ".join(f'"{column}" NULLS FIRST' for column in sort_columns(schema.table(name)))
            file = sql_literals.literal(str(self.folder / f"{name}.parquet"))
            rows = f"({EVENTS_WITH_FATALITIES_SQL})" if simple and name == "events" else f'"{name}"'
            execute(self.connection, f"""COPY (FROM {rows} ORDER BY {order}) TO {file} ({COPY_OPTIONS})""")
        told = {**datapackage_descriptor(self.about, "parquet"), "mali:tolls": simple}
        package = json.dumps(told, ensure_ascii=False, indent=2)
        (self.folder / "datapackage.json").write_text(f"{package}\n", encoding="utf-8")

    def close(self) -> None:
        self.connection.close()


def sink_error() -> type[Exception]:
    error: type[Exception] = import_duckdb().Error
    return error


def sort_columns(table: schema.Table) -> tuple[str, ...]:
    """By days first, in whatever table has them, then as declared."""
    days = [column.name for column in table.columns if column.type == "date"]
    return (*days, *(name for name in table.sorted_by if name not in days))


def execute(connection: Any, statement: str) -> Any:
    """DuckDB stops at ^C, and may say so as an error of its own."""
    try:
        return connection.execute(statement)
    except Exception as error:
        if type(error) is RuntimeError or isinstance(error, import_duckdb().InterruptException):
            raise KeyboardInterrupt from None
        raise


def import_duckdb() -> Any:
    """The library; MaliError if it is not installed."""
    try:
        import duckdb
    except ImportError:
        raise MaliError('Parquet is written by DuckDB; to install it: pip install "mali-cli[fast]".') from None
    return duckdb


def sql_type(column: schema.Column) -> str:
    """Its type in DuckDB and in Parquet; a list is text joined by `;`, as everywhere."""
    return SQL_TYPES.get(column.type, "VARCHAR")
