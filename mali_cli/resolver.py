"""The names that a dataset knows, and what was typed as Filters in the tables' own spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters, Membership
from mali_cli.model.periods import Period, may_overlap, parse_period
from mali_cli.model.vocabulary import ACTOR_COLUMNS
from mali_cli.queries import entities, relations

if TYPE_CHECKING:
    import pandas as pd

TextOrTexts = str | Iterable[str] | None

KEY_ALIASES = {"event_type": ("type",), "sub_event_type": ("sub_type",)}
# Where the words of --basis are declared.
BASIS_COLUMNS = {
    "control": ("control", "basis"),
    "people": ("people", "fate_basis"),
    "relations": ("relations", "basis"),
}


class NameResolver:
    """The names in a dataset's tables, each list made when first asked for; `table` gives a table by name.

    `beyond` gives, by kind, names that stand in the data though not in these tables, with their aliases; it is asked
    only for a name that is not known without it.
    """

    def __init__(
        self,
        table: Callable[[str], pd.DataFrame],
        beyond: Callable[[str], Mapping[str, Iterable[str]]] = lambda kind: {},
    ) -> None:
        self.table = table
        self.beyond = beyond

    def resolve_filters(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        on: str | None = None,
        dates: str | None = None,
        actor: TextOrTexts = None,
        against: TextOrTexts = None,
        claimed_by: TextOrTexts = None,
        place: TextOrTexts = None,
        region: TextOrTexts = None,
        where: TextOrTexts = None,
        country: TextOrTexts = None,
        near: str | None = None,
        type: TextOrTexts = None,
        text: TextOrTexts = None,
        source: TextOrTexts = None,
        min_killed: str | int | None = None,
        max_killed: str | int | None = None,
        group: TextOrTexts = None,
        inflicted_by: TextOrTexts = None,
        victims: TextOrTexts = None,
        harm: TextOrTexts = None,
        scope: TextOrTexts = None,
        according_to: TextOrTexts = None,
        kind: TextOrTexts = None,
        camp: TextOrTexts = None,
        independent: bool = False,
        disputed: bool = False,
        basis: TextOrTexts = None,
        relation: TextOrTexts = None,
        fate: TextOrTexts = None,
        status: TextOrTexts = None,
        unit: TextOrTexts = None,
        allied_with: TextOrTexts = None,
        at_war_with: TextOrTexts = None,
        members: bool = False,
        of: str = "events",
    ) -> Filters:
        """What was typed as plain values: periods, and the tables' own names with what belongs to them."""
        if dates is not None:
            names.match_choice(dates, ["certain"], "choice of --dates")
        if against is not None and actor is None:
            raise MaliError("--against goes with --actor: the two stand on opposite sides.")
        if members and actor is None:
            raise MaliError("--members goes with --actor: it takes the groups that belonged to it.")
        period = parse_period(since, until, on)
        actors = self._actors(actor)
        memberships = self._members(actors) if members else ()
        if of not in ("events", "casualties"):  # where nothing has a day of its own, members of the period count
            meets = [m for m in memberships if period is None or may_overlap(m.date_start, m.date_end, period)]
            actors = actors.union(*(member.groups for member in meets))
        return Filters(
            period=period,
            certain_dates_only=dates is not None,
            actors=actors,
            against=self._actors(against),
            claimed_by=self._actors(claimed_by),
            places=self._places_within(place),
            regions=self._resolve("regions", region),
            event_countries=self._resolve("countries", where),
            countries=self._resolve("countries", country),
            nearby_places=self._near(near),
            types=_parse_enum(type, ("events", "event_type"), ("events", "sub_event_type")),
            search_terms=tuple(as_list(text)),
            documents=self._resolve("sources", source),
            min_killed=parse_whole_number(min_killed, "--min-killed", 0),
            max_killed=parse_whole_number(max_killed, "--max-killed", 0),
            groups=self._actors(group),
            inflicted_by=self._actors(inflicted_by),
            victims=_parse_enum(victims, ("casualties", "victims")),
            harms=_parse_enum(harm, ("casualties", "harm")),
            scopes=_parse_enum(scope, ("casualties", "scope")),
            claimants=self._resolve("claimants", according_to),
            kinds=_parse_enum(kind, ("places" if of == "places" else "groups", "kind")),
            bases=_parse_enum(basis, BASIS_COLUMNS.get(of, ("events", "basis"))),
            relations=_parse_enum(relation, ("relations", "relation")),
            related=self._related(allied_with, at_war_with, period),
            fates=_parse_enum(fate, ("people", "fate")),
            statuses=_parse_enum(status, ("strengths", "status")),
            units=_parse_enum(unit, ("strengths", "unit")),
            memberships=memberships,
            camps=_parse_enum(camp, ("groups", "camp")),
            independent=independent,
            disputed=disputed,
        )

    @cached_property
    def groups(self) -> names.NameIndex:
        table = self.table("groups")
        known: dict[str, Iterable[str]] = {
            key: [*_split_list(name), *_split_list(aliases)]
            for key, name, aliases in zip(table["group"], table["name"], table["aliases"], strict=True)
        }
        for column in ACTOR_COLUMNS:
            for cell in self.table("events")[column].dropna().unique():
                for key in _split_list(cell):
                    known.setdefault(key, ())
        return names.NameIndex("group", "`mali groups` lists all.", known)

    @cached_property
    def places(self) -> names.NameIndex:
        table = self.table("places")
        known = {key: _split_list(aliases) for key, aliases in zip(table["place"], table["aliases"], strict=True)}
        return names.NameIndex("place", "`mali places` lists all.", known)

    @cached_property
    def regions(self) -> names.NameIndex:
        table = self.table("places")
        known: dict[str, list[str]] = {region: [f"{region} Region"] for region in table["region"].dropna().unique()}
        for region, kind, aliases in zip(table["region"], table["kind"], table["aliases"], strict=True):
            if kind == "region" and region in known:
                known[region] += _split_list(aliases)
                known[region] += [
                    alias[: -len(" region")] for alias in _split_list(aliases) if alias.endswith(" region")
                ]
        return names.NameIndex("region", f"Known are {', '.join(sorted(known))}.", known)

    @cached_property
    def countries(self) -> names.NameIndex:
        groups = self.table("groups")
        states = groups[groups["kind"] == "state"]
        known = {key: _split_list(aliases) for key, aliases in zip(states["group"], states["aliases"], strict=True)}
        for table in ("places", "groups", "casualties"):
            for country in self.table(table)["country"].dropna().unique():
                known.setdefault(country, [])
        return names.NameIndex("country", "`mali groups --kind state` lists most.", known)

    @cached_property
    def sources(self) -> names.NameIndex:
        documents = self.table("documents")
        known = {key: _split_list(title) for key, title in zip(documents["document"], documents["title"], strict=True)}
        known |= {reference: [] for reference in self.table("references")["reference"]}
        return names.NameIndex("source", "`mali sources` lists all.", known)

    @cached_property
    def claimants(self) -> names.NameIndex:
        known: dict[str, list[str]] = {giver: [] for giver in self.table("casualties")["according_to"].unique()}
        groups = self.table("groups")
        for key, name, aliases in zip(groups["group"], groups["name"], groups["aliases"], strict=True):
            if key in known:
                known[key] += [*_split_list(name), *_split_list(aliases)]
        return names.NameIndex("giver of figures", "`mali casualties --by according-to` lists all.", known)

    @cached_property
    def events(self) -> names.NameIndex:
        return names.NameIndex("event", "", dict.fromkeys(self.table("events")["event_id"], ()))

    @cached_property
    def people(self) -> names.NameIndex:
        known: dict[str, list[str]] = {}
        people = self.table("people")
        for person, aliases in zip(people["person"], people["aliases"], strict=True):
            known.setdefault(person, []).extend(_split_list(aliases))
        return names.NameIndex("person", "`mali people` lists all.", known)

    def canonical_names(self, known: str, asked: TextOrTexts) -> list[str]:
        """What was typed in the spelling of one of the lists of names, which is only made if something was."""
        typed = as_list(asked)
        if not typed:
            return []
        listing: names.NameIndex = getattr(self, known)
        if any(not listing.candidates(text) for text in typed) and (more := self.beyond(known)):
            listing = listing.extended(more)
        return [listing.resolve(text) for text in typed]

    def _resolve(self, known: str, asked: TextOrTexts) -> frozenset[str]:
        return frozenset(self.canonical_names(known, asked))

    def group(self, typed: str) -> str:
        """The key of a group by any of its names."""
        [key] = self._resolve("groups", typed)
        return key

    def _actors(self, asked: TextOrTexts) -> frozenset[str]:
        found = self._resolve("groups", asked)
        return entities.descendants(self.table("groups"), found) if found else found

    def _members(self, actors: frozenset[str]) -> tuple[Membership, ...]:
        """Who belonged to the actors, with what is part of them, and from when to when."""
        rows = relations.memberships(self.table("relations"), "other", actors)
        return tuple(
            Membership(entities.descendants(self.table("groups"), frozenset({group})), start, end)
            for group, start, end in zip(rows["group"], rows["date_start"], rows["date_end"], strict=True)
        )

    def _related(
        self, allied_with: TextOrTexts, at_war_with: TextOrTexts, period: Period | None
    ) -> frozenset[str] | None:
        """The groups that were allied or at war with those asked for; each given option narrows."""
        found = [
            relations.related(self.table("relations"), relation, self._actors(asked), period)
            for relation, asked in (("ally-of", allied_with), ("fought", at_war_with))
            if asked
        ]
        return frozenset.intersection(*found) if found else None

    def _places_within(self, asked: TextOrTexts) -> frozenset[str]:
        found = self._resolve("places", asked)
        return entities.descendants(self.table("places"), found, "within", "place") if found else found

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
        return entities.places_within_km(self.table("places"), self.places.resolve(place), kilometres)

    def resolve_entity(self, typed: str) -> tuple[str, str]:
        """The one event, group, place, person or source of that name; `place:Mali` says which kind is meant."""
        lists = {
            "event": self.events,
            "group": self.groups,
            "place": self.places,
            "person": self.people,
            "source": self.sources,
        }
        kind, colon, rest = typed.partition(":")
        if colon and kind in lists:
            return kind, lists[kind].resolve(rest)
        found = [(kind, key) for kind, known in lists.items() for key in known.candidates(typed)]
        if len(found) == 1:
            return found[0]
        if found:
            raise MaliError(f"{typed!r} may mean {names.join_or([f'{kind}:{key}' for kind, key in found])}; say which.")
        near = [key for known in lists.values() for key in known.suggestions(typed, 1)]
        hint = f" Did you mean {names.join_or(names.close_matches(typed, list(dict.fromkeys(near))))}?" if near else ""
        raise MaliError(f"nothing is called {typed!r}.{hint}")


