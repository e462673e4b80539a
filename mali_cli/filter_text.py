"""Describe filters in words, for the title and the subtitle of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mali_cli.model.filter_names import filter_options
from mali_cli.model.filter_option import EnumOf, Flag, Interaction, Names, Option, PlaceDistance, WholeNumber, Words
from mali_cli.model.filters import Filters
from mali_cli.model.names import join_or
from mali_cli.model.shared_filters import as_list
from mali_cli.resolver import NameResolver, parse_place_distance

# What follows the period, for --dates other than the default
DATES_IN_WORDS = {"possible": ", possible dates only", "all": ", possible dates included"}


def describe_filters(
    resolver: NameResolver, filters: Filters, filter_args: Mapping[str, Any], query: str = "events"
) -> str:
    """Return the filters of a query in words: "MNLA, within 50 km of Gao, 2012 to 2013"; "" if there are none.

    `filters` were resolved from `filter_args`. Names come from the latter: in `filters` they include all parts.
    """
    texts = {
        name: _describe_filter(resolver, filters, option._replace(title=title), filter_args[name])
        for name, option in filter_options(query).items()
        if filter_args.get(name) is not None and (title := option.title or _default_title(option, query))
    }
    dates = DATES_IN_WORDS.get(filters.dates, "") if filters.period else ""
    parts = [*texts.values(), f"{_describe_period(filter_args)}{dates}"]
    return "".join(part if part.startswith(" ") else f", {part}" for part in parts if part).removeprefix(", ")


def describe_actors(
    resolver: NameResolver, filters: Filters, filter_args: Mapping[str, Any], query: str = "events"
) -> tuple[str, str]:
    """Return the actors of the filters in words, and the other filters; see `describe_filters`."""
    of_actors = {name: arg for name, arg in filter_args.items() if name in ("actor", "members")}
    others = {name: arg for name, arg in filter_args.items() if name not in of_actors}
    actors = describe_filters(resolver, replace(filters, period=None), of_actors, query)
    return actors, describe_filters(resolver, filters, others, query)


def _default_title(option: Option, query: str) -> str:
    """Return a title made of the flag, such as "inflicted by {}", for queries other than that of events."""
    words = option.flag.removeprefix("--").replace("-", " ")
    if query == "events" or not isinstance(option.value, EnumOf | Names | Flag):
        return ""
    return f", {words}" if isinstance(option.value, Flag) else f"{words} {{}}"


def _describe_filter(resolver: NameResolver, filters: Filters, option: Option, typed: Any) -> str:
    if typed is False or (option.repeatable and not as_list(typed)):
        return ""
    match option.value:
        case Names(kind):
            words = [join_or(list(dict.fromkeys(resolver.canonical_names(kind, typed))))]
        case PlaceDistance():
            place, kilometres = parse_place_distance(typed)
            words = [f"{kilometres:g}", *resolver.canonical_names("places", place)]
        case EnumOf() | Interaction():
            words = [join_or(sorted(getattr(filters, option.field)))]
        case Words():
            words = [join_or([f"“{text}”" for text in as_list(typed)])]
        case WholeNumber():
            words = [f"{getattr(filters, option.field):,}"]
        case _:
            words = []
    return option.title.format(*words)


def _describe_period(filter_args: Mapping[str, Any]) -> str:
    since, until, on = (str(filter_args.get(name) or "").strip() for name in ("since", "until", "on"))
    if since and until and since != until:
        return f"{since} to {until}"
    if since and not until:
        return f"from {since}"
    return on or since or (f"until {until}" if until else "")
