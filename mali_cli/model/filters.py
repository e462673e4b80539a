"""The filters, each declared once: its option and help, the keyword of the library, and the field of Filters.

Typer options, completion, name resolution, chart titles and the library's signatures are derived from here.
A new filter is an item of a TypedDict below (an alias if several queries take it) and a field of Filters.
"""

# No `from __future__ import annotations`: the annotations of the TypedDicts are read at run time.

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, NamedTuple, Self, TypedDict

from mali_cli.model.filter_option import (
    Choice,
    Date,
    EnumOf,
    Flag,
    Names,
    Option,
    WholeNumber,
    declared_options,
)
from mali_cli.model.periods import Age, Period
from mali_cli.model.profile import SECTIONS
from mali_cli.model.shared_filters import (
    COUNTRY,
    FATES,
    GROUP,
    OVERLAPPING_FROM,
    REPORTED,
    SCOPES,
    Actor,
    Admin2,
    Against,
    Basis,
    CivilianKind,
    CivilianTargeting,
    ClaimedBy,
    Dates,
    DateText,
    DisorderType,
    InteractionFilter,
    MaxAge,
    Members,
    MinKilled,
    Near,
    Number,
    On,
    Place,
    Region,
    Rolling,
    Search,
    Source,
    Split,
    Texts,
    Type,
    Until,
    Where,
)


class PeriodFilters(TypedDict, total=False):
    """A period; `on` stands for `since` and `until`. Rows with dates such as 2012 match if they may overlap it."""

    since: Annotated[DateText, Option("--from", OVERLAPPING_FROM, Date())]
    until: Until
    on: On


class EventPeriodFilters(TypedDict, total=False):
    """A period of events or figures, and whether they certainly fall into it."""

    since: Annotated[DateText, Option("--from", "First day: 2012, 2012-06 or 2012-06-27.", Date())]
    until: Until
    on: On
    dates: Dates


class EventConditions(TypedDict, total=False):
    """What an event must match; a figure matches if its event does."""

    actor: Actor
    members: Members
    against: Against
    claimed_by: ClaimedBy
    type: Type
    civilian_kind: CivilianKind
    text: Search
    place: Place
    near: Near
    region: Region
    admin2: Admin2
    where: Where
    civilian_targeting: CivilianTargeting
    disorder_type: DisorderType
    interaction: InteractionFilter


class FigureConditions(TypedDict, total=False):
    """What a figure must match; an event without figures never does."""

    group: Annotated[Texts, Option("--group", "Group that suffered the losses.", GROUP, "groups", alias="--losses-of")]
    country: Annotated[Texts, Option("--country", "Nationality of the victims.", COUNTRY, "countries")]
    inflicted_by: Annotated[Texts, Option("--inflicted-by", "Group that inflicted the losses.", GROUP, "inflicted_by")]
    victims: Annotated[Texts, Option("--victims", "Who the victims were.", EnumOf("casualties.victims"), "victims")]
    harm: Annotated[Texts, Option("--harm", "What happened to them.", EnumOf("casualties.harm"), "harms")]
    scope: Annotated[Texts, Option("--scope", SCOPES, EnumOf("casualties.scope"), "scopes")]
    according_to: Annotated[Texts, Option("--according-to", "Who gave the figure.", Names("claimants"), "claimants")]
    independent: Annotated[
        bool,
        Option("--independent", "Without figures given by parties, governments and armies.", Flag(), "independent"),
    ]
    disputed: Annotated[
        bool,
        Option("--disputed", "Only figures that contradict each other, or were revised or denied.", Flag(), "disputed"),
    ]


class EventFilters(EventPeriodFilters, EventConditions, total=False):
    """Filters of events, timelines and maps."""

    country: Annotated[Texts, Option("--country", "The same as --in.", COUNTRY, "countries", "in {}")]
    basis: Basis
    source: Source
    min_killed: MinKilled
    max_killed: Annotated[
        Number,
        Option("--max-killed", "Maximum killed (best estimate).", WholeNumber(), "max_killed", "at most {} killed"),
    ]


class EventCountFilters(EventFilters, total=False):
    """Filters of events, and what is added to their number by period."""

    rolling: Rolling


class TimelineFilters(EventFilters, total=False):
    """Filters of timelines, and what a timeline is split by."""

    split: Split
    rolling: Rolling


