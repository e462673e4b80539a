"""Rolling means of events and of people killed: what is averaged, and where there is no mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mali_cli.dataset import Dataset
from mali_cli.errors import MaliError
from mali_cli.output.terminal import Terminal
from mali_cli.output.terminal_timeline import draw_timeline
from mali_cli.output.vega.spec import specification
from tests.support.tables import dataset, rows_of

# No event in February and May; no number of killed in April.
NUMBERS = {"2012-01": (10, 20), "2012-03": (3,), "2012-04": (None,), "2012-06": (6,)}


@pytest.fixture
def war(tmp_path: Path) -> Dataset:
    ids = [(f"{month}-{i}", month, number) for month, all in NUMBERS.items() for i, number in enumerate(all)]
    return dataset(
        tmp_path,
        events=[{"event_id": event, "date_start": f"{month}-05"} for event, month, _ in ids],
        casualties=[
            {"event_id": event, "n": number} if number is not None else {"event_id": event, "wording": "some"}
            for event, _, number in ids
        ],
    )


def test_a_month_without_events_counts_as_none_and_without_a_number_not_at_all(war: Dataset) -> None:
    answer = war.answer("timeline", by="month", rolling=2)
    assert rows_of(answer.frame, "period", "events", "killed_best", "rolling_mean_events", "rolling_mean_killed") == [
        ("2012-01", 2, 30, None, None),
        ("2012-02", 0, None, 1.0, 30.0),
        ("2012-03", 1, 3, 0.5, 3.0),
        ("2012-04", 1, None, 1.0, 3.0),
        ("2012-05", 0, None, 0.5, None),
        ("2012-06", 1, 6, 0.5, 6.0),
    ]
    assert answer.notes[-1] == (
        "Rolling means are of the numbers of events and best estimates of people killed of a month and the one before "
        "it; a month without a number of killed is left out of the mean, not counted as 0."
    )


def test_counts_and_sums_have_the_means_of_the_timeline(war: Dataset) -> None:
    """Months without a row are part of the series all the same."""
    series = war.timeline(by="month", rolling=3).set_index("period")
    counts = war.events(by="month", rolling="3")
    assert counts.columns[-1] == "rolling_mean_events"
    assert list(counts["rolling_mean_events"].fillna(-1)) == list(series.loc[counts["month"], "rolling_mean_events"].fillna(-1))  # fmt: skip
    sums = war.casualties(by="month", rolling=3)
    assert sums.columns[-1] == "rolling_mean_killed"
    assert rows_of(sums, "month", "rolling_mean_killed") == [
        ("2012-01", None), ("2012-03", 16.5), ("2012-04", 3.0), ("2012-06", 6.0)
    ]  # fmt: skip


def test_a_series_begins_with_the_period_asked_for(war: Dataset) -> None:
    counts = war.events(by="month", since="2012-02", rolling=2)
    assert rows_of(counts, "month", "rolling_mean_events")[0] == ("2012-03", 0.5)
    assert war.events(by="month", rolling=500)["rolling_mean_events"].isna().all()


@pytest.mark.parametrize(
    ("query", "arguments", "message"),
    [
        ("casualties", {}, "--rolling needs one key of --by that is a period: year, quarter or month."),
        ("events", {"by": "place"}, "--rolling needs one key of --by that is a period: year, quarter or month."),
        ("events", {"by": "year,place"}, "--rolling needs one key of --by that is a period: year, quarter or month."),
        ("timeline", {"split": "type"}, "--rolling does not go with --split, which makes several series."),
    ],
)
def test_only_one_series_of_periods_has_means(
    war: Dataset, query: str, arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(MaliError) as raised:
        war.answer(query, rolling=3, **arguments)
    assert str(raised.value) == message


def test_means_are_columns_on_a_terminal_and_a_line_in_a_picture(war: Dataset) -> None:
    result = war.answer("timeline", by="month", rolling=2)
    assert result.chart is not None
    text = draw_timeline(result.frame, result.chart, Terminal(80, 24, True, False, False))
    lines = text.splitlines()
    assert lines[1].split() == ["events", "mean", "killed", "mean"]
    assert [word for word in lines[2].split() if word[0] in "0123456789"] == ["2012-01", "2", "30"]
    assert [word for word in lines[4].split() if word[0] in "0123456789"] == ["2012-03", "1", "0.5", "3", "3.0"]
    picture = json.dumps(specification(result))
    assert '"mean of 2 months"' in picture
    assert '"field": "rolling_mean_killed"' in picture
    plain = war.answer("timeline", by="month")
    assert plain.chart is not None
    assert "mean" not in draw_timeline(plain.frame, plain.chart, Terminal(80, 24, True, False, False))
    assert "rolling" not in json.dumps(specification(plain))
