"""The best pair is chosen first, and every event is in one pair at most."""

from __future__ import annotations

from pathlib import Path

from tests.support.matching import (
    FIGHT,
    REMOTE,
    casualty_row,
    match_of,
    two_datasets,
)
from tests.support.tables import rows_of


def test_each_event_is_in_one_pair_at_most_and_the_best_pair_comes_first(tmp_path: Path) -> None:
    # Between days 5 and 7 both pairs would do; the exact one is taken, and what is left pairs up.
    ours = [{**FIGHT, "event_id": "o5"}, {**FIGHT, "event_id": "o7", "date_start": "2013-02-07"}]
    theirs = [{**FIGHT, "event_id": "t6", "date_start": "2013-02-06"}, {**FIGHT, "event_id": "t7", "date_start": "2013-02-07"}]  # fmt: skip
    left, right = two_datasets(tmp_path / "a", ours, theirs)
    assert rows_of(left.compare(right), "match", "ours", "theirs", "score") == [
        ("both", "o5", "t6", 0.93), ("both", "o7", "t7", 1.0),
    ]  # fmt: skip
    left, right = two_datasets(tmp_path / "b", ours[:1], theirs)
    assert rows_of(left.compare(right), "match", "ours", "theirs") == [
        ("both", "o5", "t6"),
        ("only theirs", None, "t7"),
    ]


def test_equal_scores_go_by_days_then_kilometres(tmp_path: Path) -> None:
    places = [
        {"place": "B here", "aliases": "Gao", "latitude": "16.272", "longitude": "-0.04"},
        {"place": "A there", "aliases": "Gao", "latitude": "16.28", "longitude": "-0.04"},
    ]
    # A place only near, on the day, and the place itself, a day off, score alike: 1 - 0.2 / 4 and 1 - 0.3 / 6.
    near = {**FIGHT, "event_id": "z-near", "place": "B here", "place_precision": "near"}
    later = {**FIGHT, "event_id": "a-later", "date_start": "2013-02-06"}
    left, right = two_datasets(tmp_path / "days", [FIGHT], [later, near], their_places=places)
    assert rows_of(left.compare(right, window=5), "match", "theirs", "score") == [
        ("both", "z-near", 0.95), ("only theirs", "a-later", None),
    ]  # fmt: skip
    events = [{**FIGHT, "event_id": "a-there", "place": "A there"}, {**FIGHT, "event_id": "b-here", "place": "B here"}]
    left, right = two_datasets(tmp_path / "km", [FIGHT], events, their_places=places)
    assert rows_of(left.compare(right), "match", "theirs", "km_apart") == [
        ("both", "b-here", 0.2), ("more", "a-there", 1.1),
    ]  # fmt: skip


def test_shared_words_decide_between_records_that_agree_in_all_else(tmp_path: Path) -> None:
    bombed = {**FIGHT, "side_b": "Army", "summary": "French helicopters destroy the police station."}
    theirs = [
        {**bombed, "event_id": "a", "summary": "Three civilians were hit by bullets.", "date_end": "2013-02-06"},
        {**bombed, "event_id": "b", "summary": "A helicopter destroyed the police station.", "date_end": "2013-02-06"},
        {**bombed, "event_id": "c", "summary": "", "date_end": "2013-02-06"},
    ]
    for row in theirs:
        row["date_precision"] = "range"
    left, right = two_datasets(tmp_path, [bombed], theirs)
    assert rows_of(left.compare(right), "match", "theirs", "score") == [
        ("both", "b", 0.93), ("only theirs", "a", None), ("only theirs", "c", None),
    ]  # fmt: skip


def test_names_of_actors_and_of_a_shared_place_are_no_shared_words(tmp_path: Path) -> None:
    ours = {"summary": "MUJAO fights the MNLA at Konna", "place": "Konna"}
    assert match_of(tmp_path, ours, {**ours, "summary": "Konna: MNLA, MUJAO"}) == (
        *("same place, both sides", 0.85, 0, 0.0),
    )


def test_weak_pairs_are_not_matched(tmp_path: Path) -> None:
    weak = {"side_b": "Army", "event_type": REMOTE, "sub_event_type": "Grenade", "summary": ""}
    there = {"their_places": [{"place": "There", "latitude": "16.37", "longitude": "-0.04"}]}
    found = match_of(tmp_path / "a", {}, {**weak, "place": "There"}, **there)
    assert found == ("nearby, one side", 0.55, 0, 11.1)  # 0.3 + 0.11 + 0.1 + 0.04
    next_day = {**weak, "place": "There", "date_start": "2013-02-06"}
    assert match_of(tmp_path / "b", {}, next_day, **there) is None


def test_several_records_of_theirs_may_be_parts_of_one_event(tmp_path: Path) -> None:
    battle = {**FIGHT, "date_end": "2013-02-06"}
    theirs = [
        {**FIGHT, "event_id": "t5"},
        {**FIGHT, "event_id": "t6", "date_start": "2013-02-06", "event_type": REMOTE, "sub_event_type": "Grenade"},
        {**FIGHT, "event_id": "t7", "date_start": "2013-02-07"},  # a day late
        {**FIGHT, "event_id": "near", "place_precision": "near"},
        {**FIGHT, "event_id": "other", "side_b": "Army"},  # shares one side
        {**FIGHT, "event_id": "month", "date_end": "2013-02-28", "date_precision": "month"},
    ]
    figures = {
        "casualties": [casualty_row("one", 12)],
        "their_casualties": [casualty_row("t5", 5), casualty_row("t6", 7), casualty_row("t7", 9)],
    }
    left, right = two_datasets(tmp_path / "a", [battle], theirs, **figures)
    answer = left.answer("compare", name=right)
    columns = ("match", "ours", "theirs", "killed_best", "killed_theirs_best", "killed_theirs_sum", "records_theirs")
    assert rows_of(answer.frame, *columns, "differs") == [
        ("both", "one", "t5", 12, 5, 12, 3, None),  # 5 and 7 are 12
        ("more", "one", "near", None, None, None, None, None),
        ("more", "one", "t6", None, 7, None, None, "type"),
        *(("only theirs", None, name, None, None, None, None, None) for name in ("month", "other")),
        ("only theirs", None, "t7", None, 9, None, None, None),
    ]
    assert answer.notes[-1] == (
        "1 of ours and 6 of theirs: 1 in both (2 more records of theirs), 0 only ours, 3 only theirs; "
        "of 1 with figures on both sides 0 differ."
    )
    figures = {
        "casualties": [casualty_row("one", 5)],
        "their_casualties": [casualty_row("t5", 5), casualty_row("t6", 7)],
    }
    left, right = two_datasets(tmp_path / "b", [battle], theirs[:2], **figures)
    assert rows_of(left.compare(right), "killed_theirs_sum", "differs") == [(12, "killed"), (None, "type")]
