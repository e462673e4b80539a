"""The best pair is chosen first, and every event is in one pair at most."""

from __future__ import annotations

from pathlib import Path

from tests.support.matching import (
    FIGHT,
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


def test_equal_scores_go_by_days_then_kilometres_then_ids(tmp_path: Path) -> None:
    twins = [{**FIGHT, "event_id": name} for name in ("b", "a", "c")]
    left, right = two_datasets(tmp_path / "ids", [FIGHT], twins)
    assert left.compare(right)["theirs"].tolist() == ["a", "b", "c"]
    places = [
        {"place": "B here", "aliases": "Gao", "latitude": "16.272", "longitude": "-0.04"},
        {"place": "A there", "aliases": "Gao", "latitude": "16.28", "longitude": "-0.04"},
    ]
    # A place only near, on the day, and the place itself, a day off, score alike: 1 - 0.3 / 4.
    near = {**FIGHT, "event_id": "z-near", "place": "B here", "place_precision": "near"}
    later = {**FIGHT, "event_id": "a-later", "date_start": "2013-02-06"}
    left, right = two_datasets(tmp_path / "days", [FIGHT], [later, near], their_places=places)
    assert rows_of(left.compare(right), "match", "theirs", "score") == [
        ("both", "z-near", 0.93), ("only theirs", "a-later", None),
    ]  # fmt: skip
    events = [{**FIGHT, "event_id": "a-there", "place": "A there"}, {**FIGHT, "event_id": "b-here", "place": "B here"}]
    left, right = two_datasets(tmp_path / "km", [FIGHT], events, their_places=places)
    assert rows_of(left.compare(right), "match", "theirs", "km_apart") == [
        ("both", "b-here", 0.2), ("only theirs", "a-there", None),
    ]  # fmt: skip
