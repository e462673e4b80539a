"""Which events of two datasets are one: pairs worked out by hand, the account of docs/compare.md, and a slow oracle."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.model.geo import kilometres
from mali_cli.queries import event_matching
from tests.conftest import ROOT
from tests.support.tables import Row, dataset, rows_of, write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]

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


def two(folder: Path, ours: list[Row], theirs: list[Row], **more: list[Row]) -> tuple[Dataset, Dataset]:
    """Two datasets with these events; `places` and `their_places` beside those above."""
    known = {"places": [*PLACES, *more.get("places", [])], "groups": GROUPS, "casualties": more.get("casualties", [])}
    other = {
        **known,
        "places": [*PLACES, *more.get("their_places", [])],
        "casualties": more.get("their_casualties", []),
    }
    return (
        dataset(folder / "ours", **known, events=[dict(row) for row in ours]),
        dataset(folder / "theirs", **other, events=[dict(row) for row in theirs]),
    )


def pair(folder: Path, ours: Row, theirs: Row, **criteria: Any) -> tuple[Any, ...] | None:
    """Rule, score, days and kilometres by which two events are one; None where they are not."""
    more = {name: criteria.pop(name) for name in ("places", "their_places") if name in criteria}
    left, right = two(folder, [{**FIGHT, **ours}], [{**FIGHT, "event_id": "other", **theirs}], **more)
    found = left.compare(right, **criteria)
    rows = rows_of(found, "match", "ours", "theirs", "rule", "score", "days_apart", "km_apart")
    if len(rows) == 1:
        assert rows[0][:3] == ("both", "one", "other")
        return rows[0][3:]
    assert rows == [
        ("only ours", "one", None, None, None, None, None),
        ("only theirs", None, "other", None, None, None, None),
    ]
    return None


def test_the_same_told_twice_is_one_event_and_nothing_differs(tmp_path: Path) -> None:
    ours, theirs = two(tmp_path, [FIGHT], [{**FIGHT, "event_id": "x7"}])
    found = ours.compare(theirs)
    assert list(found.columns) == [column.name for column in schema.result_columns("compare")]
    assert rows_of(found, "match", "ours", "theirs", "days_apart", "km_apart", "place", "place_theirs", "sides") == [
        ("both", "one", "x7", 0, 0.0, "Gao", "Gao", "MNLA;MUJAO"),
    ]
    assert rows_of(found, "differs", "rule", "score") == [(None, "same place, both sides", 1.0)]


# No match on the date alone


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
    assert pair(tmp_path, ours, theirs) is None
    assert pair(tmp_path / "again", ours, theirs, window="366d") is None


# Days


@pytest.mark.parametrize(
    ("day", "window", "score"),
    [
        ("2013-02-05", "0d", 1.0),
        ("2013-02-06", "0d", None),
        ("2013-02-08", "3d", 0.78),  # 0.3 / 4 + 0.7
        ("2013-02-02", None, 0.78),  # three days by itself, either way
        ("2013-02-09", "3d", None),
        ("2013-02-01", "3", None),
        ("2013-02-10", 5, 0.75),
        ("2013-02-11", "5D", None),
    ],
)
def test_days_are_counted_to_the_bound_included(tmp_path: Path, day: str, window: Any, score: float | None) -> None:
    found = pair(tmp_path, {}, {"date_start": day}, **({} if window is None else {"window": window}))
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
def test_imprecise_dates_meet_what_lies_inside(
    tmp_path: Path, start: str, end: str, precision: str, score: float | None, days: int | None
) -> None:
    dates = {"date_start": start, "date_end": end, "date_precision": precision}
    expected = score and ("same place, both sides", score, days, 0.0)
    assert pair(tmp_path, dates, {}) == expected
    assert pair(tmp_path / "turned", {}, dates) == expected


YEAR = {"date_start": "2013-01-01", "date_end": "2013-12-31", "date_precision": "year"}


def test_a_date_of_more_than_31_days_needs_the_place_and_both_sides(tmp_path: Path) -> None:
    ways = itertools.count()

    def long(ours: Row, theirs: Row, **more: Any) -> Any:
        found = {pair(tmp_path / str(next(ways)), a, b, **more) for a, b in ((ours, theirs), (theirs, ours))}
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


# Places


def kilometres_north(degrees: float) -> float:
    return 6371.0088 * math.radians(degrees)


def test_kilometres_are_counted_to_the_bound_included(tmp_path: Path) -> None:
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    exact = float(kilometres(*(np.array([d]) for d in (16.27, -0.04, 16.37, -0.04)))[0])
    assert exact == pytest.approx(kilometres_north(0.1), abs=1e-6)
    at_bound = pair(tmp_path / "a", {}, {"place": "There"}, within=exact, **there)
    assert at_bound is not None
    assert at_bound[0] == "nearby, both sides"
    assert at_bound[1] == round(0.7 + 0.3 * (1 - exact / (exact + 1)), 2)
    assert at_bound[3] == 11.1
    assert pair(tmp_path / "b", {}, {"place": "There"}, within=exact - 0.001, **there) is None
    assert pair(tmp_path / "c", {}, {"place": "There"}, **there) == ("nearby, both sides", 0.87, 0, 11.1)
    assert pair(tmp_path / "d", {}, {"place": "There", "place_precision": "near"}, **there) == (
        *("nearby, both sides", 0.83, 0, 11.1),
    )
    far = {"their_places": [{"place": "There", "latitude": "16.50", "longitude": "-0.04"}]}
    assert pair(tmp_path / "e", {}, {"place": "There"}, **far) is None  # 25.6 km
    assert pair(tmp_path / "f", {}, {"place": "There"}, within="26 km", **far) is not None


def test_a_place_is_known_by_its_aliases(tmp_path: Path) -> None:
    kona = [{"place": "Kona (Mopti)", "aliases": "Kona", "region": "Mopti"}]
    konna = {"place": "Konna"}
    found = pair(tmp_path / "a", konna, {"place": "Kona (Mopti)"}, their_places=kona)
    assert found == ("same place, both sides", 1.0, 0, None)  # theirs is no point: no kilometres
    # Without points a region tells namesakes apart.
    kona[0]["region"] = "Kayes"
    assert pair(tmp_path / "b", konna, {"place": "Kona (Mopti)"}, their_places=kona) is None
    # With them the distance does, for regions are redrawn.
    kona[0] |= {"latitude": "14.95", "longitude": "-3.89"}
    assert pair(tmp_path / "c", konna, {"place": "Kona (Mopti)"}, their_places=kona, within=0) == (
        *("same place, both sides", 1.0, 0, 1.1),
    )
    kona[0] |= {"region": "Mopti", "latitude": "15.5"}
    assert pair(tmp_path / "d", konna, {"place": "Kona (Mopti)"}, their_places=kona) is None  # 62 km


def test_an_alias_of_two_places_is_neither(tmp_path: Path) -> None:
    ours = [{"place": "Gao Airport", "aliases": "Gao field"}, {"place": "Gao Camp", "aliases": "Gao field"}]
    theirs = [{"place": "Gao field"}]
    airport = {"place": "Gao Airport"}
    assert pair(tmp_path / "a", airport, {"place": "Gao field"}, places=ours, their_places=theirs) is None
    assert pair(tmp_path / "b", airport, {"place": "Gao field"}, places=ours[:1], their_places=theirs) is not None


def test_without_coordinates_the_region_and_both_sides_are_needed(tmp_path: Path) -> None:
    somewhere = {"place": "Awakassa"}
    assert pair(tmp_path / "a", somewhere, {"place": "Tamalat"}) == ("same region, both sides", 0.7, 0, None)
    assert pair(tmp_path / "b", somewhere, {"place": "Tamalat", "side_b": "Army"}) is None
    assert pair(tmp_path / "c", somewhere, {"place": "Awakassa", "side_b": "Army"}) == (
        *("same place, one side", 0.85, 0, None),
    )
    region = {"place": "Gao Region", "place_precision": "region"}
    assert pair(tmp_path / "d", {}, region) == ("same region, both sides", 0.7, 0, None)
    assert pair(tmp_path / "e", {}, {**region, "side_a": "Army"}) is None
    # A town that stands in for its region is no point either.
    for at, precision in enumerate(("region", "area", "district")):
        assert pair(tmp_path / f"f{at}", {}, {"place_precision": precision}) == (
            *("same region, both sides", 0.7, 0, None),
        )
        assert pair(tmp_path / f"g{at}", {"place_precision": precision, "side_b": "Army"}, {}) is None
    area = {"place": "Northern Mali", "place_precision": "area"}
    assert pair(tmp_path / "h", area, area) == ("same region, both sides", 0.7, 0, None)
    # Points that are known and far apart are not brought together by their region.
    assert pair(tmp_path / "i", {"place": "Konna"}, {"place": "Mopti"}) is None  # 60 km
    # Two crowds in one region are nobody.
    crowds = {"side_a": "Islamists", "side_b": "Civilians"}
    assert pair(tmp_path / "j", {**area, **crowds}, {**area, **crowds}) is None


def test_of_several_places_those_count_that_meet_best(tmp_path: Path) -> None:
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    assert pair(tmp_path / "a", {"place": "Konna;Gao"}, {"place": "There;Mopti"}, **there) == (
        *("nearby, both sides", 0.87, 0, 11.1),
    )
    assert pair(tmp_path / "b", {"place": "Konna;Gao"}, {"place": "There;Gao"}, **there) == (
        *("same place, both sides", 1.0, 0, 0.0),
    )


# Actors


@pytest.mark.parametrize(
    ("ours", "theirs", "rule", "score", "sides"),
    [
        # ours and theirs are side A against side B
        ("MUJAO>MNLA", "MNLA>MUJAO", "both sides", 1.0, "MNLA;MUJAO"),  # the other way round
        ("MUJAO;AQIM>MNLA", "AQIM>MNLA", "both sides", 1.0, "AQIM;MNLA"),
        ("MUJAO>MNLA", "MUJAO>Army", "one side", 0.85, "MUJAO"),
        ("MUJAO>MNLA", "Army>MUJAO", "one side", 0.85, "MUJAO"),
        ("MUJAO>", ">MUJAO", "one side", 1.0, "MUJAO"),  # what neither tells is no difference
        ("MUJAO>", "MUJAO>Army", "one side", 0.85, "MUJAO"),
        # part_of: an operation of an army, an army of a state, at any depth, either way; it counts half
        ("Serval>AQIM", "French Army>AQIM", "both sides through part_of", 0.93, "AQIM;French Army"),
        ("Serval>AQIM", "French Army>Islamists", "one side through part_of", 0.78, "French Army"),
        ("Serval>", "France>", "one side through part_of", 0.85, "France"),
        ("Mali>MNLA", "Army>MNLA", "both sides through part_of", 0.93, "MNLA;Mali"),
        ("Serval>AQIM", "French Air Force>MUJAO", None, None, None),  # two parts of one army are not one
        ("France>AQIM", "Mali>MUJAO", None, None, None),
        ("French Army;Serval>AQIM", "French Army>AQIM", "both sides", 1.0, "AQIM;French Army"),
        # a crowd makes a match only where one of the two names nobody else
        ("Islamists>Civilians", "MUJAO>Civilians", "one side", 0.85, "Civilians"),
        (">Civilians", "Islamists>Civilians", "one side", 0.85, "Civilians"),
        ("MUJAO>Civilians", "MUJAO>Civilians", "both sides", 1.0, "Civilians;MUJAO"),
        ("MUJAO>Civilians", "Army>Civilians", None, None, None),
        ("AQIM>Civilians;Army", "MNLA>Civilians", None, None, None),
    ],
)
def test_actors(
    tmp_path: Path, ours: str, theirs: str, rule: str | None, score: float | None, sides: str | None
) -> None:
    def row(text: str) -> Row:
        return dict(zip(("side_a", "side_b"), text.split(">"), strict=True))

    for at, (a, b) in enumerate(((ours, theirs), (theirs, ours))):
        found = pair(tmp_path / str(at), row(a), row(b))
        assert found == (rule and (f"same place, {rule}", score, 0, 0.0))
    left, right = two(tmp_path / "sides", [{**FIGHT, **row(ours)}], [{**FIGHT, **row(theirs)}])
    assert left.compare(right)["sides"].iloc[0] == sides


def test_what_ours_says_of_a_group_stands() -> None:
    ours = pd.DataFrame({"group": ["Army", "Mali"], "part_of": ["Mali", None]})
    theirs = pd.DataFrame({"group": ["Army", "Scouts", "Ring", "Loop"], "part_of": ["France", "Army", "Loop", "Ring"]})
    assert event_matching.ancestor_groups(ours, theirs) == {
        **{"Army": {"Mali"}, "Mali": set(), "Scouts": {"Army", "Mali"}},
        **{"Ring": {"Loop", "Ring"}, "Loop": {"Ring", "Loop"}},  # no end, but it ends
    }


# Kinds

BATTLE, REMOTE, CIVILIANS = "Battles", "Explosions/Remote violence", "Violence against civilians"


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ((BATTLE, "Armed clash"), (BATTLE, "Government regains territory"), 1.0),
        ((BATTLE, None), (REMOTE, "Suicide bomb"), 0.5),
        ((CIVILIANS, "Attack"), (REMOTE, "Grenade"), 0.5),
        ((CIVILIANS, "Attack"), (BATTLE, "Armed clash"), 0.0),
        ((BATTLE, "Armed clash"), ("Riots", "Mob violence"), 0.0),
        ((None, None), (BATTLE, "Armed clash"), 0.5),
        ((None, None), ("Riots", "Mob violence"), 0.5),
        ((None, None), (None, None), 0.5),
        ((None, None), ("Protests", "Excessive force against protesters"), 0.5),
        ((None, None), ("Protests", "Peaceful protest"), 0.0),
        ((None, None), ("Strategic developments", "Agreement"), 0.0),
        (("Protests", "Peaceful protest"), ("Protests", "Protest with intervention"), 1.0),
        (("Protests", "Peaceful protest"), ("Riots", "Violent demonstration"), 0.0),
        (("Strategic developments", "Agreement"), ("Strategic developments", "Agreement"), 1.0),
        (("Strategic developments", "Agreement"), ("Strategic developments", "Arrests"), 0.0),
        (("Strategic developments", None), ("Strategic developments", None), 0.0),
    ],
)
def test_likeness_of_kinds(one: tuple[str | None, ...], other: tuple[str | None, ...], likeness: float) -> None:
    frame = pd.DataFrame([one, other], columns=["event_type", "sub_event_type"], dtype=object)
    a, b = event_matching._event_types(frame)
    assert event_matching.type_similarity(a, b) == event_matching.type_similarity(b, a) == likeness


def test_the_kind_is_a_tenth_of_the_score(tmp_path: Path) -> None:
    bomb = {"event_type": REMOTE, "sub_event_type": "Suicide bomb"}
    assert pair(tmp_path, {}, bomb) == ("same place, both sides", 0.95, 0, 0.0)


def test_what_is_not_violent_is_compared_only_with_its_kind(tmp_path: Path) -> None:
    said = {**FIGHT, "event_type": "Strategic developments", "sub_event_type": "Statement"}
    agreed = {**said, "sub_event_type": "Agreement"}
    march = {**FIGHT, "event_type": "Protests", "sub_event_type": "Peaceful protest"}
    ours = [{**said, "event_id": "said"}, {**agreed, "event_id": "agreed"}, {**march, "event_id": "march"}]
    left, right = two(tmp_path / "a", ours, [{**agreed, "event_id": "x"}, {**FIGHT, "event_id": "y"}])
    answer = left.answer("compare", name=right)
    assert rows_of(answer.frame, "match", "ours", "theirs") == [("both", "agreed", "x"), ("only theirs", None, "y")]
    assert answer.notes[-1] == "Not compared: 2 events of ours, not violent and of a type that theirs do not have."
    # What only they have is told, whatever its kind: it may be what we miss.
    found = right.compare(left)
    assert rows_of(found, "match", "ours", "theirs") == [
        *(("both", "x", "agreed"), ("only ours", "y", None)),
        *(("only theirs", None, "march"), ("only theirs", None, "said")),
    ]


# Figures


def figure(event: str, n: int | None, **more: Any) -> Row:
    return {"event_id": event, **({"n": str(n)} if n is not None else {"wording": "some"}), **more}


def test_figures_stand_side_by_side_and_never_change_the_match(tmp_path: Path) -> None:
    ours = [{**FIGHT, "event_id": f"o{at}", "date_start": f"2013-0{at}-05"} for at in range(1, 5)]
    theirs = [{**row, "event_id": row["event_id"].replace("o", "t")} for row in ours]
    left, right = two(tmp_path / "a", ours, theirs)
    plain = left.compare(right)
    told = {
        "casualties": [
            {"event_id": "o1", "low": "20", "high": "30", "wording": "20-30"},
            figure("o2", 7),
            figure("o3", 7),
            figure("o4", None),
        ],
        "their_casualties": [figure("t1", 900), figure("t2", 7), figure("t4", 5)],
    }
    left, right = two(tmp_path / "b", ours, theirs, **told)
    answer = left.answer("compare", name=right)
    same = ["match", "ours", "theirs", "rule", "score", "days_apart", "km_apart", "sides"]
    pd.testing.assert_frame_equal(answer.frame[same], plain[same])
    killed = [f"killed_{bound}" for bound in ("low", "best", "high", "theirs_low", "theirs_best", "theirs_high")]
    assert rows_of(answer.frame, *killed, "differs") == [
        (20, 20, 30, 900, 900, 900, "killed"),
        (7, 7, 7, 7, 7, 7, None),
        (7, 7, 7, None, None, None, None),  # what one does not tell is no difference
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
    left, right = two(
        tmp_path / "a", [FIGHT], [theirs], **there, casualties=[figure("one", 3)], their_casualties=[figure("x", 4)]
    )
    [row] = rows_of(left.compare(right), "differs", "date", "date_theirs", "summary_theirs")
    assert row[0] == "date;place;type;killed;actors"
    assert [f"{day:%Y-%m-%d}" for day in row[1:3]] == [DAY, "2013-02-06"]
    assert row[3] == "Two sides fight somewhere."


# One to one


def test_each_event_is_in_one_pair_at_most_and_the_best_pair_comes_first(tmp_path: Path) -> None:
    # Between days 5 and 7 both pairs would do; the exact one is taken, and what is left pairs up.
    ours = [{**FIGHT, "event_id": "o5"}, {**FIGHT, "event_id": "o7", "date_start": "2013-02-07"}]
    theirs = [{**FIGHT, "event_id": "t6", "date_start": "2013-02-06"}, {**FIGHT, "event_id": "t7", "date_start": "2013-02-07"}]  # fmt: skip
    left, right = two(tmp_path / "a", ours, theirs)
    assert rows_of(left.compare(right), "match", "ours", "theirs", "score") == [
        ("both", "o5", "t6", 0.93), ("both", "o7", "t7", 1.0),
    ]  # fmt: skip
    left, right = two(tmp_path / "b", ours[:1], theirs)
    assert rows_of(left.compare(right), "match", "ours", "theirs") == [
        ("both", "o5", "t6"),
        ("only theirs", None, "t7"),
    ]


def test_equal_scores_go_by_days_then_kilometres_then_ids(tmp_path: Path) -> None:
    twins = [{**FIGHT, "event_id": name} for name in ("b", "a", "c")]
    left, right = two(tmp_path / "ids", [FIGHT], twins)
    assert left.compare(right)["theirs"].tolist() == ["a", "b", "c"]
    places = [
        {"place": "B here", "aliases": "Gao", "latitude": "16.272", "longitude": "-0.04"},
        {"place": "A there", "aliases": "Gao", "latitude": "16.28", "longitude": "-0.04"},
    ]
    # A place only near, on the day, and the place itself, a day off, score alike: 1 - 0.3 / 4.
    near = {**FIGHT, "event_id": "z-near", "place": "B here", "place_precision": "near"}
    later = {**FIGHT, "event_id": "a-later", "date_start": "2013-02-06"}
    left, right = two(tmp_path / "days", [FIGHT], [later, near], their_places=places)
    assert rows_of(left.compare(right), "match", "theirs", "score") == [
        ("both", "z-near", 0.93), ("only theirs", "a-later", None),
    ]  # fmt: skip
    events = [{**FIGHT, "event_id": "a-there", "place": "A there"}, {**FIGHT, "event_id": "b-here", "place": "B here"}]
    left, right = two(tmp_path / "km", [FIGHT], events, their_places=places)
    assert rows_of(left.compare(right), "match", "theirs", "km_apart") == [
        ("both", "b-here", 0.2), ("only theirs", "a-there", None),
    ]  # fmt: skip


# A slow oracle: every pair judged by the words of docs/compare.md, in plain Python

DAYS = [f"2013-0{month}-{day:02}" for month in (1, 2) for day in (1, 3, 4, 5, 9, 28)]
SIDES = ["", "MUJAO", "MNLA", "Army", "Mali", "Serval", "French Army", "Civilians", "MUJAO;Army", "Civilians;MNLA"]
TYPES = [(BATTLE, "Armed clash"), (REMOTE, "Grenade"), (CIVILIANS, "Attack"), ("Protests", "Peaceful protest")]
SPOTS = ["", "Gao", "Gao", "Konna", "Mopti", "Awakassa", "Tamalat", "Northern Mali", "Gao Region", "Mali", "Konna;Gao"]


def some_events(chance: random.Random, number: int) -> list[Row]:
    rows: list[Row] = []
    for at in range(number):
        start, place = date.fromisoformat(chance.choice(DAYS)), chance.choice(SPOTS)
        end = date.fromordinal(start.toordinal() + chance.choice([0, 0, 0, 0, 1, 6, 30, 31, 200]))
        kind = chance.choice(TYPES)
        rows.append(
            {
                "event_id": f"e{at:02}",
                "date_start": start.isoformat(),
                "date_end": end.isoformat(),
                "date_precision": chance.choice(["day", "range"]),
                "event_type": kind[0],
                "sub_event_type": kind[1],
                "place": place,
                "place_precision": chance.choice(["place", "place", "near", "region"]) if place else "",
                "side_a": chance.choice(SIDES),
                "side_b": chance.choice(SIDES),
            }
        )
    return rows


ABOVE = {"Army": {"Mali"}, "French Army": {"France"}, "Serval": {"French Army", "France"}}
AT = {str(row["place"]): row for row in PLACES}


def judged(a: Row, b: Row, window: int, within: float) -> tuple[float, int, float] | None:
    """Score, days and kilometres of a pair that the rules allow."""
    first, last = ([date.fromisoformat(row[end]).toordinal() for row in (a, b)] for end in ("date_start", "date_end"))
    days = max(0, first[0] - last[1], first[1] - last[0])
    if days > window:
        return None
    long = any(end - start + 1 > 31 for start, end in zip(first, last, strict=True))
    sharp = all(row["date_precision"] == "day" for row in (a, b))
    kinds = {a["event_type"], b["event_type"]}
    kind = 1.0 if len(kinds) == 1 else 0.5 if kinds in ({BATTLE, REMOTE}, {CIVILIANS, REMOTE}) else 0.0
    if not kind:
        return None
    best_place = max(meeting(a, b, p, q, within) for p in a["place"].split(";") for q in b["place"].split(";"))
    how, minus_km, near_worth = best_place
    if how == 0:
        return None
    one, other = ([set(filter(None, row[side].split(";"))) for side in ("side_a", "side_b")] for row in (a, b))
    best = (0, 0.0, False)
    for order in ((0, 1), (1, 0)):
        worth, told, found = [], 0, set()
        for x, y in ((one[0], other[order[0]]), (one[1], other[order[1]])):
            told += bool(x or y)
            up = {w for s in x for w in y if w in ABOVE.get(s, ())} | {w for s in y for w in x if w in ABOVE.get(s, ())}
            worth.append(1.0 if x & y else 0.5 if up else 0.0)
            found |= (x & y) | up
        named = bool(found - {"Civilians"})
        others = all((sides[0] | sides[1]) - {"Civilians"} for sides in (one, other))
        if found and (named or not others):
            best = max(best, (sum(map(bool, worth)), sum(worth) / told, named))
    sides, actors, named = best
    both = sides == 2 and named
    if not sides or (how == 1 and not both) or (long and not (how == 3 and both)):
        return None
    by_days = (1 - days / (window + 1)) * (0.5 if long else 1.0 if sharp else 0.75)
    score = 0.3 * by_days + 0.3 * near_worth + 0.3 * actors + 0.1 * kind
    return score, days, -minus_km


def on_sphere(place: str) -> tuple[float, float, float]:
    north, east = (math.radians(float(AT[place][name])) for name in ("latitude", "longitude"))
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def meeting(a: Row, b: Row, p: str, q: str, within: float) -> tuple[int, float, float]:
    """How two places meet (3 the same, 2 near, 1 in one region, 0 not), minus their distance, and what it is worth."""
    if "Mali" in (p, q) or "" in (p, q):
        return 0, -math.inf, 0.0
    vague = [
        row["place_precision"] == "region" or AT[at].get("kind") in ("region", "area") for row, at in ((a, p), (b, q))
    ]
    km = math.inf
    if not any(vague) and AT[p].get("latitude") and AT[q].get("latitude"):
        km = 2 * 6371.0088 * math.asin(math.dist(on_sphere(p), on_sphere(q)) / 2)
    sharp = 0.75 if "near" in (a["place_precision"], b["place_precision"]) else 1.0
    if p == q and not any(vague):
        return 3, -km, sharp
    if km <= within:
        return 2, -km, sharp * (1 - km / (within + 1))
    region = AT[p].get("region")
    if p == q or (region and region == AT[q].get("region") and km == math.inf):
        return 1, -km, 0.0
    return 0, -math.inf, 0.0


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> event_matching.EventSet:
    """The places and groups above, and no event."""
    data = dataset(tmp_path_factory.mktemp("registers"), places=PLACES, groups=GROUPS)
    return event_matching.EventSet(data.events(), data.table("places"), data.table("groups"))


def frame_of(rows: list[Row]) -> pd.DataFrame:
    """Events as a question answers them, without the way over files."""
    columns = [column.name for column in (*schema.table("events").columns, *schema.result_columns("events"))]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    frame = frame.where(frame.notna() & (frame != ""), None)
    for name in ("date_start", "date_end"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    for name in ("killed_low", "killed_best", "killed_high"):
        frame[name] = frame[name].astype("Int64")
    return frame


@pytest.mark.parametrize("seed", range(12))
def test_a_slow_oracle_allows_the_same_pairs_and_no_order_of_rows_matters(
    registers: event_matching.EventSet, seed: int
) -> None:
    chance = random.Random(seed)
    ours, theirs = some_events(chance, 60), some_events(chance, 70)
    window, within = (0, 1, 3, 30)[seed % 4], (0.0, 25.0, 70.0)[seed % 3]
    left, right = (registers._replace(events=frame_of(rows)) for rows in (ours, theirs))
    reach = event_matching.MatchWindow(window, within)
    allowed = {}
    for a, b in itertools.product(ours, theirs):
        found = judged(a, b, window, within)
        if found is not None:
            allowed[a["event_id"], b["event_id"]] = found
    pairs = event_matching.candidate_pairs(left, right, reach)
    a, b = left.events["event_id"].to_numpy()[pairs["a"]], right.events["event_id"].to_numpy()[pairs["b"]]
    scores = dict(zip(zip(a, b, strict=True), pairs["score"], strict=True))
    assert allowed
    assert scores == {key: pytest.approx(score, abs=0.0051) for key, (score, _, _) in allowed.items()}

    table = event_matching.comparison_table(left, right, reach)
    both = table[table["match"] == "both"]
    assert sorted(table["ours"].dropna()) == sorted(row["event_id"] for row in ours)  # each once
    assert sorted(table["theirs"].dropna()) == sorted(row["event_id"] for row in theirs)
    chosen = set(zip(both["ours"], both["theirs"], strict=True))
    assert chosen <= set(allowed)
    for one, other in set(allowed) - chosen:  # a pair is passed over only for one that is at least as good
        rivals = [scores[pair] for pair in chosen if one == pair[0] or other == pair[1]]
        assert max(rivals, default=-1) >= scores[one, other]

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        rows = list(range(len(frame)))
        chance.shuffle(rows)
        return frame.iloc[rows]

    again = event_matching.comparison_table(
        *(event_matching.EventSet(*map(shuffled, side)) for side in (left, right)), reach
    )
    pd.testing.assert_frame_equal(again, table)


def test_a_small_batch_of_pairs_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = load()
    whole = ours.compare(ours)
    monkeypatch.setattr(event_matching, "BATCH_PAIRS", 50)
    pd.testing.assert_frame_equal(ours.compare(ours), whole)
    both = whole[whole["match"] == "both"]
    assert len(both) > 200
    assert (both["ours"] == both["theirs"]).mean() > 0.98  # a few are told twice by us, and rank alike


# Filters, names, empty sides


def test_filters_hold_for_both_sides(tmp_path: Path) -> None:
    ours = [{**FIGHT, "event_id": "gao"}, {**FIGHT, "event_id": "konna", "place": "Konna", "date_start": "2013-03-01"}]
    theirs = [{**row, "event_id": f"their-{row['event_id']}"} for row in ours]
    told = {"casualties": [figure("gao", 9)], "their_casualties": [figure("their-gao", 2), figure("their-konna", 9)]}
    left, right = two(tmp_path, ours, theirs, **told)
    for criteria in ({"place": "Gao"}, {"region": "Gao"}, {"near": "Gao:10"}, {"until": "2013-02"}, {"on": DAY}):
        assert rows_of(left.compare(right, **criteria), "ours", "theirs") == [("gao", "their-gao")]
    assert len(left.compare(right, where="Mali", actor="MNLA", type="Battles", since="2013")) == 2
    assert rows_of(left.compare(right, min_killed=5), "match", "ours", "theirs") == [
        ("only ours", "gao", None), ("only theirs", None, "their-konna"),
    ]  # fmt: skip


def test_a_name_that_only_one_of_them_knows_leaves_the_other_empty(tmp_path: Path) -> None:
    left, right = two(tmp_path, [FIGHT], [FIGHT], their_places=[{"place": "Kidal"}])
    answer = left.answer("compare", name=right, place="Kidal")
    assert answer.frame.empty
    assert answer.notes[0].startswith("None of ours: no place is called 'Kidal'.")
    assert answer.notes[-1] == "0 of ours and 0 of theirs: 0 in both, 0 only ours, 0 only theirs."
    answer = right.answer("compare", name=left, place=["Kidal", "Gao"])
    assert rows_of(answer.frame, "match", "ours") == [("only ours", "one")]
    assert answer.notes[0].startswith("None of theirs: no place is called 'Kidal'.")
    with pytest.raises(MaliError, match="no place is called 'Nowhere'"):
        left.compare(right, place="Nowhere")


def test_empty_sides(tmp_path: Path) -> None:
    left, right = two(tmp_path / "a", [FIGHT], [])
    assert rows_of(left.compare(right), "match", "ours", "theirs") == [("only ours", "one", None)]
    assert rows_of(right.compare(left), "match", "ours", "theirs") == [("only theirs", None, "one")]
    left, right = two(tmp_path / "b", [], [])
    found = left.compare(right)
    assert found.empty
    for name, kind in (("date", "datetime64"), ("days_apart", "Int64"), ("km_apart", "float64"), ("score", "float64")):
        assert str(found.dtypes[name]).startswith(kind)


def test_placeless_events_are_counted(tmp_path: Path) -> None:
    left, right = two(tmp_path, [FIGHT, {**FIGHT, "event_id": "nowhere", "place": ""}], [FIGHT])
    assert left.answer("compare", name=right).notes[-1] == (
        "1 of ours and 0 of theirs tell no place within a country: they are never matched."
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--window soon", "--window takes whole days such as 3d or 5, at most 366, not 'soon'."),
        ("--window -1", "--window takes whole days such as 3d or 5, at most 366, not '-1'."),
        ("--window 1.5d", "--window takes whole days such as 3d or 5, at most 366, not '1.5d'."),
        ("--window 3km", "--window takes whole days such as 3d or 5, at most 366, not '3km'."),
        ("--window 367d", "--window takes whole days such as 3d or 5, at most 366, not '367d'."),
        ("--window ٣d", "--window takes whole days such as 3d or 5, at most 366, not '٣d'."),
        ("--window ''", "--window takes whole days such as 3d or 5, at most 366, not ''."),
        ("--within far", "--within takes kilometres such as 25km or 7.5, at most 20,000, not 'far'."),
        ("--within -5km", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '-5km'."),
        ("--within 5d", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '5d'."),
        ("--within nan", "--within takes kilometres such as 25km or 7.5, at most 20,000, not 'nan'."),
        ("--within 1e3", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '1e3'."),
        ("--within 99999", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '99999'."),
        ("--actor Zyzzyva", "no group is called 'Zyzzyva'. `mali groups` lists all."),
        ("--from 2013 --to 2012", "--to 2012 is before --from 2013; nothing lies between them."),
    ],
)
def test_the_command_is_at_fault(mali: Run, tmp_path: Path, words: str, message: str) -> None:
    import shlex

    folder = write_dataset(tmp_path, events=[dict(FIGHT)], places=PLACES, groups=GROUPS)
    result = mali("compare", str(folder), *shlex.split(words))
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"mali: {message}\n")


def test_a_file_is_needed(mali: Run, tmp_path: Path) -> None:
    result = mali("compare")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "FILE" in result.stderr
    result = mali("compare", "")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    result = mali("compare", str(tmp_path / "none.csv"))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    with pytest.raises(DataError):
        load().compare(tmp_path)  # a folder without tables


# The account of docs/compare.md

INVENTED = ROOT / "docs" / "compare" / "invented.csv"


def test_what_is_found_in_the_invented_file() -> None:
    found = load().compare(INVENTED, since="2012-06", until="2013-02")
    both = found[found["match"] == "both"]
    assert rows_of(both, "theirs", "ours", "rule") == [
        ("MLI9001", "2012-06-26-battle-of-gao", "same place, both sides"),
        ("MLI9002", "2012-06-26-gao-protest", "same place, both sides"),
        ("MLI9003", "2012-07-29-aguelhok-couple-stoned", "same place, one side"),
        ("MLI9004", "2012-09-08-dogofry-preachers-executed", "nearby, both sides"),
        ("MLI9005", "2012-11-16-gao-offensive", "same place, both sides"),
        ("MLI9006", "2012-11-19-menaka-captured", "same place, both sides"),
        ("MLI9007", "2013-01-10-konna-captured", "same place, both sides"),
        ("MLI9008", "2013-01-11-konna-recaptured", "same place, one side through part_of"),
        ("MLI9012", "2013-02-22-in-khalil-bombing", "same place, one side"),
    ]
    assert found.loc[found["match"] == "only theirs", "theirs"].tolist() == ["MLI9009", "MLI9010", "MLI9011"]


def test_every_row_of_the_invented_file_says_that_it_is_invented() -> None:
    text = INVENTED.read_text(encoding="utf-8")
    assert text.count("INVENTED for docs/compare.md:") == text.count("\n") - 1 == 12


def test_command_and_library_say_the_same(mali: Run) -> None:
    from mali_cli.output.text_formats import render_text

    result = mali("compare", str(INVENTED), "--from", "2013-01", "--to", "2013-02", "--window", "1d", "--within", "5km")
    answer = load().answer("compare", name=INVENTED, since="2013-01", until="2013-02", window=1, within=5.0)
    assert result.stdout == render_text(answer, "csv")
    assert result.stderr == "".join(f"{note}\n" for note in answer.notes)
