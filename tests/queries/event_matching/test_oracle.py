"""Every pair score_of_pair a second time by the rules of docs/compare.md, in plain Python."""

from __future__ import annotations

import itertools
import math
import random
from datetime import date
from typing import NamedTuple

import pandas as pd
import pytest

from mali_cli.model import schema
from mali_cli.queries import event_matching
from tests.support.matching import (
    BATTLE,
    CIVILIANS,
    GROUPS,
    PLACES,
    REMOTE,
)
from tests.support.tables import Row, dataset

DAYS = [f"2013-0{month}-{day:02}" for month in (1, 2) for day in (1, 3, 4, 5, 9, 28)]


SIDES = ["", "MUJAO", "MNLA", "Army", "Mali", "Serval", "French Army", "Civilians", "MUJAO;Army", "Civilians;MNLA"]


STRATEGIC, TRANSFER = "Strategic developments", "Non-violent transfer of territory"
GAINED, LOST = "Government regains territory", "Non-state actor overtakes territory"
TYPES = [
    *((BATTLE, "Armed clash"), (BATTLE, "Armed clash"), (BATTLE, GAINED), (BATTLE, LOST), (STRATEGIC, TRANSFER)),
    *((REMOTE, "Grenade"), (CIVILIANS, "Attack"), ("Protests", "Peaceful protest"), ("Riots", "Mob violence")),
]
COMPATIBLE = ({BATTLE, REMOTE}, {CIVILIANS, REMOTE}, {"Protests", "Riots"})


EVENT_PLACES = [
    "",
    "Gao",
    "Gao",
    "Konna",
    "Mopti",
    "Awakassa",
    "Tamalat",
    "Northern Mali",
    "Gao Region",
    "Mali",
    "Konna;Gao",
]


