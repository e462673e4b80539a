"""Tallies: rival figures about the same people become one low, best and high."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tables import KILLED, dataset, rows_of


def test_rival_claims_are_one_tally_with_the_best_of_the_first_rank(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2012-11-19-menaka"}],
        casualties=[
            {"event_id": "2012-11-19-menaka", "tally": "2012-11-19-menaka:MNLA:killed", "rank": 2, "low": 100, "best": 100,
             "open": "true", "wording": "more than 100"},
            {"event_id": "2012-11-19-menaka", "tally": "2012-11-19-menaka:MNLA:killed", "rank": 1, "n": 1},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), "event", *KILLED) == [("2012-11-19-menaka", 1, 1, 100, True)]


def test_best_is_that_of_the_lowest_rank_left_after_filtering(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-ambush"}],
        casualties=[
            {"event_id": "2013-02-05-ambush", "tally": "2013-02-05-ambush:Chad:killed", "rank": 1, "n": 24,
             "according_to": "a general", "according_to_kind": "state"},
            {"event_id": "2013-02-05-ambush", "tally": "2013-02-05-ambush:Chad:killed", "rank": 2, "low": 20, "high": 30,
             "according_to": "AFP", "according_to_kind": "media", "wording": "20-30"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), *KILLED) == [(20, 24, 30, False)]
    # A range without a best counts as its low.
    assert rows_of(war.casualties(by="event", independent=True), *KILLED) == [(20, 20, 30, False)]


def test_upper_bound_alone_counts_as_best_and_as_low(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-raid"}],
        casualties=[{"event_id": "2013-02-05-raid", "best": 30, "high": 30, "wording": "nearly 30"}],
    )
    assert rows_of(war.casualties(by="event"), *KILLED) == [(30, 30, 30, False)]


def test_open_is_open_only_if_the_highest_figure_is(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}, {"event_id": "2013-02-06-two", "date_start": "2013-02-06"}],
        casualties=[
            {"event_id": "2013-02-05-one", "tally": "2013-02-05-one:all:killed", "rank": 1, "low": 12, "best": 12,
             "open": "true", "wording": "at least 12"},
            {"event_id": "2013-02-05-one", "tally": "2013-02-05-one:all:killed", "rank": 2, "n": 20},
            {"event_id": "2013-02-06-two", "low": 12, "best": 12, "open": "true", "wording": "12+"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), "event", *KILLED) == [
        ("2013-02-05-one", 12, 12, 20, False),
        ("2013-02-06-two", 12, 12, 12, True),
    ]
    assert rows_of(war.casualties(by="year"), *KILLED) == [(24, 24, 32, True)]


@pytest.mark.parametrize("status", ["revised", "denied"])
def test_only_current_figures_count(tmp_path: Path, status: str) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2023-09-30-dioura"}],
        casualties=[
            {
                "event_id": "2023-09-30-dioura",
                "tally": "2023-09-30-dioura:army:killed",
                "rank": 2,
                "n": 98,
                "status": status,
            },
            {"event_id": "2023-09-30-dioura", "tally": "2023-09-30-dioura:army:killed", "rank": 1, "n": 81},
        ],
    )
    assert rows_of(war.casualties(by="event"), *KILLED) == [(81, 81, 81, False)]
    assert len(war.casualties(disputed=True)) == 2


def test_losses_of_several_groups_stay_one_row(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "GATIA", "camp": "government"}, {"group": "MSA", "camp": "government"}, {"group": "MNLA", "camp": "separatist"}],
        events=[{"event_id": "2018-04-01-akabar"}],
        casualties=[
            {"event_id": "2018-04-01-akabar", "group": "MSA;GATIA", "n": 3},
            {"event_id": "2018-04-01-akabar", "group": "MSA;MNLA", "n": 4},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("MSA;MNLA", 4), ("MSA;GATIA", 3)]
    assert rows_of(war.casualties(by="camp"), "camp", "killed_best") == [
        ("government;separatist", 4),
        ("government", 3),
    ]
    assert len(war.casualties(group="GATIA")) == 1


def test_rows_by_actor_overlap_and_a_note_says_so(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}, {"group": "MUJAO"}],
        events=[{"event_id": "2012-11-16-gao", "side_a": "MNLA", "side_b": "MUJAO", "date_start": "2012-11-16"}],
        casualties=[
            {"event_id": "2012-11-16-gao", "group": "MNLA", "n": 12},
            {"event_id": "2012-11-16-gao", "group": "MUJAO", "n": 1},
        ],
    )
    answer = war.answer("casualties", by="actor")
    assert rows_of(answer.frame, "actor", "killed_best") == [("MNLA", 13), ("MUJAO", 13)]
    assert any("Rows overlap" in note for note in answer.notes)


def test_by_claimant_each_source_has_its_own_figures(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        documents=[{"document": "paper"}, {"document": "other"}],
        events=[{"event_id": "2012-11-16-gao"}],
        casualties=[
            {"event_id": "2012-11-16-gao", "tally": "2012-11-16-gao:MNLA", "rank": 1, "n": 12, "according_to": "army",
             "sources": "paper;other"},
            {"event_id": "2012-11-16-gao", "tally": "2012-11-16-gao:MNLA", "rank": 2, "n": 9, "according_to": "MNLA"},
        ],
    )  # fmt: skip
    answer = war.answer("casualties", by="according-to")
    assert rows_of(answer.frame, "according_to", *KILLED) == [("army", 12, 12, 12, False), ("MNLA", 9, 9, 9, False)]
    assert any("do not add up" in note for note in answer.notes)
    assert rows_of(war.casualties(by="document"), "document", *KILLED) == [
        ("other", 12, 12, 12, False),
        ("paper", 9, 12, 12, False),
    ]
