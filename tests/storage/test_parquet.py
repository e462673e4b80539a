"""Parquet folders: what is written, and that queries of it give the same result as those of the source."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_filter
from mali_cli.formats.row_filter import RowScanner
from mali_cli.model import schema
from mali_cli.model.installation import install_command
from mali_cli.output import render_text
from mali_cli.results import QueryResult
from mali_cli.storage import convert
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.parquet import ParquetBackend
from tests.conftest import ROOT
from tests.support.conversion import (
    BatchedBackend,
    assert_same_tables,
    forget_large_tables,
    make_file,
    read_converted,
    sorted_tables,
    tables_of,
    write_converted,
)
from tests.support.lookalikes import FOLDER, without_duckdb

QUERIES: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"actor": "MNLA", "since": "2013", "until": "2020"}),
    ("events", {"actor": ["MUJAO", "JNIM"], "against": "Mali"}),
    ("events", {"actor": "Civilians", "type": "Attack", "on": "2016-05"}),
    ("events", {"region": "Timbuktu", "min_killed": 5}),
    ("events", {"place": "Niafunke 7"}),
    ("events", {"near": "Niafunké 7:60", "max_killed": 1}),
    ("events", {"where": "Niger", "text": "market resident"}),
    ("events", {"source": "Studio Tamani", "limit": 3}),
    ("events", {"by": "year,type"}),
    ("events", {"by": "actor", "dates": "certain", "since": "2015"}),
    *(("events", {"on": "2016-05-14", "dates": dates}) for dates in ("certain", "possible", "all")),
    ("events", {"since": "2014-03-02", "until": "2014-03-20", "min_killed": 2}),
    ("casualties", {"actor": "MNLA", "limit": 5}),
    ("casualties", {"where": "Burkina Faso", "on": "2014"}),
    *(("casualties", {"on": "2016-05-14", "dates": dates}) for dates in ("certain", "possible", "all")),
    *(("casualties", {"by": "actor", "on": "2016-05-14", "dates": d}) for d in ("certain", "possible", "all")),
    *(("casualties", {"by": "month", "since": "2014-03-02", "dates": d}) for d in ("certain", "possible", "all")),
    ("casualties", {"by": "year", "until": "2016-05-14"}),
    ("events", {"civilian_targeting": True, "since": "2014-03-02", "until": "2014-06-20"}),
    ("casualties", {"by": "disorder_type", "interaction": ["17", "Rebel group-State forces"]}),
    ("events", {"by": "interaction", "disorder_type": "Political violence"}),
    ("casualties", {"min_killed": 6, "since": "2014", "actor": "JNIM"}),
    ("casualties", {"by": "year,event_type", "min_killed": 4, "since": "2014-03-02"}),
    ("casualties", {"by": "group", "min_killed": 4}),
    ("timeline", {"by": "month", "since": "2014-03-02", "until": "2014-06-20"}),
    ("casualties", {"according_to": "ACLED", "disputed": True}),
    *(
        ("casualties", {"by": by})
        for by in ("year", "quarter", "month", "in", "place", "region", "admin2", "event_type", "actor")
    ),
    *(("casualties", {"by": by}) for by in ("group", "camp", "event", "according_to", "document", "year,group")),
    ("casualties", {"by": "year,actor"}),
    ("casualties", {"by": "actor,region", "actor": "France", "since": "2013-06"}),
    ("casualties", {"by": "year", "actor": "MNLA", "region": ["Gao", "Mopti"]}),
    ("casualties", {"by": "year,admin2", "actor": "JNIM", "admin2": ["Mopti cercle 3", "Gao cercle 1"]}),
    ("events", {"by": "admin2", "admin2": "Mopti cercle 3", "since": "2014"}),
    ("casualties", {"by": "month,event_type", "near": "Niafunké 7:60", "until": "2016"}),
    ("casualties", {"by": "year", "type": ["Battles", "Attack"], "dates": "certain", "since": "2014"}),
    ("events", {"by": "place", "min_killed": 3}),
    ("groups", {"text": "azawad"}),
    ("places", {"region": "Gao"}),
    ("sources", {}),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an invented file with the columns of ACLED, and the Parquet folder made from it."""
    folder = tmp_path_factory.mktemp("converted")
    file = make_file(folder / "made.csv")
    convert.convert(load(file).backend, folder / "made", "parquet")
    return file, folder / "made"


def without_notes_on_reading(path: Path, result: QueryResult) -> tuple[str, list[str]]:
    """Return a result as CSV and its notes, without those about reading the file."""
    about_reading = (str(path), "Event types that ACLED", "Columns that", "GDELT's records", "Numbers with a fraction")
    notes = [note for note in result.notes if not note.startswith(about_reading)]
    return render_text(result, "csv"), [note.replace(f"{path.name} ", "It ") for note in notes]


