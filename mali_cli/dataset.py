"""Dataset: the tables behind one --data, each read when first asked for, and the questions put to them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli import names, tables
from mali_cli.answers import Answer, counted
from mali_cli.errors import DataError, MaliError
from mali_cli.filters import Filters, Membership
from mali_cli.known import Asked, Known, keys_of, listed, whole_number
from mali_cli.queries import casualties, cells, events, registers, relations, sums
from mali_cli.stores import DatabaseStore, Store, described, is_database, our_own

if TYPE_CHECKING:
    import pandas as pd

EVENT_KEYS = ("year", "quarter", "month", "event_type", "sub_event_type", "actor", "place", "region", "in", "basis")
SUM_KEYS = (
    *("country", "in", "group", "actor", "camp", "year", "quarter", "month", "place", "region", "event"),
    *("event_type", "harm", "victims", "inflicted_by", "according_to", "document"),
)


KEYS = {"events": EVENT_KEYS, "casualties": SUM_KEYS}


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
        return Dataset(our_own())
    path = Path(given)
    if not path.exists():
        takes = "--data takes a folder with tables such as events.csv, or a file of ACLED, UCDP or the UN"
        raise DataError(f"there is no {path}; {takes}.")
    if not path.is_dir():
        if not path.is_file():
            raise DataError(f"{path} is a pipe or a device; --data takes a file, which may be read more than once.")
        if is_database(path):
            if format_in is not None:
                raise MaliError(f"--format-in says what a table is; {path} is a database.")
            return Dataset(DatabaseStore(path))
        from mali_cli.readers import File

        return Dataset(File(path, format_in))
    if format_in is not None:
        raise MaliError(f"--format-in says what a file is; {path} is a folder.")
    if described(path).get("mali:format") == "parquet":
        from mali_cli.converted import Converted

        return Dataset(Converted(path))
    if not any((path / tables.table(name).path).exists() for name in tables.names()):
        raise DataError(f"{path} holds no table such as events.csv.")
    return Dataset(Store(path))


class Dataset:
    """Tables and questions. Every question takes the filters of the command line as keywords.

    Several values are a list; `since` and `until` are --from and --to, `where` is --in. Each returns a
    DataFrame with the rows and columns of the command: dates are datetime64, numbers Int64 or float,
    list columns text joined by `;`, blanks missing. MaliError says what is wrong with a question,
    DataError what is wrong with the data.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def origin(self) -> str | None:
        """The format whose records the tables hold (ACLED, UCDP, UN); None where they were curated."""
        return self.store.origin

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        return self.store.table(name)

    def batches(self) -> Iterator[dict[str, pd.DataFrame]]:
        """All tables, part by part."""
        return self.store.batches()

    def events(self, **criteria: Any) -> pd.DataFrame:
        """What happened; with by="year,type" how many."""
        return self.answer("events", **criteria).frame

    def groups(self, **criteria: Any) -> pd.DataFrame:
        """Who takes part."""
        return self.answer("groups", **criteria).frame

    def casualties(self, **criteria: Any) -> pd.DataFrame:
        """Who gave which figure; with by="country" their sums."""
        return self.answer("casualties", **criteria).frame

    def places(self, **criteria: Any) -> pd.DataFrame:
        """Towns, bases, regions and countries, and where they are."""
        return self.answer("places", **criteria).frame

    def sources(self, **criteria: Any) -> pd.DataFrame:
        """The documents and what they cite."""
        return self.answer("sources", **criteria).frame

    def people(self, **criteria: Any) -> pd.DataFrame:
        """Leaders, posts, and what became of them."""
        return self.answer("people", **criteria).frame

    def relations(self, **criteria: Any) -> pd.DataFrame:
        """Who stood with or against whom, and from when to when."""
        return self.answer("relations", **criteria).frame

    def strengths(self, **criteria: Any) -> pd.DataFrame:
        """Numbers of troops, fighters and aircraft, and who gave them."""
        return self.answer("strengths", **criteria).frame

    def control(self, place: Asked = None, **criteria: Any) -> pd.DataFrame:
        """Who held which place, from when to when; with on="2012-07-01" every place on that day."""
        return self.answer("control", place=place, **criteria).frame

    def show(self, name: str, **criteria: Any) -> pd.DataFrame:
        """All about one event, group, place, person or reference, line by line."""
        return self.answer("show", name=name, **criteria).frame

    def lineage(self, name: str, **criteria: Any) -> pd.DataFrame:
        """What a group came from, and what came from it."""
        return self.answer("lineage", name=name, **criteria).frame

    def timeline(self, **criteria: Any) -> pd.DataFrame:
        """Events and dead by="year", quarter or month, empty periods included; the filters of events."""
        return self.answer("timeline", **criteria).frame

    def map(self, **criteria: Any) -> pd.DataFrame:
        """Events and dead by place, with its point; with on="2012-07-01" also who held it."""
        return self.answer("map", **criteria).frame

    def compare(self, other: str | os.PathLike[str] | Dataset, **criteria: Any) -> pd.DataFrame:
        """Our events beside those of a file, another folder or a Dataset; `window` in days, `within` in kilometres."""
        return self.answer("compare", name=other, **criteria).frame

    def answer(
        self,
        question: str,
        *,
        by: Asked = None,
        sort: Asked = None,
        limit: str | int | None = None,
        columns: Asked = None,
        **criteria: Any,
    ) -> Answer:
        """The answer to a question, named as its command is, with what to know about it."""
        sort, columns = (",".join(listed(words)) or None for words in (sort, columns))
        if question == "check":
            return _shaped(self._faults(), sort, limit, columns)
        if question == "compare":
            return _shaped(self._compare(criteria.pop("name"), **criteria), sort, limit, columns)
        if question in KEYS:  # what cannot be shown is refused before anything is read
            keys = keys_of(listed(by), KEYS[question])
            _shape(_columns_of(question, keys, criteria.get("disputed")), sort, limit, columns)
            if keys and (parts := self.store.parts(criteria)) is not None:
                return self._told(_shaped(self._added(question, keys, parts), sort, limit, columns), criteria)
        if by is not None and question == "casualties":
            summed = self.store.summed(keys_of(listed(by), SUM_KEYS), criteria)
            if summed is not None:
                return self._told(_shaped(_sum_answer(*summed), sort, limit, columns), criteria)
        drawn = question in ("timeline", "map")
        store = self.store.narrowed(
            "casualties" if drawn else question, {**criteria, "by": by, "columns": columns, "sort": sort}
        )
        if store is not self.store:
            return Dataset(store).answer(question, by=by, sort=sort, limit=limit, columns=columns, **criteria)
        name = criteria.pop("name", None)
        filters = self.known.filters(**criteria, of="events" if drawn else question)
        keys = listed(by)
        if name is not None:
            answer = {"show": self._page, "lineage": self._lineage}[question](name)
        elif question == "control":
            answer = self._control(filters, criteria.get("on"))
        elif drawn:
            answer = self._drawn(question, filters, keys, criteria)
        elif keys:
            answer = {"events": self._event_counts, "casualties": self._sums}[question](keys, filters)
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
            }[question](filters)
        answer = _shaped(answer, sort, limit, columns)
        return self._told(answer, criteria)

    def _told(self, answer: Answer, criteria: dict[str, Any]) -> Answer:
        """The answer with what reading the tables had to say, and whose rows it is made of."""
        notes = [*self.store.notes, *answer.notes, *self._of_regions_as_places(criteria)]
        if self.origin and answer.frame.empty:
            notes += self._not_in_the_file(criteria)
        return answer._replace(notes=tuple(notes), origin=self._title)

    def _of_regions_as_places(self, criteria: dict[str, Any]) -> Iterator[str]:
        """Where a region or a country was asked for as a place: what that finds, and how to find the rest."""
        options = {"region": ("--region", "region"), "country": ("--in", "country")}
        if asked := self.known.spelt("places", criteria.get("place")):
            places = self.store.lore("places")
            for row in places[places["place"].isin(asked) & places["kind"].isin(options)].to_dict("records"):
                option, column = options[row["kind"]]
                wider = f"{option} {_shell(str(row[column]))}"
                yield f"{row['place']} as a place is what is told of it as a whole; {wider} takes all that lies in it."

    def _not_in_the_file(self, criteria: dict[str, Any]) -> list[str]:
        """Which of the names that were typed are known, but not to the file; a name never silently matches nothing."""
        file = self.store.path.name
        known = self.store.lore("groups")
        aliases = dict(zip(known["group"], map(cells.split, known["aliases"]), strict=True))
        beyond = self.store.beyond("groups")
        there = {
            key: aliases.get(key, beyond.get(key, ())) for key in sorted({*self.table("groups")["group"], *beyond})
        }
        notes = []
        for option in ("actor", "against", "claimed_by", "group", "inflicted_by"):
            for typed in listed(criteria.get(option)):
                key = self.known.group(typed)
                if registers.part_of(known, frozenset({key})).isdisjoint(there):
                    near = names.Names("group", "", there).suggest(typed)
                    notes.append(f"{file} names no {key}.{f' Close to it: {names.either(near)}.' if near else ''}")
        places = self.table("places")
        countries = {*places["country"].dropna(), *self.store.beyond("countries")}
        typed_countries = listed(criteria.get("where"))
        if typed_countries and not countries:
            notes.append(f"{file} tells of no event where it happened.")
        return notes

    @property
    def _title(self) -> str:
        return f"{self.origin}: {self.store.path.name}" if self.origin else ""

    @cached_property
    def known(self) -> Known:
        """The names in the tables, and what was typed put into them."""
        return Known(self.store.lore, self.store.beyond)

    @cached_property
    def _placed_events(self) -> pd.DataFrame:
        return events.with_place(self.table("events"), self.table("places"))

    # The answers

    def _events(self, filters: Filters) -> Answer:
        figures = self.table("casualties")
        matching = events.events_matching(self._placed_events, figures, filters)
        tolls = self.store.tolls(matching)
        found = sums.with_killed(matching, tolls, filters)
        notes = []
        if filters.min_killed is not None or filters.max_killed is not None:
            silent = sums.with_killed(matching, tolls, Filters())["killed_best"].isna().sum()
            notes.append(f"Left out: {counted(int(silent), 'events')} without a figure of people killed.")
        notes += self._of_coalitions(found, filters)
        undated = sorted({min(m.groups) for m in filters.memberships if not isinstance(m.date_start, str)})
        if undated:
            notes.append(f"Since when is not told of {', '.join(undated)}: their events of all times are here.")
        return Answer(found, _columns_of("events"), "events", tuple(notes), ("date_start", "date_end"))

    def _of_coalitions(self, found: pd.DataFrame, filters: Filters) -> list[str]:
        """How many further events the coalitions have to which the actor belonged: they are not its own."""
        if not filters.actors or filters.against:
            return []
        belonged = relations.memberships(self.table("relations"), "group", filters.actors)
        if belonged.empty:
            return []
        figures = self.table("casualties")
        others = replace(filters, actors=frozenset(), memberships=())
        further = events.events_matching(self._placed_events, figures, others)
        further = further[~further["event_id"].isin(found["event_id"])]
        notes = []
        for body, rows in belonged.groupby("other"):
            groups = registers.part_of(self.table("groups"), frozenset({str(body)}))
            then = [Membership(groups, *dates) for dates in zip(rows["date_start"], rows["date_end"], strict=True)]
            number = events.of_members(further, figures, then).sum()
            if number:
                more = counted(int(number), "further events")
                notes.append(f"{body}, to which it belonged, has {more} (--actor {_shell(str(body))}).")
        return notes

    def _event_counts(self, keys: list[str], filters: Filters) -> Answer:
        keys = keys_of(keys, EVENT_KEYS)
        found = self._events(filters)
        return _count_answer(events.counted(found.frame, keys), len(found.frame), keys, found.notes)

    def _casualties(self, filters: Filters) -> Answer:
        found = casualties.figures_matching(self.table("casualties"), self._placed_events, filters)
        if filters.disputed:
            found = casualties.with_width(found)
        columns = _columns_of("casualties", disputed=filters.disputed)
        return Answer(found, columns, "figures", (), ("date_start", "date_end"))

    def _sums(self, keys: list[str], filters: Filters) -> Answer:
        keys = keys_of(keys, SUM_KEYS)
        return _sum_answer(*_whole(self._part(keys, filters), keys, filters), keys, filters)

    def _part(self, keys: list[str], filters: Filters) -> sums.Part:
        figures = self.table("casualties")
        found = casualties.figures_matching(figures, self._placed_events, filters)
        matching = events.events_matching(self._placed_events, figures, filters.about_events)
        camps = dict(zip(self.table("groups")["group"], self.table("groups")["camp"], strict=True))
        return sums.part(found, figures, matching, camps, keys, filters)

    def _added(self, question: str, keys: list[str], parts: Iterator[Store]) -> Answer:
        """The sums or counts of all data, of which only a part is at hand at a time."""
        filters = Filters()
        datasets = map(Dataset, parts)
        if question == "casualties":
            part = sums.added([data._part(keys, filters) for data in datasets], keys)
            return _sum_answer(*_whole(part, keys, filters), keys, filters)
        number, counts = 0, []
        for data in datasets:
            found = events.events_matching(data._placed_events, data.table("casualties"), filters)
            number += len(found)
            counts.append(events.counts(found, keys))
        return _count_answer(events.in_order(events.counts_added(counts, keys), keys), number, keys)

    def _groups(self, filters: Filters) -> Answer:
        found = registers.groups_matching(self.table("groups"), filters)
        return Answer(found, tables.table("groups").columns, "groups")

    def _places(self, filters: Filters) -> Answer:
        found = registers.places_matching(self.table("places"), filters)
        return Answer(found, tables.table("places").columns, "places")

    def _sources(self, filters: Filters) -> Answer:
        found = registers.sources_matching(self.table("documents"), self.table("references"), filters)
        if self.origin:  # what we tell of known groups rests on documents of ours, which are none of the file's
            found = found[~found["document"].isin(our_own().table("documents")["document"])]
        return Answer(found, tables.answer_columns("sources"), "sources")

    def _people(self, filters: Filters) -> Answer:
        found = registers.people_matching(self.table("people"), filters)
        return Answer(found, tables.table("people").columns, "posts")

    def _relations(self, filters: Filters) -> Answer:
        found = relations.relations_matching(self.table("relations"), filters)
        columns = (*tables.table("relations").columns, *tables.answer_columns("relations"))
        return Answer(found, columns, "relations")

    def _strengths(self, filters: Filters) -> Answer:
        found = registers.strengths_matching(self.table("strengths"), filters)
        return Answer(found, tables.table("strengths").columns, "strengths")

    def _control(self, filters: Filters, on: str | None) -> Answer:
        """Intervals of holders; for one day the holder of every place, unknown where nothing is told before it."""
        from mali_cli.queries import control

        columns = tables.answer_columns("intervals")
        statements, places = self.table("control"), self.table("places")
        day, last = filters.period or (None, None)
        if on is None or day is None or last != day:
            return Answer(control.held(statements, places, filters), columns, "intervals")
        found = control.held_on(statements, places, filters, day)
        unsure = int(((found["holder"] != control.UNKNOWN) & ~found["certain"].astype(bool)).sum())
        notes = (
            [f"{counted(unsure, 'rows')} within days on which the place may have changed hands: not certain."]
            if unsure
            else []
        )
        notes.append(
            "Each holder stands by the statement of the day since; the documents may have missed a later change."
        )
        return Answer(found, columns, "rows", tuple(notes))

    def _drawn(self, question: str, filters: Filters, by: list[str], criteria: dict[str, Any]) -> Answer:
        from mali_cli.asked import in_words
        from mali_cli.drawings import Drawings

        asked = in_words(self.known, filters, criteria)
        named = frozenset(self.known.spelt("places", criteria.get("place")))
        draw = Drawings(self.table, self._placed_events, self._events(filters), filters, asked, named, self._title)
        return draw.timeline(by) if question == "timeline" else draw.map(by, criteria.get("on"))

    def _compare(
        self,
        other: Any,
        *,
        format_in: str | None = None,
        window: str | int = "3d",
        within: str | float = "25km",
        **criteria: Any,
    ) -> Answer:
        """The same question about events put to both datasets, and their answers beside each other."""
        from mali_cli.queries import compare

        reach = compare.Reach(
            int(_measure(window, "--window", r"(\d+) *d?", 366, "whole days such as 3d or 5")),
            _measure(within, "--within", r"(\d+(?:\.\d+)?) *(?:km)?", 20_000, "kilometres such as 25km or 7.5"),
        )
        if not other:
            raise MaliError("compare takes a file, or a folder of tables, to compare ours with.")
        both = {"ours": self, "theirs": other if isinstance(other, Dataset) else load(other, format_in)}
        sides: dict[str, compare.Side] = {}
        notes: dict[str, list[str]] = {}
        for whose, dataset in both.items():
            try:
                read = Dataset(dataset.store.narrowed("events", criteria))
                answer = read.answer("events", **criteria)
                found = answer.frame
                sides[whose] = compare.Side(found, read.table("places"), read.table("groups"))
                notes[whose] = [*(answer.notes if found.empty else read.store.notes)]
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
        comparable = compare.comparable(ours.events, theirs.events)
        left_out = int((~comparable).sum())
        ours = ours._replace(events=ours.events[comparable])
        table = compare.compared(ours, theirs, reach)
        said = (*notes["ours"], *notes["theirs"], *compare.notes_on(table, ours, theirs, left_out))
        titles = [dataset._title for dataset in both.values()]
        origin = " beside ".join(title or "our events (mali)" for title in titles) if any(titles) else ""
        return Answer(table, tables.answer_columns("compare"), "rows", said, ("date", "date"), origin=origin)

    def _faults(self) -> Answer:
        import pandas as pd

        faults, sound = self.store.faults()
        columns = tables.answer_columns("faults")
        order = [column.name for column in columns]
        rows = [(str(f.path), f.line, f.column, f.value, f.rule, f.record) for f in faults]
        frame = pd.DataFrame(rows, columns=order).astype({"line": "Int64", "record": "Int64"})
        files = {fault.path for fault in faults}
        noun = "tables" if self.store.path.is_dir() else "files"
        notes = (f"{counted(len(faults), 'faults')} in {counted(len(files), noun)}.",) if faults else ()
        return Answer(frame, columns, "faults", notes, empty=sound)

    def _page(self, typed: str) -> Answer:
        from mali_cli.queries import pages

        kind, key = self.known.thing(typed)
        parts = frozenset({key})
        if kind == "group":
            parts = registers.part_of(self.table("groups"), parts)
        elif kind == "place":
            parts = registers.part_of(self.table("places"), parts, "within", "place")
        return Answer(pages.page(kind, key, self.table, parts), tables.answer_columns("page"), "lines")

    def _lineage(self, typed: str) -> Answer:
        from mali_cli.queries import trees

        group = self.known.groups.find(typed)
        steps = relations.lineage(self.table("relations"), group)
        drawn = {"tree": trees.tree(group, steps), "mermaid": trees.mermaid(group, steps)} if len(steps) else {}
        nothing = f"No split, merger or successor of {group} is told."
        return Answer(steps, tables.answer_columns("lineage"), "steps", empty=nothing, texts=drawn)