def as_list(asked: TextOrTexts) -> list[str]:
    if asked is None:
        return []
    return [asked] if isinstance(asked, str) else list(asked)


def _parse_enum(asked: TextOrTexts, *where: tuple[str, str]) -> frozenset[str]:
    typed = as_list(asked)
    if not typed:
        return frozenset()
    allowed = [value for table, column in where for value in schema.table(table).column(column).enum]
    noun = {"event_type": "event type", "harm": "harm", "scope": "scope"}.get(where[0][1], where[0][1])
    return frozenset(names.match_choice(text, allowed, noun) for text in typed)


def parse_whole_number(typed: str | int | None, option: str, least: int) -> int | None:
    if typed is None:
        return None
    text = str(typed).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) < least:
        raise MaliError(f"{option} takes a whole number from {least} up, not {str(typed)!r}.")
    return int(text)


@cache
def group_key_index(keys: tuple[str, ...]) -> names.NameIndex:
    """The keys of --by, however their words are joined."""
    spelt = {key: [key, *KEY_ALIASES.get(key, ())] for key in keys}
    spelt = {key: [*spellings, *(name.replace("_", "-") for name in spellings)] for key, spellings in spelt.items()}
    return names.NameIndex("key of --by", f"It takes {', '.join(key.replace('_', '-') for key in keys)}.", spelt)


def parse_group_keys(typed: list[str], keys: tuple[str, ...]) -> list[str]:
    split = [part for text in typed for part in text.split(",")]
    return list(dict.fromkeys(group_key_index(keys).resolve(part) for part in split))


def _split_list(cell: Any) -> list[str]:
    return cell.split(";") if isinstance(cell, str) else []