@pytest.fixture(scope="module")
def whole(pair: tuple[Path, Path]) -> Dataset:
    """Return the file read by the csv module once, for the queries that need all of it."""
    return load(pair[0])


@pytest.fixture(scope="module")
def converted(pair: tuple[Path, Path]) -> Dataset:
    """Return the folder, which keeps only its small tables in memory."""
    return load(pair[1])


@pytest.mark.parametrize(("query", "filter_args"), QUERIES, ids=str)
def test_queries_of_a_folder_and_of_its_source_agree(
    pair: tuple[Path, Path],
    whole: Dataset,
    converted: Dataset,
    query: str,
    filter_args: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The source is read by the csv module and by DuckDB."""
    file, folder = pair
    source = load(file) if filter_args.keys() - {"by"} else whole
    expected = source.answer(query, **filter_args)
    answer = without_notes_on_reading(folder, converted.answer(query, **filter_args))
    assert answer == without_notes_on_reading(file, expected)
    forget_large_tables(converted)
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    by_duckdb = load(file).answer(query, **filter_args)
    assert (render_text(by_duckdb, "csv"), by_duckdb.notes) == (render_text(expected, "csv"), expected.notes)


@pytest.mark.parametrize("columns", [None, "event_id"])
def test_a_valid_file_is_read_by_duckdb_alone(
    pair: tuple[Path, Path], columns: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in the DuckDB path would be hidden by the fallback, which gives the same result."""
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    monkeypatch.setattr(RowScanner, "__iter__", lambda self: pytest.fail("the csv module read it"))
    assert len(load(pair[0]).events(actor="MNLA", since="2013", columns=columns)) == 9


@pytest.mark.parametrize("name", ["acled_a1", "acled_monadic", "gdelt", "gtd", "ucdp_u2", "un_fatalities"])
def test_queries_of_lookalikes_agree_after_conversion(name: str, tmp_path: Path) -> None:
    """For each format. Some have several figures for an event, so that DuckDB alone cannot sum them."""
    file = FOLDER / f"{name}.csv"
    source = load(file)
    source.table("events")
    convert.convert(source.backend, tmp_path / name, "parquet")
    converted = load(tmp_path / name)
    for query, filter_args in (
        *(("events", {"actor": "Mali"}), ("events", {"actor": "Civilians"}), ("events", {"by": "actor"})),
        *(("casualties", {"by": "group"}), ("casualties", {"by": "year,actor"}), ("casualties", {"by": "country"})),
        ("casualties", {"by": "month", "since": "2012", "until": "2026"}),
        *(("events", {}), ("casualties", {})),  # last, for they read all rows into memory
    ):
        answer = without_notes_on_reading(tmp_path / name, converted.answer(query, **filter_args))
        assert answer == without_notes_on_reading(file, source.answer(query, **filter_args)), (query, filter_args)


def test_sums_read_no_figures_if_each_event_has_one(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB sums the columns; the slower way would give the same result."""
    dataset = load(pair[1])
    assert isinstance(dataset.backend, ParquetBackend)
    assert dataset.backend.has_event_fatalities
    read: list[str] = []
    select_arrays = ParquetBackend._select_arrays
    monkeypatch.setattr(
        ParquetBackend,
        "_select_arrays",
        lambda self, name, *a, **k: read.append(name) or select_arrays(self, name, *a, **k),
    )
    assert len(dataset.casualties(by="year,actor")) == 60
    assert not {"events", "casualties"} & set(read)


def test_queries_of_our_own_tables_agree_after_conversion(tmp_path: Path) -> None:
    convert.convert(load().backend, tmp_path / "ours", "parquet")
    ours = load(tmp_path / "ours")
    assert isinstance(ours.backend, ParquetBackend)
    assert not ours.backend.has_event_fatalities
    for query, filter_args in (
        ("events", {"actor": "MNLA", "since": "2012"}),
        ("casualties", {"by": "country"}),
        ("casualties", {"by": "year,actor"}),
        ("control", {"on": "2012-07-01"}),
        ("show", {"name": "MNLA"}),
        ("groups", {"allied_with": "MNLA", "on": "2012-05"}),
    ):
        expected = load().answer(query, **filter_args)
        result = ours.answer(query, **filter_args)
        assert (render_text(result, "csv"), result.notes) == (render_text(expected, "csv"), expected.notes)


def test_errors_are_one_line(pair: tuple[Path, Path], tmp_path: Path) -> None:
    broken = Path(shutil.copytree(pair[1], tmp_path / "broken"))
    (broken / "places.parquet").unlink()
    with pytest.raises(DataError, match=r"has no places\.parquet\.$"):
        load(broken).table("places")
    (broken / "events.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError, match="cannot be read") as refusal:
        load(broken).table("events")
    assert "\n" not in str(refusal.value)
    with pytest.raises(MaliError, match=r"no group is called 'MNLB'\. Did you mean MNLA"):
        load(pair[1]).events(actor="MNLB")


def test_reading_without_duckdb_says_what_to_install(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MaliError, match=f"read by DuckDB; to install it: {re.escape(install_command('fast'))}$"):
        Dataset(load(pair[1]).backend)


# Writing


def test_parquet_columns_have_their_declared_types(tmp_path: Path) -> None:
    out = write_converted(load().backend, tmp_path / "out", "parquet")
    kinds = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
    for name in schema.table_names():
        found = duckdb.sql(f"DESCRIBE FROM '{out}/{name}.parquet'").fetchall()
        declared = [(c.name, kinds.get(c.type, "VARCHAR")) for c in schema.table(name).columns]
        assert [row[:2] for row in found][: len(declared)] == declared


def test_a_query_of_dates_skips_most_row_groups(tmp_path: Path) -> None:
    """The rows are sorted by date; each row group has the range of its dates and a dictionary of names."""
    number = 100_000
    days = pd.Series(pd.date_range("2000-01-01", periods=number, freq="h")).dt.floor("D").astype("datetime64[s]")
    one = load().table("events").head(1)
    events = one.loc[one.index.repeat(number)].reset_index(drop=True)
    names = [f"Group {n % 3000}" for n in range(number)]  # as many names as a worldwide file has
    events = events.assign(date_start=days, date_end=days, side_a=pd.Series(names, dtype=object))
    events["event_id"] = pd.Series([f"E{n}" for n in range(number)], dtype=object)
    frames = {name: load().table(name).head(0) for name in schema.table_names()} | {"events": events}
    backend = BatchedBackend(tmp_path, frames, "ACLED")
    backend.batch_rows = 2000
    out = write_converted(backend, tmp_path / "out", "parquet")
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
    has_dictionary = dict(
        duckdb.sql(
            f"""SELECT path_in_schema, bool_and(contains(encodings, 'DICTIONARY') AND bloom_filter_offset IS NOT NULL)
            FROM parquet_metadata({file}) GROUP BY 1"""
        ).fetchall()
    )
    assert has_dictionary["side_a"]
    assert has_dictionary["place"]
    assert not has_dictionary["event_id"]


def test_figures_are_sorted_by_date(tmp_path: Path) -> None:
    out = write_converted(load().backend, tmp_path / "out", "parquet")
    found = duckdb.sql(f"SELECT date_start, date_end, casualty_id FROM '{out}/casualties.parquet'").fetchall()
    assert found == sorted(found)


def test_two_figures_of_one_event_do_not_duplicate_it(tmp_path: Path) -> None:
    """Each alone could be written beside the event, but not both."""
    file = ROOT / "tests" / "lookalikes" / "acled_a4.csv"
    frames = tables_of(load(file))
    figure = frames["casualties"].head(1)
    event = figure["event_id"].iloc[0]
    again = figure.assign(casualty_id=f"{event}/9", tally=f"{event}:more")
    frames["casualties"] = sorted_tables({"casualties": pd.concat([frames["casualties"], again])})["casualties"]
    out = write_converted(MemoryBackend(tmp_path, frames, "ACLED"), tmp_path / "out", "parquet")
    assert_same_tables(read_converted(out, "parquet"), sorted_tables(frames))


def test_without_duckdb_a_message_says_what_to_install(tmp_path: Path) -> None:
    def convert_to(name: str, target_format: str) -> Result:
        arguments = ["convert", str(FOLDER / "acled_a4.csv"), str(tmp_path / name), "--to", target_format]
        with without_duckdb():
            return CliRunner().invoke(app, arguments, prog_name="mali")

    refused = convert_to("out", "parquet")
    assert refused.exit_code == 2
    reason, _, extra = refused.stderr.rpartition(" ")
    assert reason.startswith("mali: Parquet is written by DuckDB; to install it: ")
    assert extra == f'"{ROOT}[fast]"\n'
    assert list(tmp_path.iterdir()) == []
    for name, target_format in (("x.db", "sqlite"), ("x", "csv")):
        assert convert_to(name, target_format).exit_code == 0


def test_no_bar_is_printed_by_an_interactive_python(tmp_path: Path) -> None:
    """DuckDB takes the processes of --engine local:4 for one if mali was started by `python -m`."""
    program = f"""
from pathlib import Path
from mali_cli.storage.parquet import ParquetSink
sink = ParquetSink(Path({str(tmp_path / "new")!r}), {{}})
print(sink.connection.execute("SELECT current_setting('enable_progress_bar')").fetchall())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[(False,)]\n"
