"""The keys of --by: what each query counts or sums by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mali_cli.model import names

GROUP_KEYS: Mapping[str, tuple[str, ...]] = {
    "events": (
        *("year", "quarter", "month", "event_type", "sub_event_type", "civilian_kind"),
        *("actor", "place", "region", "admin2", "in", "basis", "disorder_type", "interaction"),
    ),
    "casualties": (
        *("country", "in", "group", "actor", "camp", "year", "quarter", "month", "place", "region", "admin2"),
        *("event", "event_type", "civilian_kind", "harm", "victims", "inflicted_by", "according_to", "document"),
        *("disorder_type", "interaction"),
    ),
    "relations": ("relation", "group", "other", "year", "basis"),
    "people": ("fate", "fate_basis", "group", "year"),
    "strengths": ("group", "country", "unit", "status", "year", "according_to"),
}
KEY_ALIASES = {"event_type": ("type",), "sub_event_type": ("sub_type",)}
SPLITS = {"type": "event_type", "camp": "camp", "region": "region"}  # of a timeline, with their columns


def parse_group_keys(typed: list[str], keys: tuple[str, ...]) -> list[str]:
    """Return the keys of --by, each once; several may be joined by commas."""
    parts = [part for text in typed for part in text.split(",")]
    return list(dict.fromkeys(group_key_index(keys).resolve(part).replace("-", "_") for part in parts))


@cache
def group_key_index(keys: tuple[str, ...]) -> names.NameIndex:
    """Return the index of the keys of --by, which are shown with hyphens, and may be typed with - or _."""
    spellings = {key.replace("_", "-"): [key, *KEY_ALIASES.get(key, ())] for key in keys}
    aliases = {key: [*words, *(word.replace("_", "-") for word in words)] for key, words in spellings.items()}
    return names.NameIndex("key of --by", f"Allowed: {', '.join(aliases)}.", aliases)
