"""The queries `timeline` and `map`: events and people killed by period and by place, with what a chart of them needs.

The tables are made in chart_tables.py, without columns, notes or charts.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.queries import casualties, chart_tables, control, entities, events, fatalities, list_columns
from mali_cli.results import ChartRequest, QueryResult, UnderlyingRows, pluralize

if TYPE_CHECKING:
    import pandas as pd

NO_RECORD = "No record does not mean no violence."


class ChartQueries:
    """Timelines and maps of the events that match.

    Parameters
    ----------
    table
        Returns a table by its name.
    all_events
        All events, with the region and country of their places.
    matching
        The result of `mali events`.
    filters
        The filters of `matching`.
    filter_text
        The filters in words.
    named_places
        The places named by the user, without those within them.
    origin
        The format and name of a foreign file, "" for our tables.
    """

    def __init__(
        self,
        table: Callable[[str], pd.DataFrame],
        all_events: pd.DataFrame,
        matching: QueryResult,
        filters: Filters,
        filter_text: str,
        named_places: frozenset[str],
        origin: str,
    ) -> None:
        self.table = table
        self.all_events = all_events
        self.matching = matching
        self.filters = filters
        self.filter_text = filter_text
        self.named_places = named_places
        self.origin = origin

    def timeline(self, by: list[str]) -> QueryResult:
        """Return events and people killed by year, quarter or month, empty ones included."""
        if len(by) > 1:
            raise MaliError("timeline takes one --by: year, quarter or month.")
        key = names.match_choice(by[0], tuple(events.TIME_KEYS), "period of --by") if by else "year"
        columns = schema.result_columns("timeline")
        table, notes = self._events_and_fatalities(key, columns, frozenset())
        table = chart_tables.with_empty_periods(table.rename(columns={key: "period"}), key, self.filters.period)
        chart_notes = list(notes)
        if undated := _undated_text(table, key):
            notes.append(f"{undated}: see the row without a period.")
            chart_notes.append(f"{undated}, and so in no bar.")
        if len(table):
            notes.append(NO_RECORD)
            chart_notes.append(NO_RECORD)
        chart = None
        if table["period"].notna().any():
            bins = events.time_bins(self.matching.frame, key)
            periods = list(table["period"])
            chart = self._chart_request(
                "timeline", key, lambda: chart_tables.event_row_index(bins, periods), chart_notes, self._cited_sources
            )
        return QueryResult(table, columns, "periods", tuple(notes), empty_message="No events match.", chart=chart)

    def map(self, by: list[str], on: str | None) -> QueryResult:
        """Return events and people killed by place; with `on` also who held each place at the end of the period."""
        if len(by) > 1:
            raise MaliError("map takes one --by: events or dead.")
        size = names.match_choice(by[0], ("events", "dead"), "size of --by") if by else "events"
        places = self.table("places")
        areal = chart_tables.areal_events(self.table("events"), places)
        columns = schema.result_columns("map")
        table, notes = self._events_and_fatalities("place", columns, areal)
        day = self.filters.period.last if on is not None and self.filters.period is not None else None
        holders = self._control_on(day) if day is not None else None
        table = chart_tables.map_table(table, places, holders, size)
        if day is not None and len(table):
            notes.append(
                f"Holders on {day} are those of the latest statement; the documents may have missed a later change."
            )
        notes += _off_map_notes(table)
        chart = None
        if (table["latitude"].notna() & table["longitude"].notna()).any():
            keys, rows = chart_tables.tag_areal_rows(self.matching.frame, areal)["place"], list(table.index)
            # A chart of holders does not show the events of that day.
            chart_notes = notes if day is None else [note for note in notes if note.startswith("Holders on")]
            cited = self._cited_sources if holders is None else (lambda: _source_keys(holders["sources"]))
            chart = self._chart_request(
                "map", size, lambda: chart_tables.event_row_index(keys, rows), chart_notes, cited
            )
            nested = frozenset(places.loc[places["within"].isin(table["place"].dropna()), "place"])
            chart = chart._replace(as_of=day, priority_places=self.named_places, nested_places=nested)
        table = table.reset_index(drop=True)
        return QueryResult(table, columns, "places", tuple(notes), empty_message="No events match.", chart=chart)

    def _control_on(self, day: datetime.date) -> pd.DataFrame:
        location_filters = Filters(
            places=self.filters.places,
            regions=self.filters.regions,
            event_countries=self.filters.event_countries,
            nearby_places=self.filters.nearby_places,
        )
        rows = control.control_on(self.table("control"), self.table("places"), location_filters, day)
        return rows[rows["country"].isin(self.filters.countries)] if self.filters.countries else rows

    def _events_and_fatalities(
        self, key: str, columns: tuple[schema.Column, ...], areal: frozenset[str]
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return the events and fatalities by a key, as `events --by` and `casualties --by` do, and the notes.

        `areal` are the ids of events that get rows of their own, see `chart_tables.tag_areal_rows`.
        """
        figures, matching_events = self.table("casualties"), self.matching.frame
        # --country is the country of the event here, not the nationality of the victims.
        figure_filters = self.filters.without_victim_country
        matching_figures = casualties.filter_figures(figures, self.all_events, figure_filters)
        if self.filters.any_of("countries", "min_killed", "max_killed"):
            matching_figures = matching_figures[matching_figures["event_id"].isin(matching_events["event_id"])]
        if areal:
            matching_figures = chart_tables.tag_areal_rows(matching_figures, areal)
            matching_events = chart_tables.tag_areal_rows(matching_events, areal)
        sum_columns = schema.result_columns("sums")
        partial = fatalities.partial_sums(matching_figures, figures, matching_events, {}, [key], figure_filters)
        sums, totals = fatalities.finalize(partial, [key], sum_columns, figure_filters)
        shared = {column.name for column in columns} - {"events"}
        measures = [column.name for column in sum_columns if column.name in shared]
        table = chart_tables.merge_counts_and_sums(events.count_by(matching_events, [key]), sums, key, measures)
        notes = list(self.matching.notes)
        if len(table):
            number = pluralize(len(matching_events), "events")
            notes.append(f"{number}: {fatalities.summary_line(totals, figure_filters)}")
        return table, notes

    def _chart_request(
        self,
        kind: str,
        measure: str,
        row_index: Callable[[], tuple[int, ...]],
        notes: list[str],
        cited: Callable[[], set[str]],
    ) -> ChartRequest:
        """Return the request for a chart.

        `row_index` returns for each event the row that counts it, `cited` the documents and references the chart cites.
        """

        def load_underlying() -> UnderlyingRows:
            sources = entities.filter_sources(self.table("documents"), self.table("references"), Filters())
            sources = sources[sources["source"].isin(self._cited_sources())].reset_index(drop=True)
            return UnderlyingRows(
                self.matching._replace(origin=self.origin),
                row_index(),
                QueryResult(self._figures.reset_index(drop=True), schema.table("casualties").columns, "figures"),
                QueryResult(sources, schema.result_columns("sources"), "sources"),
            )

        return ChartRequest(
            kind=kind,
            measure=measure,
            filter_text=self._subtitle(),
            documents=(self.origin,) if self.origin else self._titles(cited()),
            notes=tuple(notes),
            load_underlying=load_underlying,
        )

    def _subtitle(self) -> str:
        """Return the filters in words, with the years of the events if no period is given."""
        frame = self.matching.frame
        if self.filters.period is not None or frame.empty:
            return self.filter_text
        first, last = frame["date_start"].min().year, frame["date_end"].max().year
        years = str(first) if first == last else f"{first} to {last}"
        return f"{self.filter_text}, {years}" if self.filter_text else years

    @cached_property
    def _figures(self) -> pd.DataFrame:
        """All figures about the matching events, of killed and other harm."""
        figures = self.table("casualties")
        return figures[figures["event_id"].isin(self.matching.frame["event_id"])]

    def _cited_sources(self) -> set[str]:
        return _source_keys(self.matching.frame["sources"], self._figures["sources"])

    def _titles(self, cited: set[str]) -> tuple[str, ...]:
        """Return title, publisher and date of each cited document."""
        documents = self.table("documents")
        rows = documents[documents["document"].isin(cited)]
        return tuple(
            ", ".join(str(part) for part in row if isinstance(part, str) and part)
            for row in zip(rows["title"], rows["publisher"], rows["published"], strict=True)
        )


def _undated_text(table: pd.DataFrame, key: str) -> str:
    """Return how many events, and people killed in them, are in no single period; "" if there are none."""
    undated = table[table["period"].isna()]
    if undated.empty:
        return ""
    best = undated["killed_best"].dropna()
    killed = f", with {int(best.sum()):,} killed," if len(best) else ""
    number = int(undated["events"].sum())
    return f"{pluralize(number, 'events')}{killed} {'is' if number == 1 else 'are'} not within a single {key}"


def _off_map_notes(table: pd.DataFrame) -> list[str]:
    off_map = table[table["latitude"].isna() | table["longitude"].isna()]
    number = int(off_map["events"].sum())
    if not number:
        return []
    without_place = int(off_map.loc[off_map["place"].isna(), "events"].sum())
    return [
        f"Not on the map: {pluralize(number, 'events')} without a point, {without_place:,} of them without a place; "
        "the others are located by region, area or country only, have several places, or have no coordinates."
    ]


def _source_keys(*columns: pd.Series) -> set[str]:
    """Return the keys of documents and references in these cells, and the documents of the references."""
    keys = {key for column in columns for cell in column.dropna().unique() for key in list_columns.split(cell)}
    return keys | {key.partition("#")[0] for key in keys}
