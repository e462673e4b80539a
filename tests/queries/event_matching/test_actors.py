"""Which actors two events share."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mali_cli.queries.event_matching import actors
from tests.support.matching import (
    FIGHT,
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
        found = match_of(tmp_path / str(at), row(a), row(b))
        assert found == (rule and (f"same place, {rule}", score, 0, 0.0))
    left, right = two_datasets(tmp_path / "sides", [{**FIGHT, **row(ours)}], [{**FIGHT, **row(theirs)}])
    assert left.compare(right)["sides"].iloc[0] == sides


def test_our_hierarchy_of_groups_takes_precedence() -> None:
    ours = pd.DataFrame({"group": ["Army", "Mali"], "part_of": ["Mali", None]})
    theirs = pd.DataFrame({"group": ["Army", "Scouts", "Ring", "Loop"], "part_of": ["France", "Army", "Loop", "Ring"]})
    assert actors.ancestor_groups(ours, theirs) == {
        **{"Army": {"Mali"}, "Mali": set(), "Scouts": {"Army", "Mali"}},
        **{"Ring": {"Loop", "Ring"}, "Loop": {"Ring", "Loop"}},  # no end, but it ends
    }
