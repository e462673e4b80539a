"""The answers that are drawn: events and dead over time and by place, and the rows on which they rest."""

from __future__ import annotations

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


class ChartQueries:
    """Pictures of the events that were found.

    `table` gives a table by name, `placed` are all events with their places, `asked` are the filters in words,
    `named` are the places asked for by name, without what lies within them, `origin` says of a foreign file what it is.
    """

    def __init__(
        self,
        table: Callable[[str], pd.DataFrame],
        placed: pd.DataFrame,
        found: QueryResult,
        filters: Filters,
        asked: str,
        named: frozenset[str],
        origin: str,
    ) -> None:
        self.table = table
        self.placed = placed
        self.found = found
        self.filters = filters
        self.asked = asked
        self.named = named
        self.origin = origin

    def timeline(self, by: list[str]) -> QueryResult:
        key = names.match_choice(by[0], tuple(events.TIME_KEYS), "period of --by") if len(by) == 1 else "year"
        if len(by) > 1:
            raise MaliError("timeline takes one --by: year, quarter or month.")
        columns = schema.result_columns("timeline")
        table, notes = self._events_and_fatalities(key, columns, frozenset())
        table = chart_tables.with_empty_periods(table.rename(columns={key: "period"}), key, self.filters.period)
        loose, said = table[table["period"].isna()], list(notes)
        if len(loose):
            dead = loose["killed_best"].dropna()
            killed = f", with {int(dead.sum()):,} killed," if len(dead) else ""
            number = int(loose["events"].sum())
            verb = "lies" if number == 1 else "lie"
            line = f"{pluralize(number, 'events')}{killed} {verb} in no single {key}"
            notes.append(f"{line}: the row without a period.")
            said.append(f"{line}, and so in no bar.")
        if len(table):
            notes.append("Silence in a document is not peace.")
            said.append(notes[-1])
        drawing = None
        if table["period"].notna().any():
            keys = events.time_bins(self.found.frame, key)
            rows = list(table["period"])
            drawing = self._chart_request("timeline", key, lambda: chart_tables.event_row_index(keys, rows), said)
        return QueryResult(table, columns, "periods", tuple(notes), empty_message="No events match.", chart=drawing)

    def map(self, by: list[str], on: str | None) -> QueryResult:
        size = names.match_choice(by[0], ("events", "dead"), "size of --by") if len(by) == 1 else "events"
        if len(by) > 1:
            raise MaliError("map takes one --by: events or dead.")
        places = self.table("places")
        wide = chart_tables.areal_events(self.table("events"), places)
        columns = schema.result_columns("map")
        table, notes = self._events_and_fatalities("place", columns, wide)
        held, day = None, None
        filters = self.filters
        if on is not None and filters.period is not None and filters.period.last is not None:
            day = filters.period.last
            where = Filters(
                places=filters.places,
                regions=filters.regions,
                event_countries=filters.event_countries,
                nearby_places=filters.nearby_places,
            )
            held = control.control_on(self.table("control"), places, where, day)
            if filters.countries:
                held = held[held["country"].isin(filters.countries)]
        table = chart_tables.map_table(table, places, held, size)
        if day is not None and len(table):
            notes.append(
                f"Holders on {day} by the last statement before it; the documents may have missed a later change."
            )
        off = table[table["latitude"].isna() | table["longitude"].isna()]
        if number := int(off["events"].sum()):
            placeless = int(off.loc[off["place"].isna(), "events"].sum())
            notes.append(
                f"Off the map: {pluralize(number, 'events')} without a point, {placeless:,} of them without a place;"
                " the others are told of a region, an area, a country or several places, or have no coordinates."
            )
        drawing = None
        if len(off) < len(table):
            keys, rows = chart_tables.tag_areal_rows(self.found.frame, wide)["place"], list(table.index)
            # Who held what is drawn without the events of that day.
            said = notes if day is None else [note for note in notes if note.startswith("Holders on")]
            told = None if held is None else held["sources"]
            drawing = self._chart_request("map", size, lambda: chart_tables.event_row_index(keys, rows), said, told)
            inner = frozenset(places.loc[places["within"].isin(table["place"].dropna()), "place"])
            drawing = drawing._replace(as_of=day, priority_places=self.named, nested_places=inner)
        table = table.reset_index(drop=True)
        return QueryResult(table, columns, "places", tuple(notes), empty_message="No events match.", chart=drawing)

    def _events_and_fatalities(
        self, key: str, columns: tuple[schema.Column, ...], wide: frozenset[str]
    ) -> tuple[pd.DataFrame, list[str]]:
        """Events and dead by a key as `events --by` and `casualties --by` have them, and what to know of them."""
        found, filters = self.found, self.filters
        figures = self.table("casualties")
        # Of figures a country is the victims'; here it is the event's.
        its = casualties.filter_figures(figures, self.placed, filters.without_victim_country)
        if filters.any_of("countries", "min_killed", "max_killed"):
            its = its[its["event_id"].isin(found.frame["event_id"])]
        happened = found.frame
        if wide:
            its, happened = chart_tables.tag_areal_rows(its, wide), chart_tables.tag_areal_rows(happened, wide)
        declared = schema.result_columns("sums")
        part = fatalities.partial_sums(its, figures, happened, {}, [key], filters.without_victim_country)
        sums_table, told = fatalities.finalize(part, [key], declared, filters.without_victim_country)
        shared = {column.name for column in columns} - {"events"}
        measures = [column.name for column in declared if column.name in shared]
        table = chart_tables.merge_counts_and_sums(events.count_by(happened, [key]), sums_table, key, measures)
        if table.empty:
            return table, list(found.notes)
        line = fatalities.caveats(sums_table, told, [key], filters.without_victim_country)[0]
        return table, [*found.notes, f"{pluralize(len(happened), 'events')}: {line}"]

    def _chart_request(
        self,
        picture: str,
        by: str,
        rows: Callable[[], tuple[int, ...]],
        notes: list[str],
        told: pd.Series | None = None,
    ) -> ChartRequest:
        """`rows` gives for each event its row of the answer; `told` are the sources where events are not drawn."""
        documents: tuple[str, ...] = (self.origin,)
        if not self.origin:
            documents = self._titles(self._cited_sources() if told is None else _keys(told))

        def behind() -> UnderlyingRows:
            sources = entities.filter_sources(self.table("documents"), self.table("references"), Filters())
            sources = sources[sources["source"].isin(self._cited_sources())].reset_index(drop=True)
            return UnderlyingRows(
                self.found._replace(origin=self.origin),
                rows(),
                QueryResult(self._figures.reset_index(drop=True), schema.table("casualties").columns, "figures"),
                QueryResult(sources, schema.result_columns("sources"), "sources"),
            )

        return ChartRequest(picture, by, None, self._subtitle(), documents, tuple(notes), behind)

    def _subtitle(self) -> str:
        """The filters in words; without a period, also the years from the first event to the last."""
        days = self.found.frame
        if self.filters.period is not None or days.empty:
            return self.asked
        first, last = days["date_start"].min().year, days["date_end"].max().year
        years = str(first) if first == last else f"{first} to {last}"
        return f"{self.asked}, {years}" if self.asked else years

    @cached_property
    def _figures(self) -> pd.DataFrame:
        """All that is told of people harmed in the events that were found."""
        figures = self.table("casualties")
        return figures[figures["event_id"].isin(self.found.frame["event_id"])]

    def _cited_sources(self) -> set[str]:
        return _keys(self.found.frame["sources"], self._figures["sources"])

    def _titles(self, cited: set[str]) -> tuple[str, ...]:
        """Title, publisher and date of the documents among what is cited."""
        documents = self.table("documents")
        rows = documents[documents["document"].isin(cited)]
        return tuple(
            ", ".join(str(part) for part in row if isinstance(part, str) and part)
            for row in zip(rows["title"], rows["publisher"], rows["published"], strict=True)
        )


def _keys(*columns: pd.Series) -> set[str]:
    """The keys of documents and references in these cells, and the documents of the references."""
    keys = {key for column in columns for cell in column.dropna().unique() for key in list_columns.split(cell)}
    return keys | {key.partition("#")[0] for key in keys}
