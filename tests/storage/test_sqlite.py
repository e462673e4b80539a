"""SQLite files: keys, links, indexes and types."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage import convert, sqlite
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.probe import is_sqlite_file
from tests.support.conversion import (
    LOOKALIKES,
    forget_large_tables,
    tables_of,
    write_converted,
)
from tests.test_data import rows

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    return sqlite3.connect(write_converted(load().backend, tmp_path_factory.mktemp("db") / "ours.db", "sqlite"))


def test_every_table_has_its_key(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        key = [row[1] for row in ours.execute(f'PRAGMA table_info("{name}")') if row[5]]
        declared = list(schema.table(name).key)
        assert key == (declared if len(declared) == 1 else [f"{name}_id"])
        if len(declared) > 1:
            unique = [row[1] for row in ours.execute(f'PRAGMA index_list("{name}")') if row[3] == "u"]
            assert [[r[2] for r in ours.execute(f'PRAGMA index_info("{index}")')] for index in unique] == [declared]


def test_references_are_valid_foreign_keys(ours: sqlite3.Connection) -> None:
    assert ours.execute("PRAGMA foreign_key_check").fetchall() == []
    assert ours.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for name in schema.table_names():
        for column in schema.table(name).columns:
            if len(column.references) != 1 or "." in column.references[0]:
                continue
            parent = column.references[0]
            key = schema.table(parent).key[0]
            table = f"{name}_{column.name}" if column.type == "list" else name
            child = key if column.type == "list" else column.name
            found = {(row[2], row[3], row[4]) for row in ours.execute(f'PRAGMA foreign_key_list("{table}")')}
            assert (parent, child, key) in found


def test_dates_keys_and_references_are_indexed(ours: sqlite3.Connection) -> None:
    def plan(sql: str) -> str:
        return " ".join(row[3] for row in ours.execute(f"EXPLAIN QUERY PLAN {sql}"))

    for sql in (
        "SELECT * FROM events WHERE date_start BETWEEN '2012-01-01' AND '2012-01-31'",
        "SELECT * FROM events WHERE event_id = 'x'",
        "SELECT * FROM casualties WHERE event_id = 'x'",
        "SELECT * FROM casualties WHERE tally = 'x'",
        "SELECT * FROM casualties WHERE part_of = 'x'",
        """SELECT * FROM events_side_a WHERE "group" = 'MNLA'""",
        "SELECT * FROM events_sources WHERE source = 'almanac'",
        "SELECT * FROM events_place WHERE event_id = 'x'",
        "SELECT * FROM control_holder WHERE control_id = 1",
    ):
        assert "SEARCH" in plan(sql), plan(sql)
        assert "SCAN" not in plan(sql), plan(sql)


def test_link_tables_have_a_row_for_each_list_value(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        for column in schema.table(name).columns:
            if column.type == "list":
                values = sum(len(cell.split(";")) for row in rows(name) if (cell := row[column.name]))
                assert ours.execute(f'SELECT count(*) FROM "{name}_{column.name}"').fetchone() == (values,)
    events_of_mnla = ours.execute(
        """SELECT count(DISTINCT event_id) FROM events JOIN events_side_a USING (event_id) JOIN groups USING ("group")
        WHERE groups."group" = 'MNLA' AND events.side_a LIKE '%MNLA%'"""
    ).fetchone()
    assert events_of_mnla == (sum("MNLA" in row["side_a"].split(";") for row in rows("events")),)
    sources = ours.execute(
        """SELECT count(*) FROM events_sources WHERE source IN (SELECT document FROM documents)
        OR source IN (SELECT reference FROM "references")"""
    ).fetchone()
    assert sources == ours.execute("SELECT count(*) FROM events_sources").fetchone()


def test_columns_have_their_types_and_blanks_are_null(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        for column in schema.table(name).columns:
            kinds = {row[0] for row in ours.execute(f'SELECT DISTINCT typeof("{column.name}") FROM "{name}"')}
            stored = {"integer": "integer", "boolean": "integer", "number": "real"}.get(column.type, "text")
            assert kinds <= {stored, "null"}
            blanks = sum(not row[column.name] for row in rows(name))
            assert ours.execute(f'SELECT count(*) FROM "{name}" WHERE "{column.name}" IS NULL').fetchone() == (blanks,)
    assert ours.execute("SELECT DISTINCT open FROM casualties ORDER BY 1").fetchall() == [(0,), (1,)]


def test_the_view_events_with_place_has_coordinates(ours: sqlite3.Connection) -> None:
    found = ours.execute(
        "SELECT event_id, region, country, latitude, longitude FROM events_with_place ORDER BY date_start, date_end, event_id"
    ).fetchall()
    frame = load().events()
    assert [row[0] for row in found] == frame["event_id"].tolist()
    points = {row["event_id"]: (row["latitude"], row["longitude"]) for _, row in frame.iterrows()}
    for event_id, _, _, latitude, longitude in found:
        if latitude is not None:
            assert points[event_id] == (latitude, longitude)
    assert sum(row[3] is not None for row in found) == frame["latitude"].notna().sum() > 100


@pytest.mark.parametrize("format", ["sqlite", "parquet"])
def test_a_period_gives_the_same_rows_and_notes_after_conversion(format: str, tmp_path: Path) -> None:
    source = load()
    converted = load(write_converted(source.backend, tmp_path / "x.db", format))
    queries = (("events", None), ("events", "year"), ("casualties", None), ("casualties", "country"))
    for dates, (query, by) in itertools.product(("certain", "possible", "all"), queries):
        forget_large_tables(converted)
        filters = {"by": by, "since": "2012-11", "until": "2012-11", "dates": dates}
        expected, answer = (war.answer(query, **filters) for war in (source, converted))
        pd.testing.assert_frame_equal(answer.frame, expected.frame)
        assert answer.notes == expected.notes
        assert any("may fall into this period" in note for note in answer.notes) == (dates == "certain")


def test_the_schema_describes_each_column(ours: sqlite3.Connection) -> None:
    [statement] = ours.execute("SELECT sql FROM sqlite_master WHERE name = 'casualties'").fetchone()
    for column in schema.table("casualties").columns:
        assert column.description in statement


@pytest.mark.parametrize("file", LOOKALIKES, ids=lambda file: file.stem)
def test_references_of_foreign_files_are_valid(file: Path, tmp_path: Path) -> None:
    with sqlite3.connect(write_converted(load(file).backend, tmp_path / "x.db", "sqlite")) as found:
        assert found.execute("PRAGMA foreign_key_check").fetchall() == []
        unresolved = "SELECT count(*) FROM events_sources WHERE source NOT IN (SELECT document FROM documents)"
        assert found.execute(unresolved).fetchone() == (0,)


def test_invalid_references_are_refused(tmp_path: Path) -> None:
    frames = tables_of(load())
    frames["events"] = frames["events"].assign(side_a="Nobody")
    with pytest.raises(DataError, match=r"^events_side_a, group: 'Nobody' is not in groups; `mali check`"):
        convert.convert(MemoryBackend(tmp_path, frames, None), tmp_path / "x.db", "sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert is_sqlite_file(tmp_path / "x.db")
    with pytest.raises(DataError, match="cannot be read as a converted dataset: no such table: events"):
        sqlite.read_table(tmp_path / "x.db", "events")
