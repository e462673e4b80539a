"""The keys of --by: what each query counts or sums by."""

from __future__ import annotations

from collections.abc import Mapping

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
SPLITS = {"type": "event_type", "camp": "camp", "region": "region"}  # of a timeline, with their columns
