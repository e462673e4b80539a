"""Converting: nothing is lost, keys hold, and whatever goes wrong leaves what was there before."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.output.progress import Progress
from mali_cli.storage import convert, sqlite
from mali_cli.storage.base import Frames
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.probe import SQLITE_MAGIC, is_sqlite_file
from mali_cli.validation import violations_in
from tests.conftest import MALI, ROOT, WARNINGS, Terminal
from tests.test_data import DATA, rows

Run = Callable[..., "subprocess.CompletedProcess[str]"]

LOOKALIKES = sorted((ROOT / "tests" / "lookalikes").glob("*.csv"))
FORMS = list(convert.TARGET_FORMATS)
AWKWARD = (
    *("007", "a,b", 'He said "no"', '"', "two\nlines", "two\r\nlines", "a\rb", "a\tb", "=1+1", "-1", "@cmd", "'tis"),
    *("Ménaka", "Me\u0301naka", "a\u00a0b", " blanks around ", "NA", "None", "nan", "null", "\ufeff", "\x0b", "\x85"),
    *("\u2028", "1e5", "true", "2012-01-01", "😀", "\\", "\\N", "%", "--", "NULL; DROP TABLE events"),
)


def converted(dataset: Dataset, target: Path, form: str) -> Path:
    convert.convert(dataset, target, form)
    return target


def reread(target: Path, form: str) -> dict[str, pd.DataFrame]:
    """All tables of a converted dataset, as the program reads them."""
    if form == "sqlite":
        return {name: sqlite.read_table(target, name) for name in schema.table_names()}
    dataset = load(target)
    return {name: dataset.table(name) for name in schema.table_names()}


def frames_of(dataset: Dataset) -> dict[str, pd.DataFrame]:
    return {name: dataset.table(name) for name in schema.table_names()}


def assert_equal(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    assert list(found) == list(expected)
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)


def awkward() -> Frames:
    """Our own tables with an awkward value in every column of text and in lists."""
    frames = {name: load().table(name).copy() for name in schema.table_names()}
    for name, column in (("events", "note"), ("casualties", "who"), ("strengths", "what"), ("groups", "aliases")):
        cells = frames[name][column].astype(object).tolist()
        frames[name][column] = pd.Series([*AWKWARD, *cells[len(AWKWARD) :]], dtype=object)
    return frames


def in_order(frames: Frames) -> Frames:
    """Rows in the declared order, blanks first."""
    return {
        name: frame.sort_values(list(schema.table(name).sorted_by), na_position="first", ignore_index=True)
        for name, frame in frames.items()
    }


class Parts(MemoryBackend):
    """Frames that come in parts, their rows in no order, as those of a large file do."""

    def iter_batches(self) -> Iterator[Frames]:
        events, figures = (self._frames[name].sample(frac=1, random_state=1) for name in ("events", "casualties"))
        for start in range(0, len(events), 100):
            yield {"events": events[start : start + 100], "casualties": figures[start : start + 100]}
        yield {name: frame for name, frame in self._frames.items() if name not in ("events", "casualties")}


# Nothing is lost


@pytest.mark.parametrize("form", FORMS)
def test_our_own_tables_come_back(form: str, tmp_path: Path) -> None:
    assert_equal(reread(converted(load(), tmp_path / "out", form), form), frames_of(load()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", LOOKALIKES, ids=lambda file: file.stem)
def test_foreign_files_come_back(file: Path, form: str, tmp_path: Path) -> None:
    target = converted(load(file), tmp_path / "out", form)
    assert_equal(reread(target, form), in_order(frames_of(load(file))))


@pytest.mark.parametrize("form", FORMS)
def test_awkward_values_come_back(form: str, tmp_path: Path) -> None:
    frames = awkward()
    source = Dataset(MemoryBackend(tmp_path / "frames", frames, origin="ACLED"))
    assert_equal(reread(converted(source, tmp_path / "out", form), form), frames)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=20))
def test_any_text_comes_back(form: str, tmp_path: Path, cells: list[str]) -> None:
    documents = pd.DataFrame({c.name: pd.Series(dtype=object) for c in schema.table("documents").columns})
    documents["title"] = pd.Series([cell or None for cell in cells], dtype=object)
    documents["document"] = pd.Series([f"{n:03}" for n in range(len(cells))], dtype=object)
    documents["title"] = documents["title"].fillna("-")
    frames = {name: load().table(name).head(0) for name in schema.table_names()} | {"documents": documents}
    target = tmp_path / os.urandom(4).hex()
    convert.convert(Dataset(MemoryBackend(tmp_path, frames, origin="ACLED")), target, form)
    assert reread(target, form)["documents"]["title"].tolist() == documents["title"].tolist()


@pytest.mark.parametrize("form", FORMS)
def test_parts_in_any_order_are_put_in_order(form: str, tmp_path: Path) -> None:
    frames = frames_of(load())
    counts = convert.convert(Dataset(Parts(tmp_path, frames, origin=None)), tmp_path / "out", form)
    assert counts == {name: len(frame) for name, frame in frames.items()}
    assert_equal(reread(tmp_path / "out", form), frames)


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    for cell, form, why in (
        ("a\0b", "csv", "a NUL character"),
        *(("a\ud800", form, "half a character ('\\ud800')") for form in FORMS),
    ):
        frames = frames_of(load())
        notes = pd.Series([cell] * len(frames["events"]), dtype=object)  # which no string of Arrow's could hold
        frames["events"] = frames["events"].assign(note=notes)
        with pytest.raises(DataError) as error:
            convert.convert(Dataset(MemoryBackend(tmp_path, frames, None)), tmp_path / "out", form)
        assert why in str(error.value)
        assert "\n" not in str(error.value)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["sqlite", "parquet"])
def test_a_nul_character_survives_where_the_form_can_hold_it(form: str, tmp_path: Path) -> None:
    frames = frames_of(load())
    frames["events"] = frames["events"].assign(note="a\0b")
    target = converted(Dataset(MemoryBackend(tmp_path, frames, None)), tmp_path / "out", form)
    assert set(reread(target, form)["events"]["note"]) == {"a\0b"}


def test_what_is_told_of_the_whole_goes_from_form_to_form(mali: Run, tmp_path: Path) -> None:
    file = ROOT / "tests" / "lookalikes" / "ucdp_u2.csv"
    steps = [file, tmp_path / "one", tmp_path / "two.db", tmp_path / "three"]
    result = mali("convert", str(steps[0]), str(steps[1]), "--to", "csv")
    assert result.returncode == 0, result.stderr
    converted(load(steps[1]), steps[2], "sqlite")
    for folder, form in ((steps[1], "csv"), (converted(load(steps[1]), steps[3], "parquet"), "parquet")):
        told = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        assert told["mali:origin"] == load(folder).origin == "UCDP"
        assert (told["name"], told["title"]) == ("ucdp-u2", "UCDP: ucdp_u2.csv")
        assert "ucdp_u2.csv. The terms of that file hold" in told["description"]
        assert "licenses" not in told
        assert "mali:answers" not in told
        assert told.get("mali:format") == ("parquet" if form == "parquet" else None)
        assert {r["path"] for r in told["resources"]} | {"datapackage.json"} == {p.name for p in folder.iterdir()}
    assert sqlite.read_sqlite_metadata(steps[2])["mali:origin"] == "UCDP"


def test_our_licence_goes_with_our_tables(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        told = json.loads((converted(load(), tmp_path / form, form) / "datapackage.json").read_text(encoding="utf-8"))
        ours = schema.datapackage()
        assert {key: told[key] for key in ("name", "title", "version", "licenses")} == {
            key: ours[key] for key in ("name", "title", "version", "licenses")
        }
        assert "mali:origin" not in told
    assert (
        sqlite.read_sqlite_metadata(converted(load(), tmp_path / "x.db", "sqlite"))["licenses"]
        == schema.datapackage()["licenses"]
    )


# CSV


def test_our_own_csv_is_written_as_it_stands(tmp_path: Path) -> None:
    """To the byte, apart from zeros behind a decimal."""
    out = converted(load(), tmp_path / "out", "csv")
    for name in schema.table_names():
        if name == "places":
            continue
        assert (out / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()
    assert violations_in(out) == []


def quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if set(cell) & set(',"\r\n') else cell


def test_csv_is_plain(tmp_path: Path) -> None:
    frames = awkward()
    out = converted(Dataset(Parts(tmp_path, frames, "ACLED")), tmp_path / "out", "csv")
    for name in schema.table_names():
        raw = (out / f"{name}.csv").read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        with open(out / f"{name}.csv", encoding="utf-8", newline="") as file:
            records = list(csv.reader(file))
        # Quotes where a comma, a quote or a line break needs them, and nowhere else.
        assert raw.decode("utf-8") == "".join(f"{','.join(map(quoted, record))}\n" for record in records)
    assert "two\r\nlines" in (out / "events.csv").read_bytes().decode("utf-8")
    assert [str(fault) for fault in violations_in(out) if "order" in fault.rule] == []


@pytest.mark.filterwarnings("ignore")  # of the judge's own libraries
def test_frictionless_judges_a_converted_file_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import frictionless

    out = converted(load(ROOT / "tests" / "lookalikes" / "ucdp_u2.csv"), tmp_path / "out", "csv")
    monkeypatch.chdir(out)
    report = frictionless.Package("datapackage.json").validate()
    wrong = report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    # Form, types and references; the pattern of our own keys and the length of our own sentences are not theirs.
    assert [fault for fault in wrong if fault[3] != "constraint-error"] == []


# SQLite


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    return sqlite3.connect(converted(load(), tmp_path_factory.mktemp("db") / "ours.db", "sqlite"))


def test_every_table_has_its_key(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        key = [row[1] for row in ours.execute(f'PRAGMA table_info("{name}")') if row[5]]
        declared = list(schema.table(name).key)
        assert key == (declared if len(declared) == 1 else [f"{name}_id"])
        if len(declared) > 1:
            unique = [row[1] for row in ours.execute(f'PRAGMA index_list("{name}")') if row[3] == "u"]
            assert [[r[2] for r in ours.execute(f'PRAGMA index_info("{index}")')] for index in unique] == [declared]


def test_references_are_foreign_keys_and_hold(ours: sqlite3.Connection) -> None:
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


def test_days_keys_and_references_are_indexed(ours: sqlite3.Connection) -> None:
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


def test_lists_can_be_joined(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        for column in schema.table(name).columns:
            if column.type == "list":
                values = sum(len(cell.split(";")) for row in rows(name) if (cell := row[column.name]))
                assert ours.execute(f'SELECT count(*) FROM "{name}_{column.name}"').fetchone() == (values,)
    told = ours.execute(
        """SELECT count(DISTINCT event_id) FROM events JOIN events_side_a USING (event_id) JOIN groups USING ("group")
        WHERE groups."group" = 'MNLA' AND events.side_a LIKE '%MNLA%'"""
    ).fetchone()
    assert told == (sum("MNLA" in row["side_a"].split(";") for row in rows("events")),)
    sources = ours.execute(
        """SELECT count(*) FROM events_sources WHERE source IN (SELECT document FROM documents)
        OR source IN (SELECT reference FROM "references")"""
    ).fetchone()
    assert sources == ours.execute("SELECT count(*) FROM events_sources").fetchone()


def test_types_and_blanks(ours: sqlite3.Connection) -> None:
    for name in schema.table_names():
        for column in schema.table(name).columns:
            kinds = {row[0] for row in ours.execute(f'SELECT DISTINCT typeof("{column.name}") FROM "{name}"')}
            stored = {"integer": "integer", "boolean": "integer", "number": "real"}.get(column.type, "text")
            assert kinds <= {stored, "null"}
            blanks = sum(not row[column.name] for row in rows(name))
            assert ours.execute(f'SELECT count(*) FROM "{name}" WHERE "{column.name}" IS NULL').fetchone() == (blanks,)
    assert ours.execute("SELECT DISTINCT open FROM casualties ORDER BY 1").fetchall() == [(0,), (1,)]


def test_events_with_place(ours: sqlite3.Connection) -> None:
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


def test_the_schema_tells_what_each_column_is(ours: sqlite3.Connection) -> None:
    [schema] = ours.execute("SELECT sql FROM sqlite_master WHERE name = 'casualties'").fetchone()
    for column in schema.table("casualties").columns:
        assert column.description in schema


@pytest.mark.parametrize("file", LOOKALIKES, ids=lambda file: file.stem)
def test_references_of_foreign_files_hold(file: Path, tmp_path: Path) -> None:
    with sqlite3.connect(converted(load(file), tmp_path / "x.db", "sqlite")) as found:
        assert found.execute("PRAGMA foreign_key_check").fetchall() == []
        loose = "SELECT count(*) FROM events_sources WHERE source NOT IN (SELECT document FROM documents)"
        assert found.execute(loose).fetchone() == (0,)


def test_references_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    frames = frames_of(load())
    frames["events"] = frames["events"].assign(side_a="Nobody")
    with pytest.raises(DataError, match=r"^events_side_a, group: 'Nobody' is not in groups; `mali check`"):
        convert.convert(Dataset(MemoryBackend(tmp_path, frames, None)), tmp_path / "x.db", "sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_strange_database_is_no_dataset(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert is_sqlite_file(tmp_path / "x.db")
    with pytest.raises(DataError, match="cannot be read as tables of ours: no such table: events"):
        sqlite.read_table(tmp_path / "x.db", "events")


# Parquet


def test_parquet_has_real_types(tmp_path: Path) -> None:
    out = converted(load(), tmp_path / "out", "parquet")
    kinds = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
    for name in schema.table_names():
        found = duckdb.sql(f"DESCRIBE FROM '{out}/{name}.parquet'").fetchall()
        declared = [(c.name, kinds.get(c.type, "VARCHAR")) for c in schema.table(name).columns]
        assert [row[:2] for row in found][: len(declared)] == declared


def test_a_question_about_days_skips_most_of_the_file(tmp_path: Path) -> None:
    """Sorted by day, with the span of days and a dictionary of names told for each group of rows."""
    number = 100_000
    days = pd.Series(pd.date_range("2000-01-01", periods=number, freq="h")).dt.floor("D").astype("datetime64[s]")
    one = load().table("events").head(1)
    events = one.loc[one.index.repeat(number)].reset_index(drop=True)
    names = [f"Group {n % 3000}" for n in range(number)]  # as many names as a world-wide file has
    events = events.assign(date_start=days, date_end=days, side_a=pd.Series(names, dtype=object))
    events["event_id"] = pd.Series([f"E{n}" for n in range(number)], dtype=object)
    frames = {name: load().table(name).head(0) for name in schema.table_names()} | {"events": events}
    out = converted(Dataset(Parts(tmp_path, frames, "ACLED")), tmp_path / "out", "parquet")
    file = f"'{out}/events.parquet'"
    assert duckdb.sql(f"SELECT date_start FROM {file}").fetchall() == [(d.date(),) for d in days]
    groups = duckdb.sql(
        f"""SELECT row_group_id, row_group_num_rows, stats_min_value, stats_max_value FROM parquet_metadata({file})
        WHERE path_in_schema = 'date_start' ORDER BY 1"""
    ).fetchall()
    assert sum(group[1] for group in groups) == number
    touched = [group for group in groups if group[2] <= "2004-03-01" and group[3] >= "2004-02-20"]
    assert len(groups) >= 5
    assert len(touched) <= 2
    layout = dict(
        duckdb.sql(
            f"""SELECT path_in_schema, bool_and(contains(encodings, 'DICTIONARY') AND bloom_filter_offset IS NOT NULL)
            FROM parquet_metadata({file}) GROUP BY 1"""
        ).fetchall()
    )
    assert layout["side_a"]
    assert layout["place"]
    assert not layout["event_id"]


def test_figures_lie_by_day(tmp_path: Path) -> None:
    out = converted(load(), tmp_path / "out", "parquet")
    found = duckdb.sql(f"SELECT date_start, date_end, casualty_id FROM '{out}/casualties.parquet'").fetchall()
    assert found == sorted(found)


def test_two_figures_of_one_event_do_not_double_it(tmp_path: Path) -> None:
    """Each simple enough to stand beside the event, but not both of them."""
    file = ROOT / "tests" / "lookalikes" / "acled_a4.csv"
    frames = frames_of(load(file))
    figure = frames["casualties"].head(1)
    event = figure["event_id"].iloc[0]
    again = figure.assign(casualty_id=f"{event}/9", tally=f"{event}:more")
    frames["casualties"] = in_order({"casualties": pd.concat([frames["casualties"], again])})["casualties"]
    out = converted(Dataset(MemoryBackend(tmp_path, frames, "ACLED")), tmp_path / "out", "parquet")
    assert_equal(reread(out, "parquet"), in_order(frames))


def test_without_duckdb_one_line_says_what_to_install(mali: Run, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "duckdb.py").write_text("raise ImportError\n")
    env = {"PYTHONPATH": str(tmp_path / "without")}
    result = mali("convert", "ours", str(tmp_path / "out"), "--to", "parquet", env=env)
    assert result.returncode == 2
    assert result.stderr == 'mali: Parquet is written by DuckDB; to install it: pip install "mali-cli[fast]".\n'
    assert [path.name for path in tmp_path.iterdir()] == ["without"]
    for name, form in (("x.db", "sqlite"), ("x", "csv")):
        assert mali("convert", "ours", str(tmp_path / name), "--to", form, env=env).returncode == 0


# The command


def test_the_last_line_counts_what_was_written(mali: Run, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    result = mali("convert", "ours", str(out), "--to", "csv")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith(f"{out}/: {len(rows('events'))} events, {len(rows('groups'))} groups, ")
    assert f"{len(rows('casualties'))} figures" in result.stderr
    assert result.stderr.count("\n") == 1
    assert mali("events", "--data", str(out)).stdout == mali("events").stdout
    assert mali("convert", "ours", str(tmp_path / "x.db"), "--quiet").stderr == ""


def test_records_that_were_left_out_are_told(mali: Run, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "lookalikes" / "acled_a4.csv").read_text(encoding="utf-8")
    header, first, *_ = text.splitlines()
    bad = first.replace(first.split(",")[0], "", 1)  # no id
    (tmp_path / "bad.csv").write_text("\n".join([header, first, bad, ""]), encoding="utf-8")
    result = mali("convert", str(tmp_path / "bad.csv"), str(tmp_path / "x.db"))
    assert result.returncode == 0, result.stderr
    assert "1 skipped (record 2" in result.stderr
    assert "x.db: 1 event, " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ours", "new"], 2, "--to says what new shall be: parquet, sqlite, csv."),
        (["ours", "new", "--to", "parket"], 2, "Did you mean parquet?"),
        (["ours", "new.db", "--to", "csv"], 2, "writes a folder with a file for each table; new.db is the name of a file."),
        (["ours", "new.csv", "--to", "csv"], 2, "new.csv is the name of a file."),
        (["ours", "no/such/new", "--to", "csv"], 1, "there is no folder"),
        (["nowhere", "new", "--to", "csv"], 1, "there is no nowhere"),
        (["old", "old", "--to", "csv", "--force"], 2, "would be converted into itself"),
        (["old/../old/", "link", "--to", "csv", "--force"], 2, "would be converted into itself"),
        (["old/events.csv", "old", "--to", "csv", "--force"], 2, "which would be replaced"),
        (["ours", "old", "--to", "csv"], 1, "old exists; --force replaces it."),
        (["ours", "old.db"], 1, "old.db exists; --force replaces it."),
        (["ours", "old.db", "--to", "sqlite"], 1, "old.db exists; --force replaces it."),
        (["ours", "old", "--to", "sqlite", "--force"], 1, "old is a folder or a device; --to sqlite writes a file."),
        (["ours", "photos", "--to", "csv", "--force"], 1, "photos holds cat.jpg, which is no table of a dataset"),
        (["ours", "mixed", "--to", "csv", "--force"], 1, "mixed holds notes.txt, which is no table of a dataset"),
        (["ours", "file", "--to", "parquet", "--force"], 1, "file is a file; --to parquet writes a folder."),
        (["ours", ".", "--to", "csv", "--force"], 2, "is the folder you are in"),
        (["ours", "/dev/null", "--to", "sqlite", "--force"], 1, "/dev/null is a folder or a device"),
        (["ours", "file", "--to", "sqlite", "--force"], 1, "file is no SQLite file; it is not replaced."),
        (["ours", "busy.db", "--force"], 1, "busy.db is in use"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_what_must_not_be_written_is_refused(
    mali: Run, tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    for name, files in {"old": ["events.csv"], "photos": ["cat.jpg"], "mixed": ["events.csv", "notes.txt"]}.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text("old")
    (tmp_path / "link").symlink_to("old")
    for name in ("old.db", "busy.db", "busy.db-wal"):
        (tmp_path / name).write_bytes(SQLITE_MAGIC)
    (tmp_path / "file").write_text("old")
    before = tree(tmp_path)
    result = mali("convert", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (status, "")
    assert result.stderr.startswith("mali: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert tree(tmp_path) == before


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, hidden or not."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("form", FORMS)
def test_force_replaces_all_of_the_old_and_keeps_the_link_to_it(mali: Run, tmp_path: Path, form: str) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    convert.convert(load(ROOT / "tests" / "lookalikes" / "acled_a4.csv"), real, form)
    if form == "csv":  # an old table of another form goes too
        (real / "events.parquet").write_text("old")
    real.chmod(real.stat().st_mode & ~0o007)
    mode = real.stat().st_mode
    link.symlink_to("real")
    assert mali("convert", "ours", str(link), "--to", form, "--force").returncode == 0
    assert link.is_symlink()
    assert real.stat().st_mode == mode
    assert_equal(reread(link, form), frames_of(load()))
    assert not (real / "events.parquet").exists() or form == "parquet"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_an_empty_folder_is_filled(mali: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert mali("convert", "ours", str(tmp_path / "empty"), "--to", "csv").returncode == 0
    assert violations_in(tmp_path / "empty") == []


def test_a_folder_called_ours_is_taken_first(mali: Run, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "ours", ignore=shutil.ignore_patterns("*.json", "LICENSE", "README.md"))
    assert mali("convert", "ours", "x.db", cwd=tmp_path).returncode == 0
    assert sqlite.read_sqlite_metadata(tmp_path / "x.db")["name"] == "ours"


# What goes wrong


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up file that takes a while."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    subprocess.run([sys.executable, ROOT / "benchmarks" / "acled_like.py", "20000", path], check=True)
    return path


def old_target(folder: Path, form: str) -> tuple[Path, dict[str, bytes]]:
    target = folder / ("old.db" if form == "sqlite" else "old")
    convert.convert(load(ROOT / "tests" / "lookalikes" / "acled_a4.csv"), target, form)
    return target, tree(folder)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("ending", "share"), [(signal.SIGINT, 0.0), (signal.SIGINT, 0.5), (signal.SIGTERM, 0.0)])
def test_interrupted_it_leaves_what_was_there(
    form: str, ending: signal.Signals, share: float, large: Path, tmp_path: Path
) -> None:
    """At once when it has begun to write, and when half of what it gathers is there."""
    target, before = old_target(tmp_path, form)
    command = [MALI, "convert", large, target, "--to", form, "--force"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **WARNINGS}, text=True)
    gathered = 20_000 * 300  # bytes, about

    def begun() -> bool:
        written = sum(p.stat().st_size for p in tmp_path.glob(".old*/*") if p.is_file())
        return any(tmp_path.glob(".old*")) and written >= share * gathered

    while not begun() and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(ending)
    said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, "")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("most", [4_096, 200_000])
def test_out_of_space_it_leaves_what_was_there(form: str, most: int, large: Path, tmp_path: Path) -> None:
    target, before = old_target(tmp_path, form)
    result = subprocess.run(
        [MALI, "convert", large, target, "--to", form, "--force"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **WARNINGS},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"mali: {target} cannot be written: ")
    assert result.stderr.endswith(". Nothing was changed.\n")
    assert result.stderr.count("\n") == 1
    assert tree(tmp_path) == before


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_breaks_off_leaves_what_was_there(form: str, large: Path, tmp_path: Path, mali: Run) -> None:
    target, before = old_target(tmp_path, form)
    broken = tmp_path.parent / f"{tmp_path.name}.csv"
    broken.write_bytes(large.read_bytes()[:1_000_000])
    result = mali("convert", str(broken), str(target), "--to", form, "--force")
    assert result.returncode == 1
    assert result.stderr.startswith(f"mali: {broken}, record ")
    assert tree(tmp_path) == before


def test_a_failed_exchange_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, before = old_target(tmp_path, "csv")
    rename = Path.replace

    def fails(self: Path, to: Path) -> Path:
        raise OSError(5, "Input/output error") if self.name == "new" else rename(self, to)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(DataError, match=r"cannot be written: Input/output error\. Nothing was changed"):
        convert.convert(load(), target, "csv")
    assert tree(tmp_path) == before


# The bar

# The program as it is, with a bar that does not wait.
AT_ONCE = """
import sys
from mali_cli.output import progress
progress.DELAY_SECONDS = progress.INTERVAL_SECONDS = 0.001
from mali_cli.__main__ import main
main()
"""


def test_a_bar_is_drawn_on_a_terminal_and_wiped(on_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    words = ("convert", "ours", str(tmp_path / "x.db"))
    screen = on_terminal("-c", AT_ONCE, *words, columns=60, program=sys.executable)
    assert screen.status == 0
    bars, _, last = screen.output.rpartition("\x1b[2K")  # the bar is wiped
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", bars).split("\r")
    assert any("reading 0:00:0" in line for line in drawn)
    assert any(re.search(r"━ +\d+% .*indexing", line) for line in drawn)
    assert max(map(len, drawn)) <= 60
    assert last.startswith(f"{tmp_path}/x.db: ")
    quiet = on_terminal("-c", AT_ONCE, "convert", "ours", str(tmp_path / "y.db"), "--quiet", program=sys.executable)
    assert (quiet.status, quiet.output) == (0, "")


def test_no_bar_in_a_pipe(tmp_path: Path) -> None:
    words = [sys.executable, "-c", AT_ONCE, "convert", "ours", str(tmp_path / "x.db")]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    assert "\r" not in said
    assert said.count("\n") == 1


def test_the_bar_is_as_full_as_the_work() -> None:
    shown = Progress()
    shown("indexing events", 0.5)
    assert shown.line(80) == f"[{'#' * 12}{'.' * 12}]  50%  indexing events, 0 s"
    shown("1,000 events read")
    assert shown.line(80) == "1,000 events read, 0 s"
    assert len(shown.line(10)) == 9


def test_forms_are_chosen_by_option_or_name() -> None:
    assert convert.target_format(Path("x.DB"), None) == "sqlite"
    assert convert.target_format(Path("x.sqlite"), None) == "sqlite"
    assert convert.target_format(Path("x"), "Parquet") == "parquet"
    with pytest.raises(MaliError):
        convert.target_format(Path("x.parquet"), "parquet")
