"""What is known of all records of a file, whatever the filters: its last day and all names in it."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator

from mali_cli.formats import duckdb_filter
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.frame_builder import unique_place_names
from mali_cli.formats.record_parts import date_part, first_days
from mali_cli.formats.records import RecordError, split_list
from mali_cli.formats.row_filter import RowFilter, RowScanner, distinct_points
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile
from mali_cli.model.civilian_kinds import civilian_kind

Names = dict[str, dict[str, Iterable[str]]]  # by kind, each with its aliases


def last_day(
    table_file: TableFile, adapter: FormatAdapter, date_cells: set[tuple[str, ...]] | None = None
) -> datetime.date | None:
    """Return the latest first day of a record, None without any.

    `date_cells` are the distinct cells of the part of days, if they are known; else this takes one more pass over the
    file.
    """
    return max(map(datetime.date.fromisoformat, _first_days(table_file, adapter, date_cells)), default=None)


def _first_days(
    table_file: TableFile, adapter: FormatAdapter, date_cells: set[tuple[str, ...]] | None
) -> Iterator[str]:
    """Yield the first days of the records that can be read; of a format in parts each combination of cells once."""
    part = date_part(adapter.parts)
    if part is None:
        for row in RowReader(table_file):
            with contextlib.suppress(RecordError):
                yield adapter.parse_record(row).date_start
        return
    combinations = date_cells or duckdb_filter.distinct_cells(table_file, adapter, part.columns)
    if combinations is None:
        combinations = set(map(adapter.column_getter(part.columns), RowReader(table_file)))
    yield from first_days(part, combinations)


def names(table_file: TableFile, adapter: FormatAdapter) -> Names:
    """Return every name in the file by kind, with its aliases; this takes one more pass over the file."""
    crosswalk = adapter.crosswalk
    scanner = RowScanner(table_file, adapter, RowFilter())
    actor_cells: set[tuple[str, str, str]] = set()  # each with the country and the era
    source_cells: set[str] = set()
    actors, sources = map(adapter.column_getter, (adapter.actor_columns, adapter.source_columns))
    for _, record in scanner:
        country, era = adapter.country_cell(record), adapter.era(record)
        actor_cells.update((cell, country, era) for cell in actors(record))
        source_cells.add(next(filter(None, sources(record)), ""))
    groups = {
        key
        for cell, country, era in actor_cells
        for key in crosswalk.group_keys(cell, crosswalk.country_name(country), era, adapter.separator)
    }
    points = distinct_points(adapter, scanner.stats)
    return {
        "claimants": {adapter.claimant: ()},
        "groups": {key: crosswalk.unknown_groups.get(key, ()) for key in groups if civilian_kind(key) is None},
        "places": {
            name: [point.location, *crosswalk.place_aliases(point.location, point.country)]
            for point, name in unique_place_names(points, crosswalk).items()
        },
        "regions": {name: () for point in points if (name := crosswalk.region_name(point.region))},
        "admin2": {point.admin2: () for point in points if point.admin2},
        "countries": {point.country: () for point in points if point.country},
        "sources": {source: () for cell in source_cells for source in split_list(cell)},
    }
