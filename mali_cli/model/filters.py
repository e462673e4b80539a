"""Filters: what was asked, as plain values with the tables' own spellings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from mali_cli.model.periods import Period

EMPTY: frozenset[str] = frozenset()


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
    certain_dates_only: bool = False  # only dates that cannot lie outside the period
    actors: frozenset[str] = EMPTY
    against: frozenset[str] = EMPTY
    claimed_by: frozenset[str] = EMPTY
    places: frozenset[str] = EMPTY
    regions: frozenset[str] = EMPTY
    event_countries: frozenset[str] = EMPTY  # countries in which it happened
    nearby_places: frozenset[str] | None = None  # places within a distance; empty means none is near
    countries: frozenset[str] = EMPTY  # of casualties: the nationality of the victims
    types: frozenset[str] = EMPTY  # event types and sub-event types
    search_terms: tuple[str, ...] = ()
    documents: frozenset[str] = EMPTY
    min_killed: int | None = None
    max_killed: int | None = None
    groups: frozenset[str] = EMPTY  # whose losses
    inflicted_by: frozenset[str] = EMPTY
    victims: frozenset[str] = EMPTY
    harms: frozenset[str] = EMPTY
    scopes: frozenset[str] = EMPTY
    claimants: frozenset[str] = EMPTY  # who gave the figure
    independent: bool = False
    disputed: bool = False
    kinds: frozenset[str] = EMPTY
    camps: frozenset[str] = EMPTY
    bases: frozenset[str] = EMPTY
    relations: frozenset[str] = EMPTY  # kinds of relation
    related: frozenset[str] | None = None  # groups that stand in a relation asked for; empty means none does
    fates: frozenset[str] = EMPTY
    statuses: frozenset[str] = EMPTY
    units: frozenset[str] = EMPTY
    memberships: tuple[Membership, ...] = ()  # who belonged to the actors, and when

    def any_of(self, *names: str) -> bool:
        """Whether one of these filters narrows the question."""
        blank = {field.name: field.default for field in fields(self)}
        return any(getattr(self, name) != blank[name] for name in names)

    @property
    def has_event_filters(self) -> bool:
        """Whether anything asks about the event behind a figure rather than about the figure."""
        return self.any_of(
            "actors",
            "against",
            "claimed_by",
            "types",
            "search_terms",
            "min_killed",
            "max_killed",
            "bases",
            *PLACE_FILTERS,
        )

    @property
    def without_victim_country(self) -> Filters:
        """The same without what is asked of figures; there a country is the victims', not the event's."""
        return replace(self, countries=EMPTY)

    @property
    def has_casualty_filters(self) -> bool:
        """Whether anything asks about a figure that an event without figures cannot answer."""
        return self.any_of(
            "countries", "groups", "inflicted_by", "victims", "harms", "scopes", "claimants", "independent", "disputed"
        )

    @property
    def excludes_stated_totals(self) -> bool:
        """Whether a date, an actor or a place is set: a stated total cannot be cut to that."""
        return self.any_of("period") or self.has_event_filters


PLACE_FILTERS = ("places", "regions", "event_countries", "nearby_places")
