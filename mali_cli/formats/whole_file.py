"""What is known of all records of a file, whatever the filters: its last day, and which columns of events it fills."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator

from mali_cli.formats import duckdb_filter
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.records import RecordError
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile


def states(adapter: FormatAdapter, column: str) -> bool:
    """Return whether a file has what fills a column of events."""
    return any(
        column in part.fields and any(name in adapter.column_index for name in part.columns) for part in adapter.parts
    )


def last_day(table_file: TableFile, adapter: FormatAdapter) -> datetime.date | None:
    """Return the latest first day of a record, None without any; this takes one more pass over the file."""
    return max(map(datetime.date.fromisoformat, _first_days(table_file, adapter)), default=None)


def _first_days(table_file: TableFile, adapter: FormatAdapter) -> Iterator[str]:
    """Yield the first days of the records that can be read; of a format in parts each combination of cells once."""
    part = next((part for part in adapter.parts if "date_start" in part.fields), None)
    if part is None:
        for row in RowReader(table_file):
            with contextlib.suppress(RecordError):
                yield adapter.parse_record(row).date_start
        return
    position = part.fields.index("date_start")
    combinations = duckdb_filter.distinct_cells(table_file, adapter, part.columns)
    if combinations is None:
        combinations = set(map(adapter.column_getter(part.columns), RowReader(table_file)))
    for cells in combinations:
        with contextlib.suppress(RecordError):
            yield part.parse(*cells)[position]
