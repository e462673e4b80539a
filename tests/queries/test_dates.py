"""What --dates and --scope leave out by default, and the notes that say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset
from tests.support.tables import dataset


def event(key: str, start: str, end: str, precision: str, **more: Any) -> dict[str, Any]:
    return {
        "event_id": key,
        "date_start": start,
        "date_end": end,
        "date_precision": precision,
        "side_a": "MNLA",
        **more,
    }


@pytest.fixture
def war(tmp_path: Path) -> Dataset:
    """Events around the first half of February 2013, in the order of the table."""
    return dataset(
        tmp_path,
        places=[{"place": "Gao", "latitude": "16", "longitude": "0"}],
        groups=[{"group": "MNLA"}],
        events=[
            event("age", "1960-01-01", "2018-12-31", "range"),
            event("year", "2013-01-01", "2013-12-31", "year"),
            event("siege", "2013-01-20", "2013-02-03", "day"),
            event("month", "2013-02-01", "2013-02-28", "month", place="Gao"),
            event("week", "2013-02-04", "2013-02-10", "range"),
            event("fight", "2013-02-05", "2013-02-05", "day"),
            event("reported", "2013-02-06", "2013-02-06", "by"),
            event("later", "2013-03-01", "2013-03-01", "day"),
        ],
        casualties=[
            {"scope": "total", "date_start": "2012-01-01", "date_end": "2014-12-31", "group": "MNLA", "n": 100},
            {"scope": "period", "date_start": "2013-01-01", "date_end": "2013-06-30", "group": "MNLA", "n": 30},
            {"scope": "period", "date_start": "2013-02-01", "date_end": "2013-02-15", "group": "MNLA", "n": 12},
            {"event_id": "year", "n": 9},
            {"event_id": "month", "n": 2},
            {"event_id": "fight", "n": 5},
            {"event_id": "reported", "n": 1},
            {"event_id": "later", "n": 4},
        ],
    )


HALF = {"since": "2013-02-01", "until": "2013-02-15"}
CERTAIN = ["siege", "week", "fight", "reported"]
POSSIBLE = ["age", "year", "month"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [(None, CERTAIN), ("certain", CERTAIN), ("possible", POSSIBLE), ("all", CERTAIN + POSSIBLE)],
)
def test_the_events_of_a_period_by_the_certainty_of_their_dates(
    war: Dataset, dates: str | None, expected: list[str]
) -> None:
    answer = war.answer("events", dates=dates, **HALF)
    assert answer.frame["event_id"].tolist() == expected
    note = "3 more events may fall into this period: --dates possible lists them."
    assert answer.notes == ((note,) if expected == CERTAIN else ())


def test_one_event_and_none_that_may_fall_into_the_period(war: Dataset) -> None:
    [note] = war.answer("events", on="2017").notes
    assert note == "1 more event may fall into this period: --dates possible lists it."
    assert war.answer("events", on="2019").notes == ()


@pytest.mark.parametrize("dates", [None, "certain", "all"])
def test_without_a_period_the_dates_restrict_nothing(war: Dataset, dates: str | None) -> None:
    answer = war.answer("events", dates=dates)
    assert len(answer.frame) == 8
    assert answer.frame["date_start"].is_monotonic_increasing
    assert answer.notes == ()


def test_the_note_counts_what_the_other_filters_match(war: Dataset) -> None:
    answer = war.answer("events", min_killed=3, **HALF)
    assert answer.frame["event_id"].tolist() == ["fight"]
    assert answer.notes == (
        "1 more event may fall into this period: --dates possible lists it.",
        "Left out: 2 events without a figure of people killed.",
    )
    assert war.events(min_killed=3, dates="possible", **HALF)["event_id"].tolist() == ["year"]
    assert "Left out" not in " ".join(war.answer("events", min_killed=3, since="2013-02-05", until="2013-02-06").notes)


@pytest.mark.parametrize(("query", "by"), [("events", "actor"), ("timeline", "month"), ("map", None)])
def test_counts_and_charts_name_the_option_that_adds_the_rest(war: Dataset, query: str, by: str | None) -> None:
    note = "3 more events may fall into this period: --dates all adds them."
    assert note in war.answer(query, by=by, **HALF).notes
    certain, every = (war.answer(query, by=by, dates=d, **HALF).frame["events"].sum() for d in ("certain", "all"))
    assert (certain, every) == (4, 7)


def test_a_comparison_leaves_out_the_same_on_both_sides(war: Dataset) -> None:
    answer = war.answer("compare", name=war, **HALF)
    assert set(answer.frame["ours"].dropna()) == set(CERTAIN)
    both = "3 more events of ours and 3 more events of theirs may fall into this period: --dates all adds them."
    assert both in answer.notes
    assert set(war.compare(war, dates="all", **HALF)["ours"].dropna()) == {*CERTAIN, *POSSIBLE}
    assert set(war.compare(war, dates="possible", **HALF)["theirs"].dropna()) == set(POSSIBLE)


def test_a_list_of_figures_with_a_period_shows_those_of_events(war: Dataset) -> None:
    answer = war.answer("casualties", **HALF)
    assert answer.frame["event_id"].tolist() == ["fight", "reported"]
    assert answer.notes == (
        "2 more figures may fall into this period: --dates possible lists them.",
        "2 figures of periods and 1 total also overlap: --scope period --scope total --dates all.",
    )
    assert war.casualties(dates="possible", **HALF)["event_id"].tolist() == ["year", "month"]
    listed = war.casualties(scope=["period", "total"], dates="all", **HALF)
    assert listed["best"].tolist() == [12, 100, 30]  # what lies within the period comes first
    assert war.casualties(scope="period", **HALF)["best"].tolist() == [12]


def test_a_figure_is_certain_by_its_own_date_precision(tmp_path: Path) -> None:
    """The siege lasts to 3 February; a rival claim puts the dead at some time between the two days."""
    siege = event("siege", "2013-01-20", "2013-02-03", "day")
    figure = {"event_id": "siege", "tally": "siege:all", "n": 3}
    rival = figure | {"date_start": "2013-01-25", "date_end": "2013-02-10", "rank": 2, "n": 8}
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[siege],
        casualties=[figure | {"date_precision": "day"}, rival | {"date_precision": "range"}],
    )
    assert war.casualties(**HALF)["best"].tolist() == [3]
    assert war.casualties(dates="possible", **HALF)["best"].tolist() == [8]


def test_the_dates_are_named_only_if_the_other_scopes_need_them(war: Dataset) -> None:
    notes = war.answer("casualties", since="2013-01-01", until="2013-06-30").notes
    assert notes[-1] == "2 figures of periods and 1 total also overlap: --scope period --scope total --dates all."
    assert war.answer("casualties", since="2012").notes[-1] == (
        "2 figures of periods and 1 total also overlap: --scope period --scope total."
    )
    assert war.answer("casualties", on="2014").notes[-1] == "1 total also overlaps: --scope total --dates all."


def test_other_filters_of_events_list_figures_of_events_too(war: Dataset) -> None:
    answer = war.answer("casualties", actor="MNLA")
    assert set(answer.frame["scope"]) == {"event"}
    assert "2 figures of periods and 1 total also match: --scope period --scope total." in answer.notes
    assert set(war.casualties(place="Gao")["scope"]) == {"event"}
    for filters in ({}, {"group": "MNLA"}, {"harm": "killed"}, {"source": "paper"}):
        answer = war.answer("casualties", **filters)
        assert {"period", "total"} <= set(answer.frame["scope"])
        assert answer.notes == ()


def test_a_sum_says_what_its_dates_and_its_scope_leave_out(war: Dataset) -> None:
    def killed(**filters: Any) -> int:
        return int(war.casualties(by="harm", **filters)["killed_best"].sum())

    notes = war.answer("casualties", by="harm", **HALF).notes
    assert killed(**HALF) == 6
    assert "2 more figures (11 killed) may fall into this period: --dates all adds them." in notes
    assert killed(dates="all", **HALF) == 6 + 11
    assert "Left out: 1 figure of a period (12 killed): --scope event --scope period." in notes
    assert killed(scope=["event", "period"], **HALF) == 6 + 12
    notes = war.answer("casualties", by="harm", since="2012").notes
    left_out = "2 figures of periods (42 killed): --scope event --scope period; 1 total: --scope total"
    assert f"Left out: {left_out}." in notes
    # Without a filter by date, actor or place the totals stand in a column of their own.
    assert "Left out: 2 figures of periods (42 killed): --scope event --scope period." in (
        war.answer("casualties", by="harm").notes
    )
    assert not any("Left out" in note for note in war.answer("casualties", by="harm", scope="event").notes)
