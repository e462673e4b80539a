"""A file becomes the same tables in DuckDB as record by record."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_backend, duckdb_filter, duckdb_tables
from mali_cli.formats.backend import ForeignFileBackend
from mali_cli.formats.duckdb_backend import FileInDuckDB
from mali_cli.formats.importer import ImportRun
from mali_cli.formats.query_filter import build_row_filter
from mali_cli.formats.row_filter import RowFilter
from mali_cli.model import schema
from mali_cli.output import render_text
from mali_cli.storage import convert
from tests.formats.test_fuzz import damage, seeds
from tests.support import lookalikes as foreign
from tests.support.conversion import assert_same_tables, tables_of
from tests.support.lookalikes import NAMES, Change, raw
from tests.support.quirks import HARMLESS, REFUSED, WITH_RECORDS_TO_SKIP

pytest.importorskip("duckdb", reason="the extra `fast` is not installed")

IN_PARTS = [name for name in NAMES if name.startswith(("acled", "ucdp"))]
FILTERS: list[dict[str, Any]] = [
    {},
    {"since": "2013", "until": "2022"},
    {"actor": ["Civilians", "Mali"]},
    {"type": ["Battles"]},
    {"region": "Mopti", "since": "2012"},
    {"actor": "JNIM", "type": ["Violence against civilians"], "place": "Menaka"},
]
# Quirks of the cells, each with one of its look-alikes, and one in three of the files that are refused: other tests have
# them all. DuckDB reads cells by position, whatever the names of their columns.
OF_NAMES = ("upper case", "column names", "blanks around the names of columns")
QUIRKS = {
    what.partition(f", {name}")[0]: (what, name, change)
    for what, name, change in HARMLESS
    if name in ("acled_a3", "ucdp_u2") and not what.startswith(OF_NAMES)
}
# What it is, the look-alike, its change, and the filters of each reading
CHANGES: list[tuple[str, str, Change, list[dict[str, Any]]]] = [
    *((name, name, lambda data: data, [{}, FILTERS[1 + i % 5]]) for i, name in enumerate(IN_PARTS)),
    *((*quirk, [FILTERS[i // 3 % 6] if i % 3 == 0 else {}]) for i, quirk in enumerate(QUIRKS.values())),
    *(
        (what, name, change, [{}])
        for what, name, change, suffix, _ in REFUSED[::3]
        if suffix == ".csv" and name in IN_PARTS
    ),
    *((*skipped, [{}, FILTERS[1]]) for skipped in WITH_RECORDS_TO_SKIP if skipped[1] in IN_PARTS),
    ("a NUL", "acled_a3", lambda data: data.replace(b"JNIM", b"JN\0IM", 1), [{}]),
]


def open_file(path: Path | list[Path]) -> ForeignFileBackend:
    file = load(path).backend
    assert isinstance(file, ForeignFileBackend)
    return file


ALL_COLUMNS = frozenset(column.name for table in ("events", "casualties") for column in schema.table(table).columns)


class Unavailable(Exception):
    """DuckDB cannot read the file."""


def read(
    path: Path | list[Path], row_filter: RowFilter, in_duckdb: bool, columns: frozenset[str] | None = None
) -> tuple[object, ...]:
    """Return the tables of a file, what became of its records, and the notes on them; or the error.

    `columns` are those that sums need.
    """
    file = open_file(path)
    run = ImportRun(file.table_file, file.new_adapter(), row_filter)
    try:
        if in_duckdb:
            backend = FileInDuckDB(run, dict, columns)
            backend.read_cells()
            backend.create_tables()
            frames = {name: backend.table(name) for name in schema.table_names()}
        else:
            frames = run.frames()
    except duckdb_filter.FastPathUnavailable as reason:
        raise Unavailable from reason
    except DataError as error:
        return (str(error),)
    return frames, run.counts, run.notes, run.reading_notes, run.errors_by_record


def assert_same(path: Path | list[Path], filter_args: dict[str, Any], columns: frozenset[str] | None = None) -> None:
    """Compare both ways; Unavailable if DuckDB cannot read the file."""
    try:
        file = open_file(path)
    except MaliError:
        return
    if not duckdb_backend.is_applicable(file.table_file, file.new_adapter()):
        return
    row_filter = build_row_filter("casualties", filter_args, str(file.origin))
    fast, expected = read(path, row_filter, True, columns), read(path, row_filter, False)
    assert fast[1:] == expected[1:]
    if not isinstance(fast[0], dict) or not isinstance(expected[0], dict):
        assert fast == expected
        return
    for name, frame in expected[0].items():
        pd.testing.assert_frame_equal(fast[0][name], frame, obj=name)


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=[c[0] for c in CHANGES])
def test_tables_are_the_same_as_record_by_record(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every look-alike, every harmless quirk and every record that is skipped, and for some files that are refused."""
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    _, name, change, readings = CHANGES[number]
    path = foreign.store(tmp_path / "file.csv", change(raw(name)))
    unchanged = change(raw(name)) == raw(name)
    for i, filter_args in enumerate(readings):
        columns = ALL_COLUMNS if (i + number) % 2 else None
        monkeypatch.setattr(duckdb_tables, "MAX_BYTES_IN_MEMORY", 0 if number % 4 == 3 else 1 << 30)
        try:
            assert_same(path, filter_args, columns)
        except Unavailable:
            assert not unchanged


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("filter_args", [{}, FILTERS[1]], ids=["all", "filtered"])
@pytest.mark.parametrize("names", [("acled_a3", "acled_a3"), ("acled_a1", "acled_a3"), ("ucdp_u1", "ucdp_u2")])
def test_several_files_become_the_same_tables(
    names: tuple[str, str],
    filter_args: dict[str, Any],
    in_memory: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With another delimiter, a title above the header, ids in both files and a record that cannot be read."""
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    monkeypatch.setattr(duckdb_tables, "MAX_BYTES_IN_MEMORY", 1 << 30 if in_memory else 0)
    header, *rest = foreign.records(names[0])
    date = header.index("event_date" if names[0].startswith("acled") else "date_start")
    rest[1][date] = "soon"
    first = foreign.store(tmp_path / "1.csv", b"Cut from a larger file\n" + foreign.written([header, *rest]))
    second = foreign.store(tmp_path / "2.csv", foreign.written(foreign.records(names[1]), delimiter=";"))
    assert_same([first, second, foreign.store(tmp_path / "3.csv", raw(names[1]))], filter_args)


def test_damaged_files_become_the_same_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)

    @settings(max_examples=40, derandomize=True, deadline=None, database=None)
    @given(st.sampled_from(FILTERS), st.sampled_from(IN_PARTS), seeds, damage)
    def compare(
        filter_args: dict[str, Any],
        name: str,
        rng: random.Random,
        damaged: Callable[[bytearray, random.Random], None],
    ) -> None:
        data = bytearray(raw(name))
        damaged(data, rng)
        try:
            assert_same(foreign.store(tmp_path / "fuzzed.csv", bytes(data)), filter_args)
        except Unavailable:
            return

    compare()


@pytest.mark.parametrize(("name", "parts"), [("acled_a1", None), ("acled_a4", 3), ("ucdp_u2", None)])
def test_converted_files_are_the_same(
    name: str, parts: int | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With repeated ids, in parts, and with several figures of an event."""
    path = foreign.store(tmp_path / "file.csv", raw(name))
    results, packages, files = [], [], []
    for size, target in ((1 << 40, tmp_path / "records"), (0, tmp_path / "duckdb")):
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", size)
        backend = open_file(path)
        counts = convert.convert(backend, target, "parquet", parts=parts)
        results.append((counts, backend.counts, backend.notes))
        packages.append((target / "datapackage.json").read_text())
        files.append(sorted(file.relative_to(target) for file in target.rglob("*")))
    assert results[0] == results[1]
    assert packages[0] == packages[1]
    assert files[0] == files[1]
    assert_same_tables(tables_of(load(tmp_path / "duckdb")), tables_of(load(tmp_path / "records")))


def test_sums_of_a_large_file_are_those_of_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without filters, of events with one figure and with several."""
    queries: list[tuple[str, dict[str, Any]]] = [
        ("casualties", {"by": "year"}),
        ("casualties", {"by": "country,year", "actor": "Civilians"}),
        ("casualties", {"by": ["region", "actor"], "since": "2013", "text": "village"}),
        ("casualties", {"by": "year", "actor": "Wagner Group"}),
        ("events", {"by": "type"}),
        ("events", {"by": "month,actor", "where": "Mali"}),
    ]
    for name, chosen in (("acled_a4", queries), ("acled_a1", queries[::2]), ("ucdp_u2", queries[1::2])):
        path = foreign.FOLDER / f"{name}.csv"
        for query, arguments in chosen:
            answers = []
            for size in (1 << 40, 0):
                monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", size)
                answers.append(answer_of(path, query, arguments))
            assert answers[0] == answers[1], (path.name, query, arguments)


@pytest.mark.parametrize("names", [("acled_a1", "acled_a3", "acled_a4"), ("ucdp_u1", "ucdp_u2")])
def test_answers_from_several_large_files_are_the_same(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of lists, sums, charts and profiles, with filters that match some, all and no records."""
    files = [foreign.FOLDER / f"{name}.csv" for name in (*names, names[0])]
    queries: list[tuple[str, dict[str, Any]]] = [
        ("events", {}),
        ("events", {"since": "2013", "until": "2020", "sort": "-killed_best", "limit": 5}),
        ("events", {"actor": ["Civilians"], "columns": "event_id,place,side_a,summary"}),
        ("events", {"actor": "JNIM", "place": "Menaka", "min_killed": 1}),
        ("events", {"admin2": "Menaka"}),
        ("events", {"type": "Battles", "by": "type,year"}),
        ("events", {"place": "Nowhere"}),
        ("casualties", {"since": "2013", "inflicted_by": "JNIM"}),
        ("casualties", {"by": "country,year", "actor": "Mali"}),
        ("map", {"since": "2012", "actor": "Civilians"}),
        ("timeline", {"until": "2023", "by": "month"}),
        ("groups", {}),
        ("places", {"region": "Mopti"}),
    ]
    for query, arguments in queries if names[0] == "acled_a1" else queries[1::3]:
        answers = []
        for size in (1 << 40, 0):
            monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", size)
            answers.append(answer_of(files, query, arguments))
        assert answers[0] == answers[1], (query, arguments)


def answer_of(path: Path | list[Path], query: str, arguments: dict[str, Any]) -> tuple[object, ...]:
    """Return an answer as text with its notes; or the error."""
    try:
        answer = load(path).answer(query, **arguments)
    except MaliError as error:
        return (str(error),)
    return (render_text(answer, "csv"), *answer.notes)


def test_a_file_that_duckdb_would_misread_is_read_record_by_record(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    path = foreign.store(tmp_path / "nul.csv", raw("acled_a3").replace(b"JNIM", b"JN\0IM", 1))
    with caplog.at_level(logging.DEBUG, logger="mali_cli.formats.backend"), pytest.raises(DataError, match="NUL"):
        load(path).answer("casualties", by="year")
    assert caplog.messages == [f"{path} is read without DuckDB: there is a NUL byte"]
