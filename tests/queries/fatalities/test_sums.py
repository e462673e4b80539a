"""Sums of the figures of events."""

from __future__ import annotations

from pathlib import Path

from tests.support.tables import KILLED, dataset, rows_of


def test_figures_without_a_number_add_nothing_and_are_counted_as_unknown(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}, {"event_id": "2013-02-06-two", "date_start": "2013-02-06"}],
        casualties=[
            {"event_id": "2013-02-05-one", "wording": "dozens"},
            {"event_id": "2013-02-06-two", "n": 3},
        ],
    )
    assert rows_of(war.casualties(by="year"), "events", *KILLED, "unknown") == [(2, 3, 3, 3, False, 1)]
    # Unknown is blank, never 0.
    by_event = war.casualties(by="event")
    assert rows_of(by_event, "event", "killed_best", "unknown") == [
        ("2013-02-06-two", 3, 0),
        ("2013-02-05-one", None, 1),
    ]
    assert rows_of(war.events(), "event_id", "killed_best") == [("2013-02-05-one", None), ("2013-02-06-two", 3)]


def test_accident_and_illness_are_counted_separately(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2017-07-26-crash"}, {"event_id": "2020-05-30-illness", "date_start": "2020-05-30"}],
        casualties=[
            {"event_id": "2017-07-26-crash", "n": 2, "cause": "accident", "country": "Germany"},
            {"event_id": "2020-05-30-illness", "n": 1, "cause": "illness", "country": "Cambodia"},
            {"event_id": "2020-05-30-illness", "n": 4, "cause": "hostile", "country": "Cambodia"},
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "killed_best", "died_other") == [
        ("Cambodia", 4, 1),
        ("Germany", None, 2),
    ]
    assert war.answer("casualties", by="country").notes[1] == (
        "died_other, not among the killed: 2 by accident, 1 by illness."
    )
    assert not any("died_other" in note for note in war.answer("casualties", by="country", harm="wounded").notes)
    assert war.events()["killed_best"].isna().tolist() == [True, False]


def test_one_tally_whose_claimants_differ_on_the_cause(tmp_path: Path) -> None:
    """Media tell of 11 wounded in an ambush, the government of 11 hurt in a traffic accident."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-kidal"}],
        casualties=[
            {"event_id": "2013-02-05-kidal", "tally": "2013-02-05-kidal:Chad:wounded", "harm": "wounded", "n": 11, "rank": 1},
            {"event_id": "2013-02-05-kidal", "tally": "2013-02-05-kidal:Chad:wounded", "harm": "wounded", "n": 11, "rank": 2,
             "cause": "accident"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "wounded_best", "killed_best", "died_other") == [(11, None, None)]


def test_events_of_several_months_are_in_the_row_without_a_month(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[
            {"event_id": "2013-01-31-siege", "date_start": "2013-01-31", "date_end": "2013-02-01"},
            {"event_id": "2013-02-02-raid", "date_start": "2013-02-02"},
        ],
        casualties=[{"event_id": "2013-01-31-siege", "n": 5}, {"event_id": "2013-02-02-raid", "n": 1}],
    )
    assert rows_of(war.casualties(by="month"), "month", "killed_best") == [("2013-02", 1), (None, 5)]
    assert rows_of(war.casualties(by="quarter"), "quarter", "killed_best") == [("2013-Q1", 6)]
    assert rows_of(war.casualties(by="year"), "year", "killed_best") == [("2013", 6)]


def test_violent_events_without_any_figure_are_not_stated(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        places=[{"place": "Gao", "region": "Gao"}],
        events=[
            {"event_id": "2013-02-05-silent", "place": "Gao"},
            {"event_id": "2013-02-05-words", "place": "Gao"},
            {"event_id": "2013-02-05-vote", "event_type": "Strategic developments", "sub_event_type": "Resolution"},
            {"event_id": "2013-02-05-march", "event_type": "Protests", "sub_event_type": "Peaceful protest"},
            {"event_id": "2013-02-05-shots", "event_type": "Protests", "sub_event_type": "Excessive force against protesters"},
        ],
        casualties=[{"event_id": "2013-02-05-words", "wording": "several"}],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "year", "not_stated", "unknown") == [("2013", 2, 1)]
    assert rows_of(war.casualties(by="region"), "region", "not_stated") == [("Gao", 1), (None, 1)]
    # By a key that only figures have they are counted in the blank row; a filter on figures leaves them out.
    assert rows_of(war.casualties(by="country"), "country", "not_stated") == [(None, 2)]
    assert war.casualties(by="year", harm="killed")["not_stated"].isna().all()


def test_harms_are_never_added_to_each_other(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2018-04-01-akabar"}],
        casualties=[
            {"event_id": "2018-04-01-akabar", "harm": harm, "n": n}
            for harm, n in (("killed", 1), ("wounded", 2), ("captured", 4), ("lost", 60), ("hostage", 8))
        ],
    )
    row = war.casualties(by="year").iloc[0]
    assert [row[f"{harm}_best"] for harm in ("killed", "wounded", "captured", "lost", "hostage")] == [1, 2, 4, 60, 8]
    by_harm = war.casualties(by="harm").set_index("harm")
    assert by_harm.loc["wounded", "wounded_best"] == 2
    assert by_harm["killed_best"].notna().sum() == 1


def test_no_figures_at_all(tmp_path: Path) -> None:
    war = dataset(tmp_path, events=[{"event_id": "2013-02-05-silent"}])
    assert war.casualties(by="country")["not_stated"].tolist() == [1]
    assert war.casualties(by="country", harm="killed").empty
    assert war.casualties(disputed=True).empty
    assert war.events()["killed_best"].isna().all()
