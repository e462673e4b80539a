"""Results are the same with and without DuckDB."""

from __future__ import annotations

import contextlib
import csv
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_filter, row_filter
from mali_cli.output import render_text
from mali_cli.storage import convert, sql_literals
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    NAMES,
    Change,
    raw,
    records,
    written,
)
from tests.support.quirks import (
    HARMLESS,
    REFUSED,
    WITH_RECORDS_TO_SKIP,
    record,
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


SAME_WITHOUT_DUCKDB: list[tuple[str, str, str, Change]] = [
    *((name, name, ".csv", lambda data: data) for name in NAMES),
    *((what, name, ".csv", change) for what, name, change in HARMLESS if name == "acled_a2"),
    *((what, name, suffix, change) for what, name, change, suffix, _ in REFUSED if suffix == ".csv"),
    *((what, name, ".csv", change) for what, name, change in WITH_RECORDS_TO_SKIP),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "suffix", "change"),
    [alike[1:] for alike in SAME_WITHOUT_DUCKDB],
    ids=[alike[0] for alike in SAME_WITHOUT_DUCKDB],
)
def test_output_is_the_same_with_and_without_duckdb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suffix: str, change: Change
) -> None:
    """For every look-alike, every harmless quirk, every skipped record and every refused file; also as a large one."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    path = foreign.store(tmp_path / f"file{suffix}", change(raw(name)))
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    _assert_same_output(path, None)
    _treat_as_large(monkeypatch)
    _assert_same_output(path, "event_id,side_a,side_b,summary")


def _assert_same_output(path: Path, columns: str | None) -> None:
    fast = output_of(path, columns)
    with foreign.without_duckdb():
        assert output_of(path, columns) == fast


@pytest.mark.parametrize(
    ("name", "date"),
    [
        *(("acled_a4", date) for date in ("0001-01-01", "0000-01-01", "1699-12-31", "2201-01-01", "9999-12-31")),
        *((name, date) for name in ("ucdp_u2", "un_fatalities") for date in ("0001-01-01", "9999-12-31")),
    ],
)
def test_dates_out_of_range_are_skipped_with_and_without_duckdb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, date: str
) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    header, first, *rest = records(name)
    date_columns = [name for name in ("event_date", "incident_date", "date_start", "date_end") if name in header]
    for column in date_columns:
        first[header.index(column)] = date
    if "time_precision" in header:
        first[header.index("time_precision")] = "3"  # the whole month, which would begin or end out of range
    file = foreign.store(tmp_path / "file.csv", written([header, first, *rest]))
    for filters in (
        {"since": "0001", "until": "9999"},
        {"since": "9999-12-31"},
        {"until": "0001-01-01"},
        {"on": "2013"},
    ):
        fast = _rows_and_notes(file, filters)
        with foreign.without_duckdb():
            assert _rows_and_notes(file, filters) == fast
        assert f"record 1, {date_columns[0]}: '{date}' is not a date such as " in " ".join(fast[1])


def _rows_and_notes(file: Path, filters: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the rows as CSV and the notes; or the error, if only the record that cannot be read may match."""
    try:
        answer = load(file).answer("events", **filters)
    except DataError as error:
        return "", (str(error),)
    return answer.frame.to_csv(), answer.notes


def test_large_files_give_the_same_with_and_without_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of very different length, over several lines, quoted, without a line end at the end of the file."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    header, rows = _rows_of_different_length()
    _treat_as_large(monkeypatch)
    for dialect in ({}, {"quoting": csv.QUOTE_ALL}, {"lineterminator": "\r\n"}):
        data = written([header, *rows], **dialect)
        for variant in (data, data.rstrip(b"\r\n")):
            _assert_same_without_duckdb(foreign.store(tmp_path / "file.csv", variant))


def test_records_with_one_id_in_a_large_file_are_found_whatever_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one of the two records names the actor."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    header, rows = _rows_of_different_length()
    _treat_as_large(monkeypatch)
    monkeypatch.setattr(duckdb_filter, "ID_SAMPLE_RECORDS", 1)
    monkeypatch.setattr(row_filter, "ID_SAMPLE_RECORDS", 1)
    twin = list(rows[39])
    twin[header.index("actor1")] = "Katiba Macina"
    for ordered in ([twin, *rows], [*rows[:39], twin, *rows[39:]], [*rows[:40], twin, *rows[40:]]):
        events = _assert_same_without_duckdb(foreign.store(tmp_path / "file.csv", written([header, *ordered])))
        assert "MLI39" in set(events["event_id"])


