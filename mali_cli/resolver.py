"""Resolve what users type to names as the tables spell them, and to Filters."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.model.administrative_areas import other_area_names
from mali_cli.model.civilian_kinds import civilian_kind
from mali_cli.model.country_codes import ISO_CODES
from mali_cli.model.filter_names import check_filter_names, filter_options
from mali_cli.model.filter_option import (
    AgeLimit,
    Choice,
    EnumOf,
    Interaction,
    Names,
    Option,
    PlaceDistance,
    WholeNumber,
    Words,
)
from mali_cli.model.filters import Filters, Membership
from mali_cli.model.interactions import KINDS, interaction
from mali_cli.model.periods import Period, may_overlap, parse_age, parse_period
from mali_cli.model.search_text import search_patterns
from mali_cli.model.shared_filters import Texts, as_list
from mali_cli.model.vocabulary import ACTOR_COLUMNS
from mali_cli.queries import entities, relations

if TYPE_CHECKING:
    import pandas as pd

QUERIES_WITH_DATED_ROWS = ("events", "casualties", "timeline", "map", "compare")


def parse_place_distance(typed: str) -> tuple[str, float]:
    """Return the place and the kilometres of --near; raise MaliError for what is not such as Gao:50."""
    place, _, distance = typed.rpartition(":")
    try:
        kilometres = float(distance)
        if not (place and 0 <= kilometres < 20_100):
            raise ValueError
    except ValueError:
        raise MaliError(f"--near takes a place and kilometres such as Gao:50, not {typed!r}.") from None
    return place, kilometres


class ForeignNames(Protocol):
    """The names of groups in foreign files; NameCrosswalk has them."""

    def groups_called(self, name: str) -> list[str]:
        """Return the groups that a name means."""

    def joint_groups(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the groups that belong to one of these and to another."""


