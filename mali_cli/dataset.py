"""Dataset: the tables behind one --data, each read when first asked for, and the questions put to them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import names, tables
from mali_cli.answers import Answer
from mali_cli.errors import DataError, MaliError
from mali_cli.filters import Filters
from mali_cli.periods import between
from mali_cli.queries import casualties, events, registers, sums

if TYPE_CHECKING:
    import pandas as pd

Asked = str | Iterable[str] | None

EVENT_KEYS = ("year", "quarter", "month", "event_type", "sub_event_type", "actor", "place", "region", "in", "basis")
SUM_KEYS = (
    *("country", "in", "group", "actor", "camp", "year", "quarter", "month", "place", "region", "event"),
    *("event_type", "harm", "victims", "inflicted_by", "according_to", "document"),
)
KEY_ALIASES = {"event_type": ("type",), "sub_event_type": ("sub_type",)}


def load(data: str | os.PathLike[str] | None = None) -> Dataset:
    """The dataset in a folder of CSV tables; without one, MALI_DATA or the tables that come with the program."""
    given = data or os.environ.get("MALI_DATA")
    if not given:
        return Dataset(tables.data_folder())
    folder = Path(given)
    if not folder.exists():
        raise DataError(f"there is no folder {folder}; --data takes a folder with tables such as events.csv.")
    if not folder.is_dir():
        raise DataError(f"{folder} is a file; --data takes a folder with tables such as events.csv.")
    if not any((folder / tables.table(name).path).exists() for name in tables.names()):
        raise DataError(f"{folder} holds no table such as events.csv.")
    return Dataset(folder)


class Dataset:
    """Tables and questions. Every question takes the filters of the command line as keywords.

    Several values are a list; `since` and `until` are --from and --to, `where` is --in. Each returns a
    DataFrame with the rows and columns of the command: dates are datetime64, numbers Int64 or float,
    list columns text joined by `;`, blanks missing. MaliError says what is wrong with a question,
    DataError what is wrong with the data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []  # what reading the tables had to leave out
        self._frames: dict[str, pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        if name not in self._frames:
            rows = tables.read_rows(self.folder, name)
            if rows.ignored:
                self.notes.append(f"{rows.path}: not read, for nothing declares them: {', '.join(rows.ignored)}.")
            self._frames[name] = tables.to_frame(rows)
        return self._frames[name]

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

    def answer(
        self,
        question: str,
        *,
        by: Asked = None,
        sort: str | None = None,
        limit: str | int | None = None,
        columns: str | None = None,
        **criteria: Any,
    ) -> Answer:
        """The answer to 'events', 'groups', 'casualties', 'places' or 'sources', with what to know about it."""
        filters = self.filters(**criteria, kinds_of="places" if question == "places" else "groups")
        keys = _listed(by)
        if keys:
            answer = {"events": self._event_counts, "casualties": self._sums}[question](keys, filters)
        else:
            answer = {
                "events": self._events,
                "groups": self._groups,
                "casualties": self._casualties,
                "places": self._places,
                "sources": self._sources,
            }[question](filters)
        answer = _shaped(answer, sort, limit, columns)
        return answer._replace(notes=(*self.notes, *answer.notes))

    # The answers

    def _events(self, filters: Filters) -> Answer:
        figures = self.table("casualties")
        matching = events.events_matching(self._placed_events, figures, filters)
        found = sums.with_killed(matching, figures, filters)
        notes = []
        if filters.min_killed is not None or filters.max_killed is not None:
            silent = sums.with_killed(matching, figures, Filters())["killed_best"].isna().sum()
            notes.append(f"Left out: {silent} events without a figure of people killed.")
        return Answer(found, _columns("events", "events"), "events", tuple(notes), ("date_start", "date_end"))

    def _event_counts(self, keys: list[str], filters: Filters) -> Answer:
        keys = _keys(keys, EVENT_KEYS)
        found = self._events(filters)
        notes = [*found.notes, f"{len(found.frame):,} events."]
        if "actor" in keys:
            notes.append("Rows overlap: an event counts for each group that takes part in it.")
        frame = events.counted(found.frame, keys)
        return Answer(frame, (*_key_columns(keys), *tables.answer_columns("event-counts")), "rows", tuple(notes))

    def _casualties(self, filters: Filters) -> Answer:
        found = casualties.figures_matching(self.table("casualties"), self._placed_events, filters)
        return Answer(found, tables.table("casualties").columns, "figures", (), ("date_start", "date_end"))

    def _sums(self, keys: list[str], filters: Filters) -> Answer:
        keys = _keys(keys, SUM_KEYS)
        figures = self.table("casualties")
        found = casualties.figures_matching(figures, self._placed_events, filters)
        matching = events.events_matching(self._placed_events, figures, filters.about_events)
        camps = dict(zip(self.table("groups")["group"], self.table("groups")["camp"], strict=True))
        columns = tables.answer_columns("sums")
        frame = sums.sums_by(found, figures, matching, camps, keys, filters, columns)
        notes = sums.notes_on(frame, found, figures, matching, keys, filters)
        return Answer(frame, (*_key_columns(keys), *columns), "rows", tuple(notes))

    def _groups(self, filters: Filters) -> Answer:
        found = registers.groups_matching(self.table("groups"), filters)
        return Answer(found, tables.table("groups").columns, "groups")

    def _places(self, filters: Filters) -> Answer:
        found = registers.places_matching(self.table("places"), filters)
        return Answer(found, tables.table("places").columns, "places")

    def _sources(self, filters: Filters) -> Answer:
        found = registers.sources_matching(self.table("documents"), self.table("references"), filters)
        return Answer(found, tables.answer_columns("sources"), "sources")

    # What was typed -> what it means

    def filters(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        on: str | None = None,
        dates: str | None = None,
        actor: Asked = None,
        against: Asked = None,
        claimed_by: Asked = None,
        place: Asked = None,
        region: Asked = None,
        where: Asked = None,
        country: Asked = None,
        near: str | None = None,
        type: Asked = None,
        text: Asked = None,
        source: Asked = None,
        min_killed: str | int | None = None,
        max_killed: str | int | None = None,
        group: Asked = None,
        inflicted_by: Asked = None,
        victims: Asked = None,
        harm: Asked = None,
        scope: Asked = None,
        according_to: Asked = None,
        kind: Asked = None,
        camp: Asked = None,
        independent: bool = False,
        disputed: bool = False,
        kinds_of: str = "groups",
    ) -> Filters:
        """What was typed as plain values: periods, and the tables' own names with what belongs to them."""
        if dates is not None:
            names.choose(dates, ["certain"], "choice of --dates")
        if against is not None and actor is None:
            raise MaliError("--against goes with --actor: the two stand on opposite sides.")
        return Filters(
            period=between(since, until, on),
            certain=dates is not None,
            actors=self._actors(actor),
            against=self._actors(against),
            claimed_by=self._actors(claimed_by),
            places=self._places_within(place),
            regions=self._found("region_names", region),
            where=self._found("country_names", where),
            countries=self._found("country_names", country),
            near=self._near(near),
            types=_chosen(type, ("events", "event_type"), ("events", "sub_event_type")),
            texts=tuple(_listed(text)),
            documents=self._found("source_names", source),
            min_killed=_number(min_killed, "--min-killed", 0),
            max_killed=_number(max_killed, "--max-killed", 0),
            groups=self._actors(group),
            inflicted_by=self._actors(inflicted_by),
            victims=_chosen(victims, ("casualties", "victims")),
            harms=_chosen(harm, ("casualties", "harm")),
            scopes=_chosen(scope, ("casualties", "scope")),
            givers=self._found("giver_names", according_to),
            kinds=_chosen(kind, (kinds_of, "kind")),
            camps=_chosen(camp, ("groups", "camp")),
            independent=independent,
            disputed=disputed,
        )

    @cached_property
    def group_names(self) -> names.Names:
        table = self.table("groups")
        known: dict[str, Iterable[str]] = {
            key: [*_split(name), *_split(aliases)]
            for key, name, aliases in zip(table["group"], table["name"], table["aliases"], strict=True)
        }
        for column in events.ROLES:
            for cell in self.table("events")[column].dropna().unique():
                for key in _split(cell):
                    known.setdefault(key, ())
        return names.Names("group", "`mali groups` lists all.", known)

    @cached_property
    def place_names(self) -> names.Names:
        table = self.table("places")
        known = {key: _split(aliases) for key, aliases in zip(table["place"], table["aliases"], strict=True)}
        return names.Names("place", "`mali places` lists all.", known)

    @cached_property
    def region_names(self) -> names.Names:
        table = self.table("places")
        known: dict[str, list[str]] = {region: [f"{region} Region"] for region in table["region"].dropna().unique()}
        for region, kind, aliases in zip(table["region"], table["kind"], table["aliases"], strict=True):
            if kind == "region" and region in known:
                known[region] += _split(aliases)
        return names.Names("region", f"Known are {', '.join(sorted(known))}.", known)

    @cached_property
    def country_names(self) -> names.Names:
        groups = self.table("groups")
        states = groups[groups["kind"] == "state"]
        known = {key: _split(aliases) for key, aliases in zip(states["group"], states["aliases"], strict=True)}
        for table in ("places", "groups", "casualties"):
            for country in self.table(table)["country"].dropna().unique():
                known.setdefault(country, [])
        return names.Names("country", "`mali groups --kind state` lists most.", known)

    @cached_property
    def source_names(self) -> names.Names:
        documents = self.table("documents")
        known = {key: _split(title) for key, title in zip(documents["document"], documents["title"], strict=True)}
        known |= {reference: [] for reference in self.table("references")["reference"]}
        return names.Names("source", "`mali sources` lists all.", known)

    @cached_property
    def giver_names(self) -> names.Names:
        known: dict[str, list[str]] = {giver: [] for giver in self.table("casualties")["according_to"].unique()}
        groups = self.table("groups")
        for key, name, aliases in zip(groups["group"], groups["name"], groups["aliases"], strict=True):
            if key in known:
                known[key] += [*_split(name), *_split(aliases)]
        return names.Names("giver of figures", "`mali casualties --by according-to` lists all.", known)

    @cached_property
    def _placed_events(self) -> pd.DataFrame:
        return events.with_place(self.table("events"), self.table("places"))

    def _found(self, known: str, asked: Asked) -> frozenset[str]:
        """What was typed in the spelling of one of the lists of names, which is only made if something was."""
        typed = _listed(asked)
        return frozenset(getattr(self, known).find(text) for text in typed) if typed else frozenset()

    def _actors(self, asked: Asked) -> frozenset[str]:
        found = self._found("group_names", asked)
        return registers.part_of(self.table("groups"), found) if found else found

    def _places_within(self, asked: Asked) -> frozenset[str]:
        found = self._found("place_names", asked)
        return registers.part_of(self.table("places"), found, "within", "place") if found else found

    def _near(self, asked: str | None) -> frozenset[str] | None:
        if asked is None:
            return None
        place, _, distance = asked.rpartition(":")
        try:
            kilometres = float(distance)
            if not (place and 0 <= kilometres < 20_100):
                raise ValueError
        except ValueError:
            raise MaliError(f"--near takes a place and kilometres such as Gao:50, not {asked!r}.") from None
        return registers.within_km(self.table("places"), self.place_names.find(place), kilometres)


def _columns(table: str, answer: str) -> tuple[tables.Column, ...]:
    return (*tables.table(table).columns, *tables.answer_columns(answer))


@cache
def key_names(keys: tuple[str, ...]) -> names.Names:
    """The keys of --by, however their words are joined."""
    spelt = {key: [key, *KEY_ALIASES.get(key, ())] for key in keys}
    spelt = {key: [*spellings, *(name.replace("_", "-") for name in spellings)] for key, spellings in spelt.items()}
    return names.Names("key of --by", f"It takes {', '.join(key.replace('_', '-') for key in keys)}.", spelt)


def _keys(typed: list[str], keys: tuple[str, ...]) -> list[str]:
    split = [part for text in typed for part in text.split(",")]
    return list(dict.fromkeys(key_names(keys).find(part) for part in split))


def _key_columns(keys: list[str]) -> tuple[tables.Column, ...]:
    declared = {column.name: column for column in tables.answer_columns("keys")}
    return tuple(declared[key] for key in keys)


def _split(cell: Any) -> list[str]:
    return cell.split(";") if isinstance(cell, str) else []


def _listed(asked: Asked) -> list[str]:
    if asked is None:
        return []
    return [asked] if isinstance(asked, str) else list(asked)


def _chosen(asked: Asked, *where: tuple[str, str]) -> frozenset[str]:
    typed = _listed(asked)
    if not typed:
        return frozenset()
    allowed = [value for table, column in where for value in tables.table(table).column(column).enum]
    noun = {"event_type": "event type", "harm": "harm", "scope": "scope"}.get(where[0][1], where[0][1])
    return frozenset(names.choose(text, allowed, noun) for text in typed)


def _number(typed: str | int | None, option: str, least: int) -> int | None:
    if typed is None:
        return None
    text = str(typed).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) < least:
        raise MaliError(f"{option} takes a whole number from {least} up, not {str(typed)!r}.")
    return int(text)


def _shaped(answer: Answer, sort: str | None, limit: str | int | None, columns: str | None) -> Answer:
    """Sorted, cut to the limit and to the columns asked for; what was cut is said in a note."""
    frame = answer.frame
    known = [column.name for column in answer.columns]
    if sort is not None:
        by = [part.strip() for part in sort.split(",")]
        descending = [part.startswith("-") for part in by]
        chosen = [names.choose(part.removeprefix("-"), known, "column") for part in by]
        frame = frame.sort_values(
            chosen, ascending=[not down for down in descending], kind="stable", na_position="last"
        )
    most = _number(limit, "--limit", 1)
    total = len(frame)
    if most is not None:
        frame = frame.head(most)
    shown = answer.columns
    if columns is not None and names.fold(columns) != "all":
        wanted = [names.choose(part.strip(), known, "column") for part in columns.split(",")]
        shown = tuple(answer.columns[known.index(name)]._replace(shown=True) for name in dict.fromkeys(wanted))
    elif columns is not None:
        shown = tuple(column._replace(shown=True) for column in shown)
    frame = frame[[column.name for column in shown]].reset_index(drop=True)
    return answer._replace(frame=frame, columns=shown, of=total)
