"""Lists that may not fit in memory are written batch by batch, with the same rows and notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from mali_cli import output
from mali_cli.dataset import Dataset, load
from mali_cli.formats import backend, duckdb_filter
from mali_cli.output import OutputOptions, emit, render_text, takes_batches
from mali_cli.output.registry import BATCH_FORMATS
from mali_cli.results import QueryResult
from mali_cli.storage import convert, duckdb_backend
from mali_cli.storage.parquet import ParquetBackend
from tests.support.conversion import make_with_months
from tests.support.lookalikes import FOLDER

LISTS: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"actor": "JNIM", "since": "2014-03-02", "columns": "event_id,sources,killed_best"}),
    ("events", {"on": "2016"}),
    ("events", {"min_killed": 3, "condition": "killed_best > 5", "limit": 20}),
    ("events", {"text": "market", "limit": 1}),
    ("events", {"condition": "killed_best > 100000"}),
    ("casualties", {}),
    ("casualties", {"actor": "Mali", "until": "2019", "condition": "best != 2"}),
    ("casualties", {"scope": "total"}),
    ("casualties", {"disputed": True}),
    ("events", {"since": "2012-03-02", "until": "2018-05-14", "dates": "all"}),
    ("casualties", {"since": "2012-03-02", "until": "2018-05-14", "dates": "all", "limit": 300}),
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return folders whose events have one figure, or several."""
    folder = tmp_path_factory.mktemp("batches")
    files = {"one": make_with_months(folder / "made.csv", 400), "several": FOLDER / "ucdp_u1.csv"}
    for name, file in files.items():
        convert.convert(load(file).backend, folder / name, "parquet")
    return {name: folder / name for name in files}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_backend, "BATCH_ROWS", 20)


def answers(folder: Path, query: str, filter_args: dict[str, Any]) -> tuple[QueryResult, QueryResult]:
    """Return the answer as a whole, and in batches."""
    whole, parts = (Dataset(ParquetBackend(folder)) for _ in range(2))
    return whole.answer(query, **filter_args), parts.answer(query, in_batches=True, **filter_args)


@pytest.mark.parametrize(("query", "filter_args"), LISTS, ids=str)
def test_batches_have_the_rows_and_notes_of_the_whole(
    converted: dict[str, Path], query: str, filter_args: dict[str, Any]
) -> None:
    expected, result = answers(converted["one"], query, filter_args)
    assert result.batches is not None
    assert render_text(result, "csv") == render_text(expected, "csv")
    summary = result.summarized()
    assert (summary.notes, summary.total_rows, summary.row_count) == (
        expected.notes,
        expected.total_rows,
        expected.row_count,
    )
    assert summary.columns == expected.columns


@pytest.mark.parametrize("query", ["events", "casualties"])
def test_events_with_several_figures_come_in_batches(
    converted: dict[str, Path], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_backend, "BATCH_ROWS", 3)
    expected, result = answers(converted["several"], query, {})
    assert result.batches is not None
    assert render_text(result, "jsonl") == render_text(expected, "jsonl")


@pytest.mark.parametrize("query", ["events", "casualties"])
def test_a_large_file_is_listed_in_batches(
    converted: dict[str, Path], query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a converted copy, which is removed when all rows were read, or when the reading is ended before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = converted["one"].with_name("made.csv")
    expected = load(file).answer(query)
    monkeypatch.setattr(backend, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    result = load(file).answer(query, in_batches=True)
    assert result.batches is not None
    assert list(tmp_path.iterdir())
    assert render_text(result, "csv") == render_text(expected, "csv")
    assert result.summarized().notes == expected.notes
    assert not list(tmp_path.iterdir())
    ended = load(file).answer(query, in_batches=True)
    assert ended.batches is not None
    next(iter(ended.batches))
    ended.batches.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", BATCH_FORMATS)
def test_a_file_and_the_lines_below_are_the_same(
    converted: dict[str, Path], format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = []
    for name, result in zip("ab", answers(converted["one"], "events", {"actor": "JNIM"}), strict=True):
        file = tmp_path / name
        emit(result, OutputOptions(format, file), [])
        rows = duckdb.sql(f"FROM read_parquet('{file}')").fetchall() if format == "parquet" else file.read_bytes()
        written.append((rows, capsys.readouterr().err.replace(str(file), "FILE")))
    assert written[0] == written[1]


@pytest.mark.parametrize("format", ["csv", "jsonl", None])
def test_a_pipe_gets_the_same(
    converted: dict[str, Path], format: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output.streams, "STDOUT_PART", 1000)
    written = []
    for result in answers(converted["one"], "events", {"since": "2014", "limit": 100}):
        emit(result, OutputOptions(format), [])
        written.append(capsys.readouterr())
    assert written[0] == written[1]
    assert "100 of 3" in written[0].err


def test_batches_are_taken_only_by_formats_that_need_no_other_row(converted: dict[str, Path]) -> None:
    assert takes_batches(OutputOptions("csv"))
    assert takes_batches(OutputOptions("parquet", Path("all.parquet")))
    assert not takes_batches(OutputOptions("table"))
    assert not takes_batches(OutputOptions("xlsx", Path("all.xlsx")))
    assert not takes_batches(OutputOptions(cite="text"))
    for filter_args in ({"sort": "-killed_best"}, {"by": "year"}):
        assert answers(converted["one"], "events", filter_args)[1].batches is None
    assert load().answer("events", in_batches=True).batches is None
