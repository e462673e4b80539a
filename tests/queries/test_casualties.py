"""Which figures match, in which order, and which claims exclude each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tables import dataset, rows_of


@pytest.mark.parametrize(
    ("figures", "disputed"),
    [
        ([{"n": 13}, {"n": 9}], True),
        ([{"n": 13}, {"low": 10, "high": 20, "wording": "10-20"}], False),
        ([{"n": 13}, {"low": 12, "best": 12, "open": "true", "wording": "at least 12"}], False),
        ([{"n": 13}, {"low": 20, "best": 20, "open": "true", "wording": "over 20"}], True),
        ([{"n": 13}, {"wording": "dozens"}], False),
        ([{"low": 1, "high": 5, "wording": "1-5"}, {"low": 5, "high": 9, "wording": "5-9"}, {"n": 9}], True),
        ([{"n": 13}], False),
        ([{"n": 13, "status": "denied"}], True),
    ],
)
def test_disputed_are_claims_that_exclude_each_other(
    tmp_path: Path, figures: list[dict[str, object]], disputed: bool
) -> None:
    event = "2012-11-16-gao"
    rows = [{"event_id": event, "tally": f"{event}:MNLA", "rank": rank, **f} for rank, f in enumerate(figures, 1)]
    war = dataset(tmp_path, events=[{"event_id": event}], casualties=rows)
    assert len(war.casualties(disputed=True)) == (len(figures) if disputed else 0)


def test_rival_claims_of_different_periods_are_listed_together(tmp_path: Path) -> None:
    def total(tally: str, first: str, rank: int) -> dict[str, object]:
        return {
            "scope": "total",
            "tally": tally,
            "date_start": first,
            "date_end": "2024-01-01",
            "rank": rank,
            "n": rank,
        }

    war = dataset(
        tmp_path, casualties=[total("b", "2015-01-01", 2), total("a", "2014-01-01", 1), total("b", "2012-01-01", 1)]
    )
    assert rows_of(war.casualties(), "tally", "rank") == [("b", 1), ("b", 2), ("a", 1)]
