"""Charts for the tests: commands that draw them, awkward data, and checks of what they show."""

from __future__ import annotations

import csv
import io
import math
import re
import subprocess
from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.output.vega.primitives import text_width

Pipe = Callable[..., subprocess.CompletedProcess[str]]


CHART_COMMANDS = [
    ["timeline"],
    ["timeline", "--by", "month", "--from", "2012", "--to", "2013"],
    ["timeline", "--by", "quarter", "--place", "Kidal"],
    ["timeline", "--by", "month"],
    ["timeline", "--actor", "MNLA", "--from", "2012"],
    ["map"],
    ["map", "--by", "dead"],
    ["map", "--on", "2012-07-01"],
    ["map", "--on", "2023-11-20", "--region", "Kidal"],
    ["map", "--near", "Gao:100", "--dates", "certain", "--from", "2012", "--by", "dead"],
]


def run_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `mali` in this process, which starts vl-convert once: each process of its own takes half a second for that."""
    done = CliRunner().invoke(app, arguments, prog_name="mali")
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def csv_rows(mali: Pipe, *command: str) -> list[dict[str, str]]:
    """Return the rows that a command writes to a pipe."""
    return list(csv.DictReader(io.StringIO(mali(*command, "--quiet").stdout)))


def assert_label_matches_row(label: str, row: dict[str, str]) -> None:
    """Assert that a label has all numbers of a row of the CSV, and no others."""
    label = label.partition("; basis: ")[0]  # notes may have any numbers
    events = re.search(r"([\d,]+) events?\b(?! without)", label)
    assert (events[1].replace(",", "") if events else "0") == row["events"]
    killed = re.search(r"([\d,]+)(\+?) killed(?: \(([\d,]+)–([\d,]+)(\+?)\))?", label)
    assert bool(killed) == bool(row["killed_best"])
    if killed:
        best, open_, low, high, open_high = (part or "" for part in killed.groups())
        numbers = [text.replace(",", "") for text in (low or best, best, high or best)]
        assert numbers == [row["killed_low"], row["killed_best"], row["killed_high"]]
        assert bool(open_ or open_high) == (row["open"] == "true")
    for words, column in (("with no number given", "unknown"), ("without a figure", "not_stated")):
        number = re.search(rf"(\d+) [a-z ]+ {words}", label)
        assert (number[1] if number else "0") == row[column]
    if (row.get("holder") or "unknown") != "unknown":
        assert f"held by {row['holder'].replace(';', ', ')}" in label
        assert f"since {row['holder_since']}" in label
        assert ("(contested)" in label) == (row["contested"] == "true")


def names_on_map(chart: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """Return the names on a map with their boxes, the markers with their points and radii, and the leader lines."""
    layers = chart["vconcat"][0]["layer"]
    values = [value for layer in layers for value in layer["data"]["values"]]
    markers = {v["description"].partition(":")[0]: (v["x"], v["y"], math.sqrt(v["size"]) / 2) for v in values if v.get("description") and "size" in v}  # fmt: skip
    named = {}
    for layer in layers:
        for v in layer["data"]["values"] if layer["mark"]["type"] == "text" else ():
            text = re.sub(r" \d{4}(: .*)?$", "", v["text"])  # of a holder: the year, and the rivals
            if (place := text.rpartition(": ")[0] or text) in markers:
                width = text_width(v["text"], v["size"])
                left = v["x"] - {"left": 0, "center": width / 2, "right": width}[layer["mark"]["align"]]
                named[place] = (left, v["y"] - v["size"] / 2, left + width, v["y"] + v["size"] / 2)
    lines = [v for layer in layers if layer["mark"]["type"] == "rule" for v in layer["data"]["values"] if "x2" in v]
    return named, markers, lines


AWKWARD_NAME = "Kéréna <b>&amp; [x]\u202e\x1b[31m\ufffe東京"

AWKWARD_WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Us"}, *({"group": f"Band {n}"} for n in range(20))],
    "places": [
        {"place": "Gao", "region": "Gao", "latitude": "16.27", "longitude": "-0.04"},
        {"place": AWKWARD_NAME, "region": "Gao", "latitude": "18", "longitude": "-3"},
        {"place": "N'Djamena", "region": "Gao", "latitude": "20", "longitude": "-3"},
        {"place": "A camp with " + "a very long name " * 8, "region": "Gao", "latitude": "13", "longitude": "-7"},
        *({"place": f"Village {n}", "latitude": str(13 + n % 5 * 0.3), "longitude": str(-8 + n * 0.1)} for n in range(60)),
    ],
    "events": [
        {"event_id": "a", "place": "Gao", "date_start": "2012-01-05"},
        {"event_id": "b", "place": AWKWARD_NAME, "date_start": "2014-01-05"},
        {"event_id": "c", "place": "N'Djamena", "date_start": "2016-01-05"},
        *({"event_id": f"v{n}", "place": f"Village {n}", "date_start": "2016-01-05"} for n in range(60)),
    ],
    "casualties": [
        {"event_id": "a", "low": 1_000_000, "best": 1_234_567, "high": 2_345_678, "open": "true"},
        {"event_id": "c", "n": 0},
    ],
    "control": [
        *({"place": f"Village {n}", "holder": f"Band {n % 20}", "date_start": "2012-01-01"} for n in range(60)),
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01", "basis": "claimed"},
    ],
}  # fmt: skip
