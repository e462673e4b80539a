"""Rolling means of events and of people killed, and periods that are covered only in part."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import MaliError
from mali_cli.formats import backend, duckdb_filter
from mali_cli.model import schema
from mali_cli.output import render_text
from mali_cli.output.display_columns import display_columns
from mali_cli.output.terminal import Terminal
from mali_cli.output.terminal_timeline import draw_timeline
from mali_cli.output.vega.spec import specification
from mali_cli.storage.convert import convert
from mali_cli.storage.memory import MemoryBackend
from tests.support.lookalikes import FOLDER
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
    assert '"mean of 2 months"' in json.dumps(specification(war.answer("casualties", by="month", rolling=2)))
    plain = war.answer("timeline", by="month")
    assert plain.chart is not None
    assert "mean" not in draw_timeline(plain.frame, plain.chart, Terminal(80, 24, True, False, False))
    assert "rolling" not in json.dumps(specification(plain))


def of_two_years(folder: Path, until: str = "2013-07-31") -> Dataset:
    """Return our own tables with events in 2012 and 2013, the last one in the middle of a year."""
    events = [{"event_id": f"{day}-e", "date_start": day} for day in ("2012-02-01", "2012-12-30", "2013-02-01", until)]
    return dataset(folder, events=events, casualties=[{"event_id": event["event_id"], "n": 1} for event in events])


@pytest.mark.parametrize(
    ("filters", "partial"),
    [
        ({}, {}),
        ({"since": "2012", "until": "2013"}, {}),
        ({"since": "2012-01-20"}, {"2012": "from 2012-01-20"}),
        ({"until": "2013-10"}, {"2013": "until 2013-10-31"}),
        ({"since": "2012-12", "until": "2013-02"}, {"2012": "from 2012-12-01", "2013": "until 2013-02-28"}),
        ({"since": "2012-02", "until": "2012-02-05"}, {"2012": "2012-02-01 to 2012-02-05"}),
        ({"on": "2012-02-01"}, {"2012": "only 2012-02-01"}),
        ({"on": "2012-02-01", "by": "month"}, {"2012-02": "until 2012-02-01"}),
        ({"until": "2013-02", "by": "quarter"}, {"2013-Q1": "until 2013-02-28"}),
    ],
)
def test_own_tables_have_partial_periods_only_where_the_filters_cut(
    tmp_path: Path, filters: dict[str, str], partial: dict[str, str]
) -> None:
    war = of_two_years(tmp_path)
    key = filters.pop("by", "year")
    for query in ("timeline", "events", "casualties"):
        answer = war.answer(query, by=key, **filters)
        assert dict(answer.partial_periods) == partial
        note = f"Part of a {key}: {', '.join(f'{label} ({text})' for label, text in partial.items())}."
        assert (note in answer.notes) == bool(partial)


@pytest.mark.parametrize(
    ("until", "partial"),
    [
        ("2013-07-31", {"2013": "until 2013-07-31, the last day in the data"}),
        ("2013-12-14", {}),  # the file may well hold the whole year
    ],
)
@pytest.mark.parametrize("form", ["csv", "sqlite", "parquet"])
def test_a_file_that_ends_within_a_year_has_it_in_part(
    tmp_path: Path, form: str, until: str, partial: dict[str, str]
) -> None:
    tables = of_two_years(tmp_path / "tables", until)
    frames = {name: tables.table(name) for name in schema.table_names()}
    foreign = MemoryBackend(Path("file.csv"), frames, "ACLED")
    convert(foreign, tmp_path / "made", form)
    war = load(tmp_path / "made")
    for filters in ({}, {"since": "2012"}, {"type": "Battles"}, {"until": "2013"}):
        assert dict(war.answer("casualties", by="year", **filters).partial_periods) == partial
    # What matches may end earlier than the file does.
    assert not war.answer("timeline", until="2012").partial_periods
    assert war.answer("timeline", until="2013-05").partial_periods == {"2013": "until 2013-05-31"}
    later = war.answer("timeline", until="2014").partial_periods
    assert later.get("2014") == "after the last day in the data"


def test_partial_periods_have_a_star_but_not_in_csv(tmp_path: Path) -> None:
    war = of_two_years(tmp_path)
    result = war.answer("timeline", since="2012-02", until="2013-07")
    assert result.chart is not None
    lines = draw_timeline(result.frame, result.chart, Terminal(80, 24, True, False, False)).splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["2012*", "2013*"]
    assert "* covered only in part" in lines[-1]
    assert render_text(result, "csv").splitlines()[1].startswith("2012,")
    picture = json.dumps(specification(result))
    assert '"2012*"' in picture
    assert "2012: 2 events; 2 killed; from 2012-02-01" in picture
    assert "covered only in part" in picture
    sums = war.answer("casualties", by="year", since="2012-02", until="2013-07")
    assert [str(cell) for cell in display_columns(sums)[0].cells] == ["2012*", "2013*"]
    assert '"2013*"' in json.dumps(specification(sums))
    split = war.answer("timeline", split="type", since="2012-02", until="2013-07")
    assert '"2013*"' in json.dumps(specification(split))


def test_a_partial_month_has_its_star_where_its_label_has_no_room(tmp_path: Path) -> None:
    result = of_two_years(tmp_path).answer("timeline", by="month", since="2012-01-03", until="2013-12-20")
    axis = re.search(r'"labelExpr": "(.*?)", ', json.dumps(specification(result)))
    assert axis is not None
    assert "2013-12*" in axis[1]


@pytest.mark.parametrize("read_path", ["csv", "duckdb", "partitions"])
def test_the_last_day_of_a_file_does_not_depend_on_the_filters(read_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if read_path == "duckdb":
        pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    if read_path == "partitions":
        monkeypatch.setattr(backend, "LARGE_FILE_BYTES", 0)
    expected = {"2023": "until 2023-09-02, the last day in the data"}
    for filters in ({}, {"type": "Protests"}, {"since": "2020"}, {"actor": "Civilians"}):
        answer = load(FOLDER / "acled_a3.csv").answer("events", by="year", **filters)
        assert answer.partial_periods == expected, filters
