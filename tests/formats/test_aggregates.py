"""Files of counts answer sums by the keys they have; what they cannot answer they say. All numbers are invented."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError
from tests.support.aggregates import (
    ATTACK,
    CLASH,
    HAPI,
    HAPI_HEADER,
    MONTHLY_HEADER,
    MONTHLY_NAME,
    MONTHS,
    VIOLENCE,
    WEEKLY_HEADER,
    WEEKLY_NAME,
    WEEKS,
    Row,
    csv_file,
    hapi,
    week,
    weekly,
)


def workbook(folder: Path, name: str, sheets: Mapping[str, Iterable[Row]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def rows_of(data: Dataset, query: str, by: str, *columns: str, **filters: Any) -> list[tuple[Any, ...]]:
    """Return the values of the keys and columns of an answer, with None for what is missing."""
    frame = data.answer(query, by=by, **filters).frame[[*by.replace("-", "_").split(","), *columns]]
    return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False)]


def notes(data: Dataset, query: str, by: str, **filters: Any) -> list[str]:
    """Return the notes on an answer, without the one on the records of the file."""
    return list(data.answer(query, by=by, **filters).notes[1:])


def test_weekly_workbook(tmp_path: Path) -> None:
    days = [(datetime.datetime.fromisoformat(str(first)), *rest) for first, *rest in WEEKS]
    data = load(workbook(tmp_path, WEEKLY_NAME, {"Sheet1": [WEEKLY_HEADER, *days]}))
    assert rows_of(data, "events", "week", "events") == [
        ("2023-12-23", 3), ("2023-12-30", 2), ("2024-01-06", 5), ("2024-02-03", 2),
    ]  # fmt: skip
    table = data.table("aggregates")
    assert table["population"].tolist() == [900] * 5
    assert table["date_end"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2023-12-29", "2024-01-05"]
    assert set(table["according_to"]) == {"ACLED"}
    assert set(table["file"]) == {f"{WEEKLY_NAME}.xlsx"}
    assert repr(data) == f"<mali Dataset: ACLED weekly aggregates: {WEEKLY_NAME}.xlsx, 1 table, 5 rows>"


def test_weeks_over_the_end_of_a_year_are_of_no_year(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    assert rows_of(data, "events", "year", "events") == [("2023", 3), ("2024", 7), (None, 2)]
    assert notes(data, "events", "year") == [
        "12 events.",
        "2 events of a count that spans the end of a year have no year.",
        "Part of a year: 2024 (until 2024-02-09, the last day in the data).",
    ]
    assert rows_of(data, "casualties", "month", "events", "killed_low", "killed_best", "killed_high", "unknown") == [
        ("2023-12", 3, 7, 7, 7, 0), ("2024-01", 5, 2, 2, 2, 1), ("2024-02", 2, None, None, None, 1), (None, 2, 5, 5, 5, 0),
    ]  # fmt: skip


def test_weeks_cut_by_a_period_are_left_out_and_said(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    assert rows_of(data, "casualties", "year", "killed_best", since=2024) == [("2024", 2)]
    assert notes(data, "casualties", "year", since=2024) == [
        "2 killed in 1 event; 2 records (6 events) with 0 or blank: none or not stated",
        "2 more events (5 killed) may fall into this period: --dates all adds them.",
        "Part of a year: 2024 (until 2024-02-09, the last day in the data).",
    ]
    assert rows_of(data, "events", "in", "events", since=2024, dates="all") == [("Mali", 7), ("Niger", 2)]
    assert rows_of(data, "events", "in", "events", until="2023-12", dates="possible") == [("Mali", 2)]


def test_zero_killed_is_no_number(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    assert data.table("aggregates")["killed"].isna().tolist() == [False, False, True, False, True]
    assert rows_of(data, "casualties", "region", "killed_best", "unknown", type="Attack") == [("Timbuktu", None, 1)]
    assert notes(data, "casualties", "region", type="Attack") == [
        "no number of people killed; 1 record (4 events) with 0 or blank: none or not stated"
    ]


def test_filters_of_counts(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    assert rows_of(data, "events", "event-type", "events", region="Tombouctou") == [("Violence against civilians", 4)]
    assert rows_of(data, "events", "sub-event-type", "events", where="Niger") == [("Arrests", 2)]
    assert rows_of(data, "events", "in", "events", country=["Niger", "Mali"], type="Battles") == [("Mali", 5)]
    # Political violence and demonstrations in one: the row is either.
    assert rows_of(data, "events", "disorder-type", "events", disorder_type="Demonstrations") == [
        ("Political violence; Demonstrations", 1)
    ]


def test_rolling_means_of_counts(tmp_path: Path) -> None:
    """A week without a row has no events; weeks without a number of killed are left out of the mean."""
    data = weekly(tmp_path)
    column = "rolling_mean_events"
    assert rows_of(data, "events", "week", column, rolling=2) == [
        ("2023-12-23", None), ("2023-12-30", 2.5), ("2024-01-06", 3.5), ("2024-02-03", 1.0),
    ]  # fmt: skip
    assert rows_of(data, "casualties", "week", "rolling_mean_killed", rolling=2)[1] == ("2023-12-30", 6.0)


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        (["events"], "`events` without --by"),
        (["casualties"], "`casualties` without --by"),
        (["events", "--by", "actor"], "--by actor"),
        (["events", "--by", "year", "--actor", "JNIM"], "--actor"),
        (["events", "--by", "year", "--near", "Gao:50"], "--near"),
        (["casualties", "--by", "year", "--country", "Mali"], "--country"),
        (["events", "--by", "year", "--admin2", "Gao"], "--admin2"),
        (["events", "--by", "year", "--civilian-targeting"], "--civilian-targeting"),
        (["timeline"], "`timeline`"),
        (["groups"], "`groups`"),
    ],
)
def test_other_questions_are_refused_in_one_line(tmp_path: Path, arguments: list[str], question: str) -> None:
    path = csv_file(tmp_path, "agg", WEEKLY_HEADER, WEEKS)
    result = CliRunner().invoke(app, [*arguments, "--data", str(path)], prog_name="mali")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"mali: agg.csv holds counts by week and region, not events, and cannot answer {question}; it answers `map`, and "
        "`events --by` and `casualties --by` with these keys: year, quarter, month, week, in, region, event-type, "
        "sub-event-type, disorder-type.\n"
    )


def test_comparisons_and_profiles_are_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "agg", WEEKLY_HEADER, WEEKS)
    for arguments in (["compare", str(path)], ["show", "Gao", "--data", str(path)]):
        result = CliRunner().invoke(app, arguments, prog_name="mali")
        assert result.exit_code == 1
        assert f"cannot answer `{arguments[0]}`;" in result.stderr


def test_monthly_workbook_of_hdx(tmp_path: Path) -> None:
    licensing = [("Licensing", None), ("Invented terms.",)]
    path = workbook(tmp_path, MONTHLY_NAME, {"Licensing": licensing, "Data": [MONTHLY_HEADER, *MONTHS]})
    data = load(path)
    assert rows_of(data, "events", "month", "events") == [("2024-01", 5), ("2024-02", 0)]
    assert data.events(by="month")["first"].isna().tolist() == [False, True]  # no event, so no first one
    assert rows_of(data, "casualties", "admin2", "killed_best", "unknown") == [("Ansongo", 11, 0), ("Gao", None, 1)]
    assert rows_of(data, "events", "month", "events", admin2="ansongo") == [("2024-01", 4)]
    assert set(data.table("aggregates")["disorder_type"]) == {VIOLENCE}


def test_events_of_a_country_beside_its_regions_are_said(tmp_path: Path) -> None:
    rows = [*MONTHS, ("Mali", "", "", "MLI", "", "", "January", 2024, 7, 0)]
    data = load(csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, rows))
    assert notes(data, "events", "region")[0] == (
        "7 events are of a whole country that also has rows for its regions; if those include them, they count twice."
    )


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("mali_demonstration_events_by_month-year", "Demonstrations"),
        ("mali_hrp_civilian_targeting_events_and_fatalities_by_month-year", "Civilian targeting"),
        ("number_of_events_targeting_civilians_by_country-month-year", "Civilian targeting"),
        ("MLI_Political-Violence_events", VIOLENCE),
    ],
)
def test_what_a_monthly_file_counts_is_in_its_name(tmp_path: Path, name: str, counted: str) -> None:
    data = load(csv_file(tmp_path, name, ("Country", "Month", "Year", "Events"), [("Mali", "May", 2024, 3)]))
    assert rows_of(data, "events", "disorder-type", "events") == [(counted, 3)]
    assert "The file has no fatalities: no number of killed is given." in notes(data, "casualties", "year")


def test_a_renamed_monthly_file_says_that_its_kind_is_not_stated(tmp_path: Path) -> None:
    data = load(csv_file(tmp_path, "hdx", MONTHLY_HEADER, MONTHS))
    assert notes(data, "events", "year")[0].startswith("What the records count is not stated")
    with pytest.raises(DataError, match="disorder-type; it answers"):
        data.events(by="disorder-type")


def test_counts_by_country_and_year(tmp_path: Path) -> None:
    rows = [("Mali", 2023, 30), ("Niger", 2023, 12), ("Mali", 2024, 40)]
    name = "number_of_political_violence_events_by_country-year_as-of-24Jul2026"
    data = load(csv_file(tmp_path, name, ("COUNTRY", "YEAR", "EVENTS"), rows))
    assert rows_of(data, "events", "year", "events") == [("2023", 42), ("2024", 40)]
    with pytest.raises(DataError, match=r"counts by year and country, .* keys: year, in, disorder-type"):
        data.events(by="month")


def test_hapi_adds_no_kinds_that_overlap(tmp_path: Path) -> None:
    tags = ("#country+code", *[""] * 9, "#event+type", "#affected+events", "#affected+killed", *[""] * 6)
    data = load(csv_file(tmp_path, "hdx_hapi_conflict_event_mli", HAPI_HEADER, [tags, *HAPI]))
    assert rows_of(data, "events", "month,region", "events") == [("2024-01", "Timbuktu", 4), ("2024-02", "Timbuktu", 1)]
    assert notes(data, "events", "month") == [
        "5 events.",
        "Political violence only: civilian targeting and demonstrations overlap with it. "
        "--disorder-type chooses another; `events --by disorder-type` counts each.",
    ]
    assert rows_of(data, "casualties", "in,admin2", "killed_best", "unknown") == [("Mali", "Goundam", 11, 1)]
    assert rows_of(data, "events", "disorder-type", "events") == [
        (VIOLENCE, 5), ("Demonstrations", 3), ("Civilian targeting", 2),
    ]  # fmt: skip
    assert notes(data, "events", "disorder-type") == ["Rows overlap: an event may be in several disorder types."]
    assert rows_of(data, "events", "year", "events", disorder_type="demonstrations") == [("2024", 3)]
    assert rows_of(data, "casualties", "year", "killed_best", civilian_targeting=True) == [("2024", 6)]
    with pytest.raises(DataError, match="Demonstrations overlap, so they are not added"):
        data.events(by="year", disorder_type=["Political violence", "Demonstrations"])
    for filters in ({"type": "Battles"}, {"civilian_targeting": True, "disorder_type": "Demonstrations"}):
        with pytest.raises(DataError, match="cannot answer"):
            data.events(by="year", **filters)


def test_records_that_hapi_leaves_out_are_skipped_and_said(tmp_path: Path) -> None:
    rows = [*HAPI, hapi("political_violence", 9, 9, 2, error="Duplicate row"), hapi("strikes", 1, 1, 1)]
    path = csv_file(tmp_path, "hapi", HAPI_HEADER, rows)
    assert load(path).answer("events", by="year").notes[0] == (
        f"{path}: HDX HAPI conflict events: 6 records: 4 read, 2 skipped (record 5, error: 'Duplicate row' marks a "
        "record that HAPI leaves out; record 6, event_type: 'strikes' is not political_violence, demonstration or "
        "civilian_targeting)."
    )
    with pytest.raises(DataError, match="3 of 4 records cannot be read"):
        load(csv_file(tmp_path, "bad", HAPI_HEADER, [HAPI[0], *[hapi("strikes", 1, 1, 1)] * 3])).events(by="year")


def test_several_files_count_each_period_once(tmp_path: Path) -> None:
    old = csv_file(tmp_path, "Africa_up_to-2024-01-06", WEEKLY_HEADER, WEEKS[:3])
    revised = week("2024-01-06", "Tombouctou", *ATTACK, 5, 1, VIOLENCE)
    new = csv_file(tmp_path, "Africa_up_to-2024-02-03", WEEKLY_HEADER, [*WEEKS[1:2], revised, *WEEKS[3:]])
    data = load([old, new])
    assert rows_of(data, "casualties", "region", "events", "killed_best") == [
        ("Mopti", 5, 12), ("Bamako", 1, 2), ("Timbuktu", 5, 1), ("Tillabéri", 2, None),
    ]  # fmt: skip
    assert "7 records: 5 read, 2 repeated in a later file." in data.answer("events", by="year").notes[0]
    monthly = csv_file(tmp_path, MONTHLY_NAME, MONTHLY_HEADER, MONTHS)
    with pytest.raises(DataError, match="only files of one format can be read together"):
        load([old, monthly])


def test_equal_records_of_one_file_are_counted_and_said(tmp_path: Path) -> None:
    data = weekly(tmp_path, [WEEKS[0], WEEKS[0]])
    assert rows_of(data, "events", "in", "events") == [("Mali", 6)]
    assert notes(data, "events", "in")[0].startswith("1 record for the same period, area and type as another")


def test_a_workbook_with_counts_in_several_sheets_is_refused(tmp_path: Path) -> None:
    sheets = {
        "HRP_1": [MONTHLY_HEADER, *MONTHS],
        "Non_HRP": [("Country", "Month", "Year", "Events"), ("Chad", "May", 2024, 1)],
    }
    with pytest.raises(DataError, match=r"has records in several sheets: HRP_1, Non_HRP\. Save each sheet as a file"):
        load(workbook(tmp_path, MONTHLY_NAME, sheets))


def test_check_names_each_fault(tmp_path: Path) -> None:
    rows = [WEEKS[0], week("2024-01-07", "Gao", *CLASH, 1, 1, VIOLENCE), week("soon", "Gao", *CLASH, 1, 1, VIOLENCE)]
    rows += [week("2024-01-06", "Gao", *CLASH, 1, "-3", VIOLENCE), week("2024-01-06", "Gao", *CLASH, "", 1, VIOLENCE)]
    faults = weekly(tmp_path, rows).answer("check").frame
    assert list(zip(faults["record"], faults["column"], faults["value"], strict=True)) == [
        (2, "week", "2024-01-07"), (3, "week", "soon"), (4, "fatalities", "-3"), (5, "events", ""),
    ]  # fmt: skip
    assert weekly(tmp_path).answer("check").frame.empty


@pytest.mark.parametrize("to", ["csv", "parquet", "sqlite"])
def test_converted_counts_give_the_same_answers(tmp_path: Path, to: str) -> None:
    if to == "parquet":
        pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    source = csv_file(tmp_path, "hapi", HAPI_HEADER, HAPI)
    target = tmp_path / ("hapi.db" if to == "sqlite" else "hapi")
    result = CliRunner().invoke(app, ["convert", str(source), str(target), "--to", to], prog_name="mali")
    assert (result.exit_code, result.stderr.splitlines()[-1].rpartition(": ")[2]) == (0, "4 aggregates.")
    before, after = load(source), load(target)
    if to == "parquet":
        arguments = ["convert", str(source), str(tmp_path / "parts"), "--to", to, "--parts", "2"]
        result = CliRunner().invoke(app, arguments, prog_name="mali")
        assert result.stderr.endswith("--parts divides events, and these are counts of events. Leave --parts out.\n")
    for query, by in (("events", "month"), ("casualties", "admin2,month"), ("casualties", "disorder-type")):
        assert after.answer(query, by=by).frame.equals(before.answer(query, by=by).frame)
    assert after.backend.reading_notes == before.backend.reading_notes
    assert after.origin == before.origin == "HDX HAPI conflict events"
    assert after.answer("check").frame.empty
    with pytest.raises(DataError, match="holds counts by month and admin2, not events"):
        after.events()
    if to == "csv":
        with pytest.raises(DataError, match="is one table of a dataset"):
            load(target / "aggregates.csv")


def test_sums_of_counts_are_drawn(tmp_path: Path) -> None:
    result = weekly(tmp_path).answer("casualties", by="region", type="Battles", since=2023)
    assert result.chart is not None
    assert (result.chart.measure, result.chart.filter_text) == ("region", "Battles, from 2023")
    assert weekly(tmp_path).answer("casualties", by="region,year").chart is None


def test_the_legend_of_a_picture_says_what_has_no_number(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="the extra `pictures` is not installed")
    path, picture = csv_file(tmp_path, WEEKLY_NAME, WEEKLY_HEADER, WEEKS), tmp_path / "x.svg"
    result = CliRunner().invoke(app, ["casualties", "--data", str(path), "--by", "region", "-o", str(picture)])
    assert result.exit_code == 0
    assert "three records of 0: none or not stated" in picture.read_text("utf-8")


def test_the_last_month_of_counts_is_covered_in_part(tmp_path: Path) -> None:
    data = weekly(tmp_path)
    partial = {"2024-02": "until 2024-02-09, the last day in the data"}
    assert data.answer("events", by="month").partial_periods == partial
    assert data.answer("casualties", by="month", region="Mopti").partial_periods == {}
