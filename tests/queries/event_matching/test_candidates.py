"""Which events are near each other in time: pairs worked out by hand."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.queries.event_matching import candidates
from tests.support.matching import (
    DAY,
    match_of,
)
from tests.support.tables import Row


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {"place": "Konna"}),  # another town, the same actors
        ({}, {"place": ""}),  # no place
        ({"place": ""}, {"place": ""}),
        ({"place": "Mali", "place_precision": "country"}, {"place": "Mali", "place_precision": "country"}),
        ({"place": "Mali"}, {"place": "Mali"}),  # a country is no place, whatever the precision says
        ({}, {"side_a": "AQIM", "side_b": "Army"}),  # the same town, other actors
        ({"side_a": "", "side_b": ""}, {"side_a": "", "side_b": ""}),  # no actors
        ({}, {"event_type": "Violence against civilians", "sub_event_type": "Attack"}),  # another kind
        ({}, {"event_type": "Strategic developments", "sub_event_type": "Other"}),
        ({}, {"event_type": "Riots", "sub_event_type": "Mob violence"}),
    ],
)
def test_the_date_alone_matches_nothing(tmp_path: Path, ours: Row, theirs: Row) -> None:
    assert match_of(tmp_path, ours, theirs) is None
    assert match_of(tmp_path / "again", ours, theirs, window="366d") is None


@pytest.mark.parametrize(
    ("day", "window", "score"),
    [
        ("2013-02-05", "0d", 1.0),
        ("2013-02-06", "0d", None),
        ("2013-02-08", "3d", 0.78),  # 0.3 / 4 + 0.7
        ("2013-02-02", None, 0.78),  # three days by default, either way
        ("2013-02-09", "3d", None),
        ("2013-02-01", "3", None),
        ("2013-02-10", 5, 0.75),
        ("2013-02-11", "5D", None),
    ],
)
def test_days_are_counted_to_the_bound_included(tmp_path: Path, day: str, window: Any, score: float | None) -> None:
    found = match_of(tmp_path, {}, {"date_start": day}, **({} if window is None else {"window": window}))
    apart = abs((date.fromisoformat(day) - date.fromisoformat(DAY)).days)
    assert found == (score and ("same place, both sides", score, apart, 0.0))


@pytest.mark.parametrize(
    ("start", "end", "precision", "score", "days"),
    [
        ("2013-02-01", "2013-02-28", "month", 0.93, 0),  # meets every day inside; 0.3 x 3/4 + 0.7
        ("2013-02-04", "2013-02-06", "day", 1.0, 0),  # it lasted
        ("2013-02-07", "2013-02-20", "range", 0.81, 2),  # the gap between the two
        ("2013-02-09", "2013-02-20", "range", None, None),
        ("2013-01-01", "2013-01-31", "month", None, None),
        (DAY, DAY, "by", 0.93, 0),
    ],
)
def test_imprecise_dates_match_every_day_inside_them(
    tmp_path: Path, start: str, end: str, precision: str, score: float | None, days: int | None
) -> None:
    dates = {"date_start": start, "date_end": end, "date_precision": precision}
    expected = score and ("same place, both sides", score, days, 0.0)
    assert match_of(tmp_path, dates, {}) == expected
    assert match_of(tmp_path / "turned", {}, dates) == expected


YEAR = {"date_start": "2013-01-01", "date_end": "2013-12-31", "date_precision": "year"}


def test_a_date_of_more_than_31_days_needs_the_place_and_both_sides(tmp_path: Path) -> None:
    ways = itertools.count()

    def long(ours: Row, theirs: Row, **more: Any) -> Any:
        found = {match_of(tmp_path / str(next(ways)), a, b, **more) for a, b in ((ours, theirs), (theirs, ours))}
        assert len(found) == 1  # whichever of the two is the vague one
        return found.pop()

    assert long(YEAR, {}) == ("same place, both sides, long date", 0.85, 0, 0.0)  # 0.15 + 0.7
    assert long(YEAR, {"side_b": "Army"}) is None  # one side
    assert long(YEAR, {"place": "Konna"}) is None
    near = {"their_places": [{"place": "Outside", "latitude": "16.28", "longitude": "-0.04"}]}
    near["places"] = near["their_places"]
    assert long({}, {"place": "Outside"}, **near) == ("nearby, both sides", 0.99, 0, 1.1)
    assert long(YEAR, {"place": "Outside"}, **near) is None
    assert long({**YEAR, "place_precision": "region"}, {}) is None
    # 31 days are not yet long, 32 are.
    assert long({"date_start": "2013-02-01", "date_end": "2013-03-03"}, {"side_b": "Army"}) is not None
    assert long({"date_start": "2013-02-01", "date_end": "2013-03-04"}, {"side_b": "Army"}) is None


def test_a_small_batch_of_pairs_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = load()
    whole = ours.compare(ours)
    monkeypatch.setattr(candidates, "BATCH_ROWS", 50)
    pd.testing.assert_frame_equal(ours.compare(ours), whole)
    both = whole[whole["match"] == "both"]
    assert len(both) > 200
    assert (both["ours"] == both["theirs"]).mean() > 0.98  # a few of ours are duplicates with equal scores