def _rows_of_different_length() -> tuple[list[str], list[list[str]]]:
    """Return a header and 400 records of ACLED, of which every fortieth names the Wagner Group."""
    header, *lookalikes = records("acled_a4")
    rows = []
    for number in range(400):
        row = list(lookalikes[number % len(lookalikes)])
        row[header.index("event_id_cnty")] = f"MLI{number}"
        text = f'"{number}"\n' if number % 7 else "x"
        row[header.index("notes")] = text * (number % 50) * (1 + number // 100 * 9)
        if number % 40 == 39:
            row[header.index("actor1")] = "Wagner Group"
        rows.append(row)
    return header, rows


def _treat_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    for module in (duckdb_filter, row_filter):
        monkeypatch.setattr(module, "LARGE_FILE_BYTES", 0)


def _assert_same_without_duckdb(path: Path) -> pd.DataFrame:
    filters: dict[str, Any] = {"actor": "Wagner Group", "columns": "event_id,summary,side_a"}
    events = load(path).answer("events", **filters).frame
    assert len(events) >= 10
    with foreign.without_duckdb():
        pd.testing.assert_frame_equal(load(path).answer("events", **filters).frame, events)
    return events


def test_duckdb_prints_no_progress_bar_among_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    connect = duckdb.connect
    settings: list[bool] = []

    class Connection:
        def __init__(self, **config: Any) -> None:
            self.connection = connect(**config)

        def __enter__(self) -> Any:
            return self.connection

        def __exit__(self, *_: object) -> None:
            setting = self.connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()
            settings.append(bool(setting[0]))
            self.connection.close()

    monkeypatch.setattr(duckdb, "connect", Connection)
    load(FOLDER / "acled_a4.csv").events(since="2000")
    assert settings == [False]


def test_the_fallback_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    path = FOLDER / "acled_monadic.csv"
    with caplog.at_level(logging.DEBUG, logger="mali_cli.formats.importer"):
        load(path).events(actor="Wagner Group")
    assert caplog.messages == [f"{path} is read without DuckDB: an id occurs more than once"]


def test_a_script_ends_cleanly_after_a_query() -> None:
    """DuckDB, which here takes long to close, is not cut off at the end of the script."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    script = f"""
import duckdb
import mali_cli
from mali_cli.formats import duckdb_filter
duckdb_filter.DUCKDB_MIN_BYTES = 0
connect = duckdb.connect
class Slow:
    def __init__(self, **config): self.connection = connect(**config)
    def __enter__(self): return self.connection
    def __exit__(self, *_):
        self.connection.execute("SELECT sum(range) FROM range(100000000)").fetchall()
        print("closed")
duckdb.connect = Slow
print(len(mali_cli.load({str(FOLDER / "acled_a4.csv")!r}).events(since="2000")) > 0)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "closed\nTrue\n")


def test_a_file_name_that_is_a_glob_pattern_is_taken_literally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """acled[1].csv would be read as acled1.csv by DuckDB, and so would what it is converted to."""
    duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    meant, other = foreign.store(tmp_path / "a[1].csv", raw("acled_a4")), foreign.store(tmp_path / "a1.csv", raw("acled_a2"))  # fmt: skip
    expected = list(load(FOLDER / "acled_a4.csv").events(since="2000")["event_id"])
    assert list(load(meant).events(since="2000")["event_id"]) == expected
    for source, target in ((meant, tmp_path / "b[1]"), (other, tmp_path / "b1")):
        convert.convert(load(source).backend, target, "parquet")
    assert list(load(tmp_path / "b[1]").events()["event_id"]) == expected
    for name, source in (("c[1].parquet", meant), ("c1.parquet", other)):
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM read_csv({sql_literals.path_literal(source)}, all_varchar = true)) TO '{tmp_path / name}'"
            )
    assert list(load(tmp_path / "c[1].parquet").events(since="2000")["event_id"]) == expected


def output_of(path: Path, columns: str | None) -> tuple[object, ...]:
    """Return what a command would write to stdout and stderr."""
    try:
        answer = load(path).answer("events", since="2012", until="2024", actor=["Civilians", "Mali"], columns=columns)
    except MaliError as error:
        return (str(error), error.exit_code)
    return (render_text(answer, "csv"), *answer.notes)


@pytest.fixture
def hidden(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which importing duckdb fails."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "duckdb.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_the_command_gives_the_same_without_duckdb(mali: Run, hidden: dict[str, str], tmp_path: Path) -> None:
    broken = foreign.store(tmp_path / "broken.csv", record(9, lambda row: row[:-1])(raw("acled_a3")))
    for path in (FOLDER / "acled_a2.csv", broken):
        arguments = ["events", "--data", str(path), "--actor", "JNIM", "--from", "2020"]
        with_it, without = mali(*arguments), mali(*arguments, env=hidden)
        assert (with_it.returncode, with_it.stdout, with_it.stderr) == (without.returncode, without.stdout, without.stderr)  # fmt: skip


@pytest.mark.parametrize("fields", [["", ""], ["", "x"]])
def test_only_blank_fields_beyond_the_header_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: list[str]
) -> None:
    """DuckDB ignores them too, even in a record that the filters do not match."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    path = foreign.store(tmp_path / "file.csv", record(3, lambda row: [*row, *fields])(raw("acled_a3")))
    for reader in (contextlib.nullcontext(), foreign.without_duckdb()):
        refused = pytest.raises(DataError, match="record 3") if any(fields) else contextlib.nullcontext()
        with reader, refused:
            assert list(load(path).events(actor="Wagner Group")["event_id"]) == ["MLI9301"]