def random_events(chance: random.Random, number: int) -> list[Row]:
    rows: list[Row] = []
    for i in range(number):
        start, place = date.fromisoformat(chance.choice(DAYS)), chance.choice(EVENT_PLACES)
        end = date.fromordinal(start.toordinal() + chance.choice([0, 0, 0, 0, 1, 6, 30, 31, 200]))
        kind = chance.choice(TYPES)
        rows.append(
            {
                "event_id": f"e{i:02}",
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


ANCESTORS = {"Army": {"Mali"}, "French Army": {"France"}, "Serval": {"French Army", "France"}}


PLACE_ROWS = {str(row["place"]): row for row in PLACES}


class Scored(NamedTuple):
    score: float
    is_part: bool  # whether theirs may be one of several records of ours


def score_of_pair(a: Row, b: Row, window: int, within: float) -> Scored | None:
    """Return the score of a pair that the rules allow."""
    first, last = ([date.fromisoformat(row[end]).toordinal() for row in (a, b)] for end in ("date_start", "date_end"))
    days = max(0, first[0] - last[1], first[1] - last[0])
    if days > window:
        return None
    long = any(end - start + 1 > 31 for start, end in zip(first, last, strict=True))
    short = all(end - start + 1 <= 7 for start, end in zip(first, last, strict=True))
    exact = short and all(row["date_precision"] == "day" for row in (a, b))
    by_type = score_of_types(a, b)
    if not by_type:
        return None
    relation, _, by_place = max(
        meeting(a, b, p, q, within) for p in a["place"].split(";") for q in b["place"].split(";")
    )
    if relation == 0:
        return None
    shared_sides, by_actors, specific = shared_actors(a, b)
    both = shared_sides == 2 and specific
    same_weapon = a["event_type"] == REMOTE == b["event_type"] and relation == 3 and a_side_is_blank(a, b)
    if (relation == 1 and not both) or (long and not (relation == 3 and both)) or not (shared_sides or same_weapon):
        return None
    by_days = (1 - days / (window + 1)) * (0.5 if long else 1.0 if exact else 0.75)
    score = 0.3 * by_days + 0.2 * by_place + 0.2 * by_actors + 0.15 * by_type  # no summaries, no words
    score = math.floor(round(score * 100, 6) + 0.5) / 100
    is_part = days == 0 and exact and relation == 3 and both
    return Scored(score, is_part) if score >= 0.55 else None


def score_of_types(a: Row, b: Row) -> float:
    types, sub_types = ({a[name], b[name]} for name in ("event_type", "sub_event_type"))
    if len(sub_types) == 1:
        return 1.0
    if sub_types in ({TRANSFER, GAINED}, {TRANSFER, LOST}):
        return 0.5
    if len(types) == 1:
        return 0.0 if sub_types == {GAINED, LOST} else 0.5
    return 0.25 if types in COMPATIBLE else 0.0


def a_side_is_blank(a: Row, b: Row) -> bool:
    return not all(row[side] for row in (a, b) for side in ("side_a", "side_b"))


def shared_actors(a: Row, b: Row) -> tuple[int, float, bool]:
    """Return on how many sides the events share a group, the mean over the sides, and whether it is a specific one."""
    left, right = ([set(filter(None, row[side].split(";"))) for side in ("side_a", "side_b")] for row in (a, b))
    best = (0, 0.0, False)
    directed = STRATEGIC in (a["event_type"], b["event_type"])
    for order in ((0, 1),) if directed else ((0, 1), (1, 0)):
        scores, named_sides, shared = [], 0, set()
        for x, y in ((left[0], right[order[0]]), (left[1], right[order[1]])):
            named_sides += bool(x or y)
            larger = {w for s in x for w in y if w in ANCESTORS.get(s, ())}
            larger |= {w for s in y for w in x if w in ANCESTORS.get(s, ())}
            scores.append(1.0 if x & y else 0.5 if larger else 0.0)
            shared |= (x & y) | larger
        specific = bool(shared - {"Civilians"})
        both_specific = all((sides[0] | sides[1]) - {"Civilians"} for sides in (left, right))
        if shared and (specific or not both_specific):
            best = max(best, (sum(map(bool, scores)), sum(scores) / named_sides, specific))
    return best


def on_sphere(place: str) -> tuple[float, float, float]:
    north, east = (math.radians(float(PLACE_ROWS[place][name])) for name in ("latitude", "longitude"))
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def meeting(a: Row, b: Row, p: str, q: str, within: float) -> tuple[int, float, float]:
    """Return how two places relate (3 the same, 2 near, 1 in one region, 0 not), minus the distance, and the score."""
    if "Mali" in (p, q) or "" in (p, q):
        return 0, -math.inf, 0.0
    areal = [
        row["place_precision"] == "region" or PLACE_ROWS[place].get("kind") in ("region", "area")
        for row, place in ((a, p), (b, q))
    ]
    km = math.inf
    if not any(areal) and PLACE_ROWS[p].get("latitude") and PLACE_ROWS[q].get("latitude"):
        km = 2 * 6371.0088 * math.asin(math.dist(on_sphere(p), on_sphere(q)) / 2)
    near_factor = 0.75 if "near" in (a["place_precision"], b["place_precision"]) else 1.0
    if p == q and not any(areal):
        return 3, -km, near_factor
    if km <= within:
        return 2, -km, near_factor * (1 - km / (within + 1))
    region = PLACE_ROWS[p].get("region")
    if p == q or (region and region == PLACE_ROWS[q].get("region") and km == math.inf):
        return 1, -km, 0.0
    return 0, -math.inf, 0.0


@pytest.fixture(scope="module")
def lookup_tables(tmp_path_factory: pytest.TempPathFactory) -> event_matching.EventSet:
    """Return the places and groups of these tests, and no event."""
    data = dataset(tmp_path_factory.mktemp("lookup_tables"), places=PLACES, groups=GROUPS)
    return event_matching.EventSet(data.events(), data.table("places"), data.table("groups"))


def events_frame(rows: list[Row]) -> pd.DataFrame:
    """Return events as `mali events` does, without writing files."""
    columns = [column.name for column in (*schema.table("events").columns, *schema.result_columns("events"))]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    frame = frame.where(frame.notna() & (frame != ""), None)
    for name in ("date_start", "date_end"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    for name in ("killed_low", "killed_best", "killed_high"):
        frame[name] = frame[name].astype("Int64")
    return frame


@pytest.mark.parametrize("seed", range(12))
def test_an_oracle_allows_the_same_pairs_and_the_order_of_rows_does_not_matter(
    lookup_tables: event_matching.EventSet, seed: int
) -> None:
    chance = random.Random(seed)
    ours, theirs = random_events(chance, 60), random_events(chance, 70)
    window, within = (0, 1, 3, 30)[seed % 4], (0.0, 25.0, 70.0)[seed % 3]
    left, right = (lookup_tables._replace(events=events_frame(rows)) for rows in (ours, theirs))
    match_window = event_matching.MatchWindow(window, within)
    allowed = {}
    for a, b in itertools.product(ours, theirs):
        scored = score_of_pair(a, b, window, within)
        if scored is not None:
            allowed[a["event_id"], b["event_id"]] = scored
    locations = event_matching.locate(left, right)
    pairs = event_matching.candidate_pairs(left, right, locations, match_window)
    a, b = left.events["event_id"].to_numpy()[pairs["our_row"]], right.events["event_id"].to_numpy()[pairs["their_row"]]
    scores = dict(zip(zip(a, b, strict=True), pairs["score"], strict=True))
    assert allowed
    assert scores == {key: pytest.approx(found.score) for key, found in allowed.items()}

    table = event_matching.comparison_table(left, right, locations, match_window)
    both, more = (table[table["match"] == match] for match in ("both", "more"))
    assert sorted(table.loc[table["match"] != "more", "ours"].dropna()) == sorted(row["event_id"] for row in ours)
    assert sorted(table["theirs"].dropna()) == sorted(row["event_id"] for row in theirs)
    chosen, parts = (set(zip(rows["ours"], rows["theirs"], strict=True)) for rows in (both, more))
    assert chosen <= set(allowed)
    for our_id, their_id in set(allowed) - chosen:  # a pair is left out only for one that is at least as good
        rivals = [scores[pair] for pair in chosen if our_id == pair[0] or their_id == pair[1]]
        assert max(rivals, default=-1) >= scores[our_id, their_id]
    matched = [set(both[side]) for side in ("ours", "theirs")]
    may_be_parts = {pair for pair, found in allowed.items() if found.is_part and pair[1] not in matched[1]}
    assert parts <= may_be_parts
    assert set(more["theirs"]) == {their_id for our_id, their_id in may_be_parts if our_id in matched[0]}

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        rows = list(range(len(frame)))
        chance.shuffle(rows)
        return frame.iloc[rows]

    turned = [event_matching.EventSet(*map(shuffled, side[:3])) for side in (left, right)]
    again = event_matching.comparison_table(*turned, event_matching.locate(*turned), match_window)
    pd.testing.assert_frame_equal(again, table)