def _columns_of(question: str, keys: Sequence[str] = (), disputed: bool | None = False) -> tuple[tables.Column, ...]:
    """The columns of an answer about events or casualties, whole or split by keys."""
    if keys:
        declared = {column.name: column for column in tables.answer_columns("keys")}
        counts = {"events": "event-counts", "casualties": "sums"}[question]
        return (*(declared[key] for key in keys), *tables.answer_columns(counts))
    more = {"events": "events", "casualties": "disputed" if disputed else None}[question]
    return (*tables.table(question).columns, *(tables.answer_columns(more) if more else ()))


def _count_answer(frame: pd.DataFrame, number: int, keys: list[str], notes: Sequence[str] = ()) -> Answer:
    notes = [*notes, f"{counted(number, 'events')}."]
    if "actor" in keys:
        notes.append("Rows overlap: an event counts for each group that takes part in it.")
    return Answer(frame, _columns_of("events", keys), "rows", tuple(notes))


def _whole(part: sums.Part, keys: list[str], filters: Filters) -> tuple[pd.DataFrame, sums.Told]:
    return sums.whole(part, keys, tables.answer_columns("sums"), filters)


def _sum_answer(frame: pd.DataFrame, told: sums.Told, keys: list[str], filters: Filters) -> Answer:
    notes = tuple(sums.notes_on(frame, told, keys, filters))
    return Answer(frame, _columns_of("casualties", keys), "rows", notes)


