"""The result of a query, before it is rendered in a format."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.model.schema import Column

if TYPE_CHECKING:
    import pandas as pd


class ChartRequest(NamedTuple):
    """What a chart of a result shows, apart from the rows of the result."""

    kind: str  # "timeline" or "map"
    measure: str  # of a timeline the period of a row (year, quarter, month), of a map the size (events, dead)
    as_of: datetime.date | None = None  # the day of which a map shows who held each place
    filter_text: str = ""  # the filters in words, for the title
    documents: tuple[str, ...] = ()  # what the rows are cited from, of a foreign file its origin
    notes: tuple[str, ...] = ()  # the caveats of the chart; those of the result may be about its rows
    load_underlying: Callable[[], UnderlyingRows] | None = None  # slow, so called only by formats that show the rows
    priority_places: frozenset[str] = frozenset()  # places the user named: on a map they are labelled first
    nested_places: frozenset[str] = frozenset()  # places within others: on a map they are labelled last


class QueryResult(NamedTuple):
    """The rows of a query with their declared columns."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    row_noun: str  # what a row is, in the plural: "events"
    notes: tuple[str, ...] = ()  # caveats, printed with the result
    date_columns: tuple[str, str] | None = None  # the columns with the first and last day of a row
    total_rows: int | None = None  # number of rows before --limit
    empty_message: str = ""  # printed if there are no rows; default "No events match.", with the noun
    origin: str = ""  # of a foreign file its format and name, such as "ACLED: mali.csv"
    alternate_renderings: Mapping[str, str] = {}  # the result as text by format; the first is for a terminal
    chart: ChartRequest | None = None


class UnderlyingRows(NamedTuple):
    """The rows behind a chart."""

    events: QueryResult  # exactly the events the chart counts
    row_index_by_event: tuple[int, ...]  # for each event, the row of the result that counts it
    figures: QueryResult  # all figures about these events
    references: QueryResult  # the documents and references that events and figures cite in `sources`


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun, given in the plural: 1 event, 1,204 events."""
    return f"{number:,} {noun[:-1] if number == 1 else noun}"
