"""Filters: what was asked, as plain values with the tables' own spellings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from mali_cli.periods import Period

Nothing: frozenset[str] = frozenset()


class Membership(NamedTuple):
    """A group, with what is part of it, that belonged to another from and to dates as precise as known."""

    groups: frozenset[str]
    date_start: str | None
    date_end: str | None


@dataclass(frozen=True)
class Filters:
    """What narrows a question. An empty set narrows nothing; several values mean any of them.

    Sets of groups and places are already widened by what is `part_of` or `within` them.
    """

    period: Period | None = None
    certain: bool = False  # only dates that cannot lie outside the period
    actors: frozenset[str] = Nothing
    against: frozenset[str] = Nothing
    claimed_by: frozenset[str] = Nothing
    places: frozenset[str] = Nothing
    regions: frozenset[str] = Nothing
    where: frozenset[str] = Nothing  # countries in which it happened
    near: frozenset[str] | None = None  # places within a distance; empty means none is near
    countries: frozenset[str] = Nothing  # of casualties: the nationality of the victims
    types: frozenset[str] = Nothing  # event types and sub-event types
    texts: tuple[str, ...] = ()
    documents: frozenset[str] = Nothing
    min_killed: int | None = None
    max_killed: int | None = None
    groups: frozenset[str] = Nothing  # whose losses
    inflicted_by: frozenset[str] = Nothing
    victims: frozenset[str] = Nothing
    harms: frozenset[str] = Nothing
    scopes: frozenset[str] = Nothing
    givers: frozenset[str] = Nothing  # who gave the figure
    independent: bool = False
    disputed: bool = False
    kinds: frozenset[str] = Nothing
    camps: frozenset[str] = Nothing
    bases: frozenset[str] = Nothing
    relations: frozenset[str] = Nothing  # kinds of relation
    related: frozenset[str] | None = None  # groups that stand in a relation asked for; empty means none does
    fates: frozenset[str] = Nothing
    statuses: frozenset[str] = Nothing
    units: frozenset[str] = Nothing
    memberships: tuple[Membership, ...] = ()  # who belonged to the actors, and when

    def any_of(self, *names: str) -> bool:
        """Whether one of these filters narrows the question."""
        blank = {field.name: field.default for field in fields(self)}
        return any(getattr(self, name) != blank[name] for name in names)

    @property
    def of_events(self) -> bool:
        """Whether anything asks about the event behind a figure rather than about the figure."""
        return self.any_of(
            "actors", "against", "claimed_by", "types", "texts", "min_killed", "max_killed", "bases", *PLACE
        )

    @property
    def about_events(self) -> Filters:
        """The same without what is asked of figures; there a country is the victims', not the event's."""
        return replace(self, countries=Nothing)

    @property
    def of_figures(self) -> bool:
        """Whether anything asks about a figure that an event without figures cannot answer."""
        return self.any_of(
            "countries", "groups", "inflicted_by", "victims", "harms", "scopes", "givers", "independent", "disputed"
        )

    @property
    def cuts_totals(self) -> bool:
        """Whether a date, an actor or a place is set: a stated total cannot be cut to that."""
        return self.any_of("period") or self.of_events


PLACE = ("places", "regions", "where", "near")
