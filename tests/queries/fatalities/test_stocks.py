"""Stated totals and numbers on a date, which are not added up."""

from __future__ import annotations

from pathlib import Path

from tests.support.tables import dataset, rows_of


def test_stated_totals_are_beside_sums_of_events_and_not_mixed(tmp_path: Path) -> None:
    total = "total-chad"
    war = dataset(
        tmp_path,
        places=[{"place": "Kidal"}],
        events=[{"event_id": "2020-05-10-chad", "date_start": "2020-05-10", "place": "Kidal", "side_b": "Chad"}],
        groups=[{"group": "Chad", "kind": "state", "country": "Chad"}],
        casualties=[
            {"scope": "total", "date_start": "2013-01-01", "date_end": "2021-04-02", "tally": total, "country": "Chad", "n": 104},
            {"scope": "period", "date_start": "2013-01-01", "date_end": "2013-04-30", "part_of": total, "country": "Chad", "n": 38},
            {"event_id": "2020-05-10-chad", "part_of": total, "country": "Chad", "n": 3},
        ],
    )  # fmt: skip
    answer = war.answer("casualties", by="country")
    columns = ("country", "stated_killed", "stated_as_of", "events", "killed_best")
    [(country, stated, as_of, events, killed)] = rows_of(answer.frame, *columns)
    assert (country, stated, events, killed) == ("Chad", 104, 1, 3)
    assert f"{as_of:%Y-%m-%d}" == "2021-04-02"
    assert (
        "In the row with a stated total, figures of events add up to 3 killed and the total to 104; they need not count the same people."
        in answer.notes
    )
    # Asked for together, the parts are inside the total and the total is counted once.
    together = war.casualties(by="country", scope=["total", "period", "event"])
    assert rows_of(together, "stated_killed", "killed_best") == [(None, 104)]
    assert rows_of(war.casualties(by="country", scope=["period", "event"]), "killed_best") == [(41,)]
    # A total cannot be cut to a date, an actor or a place.
    for cut in ({"since": "2012"}, {"actor": "Chad"}, {"place": "Kidal"}):
        assert war.casualties(by="country", **cut)["stated_killed"].isna().all()


def test_totals_of_the_same_people_are_added_only_where_their_periods_do_not_overlap(tmp_path: Path) -> None:
    def total(first: str, last: str, n: int, **more: str) -> dict[str, object]:
        return {"scope": "total", "date_start": first, "date_end": last, "country": "Mali", "n": n, **more}

    war = dataset(
        tmp_path,
        casualties=[
            total("2012-01-17", "2012-02-16", 181),
            total("2013-01-01", "2021-03-17", 428),
            total("2013-01-01", "2015-12-31", 90),  # stated earlier, for part of the same time
            total("2013-01-01", "2021-03-17", 7, country="Niger"),
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "stated_killed") == [("Mali", 609), ("Niger", 7)]


def test_stocks_are_never_added_and_the_latest_counts(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        casualties=[
            {"scope": "total", "date_start": "2012-04-03", "harm": "displaced", "n": 200000},
            {"scope": "total", "date_start": "2013-01-17", "harm": "displaced", "n": 230000},
            {"scope": "total", "date_start": "2013-01-17", "harm": "refugee", "n": 144000},
        ],
    )
    assert rows_of(war.casualties(by="country"), "displaced_latest", "refugee_latest") == [(230000, 144000)]
