"""A list of rows that may not fit in memory, in batches."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import zlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mali_cli.engine.context import QueryContext
from mali_cli.engine.executor import Executor
from mali_cli.engine.handler import Decomposition
from mali_cli.engine.presentation import Presentation, condition_note, present
from mali_cli.model.filters import Filters
from mali_cli.results import QueryResult, RowBatches
from mali_cli.storage.base import Backend

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


class Batch(NamedTuple):
    """Some rows of a list as they are presented, and what is known of all that were read for them."""

    frame: pd.DataFrame  # at most --limit rows
    kept: int  # their number before --limit
    matching: int  # and before --where
    without_rows: Any  # the partial result, None of rows that were read with those of another batch
    comes_last: bool  # whether its rows follow those of all other batches


def read_batches(
    decompose: Callable[[Filters], Decomposition[Any]],
    filters: Filters,
    presentation: Presentation,
    parts: Iterable[Backend],
) -> Generator[Batch]:
    """Yield the rows of backends that together hold all rows; of a list of `--dates all` two batches for each."""
    lists = [filters]
    if filters.period is not None and filters.dates == "all":  # those that only may fall into the period come last
        lists = [replace(filters, dates=dates) for dates in ("certain", "possible")]
    for part in parts:
        selected = decompose(filters).map_combine.map_partition(QueryContext(part))
        for number, listed in enumerate(lists):
            result = decompose(listed).finalize(selected)
            shown = present(result, presentation)
            without_rows = None if number else selected.without_rows()
            yield Batch(shown.frame, shown.total_rows or 0, len(result.frame), without_rows, number > 0)


def in_order_of_rows(batches: Generator[Batch]) -> Generator[Batch]:
    """Yield batches, with those whose rows come last at the end."""
    waiting: list[bytes] = []
    with contextlib.closing(batches):
        for batch in batches:
            if batch.comes_last:
                waiting.append(pack(batch))
            else:
                yield batch
    yield from map(unpack, waiting)


def pack(batch: Batch) -> bytes:
    """Return a batch as it waits for its turn: in 60 bytes a row, where pandas takes 2,000."""
    return zlib.compress(pickle.dumps(batch), 1)


def unpack(packed: bytes) -> Batch:
    return cast(Batch, pickle.loads(zlib.decompress(packed)))


def batches_of_folders(
    executor: Executor, read_packed: Callable[[Path], list[bytes]], folders: list[Path]
) -> Generator[Batch]:
    """Yield the batches of the datasets in folders, which an executor reads."""
    with contextlib.closing(executor.imap(read_packed, folders)) as results:
        yield from map(unpack, itertools.chain.from_iterable(results))


def result_in_batches(
    query: Decomposition[Any],
    batches: Generator[Batch],
    presentation: Presentation,
    with_notes: Callable[[QueryResult], QueryResult],
    fraction_read: Callable[[], float | None],
) -> QueryResult:
    """Return the result of a list whose rows are read as they are taken.

    Parameters
    ----------
    batches
        All rows, in the order of the list but for `Batch.comes_last`; at least one batch.
    with_notes
        Returns a result with the notes that every result gets.
    fraction_read
        Returns how much was read, None if that is not known.
    """
    rows = _Rows(query, presentation)
    batches = in_order_of_rows(batches)
    first = next(batches)
    empty = present(query.finalize(first.without_rows), presentation)
    frames = map(rows.take, itertools.chain([first], batches))
    row_batches = RowBatches(frames, lambda: with_notes(rows.summary(empty)), batches.close, fraction_read)
    return empty._replace(batches=row_batches)


def first_rows(
    query: Decomposition[Any],
    batches: Generator[Batch],
    presentation: Presentation,
    with_notes: Callable[[QueryResult], QueryResult],
) -> QueryResult:
    """Return the result of a list with --limit; its batches have all columns, as it may be sorted by any of them."""
    assert presentation.limit is not None
    rows = _Rows(query, presentation._replace(limit=None))
    unfiltered = presentation._replace(conditions=[])  # the rows fulfil them
    result: QueryResult | None = None
    found: list[pd.DataFrame] = []
    for batch in in_order_of_rows(batches):
        result = result or query.finalize(batch.without_rows)
        found.append(rows.take(batch))
        if sum(map(len, found)) > 2 * presentation.limit:
            found = [present(_joined(result, found), unfiltered._replace(columns=result.columns)).frame]
    assert result is not None
    shown = present(_joined(result, found), unfiltered)
    return with_notes(rows.summary(shown))._replace(frame=shown.frame)


def _joined(result: QueryResult, frames: list[pd.DataFrame]) -> QueryResult:
    import pandas as pd

    filled = [frame for frame in frames if not frame.empty]
    return result._replace(frame=pd.concat(filled, ignore_index=True)) if filled else result


class _Rows:
    """The rows of a list that were taken, and what is known of them."""

    def __init__(self, query: Decomposition[Any], presentation: Presentation) -> None:
        self.query, self.presentation = query, presentation
        self.matching = 0  # before --where
        self.kept = 0  # before --limit
        self._without_rows: list[Any] = []
        self._a_row: pd.DataFrame | None = None

    def take(self, batch: Batch) -> pd.DataFrame:
        """Return the rows of the next batch, as many as --limit leaves."""
        limit = self.presentation.limit
        frame = batch.frame if limit is None else batch.frame.head(max(limit - self.kept, 0))
        if batch.without_rows is not None:
            self._without_rows.append(batch.without_rows)
        self.matching += batch.matching
        self.kept += batch.kept
        if self._a_row is None and not frame.empty:
            self._a_row = frame.head(1).copy()
        return frame

    def summary(self, empty: QueryResult) -> QueryResult:
        """Return the result with one row, the notes and the number of all rows."""
        result = self.query.finalize(self.query.map_combine.combine(self._without_rows))
        notes = result.notes
        if self.presentation.conditions:
            notes = (*notes, condition_note(result, self.kept, self.matching))
        frame = empty.frame if self._a_row is None else self._a_row
        return empty._replace(frame=frame, notes=notes, total_rows=self.kept)
