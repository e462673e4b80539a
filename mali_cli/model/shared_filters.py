"""Filters that several queries take, and the values that filters have."""

# No `from __future__ import annotations`: the annotations of the TypedDicts are read at run time.

from collections.abc import Iterable
from typing import Annotated

from mali_cli.model.filter_option import (
    AgeLimit,
    Choice,
    Date,
    EnumOf,
    Flag,
    Interaction,
    Names,
    Option,
    PlaceDistance,
    WholeNumber,
    Words,
)
from mali_cli.model.group_keys import SPLITS

Text = str | None
DateText = str | int | None
Number = str | int | None
Texts = str | Iterable[str] | None


def as_list(typed: Texts) -> list[str]:
    """Return one or several values as a list; none if there is no value."""
    if typed is None:
        return []
    return [typed] if isinstance(typed, str) else list(typed)


GROUP = Names("groups", descendants=True)
PLACE = Names("places", descendants=True)
COUNTRY = Names("countries")
EVENT_TYPES = EnumOf("events.event_type", "events.sub_event_type")
CIVILIAN_KINDS = EnumOf("events.civilian_kind")
SEARCH = 'Whole words, all of which must occur: coup (also coups), coup* (also couple), "46 bodies".'
MAX_AGE = "With --on: age from which a holder is only last known: 2y, 18m, 90d. Default: 2y."
DATE_CERTAINTIES = ("certain", "possible", "all")
OVERLAPPING_FROM = "First day: 2012, 2012-06 or 2012-06-27; what may overlap the period matches."
SCOPES = "What a figure covers (event by default in sums, and with a period, an actor or a place)."
FATES = "What became of the person; a period is then that of the fate."
REPORTED = "How well founded it is."

Until = Annotated[DateText, Option("--to", "Last day, inclusive.", Date())]
On = Annotated[DateText, Option("--on", "A day, month or year: --from and --to in one.", Date())]
Actor = Annotated[
    Texts,
    Option("--actor", "A group in any role, by any of its names, with all its parts.", GROUP, "actors", "{}", "-a"),
]
Members = Annotated[
    bool,
    Option("--members", "With --actor: also groups that belonged to it at the time.", Flag(), "", " with its members"),
]
Place = Annotated[Texts, Option("--place", "A place and all places within it.", PLACE, "places", "{}", "-p")]
Near = Annotated[
    Text,
    Option("--near", "Within kilometres of a place: Gao:50.", PlaceDistance(), "nearby_places", "within {} km of {}"),
]
Region = Annotated[Texts, Option("--region", "Region of the place.", Names("regions"), "regions", "region of {}")]
Admin2 = Annotated[
    Texts,
    Option("--admin2", "Second-level area, in Mali the cercle, by name or P-code.", Names("admin2"), "admin2", "{}"),
]
Where = Annotated[Texts, Option("--in", "Country of the place.", COUNTRY, "event_countries", "in {}")]
Type = Annotated[Texts, Option("--type", "Event type or sub-event type.", EVENT_TYPES, "types", "{}", "-t")]
CivilianKind = Annotated[
    Texts,
    Option(
        "--civilian-kind",
        "What civilians the event involves, in files of ACLED: Women, Farmers ...",
        CIVILIAN_KINDS,
        "civilian_kinds",
        "involving {}",
    ),
]
Search = Annotated[Texts, Option("--text", SEARCH, Words(), "search_terms", "{}", "-q")]
Basis = Annotated[Texts, Option("--basis", REPORTED, EnumOf("events.basis"), "bases", "{} only")]
Source = Annotated[
    Texts,
    Option(
        "--source", "A document, or a reference such as almanac#52.", Names("sources"), "documents", "reported by {}"
    ),
]
MaxAge = Annotated[Text, Option("--max-age", MAX_AGE, AgeLimit(), "max_age")]
MinKilled = Annotated[
    Number, Option("--min-killed", "Minimum killed (best estimate).", WholeNumber(), "min_killed", "at least {} killed")
]
ROLLING = "With years, quarters or months: add the mean of each and the N-1 before it."
Rolling = Annotated[Number, Option("--rolling", ROLLING, WholeNumber(2))]
Dates = Annotated[
    Text,
    Option(
        "--dates",
        "certain (default): happened, or was reported if only that is known, within the period; "
        "possible: may have happened within it; all: both.",
        Choice(DATE_CERTAINTIES),
        "dates",
    ),
]
Split = Annotated[
    Text,
    Option("--split", "A row for each type of event, camp that takes part, or region.", Choice(tuple(SPLITS))),
]
CLAIMED_BY = "Group that claimed responsibility."
ClaimedBy = Annotated[Texts, Option("--claimed-by", CLAIMED_BY, GROUP, "claimed_by", "claimed by {}")]
AGAINST = "With --actor: the opposing side, in violent events."
Against = Annotated[Texts, Option("--against", AGAINST, GROUP, "against", "against {}")]
CIVILIAN_TARGETING = "Of files of ACLED: only events whose main target was civilians."
CivilianTargeting = Annotated[
    bool,
    Option("--civilian-targeting", CIVILIAN_TARGETING, Flag(), "civilian_targeting", "civilian targeting"),
]
DisorderType = Annotated[
    Texts,
    Option("--disorder-type", "Of files of ACLED.", EnumOf("events.disorder_type"), "disorder_types", "{}"),
]
INTERACTION = "Of files of ACLED, in any order: State forces-Civilians, or its code 17."
InteractionFilter = Annotated[
    Texts, Option("--interaction", INTERACTION, Interaction(), "interactions", "interaction {}")
]
