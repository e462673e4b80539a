"""Tallies that are part of one another are not added twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mali_cli.queries.fatalities.hierarchy import nearest_container, net_contributions
from tests.support.tables import KILLED, dataset, rows_of


def test_a_part_is_not_added_again_and_when_grouped_the_rest_stays_with_the_whole(tmp_path: Path) -> None:
    """Five killed, among them three of the MNLA and two bombers of MUJAO; and six, among them one of the MNLA."""
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}, {"group": "MUJAO"}],
        events=[{"event_id": "2013-02-22-khalil"}, {"event_id": "2013-02-26-kidal"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 5},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MNLA", "n": 3},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MUJAO", "n": 2},
            {"event_id": "2013-02-26-kidal", "tally": "2013-02-26-kidal:all:killed", "n": 6},
            {"event_id": "2013-02-26-kidal", "part_of": "2013-02-26-kidal:all:killed", "group": "MNLA", "n": 1},
        ],
    )
    assert rows_of(war.casualties(by="year"), "events", *KILLED) == [(2, 11, 11, 11, False)]
    assert rows_of(war.casualties(by="group"), "group", "events", "killed_best") == [
        ("MNLA", 2, 4),
        ("MUJAO", 1, 2),
        (None, 1, 5),
    ]
    # Asked for alone, a part counts as itself.
    assert rows_of(war.casualties(by="year", group="MNLA"), "killed_best") == [(4,)]


def test_part_of_an_open_whole_and_of_a_range(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "low": 10, "high": 14, "wording": "10-14"},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MNLA", "low": 3, "best": 3,
             "open": "true", "wording": "at least 3"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), *KILLED) == [(10, 10, 14, False)]
    assert rows_of(war.casualties(by="group"), "group", *KILLED) == [("MNLA", 3, 3, 3, True), (None, 7, 7, 11, False)]


def test_part_without_a_value_counts_under_the_value_of_its_whole(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:MNLA:killed", "group": "MNLA", "n": 9},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:MNLA:killed", "who": "officers", "n": 4},
        ],
    )
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("MNLA", 9)]


def test_a_part_without_a_number_is_unknown_only_on_its_own(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 9},
            {
                "event_id": "2013-02-22-khalil",
                "part_of": "2013-02-22-khalil:all:killed",
                "group": "MNLA",
                "wording": "several",
            },
        ],
    )
    assert rows_of(war.casualties(by="year"), "killed_best", "unknown") == [(9, 0)]
    assert rows_of(war.casualties(by="group"), "group", "killed_best", "unknown") == [("MNLA", None, 1), (None, 9, 0)]


def test_parts_in_parts_count_once(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "A"}, {"group": "B"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 20},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:A:killed", "part_of": "2013-02-22-khalil:all:killed",
             "group": "A", "n": 12},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:B:killed", "part_of": "2013-02-22-khalil:A:killed",
             "group": "B", "n": 5},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "killed_best") == [(20,)]
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("A", 7), ("B", 5), (None, 8)]
    # The middle one left out by a filter: what it holds is still not added again.
    assert rows_of(war.casualties(by="year", group="B"), "killed_best") == [(5,)]


def test_tallies_in_a_cycle_are_added_separately(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:a", "part_of": "2013-02-22-khalil:b", "n": 2},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:b", "part_of": "2013-02-22-khalil:a", "n": 3},
        ],
    )
    assert rows_of(war.casualties(by="year"), "killed_best") == [(5,)]


def test_nationality_stated_for_some(tmp_path: Path) -> None:
    """Eight peacekeepers killed, among them five Chadians: five for Chad, three for nobody."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2014-09-18-mine"}],
        casualties=[
            {"event_id": "2014-09-18-mine", "tally": "2014-09-18-mine:MINUSMA:killed", "n": 8},
            {"event_id": "2014-09-18-mine", "part_of": "2014-09-18-mine:MINUSMA:killed", "country": "Chad", "n": 5},
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "killed_best", "events") == [("Chad", 5, 1), (None, 3, 1)]


def test_a_part_with_a_best_figure_alone_leaves_the_bounds_of_the_whole(tmp_path: Path) -> None:
    """UCDP says low, best and high of the whole, and best figures of its parts: 2 to 9, probably 5, of them 5 of A."""
    whole = {"event_id": "2012-one", "tally": "2012-one:killed", "low": 2, "best": 5, "high": 9}
    part = {"event_id": "2012-one", "tally": "2012-one:a", "part_of": "2012-one:killed", "best": 5, "group": "A"}
    war = dataset(
        tmp_path,
        events=[{"event_id": "2012-one", "date_start": "2012-01-01"}],
        groups=[{"group": "A"}],
        casualties=[whole, part],
    )
    bounds = ("killed_low", "killed_best", "killed_high")
    assert rows_of(war.casualties(by="year"), *bounds) == [(2, 5, 9)]
    assert rows_of(war.events(), *bounds) == [(2, 5, 9)]
    # Split by a key that only the part has, it counts by its best; what is left of the whole has no name.
    assert rows_of(war.casualties(by="group"), "group", *bounds) == [("A", 5, 5, 5), (None, 0, 0, 4)]


def test_the_example_of_net_contributions() -> None:
    """The example in the docstring: the whole counts what its parts do not, and a part without a group takes B's."""
    rows = [("whole", None, None, 20), ("A", "whole", "MNLA", 5), ("B", "whole", "MUJAO", 7), ("C", "B", None, 4)]
    table = pd.DataFrame(rows, columns=["tally", "part_of", "group", "best"]).astype({"best": float})
    table = table.assign(low=table["best"], high=table["best"], bounded=True, harm="killed")
    net = net_contributions(table, table, ["group"])
    assert rows_of(net, "tally", "group", "best", "adds", "inside") == [
        ("whole", None, 8, True, False),
        ("A", "MNLA", 5, True, False),
        ("B", "MUJAO", 3, True, False),
        ("C", "MUJAO", 4, True, True),
    ]
    assert nearest_container(table, table, ["group"]).tolist() == [-1, 0, 0, 2]
