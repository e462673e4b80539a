"""RecordTable: the cells of the records of large CSV files as a table in DuckDB."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.formats.base import FILE_COLUMN, FormatAdapter
from mali_cli.formats.duckdb_filter import FastPathUnavailable, table_expression
from mali_cli.formats.records import ANYTHING, VISIBLE_ASCII
from mali_cli.formats.row_filter import CellTest
from mali_cli.formats.table_file import TableFile
from mali_cli.storage.duckdb_connection import execute, import_duckdb, raise_on_interrupt
from mali_cli.storage.sql_conditions import WHITESPACE
from mali_cli.storage.sql_literals import literal, literal_list

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

MAX_REPEATED_RECORDS = 50_000  # a file with more is read record by record
MAX_ENUM_VALUES = 10_000  # an ENUM of 200,000 texts takes longer to create than it saves

Rows = list[tuple[Any, ...]]


class OrderNeeded(Exception):
    """Some records have to be merged or reported, for which they are read in order."""


class RepeatedRecord(NamedTuple):
    """A record whose id another record has too."""

    number: int
    matches: bool  # the filter, as far as that looks at cells
    row: list[str]


class RecordTable:
    """The records of one or several files. In SQL they are `r`, with the cells that were read.

    `in_memory` says whether the cells fit in memory; else they are in tables, with a number `n`, and DuckDB writes what
    does not fit to its temporary folder. Only records that were read `in_order`, into tables, have the numbers of the
    file, by which they are reported and left out; this takes more than twice as long, as one processor waits.
    FastPathUnavailable if DuckDB refuses a statement, OrderNeeded for records that have to be read in order.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        table_file: TableFile,
        adapter: FormatAdapter,
        in_order: bool = False,
        in_memory: bool = False,
    ) -> None:
        self.connection, self.table_file, self.adapter = connection, table_file, adapter
        self.in_order, self.in_memory = in_order, in_memory
        self.number = 0
        self._left = "records"  # the table of the records that are left
        self._distinct: dict[str, Rows] = {}
        self._left_out = 0  # how many times records were left out
        # DuckDB would join the small tables of the parts with each other first, to a million rows, or hold all records
        # in the hash table of a join; it does not know how few the rows on the right side of each join are.
        self.execute("SET disabled_optimizers = 'join_order, build_side_probe_side'")

    @property
    def rows(self) -> str:
        """The SQL of the records that are left, with their numbers if they are in tables."""
        numbered = self.in_memory or self._left != "records"
        return self._left if numbered else "(SELECT rowid + 1 AS n, * FROM records)"

    def cell(self, column: str) -> str:
        """Return the SQL of a cell; a column that the file lacks is blank."""
        return f"r.c{self.adapter.column_index[column]}" if self.has(column) else "''"

    @property
    def id(self) -> str:
        """The SQL of the id of a record."""
        return f"trim({self.cell(self.adapter.key)}, {literal(WHITESPACE)})"

    @property
    def place(self) -> str:
        """The SQL of where a record is, of records that were read in order."""
        if self.has(FILE_COLUMN):
            cell = self.cell(FILE_COLUMN)
            return f"substr({cell}, strpos({cell}, ':') + 1)"
        return "'record ' || format('{:,}', n)"

    def has(self, column: str) -> bool:
        """Return whether the file has a column."""
        return column in self.adapter.column_index

    def read(self, columns: Iterable[str]) -> None:
        """Read the cells of some columns of all records."""
        positions = sorted({self.adapter.column_index[column] for column in columns if self.has(column)})
        names = ", ".join(f"c{i}" for i in positions)
        self.execute(f"SET preserve_insertion_order = {self.in_order}")  # also for `take_repeated`, which reads again
        with ThreadPoolExecutor(1) as other_thread:
            has_nul = other_thread.submit(lambda: any(_has_nul(file.path) for file in self.table_file.csv_files))
            self.store("records", f"SELECT {names} FROM {table_expression(self.table_file)}")
        if has_nul.result():
            raise FastPathUnavailable("there is a NUL byte")
        [(self.number,)] = self.query("SELECT count(*) FROM records")

    def distinct(self, columns: Sequence[str]) -> Rows:
        """Return the combinations of cells that occur in the records that are left."""
        return self._distinct_in(self._left, columns)

    def distinct_of_all(self, columns: Sequence[str], where: str = "true") -> Rows:
        """Return the combinations of cells that occur in any record of the file."""
        return self._distinct_in("records", columns, where)

    def _distinct_in(self, rows: str, columns: Sequence[str], where: str = "true") -> Rows:
        statement = f"SELECT DISTINCT {', '.join(map(self.cell, columns))} FROM {rows} AS r WHERE {where}"
        if statement not in self._distinct:
            self._distinct[statement] = self.query(statement)
        return self._distinct[statement]

    def unlike(self, column: str, pattern: str) -> Rows:
        """Return the cells of a column that do not match a regular expression, of all records."""
        if pattern == ANYTHING:
            return []
        return self.distinct_of_all([column], f"NOT regexp_full_match({self.cell(column)}, {literal(pattern)})")

    def keep_matching(self, tests: Sequence[Sequence[CellTest]]) -> None:
        """Keep the records that pass one test of each list; each combination of cells is tested once."""
        conditions: list[str] = []
        for alternatives in tests:
            passing = [self._passes(test, f"passing{len(conditions)}_{i}") for i, test in enumerate(alternatives)]
            conditions.append(f"({' OR '.join(passing) or 'false'})")
        if conditions:
            self.store("matching", f"FROM {self.rows} AS r WHERE {' AND '.join(conditions)}")
            self._left = "matching"

    def _passes(self, test: CellTest, table: str) -> str:
        """Return the condition that a record passes a test."""
        columns, passes = test
        keys = [f"k{i}" for i in range(len(columns))]
        passing = [cells for cells in self.distinct_of_all(columns) if passes(*cells)]
        self.create_table(table, dict.fromkeys(keys, "VARCHAR"), passing)
        return f"({', '.join(map(self.cell, columns))}) IN (SELECT ({', '.join(keys)}) FROM {table})"

    def take_repeated(self, shared_ids: Collection[str] = ()) -> list[RepeatedRecord]:
        """Return all records of the ids that matching records share with others, and leave them out.

        `shared_ids` are those that records of other files have too.
        """
        key = self.cell(self.adapter.key)
        [(are_unique,)] = self.query(f"SELECT count(DISTINCT hash({key})) = count(*) FROM records AS r")
        if are_unique and not shared_ids and not self.unlike(self.adapter.key, VISIBLE_ASCII):
            return []
        self.create_table("shared_ids", {"id": "VARCHAR"}, [(shared,) for shared in shared_ids])
        id_ = self.id
        self.execute(f"""
            CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT {id_} AS id, count(*) AS records FROM records AS r WHERE id <> '' GROUP BY id
            HAVING (count(*) > 1 OR id IN (FROM shared_ids)) AND id IN (SELECT {id_} FROM {self.rows} AS r)""")
        [(number,)] = self.query("SELECT coalesce(sum(records), 0) FROM repeated")
        if number > MAX_REPEATED_RECORDS:
            raise FastPathUnavailable(f"{number:,} records share their ids")
        if not number:
            return []
        self.require_order()
        row = ", ".join(f"c{i}" for i in range(self.adapter.width))
        rows = self.query(f"""
            SELECT n, n IN (SELECT n FROM {self.rows}), [{row}]
            FROM (SELECT row_number() OVER () AS n, * FROM {table_expression(self.table_file)}) AS r
            WHERE {id_} IN (SELECT id FROM repeated) ORDER BY n""")
        self.leave_out([number for number, *_ in rows])
        return [RepeatedRecord(*row) for row in rows]

    def require_order(self) -> None:
        """Raise OrderNeeded if the records were not read in order."""
        if not self.in_order:
            raise OrderNeeded

    def leave_out(self, numbers: Iterable[int]) -> None:
        """Leave records out from now on."""
        self._left_out += 1
        table = f"left_out{self._left_out}"
        self.create_table(table, {"n": "BIGINT"}, [(number,) for number in numbers])
        self.store(f"left{self._left_out}", f"FROM {self.rows} ANTI JOIN {table} USING (n)")
        self._left = f"left{self._left_out}"

    # DuckDB

    def store(self, name: str, select: str) -> None:
        """Store the rows of a statement under a name.

        In memory they are held as a result: for a table DuckDB computes statistics, a fifth of the time of reading.
        """
        if not self.in_memory:
            self.connection.unregister(name)  # by which records may be held that were not read in order
            self.execute(f"CREATE OR REPLACE TABLE {name} AS {select}")
            return
        self.execute(f"PREPARE {name}_rows AS {select}")
        try:
            with raise_on_interrupt():
                self.connection.register(name, self.connection.sql(f"EXECUTE {name}_rows"))
        except import_duckdb().Error as error:
            raise FastPathUnavailable(f"DuckDB: {error}") from error

    def create_table(self, name: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Create a small table; `columns` are the types of its columns by name."""
        import pandas as pd

        self.create_table_from(pd.DataFrame(rows, columns=list(columns), dtype=object), name, columns)

    def create_table_from(self, frame: pd.DataFrame, name: str, columns: dict[str, str]) -> None:
        """Create a small table of a frame."""
        cells = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in columns.items())
        self.connection.register("frame", frame)
        self.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {cells} FROM frame')
        self.connection.unregister("frame")

    def create_enum(self, name: str, cells: Iterable[str | None]) -> str:
        """Create a type of the texts that occur in some cells, and return its name, or VARCHAR if they are many.

        They are stored as numbers and compared as text, which takes less space and time where rows are sorted.
        """
        values = sorted({cell for cell in cells if cell is not None})
        if len(values) > MAX_ENUM_VALUES:
            return "VARCHAR"
        self.execute(f"DROP TYPE IF EXISTS {name}")
        self.execute(f"CREATE TYPE {name} AS ENUM ({literal_list(values)})")
        return name

    def execute(self, statement: str) -> Any:
        """Run a statement."""
        try:
            return execute(self.connection, statement)
        except import_duckdb().Error as error:
            raise FastPathUnavailable(f"DuckDB: {error}") from error

    def query(self, statement: str) -> Rows:
        """Run a statement and return its rows."""
        rows: Rows = self.execute(statement).fetchall()
        return rows


def set_temp_folder(connection: DuckDBPyConnection) -> None:
    """Let DuckDB write what does not fit in memory to a folder, which it creates if need be and removes."""
    folder = Path(tempfile.gettempdir(), f"mali-{uuid.uuid4().hex}")
    connection.execute(f"SET temp_directory = {literal(str(folder))}")


def _has_nul(path: Path) -> bool:
    """Return whether a file has a NUL byte, which DuckDB would read."""
    buffer = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        while size := file.readinto(buffer):
            if buffer.find(0, 0, size) >= 0:
                return True
    return False
