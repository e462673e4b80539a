"""Filters in words."""

from __future__ import annotations

from typing import Any

import pytest

from mali_cli import load
from mali_cli.filter_text import describe_filters

RESOLVER = load().resolver


@pytest.mark.parametrize(
    ("filter_args", "text"),
    [
        ({}, ""),
        ({"actor": [], "text": [], "members": False}, ""),
        ({"actor": ["mnla", "MNLA"]}, "MNLA"),
        ({"actor": "MNLA", "members": True, "near": "gao: 50", "since": 2012}, "MNLA with its members, within 50 km of Gao, from 2012"),
        ({"type": ["riots", "battles"], "on": "2012", "dates": "certain"}, "Battles or Riots, 2012"),
        ({"on": "2012", "dates": "possible"}, "2012, possible dates only"),
        ({"since": "2012", "dates": "all"}, "from 2012, possible dates included"),
        ({"dates": "all"}, ""),
        ({"min_killed": 0, "max_killed": 1200}, "at least 0 killed, at most 1,200 killed"),
        ({"source": "almanac", "country": "Mali", "basis": "claimed"}, "in Mali, claimed only, reported by almanac"),
    ],
)  # fmt: skip
def test_filters_are_described_in_the_order_of_their_declaration(filter_args: dict[str, Any], text: str) -> None:
    filters = RESOLVER.resolve_filters("events", filter_args)
    assert describe_filters(RESOLVER, filters, filter_args) == text
