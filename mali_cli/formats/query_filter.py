"""Build the RowFilter of a query from its options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mali_cli.formats.crosswalk import PLACE_KIND, REGIME, NameCrosswalk
from mali_cli.formats.records import Point
from mali_cli.formats.row_filter import RowFilter
from mali_cli.model import schema
from mali_cli.model.civilian_kinds import spellings
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import parse_period
from mali_cli.model.shared_filters import CIVILIAN_KINDS, EVENT_TYPES, as_list
from mali_cli.model.unused_columns import unused_event_columns
from mali_cli.storage import raw_tables


def build_row_filter(query: str, filter_args: dict[str, Any], format_name: str) -> RowFilter:
    """Return the filter by which rows of a format can be judged before they are parsed.

    It may let through more than match: the query applies the same filters again to what was read.
    """
    actors = [
        _group_spellings(typed, format_name, members=bool(filter_args.get("members")) and option == "actor")
        for option in ("actor", "against", "group", "inflicted_by")
        if (typed := as_list(filter_args.get(option)))
    ]
    if kinds := list(map(CIVILIAN_KINDS.match, as_list(filter_args.get("civilian_kind")))):
        actors.append(frozenset().union(*map(spellings, kinds)))
    types = map(EVENT_TYPES.match, as_list(filter_args.get("type")))
    return RowFilter(
        period=parse_period(filter_args.get("since"), filter_args.get("until"), filter_args.get("on")),
        actors=tuple(actors),
        location_test=_location_test(query, filter_args),
        types=frozenset(types),
        skipped_columns=unused_event_columns(query, filter_args),
    )


def _group_spellings(typed: list[str], format_name: str, members: bool) -> frozenset[str]:
    """Return the keys of the groups and their subgroups, and the normalised spellings that only the file may have."""
    crosswalk = NameCrosswalk(format_name)
    keys = crosswalk.with_subgroups(key for text in typed for key in crosswalk.groups_called(text))
    if members:
        rows = raw_tables.read_raw_table(schema.data_folder(), "relations").dicts()
        member_keys = {row["group"] for row in rows if row["relation"] == "member-of" and row["other"] in keys}
        keys |= crosswalk.with_subgroups(member_keys)
    # The name of an army under one regime means the army under the others too.
    return frozenset(keys | {normalize_name(spelling) for text in typed for spelling in (text, REGIME.sub("", text))})


def _location_test(query: str, filter_args: dict[str, Any]) -> Callable[[Point], bool] | None:
    """Return whether a point may lie in the places, regions and countries of the filters; None without such filters."""
    places, regions = as_list(filter_args.get("place")), as_list(filter_args.get("region"))
    countries = as_list(filter_args.get("where")) or (as_list(filter_args.get("country")) if query == "events" else [])
    tests = [
        test_of(options)
        for options, test_of in ((places, _place_test), (regions, _region_test), (countries, _country_test))
        if options
    ]
    if not tests:
        return None
    return lambda point: all(test(point) for test in tests)


def _place_test(places: list[str]) -> Callable[[Point], bool]:
    spellings = {normalize_name(text) for text in places} | NameCrosswalk().place_spellings(places)

    def may_match(point: Point) -> bool:
        name = normalize_name(point.location.replace(";", ","))
        bare = normalize_name(PLACE_KIND.sub("", point.location))
        # A place that shares its name is called by it and a suffix: Koro (Mopti).
        return name in spellings or bare in spellings or any(text.startswith(f"{name} (") for text in spellings)

    return may_match


def _region_test(regions: list[str]) -> Callable[[Point], bool]:
    crosswalk = NameCrosswalk()
    keys = {crosswalk.region_name(text) for text in regions}
    spellings = {normalize_name(text) for text in regions}
    return lambda point: (
        crosswalk.region_name(point.region) in keys or normalize_name(point.region.strip()) in spellings
    )


def _country_test(countries: list[str]) -> Callable[[Point], bool]:
    crosswalk = NameCrosswalk()
    keys = {crosswalk.country_name(text) for text in countries}
    spellings = {normalize_name(text) for text in countries}
    return lambda point: point.country in keys or normalize_name(point.country or "") in spellings
