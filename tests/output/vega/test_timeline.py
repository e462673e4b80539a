"""The timeline as a chart."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.output.vega.spec import bare_chart, specification
from mali_cli.output.vega.value_labels import BarPanel, SizedText, place_value_labels
from tests.support.charts import CHART_COMMANDS, assert_label_matches_row, csv_rows
from tests.support.drawings import labels, texts
from tests.support.lookalikes import FOLDER

Pipe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("command", [command for command in CHART_COMMANDS if command[0] == "timeline"], ids=" ".join)
def test_labels_hold_the_numbers_of_the_csv(command: list[str], mali: Pipe, svg_of: Callable[..., bytes]) -> None:
    rows = [row for row in csv_rows(mali, *command) if row["period"] >= "2012"]
    shown = labels(svg_of(*command))
    assert {label.partition(":")[0] for label in shown} == {row["period"] for row in rows if row["events"] != "0" or row["killed_best"]}  # fmt: skip
    for row in rows:
        for label in (label for label in shown if label.startswith(f"{row['period']}: ")):
            assert_label_matches_row(label, row)


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({"actor": "MNLA", "since": "2012"}, [str(year) for year in range(2012, 2024)]),
        ({}, [str(year) for year in range(2012, 2025)]),
        ({"since": "1960"}, [str(year) for year in range(1960, 2021, 5)]),
        ({"by": "month", "since": "2012", "until": "2013"}, ["2012-01", "2012-04", "2012-07", "2012-10", "2013-01", "2013-04", "2013-07", "2013-10"]),
        ({"by": "month", "since": "2012", "until": "2024"}, [str(year) for year in range(2012, 2025)]),
        ({"by": "quarter", "since": "1960", "until": "2024"}, [str(year) for year in range(1960, 2021, 5)]),
        ({"type": "Protests", "since": "2012", "until": "2015"}, ["2012", "2013", "2014", "2015"]),
        ({"on": "2013-01", "by": "month"}, ["2013-01"]),
    ],
)  # fmt: skip
def test_axis_labels_are_those_that_fit(filters: dict[str, Any], shown: list[str]) -> None:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(bare_chart(load().answer("timeline", **filters))[0])
    named = [text.text for text in texts(svg.encode()) if re.fullmatch(r"\d{4}(-\d\d)?", text.text)]
    assert named == shown


@pytest.mark.parametrize(
    ("filters", "all_fit"),
    [({"by": "quarter", "since": "2012"}, False), ({"by": "month"}, False), ({"since": "2012"}, True)],
)
def test_if_not_all_numbers_fit_the_largest_are_shown(filters: dict[str, Any], all_fit: bool) -> None:
    import vl_convert

    result = load().answer("timeline", **filters)
    said = [text.text for text in texts(vl_convert.vegalite_to_svg(specification(result)).encode())]
    assert ("numbers where they fit, the largest first" in said) != all_fit
    assert ("best estimate, also the number above" in said) == all_fit
    periods = result.frame[result.frame["period"].notna()]
    for column, plus in (("events", ""), ("killed_best", "+")):
        rows = periods[periods[column].notna() & (periods[column] > 0)].sort_values(column, ascending=False)
        # The third may stand beside the second, where there is room for one number.
        for _, row in rows.head(len(rows) if all_fit else 2).iterrows():
            assert f"{row[column]:,}{plus if row['open'] else ''}" in said, (column, row["period"])


def test_bar_heights_are_proportional_to_counts(svg_of: Callable[..., bytes]) -> None:
    bars = re.findall(rb'aria-label="\d{4}: (\d+) events?\b[^"]*"[^>]* d="[^"]*?v([\d.]+)h[^"]*" fill="#0072B2"', svg_of("timeline"))  # fmt: skip
    assert len(bars) > 10
    ratios = [float(height) / int(count) for count, height in bars]
    assert max(ratios) - min(ratios) < 0.001 * min(ratios)


def test_tolls_without_a_number_are_marked_no_taller_than_a_line_of_text() -> None:
    import vl_convert

    result = load().answer("timeline", by="month", since="2012", until="2013")
    svg = vl_convert.vegalite_to_svg(specification(result))
    heights = re.findall(r'aria-label="2012-03: [^"]*7 violent events without a figure"[^>]* d="[^"]*?v([\d.]+)h', svg)
    assert heights[-1:] == ["13"]
    said = [text.text for text in texts(svg.encode())]
    assert "?7" in said
    assert {"killed, at least", "at most", "no upper bound (+)", "three tolls without a number"} <= set(said)


def test_where_two_ranges_have_no_room_the_one_placed_first_is_the_widest() -> None:
    panel = BarPanel(30, [100, 100, 100, 100])
    texts = {i: [SizedText(f"{i}00–{i}99", 9.5), SizedText(f"{i}50", 10)] for i in (1, 2)}
    for order in ((1, 2), (2, 1)):
        shown = [label.text for label in place_value_labels(panel, texts, order).labels if "–" in label.text]
        assert shown == [texts[order[0]][0].text]


def test_events_before_the_war_are_counted_and_drawn_only_with_from(svg_of: Callable[..., bytes]) -> None:
    shown = load().timeline()
    early = shown.loc[shown["period"] < "2012", "events"].sum()
    said = " ".join(text.text for text in texts(svg_of("timeline")))
    assert f"{early} earlier events are not drawn: --from 1960 adds them." in said
    assert "earlier" not in " ".join(text.text for text in texts(svg_of("timeline", "--from", "1960")))


def test_an_actor_is_in_the_title_and_the_dead_are_those_of_all_sides(svg_of: Callable[..., bytes]) -> None:
    said = [text.text for text in texts(svg_of("timeline", "--actor", "France"))]
    assert said[0] == "Mali War: events with France taking part, and people killed in them (all sides)"
    assert "2013 to 2022" in said


def test_a_0_of_a_foreign_file_is_none_or_not_stated() -> None:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification(load(FOLDER / "acled_a4.csv").answer("timeline"))).encode()
    assert labels(svg)[0] == (
        "2024: 8 events; 45 killed; 3 tallies of 0: none or not stated; until 2024-08-06, the last day in the data"
    )
    said = [text.text for text in texts(svg)]
    assert said[0] == "acled_a4.csv: events and people killed by year"
    assert "three tolls of 0 (none or not stated) or without a figure" in said