class NameResolver:
    """Indexes of the names in a dataset's tables; each is built when it is first used.

    `table` returns a table by name, `distinct` the distinct cells of one of its columns. `extra_names` returns, by
    kind, further names with their aliases that occur in the data but not in the lookup tables; it is called only for a
    name that the tables do not have. Groups are first looked up in `foreign_names`, so that a group may be given by
    its name in foreign files.
    """

    def __init__(
        self,
        table: Callable[[str], pd.DataFrame],
        distinct: Callable[[str, str], Iterable[str]],
        extra_names: Callable[[str], Mapping[str, Iterable[str]]] = lambda kind: {},
        foreign_names: Callable[[], ForeignNames] | None = None,
    ) -> None:
        self.table = table
        self.distinct = distinct
        self.extra_names = extra_names
        self._make_foreign_names = foreign_names

    def resolve_filters(self, query: str, filter_args: Mapping[str, Any]) -> Filters:
        """Return Filters for the typed values of a query's filters; those of events are accepted for every query."""
        options = {**filter_options("events"), **filter_options(query)}
        check_filter_names(query, filter_args, options)
        typed = {name: value for name, value in filter_args.items() if value is not None}
        if "against" in typed and "actor" not in typed:
            raise MaliError("--against needs --actor: the two are on opposite sides.")
        if typed.get("members") and "actor" not in typed:
            raise MaliError("--members needs --actor: it adds the groups that belonged to it.")
        if "max_age" in typed and "on" not in typed:
            raise MaliError("--max-age needs --on: it is about who holds a place on a day.")
        period = parse_period(typed.get("since"), typed.get("until"), typed.get("on"))
        values = {
            options[name].field: self._resolve_value(options[name], value)
            for name, value in typed.items()
            if options[name].field
        }
        if values.get("dates") == "possible" and period is None:
            raise MaliError("--dates possible needs a period: --from, --to or --on.")
        filters = Filters(**values, period=period)
        if "allied_with" in typed or "at_war_with" in typed:
            related, stated = self._related(typed.get("allied_with"), typed.get("at_war_with"), period)
            filters = replace(filters, related=related, related_as_stated=stated)
        return self._with_members(query, filters) if typed.get("members") else filters

    def _resolve_value(self, option: Option, typed: Any) -> Any:
        """Return the value for the field of Filters that an option declares."""
        match option.value:
            case Names(kind, descendants):
                return self._resolve_with_descendants(kind, typed) if descendants else self._resolve(kind, typed)
            case EnumOf():
                return _parse_enum(typed, option.value)
            case Interaction():
                return frozenset(map(_parse_interaction, as_list(typed)))
            case Choice(choices):
                return names.match_choice(typed, choices, f"choice of {option.flag}")
            case WholeNumber(minimum):
                return parse_whole_number(typed, option.flag, minimum)
            case AgeLimit():
                return parse_age(typed, option.flag)
            case Words():
                texts = tuple(as_list(typed))
                for text in texts:
                    search_patterns(text)  # refuses what is no search before any data are read
                return texts
            case PlaceDistance():
                return self._places_near(typed)
            case _:
                return typed

    def canonical_names(self, kind: str, typed: Texts) -> list[str]:
        """Return typed names of a kind (groups, places ...) as the tables spell them.

        Several places may share a typed name; then all of them are returned.
        """
        typed_names = as_list(typed)
        if not typed_names:
            return []
        index: names.NameIndex = getattr(self, kind)
        called = {key: [name] for name in typed_names if kind == "groups" for key in self._groups_in_files(name)}
        if called:
            index = index.extended(called)
        if any(not index.candidates(name) for name in typed_names) and (extra := self.extra_names(kind)):
            index = index.extended(extra)
        if kind == "groups":
            _refuse_civilian_kinds(name for name in typed_names if not index.candidates(name))
        if kind == "places":
            return [key for name in typed_names for key in index.resolve_all(name)]
        return [index.resolve(name) for name in typed_names]

    def _groups_in_files(self, typed: str) -> list[str]:
        """Return the groups that foreign files call by a name that the tables do not have."""
        if self._foreign_names is None or self.groups.candidates(typed):
            return []
        return self._foreign_names.groups_called(typed)

    @cached_property
    def _foreign_names(self) -> ForeignNames | None:
        return self._make_foreign_names and self._make_foreign_names()

    def group(self, typed: str) -> str:
        """Return the key of a group by any of its names."""
        [key] = self.canonical_names("groups", typed)
        return key

    def resolve_entity(self, typed: str) -> tuple[str, str]:
        """Return kind and key of the event, group, place, person or source of a name; the kind may lead: place:Mali."""
        matches = self.entities_called(typed)
        if not matches:
            close = [key for _, key in self.entities_close_to(typed)]
            hint = f" Did you mean {names.join_or(list(dict.fromkeys(close)))}?" if close else ""
            raise MaliError(f"nothing is called {typed!r}.{hint}")
        if len(matches) > 1:
            commands = names.join_or([f"`mali show {shlex.quote(f'{kind}:{key}')}`" for kind, key in matches])
            raise MaliError(f"{typed!r} has several meanings: {commands}.")
        return matches[0]

    def entities_called(self, typed: str) -> list[tuple[str, str]]:
        """Return kind and key of everything that has this name; a kind may lead: place:Mali."""
        kind, colon, name = typed.partition(":")
        if colon and kind in self._entity_indexes:
            return [(kind, self.group(name) if kind == "group" else self._entity_indexes[kind].resolve(name))]
        called = [(kind, key) for kind, index in self._entity_indexes.items() for key in index.candidates(typed)]
        return called or [("group", key) for key in self._groups_in_files(typed)]

    def entities_close_to(self, typed: str) -> list[tuple[str, str]]:
        """Return kind and key of what has a name close to a typed one, at most one of each kind, best first."""
        close = [(kind, key) for kind, index in self._entity_indexes.items() for key in index.suggestions(typed, 1)]
        best = names.close_matches(typed, list(dict.fromkeys(key for _, key in close)))
        return [(kind, key) for name in best for kind, key in close if key == name]

    @property
    def _entity_indexes(self) -> dict[str, names.NameIndex]:
        return {
            "event": self.events,
            "group": self.groups,
            "place": self.places,
            "person": self.people,
            "source": self.sources,
        }

    def _resolve(self, kind: str, typed: Texts) -> frozenset[str]:
        return frozenset(self.canonical_names(kind, typed))

    def _resolve_with_descendants(self, kind: str, typed: Texts) -> frozenset[str]:
        """Return the named groups with their parts, or the named places with the places within them."""
        keys = self._resolve(kind, typed)
        if not keys:
            return keys
        if kind == "groups":
            return self.with_parts(keys)
        return entities.descendants(self.table(kind), keys, "within", "place")

    def with_parts(self, groups: frozenset[str]) -> frozenset[str]:
        """Return the groups, all that are part of them, and those that belong to one of them and to another."""
        return entities.descendants(self.table("groups"), groups) | self.joint_groups(groups)

    def joint_groups(self, groups: frozenset[str]) -> frozenset[str]:
        """Return the groups that belong to one of these or of their parts and to another group."""
        parts = entities.descendants(self.table("groups"), groups)
        return self._foreign_names.joint_groups(parts) if self._foreign_names else frozenset()

    def _with_members(self, query: str, filters: Filters) -> Filters:
        """Add the groups that belonged to the actors.

        Rows with dates of their own are compared with the dates of the membership; of other rows, those of all groups
        match that were members in the period.
        """
        rows = relations.memberships(self.table("relations"), "other", filters.actors)
        memberships = tuple(
            Membership(entities.descendants(self.table("groups"), frozenset({group})), start, end)
            for group, start, end in zip(rows["group"], rows["date_start"], rows["date_end"], strict=True)
        )
        actors = filters.actors
        if query not in QUERIES_WITH_DATED_ROWS:
            actors = actors.union(
                *(
                    member.groups
                    for member in memberships
                    if filters.period is None or may_overlap(member.date_start, member.date_end, filters.period)
                )
            )
        return replace(filters, actors=actors, memberships=memberships)

    def _related(self, allied_with: Texts, at_war_with: Texts, period: Period | None) -> relations.Related:
        """Return the groups allied with the first, if it is given, and at war with the second, if it is given."""
        related = [
            relations.related(
                self.table("relations"), relation, self._resolve_with_descendants("groups", typed), period
            )
            for relation, typed in (("ally-of", allied_with), ("fought", at_war_with))
            if typed
        ]
        return relations.Related(*(frozenset.intersection(*sets) for sets in zip(*related, strict=True)))

    def _places_near(self, typed: str) -> frozenset[str]:
        place, kilometres = parse_place_distance(typed)
        keys = self.places.resolve_all(place)
        return frozenset().union(*(entities.places_within_km(self.table("places"), key, kilometres) for key in keys))

    @cached_property
    def groups(self) -> names.NameIndex:
        table = self.table("groups")
        aliases: dict[str, Iterable[str]] = {
            key: [*_split_list(name), *_split_list(other_names)]
            for key, name, other_names in zip(table["group"], table["name"], table["aliases"], strict=True)
        }
        for column in ACTOR_COLUMNS:
            for cell in self.distinct("events", column):
                for key in _split_list(cell):
                    aliases.setdefault(key, ())
        return names.NameIndex("group", "`mali groups` lists all.", aliases)

    @cached_property
    def places(self) -> names.NameIndex:
        table = self.table("places")
        aliases = {key: _split_list(cell) for key, cell in zip(table["place"], table["aliases"], strict=True)}
        return names.NameIndex("place", "`mali places` lists all.", aliases)

    @cached_property
    def regions(self) -> names.NameIndex:
        aliases = self._area_aliases("region")
        return names.NameIndex("region", f"The regions are {', '.join(sorted(aliases))}.", aliases)

    @cached_property
    def admin2(self) -> names.NameIndex:
        listing = "`mali places --kind cercle` lists those of Mali."
        return names.NameIndex("second-level area", listing, self._area_aliases("admin2"))

    def _area_aliases(self, column: str) -> dict[str, list[str]]:
        """Return the regions or second-level areas, with the names of the places that are one of them as a whole."""
        table = self.table("places")
        aliases: dict[str, list[str]] = {area: [] for area in table[column].dropna().unique()}
        for area, place, cell in zip(table[column], table["place"], table["aliases"], strict=True):
            if area in aliases:
                aliases[area] += other_area_names(area, [place, *_split_list(cell)])
        return aliases

    @cached_property
    def countries(self) -> names.NameIndex:
        groups = self.table("groups")
        states = groups[groups["kind"] == "state"]
        aliases = {key: _split_list(cell) for key, cell in zip(states["group"], states["aliases"], strict=True)}
        of_tables = [*self.table("places")["country"].dropna(), *self.table("groups")["country"].dropna()]
        for country in (*of_tables, *self.distinct("casualties", "country")):
            aliases.setdefault(country, [])
        codes = {country: ISO_CODES[country] for country in aliases.keys() & ISO_CODES.keys()}
        return names.NameIndex("country", "`mali groups --kind state` lists most.", aliases, codes)

    @cached_property
    def sources(self) -> names.NameIndex:
        documents = self.table("documents")
        titles = {key: _split_list(title) for key, title in zip(documents["document"], documents["title"], strict=True)}
        titles |= {reference: [] for reference in self.table("references")["reference"]}
        return names.NameIndex("source", "`mali sources` lists all.", titles)

    @cached_property
    def claimants(self) -> names.NameIndex:
        aliases: dict[str, list[str]] = {key: [] for key in self.distinct("casualties", "according_to")}
        groups = self.table("groups")
        for key, name, other_names in zip(groups["group"], groups["name"], groups["aliases"], strict=True):
            if key in aliases:
                aliases[key] += [*_split_list(name), *_split_list(other_names)]
        return names.NameIndex("claimant", "`mali casualties --by according-to` lists all.", aliases)

    @cached_property
    def events(self) -> names.NameIndex:
        return names.NameIndex("event", "", dict.fromkeys(self.table("events")["event_id"], ()))

    @cached_property
    def people(self) -> names.NameIndex:
        aliases: dict[str, list[str]] = {}
        people = self.table("people")
        for person, cell in zip(people["person"], people["aliases"], strict=True):
            aliases.setdefault(person, []).extend(_split_list(cell))
        return names.NameIndex("person", "`mali people` lists all.", aliases)


def parse_whole_number(typed: str | int | None, option: str, minimum: int) -> int | None:
    """Return a whole number of at least `minimum`; MaliError names the option."""
    if typed is None:
        return None
    text = str(typed).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) < minimum:
        raise MaliError(f"{option} takes a whole number from {minimum} up, not {str(typed)!r}.")
    return int(text)


def _refuse_civilian_kinds(typed: Iterable[str]) -> None:
    for kind in filter(None, map(civilian_kind, typed)):
        raise MaliError(f"{kind} is a civilian kind, not a group: use --civilian-kind {shlex.quote(kind)}.")


def _parse_interaction(typed: str) -> str:
    found = interaction(typed)
    if found is None:
        kinds = names.join_and(list(KINDS.values()))
        raise MaliError(
            f"--interaction takes two kinds of actors such as State forces-Civilians, one such as Civilians only, or a"
            f" code such as 17, not {typed!r}. The kinds are {kinds}."
        )
    return found


def _parse_enum(typed: Texts, enum: EnumOf) -> frozenset[str]:
    return frozenset(enum.match(text) for text in as_list(typed))


def _split_list(cell: Any) -> list[str]:
    return cell.split(";") if isinstance(cell, str) else []
