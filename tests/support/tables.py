"""Small datasets written by hand: only what a test is about is said, the rest is filled in."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema

Row = dict[str, Any]

DEFAULTS: dict[str, Row] = {
    "events": {
        "date_start": "2013-02-05",
        "date_precision": "day",
        "event_type": "Battles",
        "sub_event_type": "Armed clash",
        "basis": "reported",
        "summary": "Two sides fight somewhere.",
        "sources": "paper",
    },
    "groups": {"kind": "rebel", "camp": "other", "summary": "One of the groups in this test.", "sources": "paper"},
    "casualties": {
        "scope": "event",
        "harm": "killed",
        "open": "false",
        "according_to": "paper",
        "according_to_kind": "document",
        "status": "current",
        "rank": "1",
        "sources": "paper",
    },
    "places": {"kind": "town", "country": "Mali"},
    "people": {"role": "leader", "sources": "paper"},
    "relations": {"basis": "reported", "summary": "The two had to do with each other.", "sources": "paper"},
    "strengths": {
        "what": "fighters",
        "unit": "people",
        "open": "false",
        "status": "present",
        "according_to": "paper",
        "sources": "paper",
    },
    "control": {"date_precision": "day", "basis": "held", "sources": "paper"},
    "documents": {"title": "A paper", "publisher": "A press", "language": "en"},
    "references": {"document": "paper", "language": "en"},
}

KILLED = ("killed_low", "killed_best", "killed_high", "open")  # columns of sums

# Of two places the best sum of the dead is 0 though more is possible, and of one that it is none.
DOUBTFUL: dict[str, list[Row]] = {
    "places": [
        {"place": "Perhaps", "latitude": "16", "longitude": "-4"},
        {"place": "Open", "latitude": "18", "longitude": "-1"},
        {"place": "None", "latitude": "14", "longitude": "-8"},
    ],
    "events": [
        {"event_id": "perhaps", "place": "Perhaps", "date_start": "2012-01-05"},
        {"event_id": "open", "place": "Open", "date_start": "2013-01-05"},
        {"event_id": "none", "place": "None", "date_start": "2014-01-05"},
    ],
    "casualties": [
        {"event_id": "perhaps", "low": 0, "best": 0, "high": 21},
        {"event_id": "open", "low": 0, "best": 0, "open": "true"},
        {"event_id": "none", "n": 0},
    ],
}


def write_dataset(folder: Path, **rows: list[Row]) -> Path:
    """Writes every declared table; tables not given hold what the others need."""
    given = {name: list(rows.get(name, [])) for name in schema.table_names()}
    given["documents"] = given["documents"] or [{"document": "paper"}]
    days = {}
    for event in given["events"]:
        event.setdefault("date_start", DEFAULTS["events"]["date_start"])
        event.setdefault("date_end", event["date_start"])
        if event.get("place"):
            event.setdefault("place_precision", "place")
        days[event["event_id"]] = (event["date_start"], event["date_end"])
    for at, figure in enumerate(given["casualties"], 1):
        if figure.get("event_id"):
            figure.setdefault("date_start", days[figure["event_id"]][0])
            figure.setdefault("date_end", days[figure["event_id"]][1])
            figure.setdefault("casualty_id", f"{figure['event_id']}/{at}")
        else:
            figure.setdefault("date_end", figure["date_start"])
            figure.setdefault("casualty_id", f"total/{at}")
        figure.setdefault("tally", figure["casualty_id"])
        if "n" in figure:  # a bare number
            figure["low"] = figure["best"] = figure["high"] = figure.pop("n")
    for statement in given["control"]:
        statement.setdefault("date_end", statement["date_start"])
    for group in given["groups"]:
        group.setdefault("name", group["group"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in given.items():
        table = schema.table(name)
        with open(folder / table.path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in table.columns], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({**DEFAULTS[name], **record} for record in records)
    return folder


def dataset(folder: Path, **rows: list[Row]) -> Dataset:
    return load(write_dataset(folder, **rows))


def rows_of(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    """The rows as plain tuples, None for blank."""
    return [
        tuple(None if value is None or value != value else value for value in row)
        for row in frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).itertuples(index=False)
    ]
