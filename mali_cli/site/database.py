"""Build the database of the site: the converted tables, with places, fatalities and search indexes added."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage import convert, raw_tables, sqlite
from mali_cli.storage.probe import is_sqlite_file
from mali_cli.storage.sink import ProgressCallback

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.dataset import Dataset

EVENTS_PER_BATCH = 20_000
# Columns of events that only the pages of the site need: what else is known of those killed, and those lost
FATALITY_COLUMNS = (
    schema.Column("killed_open", "boolean", "true: the number of people killed has no upper bound."),
    schema.Column("killed_unknown", "boolean", "true: people are said to have been killed, and no number is given."),
    schema.Column("lost_best", "integer", "People killed, wounded or captured, which the source does not distinguish."),
    schema.Column("lost_unknown", "boolean", "true: people are said to have been lost, and no number is given."),
)
COORDINATES = ("latitude", "longitude")
CASUALTIES_BY_COUNTRY = "casualties_by_country"
CONTROL_INTERVALS = "control_intervals"
PARENT_COLUMNS = {"groups": "part_of", "places": "within"}  # tables with aliases, and their column of parents
MAX_NAME_LENGTH = 60  # the name becomes a file name and a part of every address


def build_database(dataset: Dataset, folder: Path, report: ProgressCallback = lambda *_: None) -> Path:
    """Write the database of a dataset to a folder and return its path.

    The file is named after the dataset. Raise DataError if it cannot be written.
    """
    source = dataset.backend.path
    if dataset.backend.holds_aggregates:
        raise DataError(f"{source} holds counts of events, and the site shows events.")
    title = str(convert.dataset_metadata(dataset.backend)["name"])
    name = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[:MAX_NAME_LENGTH] or "tables"
    path = folder / f"{name}.db"
    with _sqlite_errors_as_data_errors(source):
        if is_sqlite_file(source):
            report(f"copying {source.name}", None)
            _copy_database(source, path)
        else:
            convert.convert(dataset.backend, path, "sqlite", report)
        _extend_database(dataset, path, report)
    return path


@contextlib.contextmanager
def _sqlite_errors_as_data_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DataError(f"{source} cannot be shown as a site: {error}.") from None


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database with SQLite's own backup, which is consistent even while another program writes."""
    with (
        contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as original,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)


def _extend_database(dataset: Dataset, path: Path, report: ProgressCallback) -> None:
    """Add to the converted tables what only the site needs."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # The file is deleted if anything fails, so it needs neither a journal nor flushing to disk.
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        # Python handles Ctrl-C only between its own instructions: this callback interrupts long statements.
        connection.set_progress_handler(lambda: 0, sqlite.PROGRESS_OPCODES)
        with sqlite.raise_on_interrupt():
            connection.execute("DROP VIEW IF EXISTS events_with_place")  # the table has these columns here
            _add_event_columns(connection, path, report)
            _fill_date_precision(connection)
            if dataset.origin is None:
                _add_casualties_by_country(connection, dataset)
                _add_control_intervals(connection, dataset)
            for name in PARENT_COLUMNS:
                _add_name_index(connection, sqlite.read_table(path, name), name)
            for table in map(schema.table, schema.table_names()):
                report(f"building the search index of {table.name}", None)
                _add_search_index(connection, table)


def event_result_columns() -> list[schema.Column]:
    """Return the columns that `mali events` adds to the table.

    Coordinates are those of `mali map`, because the site draws a map of them: blank where the map shows no point.
    """
    coordinates = {column.name: column for column in schema.result_columns("map") if column.name in COORDINATES}
    return [coordinates.get(column.name, column) for column in schema.result_columns("events")]


def _add_event_columns(connection: sqlite3.Connection, path: Path, report: ProgressCallback) -> None:
    """Add the columns of `mali events` to the table of events, batch by batch."""
    columns = [*event_result_columns(), *FATALITY_COLUMNS]
    for column in columns:
        connection.execute(f"ALTER TABLE events ADD COLUMN {_column_definition(column)}")
    places = sqlite.read_table(path, "places")
    event_ids = [key for (key,) in connection.execute("SELECT event_id FROM events ORDER BY event_id")]
    assignments = ", ".join(f'"{column.name}" = ?' for column in columns)
    for start in range(0, len(event_ids), EVENTS_PER_BATCH):
        report("summing fatalities of events", start / len(event_ids))
        batch = event_ids[start : start + EVENTS_PER_BATCH]
        results = _event_results(path, places, batch[0], batch[-1])
        values = [sqlite.sqlite_values(results[column.name], column) for column in columns]
        connection.execute("BEGIN")
        connection.executemany(
            f"UPDATE events SET {assignments} WHERE event_id = ?", zip(*values, results["event_id"], strict=True)
        )
        connection.execute("COMMIT")


def _fill_date_precision(connection: sqlite3.Connection) -> None:
    """Give figures of older datasets the date precision of their event."""
    connection.execute(
        "UPDATE casualties SET date_precision = coalesce("
        "(SELECT date_precision FROM events WHERE events.event_id = casualties.event_id), 'day') "
        "WHERE date_precision IS NULL"
    )


def _event_results(path: Path, places: pd.DataFrame, first_id: str, last_id: str) -> pd.DataFrame:
    """Return the events from one id to another with the columns of `mali events`, computed by the same functions."""
    from mali_cli.model.filters import Filters
    from mali_cli.queries import chart_tables, fatalities
    from mali_cli.queries import events as event_queries

    events, figures = (
        raw_tables.to_frame(sqlite.read_rows(path, name, "event_id BETWEEN ? AND ?", (first_id, last_id)))
        for name in ("events", "casualties")
    )
    results = fatalities.with_killed(
        event_queries.with_place(events, places), fatalities.event_fatalities(events, figures), Filters()
    )
    status = fatalities.event_fatality_status(results, figures).add_prefix("killed_")
    status = status.join(fatalities.event_lost(results, figures))
    results = results.assign(**{column.name: status[column.name] for column in FATALITY_COLUMNS})
    is_areal = results["event_id"].isin(chart_tables.areal_events(events, places))
    return results.assign(**{name: results[name].mask(is_areal) for name in COORDINATES})


def _column_definition(column: schema.Column) -> str:
    return f'"{column.name}" {sqlite.SQL_TYPES.get(column.type, "TEXT")}'


def _add_casualties_by_country(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Add the result of `mali casualties --by country` as a table: SQL cannot express the rules of sums."""
    result = dataset.answer("casualties", by="country")
    _add_table(connection, CASUALTIES_BY_COUNTRY, result.columns, result.frame)


