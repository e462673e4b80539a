"""The names that a dataset knows, and what was typed as Filters in the tables' own spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from mali_cli import names, tables
from mali_cli.errors import MaliError
from mali_cli.filters import Filters, Membership
from mali_cli.periods import Period, between, may_meet
from mali_cli.queries import registers, relations
from mali_cli.queries.events import ROLES

if TYPE_CHECKING:
    import pandas as pd

Asked = str | Iterable[str] | None

KEY_ALIASES = {"event_type": ("type",), "sub_event_type": ("sub_type",)}
# Where the words of --basis are declared.
BASES = {"control": ("control", "basis"), "people": ("people", "fate_basis"), "relations": ("relations", "basis")}


class Known:
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
        basis: Asked = None,
        relation: Asked = None,
        fate: Asked = None,
        status: Asked = None,
        unit: Asked = None,
        allied_with: Asked = None,
        at_war_with: Asked = None,
        members: bool = False,
        of: str = "events",
    ) -> Filters:
        """What was typed as plain values: periods, and the tables' own names with what belongs to them."""
        if dates is not None:
            names.choose(dates, ["certain"], "choice of --dates")
        if against is not None and actor is None:
            raise MaliError("--against goes with --actor: the two stand on opposite sides.")
        if members and actor is None:
            raise MaliError("--members goes with --actor: it takes the groups that belonged to it.")
        period = between(since, until, on)
        actors = self._actors(actor)
        memberships = self._members(actors) if members else ()
        if of not in ("events", "casualties"):  # where nothing has a day of its own, members of the period count
            meets = [m for m in memberships if period is None or may_meet(m.date_start, m.date_end, period)]
            actors = actors.union(*(member.groups for member in meets))
        return Filters(
            period=period,
            certain=dates is not None,
            actors=actors,
            against=self._actors(against),
            claimed_by=self._actors(claimed_by),
            places=self._places_within(place),
            regions=self._found("regions", region),
            where=self._found("countries", where),
            countries=self._found("countries", country),
            near=self._near(near),
            types=_chosen(type, ("events", "event_type"), ("events", "sub_event_type")),
            texts=tuple(listed(text)),
            documents=self._found("sources", source),
            min_killed=whole_number(min_killed, "--min-killed", 0),
            max_killed=whole_number(max_killed, "--max-killed", 0),
            groups=self._actors(group),
            inflicted_by=self._actors(inflicted_by),
            victims=_chosen(victims, ("casualties", "victims")),
            harms=_chosen(harm, ("casualties", "harm")),
            scopes=_chosen(scope, ("casualties", "scope")),
            givers=self._found("givers", according_to),
            kinds=_chosen(kind, ("places" if of == "places" else "groups", "kind")),
            bases=_chosen(basis, BASES.get(of, ("events", "basis"))),
            relations=_chosen(relation, ("relations", "relation")),
            related=self._related(allied_with, at_war_with, period),
            fates=_chosen(fate, ("people", "fate")),
            statuses=_chosen(status, ("strengths", "status")),
            units=_chosen(unit, ("strengths", "unit")),
            memberships=memberships,
            camps=_chosen(camp, ("groups", "camp")),
            independent=independent,
            disputed=disputed,
        )

    @cached_property
    def groups(self) -> names.Names:
        table = self.table("groups")
        known: dict[str, Iterable[str]] = {
            key: [*_split(name), *_split(aliases)]
            for key, name, aliases in zip(table["group"], table["name"], table["aliases"], strict=True)
        }
        for column in ROLES:
            for cell in self.table("events")[column].dropna().unique():
                for key in _split(cell):
                    known.setdefault(key, ())
        return names.Names("group", "`mali groups` lists all.", known)

    @cached_property
    def places(self) -> names.Names:
        table = self.table("places")
        known = {key: _split(aliases) for key, aliases in zip(table["place"], table["aliases"], strict=True)}
        return names.Names("place", "`mali places` lists all.", known)

    @cached_property
    def regions(self) -> names.Names:
        table = self.table("places")
        known: dict[str, list[str]] = {region: [f"{region} Region"] for region in table["region"].dropna().unique()}
        for region, kind, aliases in zip(table["region"], table["kind"], table["aliases"], strict=True):
            if kind == "region" and region in known:
                known[region] += _split(aliases)
                known[region] += [alias[: -len(" region")] for alias in _split(aliases) if alias.endswith(" region")]
        return names.Names("region", f"Known are {', '.join(sorted(known))}.", known)

    @cached_property
    def countries(self) -> names.Names:
        groups = self.table("groups")
        states = groups[groups["kind"] == "state"]
        known = {key: _split(aliases) for key, aliases in zip(states["group"], states["aliases"], strict=True)}
        for table in ("places", "groups", "casualties"):
            for country in self.table(table)["country"].dropna().unique():
                known.setdefault(country, [])
        return names.Names("country", "`mali groups --kind state` lists most.", known)

    @cached_property
    def sources(self) -> names.Names:
        documents = self.table("documents")
        known = {key: _split(title) for key, title in zip(documents["document"], documents["title"], strict=True)}
        known |= {reference: [] for reference in self.table("references")["reference"]}
        return names.Names("source", "`mali sources` lists all.", known)

    @cached_property
    def givers(self) -> names.Names:
        known: dict[str, list[str]] = {giver: [] for giver in self.table("casualties")["according_to"].unique()}
        groups = self.table("groups")
        for key, name, aliases in zip(groups["group"], groups["name"], groups["aliases"], strict=True):
            if key in known:
                known[key] += [*_split(name), *_split(aliases)]
        return names.Names("giver of figures", "`mali casualties --by according-to` lists all.", known)

    @cached_property
    def events(self) -> names.Names:
        return names.Names("event", "", dict.fromkeys(self.table("events")["event_id"], ()))

    @cached_property
    def people(self) -> names.Names:
        known: dict[str, list[str]] = {}
        people = self.table("people")
        for person, aliases in zip(people["person"], people["aliases"], strict=True):
            known.setdefault(person, []).extend(_split(aliases))
        return names.Names("person", "`mali people` lists all.", known)

    def spelt(self, known: str, asked: Asked) -> list[str]:
        """What was typed in the spelling of one of the lists of names, which is only made if something was."""
        typed = listed(asked)
        if not typed:
            return []
        listing: names.Names = getattr(self, known)
        if any(not listing.meant(text) for text in typed) and (more := self.beyond(known)):
            listing = listing.with_more(more)
        return [listing.find(text) for text in typed]

    def _found(self, known: str, asked: Asked) -> frozenset[str]:
        return frozenset(self.spelt(known, asked))

    def group(self, typed: str) -> str:
        """The key of a group by any of its names."""
        [key] = self._found("groups", typed)
        return key

    def _actors(self, asked: Asked) -> frozenset[str]:
        found = self._found("groups", asked)
        return registers.part_of(self.table("groups"), found) if found else found

    def _members(self, actors: frozenset[str]) -> tuple[Membership, ...]:
        """Who belonged to the actors, with what is part of them, and from when to when."""
        rows = relations.memberships(self.table("relations"), "other", actors)
        return tuple(
            Membership(registers.part_of(self.table("groups"), frozenset({group})), start, end)
            for group, start, end in zip(rows["group"], rows["date_start"], rows["date_end"], strict=True)
        )

    def _related(self, allied_with: Asked, at_war_with: Asked, period: Period | None) -> frozenset[str] | None:
        """The groups that were allied or at war with those asked for; each given option narrows."""
        found = [
            relations.related(self.table("relations"), relation, self._actors(asked), period)
            for relation, asked in (("ally-of", allied_with), ("fought", at_war_with))
            if asked
        ]
        return frozenset.intersection(*found) if found else None

    def _places_within(self, asked: Asked) -> frozenset[str]:
        found = self._found("places", asked)
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
        return registers.within_km(self.table("places"), self.places.find(place), kilometres)

    def thing(self, typed: str) -> tuple[str, str]:
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
            return kind, lists[kind].find(rest)
        found = [(kind, key) for kind, known in lists.items() for key in known.meant(typed)]
        if len(found) == 1:
            return found[0]
        if found:
            raise MaliError(f"{typed!r} may mean {names.either([f'{kind}:{key}' for kind, key in found])}; say which.")
        near = [key for known in lists.values() for key in known.suggest(typed, 1)]
        hint = f" Did you mean {names.either(names.nearest(typed, list(dict.fromkeys(near))))}?" if near else ""
        raise MaliError(f"nothing is called {typed!r}.{hint}")


