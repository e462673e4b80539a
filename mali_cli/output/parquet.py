"""Parquet files, written by DuckDB with the types and the layout of converted tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mali_cli.model.extras import require_extra
from mali_cli.output.cell_values import text_columns
from mali_cli.output.progress import Progress
from mali_cli.output.streams import atomic_path
from mali_cli.results import QueryResult, pluralize

# Of rows that wait to be written; the data that they come from may be in DuckDB too. More threads need more memory.
MEMORY_LIMIT, THREADS = "256MB", "1"


def check_installed() -> None:
    """Raise MaliError if DuckDB is not installed, before any work is done."""
    require_extra("fast", "Parquet is written by DuckDB", "duckdb")


def write(result: QueryResult, path: Path, progress: Progress) -> None:
    """Write the file atomically: rows in order, columns of their declared types, missing values as NULL."""
    import pandas as pd

    from mali_cli.storage import sql_literals  # the backends import pandas too
    from mali_cli.storage.convert import CHUNK_ROWS
    from mali_cli.storage.duckdb_connection import execute, import_duckdb, sql_type
    from mali_cli.storage.parquet import COPY_OPTIONS

    # DuckDB must not guess the type of a text column from its first rows.
    config = {"memory_limit": MEMORY_LIMIT, "threads": THREADS, "pandas_analyze_sample": "0"}
    declared = ", ".join(f'"{column.name}" {sql_type(column)}' for column in result.columns)
    # The text of CSV, cast to the declared type, so that both formats hold the same values.
    values = ", ".join(f"""CAST(nullif("{c.name}", '') AS {sql_type(c)})""" for c in result.columns)
    with (
        atomic_path(path, import_duckdb().Error) as new,
        import_duckdb().connect(config={**config, "temp_directory": f"{new}.tmp"}) as connection,
    ):
        execute(connection, f"CREATE TABLE result ({declared})")
        loaded = 0
        for batch in _chunks(result, CHUNK_ROWS):
            chunk = text_columns(batch)
            for cells in chunk.values():
                "".join(cells).encode()  # some versions of DuckDB accept lone surrogates and change them
            connection.register("chunk", pd.DataFrame(chunk, dtype=object))
            execute(connection, f"INSERT INTO result SELECT {values} FROM chunk")
            connection.unregister("chunk")
            loaded += len(batch.frame)
            progress(
                f"{pluralize(loaded, result.row_noun)} loaded",
                loaded / len(result.frame) if len(result.frame) else None,
            )
        execute(connection, f"COPY result TO {sql_literals.literal(str(new))} ({COPY_OPTIONS}, USE_TMP_FILE false)")


def _chunks(result: QueryResult, rows: int) -> Iterator[QueryResult]:
    """Yield the result in pieces of so many rows at most."""
    for batch in result.in_batches():
        for start in range(0, len(batch.frame), rows):
            yield batch._replace(frame=batch.frame.iloc[start : start + rows])
