"""Answer: what a question gives back, before anyone decides how it looks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.model.schema import Column

if TYPE_CHECKING:
    import pandas as pd


class ChartRequest(NamedTuple):
    """How an answer is drawn where there is room: as which picture, by what, and the day that it shows.

    `asked` are the filters in words, for the title; `documents` what the rows rest on, of a foreign file its origin.
    `notes` say what must be known to read the picture, where the answer's say more or speak of its rows.
    Of a map, `first` are the places that were asked for by name, `inner` those that lie within another one: where not
    all have room for their names, those come first and these last.
    `behind` gives the rows behind the picture; it is called only where they are shown, for they take time.
    """

    kind: str
    measure: str
    as_of: datetime.date | None = None
    filter_text: str = ""
    documents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    load_underlying: Callable[[], UnderlyingRows] | None = None
    priority_places: frozenset[str] = frozenset()
    nested_places: frozenset[str] = frozenset()


class QueryResult(NamedTuple):
    """Rows with their declared columns.

    `noun` names the rows ("events"), `notes` is what the reader must know to read them rightly,
    `dates` the columns that say which days the rows cover.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    row_noun: str
    notes: tuple[str, ...] = ()
    date_columns: tuple[str, str] | None = None
    total_rows: int | None = None  # how many rows there were before --limit
    empty_message: str = ""  # what to say where there are no rows; by itself "No events match."
    origin: str = ""  # of a foreign file what it is, such as "ACLED: mali.csv"; our own tables need no word
    alternate_renderings: Mapping[
        str, str
    ] = {}  # the same answer drawn, by the name of a format; the first is for a terminal
    chart: ChartRequest | None = None  # the picture to make of it, whose size only the terminal tells


class UnderlyingRows(NamedTuple):
    """The rows behind a picture: exactly the events it counts, all figures told of them, and what these rows cite.

    `rows` says for each of the events in which row of the answer it is counted. `references` has a row for each
    document and reference that an event or a figure names in its `sources`.
    """

    events: QueryResult
    row_index_by_event: tuple[int, ...]
    figures: QueryResult
    references: QueryResult


def pluralize(number: int, noun: str) -> str:
    """1 event, 1,204 events."""
    return f"{number:,} {noun[:-1] if number == 1 else noun}"
