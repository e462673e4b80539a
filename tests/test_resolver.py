"""Typed values become Filters with the names of the tables."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from mali_cli import load
from mali_cli.errors import MaliError
from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period

RESOLVER = load().resolver


@pytest.mark.parametrize(
    ("query", "filter_args", "fields"),
    [
        ("events", {}, {}),
        ("events", {"actor": None, "members": False, "near": None}, {}),
        ("events", {"on": 2012}, {"period": Period(datetime.date(2012, 1, 1), datetime.date(2012, 12, 31))}),
        ("events", {"dates": "Certain"}, {"dates": "certain"}),
        ("events", {"dates": "all"}, {"dates": "all"}),
        ("events", {"type": ["battles", "SUICIDE BOMB"]}, {"types": frozenset({"Battles", "Suicide bomb"})}),
        ("events", {"text": "convoy"}, {"search_terms": ("convoy",)}),
        ("events", {"where": "mali"}, {"event_countries": frozenset({"Mali"})}),
        ("events", {"where": ["MLI", "ne", "854"]}, {"event_countries": frozenset({"Mali", "Niger", "Burkina Faso"})}),
        ("casualties", {"country": "tcd"}, {"countries": frozenset({"Chad"})}),
        ("events", {"region": ["kidal"]}, {"regions": frozenset({"Kidal"})}),
        ("events", {"min_killed": "0", "max_killed": 12}, {"min_killed": 0, "max_killed": 12}),
        ("casualties", {"country": "chad", "independent": True}, {"countries": frozenset({"Chad"}), "independent": True}),
        ("casualties", {"min_killed": 3}, {"min_killed": 3}),
        ("casualties", {"interaction": ["71", "Civilians"]}, {"interactions": frozenset({"State forces-Civilians", "Civilians only"})}),
        ("map", {"disorder_type": "demonstrations", "civilian_targeting": True}, {"disorder_types": frozenset({"Demonstrations"}), "civilian_targeting": True}),
        ("control", {"basis": "HELD"}, {"bases": frozenset({"held"})}),
        ("people", {"basis": "denied"}, {"bases": frozenset({"denied"})}),
        ("places", {"kind": "airport"}, {"kinds": frozenset({"airport"})}),
        ("groups", {"kind": "jihadist"}, {"kinds": frozenset({"jihadist"})}),
    ],
)  # fmt: skip
def test_each_value_is_resolved_by_its_declaration(
    query: str, filter_args: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert RESOLVER.resolve_filters(query, filter_args) == Filters(**fields)


def test_groups_include_their_parts_and_places_what_is_within() -> None:
    filters = RESOLVER.resolve_filters("casualties", {"group": "France", "place": "Gao"})
    assert {"France", "French Armed Forces"} <= filters.groups
    assert {"Gao", "Gao Airport"} <= filters.places


def test_members_are_separate_where_rows_have_dates_and_actors_elsewhere() -> None:
    typed = {"actor": "CMA", "members": True}
    events, groups = (RESOLVER.resolve_filters(query, typed) for query in ("events", "groups"))
    members = frozenset().union(*(membership.groups for membership in events.memberships))
    assert members
    assert not members <= events.actors
    assert members <= groups.actors


def test_related_groups_match_both_relations() -> None:
    allies = RESOLVER.resolve_filters("groups", {"allied_with": "MNLA"}).related
    enemies = RESOLVER.resolve_filters("groups", {"at_war_with": "MNLA"}).related
    both = RESOLVER.resolve_filters("groups", {"allied_with": "MNLA", "at_war_with": "MNLA"}).related
    assert allies
    assert enemies
    assert both == allies & enemies


@pytest.mark.parametrize(
    ("query", "filter_args", "message"),
    [
        ("events", {"from": "2012"}, r"^events\(\) has no filter 'from'\. Did you mean 'since'\?$"),
        ("events", {"actr": "MNLA"}, r"^events\(\) has no filter 'actr'\. Did you mean 'actor'\?$"),
        ("events", {"against": "MNLA"}, "^--against needs --actor"),
        ("events", {"members": True}, "^--members needs --actor"),
        ("people", {"basis": "held"}, "^no fate basis is called 'held'"),
        ("casualties", {"according_to": "nobody at all"}, "^no claimant is called 'nobody at all'"),
    ],
)
def test_errors_name_the_filter(query: str, filter_args: dict[str, Any], message: str) -> None:
    with pytest.raises(MaliError, match=message):
        RESOLVER.resolve_filters(query, filter_args)
