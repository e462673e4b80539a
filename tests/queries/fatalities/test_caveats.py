"""The notes under sums."""

from __future__ import annotations

from pathlib import Path

from tests.support.tables import dataset


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