def listed(asked: Asked) -> list[str]:
    if asked is None:
        return []
    return [asked] if isinstance(asked, str) else list(asked)


def _chosen(asked: Asked, *where: tuple[str, str]) -> frozenset[str]:
    typed = listed(asked)
    if not typed:
        return frozenset()
    allowed = [value for table, column in where for value in tables.table(table).column(column).enum]
    noun = {"event_type": "event type", "harm": "harm", "scope": "scope"}.get(where[0][1], where[0][1])
    return frozenset(names.choose(text, allowed, noun) for text in typed)


def whole_number(typed: str | int | None, option: str, least: int) -> int | None:
    if typed is None:
        return None
    text = str(typed).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) < least:
        raise MaliError(f"{option} takes a whole number from {least} up, not {str(typed)!r}.")
    return int(text)


@cache
def key_names(keys: tuple[str, ...]) -> names.Names:
    """The keys of --by, however their words are joined."""
    spelt = {key: [key, *KEY_ALIASES.get(key, ())] for key in keys}
    spelt = {key: [*spellings, *(name.replace("_", "-") for name in spellings)] for key, spellings in spelt.items()}
    return names.Names("key of --by", f"It takes {', '.join(key.replace('_', '-') for key in keys)}.", spelt)


def keys_of(typed: list[str], keys: tuple[str, ...]) -> list[str]:
    split = [part for text in typed for part in text.split(",")]
    return list(dict.fromkeys(key_names(keys).find(part) for part in split))


def _split(cell: Any) -> list[str]:
    return cell.split(";") if isinstance(cell, str) else []
