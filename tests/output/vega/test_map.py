"""The map as a chart."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.output.vega.spec import specification
from tests.support.charts import CHART_COMMANDS, assert_label_matches_row, csv_rows
from tests.support.drawings import labels, texts

Pipe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("command", [command for command in CHART_COMMANDS if command[0] == "map"], ids=" ".join)
def test_labels_hold_the_numbers_of_the_csv(command: list[str], mali: Pipe, svg_of: Callable[..., bytes]) -> None:
    svg = svg_of(*command)
    period = [] if {"--from", "--on"} & {*command} else ["--from", "2012"]  # earlier events are not drawn
    all_rows = csv_rows(mali, *command, *period)
    rows = {row["place"]: row for row in all_rows if row["latitude"]}
    areas = {row["place"]: row for row in all_rows if not row["latitude"]}
    shown = labels(svg)
    assert len(shown) == len(set(shown)) > 2
    all_text = " ".join(text.text for text in texts(svg))
    for label in shown:
        place = label.partition(":")[0]
        assert_label_matches_row(label, rows.get(place) or areas[place])
    drawn = {label.partition(":")[0] for label in shown}
    for place, row in rows.items():
        expected = row["holder"] if "--on" in command else "dead" not in command or row["killed_best"] or int(row["unknown"]) + int(row["not_stated"])  # fmt: skip
        assert (place in drawn or place in all_text.partition("Outside the map: ")[2]) == bool(expected), place


def test_notes_are_printed_if_nothing_is_on_the_map(mali: Pipe, tmp_path: Path) -> None:
    done = mali("map", "--in", "Nigeria", "-o", "x.png", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "1 event: 2 killed in 1 event",
        "mali: None of the results is on the map; --format table shows the numbers. x.png was not written.",
    ]


def test_the_map_zooms_in_on_places_close_together(tmp_path: Path) -> None:
    def map_scale(**filters: Any) -> float:
        result = load().answer("map", **filters)
        layers = specification(result)["vconcat"][2]["layer"]
        scale: float = next(layer["projection"]["scale"] for layer in layers if "projection" in layer)
        return scale

    assert map_scale(near="Gao:100") > 2 * map_scale()
    assert map_scale(actor="MNLA") == map_scale()


def test_a_map_without_places_is_an_error() -> None:
    result = load().answer("map", place="In Amenas")
    with pytest.raises(MaliError, match="None of the results is on the map"):
        specification(result)
