"""The notes under sums."""

from __future__ import annotations

from pathlib import Path

from mali_cli.dataset import load
from tests.support.lookalikes import FOLDER
from tests.support.tables import dataset, rows_of


def test_the_summary_line_counts_what_could_not_be_added(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": f"2013-02-0{day}-fight", "date_start": f"2013-02-0{day}"} for day in range(1, 6)],
        casualties=[
            {"event_id": "2013-02-01-fight", "low": 1000, "best": 1200, "high": 1800, "wording": "about 1,200"},
            {"event_id": "2013-02-02-fight", "low": 4, "best": 4, "open": "true", "wording": "at least 4",
             "according_to": "MNLA", "according_to_kind": "party"},
            {"event_id": "2013-02-03-fight", "wording": "some"},
        ],
    )  # fmt: skip
    notes = war.answer("casualties", by="year").notes
    assert notes[0] == (
        "1,204 killed (1,004-1,804+) in 2 events; 2 violent events without a figure; "
        "1 tally with no number given; 1 tally from one belligerent only"
    )
    assert notes[1] == "Events per year: 2013 5. No record does not mean no violence."


def test_what_is_zero_and_what_was_not_asked_for_is_not_said(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        places=[{"place": "Gao"}],
        events=[{"event_id": "fight", "place": "Gao"}, {"event_id": "talks", "event_type": "Strategic developments"}],
        casualties=[
            {"event_id": "fight", "n": 3, "group": "MNLA"},
            {"event_id": "fight", "n": 7, "harm": "wounded"},
        ],
    )
    assert war.answer("casualties", by="place").notes == ("3 killed in 1 event",)
    assert war.answer("casualties", by="place", harm="wounded").notes == ()
    # The number of events in each year is that of a question about all of them.
    assert "Events per year: 2013 2. No record does not mean no violence." in war.answer("casualties", by="year").notes
    for narrow in ({"group": "MNLA"}, {"harm": "killed"}, {"place": "Gao"}, {"source": "paper"}):
        assert war.answer("casualties", by="year", **narrow).notes == ("3 killed in 1 event",)


def test_figures_of_more_than_this_war_are_listed_but_never_added(tmp_path: Path) -> None:
    un = {"group": "UN", "country": "Chad"}
    war = dataset(
        tmp_path,
        groups=[{"group": "UN"}],
        events=[{"event_id": "fight"}],
        casualties=[
            {"event_id": "fight", "n": 3, **un},
            {"scope": "total", "date_start": "2013-01-01", "n": 8, **un},
            {"scope": "wider", "date_start": "2013-01-01", "date_end": "2013-12-31", "n": 424, **un},
        ],
    )
    assert war.casualties(group="UN")["best"].tolist() == [8, 424, 3]
    assert war.casualties(scope="wider")["best"].tolist() == [424]
    for scope, killed in ((None, [(3, 8)]), ("wider", []), (["event", "wider"], [(3, None)])):
        answer = war.answer("casualties", by="country", scope=scope)
        assert rows_of(answer.frame, "killed_best", "stated_killed") == killed
        note = "Figures of more than this war are not added up: mali casualties --scope wider lists them."
        assert (note in answer.notes) == (scope is not None)
        assert not any("424" in text or "added together" in text for text in answer.notes)


def test_a_range_is_given_only_if_there_is_one(tmp_path: Path) -> None:
    events = [{"event_id": "fight"}]
    for figure, text in (
        ({"n": 3}, "3 killed in 1 event"),
        ({"n": 1200, "open": "true"}, "1,200+ killed in 1 event"),
        ({"low": 2, "best": 3, "high": 5, "open": "true"}, "3 killed (2-5+) in 1 event"),
    ):
        war = dataset(tmp_path, events=events, casualties=[{"event_id": "fight", **figure}])
        assert war.answer("casualties", by="harm").notes == (text,)


def test_a_zero_of_acled_is_called_what_it_is() -> None:
    war = load(FOLDER / "acled_a0.csv")
    for query in ("casualties", "timeline"):
        notes = " ".join(war.answer(query, by="year").notes)
        assert "8 events with 0: none or not stated" in notes
        assert "no number given" not in notes


def test_stated_totals_are_compared_with_events_in_the_rows_that_have_both(tmp_path: Path) -> None:
    def total(country: str, n: int) -> dict[str, object]:
        return {"scope": "total", "date_start": "2012-01-01", "date_end": "2014-12-31", "country": country, "n": n}

    war = dataset(
        tmp_path,
        events=[{"event_id": "fight"}],
        casualties=[total("Mali", 10), total("Chad", 5), {"event_id": "fight", "country": "Mali", "n": 3}],
    )
    notes = war.answer("casualties", by="country").notes
    assert (
        "In the 2 rows with a stated total, figures of events add up to 3 killed and the totals to 15; they need not count the same people."
        in notes
    )
