"""Results that are drawn as charts: events and people killed over time and by place, and the rows behind them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.model.periods import WAR_BEGINS
from mali_cli.model.vocabulary import PRESENT
from mali_cli.queries import casualties, chart_tables, control, entities, events, fatalities
from mali_cli.results import ChartRequest, QueryResult, UnderlyingRows, pluralize

if TYPE_CHECKING:
    import pandas as pd

PERIODS = ("year", "quarter", "month")  # of a timeline


class ChartQueries:
    """The timeline and the map of the events that match the filters.

    Parameters
    ----------
    table
        Returns a table by its name.
    events_with_location
        All events with region, country and coordinates of their places.
    matching
        The result of `events` with the same filters.
    named_places
        Places named in a filter, without the places within them.
    origin
        Of a foreign file, such as "ACLED: mali.csv"; empty for our own tables.
    """

    def __init__(
        self,
        table: Callable[[str], pd.DataFrame],
        events_with_location: pd.DataFrame,
        matching: QueryResult,
        filters: Filters,
        named_places: frozenset[str],
        origin: str,
    ) -> None:
        self.table = table
        self.events_with_location = events_with_location
        self.matching = matching
        self.filters = filters
        self.named_places = named_places
        self.origin = origin

    def timeline(self, by: list[str], filter_text: str, actors: str, split: str = "") -> QueryResult:
        """Return events and people killed by year, quarter or month, empty periods included.

        `filter_text` are the filters in words, without the actors. With `split` there are these rows for each value
        of that column, those of the most events first.
        """
        period_key = _single_choice(by, PERIODS, "year", "period of --by", "timeline")
        columns = schema.result_columns("timeline")
        table, notes = self._events_and_fatalities(period_key, columns)
        table = chart_tables.with_empty_periods(
            table.rename(columns={period_key: "period"}), period_key, self.filters.period
        )
        chart_notes = list(notes)
        if table["period"].isna().any():
            text = _events_without_period(table[table["period"].isna()], period_key)
            notes.append(f"{text}: see the row without a period.")
            chart_notes.append(f"{text}: they are in no bar.")
        if len(table):
            notes.append("No record does not mean no violence.")
            chart_notes.append(notes[-1])
        chart = None
        if table["period"].notna().any():
            keys = events.time_bins(self.matching.frame, period_key)
            chart = self._chart_request("timeline", period_key, keys, list(table["period"]), chart_notes)
            first, last = self._first_drawn(table), table["period"].dropna().iloc[-1]
            if self.filters.period is None:
                filter_text = _with_period(filter_text, first if first == last else f"{first} to {last}")
            chart = chart._replace(filter_text=filter_text, actors=actors, first_drawn=first)
            early = table[table["period"].notna() & (table["period"] < first)]
            if len(early):
                early_year = str(early["period"].iloc[0])[:4]
                chart = chart._replace(early_events=int(early["events"].sum()), early_year=early_year)
        if split:
            if chart is not None:
                chart = chart._replace(kind="split timeline", split=split, load_underlying=None)
            table = self._split_rows(table, period_key, split)
            columns = (*columns, *(column for column in schema.result_columns("splits") if column.name == split))
        return QueryResult(table, columns, "periods", tuple(notes), empty_message="No events match.", chart=chart)

    def _split_rows(self, whole: pd.DataFrame, period_key: str, split: str) -> pd.DataFrame:
        """Return the rows of the timeline for each value of a column, over the periods of the whole.

        Types and regions are group keys, whose sums add up. An event has as many camps as take part in it, so that of
        camps each has the sums of its own events.
        """
        import pandas as pd

        matching = self.matching.frame
        is_camp = split == "camp"
        values = chart_tables.camps_taking_part(matching, self.table("groups")) if is_camp else matching[split]
        keys = [period_key] if is_camp else [period_key, split]
        columns = schema.result_columns("timeline")
        counts, sums, _ = self._counts_and_sums(keys, matching)
        tables = []
        for value in chart_tables.by_frequency(values):
            if is_camp:
                ids = values.index[values.isna() if value is None else values == value]
                own_counts, own_sums, _ = self._counts_and_sums(keys, matching.loc[ids.unique()])
            else:
                own_counts, own_sums = (chart_tables.of_value(rows, split, value) for rows in (counts, sums))
            part = chart_tables.merge_counts_and_sums(own_counts, own_sums, period_key, _measures(columns))
            rows = chart_tables.over_periods(part.rename(columns={period_key: "period"}), whole)
            tables.append(rows.assign(**{split: value}))
        return pd.concat(tables, ignore_index=True) if tables else whole.assign(**{split: None})

    def _first_drawn(self, table: pd.DataFrame) -> str:
        """Return the first period of a timeline: without --from that of the war, unless all events are earlier."""
        periods = table["period"].dropna()
        period = self.filters.period
        from_war = periods[periods >= WAR_BEGINS]
        has_later_events = table["events"].loc[from_war.index].sum() > 0
        is_given = period is not None and period.first is not None
        return str((periods if is_given or not has_later_events else from_war).iloc[0])

    def map(self, by: list[str], on: str | None, filter_text: str) -> QueryResult:
        """Return events and people killed by place; with `on`, also who held each place at the end of the period.

        `filter_text` are the filters in words.
        """
        measure = map_measure(by)
        places = self.table("places")
        areal_events = chart_tables.areal_events(self.table("events"), places)
        towns = entities.towns_of_buildings(places)
        columns = schema.result_columns("map")

        def map_rows(rows: pd.DataFrame) -> pd.DataFrame:
            return chart_tables.map_rows(rows, areal_events, towns)

        table, notes = self._events_and_fatalities("place", columns, map_rows)
        as_of = None if on is None or self.filters.period is None else self.filters.period.last
        holders = None if as_of is None else self._control_on(as_of, towns)
        table = chart_tables.map_table(table, places, holders, measure)
        notes += self._holder_notes(holders, as_of) if len(table) else []
        has_point = table["latitude"].notna() & table["longitude"].notna()
        if table.loc[~has_point, "events"].sum():
            notes.append(_note_on_events_off_the_map(table[~has_point]))
        chart = None
        if has_point.any():
            keys = map_rows(self.matching.frame)["place"]
            chart = self._map_chart(measure, table, keys, notes, holders)
            chart = chart._replace(filter_text=with_years(filter_text, self.filters, self.matching.frame))
            if holders is not None and as_of is not None:
                chart = self._holder_chart(chart, table[has_point], holders, as_of)
        table = table.reset_index(drop=True)
        return QueryResult(table, columns, "places", tuple(notes), empty_message="No events match.", chart=chart)

    def _map_chart(
        self,
        measure: str,
        table: pd.DataFrame,
        event_keys: pd.Series,
        notes: list[str],
        holders: pd.DataFrame | None,
    ) -> ChartRequest:
        """Return the chart of a table by place, its largest numbers first."""
        places = self.table("places")
        nested_places = frozenset(places.loc[places["within"].isin(table["place"].dropna()), "place"])
        chart = self._chart_request("map", measure, event_keys, list(table.index), notes, holders)
        return chart._replace(
            priority_places=self.named_places,
            nested_places=nested_places,
            regions=self.filters.regions,
            coverage=chart_tables.share_with_point(table),
            area_points=chart_tables.area_points(table, places),
        )

    def _holder_chart(
        self, chart: ChartRequest, drawn: pd.DataFrame, holders: pd.DataFrame, day: datetime.date
    ) -> ChartRequest:
        """Return the chart with the holders on a day, but not the events of that day, nor their sources."""
        present = holders["basis"] == PRESENT
        notes = control.notes_on_changes(holders[~present])
        if present.any():
            statements = pluralize(int(present.sum()), "statements")
            notes.append(
                f"Not drawn: {statements} on groups that were present in or around a place without holding it."
            )
        return chart._replace(
            as_of=day,
            load_documents=lambda: self._documents(chart_tables.source_keys(holders["sources"])),
            notes=tuple(notes),
            coverage=chart_tables.stale_holders(drawn, day),
            area_points={},
            camps=chart_tables.holder_camps(self.table("control"), self.table("groups")),
        )

    def _control_on(self, day: datetime.date, towns: dict[str, str]) -> pd.DataFrame:
        """Return the holders on a day of the places that match the filters of places, without buildings of a town."""
        filters = self.filters
        place_filters = Filters(
            places=filters.places,
            regions=filters.regions,
            event_countries=filters.event_countries,
            nearby_places=filters.nearby_places,
            max_age=filters.max_age,
        )
        holders = control.control_on(self.table, place_filters, day)
        holders = holders[holders["place"] == holders["place"].map(towns)]
        return holders[holders["country"].isin(filters.countries)] if filters.countries else holders

    def _holder_notes(self, holders: pd.DataFrame | None, day: datetime.date | None) -> list[str]:
        if holders is None or day is None:
            return []
        return control.holder_notes(holders[holders["basis"] != PRESENT], day, self.filters.max_age)

    def _events_and_fatalities(
        self,
        key: str,
        columns: tuple[schema.Column, ...],
        regroup: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return what `events --by` and `casualties --by --harm killed` give for a key, side by side, and the notes.

        `regroup` changes the values of the key in events and figures.
        """
        matching = self.matching.frame
        counts, sums, totals = self._counts_and_sums([key], matching, regroup)
        table = chart_tables.merge_counts_and_sums(counts, sums, key, _measures(columns))
        if table.empty:
            return table, list(self.matching.notes)
        summary = f"{pluralize(len(matching), 'events')}: {fatalities.summary_line(totals, self.filters)}"
        lost = fatalities.event_lost(matching, self.table("casualties"))
        return table, [*self.matching.notes, summary, *_lost_note(lost)]

    def _counts_and_sums(
        self,
        keys: list[str],
        matching: pd.DataFrame,
        regroup: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
    ) -> tuple[pd.DataFrame, pd.DataFrame, fatalities.SumTotals]:
        """Return the number of events by these keys, and the sums and totals of people killed in them."""
        filters = self.filters.without_victim_country  # here a country is that of the event
        all_figures = self.table("casualties")
        figures = casualties.filter_figures(all_figures, self.events_with_location, filters)
        figures = figures[figures["harm"] == "killed"]
        is_part = matching is not self.matching.frame
        if is_part or self.filters.has_killed_filters or self.filters.countries:
            figures = figures[figures["event_id"].isin(matching["event_id"])]
        figures, matching = regroup(figures), regroup(matching)
        partial = fatalities.partial_sums(figures, all_figures, matching, {}, keys, filters)
        sums, totals = fatalities.finalize(partial, keys, schema.result_columns("sums"), filters)
        return events.count_by(matching, keys), sums, totals

    def _chart_request(
        self,
        kind: str,
        measure: str,
        event_keys: pd.Series,
        row_keys: list[object],
        notes: list[str],
        holders: pd.DataFrame | None = None,
    ) -> ChartRequest:
        """Return the chart of a table: `event_keys` has the key of each event, `row_keys` that of each row."""

        def load_documents() -> tuple[str, ...]:
            return self._documents(self._cited_sources())

        def load_underlying() -> UnderlyingRows:
            sources = entities.filter_sources(self.table("documents"), self.table("references"), Filters())
            cited = self._cited_sources() | (set() if holders is None else chart_tables.source_keys(holders["sources"]))
            sources = sources[sources["source"].isin(cited)].reset_index(drop=True)
            return UnderlyingRows(
                self.matching._replace(origin=self.origin),
                chart_tables.event_row_index(event_keys, row_keys),
                QueryResult(self._figures.reset_index(drop=True), schema.table("casualties").columns, "figures"),
                QueryResult(sources, schema.result_columns("sources"), "sources"),
                None if holders is None else QueryResult(holders, schema.result_columns("intervals"), "holders"),
            )

        chart = ChartRequest(kind, measure, None, "", load_documents, tuple(notes), load_underlying)
        file_name = self.origin.partition(": ")[2]
        return chart._replace(subject=file_name, is_foreign=True) if file_name else chart

    @cached_property
    def _figures(self) -> pd.DataFrame:
        """All figures of the matching events."""
        figures = self.table("casualties")
        return figures[figures["event_id"].isin(self.matching.frame["event_id"])]

    def _documents(self, cited: set[str]) -> tuple[str, ...]:
        """Return what the rows rest on: the foreign file, or the titles of the cited documents."""
        return (self.origin,) if self.origin else chart_tables.document_titles(self.table("documents"), cited)

    def _cited_sources(self) -> set[str]:
        return chart_tables.source_keys(self.matching.frame["sources"], self._figures["sources"])


