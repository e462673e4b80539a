"""Fatalities of single events."""

from __future__ import annotations

from pathlib import Path

from mali_cli.queries.fatalities import event_lost
from tests.support.tables import dataset, rows_of


def test_a_stated_none_is_zero(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}],
        casualties=[{"event_id": "2013-02-05-one", "n": 0}],
    )
    assert rows_of(war.events(), "killed_low", "killed_best", "killed_high") == [(0, 0, 0)]


def test_people_lost_are_named_beside_those_killed(tmp_path: Path) -> None:
    events = [{"event_id": f"2013-02-0{n}-e", "date_start": f"2013-02-0{n}"} for n in range(1, 5)]
    lost = [
        {"event_id": "2013-02-01-e", "harm": "lost", "n": 20},
        {"event_id": "2013-02-02-e", "harm": "lost", "n": 5, "cause": "accident"},
        {"event_id": "2013-02-03-e", "harm": "lost", "wording": "losses"},
    ]
    war = dataset(tmp_path, events=events, casualties=[{"event_id": "2013-02-01-e", "n": 3}, *lost])
    table = event_lost(war.table("events"), war.table("casualties"))
    assert rows_of(table, "lost_best", "lost_unknown") == [(20, False), (None, False), (None, True), (None, False)]
    note = "Not counted as killed: 20 lost (killed, wounded or captured) in 1 event."
    assert note in war.answer("timeline").notes
    assert not any("lost" in note for note in war.answer("timeline", on="2013-02-03").notes)


def test_fatalities_of_an_event_do_not_depend_on_the_filters(tmp_path: Path) -> None:
    """A leader's death, reported two days later, is part of the toll of the fight: each event tells its own."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-01-11-konna", "date_start": "2013-01-11"}, {"event_id": "2013-01-13-leader", "date_start": "2013-01-13"}],
        casualties=[
            {"event_id": "2013-01-11-konna", "tally": "2013-01-11-konna:all", "n": 148},
            {"event_id": "2013-01-11-konna", "tally": "2013-01-11-konna:Islamists", "part_of": "2013-01-11-konna:all", "n": 46},
            {"event_id": "2013-01-13-leader", "part_of": "2013-01-11-konna:Islamists", "n": 1},
        ],
    )  # fmt: skip
    assert war.events()["killed_best"].tolist() == [148, 1]
    assert war.events(until="2013-01-12")["killed_best"].tolist() == [148]
    assert rows_of(war.casualties(by="year"), "killed_best") == [(148,)]


def test_at_least_and_at_most(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": f"2013-02-0{n}-e", "date_start": f"2013-02-0{n}"} for n in range(1, 5)],
        casualties=[{"event_id": f"2013-02-0{n}-e", "n": n} for n in range(1, 4)],
    )
    answer = war.answer("events", min_killed=2, max_killed="2")
    assert answer.frame["event_id"].tolist() == ["2013-02-02-e"]
    assert answer.notes == ("Left out: 1 event without a figure of people killed.",)


def test_figures_and_sums_of_events_with_at_least_so_many_killed(tmp_path: Path) -> None:
    """What counts are all people killed in the event, not those of the figures that match."""
    war = dataset(
        tmp_path,
        events=[{"event_id": f"2013-02-0{n}-e", "date_start": f"2013-02-0{n}"} for n in range(1, 5)],
        casualties=[
            *[{"event_id": f"2013-02-0{n}-e", "n": n, "country": "Mali"} for n in range(1, 4)],
            {"event_id": "2013-02-02-e", "tally": "2013-02-02-e:Chad", "n": 1, "country": "Chad"},
            {"event_id": "2013-02-02-e", "tally": "2013-02-02-e:wounded", "n": 9, "harm": "wounded"},
            {
                "event_id": "",
                "date_start": "2013-01-01",
                "date_end": "2013-12-31",
                "date_precision": "year",
                "scope": "period",
                "n": 500,
            },
        ],
    )
    figures = war.casualties(min_killed=3)
    assert rows_of(figures, "event_id", "country", "harm", "best") == [
        ("2013-02-02-e", "Mali", "killed", 2),
        ("2013-02-02-e", "Chad", "killed", 1),
        ("2013-02-02-e", None, "wounded", 9),
        ("2013-02-03-e", "Mali", "killed", 3),
    ]
    answer = war.answer("casualties", by="country", min_killed="3")
    assert rows_of(answer.frame, "country", "events", "killed_best", "not_stated") == [
        ("Mali", 2, 5, None), ("Chad", 1, 1, None), (None, 1, None, None)
    ]  # fmt: skip
    assert answer.notes == ("6 killed in 2 events", "Left out: events without a number of people killed.")
    assert war.casualties(by="year", min_killed=3)["killed_best"].tolist() == [6]
    assert war.casualties(min_killed=3, country="Chad")["event_id"].tolist() == ["2013-02-02-e"]
    assert war.casualties(min_killed=4).empty
