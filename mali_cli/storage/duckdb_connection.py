"""What every use of DuckDB shares: the module, ^C, the types of our columns, and arrays as typed frames."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from mali_cli.model import schema
from mali_cli.model.extras import require_extra

if TYPE_CHECKING:
    import pandas as pd

MIN_MEMORY = 700_000_000  # bytes
SQL_TYPES = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}


class Database(Protocol):
    """Our tables in a DuckDB connection."""

    connection: Any

    @property
    def text_characters(self) -> str | None:
        """The characters other than ASCII in the texts of events and figures; None if they are not known."""

    def table_expression(self, name: str) -> str:
        """Return the SQL expression that reads a table."""
        ...

    def absent_columns(self, name: str) -> frozenset[str]:
        """Return the columns that were declared after the dataset was written."""
        ...

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        ...

    def fetch(self, statement: str, parameters: Sequence[object] = ()) -> dict[str, Any]:
        """Run a statement and return its columns as arrays, masked where cells are blank."""
        ...

    def fetch_batches(self, statement: str, rows: int) -> Iterator[list[tuple[Any, ...]]]:
        """Run a statement and yield so many of its rows at a time; no other statement may be run meanwhile."""
        ...


def import_duckdb() -> Any:
    """Return the module duckdb; MaliError if it is not installed."""
    return require_extra("fast", "Parquet is written by DuckDB", "duckdb")


@contextlib.contextmanager
def raise_on_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt for the errors with which DuckDB may report ^C."""
    try:
        yield
    except Exception as error:
        if type(error) is RuntimeError or isinstance(error, import_duckdb().InterruptException):
            raise KeyboardInterrupt from None
        raise


def execute(connection: Any, statement: str, parameters: Sequence[object] = ()) -> Any:
    """Run a statement and return its result; KeyboardInterrupt on ^C."""
    with raise_on_interrupt():
        return connection.execute(statement, list(parameters))


def limit_memory(connection: Any, file_bytes: int = 0) -> None:
    """Limit the memory of DuckDB, which writes what does not fit to its temporary folder.

    It is 0.7 GB, with which 2 million records are sorted a tenth faster than with 0.5, or a third of the size of the
    file that is read, because 20 million (13.6 GB) cannot be sorted with that; but then at most half of the memory of
    the machine.
    """
    limit = max(MIN_MEMORY, file_bytes // 3)
    if hasattr(os, "sysconf"):
        limit = min(limit, max(MIN_MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2))
    connection.execute(f"SET memory_limit = '{limit >> 20}MiB'")


def sql_type(column: schema.Column) -> str:
    """Return the type of a column in DuckDB and Parquet; a list is text joined by `;`."""
    return SQL_TYPES.get(column.type, "VARCHAR")


def order_by(columns: Iterable[str]) -> str:
    """Return the terms of ORDER BY, with blank cells first."""
    return ", ".join(f'"{column}" NULLS FIRST' for column in columns)


def build_frame(columns: Iterable[schema.Column], arrays: dict[str, Any]) -> pd.DataFrame:
    """Return the arrays of DuckDB, masked where cells are blank, as a frame with the dtypes of frames.build_frame."""
    import pandas as pd

    return pd.DataFrame({column.name: _to_dtype(column, arrays[column.name]) for column in columns}, copy=False)


def _to_dtype(column: schema.Column, cells: Any) -> Any:
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return np.ma.filled(cells, np.datetime64("NaT")).astype("datetime64[s]")
    if column.type == "integer":
        return pd.arrays.IntegerArray(np.ma.filled(cells, 0).astype("int64"), np.ma.getmaskarray(cells))
    if column.type == "number":
        return np.ma.filled(cells, np.nan)
    if column.type == "boolean":
        return np.ma.filled(cells, False)
    values = np.ma.getdata(cells)
    values[np.ma.getmaskarray(cells)] = None
    return pd.Series(values, dtype=object)
