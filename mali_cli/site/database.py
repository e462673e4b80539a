"""The site's database: what `mali convert` makes, with what a page of its own wants: places, tolls and a search."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage import convert, raw_tables, sqlite
from mali_cli.storage.probe import is_sqlite_file

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.dataset import Dataset

EVENTS = 20_000  # so many are told their places and tolls at once
POINT = ("latitude", "longitude")
BY_COUNTRY = "casualties_by_country"
PARTS = {"groups": "part_of", "places": "within"}  # tables whose rows have many names, and what says whose part one is
LONGEST = 60  # letters of the name, which is a file's and part of every address


def build_database(dataset: Dataset, folder: Path, at: Callable[[str, float | None], None] = lambda *_: None) -> Path:
    """A database of the dataset in this folder, named as the dataset is; DataError if it cannot be written."""
    about = convert.dataset_metadata(dataset.backend)
    name = re.sub("[^a-z0-9]+", "-", str(about["name"]).lower()).strip("-")[:LONGEST] or "tables"
    path = folder / f"{name}.db"
    if is_sqlite_file(dataset.backend.path):
        with _readable(dataset.backend.path):
            at(f"copying {dataset.backend.path.name}", None)
            _copied(dataset.backend.path, path)
    else:
        convert.convert(dataset.backend, path, "sqlite", at)
    with _readable(dataset.backend.path), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # The file is thrown away if anything fails: it needs no journal, and no waiting for the disk.
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        # Long statements are broken off by ^C, which Python notices only while it runs itself.
        connection.set_progress_handler(lambda: 0, sqlite.PROGRESS_OPCODES)
        with sqlite.raise_on_interrupt():
            connection.execute("DROP VIEW IF EXISTS events_with_place")  # the events themselves tell it here
            _add_event_columns(connection, path, at)
            if dataset.origin is None:
                _add_losses_by_country(connection, dataset)
            for name, above in PARTS.items():
                _add_name_index(connection, sqlite.read_table(path, name), name, above)
            for table in map(schema.table, schema.table_names()):
                at(f"indexing the words of {table.name}", None)
                _make_searchable(connection, table)
    return path


@contextlib.contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DataError(f"{source} cannot be made into a site: {error}.") from None


def _copied(source: Path, target: Path) -> None:
    """By SQLite, which copies whole what another program may be writing."""
    with (
        contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def added_to_events() -> list[schema.Column]:
    """What `mali events` tells beside the table, with a point only where `mali map` has one: maps are drawn of it."""
    points = {c.name: c for c in schema.result_columns("map") if c.name in POINT}
    return [points.get(column.name, column) for column in schema.result_columns("events")]


def _add_event_columns(connection: sqlite3.Connection, path: Path, at: Callable[[str, float | None], None]) -> None:
    """The columns that `mali events` adds, made as it makes them, part by part."""
    from mali_cli.model.filters import Filters
    from mali_cli.queries import chart_tables, events, fatalities

    added = added_to_events()
    for column in added:
        connection.execute(f'ALTER TABLE events ADD COLUMN "{column.name}" {sqlite.SQL_TYPES.get(column.type, "TEXT")}')
    places = sqlite.read_table(path, "places")
    keys = [key for (key,) in connection.execute("SELECT event_id FROM events ORDER BY event_id")]
    assigned = ", ".join(f'"{column.name}" = ?' for column in added)
    for start in range(0, len(keys), EVENTS):
        at("adding up the dead of events", start / len(keys))
        first, last = keys[start], keys[min(start + EVENTS, len(keys)) - 1]
        part, figures = (
            raw_tables.to_frame(sqlite.read_rows(path, name, "event_id BETWEEN ? AND ?", (first, last)))
            for name in ("events", "casualties")
        )
        told = fatalities.with_killed(
            events.with_place(part, places), fatalities.event_fatalities(part, figures), Filters()
        )
        no_point = told["event_id"].isin(chart_tables.areal_events(part, places))
        told = told.assign(**{name: told[name].mask(no_point) for name in POINT})
        columns = [sqlite.sqlite_values(told[column.name], column) for column in added]
        connection.execute("BEGIN")
        connection.executemany(
            f"UPDATE events SET {assigned} WHERE event_id = ?", zip(*columns, told["event_id"], strict=True)
        )
        connection.execute("COMMIT")


def _add_losses_by_country(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """The answer to `mali casualties --by country`: its rules of sums are no matter of SQL."""
    answer = dataset.answer("casualties", by="country")
    declared = ", ".join(f'"{column.name}" {sqlite.SQL_TYPES.get(column.type, "TEXT")}' for column in answer.columns)
    connection.execute(f"CREATE TABLE {BY_COUNTRY} ({declared})")
    columns = [sqlite.sqlite_values(answer.frame[column.name], column) for column in answer.columns]
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {BY_COUNTRY} VALUES ({marks})", zip(*columns, strict=True))


def _add_name_index(connection: sqlite3.Connection, table: pd.DataFrame, name: str, above: str) -> None:
    """Every name in the form in which spellings are equal, with what bears it and all its parts: what filters find."""
    from mali_cli.model.names import NameIndex, normalize_name
    from mali_cli.queries import entities, list_columns

    key = schema.table(name).key[0]
    others = table[["name", "aliases"] if "name" in table else ["aliases"]].itertuples(index=False, name=None)
    aliases = {
        one: [alias for cell in row for alias in list_columns.split(cell)]
        for one, row in zip(table[key], others, strict=True)
    }
    known = NameIndex(key, "", aliases)
    parts = {one: entities.descendants(table, frozenset({one}), above, key) for one in aliases}
    rows = {
        (normalize_name(spelling), part)
        for one, more in aliases.items()
        for spelling in (one, *more)
        for meant in known.candidates(spelling)
        for part in parts[meant]
    }
    connection.execute(f'CREATE TABLE {names_of(name)} (name TEXT, "{key}" TEXT, PRIMARY KEY (name, "{key}"))')
    connection.executemany(f"INSERT INTO {names_of(name)} VALUES (?, ?)", sorted(rows))


def names_of(table: str) -> str:
    return f"names_of_{table}"


def words_of(table: schema.Table) -> list[str]:
    """The columns whose words can be searched: names and free text, not vocabularies, dates and keys of sources."""
    return [
        column.name
        for column in table.columns
        if column.type in ("string", "list")
        and not (column.enum or column.pattern)
        and set(column.references) <= {"groups", "places"}
    ]


def _make_searchable(connection: sqlite3.Connection, table: schema.Table) -> None:
    """An index of the words, accents or none, that Datasette finds by its name and searches."""
    columns = ", ".join(f'"{name}"' for name in words_of(table))
    index = f'"{table.name}_fts"'
    connection.execute(
        f"CREATE VIRTUAL TABLE {index} USING FTS5 "
        f"""({columns}, tokenize="unicode61 remove_diacritics 2", content="{table.name}")"""
    )
    connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
