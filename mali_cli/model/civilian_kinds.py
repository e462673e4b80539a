"""Civilian kinds: words by which ACLED says who the people in an event are, such as Farmers; they are no groups."""

from __future__ import annotations

import re
from functools import cache

from mali_cli.model import schema
from mali_cli.model.names import normalize_name

COUNTRY = re.compile(r"\s*\([^()]*\)$")  # of "Farmers (Mali)"
# Other spellings of the values that datapackage.json declares
OTHER_SPELLINGS = {"Labor Group": "Labour Group", "LGBT": "LGBTQ+", "Fishermen": "Fishers"}


def civilian_kind(name: str) -> str | None:
    """Return the civilian kind that a name such as "Farmers (Mali)" means; None if it means none."""
    return _kinds_by_name().get(normalize_name(COUNTRY.sub("", name)))


@cache
def _kinds_by_name() -> dict[str, str]:
    kinds = schema.table("events").column("civilian_kind").enum
    return {normalize_name(name): kind for kind in kinds for name in spellings(kind)}


def spellings(kind: str) -> frozenset[str]:
    """Return the kind and its other spellings."""
    return frozenset({kind, *(name for name, other in OTHER_SPELLINGS.items() if other == kind)})