class MapFilters(EventFilters, total=False):
    """Filters of maps."""

    max_age: MaxAge


class CasualtyFilters(EventPeriodFilters, EventConditions, FigureConditions, total=False):
    """Filters of casualties and their sums."""

    basis: Basis
    source: Source
    min_killed: MinKilled
    rolling: Rolling


class CompareFilters(EventPeriodFilters, total=False):
    """Filters of the events to compare."""

    actor: Actor
    type: Type
    place: Place
    near: Near
    region: Region
    admin2: Admin2
    where: Where
    min_killed: MinKilled


class GroupFilters(TypedDict, total=False):
    """Filters of groups."""

    kind: Annotated[Texts, Option("--kind", "Kind of group.", EnumOf("groups.kind"), "kinds")]
    camp: Annotated[Texts, Option("--camp", "On whose side the group is.", EnumOf("groups.camp"), "camps")]
    country: Annotated[Texts, Option("--country", "Country the group is from.", COUNTRY, "countries")]
    on: On
    allied_with: Annotated[Texts, Option("--allied-with", "Allies of this group; with --on, at that time.", GROUP)]
    at_war_with: Annotated[Texts, Option("--at-war-with", "Fought this group; with --on, at that time.", GROUP)]
    actor: Actor
    members: Members
    text: Search
    source: Source


class PlaceFilters(TypedDict, total=False):
    """Filters of places."""

    place: Place
    near: Near
    region: Region
    admin2: Admin2
    where: Where
    country: Annotated[Texts, Option("--country", "The same as --in.", COUNTRY, "countries")]
    kind: Annotated[Texts, Option("--kind", "Kind of place.", EnumOf("places.kind"), "kinds")]


class SourceFilters(TypedDict, total=False):
    """Filters of source documents and references."""

    source: Source
    documents: Annotated[
        bool, Option("--documents", "Only the documents, without the references they cite.", Flag(), "documents_only")
    ]
    text: Search


class ShowFilters(TypedDict, total=False):
    """What to show of a profile."""

    section: Annotated[
        Texts,
        Option(
            "--section",
            "Only this section: parts, figures, control, people, strengths, relations, events, losses, holders or"
            " groups; the facts are event, group, place, person or source.",
            Choice(tuple(dict.fromkeys(name for names in SECTIONS.values() for name in names)), repeatable=True),
        ),
    ]


class PeopleFilters(PeriodFilters, total=False):
    """Filters of people and their posts."""

    actor: Actor
    members: Members
    fate: Annotated[Texts, Option("--fate", FATES, EnumOf("people.fate"), "fates")]
    basis: Annotated[Texts, Option("--basis", "How well founded the fate is.", EnumOf("people.fate_basis"), "bases")]
    text: Search
    source: Source


class RelationFilters(PeriodFilters, total=False):
    """Filters of relations between groups."""

    actor: Actor
    members: Members
    relation: Annotated[Texts, Option("--relation", "Kind of relation.", EnumOf("relations.relation"), "relations")]
    basis: Annotated[Texts, Option("--basis", REPORTED, EnumOf("relations.basis"), "bases")]
    text: Search
    source: Source


class StrengthFilters(PeriodFilters, total=False):
    """Filters of strengths."""

    actor: Actor
    members: Members
    country: Annotated[Texts, Option("--country", "Country of origin, where it is stated.", COUNTRY, "countries")]
    status: Annotated[Texts, Option("--status", "What the number stands for.", EnumOf("strengths.status"), "statuses")]
    unit: Annotated[Texts, Option("--unit", "What is counted.", EnumOf("strengths.unit"), "units")]
    text: Search
    source: Source


class ControlFilters(PeriodFilters, total=False):
    """Filters of control over places."""

    actor: Actor
    members: Members
    place: Place
    near: Near
    region: Region
    admin2: Admin2
    where: Where
    basis: Annotated[Texts, Option("--basis", "How well founded it is.", EnumOf("control.basis"), "bases")]
    max_age: MaxAge
    text: Search
    source: Source


FILTERS_BY_QUERY: Mapping[str, type] = {
    "events": EventCountFilters,
    "casualties": CasualtyFilters,
    "timeline": TimelineFilters,
    "map": MapFilters,
    "compare": CompareFilters,
    "groups": GroupFilters,
    "places": PlaceFilters,
    "sources": SourceFilters,
    "people": PeopleFilters,
    "relations": RelationFilters,
    "strengths": StrengthFilters,
    "control": ControlFilters,
    "show": ShowFilters,
}


