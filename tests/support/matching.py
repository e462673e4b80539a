"""Two small datasets of events that may match, for the tests of comparisons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from mali_cli.dataset import Dataset
from tests.support.tables import Row, dataset, rows_of

PLACES: list[Row] = [
    {"place": "Gao", "aliases": "Gao town", "region": "Gao", "latitude": "16.27", "longitude": "-0.04"},
    {"place": "Konna", "aliases": "Kona", "region": "Mopti", "latitude": "14.94", "longitude": "-3.89"},
    {"place": "Mopti", "region": "Mopti", "latitude": "14.48", "longitude": "-4.18"},
    {"place": "Awakassa", "region": "Ménaka"},
    {"place": "Tamalat", "region": "Ménaka"},
    {"place": "Northern Mali", "kind": "area"},
    {"place": "Gao Region", "kind": "region", "region": "Gao", "latitude": "16.8", "longitude": "0.1"},
    {"place": "Mali", "kind": "country", "latitude": "17", "longitude": "-4"},
]


GROUPS: list[Row] = [
    {"group": "Mali", "kind": "state"},
    {"group": "Army", "kind": "army", "part_of": "Mali"},
    {"group": "France", "kind": "state"},
    {"group": "French Army", "kind": "army", "part_of": "France"},
    {"group": "Serval", "kind": "operation", "part_of": "French Army"},
    {"group": "French Air Force", "kind": "army", "part_of": "French Army"},
    {"group": "Civilians", "kind": "civilian"},
    {"group": "Islamists", "kind": "collective"},
    *({"group": name} for name in ("MNLA", "MUJAO", "AQIM")),
]


FIGHT: Row = {"event_id": "one", "place": "Gao", "side_a": "MUJAO", "side_b": "MNLA"}


DAY = "2013-02-05"  # of every event that says nothing else


BATTLE, REMOTE, CIVILIANS = "Battles", "Explosions/Remote violence", "Violence against civilians"


def two_datasets(folder: Path, ours: list[Row], theirs: list[Row], **more: list[Row]) -> tuple[Dataset, Dataset]:
    """Return two datasets with these events; `places` and `their_places` are added to PLACES."""
    tables = {"places": [*PLACES, *more.get("places", [])], "groups": GROUPS, "casualties": more.get("casualties", [])}
    other = {
        **tables,
        "places": [*PLACES, *more.get("their_places", [])],
        "casualties": more.get("their_casualties", []),
    }
    return (
        dataset(folder / "ours", **tables, events=[dict(row) for row in ours]),
        dataset(folder / "theirs", **other, events=[dict(row) for row in theirs]),
    )


def match_of(folder: Path, ours: Row, theirs: Row, **filters: Any) -> tuple[Any, ...] | None:
    """Return rule, score, days and kilometres with which two events match, None if they do not."""
    more = {name: filters.pop(name) for name in ("places", "their_places") if name in filters}
    left, right = two_datasets(folder, [{**FIGHT, **ours}], [{**FIGHT, "event_id": "other", **theirs}], **more)
    return match_in(left.compare(right, **filters), "one", "other")


def match_in(found: pd.DataFrame, ours: str, theirs: str) -> tuple[Any, ...] | None:
    """Return rule, score, days and kilometres of a comparison of one event with one other, None if they do not match."""
    rows = rows_of(found, "match", "ours", "theirs", "rule", "score", "days_apart", "km_apart")
    if len(rows) == 1:
        assert rows[0][:3] == ("both", ours, theirs)
        return rows[0][3:]
    assert rows == [
        ("only ours", ours, None, None, None, None, None),
        ("only theirs", None, theirs, None, None, None, None),
    ]
    return None


def casualty_row(event: str, n: int | None, **more: Any) -> Row:
    return {"event_id": event, **({"n": str(n)} if n is not None else {"wording": "some"}), **more}
