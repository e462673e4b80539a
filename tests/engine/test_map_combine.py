"""The law of MapCombine: the partial results of a split combine to the result of the whole."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mali_cli.engine import partitions
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import Decomposition
from mali_cli.engine.handlers.casualties import decompose_sums
from mali_cli.engine.handlers.events import decompose_counts
from mali_cli.engine.partitions import MapCombine
from mali_cli.engine.plan import DECOMPOSABLE_QUERIES, QUERIES
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.frames import build_frame
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.model.periods import Period
from mali_cli.storage.memory import MemoryBackend

Row = dict[str, Any]

DAYS = st.sampled_from(["2011-12-31", "2012-01-01", "2012-01-20", "2012-04-02", "2013-01-11"])
GROUPS = st.sampled_from([None, "Army", "Rebels", "Army;Rebels", "Militia"])
COUNTS = st.none() | st.integers(0, 9)
FILTERS = st.sampled_from(
    [
        Filters(),
        Filters(period=Period(datetime.date(2012, 1, 1), datetime.date(2012, 12, 31))),
        Filters(actors=frozenset({"Rebels"})),
        Filters(places=frozenset({"Gao"})),
        Filters(types=frozenset({"Battles"})),
        Filters(min_killed=2),
    ]
)
FIGURE_FILTERS = FILTERS | st.sampled_from(
    [
        Filters(harms=frozenset({"killed"})),
        Filters(independent=True),
        Filters(disputed=True),
        Filters(countries=frozenset({"Mali"})),
    ]
)


@st.composite
def event_rows(draw: st.DrawFn, number: int) -> Row:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    event_type, sub_event_type = draw(st.sampled_from([("Battles", "Armed clash"), ("Protests", "Peaceful protest")]))
    return {
        "event_id": f"event-{number}",
        "date_start": first,
        "date_end": last,
        "date_precision": "day" if first == last else "range",
        "event_type": event_type,
        "sub_event_type": sub_event_type,
        "place": draw(st.sampled_from([None, "Gao", "Kidal", "Gao;Kidal"])),
        "side_a": draw(GROUPS),
        "side_b": draw(GROUPS),
        "basis": draw(st.sampled_from(["reported", "claimed"])),
        "summary": "Something happens.",
        "sources": draw(st.sampled_from(["paper", "paper#1;book"])),
    }


@st.composite
def figure_rows(draw: st.DrawFn, number: int, events: list[Row], tallies: int) -> Row:
    event = draw(st.sampled_from(events))
    tally, parent = draw(st.integers(0, tallies)), draw(st.none() | st.integers(0, tallies))
    low, best, high = sorted(draw(COUNTS) or 0 for _ in range(3)) if draw(st.booleans()) else (None, draw(COUNTS), None)
    claimant, kind = draw(st.sampled_from([("paper", "document"), ("Army", "party"), ("Mali", "state")]))
    return {
        **{name: event[name] for name in ("event_id", "date_start", "date_end", "sources")},
        "casualty_id": f"figure-{number}",
        "tally": f"tally-{tally}",
        # Parents come first, so that no tally is a part of itself.
        "part_of": None if parent is None or parent >= tally else f"tally-{parent}",
        "scope": "event",
        "group": draw(GROUPS),
        "country": draw(st.sampled_from([None, "Mali", "France"])),
        "victims": draw(st.sampled_from([None, "civilian", "combatant"])),
        "inflicted_by": draw(GROUPS),
        "harm": draw(st.sampled_from(["killed", "killed", "wounded", "captured"])),
        "cause": draw(st.sampled_from([None, None, "accident"])),
        "low": low,
        "best": best,
        "high": high,
        "open": draw(st.booleans()),
        "wording": None if best is not None else "several",
        "according_to": claimant,
        "according_to_kind": kind,
        "status": draw(st.sampled_from(["current", "current", "revised"])),
        "rank": number + 1,
    }


@st.composite
def splits(draw: st.DrawFn) -> tuple[QueryContext, list[QueryContext]]:
    """Draw a dataset and a split of it that keeps events and tallies whole."""
    events = [draw(event_rows(number)) for number in range(draw(st.integers(1, 5)))]
    figures = [draw(figure_rows(number, events, 4)) for number in range(draw(st.integers(0, 8)))]
    part_of_event = _connected(events, figures)
    partition = {root: draw(st.integers(0, 2)) for root in sorted(set(part_of_event.values()))}
    parts = [
        _context(
            *([row for row in rows if partition[part_of_event[row["event_id"]]] == part] for rows in (events, figures))
        )
        for part in range(3)
    ]
    return _context(events, figures), parts


def _connected(events: list[Row], figures: list[Row]) -> dict[str, str]:
    """Return for each event a name that it shares with the events connected to it by tallies."""
    root = {event["event_id"]: event["event_id"] for event in events}
    for figure in figures:
        tallies = {figure["tally"], figure["part_of"]} - {None}
        linked = [other for other in figures if {other["tally"], other["part_of"]} & tallies]
        roots = {root[other["event_id"]] for other in linked}
        root = {event: min(roots) if name in roots else name for event, name in root.items()}
    return root


def _context(events: list[Row], figures: list[Row]) -> QueryContext:
    rows: dict[str, list[Row]] = {name: [] for name in schema.table_names()}
    rows |= {
        "events": sorted(events, key=lambda row: (row["date_start"], row["date_end"], row["event_id"])),
        "casualties": figures,
        "groups": [{"group": name, "camp": camp} for name, camp in (("Army", "government"), ("Rebels", "separatist"))],
        "places": [{"place": name, "region": name, "country": "Mali"} for name in ("Gao", "Kidal")],
    }
    frames = {
        name: build_frame(name, [[row.get(column.name) for row in given] for column in schema.table(name).columns])
        for name, given in rows.items()
    }
    return QueryContext(MemoryBackend(Path("drawn"), frames, None))


def _group_keys(keys: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)


def _assert_law(query: Decomposition[Any], whole: QueryContext, parts: list[QueryContext]) -> None:
    map_partition, combine = query.map_combine
    expected = map_partition(whole)
    partials = [map_partition(part) for part in parts]
    combined = partitions.run(MapCombine(lambda part: partials[parts.index(part)], combine), parts)
    # combine() of one partial only puts rows in order; it makes the two comparable.
    _assert_equal(combined, combine([expected]))
    _assert_equal(combine(partials[::-1]), combined)
    _assert_equal(combine([partials[0], combine(partials[1:])]), combined)
    result, expected_result = query.finalize(combined), query.finalize(expected)
    pd.testing.assert_frame_equal(result.frame, expected_result.frame)
    assert result.notes == expected_result.notes


def _assert_equal(partial: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    for value, expected_value in zip(partial, expected, strict=True):
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, expected_value)
        elif isinstance(value, pd.Series):
            pd.testing.assert_series_equal(value, expected_value)
        else:
            assert value == expected_value


@settings(deadline=None, max_examples=20)
@given(splits(), _group_keys(GROUP_KEYS["events"]), FILTERS)
def test_counts_of_partitions_combine_to_those_of_the_dataset(
    split: tuple[QueryContext, list[QueryContext]], keys: list[str], filters: Filters
) -> None:
    _assert_law(decompose_counts(keys, filters), *split)


@settings(deadline=None, max_examples=20)
@given(splits(), _group_keys(GROUP_KEYS["casualties"]), FIGURE_FILTERS)
def test_sums_of_partitions_combine_to_those_of_the_dataset(
    split: tuple[QueryContext, list[QueryContext]], keys: list[str], filters: Filters
) -> None:
    _assert_law(decompose_sums(keys, filters), *split)


def test_only_counts_and_sums_are_decomposable() -> None:
    assert DECOMPOSABLE_QUERIES == ("events", "casualties")
    assert all(QUERIES[query].group_key_names for query in DECOMPOSABLE_QUERIES)


@pytest.mark.parametrize("query", [name for name in QUERIES if name not in DECOMPOSABLE_QUERIES])
def test_a_query_that_is_not_decomposable_reads_no_partitions(query: str) -> None:
    assert QUERIES[query].decompose is None
