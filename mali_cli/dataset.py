"""Dataset: the tables behind one --data, each read when first asked for, and the questions put to them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.engine import partitions as engine
from mali_cli.engine.partitions import MapCombine
from mali_cli.errors import DataError, MaliError
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters, Membership
from mali_cli.queries import casualties, entities, events, fatalities, list_columns, relations
from mali_cli.queries.events import EventCounts
from mali_cli.resolver import NameResolver, TextOrTexts, as_list, parse_group_keys, parse_whole_number
from mali_cli.results import QueryResult, pluralize
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import bundled_backend, lookup_table
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.probe import is_sqlite_file, read_datapackage
from mali_cli.storage.sqlite import SqliteBackend

if TYPE_CHECKING:
    import pandas as pd

EVENT_COUNT_KEYS = (
    "year",
    "quarter",
    "month",
    "event_type",
    "sub_event_type",
    "actor",
    "place",
    "region",
    "in",
    "basis",
)
SUM_KEYS = (
    *("country", "in", "group", "actor", "camp", "year", "quarter", "month", "place", "region", "event"),
    *("event_type", "harm", "victims", "inflicted_by", "according_to", "document"),
)


GROUP_KEYS = {"events": EVENT_COUNT_KEYS, "casualties": SUM_KEYS}


def load(data: str | os.PathLike[str] | None = None, format_in: str | None = None) -> Dataset:
    """The dataset in a folder of tables or in a foreign file; without one, MALI_DATA or the tables of the program.

    `format_in` (acled, ucdp, un) says what a file is, instead of its columns.
    """
    given = data if data is not None else os.environ.get("MALI_DATA")
    if data is not None and not str(data):
        raise MaliError("--data is empty; it takes a folder with tables, or a file of ACLED, UCDP or the UN.")
    if not given:
        if format_in is not None:
            raise MaliError("--format-in goes with --data: it says what that file is.")
        return Dataset(bundled_backend())
    path = Path(given)
    if not path.exists():
        takes = "--data takes a folder with tables such as events.csv, or a file of ACLED, UCDP or the UN"
        raise DataError(f"there is no {path}; {takes}.")
    if not path.is_dir():
        if not path.is_file():
            raise DataError(f"{path} is a pipe or a device; --data takes a file, which may be read more than once.")
        if is_sqlite_file(path):
            if format_in is not None:
                raise MaliError(f"--format-in says what a table is; {path} is a database.")
            return Dataset(SqliteBackend(path))
        from mali_cli.formats.backend import ForeignFileBackend

        return Dataset(ForeignFileBackend(path, format_in))
    if format_in is not None:
        raise MaliError(f"--format-in says what a file is; {path} is a folder.")
    if read_datapackage(path).get("mali:format") == "parquet":
        from mali_cli.storage.parquet import ParquetBackend

        return Dataset(ParquetBackend(path))
    if not any((path / schema.table(name).path).exists() for name in schema.table_names()):
        raise DataError(f"{path} holds no table such as events.csv.")
    return Dataset(CsvBackend(path))


class Dataset:
    """Tables and questions. Every question takes the filters of the command line as keywords.

    Several values are a list; `since` and `until` are --from and --to, `where` is --in. Each returns a
    DataFrame with the rows and columns of the command: dates are datetime64, numbers Int64 or float,
    list columns text joined by `;`, blanks missing. MaliError says what is wrong with a question,
    DataError what is wrong with the data.
    """

    def __init__(self, store: Backend) -> None:
        self.backend = store

    @property
    def origin(self) -> str | None:
        """The format whose records the tables hold (ACLED, UCDP, UN); None where they were curated."""
        return self.backend.origin

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        return self.backend.table(name)

    def batches(self) -> Iterator[dict[str, pd.DataFrame]]:
        """All tables, part by part."""
        return self.backend.iter_batches()

    def events(self, **filter_args: Any) -> pd.DataFrame:
        """What happened; with by="year,type" how many."""
        return self.answer("events", **filter_args).frame

    def groups(self, **filter_args: Any) -> pd.DataFrame:
        """Who takes part."""
        return self.answer("groups", **filter_args).frame

    def casualties(self, **filter_args: Any) -> pd.DataFrame:
        """Who gave which figure; with by="country" their sums."""
        return self.answer("casualties", **filter_args).frame

    def places(self, **filter_args: Any) -> pd.DataFrame:
        """Towns, bases, regions and countries, and where they are."""
        return self.answer("places", **filter_args).frame

    def sources(self, **filter_args: Any) -> pd.DataFrame:
        """The documents and what they cite."""
        return self.answer("sources", **filter_args).frame

    def people(self, **filter_args: Any) -> pd.DataFrame:
        """Leaders, posts, and what became of them."""
        return self.answer("people", **filter_args).frame

    def relations(self, **filter_args: Any) -> pd.DataFrame:
        """Who stood with or against whom, and from when to when."""
        return self.answer("relations", **filter_args).frame

    def strengths(self, **filter_args: Any) -> pd.DataFrame:
        """Numbers of troops, fighters and aircraft, and who gave them."""
        return self.answer("strengths", **filter_args).frame

    def control(self, place: TextOrTexts = None, **filter_args: Any) -> pd.DataFrame:
        """Who held which place, from when to when; with on="2012-07-01" every place on that day."""
        return self.answer("control", place=place, **filter_args).frame

    def show(self, name: str, **filter_args: Any) -> pd.DataFrame:
        """All about one event, group, place, person or reference, line by line."""
        return self.answer("show", name=name, **filter_args).frame

    def lineage(self, name: str, **filter_args: Any) -> pd.DataFrame:
        """What a group came from, and what came from it."""
        return self.answer("lineage", name=name, **filter_args).frame

    def timeline(self, **filter_args: Any) -> pd.DataFrame:
        """Events and dead by="year", quarter or month, empty periods included; the filters of events."""
        return self.answer("timeline", **filter_args).frame

    def map(self, **filter_args: Any) -> pd.DataFrame:
        """Events and dead by place, with its point; with on="2012-07-01" also who held it."""
        return self.answer("map", **filter_args).frame

    def compare(self, other: str | os.PathLike[str] | Dataset, **filter_args: Any) -> pd.DataFrame:
        """Our events beside those of a file, another folder or a Dataset; `window` in days, `within` in kilometres."""
        return self.answer("compare", name=other, **filter_args).frame

    def answer(
        self,
        query: str,
        *,
        by: TextOrTexts = None,
        sort: TextOrTexts = None,
        limit: str | int | None = None,
        columns: TextOrTexts = None,
        **filter_args: Any,
    ) -> QueryResult:
        """The answer to a question, named as its command is, with what to know about it."""
        sort, columns = (",".join(as_list(words)) or None for words in (sort, columns))
        if query == "check":
            return _present(self._violations(), sort, limit, columns)
        if query == "compare":
            return _present(self._compare(filter_args.pop("name"), **filter_args), sort, limit, columns)
        if query in GROUP_KEYS:  # what cannot be shown is refused before anything is read
            keys = parse_group_keys(as_list(by), GROUP_KEYS[query])
            _parse_presentation(_columns_for(query, keys, filter_args.get("disputed")), sort, limit, columns)
            if keys and (parts := self.backend.partitions(filter_args)) is not None:
                return self._with_notes(
                    _present(self._aggregate_partitions(query, keys, parts), sort, limit, columns), filter_args
                )
        if by is not None and query == "casualties":
            summed = self.backend.try_aggregate(parse_group_keys(as_list(by), SUM_KEYS), filter_args)
            if summed is not None:
                return self._with_notes(_present(_sum_result(*summed), sort, limit, columns), filter_args)
        drawn = query in ("timeline", "map")
        store = self.backend.prefiltered(
            "casualties" if drawn else query, {**filter_args, "by": by, "columns": columns, "sort": sort}
        )
        if store is not self.backend:
            return Dataset(store).answer(query, by=by, sort=sort, limit=limit, columns=columns, **filter_args)
        name = filter_args.pop("name", None)
        filters = self.resolver.resolve_filters("events" if drawn else query, filter_args)
        keys = as_list(by)
        if name is not None:
            answer = {"show": self._profile, "lineage": self._lineage}[query](name)
        elif query == "control":
            answer = self._control(filters, filter_args.get("on"))
        elif drawn:
            answer = self._chart(query, filters, keys, filter_args)
        elif keys:
            answer = {"events": self._event_counts, "casualties": self._sums}[query](keys, filters)
        else:
            answer = {
                "events": self._events,
                "groups": self._groups,
                "casualties": self._casualties,
                "places": self._places,
                "sources": self._sources,
                "people": self._people,
                "relations": self._relations,
                "strengths": self._strengths,
            }[query](filters)
        answer = _present(answer, sort, limit, columns)
        return self._with_notes(answer, filter_args)

    def _with_notes(self, answer: QueryResult, filter_args: dict[str, Any]) -> QueryResult:
        """The answer with what reading the tables had to say, and whose rows it is made of."""
        notes = [*self.backend.notes, *answer.notes, *self._region_as_place_notes(filter_args)]
        if self.origin and answer.frame.empty:
            notes += self._names_missing_from_file(filter_args)
        return answer._replace(notes=tuple(notes), origin=self._title)

    def _region_as_place_notes(self, filter_args: dict[str, Any]) -> Iterator[str]:
        """Where a region or a country was asked for as a place: what that finds, and how to find the rest."""
        options = {"region": ("--region", "region"), "country": ("--in", "country")}
        if asked := self.resolver.canonical_names("places", filter_args.get("place")):
            places = lookup_table(self.backend, "places")
            for row in places[places["place"].isin(asked) & places["kind"].isin(options)].to_dict("records"):
                option, column = options[row["kind"]]
                wider = f"{option} {_shell_quoted(str(row[column]))}"
                yield f"{row['place']} as a place is what is told of it as a whole; {wider} takes all that lies in it."

    def _names_missing_from_file(self, filter_args: dict[str, Any]) -> list[str]:
        """Which of the names that were typed are known, but not to the file; a name never silently matches nothing."""
        file = self.backend.path.name
        known = lookup_table(self.backend, "groups")
        aliases = dict(zip(known["group"], map(list_columns.split, known["aliases"]), strict=True))
        beyond = self.backend.extra_names("groups")
        there = {
            key: aliases.get(key, beyond.get(key, ())) for key in sorted({*self.table("groups")["group"], *beyond})
        }
        notes = []
        for option in ("actor", "against", "claimed_by", "group", "inflicted_by"):
            for typed in as_list(filter_args.get(option)):
                key = self.resolver.group(typed)
                if entities.descendants(known, frozenset({key})).isdisjoint(there):
                    near = names.NameIndex("group", "", there).suggestions(typed)
                    notes.append(f"{file} names no {key}.{f' Close to it: {names.join_or(near)}.' if near else ''}")
        places = self.table("places")
        countries = {*places["country"].dropna(), *self.backend.extra_names("countries")}
        typed_countries = as_list(filter_args.get("where"))
        if typed_countries and not countries:
            notes.append(f"{file} tells of no event where it happened.")
        return notes

    @property
    def _title(self) -> str:
        return f"{self.origin}: {self.backend.path.name}" if self.origin else ""

    @cached_property
    def resolver(self) -> NameResolver:
        """The names in the tables, and what was typed put into them."""
        return NameResolver(partial(lookup_table, self.backend), self.backend.extra_names)

    @cached_property
    def _events_with_location(self) -> pd.DataFrame:
        return events.with_place(self.table("events"), self.table("places"))

    # The answers

    def _events(self, filters: Filters) -> QueryResult:
        figures = self.table("casualties")
        matching = events.filter_events(self._events_with_location, figures, filters)
        tolls = self.backend.event_fatalities(matching)
        found = fatalities.with_killed(matching, tolls, filters)
        notes = []
        if filters.min_killed is not None or filters.max_killed is not None:
            silent = fatalities.with_killed(matching, tolls, Filters())["killed_best"].isna().sum()
            notes.append(f"Left out: {pluralize(int(silent), 'events')} without a figure of people killed.")
        notes += self._coalition_notes(found, filters)
        undated = sorted({min(m.groups) for m in filters.memberships if not isinstance(m.date_start, str)})
        if undated:
            notes.append(f"Since when is not told of {', '.join(undated)}: their events of all times are here.")
        return QueryResult(found, _columns_for("events"), "events", tuple(notes), ("date_start", "date_end"))

    def _coalition_notes(self, found: pd.DataFrame, filters: Filters) -> list[str]:
        """How many further events the coalitions have to which the actor belonged: they are not its own."""
        if not filters.actors or filters.against:
            return []
        belonged = relations.memberships(self.table("relations"), "group", filters.actors)
        if belonged.empty:
            return []
        figures = self.table("casualties")
        others = replace(filters, actors=frozenset(), memberships=())
        further = events.filter_events(self._events_with_location, figures, others)
        further = further[~further["event_id"].isin(found["event_id"])]
        notes = []
        for body, rows in belonged.groupby("other"):
            groups = entities.descendants(self.table("groups"), frozenset({str(body)}))
            then = [Membership(groups, *dates) for dates in zip(rows["date_start"], rows["date_end"], strict=True)]
            number = events.is_by_members(further, figures, then).sum()
            if number:
                more = pluralize(int(number), "further events")
                notes.append(f"{body}, to which it belonged, has {more} (--actor {_shell_quoted(str(body))}).")
        return notes

    def _event_counts(self, keys: list[str], filters: Filters) -> QueryResult:
        keys = parse_group_keys(keys, EVENT_COUNT_KEYS)
        found = self._events(filters)
        return _count_result(events.count_by(found.frame, keys), len(found.frame), keys, found.notes)

    def _casualties(self, filters: Filters) -> QueryResult:
        found = casualties.filter_figures(self.table("casualties"), self._events_with_location, filters)
        if filters.disputed:
            found = casualties.with_estimate_width(found)
        columns = _columns_for("casualties", disputed=filters.disputed)
        return QueryResult(found, columns, "figures", (), ("date_start", "date_end"))

    def _sums(self, keys: list[str], filters: Filters) -> QueryResult:
        keys = parse_group_keys(keys, SUM_KEYS)
        return _sum_result(*_finalize_sums(self._partial_sums(keys, filters), keys, filters), keys, filters)

    def _partial_sums(self, keys: list[str], filters: Filters) -> fatalities.PartialSums:
        figures = self.table("casualties")
        found = casualties.filter_figures(figures, self._events_with_location, filters)
        matching = events.filter_events(self._events_with_location, figures, filters.without_victim_country)
        camps = dict(zip(self.table("groups")["group"], self.table("groups")["camp"], strict=True))
        return fatalities.partial_sums(found, figures, matching, camps, keys, filters)

    def _aggregate_partitions(self, query: str, keys: list[str], partitions: Iterator[Backend]) -> QueryResult:
        """The sums or counts of all data, with one partition in memory at a time."""
        filters = Filters()
        datasets = map(Dataset, partitions)
        if query == "casualties":
            sums = MapCombine[Dataset, fatalities.PartialSums](
                lambda dataset: dataset._partial_sums(keys, filters), lambda parts: fatalities.combine(parts, keys)
            )
            return _sum_result(*_finalize_sums(engine.run(sums, datasets), keys, filters), keys, filters)
        counts = MapCombine[Dataset, EventCounts](
            lambda dataset: dataset._partial_counts(keys, filters), lambda parts: events.add_counts(parts, keys)
        )
        total = engine.run(counts, datasets)
        return _count_result(events.order_counts(total.table, keys), total.events, keys)

    def _partial_counts(self, keys: list[str], filters: Filters) -> EventCounts:
        matching = events.filter_events(self._events_with_location, self.table("casualties"), filters)
        return EventCounts(events.counts(matching, keys), len(matching))

    def _groups(self, filters: Filters) -> QueryResult:
        found = entities.filter_groups(self.table("groups"), filters)
        return QueryResult(found, schema.table("groups").columns, "groups")

    def _places(self, filters: Filters) -> QueryResult:
        found = entities.filter_places(self.table("places"), filters)
        return QueryResult(found, schema.table("places").columns, "places")

    def _sources(self, filters: Filters) -> QueryResult:
        found = entities.filter_sources(self.table("documents"), self.table("references"), filters)
        if self.origin:  # what we tell of known groups rests on documents of ours, which are none of the file's
            found = found[~found["document"].isin(bundled_backend().table("documents")["document"])]
        return QueryResult(found, schema.result_columns("sources"), "sources")

    def _people(self, filters: Filters) -> QueryResult:
        found = entities.filter_people(self.table("people"), filters)
        return QueryResult(found, schema.table("people").columns, "posts")

    def _relations(self, filters: Filters) -> QueryResult:
        found = relations.filter_relations(self.table("relations"), filters)
        columns = (*schema.table("relations").columns, *schema.result_columns("relations"))
        return QueryResult(found, columns, "relations")

    def _strengths(self, filters: Filters) -> QueryResult:
        found = entities.filter_strengths(self.table("strengths"), filters)
        return QueryResult(found, schema.table("strengths").columns, "strengths")

    def _control(self, filters: Filters, on: str | None) -> QueryResult:
        """Intervals of holders; for one day the holder of every place, unknown where nothing is told before it."""
        from mali_cli.queries import control

        columns = schema.result_columns("intervals")
        statements, places = self.table("control"), self.table("places")
        day, last = filters.period or (None, None)
        if on is None or day is None or last != day:
            return QueryResult(control.control_intervals(statements, places, filters), columns, "intervals")
        found = control.control_on(statements, places, filters, day)
        unsure = int(((found["holder"] != control.UNKNOWN) & ~found["certain"].astype(bool)).sum())
        notes = (
            [f"{pluralize(unsure, 'rows')} within days on which the place may have changed hands: not certain."]
            if unsure
            else []
        )
        notes.append(
            "Each holder stands by the statement of the day since; the documents may have missed a later change."
        )
        return QueryResult(found, columns, "rows", tuple(notes))

    def _chart(self, query: str, filters: Filters, by: list[str], filter_args: dict[str, Any]) -> QueryResult:
        from mali_cli.filter_text import describe_filters
        from mali_cli.queries.chart_queries import ChartQueries

        asked = describe_filters(self.resolver, filters, filter_args)
        named = frozenset(self.resolver.canonical_names("places", filter_args.get("place")))
        draw = ChartQueries(
            self.table, self._events_with_location, self._events(filters), filters, asked, named, self._title
        )
        return draw.timeline(by) if query == "timeline" else draw.map(by, filter_args.get("on"))

    def _compare(
        self,
        other: Any,
        *,
        format_in: str | None = None,
        window: str | int = "3d",
        within: str | float = "25km",
        **filter_args: Any,
    ) -> QueryResult:
        """The same question about events put to both datasets, and their answers beside each other."""
        from mali_cli.queries import event_matching

        reach = event_matching.MatchWindow(
            int(_parse_quantity(window, "--window", r"(\d+) *d?", 366, "whole days such as 3d or 5")),
            _parse_quantity(within, "--within", r"(\d+(?:\.\d+)?) *(?:km)?", 20_000, "kilometres such as 25km or 7.5"),
        )
        if not other:
            raise MaliError("compare takes a file, or a folder of tables, to compare ours with.")
        both = {"ours": self, "theirs": other if isinstance(other, Dataset) else load(other, format_in)}
        sides: dict[str, event_matching.EventSet] = {}
        notes: dict[str, list[str]] = {}
        for whose, dataset in both.items():
            try:
                read = Dataset(dataset.backend.prefiltered("events", filter_args))
                answer = read.answer("events", **filter_args)
                found = answer.frame
                sides[whose] = event_matching.EventSet(found, read.table("places"), read.table("groups"))
                notes[whose] = [*(answer.notes if found.empty else read.backend.notes)]
            except DataError:
                raise
            except MaliError as refusal:
                # A name that one of them does not know may be one of the other's: this one has no such events.
                if notes and not sides:
                    raise
                notes[whose] = [f"None of {whose}: {refusal}"]
        asked = next(iter(sides.values()))
        nothing = asked._replace(events=asked.events.head(0))
        ours, theirs = (sides.get(whose, nothing) for whose in both)
        comparable = event_matching.comparable_mask(ours.events, theirs.events)
        left_out = int((~comparable).sum())
        ours = ours._replace(events=ours.events[comparable])
        table = event_matching.comparison_table(ours, theirs, reach)
        said = (*notes["ours"], *notes["theirs"], *event_matching.caveats(table, ours, theirs, left_out))
        titles = [dataset._title for dataset in both.values()]
        origin = " beside ".join(title or "our events (mali)" for title in titles) if any(titles) else ""
        return QueryResult(table, schema.result_columns("compare"), "rows", said, ("date", "date"), origin=origin)

    def _violations(self) -> QueryResult:
        import pandas as pd

        from mali_cli.validation import violations_in

        faults, sound = self.backend.validate() or (
            violations_in(self.backend),
            f"{self.backend.path}: {len(schema.table_names())} tables, no fault.",
        )
        columns = schema.result_columns("faults")
        order = [column.name for column in columns]
        rows = [(str(f.path), f.line, f.column, f.value, f.rule, f.record) for f in faults]
        frame = pd.DataFrame(rows, columns=order).astype({"line": "Int64", "record": "Int64"})
        files = {fault.path for fault in faults}
        noun = "tables" if self.backend.path.is_dir() else "files"
        notes = (f"{pluralize(len(faults), 'faults')} in {pluralize(len(files), noun)}.",) if faults else ()
        return QueryResult(frame, columns, "faults", notes, empty_message=sound)

    def _profile(self, typed: str) -> QueryResult:
        from mali_cli.queries import profiles

        kind, key = self.resolver.resolve_entity(typed)
        parts = frozenset({key})
        if kind == "group":
            parts = entities.descendants(self.table("groups"), parts)
        elif kind == "place":
            parts = entities.descendants(self.table("places"), parts, "within", "place")
        return QueryResult(profiles.profile(kind, key, self.table, parts), schema.result_columns("page"), "lines")

    def _lineage(self, typed: str) -> QueryResult:
        from mali_cli.queries import lineage_text

        group = self.resolver.groups.resolve(typed)
        steps = relations.lineage(self.table("relations"), group)
        drawn = (
            {"tree": lineage_text.tree(group, steps), "mermaid": lineage_text.mermaid(group, steps)}
            if len(steps)
            else {}
        )
        nothing = f"No split, merger or successor of {group} is told."
        return QueryResult(
            steps, schema.result_columns("lineage"), "steps", empty_message=nothing, alternate_renderings=drawn
        )


def _columns_for(query: str, keys: Sequence[str] = (), disputed: bool | None = False) -> tuple[schema.Column, ...]:
    """The columns of an answer about events or casualties, whole or split by keys."""
    if keys:
        declared = {column.name: column for column in schema.result_columns("keys")}
        counts = {"events": "event-counts", "casualties": "sums"}[query]
        return (*(declared[key] for key in keys), *schema.result_columns(counts))
    more = {"events": "events", "casualties": "disputed" if disputed else None}[query]
    return (*schema.table(query).columns, *(schema.result_columns(more) if more else ()))


def _count_result(frame: pd.DataFrame, number: int, keys: list[str], notes: Sequence[str] = ()) -> QueryResult:
    notes = [*notes, f"{pluralize(number, 'events')}."]
    if "actor" in keys:
        notes.append("Rows overlap: an event counts for each group that takes part in it.")
    return QueryResult(frame, _columns_for("events", keys), "rows", tuple(notes))


def _finalize_sums(
    part: fatalities.PartialSums, keys: list[str], filters: Filters
) -> tuple[pd.DataFrame, fatalities.SumTotals]:
    return fatalities.finalize(part, keys, schema.result_columns("sums"), filters)


def _sum_result(frame: pd.DataFrame, told: fatalities.SumTotals, keys: list[str], filters: Filters) -> QueryResult:
    notes = tuple(fatalities.caveats(frame, told, keys, filters))
    return QueryResult(frame, _columns_for("casualties", keys), "rows", notes)


def _parse_quantity(typed: str | float, option: str, form: str, most: int, right: str) -> float:
    """A number with or without its unit, as the form has it."""
    match = re.fullmatch(form, str(typed).strip().casefold(), re.ASCII)
    if match is None or float(match[1]) > most:
        raise MaliError(f"{option} takes {right}, at most {most:,}, not {str(typed)!r}.")
    return float(match[1])


def _shell_quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


class _Presentation(NamedTuple):
    """How an answer is to be shown, asked of the columns that it has."""

    by: list[str]
    ascending: list[bool]
    most: int | None
    shown: tuple[schema.Column, ...]


def _parse_presentation(
    has: tuple[schema.Column, ...], sort: str | None, limit: str | int | None, columns: str | None
) -> _Presentation:
    known = {column.name: column for column in has}
    by = [part.strip() for part in sort.split(",")] if sort is not None else []
    chosen = [names.match_choice(part.removeprefix("-"), known, "column") for part in by]
    most = parse_whole_number(limit, "--limit", 1)
    shown = has
    if columns is not None:
        everything = names.normalize_name(columns) == "all"
        wanted = known if everything else [names.match_choice(p.strip(), known, "column") for p in columns.split(",")]
        shown = tuple(known[name]._replace(default_visible=True) for name in dict.fromkeys(wanted))
    return _Presentation(chosen, [not part.startswith("-") for part in by], most, shown)


def _present(answer: QueryResult, sort: str | None, limit: str | int | None, columns: str | None) -> QueryResult:
    """Sorted, cut to the limit and to the columns asked for; what was cut is said in a note."""
    shape = _parse_presentation(answer.columns, sort, limit, columns)
    frame = answer.frame
    if sort or limit or columns:
        answer = answer._replace(alternate_renderings={}, chart=None)  # a picture shows all of it
    if shape.by:
        frame = frame.sort_values(shape.by, ascending=shape.ascending, kind="stable", na_position="last")
    total = len(frame)
    if shape.most is not None:
        frame = frame.head(shape.most)
    frame = frame[[column.name for column in shape.shown]].reset_index(drop=True)
    return answer._replace(frame=frame, columns=shape.shown, total_rows=total)
