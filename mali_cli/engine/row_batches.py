"""A list of rows that may not fit in memory, in batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import Decomposition
from mali_cli.engine.presentation import Presentation, condition_note, present
from mali_cli.results import QueryResult, RowBatches
from mali_cli.storage.base import Backend

if TYPE_CHECKING:
    import pandas as pd


def result_in_batches(
    query: Decomposition[Any],
    parts: Iterator[Backend],
    presentation: Presentation,
    with_notes: Callable[[QueryResult], QueryResult],
) -> QueryResult:
    """Return the result of a list whose rows are read and presented as they are taken.

    Parameters
    ----------
    parts
        Backends that together hold all rows, in the order of the list; at least one.
    with_notes
        Returns a result with the notes that every result gets.
    """
    rows = _Rows(query, presentation)
    first = rows.of_part(next(parts))
    empty = first._replace(frame=first.frame.head(0).copy())
    frames = itertools.chain([first.frame], (rows.of_part(part).frame for part in parts))
    return empty._replace(batches=RowBatches(frames, lambda: with_notes(rows.summary(empty))))


class _Rows:
    """The rows of a list as they are presented, and what is known of those that were taken."""

    def __init__(self, query: Decomposition[Any], presentation: Presentation) -> None:
        self.query, self.presentation = query, presentation
        self.matching = 0  # before --where
        self.kept = 0  # before --limit
        self._without_rows: list[Any] = []
        self._a_row: pd.DataFrame | None = None

    def of_part(self, part: Backend) -> QueryResult:
        """Return the rows of the next part."""
        selected = self.query.map_combine.map_partition(QueryContext(part))
        result = self.query.finalize(selected)
        self._without_rows.append(selected.without_rows())
        limit = self.presentation.limit
        left = None if limit is None else max(limit - self.kept, 0)
        shown = present(result, self.presentation._replace(limit=None))
        self.matching += len(result.frame)
        self.kept += len(shown.frame)
        if self._a_row is None and not shown.frame.empty:
            self._a_row = shown.frame.head(1).copy()
        return shown if left is None else shown._replace(frame=shown.frame.head(left))

    def summary(self, empty: QueryResult) -> QueryResult:
        """Return the result with one row, the notes and the number of all rows."""
        result = self.query.finalize(self.query.map_combine.combine(self._without_rows))
        notes = result.notes
        if self.presentation.conditions:
            notes = (*notes, condition_note(result, self.kept, self.matching))
        frame = empty.frame if self._a_row is None else self._a_row
        return empty._replace(frame=frame, notes=notes, total_rows=self.kept)
