"""An answer as a Parquet file, written by DuckDB with the types and the layout of the converted tables."""

from __future__ import annotations

from pathlib import Path

from mali_cli.output.cell_values import text_columns
from mali_cli.output.progress import Progress
from mali_cli.output.streams import atomic_path
from mali_cli.results import QueryResult, pluralize
from mali_cli.storage import sql_literals
from mali_cli.storage.convert import CHUNK_ROWS
from mali_cli.storage.parquet import COPY_OPTIONS, MEMORY_LIMIT, execute, import_duckdb, sql_type

# No guess at what a column of texts may hold, from the first of them.
CONFIG = {"memory_limit": MEMORY_LIMIT, "pandas_analyze_sample": "0"}


def check_installed() -> None:
    """MaliError where DuckDB is not there, before any work is done."""
    import_duckdb()


def write(answer: QueryResult, path: Path, progress: Progress) -> None:
    """Writes the file, whole or not at all: the rows in their order, each column of its declared type, blanks NULL."""
    import pandas as pd

    declared = ", ".join(f'"{column.name}" {sql_type(column)}' for column in answer.columns)
    # The text that CSV has, read as the declared type: so both say the same.
    values = ", ".join(f"""CAST(nullif("{c.name}", '') AS {sql_type(c)})""" for c in answer.columns)
    with (
        atomic_path(path, import_duckdb().Error) as beside,
        import_duckdb().connect(config={**CONFIG, "temp_directory": f"{beside}.tmp"}) as connection,
    ):
        rows = len(answer.frame)
        execute(connection, f"CREATE TABLE answer ({declared})")
        for start in range(0, rows, CHUNK_ROWS):
            part = text_columns(answer._replace(frame=answer.frame.iloc[start : start + CHUNK_ROWS]))
            for cells in part.values():
                "".join(cells).encode()  # what is no Unicode some versions of DuckDB take and change
            connection.register("part", pd.DataFrame(part, dtype=object))
            execute(connection, f"INSERT INTO answer SELECT {values} FROM part")
            connection.unregister("part")
            progress(
                f"{min(start + CHUNK_ROWS, rows):,} of {pluralize(rows, answer.row_noun)} taken in",
                (start + CHUNK_ROWS) / rows,
            )
        execute(connection, f"COPY answer TO {sql_literals.literal(str(beside))} ({COPY_OPTIONS}, USE_TMP_FILE false)")