class Membership(NamedTuple):
    """A group with its parts, and the dates between which it belonged to another, as precisely as they are reported."""

    groups: frozenset[str]
    date_start: str | None
    date_end: str | None


EMPTY: frozenset[str] = frozenset()
DEFAULT_MAX_AGE = Age(2, "years")


@dataclass(frozen=True)
class Filters:
    """The resolved filters of a query. An empty set restricts nothing; several values mean any of them.

    Sets of groups and places already include what is `part_of` or `within` them.
    """

    period: Period | None = None
    dates: str = "certain"  # with a period: rows that certainly fall into it, those that only may (possible), or all
    actors: frozenset[str] = EMPTY
    memberships: tuple[Membership, ...] = ()  # groups that belonged to the actors
    against: frozenset[str] = EMPTY
    claimed_by: frozenset[str] = EMPTY
    types: frozenset[str] = EMPTY  # event types and sub-event types
    civilian_kinds: frozenset[str] = EMPTY
    civilian_targeting: bool = False
    disorder_types: frozenset[str] = EMPTY
    interactions: frozenset[str] = EMPTY
    search_terms: tuple[str, ...] = ()
    places: frozenset[str] = EMPTY
    nearby_places: frozenset[str] | None = None  # within a distance; empty if no place is
    regions: frozenset[str] = EMPTY
    admin2: frozenset[str] = EMPTY  # second-level areas
    event_countries: frozenset[str] = EMPTY  # countries of the place
    countries: frozenset[str] = EMPTY  # of casualties: nationality of the victims
    bases: frozenset[str] = EMPTY
    documents: frozenset[str] = EMPTY
    documents_only: bool = False  # of sources: without the references
    min_killed: int | None = None
    max_killed: int | None = None
    groups: frozenset[str] = EMPTY  # groups that suffered the losses
    inflicted_by: frozenset[str] = EMPTY
    victims: frozenset[str] = EMPTY
    harms: frozenset[str] = EMPTY
    scopes: frozenset[str] = EMPTY
    claimants: frozenset[str] = EMPTY
    independent: bool = False
    disputed: bool = False
    kinds: frozenset[str] = EMPTY
    camps: frozenset[str] = EMPTY
    related: frozenset[str] | None = None  # groups in a relation with a given group; empty if none is
    related_as_stated: frozenset[str] = EMPTY  # those of them whose relation has a stated beginning and end
    fates: frozenset[str] = EMPTY
    relations: frozenset[str] = EMPTY  # kinds of relation
    statuses: frozenset[str] = EMPTY
    units: frozenset[str] = EMPTY
    max_age: Age = DEFAULT_MAX_AGE  # of a statement that somebody holds a place

    def any_of(self, *names: str) -> bool:
        """Return whether one of these fields restricts the query."""
        defaults = {field.name: field.default for field in fields(self)}
        return any(getattr(self, name) != defaults[name] for name in names)

    @property
    def has_event_filters(self) -> bool:
        """Whether a filter is about the event of a figure; its dates and sources are those of the figure too."""
        return self.any_of("bases", "min_killed", "max_killed", *_fields_of(EventConditions))

    @property
    def has_killed_filters(self) -> bool:
        """Whether a filter is about the number of people killed, which is known only after the sums."""
        return self.any_of("min_killed", "max_killed")

    @property
    def has_casualty_filters(self) -> bool:
        """Whether a filter is about figures, so that no event without figures can match."""
        return self.any_of(*_fields_of(FigureConditions))

    @property
    def excludes_stated_totals(self) -> bool:
        """Whether there is a filter by date, actor or place: a stated total cannot be divided by those."""
        return self.period is not None or self.has_event_filters

    @property
    def with_all_dates(self) -> Self:
        """A copy for rows that certainly fall into the period and those that only may."""
        return replace(self, dates="all")

    @property
    def without_victim_country(self) -> Self:
        """A copy without the filter by nationality of the victims."""
        return replace(self, countries=EMPTY)


def _fields_of(conditions: type) -> list[str]:
    return [option.field for option in declared_options(conditions).values() if option.field]