def _measure(typed: str | float, option: str, form: str, most: int, right: str) -> float:
    """A number with or without its unit, as the form has it."""
    match = re.fullmatch(form, str(typed).strip().casefold(), re.ASCII)
    if match is None or float(match[1]) > most:
        raise MaliError(f"{option} takes {right}, at most {most:,}, not {str(typed)!r}.")
    return float(match[1])


def _shell(name: str) -> str:
    return f'"{name}"' if " " in name else name


class _Shape(NamedTuple):
    """How an answer is to be shown, asked of the columns that it has."""

    by: list[str]
    ascending: list[bool]
    most: int | None
    shown: tuple[tables.Column, ...]


def _shape(has: tuple[tables.Column, ...], sort: str | None, limit: str | int | None, columns: str | None) -> _Shape:
    known = {column.name: column for column in has}
    by = [part.strip() for part in sort.split(",")] if sort is not None else []
    chosen = [names.choose(part.removeprefix("-"), known, "column") for part in by]
    most = whole_number(limit, "--limit", 1)
    shown = has
    if columns is not None:
        everything = names.fold(columns) == "all"
        wanted = known if everything else [names.choose(p.strip(), known, "column") for p in columns.split(",")]
        shown = tuple(known[name]._replace(shown=True) for name in dict.fromkeys(wanted))
    return _Shape(chosen, [not part.startswith("-") for part in by], most, shown)


def _shaped(answer: Answer, sort: str | None, limit: str | int | None, columns: str | None) -> Answer:
    """Sorted, cut to the limit and to the columns asked for; what was cut is said in a note."""
    shape = _shape(answer.columns, sort, limit, columns)
    frame = answer.frame
    if sort or limit or columns:
        answer = answer._replace(texts={}, drawing=None)  # a picture shows all of it
    if shape.by:
        frame = frame.sort_values(shape.by, ascending=shape.ascending, kind="stable", na_position="last")
    total = len(frame)
    if shape.most is not None:
        frame = frame.head(shape.most)
    frame = frame[[column.name for column in shape.shown]].reset_index(drop=True)
    return answer._replace(frame=frame, columns=shape.shown, of=total)
