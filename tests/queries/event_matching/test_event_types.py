"""How similar event types are, and which events are compared at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mali_cli.queries.event_matching import event_types
from tests.support.matching import (
    BATTLE,
    CIVILIANS,
    FIGHT,
    REMOTE,
    match_of,
    two_datasets,
)
from tests.support.tables import rows_of

STRATEGIC, TRANSFER = "Strategic developments", "Non-violent transfer of territory"
GAINED, LOST = "Government regains territory", "Non-state actor overtakes territory"


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [
        ((BATTLE, "Armed clash"), (BATTLE, "Armed clash"), 1.0),
        ((BATTLE, "Armed clash"), (BATTLE, "Government regains territory"), 0.5),
        ((BATTLE, "Armed clash"), (BATTLE, None), 0.5),
        ((BATTLE, None), (BATTLE, None), 0.5),
        ((BATTLE, LOST), (BATTLE, GAINED), 0.0),  # a town lost is not a town regained
        ((BATTLE, LOST), (STRATEGIC, TRANSFER), 0.5),
        ((BATTLE, GAINED), (STRATEGIC, TRANSFER), 0.5),
        ((BATTLE, "Armed clash"), (STRATEGIC, TRANSFER), 0.0),
        ((STRATEGIC, TRANSFER), (STRATEGIC, TRANSFER), 1.0),
        ((BATTLE, None), (REMOTE, "Suicide bomb"), 0.25),
        ((CIVILIANS, "Attack"), (REMOTE, "Grenade"), 0.25),
        ((CIVILIANS, "Attack"), (BATTLE, "Armed clash"), 0.0),
        ((BATTLE, "Armed clash"), ("Riots", "Mob violence"), 0.0),
        ((None, None), (BATTLE, "Armed clash"), 0.25),
        ((None, None), ("Riots", "Mob violence"), 0.25),
        ((None, None), (None, None), 0.25),
        ((None, None), ("Protests", "Excessive force against protesters"), 0.25),
        ((None, None), ("Protests", "Peaceful protest"), 0.0),
        ((None, None), (STRATEGIC, "Agreement"), 0.0),
        (("Protests", "Peaceful protest"), ("Protests", "Protest with intervention"), 0.5),
        (("Protests", "Peaceful protest"), ("Riots", "Violent demonstration"), 0.25),
        ((STRATEGIC, "Agreement"), (STRATEGIC, "Agreement"), 1.0),
        ((STRATEGIC, "Agreement"), (STRATEGIC, "Arrests"), 0.0),
        ((STRATEGIC, None), (STRATEGIC, None), 0.0),
    ],
)
def test_similarity_of_event_types(
    one: tuple[str | None, ...], other: tuple[str | None, ...], similarity: float
) -> None:
    frame = pd.DataFrame([one, other], columns=["event_type", "sub_event_type"], dtype=object)
    a, b = event_types.event_types(frame)
    assert event_types.type_similarity(a, b) == event_types.type_similarity(b, a) == similarity


def test_the_event_type_is_part_of_the_score(tmp_path: Path) -> None:
    bomb = {"event_type": REMOTE, "sub_event_type": "Suicide bomb"}
    assert match_of(tmp_path / "a", {}, bomb) == ("same place, both sides", 0.89, 0, 0.0)  # 0.15 / 4 + 0.85
    regained = {"sub_event_type": GAINED}
    assert match_of(tmp_path / "b", {}, regained) == ("same place, both sides", 0.93, 0, 0.0)  # 0.15 / 2 + 0.85


def test_the_same_weapon_is_enough_where_a_side_is_not_stated(tmp_path: Path) -> None:
    bomb = {"event_type": REMOTE, "sub_event_type": "Suicide bomb"}
    unknown = {**bomb, "side_a": "", "side_b": "Civilians"}
    assert match_of(tmp_path / "a", unknown, bomb) == ("same place, same weapon", 0.8, 0, 0.0)
    assert match_of(tmp_path / "b", unknown, {**bomb, "sub_event_type": "Grenade"}) is None
    assert match_of(tmp_path / "c", {**unknown, "side_a": "Army"}, bomb) is None
    attack = {"event_type": CIVILIANS, "sub_event_type": "Attack"}
    assert match_of(tmp_path / "d", {**unknown, **attack}, attack) is None
    there = [{"place": "Outside", "latitude": "16.28", "longitude": "-0.04"}]
    assert match_of(tmp_path / "e", unknown, {**bomb, "place": "Outside"}, their_places=there) is None


def test_events_that_are_not_violent_are_compared_only_with_their_type(tmp_path: Path) -> None:
    said = {**FIGHT, "event_type": "Strategic developments", "sub_event_type": "Statement"}
    agreed = {**said, "sub_event_type": "Agreement"}
    march = {**FIGHT, "event_type": "Protests", "sub_event_type": "Peaceful protest"}
    ours = [{**said, "event_id": "said"}, {**agreed, "event_id": "agreed"}, {**march, "event_id": "march"}]
    left, right = two_datasets(tmp_path / "a", ours, [{**agreed, "event_id": "x"}, {**FIGHT, "event_id": "y"}])
    answer = left.answer("compare", name=right)
    assert rows_of(answer.frame, "match", "ours", "theirs") == [("both", "agreed", "x"), ("only theirs", None, "y")]
    assert (
        answer.notes[-1] == "Not compared: 2 events of ours, not violent and of a type that does not occur in theirs."
    )
    # All events that only they have are listed, whatever their type.
    found = right.compare(left)
    assert rows_of(found, "match", "ours", "theirs") == [
        *(("both", "x", "agreed"), ("only ours", "y", None)),
        *(("only theirs", None, "march"), ("only theirs", None, "said")),
    ]
