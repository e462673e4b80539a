"""DuckDBBackend: our tables in a DuckDB connection, which reads, sums and counts only the rows that a query needs."""

from __future__ import annotations

import datetime
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import frames, schema
from mali_cli.model.extras import require_extra
from mali_cli.model.unused_columns import unused_event_columns
from mali_cli.storage import sql_conditions, sql_sums
from mali_cli.storage.base import Backend
from mali_cli.storage.duckdb_connection import build_frame, order_by, raise_on_interrupt, sql_type
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.sql_conditions import EVERY_ROW, Condition, all_of

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model.filters import Filters
    from mali_cli.queries.events import EventCounts
    from mali_cli.queries.fatalities import PartialSums

FATALITY_COLUMNS = ("killed_low", "killed_best", "killed_high")  # of events, if it has the fatalities
LARGE_TABLES = ("events", "casualties")  # tables that may have millions of rows
BATCH_ROWS = 25_000  # events of a batch of a list
PARTITION_ROWS = 100_000  # events of one partition, which pandas sums in some 300 MB


class DuckDBBackend(Backend):
    """Tables in a DuckDB connection, as files, views or tables with our columns and types."""

    resolves_names = True

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path)
        self._duckdb = require_extra("fast", reason, "duckdb")
        self.connection = self._duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")  # it would be printed to standard output

    @abstractmethod
    def table_expression(self, name: str) -> str:
        """Return the SQL expression that reads a table."""

    @property
    @abstractmethod
    def has_event_fatalities(self) -> bool:
        """Whether `events` has the fatalities of each event; then no event has more than one figure."""

    @property
    def text_characters(self) -> str | None:
        """The characters other than ASCII in the texts of events and figures; None if they are not known."""
        return None

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return list(self._execute(statement, parameters, "fetchall"))

    def fetch(self, statement: str, parameters: Sequence[object] = ()) -> dict[str, Any]:
        """Run a statement and return its columns as arrays, masked where cells are blank."""
        arrays: dict[str, Any] = self._execute(statement, parameters, "fetchnumpy")
        return arrays

    def fetch_batches(self, statement: str, rows: int) -> Iterator[list[tuple[Any, ...]]]:
        """Run a statement and yield so many of its rows at a time; no other statement may be run meanwhile."""
        result = self._run(lambda: self.connection.execute(statement))
        while batch := self._run(lambda: result.fetchmany(rows)):
            yield batch

    def _execute(self, statement: str, parameters: Sequence[object], fetch_method: str) -> Any:
        return self._run(lambda: getattr(self.connection.execute(statement, list(parameters)), fetch_method)())

    def _run(self, run: Callable[[], Any]) -> Any:
        """Return what DuckDB does; DataError for what cannot be read, KeyboardInterrupt on ^C."""
        try:
            with raise_on_interrupt():
                return run()
        except self._duckdb.Error as error:
            raise DataError(f"{self.path} cannot be read: {str(error).splitlines()[0]}.") from None

    # Tables in memory

    def _read(self, name: str) -> pd.DataFrame:
        return self.select(name)

    def select(self, name: str, where: Condition = EVERY_ROW, unused: frozenset[str] = frozenset()) -> pd.DataFrame:
        """Return the rows of a table that fulfil a condition, typed and sorted as declared.

        The columns in `unused` are not read; they are blank.
        """
        return build_frame(schema.table(name).columns, self._select_arrays(name, where, unused))

    def _select_events_with_fatalities(
        self, where: Condition, unused: frozenset[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the matching events, and their fatalities as `event_fatalities` does."""
        import pandas as pd

        cells = self._select_arrays("events", where, unused, FATALITY_COLUMNS)
        events = build_frame(schema.table("events").columns, cells)
        declared = [column for column in schema.result_columns("events") if column.name in FATALITY_COLUMNS]
        event_ids = pd.Index(events["event_id"], dtype=object, name=None)
        return events, build_frame(declared, cells).set_index(event_ids)

    def _select_arrays(
        self, name: str, where: Condition, unused: frozenset[str], added_columns: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return the cells of the rows that fulfil a condition, by declared column and added column."""
        declared = schema.table(name)
        unused |= self.absent_columns(name)
        cells = (
            f'NULL::VARCHAR AS "{c.name}"' if c.name in unused else f'CAST("{c.name}" AS {sql_type(c)}) AS "{c.name}"'
            for c in declared.columns
        )
        statement = f"""
            SELECT {", ".join((*cells, *added_columns))} FROM {self.table_expression(name)}
            WHERE {where.sql} ORDER BY {order_by(declared.sorted_by)}"""
        return self.fetch(statement, where.parameters)

    def absent_columns(self, name: str) -> frozenset[str]:
        """Return the columns that were declared after the dataset was written."""
        optional = frozenset(c.name for c in schema.table(name).columns if c.may_be_missing)
        return optional - self._present_columns(name) if optional else optional

    def _present_columns(self, name: str) -> set[str]:
        return {row[0] for row in self.query(f"DESCRIBE SELECT * FROM {self.table_expression(name)}")}

    def distinct(self, table: str, column: str) -> Iterable[str]:
        if table in self._frames:
            return super().distinct(table, column)
        if column in self.absent_columns(table):
            return []
        statement = f'SELECT DISTINCT "{column}" FROM {self.table_expression(table)} ORDER BY ALL'
        return [cell for (cell,) in self.query(statement) if cell is not None]

    def last_day(self) -> datetime.date | None:
        if not self.origin:
            return None
        [(day,)] = self.query(f"SELECT max(date_start) FROM {self.table_expression('events')}")
        return None if day is None else datetime.date.fromisoformat(str(day))

    def row_counts(self) -> dict[str, int]:
        return {
            name: self.query(f"SELECT count(*) FROM {self.table_expression(name)}")[0][0]
            for name in schema.table_names()
        }

    # Some of the rows

    @property
    def _is_large(self) -> bool:
        """Whether the tables may not fit in memory: they are those of a foreign file and were not read yet."""
        return self.origin is not None and not set(self._frames) & set(LARGE_TABLES)

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> Backend:
        """Return a backend with only the events that may match and their figures.

        Returns itself for other queries, without filters, if the tables were read already, and for curated tables,
        whose stated totals belong to no event.
        """
        if query not in LARGE_TABLES or filters is None or not self._is_large:
            return self
        where = self._may_match(filters)
        return self if where == EVERY_ROW else self._some_rows(query, filter_args, where)

    def _some_rows(self, query: str, filter_args: dict[str, Any], where: Condition) -> Backend:
        """Return a backend with the events that fulfil a condition, as far as a query uses them, and their figures."""
        unused = unused_event_columns(query, filter_args) - {"place"}  # places are joined by it
        if query == "events" and self.has_event_fatalities:
            events, event_fatalities = self._select_events_with_fatalities(where, unused)
            figures = frames.empty_frame("casualties")
            return _SomeRows(self, {"events": events, "casualties": figures}, event_fatalities)
        events = self.select("events", where, unused)
        return _SomeRows(self, {"events": events, "casualties": self.figures_of(events)})

    def row_batches(self, query: str, filter_args: dict[str, Any], filters: Filters) -> Iterator[Backend] | None:
        if query not in LARGE_TABLES or not self._can_be_split:
            return None
        where = self._may_match(filters)
        days = list(self._days_of_partitions(where, BATCH_ROWS))
        if len(days) == 1:
            return None
        return (self._some_rows(query, filter_args, all_of((where, first_day))) for first_day in days)

    def partitions(self, filters: Filters) -> Iterator[Backend] | None:
        """Yield the events that may match and their figures in partitions of some days, so that all sums add up.

        Returns None for tables that are not large, and for figures that belong to no event or are not added.
        """
        if not self._can_be_split:
            return None
        where = self._may_match(filters)
        days = self._days_of_partitions(where, PARTITION_ROWS)
        return (self._some_rows("casualties", {}, all_of((where, first_day))) for first_day in days)

    @property
    def _can_be_split(self) -> bool:
        """Whether the tables are large, and every figure belongs to an event and is added."""
        return self._is_large and not self.query(sql_sums.other_figures_sql(self))[0][0]

    def _days_of_partitions(self, where: Condition, most: int) -> Iterator[Condition]:
        """Yield conditions on the first day of events, each fulfilled by at most so many events, or those of a day."""
        statement = f"""
            SELECT date_start, count(*) FROM {self.table_expression("events")}
            WHERE {where.sql} AND date_start IS NOT NULL GROUP BY ALL ORDER BY ALL"""
        bounds, rows = [], 0
        for day, number in self.query(statement, where.parameters):
            if rows and rows + number > most:
                bounds.append(day)
                rows = 0
            rows += number
        for first, end in pairwise((None, *bounds, None)):
            yield all_of(
                [
                    *([Condition("date_start >= ?", (first,))] if first is not None else []),
                    *([Condition("date_start < ?", (end,))] if end is not None else []),
                ]
            )

    def _may_match(self, filters: Filters) -> Condition:
        return sql_conditions.may_match(filters, self._place_filters(filters), self._table_of_other_groups)

    @property
    def _table_of_other_groups(self) -> str | None:
        """The table of casualties, if figures may name groups that are no actors of their events."""
        return None if self.has_event_fatalities else self.table_expression("casualties")

    def _place_filters(self, filters: Filters, of_countries: bool = False) -> list[frozenset[str]]:
        """Return the places that match, for each filter of places; `countries` is one if `of_countries`."""
        from mali_cli.queries import list_columns

        places = self.table("places")
        values = {"place": filters.places, "region": filters.regions, "admin2": filters.admin2}
        values |= {"country": filters.event_countries}
        masks = [list_columns.contains_any(places[column], names) for column, names in values.items() if names]
        if of_countries and filters.countries:
            masks.append(list_columns.contains_any(places["country"], filters.countries))
        if filters.nearby_places is not None:
            masks.append(places["place"].isin(filters.nearby_places))
        return [frozenset(places.loc[mask, "place"]) for mask in masks]

    def figures_of(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return the figures of some events; DuckDB skips row groups by date, as both tables are sorted by it."""
        import pandas as pd

        if events.empty:
            return self.select("casualties", Condition("false"))
        self.connection.register("matching_events", pd.DataFrame({"event_id": events["event_id"].astype(str)}))
        dates = events["date_start"]
        where = Condition(
            "date_start BETWEEN ? AND ? AND event_id IN (SELECT event_id FROM matching_events)",
            (dates.min().date(), dates.max().date()),
        )
        return self.select("casualties", where)

    # Sums and counts

    def partial_sums(self, keys: list[str], filters: Filters) -> PartialSums | None:
        if not (self._is_large and self.has_event_fatalities and sql_sums.can_sum(keys, filters)):
            return None
        if self._lacks_columns(keys, filters):
            return None
        where = self._matches(filters, of_countries=False)
        if where is None:
            return None
        relation = self._events_with_figures(sql_sums.figure_columns(keys, filters))
        return sql_sums.partial_sums(self, relation, keys, filters, where)

    def partial_counts(self, keys: list[str], filters: Filters) -> EventCounts | None:
        if not (self._is_large and sql_sums.can_count(keys, filters, self.has_event_fatalities)):
            return None
        if self._lacks_columns(keys, filters):
            return None
        if filters.actors and len(self.table("relations")):
            return None  # the notes count the events of coalitions
        where = self._matches(filters, of_countries=True)
        if where is None:
            return None
        relation = self.table_expression("events")
        if not self.has_event_fatalities:
            relation = f"(SELECT *, NULL AS killed_best FROM {relation})"
        return sql_sums.partial_counts(self, relation, keys, filters, where)

    def _lacks_columns(self, keys: list[str], filters: Filters) -> bool:
        """Return whether keys or filters need a column of events that was declared after the dataset was written."""
        needed = {*keys, *(column for field, column in sql_sums.ADDED_COLUMNS.items() if filters.any_of(field))}
        return not needed.isdisjoint(self.absent_columns("events"))

    def _matches(self, filters: Filters, of_countries: bool) -> Condition | None:
        """Return the condition of the events that match and overlap the period; None if an event has several places."""
        if self._has_several_places:
            return None
        place_filters = self._place_filters(filters, of_countries)
        conditions = [sql_conditions.matches(filters, place_filters, self._table_of_other_groups)]
        if filters.documents:
            conditions.append(sql_conditions.cites("sources", filters.documents))
        return all_of(conditions)

    @cached_property
    def _has_several_places(self) -> bool:
        statement = f"SELECT count(*) FROM {self.table_expression('events')} WHERE contains(place, ';')"
        return bool(self.query(statement)[0][0])

    def _events_with_figures(self, columns: frozenset[str]) -> str:
        """Return the SQL of the events with their figures, and at least these of sql_sums.FIGURE_COLUMNS.

        A dataset that was converted by an earlier version has only the fatalities beside the events.
        """
        events = self.table_expression("events")
        if f"{sql_sums.FIGURE_PREFIX}wording" in self._present_columns("events"):
            return events
        return sql_sums.events_with_joined_figures(self, events, columns)


class _SomeRows(MemoryBackend):
    """The events and figures that may match a query; the other tables are those of the parent."""

    def __init__(
        self, parent: DuckDBBackend, tables: dict[str, pd.DataFrame], event_fatalities: pd.DataFrame | None = None
    ) -> None:
        super().__init__(parent.path, tables, parent.origin, parent.notes)
        self._parent = parent
        self._event_fatalities = event_fatalities

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._parent.reading_notes

    def _read(self, name: str) -> pd.DataFrame:
        return self._parent.table(name)

    def distinct(self, table: str, column: str) -> Iterable[str]:
        return self._parent.distinct(table, column)

    def last_day(self) -> datetime.date | None:
        return self._parent.last_day()

    def figures_of(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return the figures of some events, which are not in memory where their fatalities are."""
        return super().figures_of(events) if self._event_fatalities is None else self._parent.figures_of(events)

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        return super().event_fatalities(events) if self._event_fatalities is None else self._event_fatalities
