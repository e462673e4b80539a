"""Query results: rows, columns and notes, before anything decides how they look."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.model.profile import Profile
from mali_cli.model.schema import Column

if TYPE_CHECKING:
    import pandas as pd


class ChartRequest(NamedTuple):
    """What a chart of a result shows; its size is left to the terminal or the file."""

    kind: str  # timeline, split timeline, map, casualties, control, lineage or relations
    # Of a timeline the period (year, quarter, month), of a map the size of the circles (events, dead), of casualties
    # the key of their sums, of a lineage the group.
    measure: str
    as_of: datetime.date | None = None  # of a map the day on which holders are shown
    filter_text: str = ""  # the filters in words, for the title
    load_documents: Callable[[], tuple[str, ...]] = tuple  # what the rows rest on; for a foreign file, its origin
    notes: tuple[str, ...] = ()  # caveats printed below the chart, where those of the result speak of its rows
    load_underlying: Callable[[], UnderlyingRows] | None = None  # slow, so called only by outputs that show the rows
    priority_places: frozenset[str] = frozenset()  # places named in a filter: their labels are placed first
    nested_places: frozenset[str] = frozenset()  # places within another place: their labels are placed last
    load_drawn: Callable[[], QueryResult] | None = None  # what is drawn of a map, if that is less than its rows
    # Of a map where the number of events goes that are only known to be in a region, an area or a country.
    area_points: Mapping[str, tuple[float, float]] = MappingProxyType({})
    regions: frozenset[str] = frozenset()  # of the filters: their names are bold on a map
    coverage: str = ""  # how much of the result a map draws, and how old its holders are
    camps: Mapping[str, str] = MappingProxyType({})  # of groups; of a map, of all holders, the most frequent first
    actors: str = ""  # of a timeline: the actors of the filters in words; `filter_text` is without them
    first_drawn: str = ""  # of a timeline: the first period drawn; events before it are only counted; of control a day
    early_events: int = 0  # events before that, in `early_year` or later
    early_year: str = ""
    split: str = ""  # of a timeline: the column by which it is split
    # Of a timeline, or of casualties by year, quarter or month: what is covered of periods covered only in part.
    partial_periods: Mapping[str, str] = MappingProxyType({})
    rolling: int | None = None  # the number of periods of rolling means, None if there are none
    last_drawn: str = ""  # of control: the last day
    subject: str = "Mali War"  # what the data are about: of a foreign file its name
    area: str = ""  # of a map of counts: what each mark counts, such as a region; empty if it is a place
    is_foreign: bool = False  # of a foreign file, where a figure without a number is a 0: none or not stated
    title: str | None = None  # --title and --subtitle, in place of the default texts
    subtitle: str | None = None
    size: str = "page"  # of a picture in a file: a name in PICTURE_SIZES
    load_companion: Callable[[], QueryResult] | None = None  # the other chart of the same events, for a page with both
    command: tuple[str, ...] = ()  # the words typed after `mali`, for a page that cites itself
    language: str = "en"  # of the labels of a page


class RowBatches:
    """Rows that may not fit in memory, in batches that can be taken once.

    `taken` is the number of rows that were taken. `summarize` returns, when all were, the result with its notes, its
    number of rows before --limit, and its first row alone. `close` ends the reading, and `fraction_read` returns how
    much was read, None if that is not known.
    """

    def __init__(
        self,
        frames: Iterator[pd.DataFrame],
        summarize: Callable[[], QueryResult],
        close: Callable[[], None],
        fraction_read: Callable[[], float | None],
    ) -> None:
        self._frames = frames
        self.summarize, self.close, self.fraction_read = summarize, close, fraction_read
        self.taken = 0

    def __iter__(self) -> Iterator[pd.DataFrame]:
        while (frame := next(self._frames, None)) is not None:
            self.taken += len(frame)
            yield frame


class QueryResult(NamedTuple):
    """Rows with their declared columns, and what is printed with them."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    row_noun: str  # plural: "events"
    notes: tuple[str, ...] = ()  # caveats printed with the rows
    date_columns: tuple[str, str] | None = None  # the columns with the first and the last day of a row
    total_rows: int | None = None  # number of rows before --limit
    empty_message: str = ""  # printed if there are no rows; default "No events match."
    origin: str = ""  # of a foreign file, such as "ACLED: mali.csv"; empty for our own tables
    chart: ChartRequest | None = None
    # Columns that only tables for people show, such as whether a toll is open; called with the rows to show.
    load_display_columns: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    has_default_columns: bool = True  # False if --columns is given: the table then shows them as they are
    profile: Profile | None = None  # the rows of `mali show` as a page
    partial_periods: Mapping[str, str] = MappingProxyType({})  # as those of the chart
    lineage_of: str = ""  # the group whose lineage the rows are, which is also drawn as a tree
    batches: RowBatches | None = None  # the rows, if they may not fit in memory; `frame` then has none

    def in_batches(self) -> Iterator[QueryResult]:
        """Yield results that together have all rows in order: this one, if its rows are in memory."""
        if self.batches is None:
            yield self
        else:
            yield from (self._replace(frame=frame) for frame in self.batches)

    def summarized(self) -> QueryResult:
        """Return the result as it is known when all rows were written."""
        return self if self.batches is None else self.batches.summarize()._replace(batches=self.batches)

    @property
    def row_count(self) -> int:
        """The number of rows; of those in batches, of those that were taken."""
        return len(self.frame) if self.batches is None else self.batches.taken


class UnderlyingRows(NamedTuple):
    """The rows behind a chart: the events it counts, all figures of them, and the sources that these cite."""

    events: QueryResult
    row_index_by_event: tuple[int, ...]  # for each event, the row of the result that counts it
    figures: QueryResult
    references: QueryResult  # a row for each document and reference in `sources` of an event, a figure or a holder
    holders: QueryResult | None = None  # of a map of holders: the statements that it rests on


def drawn_result(result: QueryResult) -> QueryResult:
    """Return what a picture of the result draws, which may be less than its rows."""
    return result.chart.load_drawn() if result.chart and result.chart.load_drawn else result


def pluralize(number: int, noun: str) -> str:
    """Return "1 event" or "1,204 events"; `noun` is the plural, formed with s."""
    return f"{number:,} {noun[:-1] if number == 1 else noun}"