def _add_control_intervals(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Add the intervals of control as a table: SQL cannot express when a holder is gone."""
    from mali_cli.queries.control_intervals import build_intervals

    declared = schema.result_columns("intervals")
    columns = [column for column in declared if column.name not in ("status", "age_years", *_place_columns())]
    columns.append(schema.Column("number", "integer", ""))
    intervals = build_intervals(dataset.table).reset_index(drop=True)
    _add_table(connection, CONTROL_INTERVALS, columns, intervals.assign(number=intervals.index + 1))


def _place_columns() -> list[str]:
    return [column.name for column in schema.table("places").columns if column.name != "place"]


def _add_table(
    connection: sqlite3.Connection, name: str, columns: Sequence[schema.Column], frame: pd.DataFrame
) -> None:
    connection.execute(f"CREATE TABLE {name} ({', '.join(map(_column_definition, columns))})")
    values = [sqlite.sqlite_values(frame[column.name], column) for column in columns]
    placeholders = ", ".join("?" * len(values))
    connection.executemany(f"INSERT INTO {name} VALUES ({placeholders})", zip(*values, strict=True))


def _add_name_index(connection: sqlite3.Connection, table: pd.DataFrame, name: str) -> None:
    """Add a table that maps each normalised name to the keys a filter with that name matches.

    These are the group or place with that name and its descendants.
    """
    from mali_cli.model.names import NameIndex, normalize_name
    from mali_cli.queries import entities

    key_column = schema.table(name).key[0]
    aliases = _aliases_by_key(table, key_column)
    index = NameIndex(key_column, "", aliases)
    descendants = {
        key: entities.descendants(table, frozenset({key}), PARENT_COLUMNS[name], key_column) for key in aliases
    }
    rows = {
        (normalize_name(spelling), descendant)
        for key in aliases
        for spelling in (key, *aliases[key])
        for match in index.candidates(spelling)
        for descendant in descendants[match]
    }
    target = name_index_table(name)
    connection.execute(f'CREATE TABLE {target} (name TEXT, "{key_column}" TEXT, PRIMARY KEY (name, "{key_column}"))')
    connection.executemany(f"INSERT INTO {target} VALUES (?, ?)", sorted(rows))


def _aliases_by_key(table: pd.DataFrame, key_column: str) -> dict[str, list[str]]:
    from mali_cli.queries import list_columns

    name_columns = [column for column in ("name", "aliases") if column in table]
    cells = table[name_columns].itertuples(index=False, name=None)
    return {
        key: [alias for cell in row for alias in list_columns.split(cell)]
        for key, row in zip(table[key_column], cells, strict=True)
    }


def name_index_table(table: str) -> str:
    return f"names_of_{table}"


def searchable_columns(table: schema.Table) -> list[str]:
    """Return the columns with names and free text, without vocabularies, dates and keys of sources."""
    return [
        column.name
        for column in table.columns
        if column.type in ("string", "list")
        and not (column.enum or column.pattern)
        and set(column.references) <= {"groups", "places"}
    ]


def _add_search_index(connection: sqlite3.Connection, table: schema.Table) -> None:
    """Add a full-text index that ignores accents. Datasette recognises it by its content table."""
    columns = ", ".join(f'"{name}"' for name in searchable_columns(table))
    index = f'"{table.name}_fts"'
    connection.execute(
        f"CREATE VIRTUAL TABLE {index} USING FTS5 "
        f"""({columns}, tokenize="unicode61 remove_diacritics 2", content="{table.name}")"""
    )
    connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
