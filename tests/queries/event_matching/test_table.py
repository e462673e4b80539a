"""Matched events side by side: figures, differences and notes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mali_cli.model import schema
from tests.support.matching import (
    DAY,
    FIGHT,
    REMOTE,
    casualty_row,
    two_datasets,
)
from tests.support.tables import rows_of


def test_the_same_record_in_both_is_one_event_and_nothing_differs(tmp_path: Path) -> None:
    ours, theirs = two_datasets(tmp_path, [FIGHT], [{**FIGHT, "event_id": "x7"}])
    found = ours.compare(theirs)
    assert list(found.columns) == [column.name for column in schema.result_columns("compare")]
    assert rows_of(found, "match", "ours", "theirs", "days_apart", "km_apart", "place", "place_theirs", "sides") == [
        ("both", "one", "x7", 0, 0.0, "Gao", "Gao", "MNLA;MUJAO"),
    ]
    assert rows_of(found, "differs", "rule", "score") == [(None, "same place, both sides", 1.0)]


def test_figures_are_side_by_side_and_never_change_the_match(tmp_path: Path) -> None:
    ours = [{**FIGHT, "event_id": f"o{at}", "date_start": f"2013-0{at}-05"} for at in range(1, 5)]
    theirs = [{**row, "event_id": row["event_id"].replace("o", "t")} for row in ours]
    left, right = two_datasets(tmp_path / "a", ours, theirs)
    plain = left.compare(right)
    figures = {
        "casualties": [
            {"event_id": "o1", "low": "20", "high": "30", "wording": "20-30"},
            casualty_row("o2", 7),
            casualty_row("o3", 7),
            casualty_row("o4", None),
        ],
        "their_casualties": [casualty_row("t1", 900), casualty_row("t2", 7), casualty_row("t4", 5)],
    }
    left, right = two_datasets(tmp_path / "b", ours, theirs, **figures)
    answer = left.answer("compare", name=right)
    same = ["match", "ours", "theirs", "rule", "score", "days_apart", "km_apart", "sides"]
    pd.testing.assert_frame_equal(answer.frame[same], plain[same])
    killed = [f"killed_{bound}" for bound in ("low", "best", "high", "theirs_low", "theirs_best", "theirs_high")]
    assert rows_of(answer.frame, *killed, "differs") == [
        (20, 20, 30, 900, 900, 900, "killed"),
        (7, 7, 7, 7, 7, 7, None),
        (7, 7, 7, None, None, None, None),  # where one has no number there is no difference
        (None, None, None, 5, 5, 5, None),
    ]
    assert answer.notes == (
        "4 of ours and 4 of theirs: 4 in both, 0 only ours, 0 only theirs; of 2 with figures on both sides 1 differs.",
    )


def test_what_differs(tmp_path: Path) -> None:
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    theirs = {
        **{"event_id": "x", "place": "There", "side_a": "MUJAO", "side_b": "Army", "date_start": "2013-02-06"},
        **{"event_type": REMOTE, "sub_event_type": "Grenade"},
    }
    left, right = two_datasets(
        tmp_path / "a",
        [FIGHT],
        [theirs],
        **there,
        casualties=[casualty_row("one", 3)],
        their_casualties=[casualty_row("x", 4)],
    )
    [row] = rows_of(left.compare(right), "differs", "date", "date_theirs", "summary_theirs")
    assert row[0] == "date;place;type;killed;actors"
    assert [f"{day:%Y-%m-%d}" for day in row[1:3]] == [DAY, "2013-02-06"]
    assert row[3] == "Two sides fight somewhere."


def test_placeless_events_are_counted(tmp_path: Path) -> None:
    left, right = two_datasets(tmp_path, [FIGHT, {**FIGHT, "event_id": "nowhere", "place": ""}], [FIGHT])
    assert left.answer("compare", name=right).notes[-1] == (
        "1 of ours and 0 of theirs have no place below country level and are never matched."
    )


def test_empty_sides(tmp_path: Path) -> None:
    left, right = two_datasets(tmp_path / "a", [FIGHT], [])
    assert rows_of(left.compare(right), "match", "ours", "theirs") == [("only ours", "one", None)]
    assert rows_of(right.compare(left), "match", "ours", "theirs") == [("only theirs", None, "one")]
    left, right = two_datasets(tmp_path / "b", [], [])
    found = left.compare(right)
    assert found.empty
    for name, kind in (("date", "datetime64"), ("days_apart", "Int64"), ("km_apart", "float64"), ("score", "float64")):
        assert str(found.dtypes[name]).startswith(kind)
