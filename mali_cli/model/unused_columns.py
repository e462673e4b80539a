"""Find event columns that a query neither outputs nor filters on, so that they need not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mali_cli.model.names import normalize_name

# The columns that may be left out, each with the filters that need it.
FILTERS_BY_COLUMN = {
    "place": ("place", "near", "admin2"),
    "summary": ("text",),
    "note": ("text",),
    "sources": ("source",),
    "civilian_kind": ("civilian_kind",),
    "civilian_targeting": ("civilian_targeting",),
    "disorder_type": ("disorder_type",),
    "interaction": ("interaction",),
}


def unused_event_columns(query: str, filter_args: Mapping[str, Any]) -> frozenset[str]:
    """Return which columns of FILTERS_BY_COLUMN the query `events` does not need; none for other queries."""
    shown = filter_args.get("by") or filter_args.get("columns")
    if query != "events" or not shown or (filter_args.get("condition") and not filter_args.get("by")):
        return frozenset()
    texts = [text if isinstance(text, str) else ",".join(text) for text in (filter_args.get("sort"), shown) if text]
    used = {normalize_name(name.strip().removeprefix("-")).replace("-", "_") for name in ",".join(texts).split(",")}
    if "all" in used:
        return frozenset()
    if "admin2" in used:
        used.add("place")  # the points of a place may differ in it
    return frozenset(
        column
        for column, filters in FILTERS_BY_COLUMN.items()
        if column not in used and not any(map(filter_args.get, filters))
    )
