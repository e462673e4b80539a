"""Which columns of events a question can do without: what is neither shown nor judged by need not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mali_cli.model.names import normalize_name

# The columns that a question may be spared, each with the criteria that judge by it.
FILTERS_BY_COLUMN = {"place": ("place", "near"), "summary": ("text",), "note": (), "sources": ("source",)}


def unused_event_columns(query: str, filter_args: Mapping[str, Any]) -> frozenset[str]:
    """Of `place`, `summary`, `note` and `sources` those that the answer does without; only `events` is."""
    counted = filter_args.get("by")
    if query != "events" or not (counted or filter_args.get("columns")):
        return frozenset()
    typed = [filter_args.get("sort"), counted or filter_args.get("columns")]
    words = ",".join(text if isinstance(text, str) else ",".join(text) for text in typed if text).split(",")
    shown = {normalize_name(word.strip().removeprefix("-")) for word in words}
    if "all" in shown:
        return frozenset()
    return frozenset(
        column
        for column, judges in FILTERS_BY_COLUMN.items()
        if column not in shown and not any(map(filter_args.get, judges))
    )
