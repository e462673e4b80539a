"""What was asked in words, for the title of a picture: every filter in the tables' own spelling, in a fixed order."""

from __future__ import annotations

from typing import Any

from mali_cli.model.filters import Filters
from mali_cli.model.names import join_or
from mali_cli.resolver import NameResolver, as_list


def describe_filters(known: NameResolver, filters: Filters, filter_args: dict[str, Any]) -> str:
    """ "MNLA, within 50 km of Gao, 2012 to 2013"; nothing where nothing narrows the question.

    `criteria` are the filters as typed, which `filters` were made from: those name what else is part of it.
    """

    def named(kind: str, option: str, form: str = "{}") -> str:
        typed = as_list(filter_args.get(option))
        return form.format(join_or(list(dict.fromkeys(known.canonical_names(kind, typed))))) if typed else ""

    near, _, kilometres = (filter_args.get("near") or "").rpartition(":")
    parts = [
        named("groups", "actor") + (" with its members" if filter_args.get("members") else ""),
        named("groups", "against", "against {}"),
        named("groups", "claimed_by", "claimed by {}"),
        join_or(sorted(filters.types)) if filters.types else "",
        join_or([f"“{text}”" for text in filters.search_terms]) if filters.search_terms else "",
        named("places", "place"),
        f"within {kilometres.strip()} km of {known.canonical_names('places', near)[0]}" if near else "",
        named("regions", "region", "region of {}"),
        named("countries", "where", "in {}"),
        named("countries", "country", "in {}"),
        f"{join_or(sorted(filters.bases))} only" if filters.bases else "",
        named("sources", "source", "told by {}"),
        f"at least {filters.min_killed:,} killed" if filters.min_killed is not None else "",
        f"at most {filters.max_killed:,} killed" if filters.max_killed is not None else "",
        _describe_period(filter_args) + (" for certain" if filters.certain_dates_only else ""),
    ]
    return ", ".join(part for part in parts if part.strip())


def _describe_period(filter_args: dict[str, Any]) -> str:
    since, until, on = (str(filter_args.get(name) or "").strip() for name in ("since", "until", "on"))
    if since and until and since != until:
        return f"{since} to {until}"
    if since and not until:
        return f"from {since}"
    return on or since or (f"until {until}" if until else "")