def _measures(columns: tuple[schema.Column, ...]) -> list[str]:
    """Return the columns of a chart that sums have too, beside the number of events."""
    names_in_chart = {column.name for column in columns} - {"events"}
    return [column.name for column in schema.result_columns("sums") if column.name in names_in_chart]


def with_years(filter_text: str, filters: Filters, days: pd.DataFrame) -> str:
    """Return the filters in words, with the first and the last year of these rows if no period is given."""
    if filters.period is not None or days.empty:
        return filter_text
    first, last = days["date_start"].min().year, days["date_end"].max().year
    return _with_period(filter_text, str(first) if first == last else f"{first} to {last}")


def _with_period(filter_text: str, period: str) -> str:
    return f"{filter_text}, {period}" if filter_text else period


def map_measure(by: list[str]) -> str:
    """Return what sizes the circles of a map: events or dead."""
    return _single_choice(by, ("events", "dead"), "events", "size of --by", "map")


def _single_choice(by: list[str], choices: tuple[str, ...], default: str, noun: str, query: str) -> str:
    if len(by) > 1:
        raise MaliError(f"{query} takes one --by: {names.join_or(list(choices))}.")
    return names.match_choice(by[0], choices, noun) if by else default


def _lost_note(lost: pd.DataFrame) -> list[str]:
    """Return the note on people lost, whom the number of killed leaves out; none without a number."""
    numbers = lost["lost_best"].dropna()
    if numbers.empty:
        return []
    events = pluralize(len(numbers), "events")
    return [f"Not counted as killed: {numbers.sum():,} lost (killed, wounded or captured) in {events}."]


def _events_without_period(rows: pd.DataFrame, period_key: str) -> str:
    number = int(rows["events"].sum())
    killed = rows["killed_best"].dropna()
    with_killed = f", with {int(killed.sum()):,} killed," if len(killed) else ""
    verb = "falls" if number == 1 else "fall"
    return f"{pluralize(number, 'events')}{with_killed} {verb} within no single {period_key}"


def _note_on_events_off_the_map(rows: pd.DataFrame) -> str:
    number, without_place = int(rows["events"].sum()), int(rows.loc[rows["place"].isna(), "events"].sum())
    with_place = "reported for a region, an area, a country or several places, or without coordinates"
    counts = {"without a place": without_place, with_place: number - without_place}
    parts = [f"{pluralize(count, 'events')} {reason}" for reason, count in counts.items() if count]
    return f"Without a point on the map: {'; '.join(parts)}."
