"""Lists of a folder of parts that an executor reads: the same rows and notes, with few of them in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.output import OutputOptions, emit, progress, render_text
from mali_cli.results import QueryResult
from mali_cli.storage import convert, duckdb_backend
from mali_cli.storage.parquet_parts import PartitionedParquetBackend
from tests.engine.test_conversion import Pickling
from tests.support.conversion import make_with_months

LISTS: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"actor": "JNIM", "since": "2014-03-02", "columns": "event_id,sources,killed_best"}),
    ("events", {"on": "2016"}),
    ("events", {"min_killed": 3, "condition": "killed_best > 5", "limit": 20}),
    ("events", {"condition": "killed_best > 100000"}),
    ("casualties", {"until": "2019", "condition": "best != 2"}),
    ("casualties", {"scope": "total"}),
    *((query, {"since": "2014-03-02", "until": "2018-05-14", "dates": "all"}) for query in ("events", "casualties")),
    ("events", {"on": "2016-05", "dates": "all", "limit": 3, "condition": "killed_best < 9"}),
]
SORTED: list[tuple[str, dict[str, Any]]] = [
    ("events", {"sort": "-killed_best,event_type", "columns": "event_id", "condition": "killed_best > 1", "limit": 4}),
    ("events", {"sort": "date_start", "limit": 4}),
    ("events", {"sort": "place", "limit": 1000}),
    ("casualties", {"sort": "-best", "condition": "best > 100000", "limit": 2}),
    ("casualties", {"disputed": True, "sort": "-best", "limit": 2}),
    ("events", {"until": "2016-05-14", "dates": "all", "sort": "country", "limit": 60}),
]


class Counting(Pickling):
    """Count the tasks that were begun, and whether the last list was read to its end or closed."""

    is_open = False

    def imap(self, function: Callable[[Any], Any], tasks: Sequence[Any], all_at_once: bool = False) -> Generator[Any]:
        self.is_open = True
        try:
            for number, task in enumerate(tasks):
                self.progress_fraction = number / len(tasks)
                yield from super().imap(function, [task])
        finally:
            self.is_open = False


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("parts")
    convert.convert(load(make_with_months(work / "made.csv", 400)).backend, work / "parts", "parquet", parts=3)
    return work / "parts"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_backend, "BATCH_ROWS", 60)


@pytest.fixture
def executor() -> Counting:
    return Counting()


def on_executor(executor: Counting, parts: Path) -> Dataset:
    return Dataset(PartitionedParquetBackend(parts), executor)


def assert_same(result: QueryResult, expected: QueryResult) -> None:
    assert render_text(result, "csv") == render_text(expected, "csv")
    summary = result.summarized()
    assert (summary.notes, summary.total_rows, summary.row_count, summary.columns, summary.origin) == (
        expected.notes,
        expected.total_rows,
        expected.row_count,
        expected.columns,
        expected.origin,
    )


@pytest.mark.parametrize(("query", "filter_args"), LISTS, ids=str)
def test_batches_of_parts_have_the_rows_and_notes_of_the_whole(
    executor: Counting, parts: Path, query: str, filter_args: dict[str, Any]
) -> None:
    result = on_executor(executor, parts).answer(query, in_batches=True, **filter_args)
    assert result.batches is not None
    assert_same(result, load(parts).answer(query, **filter_args))


@pytest.mark.parametrize(("query", "filter_args"), [*SORTED, LISTS[3]], ids=str)
def test_of_a_list_with_a_limit_only_these_rows_are_brought_together(
    executor: Counting, parts: Path, query: str, filter_args: dict[str, Any]
) -> None:
    dataset, expected = on_executor(executor, parts), load(parts).answer(query, **filter_args)
    assert_same(dataset.answer(query, in_batches="sort" in filter_args, **filter_args), expected)


def test_what_a_table_shows_of_the_first_rows_is_the_same(executor: Counting, parts: Path) -> None:
    result, expected = (dataset.answer("events", limit=5) for dataset in (on_executor(executor, parts), load(parts)))
    assert executor.tasks
    assert result.load_display_columns is not None
    assert expected.load_display_columns is not None
    assert result.load_display_columns(result.frame).equals(expected.load_display_columns(expected.frame))


def test_parts_are_read_as_their_rows_are_written(
    executor: Counting, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = on_executor(executor, parts).answer("events", in_batches=True)
    assert (executor.tasks, executor.is_open) == (1, True)
    polled: list[Any] = []
    show = progress.progress

    def recording(quiet: bool, poll: Callable[[], float | None]) -> Any:
        polled.append((quiet, poll()))
        return show(quiet, poll)

    monkeypatch.setattr(progress, "progress", recording)
    emit(result, OutputOptions("csv", tmp_path / "all.csv"), [])
    assert (executor.tasks, executor.is_open) == (3, False)
    assert polled == [(False, 0.0)]
    emit(on_executor(executor, parts).answer("events", in_batches=True), OutputOptions("parquet", tmp_path / "a"), [])
    assert polled[1] == (False, 0.0)


def test_a_list_that_cannot_be_written_is_closed(
    executor: Counting, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    result = on_executor(executor, parts).answer("events", in_batches=True)
    monkeypatch.setattr("mali_cli.output.text_formats.csv_records", interrupted)
    with pytest.raises(KeyboardInterrupt):
        emit(result, OutputOptions("csv", tmp_path / "all.csv"), [])
    assert (executor.tasks, executor.is_open) == (1, False)
    assert not list(tmp_path.iterdir())


def test_parts_that_overlap_are_joined_in_memory(executor: Counting, parts: Path, tmp_path: Path) -> None:
    """Events that share a tally are in one part, though others lie between them."""
    copy = tmp_path / "parts"
    copy.mkdir()
    for entry in parts.iterdir():
        (copy / entry.name).symlink_to(entry)
    package = json.loads((parts / "datapackage.json").read_text(encoding="utf-8"))
    package["mali:parts"][0]["last_start"] = package["mali:parts"][1]["first_day"]
    (copy / "datapackage.json").unlink()
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for filter_args in ({}, {"limit": 3}):
        result = on_executor(executor, copy).answer("events", in_batches=True, **filter_args)
        assert result.batches is None
        assert_same(result, load(parts).answer("events", **filter_args))
