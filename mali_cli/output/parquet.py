"""An answer as a Parquet file, written by DuckDB with the types and the layout of the converted tables."""

from __future__ import annotations

from pathlib import Path

from mali_cli import sql
from mali_cli.answers import Answer, counted
from mali_cli.conversion import ROWS
from mali_cli.conversion.parquet import LAYOUT, MEMORY, duckdb, faults, run, sql_type
from mali_cli.output.files import place_of
from mali_cli.output.progress import Progress
from mali_cli.output.values import as_text

# No guess at what a column of texts may hold, from the first of them.
CONFIG = {"memory_limit": MEMORY, "pandas_analyze_sample": "0"}


def check_installed() -> None:
    """MaliError where DuckDB is not there, before any work is done."""
    duckdb()


def write(answer: Answer, path: Path, progress: Progress) -> None:
    """Writes the file, whole or not at all: the rows in their order, each column of its declared type, blanks NULL."""
    import pandas as pd

    declared = ", ".join(f'"{column.name}" {sql_type(column)}' for column in answer.columns)
    # The text that CSV has, read as the declared type: so both say the same.
    values = ", ".join(f"""CAST(nullif("{c.name}", '') AS {sql_type(c)})""" for c in answer.columns)
    with (
        place_of(path, faults()) as beside,
        duckdb().connect(config={**CONFIG, "temp_directory": f"{beside}.tmp"}) as connection,
    ):
        rows = len(answer.frame)
        run(connection, f"CREATE TABLE answer ({declared})")
        for start in range(0, rows, ROWS):
            part = as_text(answer._replace(frame=answer.frame.iloc[start : start + ROWS]))
            for cells in part.values():
                "".join(cells).encode()  # what is no Unicode some versions of DuckDB take and change
            connection.register("part", pd.DataFrame(part, dtype=object))
            run(connection, f"INSERT INTO answer SELECT {values} FROM part")
            connection.unregister("part")
            progress(f"{min(start + ROWS, rows):,} of {counted(rows, answer.noun)} taken in", (start + ROWS) / rows)
        run(connection, f"COPY answer TO {sql.text(str(beside))} ({LAYOUT}, USE_TMP_FILE false)")
