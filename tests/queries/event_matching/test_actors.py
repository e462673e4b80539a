"""Which actors two events share."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from mali_cli.queries.event_matching import actors
from tests.support.matching import (
    FIGHT,
    match_in,
    match_of,
    two_datasets,
)
from tests.support.tables import Row


@pytest.mark.parametrize(
    ("ours", "theirs", "rule", "score", "sides"),
    [
        # ours and theirs are side A against side B
        ("MUJAO>MNLA", "MNLA>MUJAO", "both sides", 1.0, "MNLA;MUJAO"),  # the other way round
        ("MUJAO;AQIM>MNLA", "AQIM>MNLA", "both sides", 1.0, "AQIM;MNLA"),
        ("MUJAO>MNLA", "MUJAO>Army", "one side", 0.9, "MUJAO"),
        ("MUJAO>MNLA", "Army>MUJAO", "one side", 0.9, "MUJAO"),
        ("MUJAO>", ">MUJAO", "one side", 1.0, "MUJAO"),  # what neither tells is no difference
        ("MUJAO>", "MUJAO>Army", "one side", 0.9, "MUJAO"),
        # part_of: an operation of an army, an army of a state, at any depth, either way; it counts half
        ("Serval>AQIM", "French Army>AQIM", "both sides through part_of", 0.95, "AQIM;French Army"),
        ("Serval>AQIM", "French Army>Islamists", "one side through part_of", 0.85, "French Army"),
        ("Serval>", "France>", "one side through part_of", 0.9, "France"),
        ("Mali>MNLA", "Army>MNLA", "both sides through part_of", 0.95, "MNLA;Mali"),
        ("Serval>AQIM", "French Air Force>MUJAO", None, None, None),  # two parts of one army are not one
        ("France>AQIM", "Mali>MUJAO", None, None, None),
        ("French Army;Serval>AQIM", "French Army>AQIM", "both sides", 1.0, "AQIM;French Army"),
        # a crowd makes a match only where one of the two names nobody else
        ("Islamists>Civilians", "MUJAO>Civilians", "one side", 0.9, "Civilians"),
        (">Civilians", "Islamists>Civilians", "one side", 0.9, "Civilians"),
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

    left, right = two_datasets(tmp_path / "sides", [{**FIGHT, **row(ours)}], [{**FIGHT, **row(theirs)}])
    found = left.compare(right)
    expected = rule and (f"same place, {rule}", score, 0, 0.0)
    assert match_in(found, "one", "one") == match_of(tmp_path / "turned", row(theirs), row(ours)) == expected
    assert found["sides"].iloc[0] == sides


def test_our_hierarchy_of_groups_takes_precedence() -> None:
    ours = pd.DataFrame({"group": ["Army", "Mali"], "part_of": ["Mali", None]})
    theirs = pd.DataFrame({"group": ["Army", "Scouts", "Ring", "Loop"], "part_of": ["France", "Army", "Loop", "Ring"]})
    assert actors.ancestor_groups(ours, theirs) == {
        **{"Army": {"Mali"}, "Mali": set(), "Scouts": {"Army", "Mali"}},
        **{"Ring": {"Loop", "Ring"}, "Loop": {"Ring", "Loop"}},  # no end, but it ends
    }


# A group, its kind, its camp and what it is part of
CAMPS = """
    MUJAO jihadist jihadist -; JNIM jihadist jihadist -; ISGS jihadist jihadist -; Islamists collective jihadist -
    JNIM_or_ISGS collective jihadist JNIM;ISGS; MNLA rebel separatist -; Tuareg_rebels collective separatist -
    Army army government -; French army international -; Civilians civilian other -
    Protesters collective other -; Rioters collective other -
"""
CAMP_GROUPS = pd.DataFrame(
    [row.split() for row in re.split(r"\n|; ", CAMPS) if row.strip()], columns=["group", "kind", "camp", "part_of"]
).replace("-", None)


@pytest.mark.parametrize(
    ("ours", "theirs", "directed", "shared_sides", "score"),
    [
        # a collective name stands for the groups of its camp
        ("Islamists>Army", "MUJAO>Army", False, 2, 0.75),
        ("Tuareg_rebels>Army", "MNLA>Army", False, 2, 0.75),
        ("Islamists>French", "MUJAO>Army", False, 0, 0.0),  # alone it is not enough
        ("Protesters>", "Rioters>", False, 1, 0.5),
        # opposed camps are different events
        ("Islamists>Army", "MNLA>Army", False, 0, 0.0),
        ("MUJAO>MNLA", "MUJAO>Army", False, 0, 0.0),
        ("MUJAO>Army", "MUJAO>French", False, 1, 0.5),  # the army and the French fight side by side
        ("MUJAO;MNLA>Army", "MNLA>Army", False, 2, 1.0),
        # where one side acts and the other does not, the order has a meaning
        ("MUJAO>Civilians", "Civilians>MUJAO", False, 2, 1.0),
        ("MUJAO>Civilians", "Civilians>MUJAO", True, 0, 0.0),
        ("Islamists>Army", "French;Army>", True, 0, 0.0),
        # a joint actor is partly each of the two
        ("JNIM>Army", "JNIM_or_ISGS>Army", False, 2, 0.75),
        ("JNIM_or_ISGS>Civilians", "ISGS>Civilians", False, 2, 0.75),
        ("JNIM_or_ISGS>Army", "JNIM_or_ISGS>Civilians", False, 1, 0.5),
    ],
)
def test_camps_and_joint_actors(ours: str, theirs: str, directed: bool, shared_sides: int, score: float) -> None:
    hierarchy = actors.group_hierarchy(CAMP_GROUPS, CAMP_GROUPS)
    for left, right in ((ours, theirs), (theirs, ours)):
        found = actors.actor_overlap(tuple(left.split(">")), tuple(right.split(">")), hierarchy, directed)
        assert (found.shared_sides, found.score) == (shared_sides, score)


@pytest.mark.parametrize(
    ("ours", "theirs", "unstated"),
    [
        (">Civilians", "MUJAO>Army", True),
        (">Army", "MUJAO>MNLA", False),  # both say who was hit, and they are opposed
        ("MUJAO>Civilians", "Army>Protesters", False),
        (">", "MUJAO>Army", True),
    ],
)
def test_a_blank_side_contradicts_nothing(ours: str, theirs: str, unstated: bool) -> None:
    hierarchy = actors.group_hierarchy(CAMP_GROUPS)
    found = actors.actor_overlap(tuple(ours.split(">")), tuple(theirs.split(">")), hierarchy, False)
    assert (found.shared_sides, found.unstated) == (0, unstated)
