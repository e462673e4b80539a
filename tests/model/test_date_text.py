"""Dates for people, as precise as they are known."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from mali_cli.model.date_text import relation_text, span_text, when_text


@pytest.mark.parametrize(
    ("first", "last", "precision", "text"),
    [
        ("2012-11-16", "2012-11-16", "day", "2012-11-16"),
        ("2012-01-16", "2012-01-19", "day", "2012-01-16 to 19"),
        ("2012-01-16", "2012-02-03", "day", "2012-01-16 to 02-03"),
        ("2012-12-30", "2013-01-02", "day", "2012-12-30 to 2013-01-02"),
        ("2012-01-01", "2012-01-31", "day", "2012-01-01 to 31"),  # it lasted the whole month
        ("2012-11-01", "2012-11-30", "month", "2012-11"),
        ("2012-01-01", "2012-12-31", "year", "2012"),
        ("2012-01-16", "2012-01-19", "range", "2012-01-16..19"),
        ("2012-01-16", "2012-01-22", "week", "2012-01-16..22"),
        ("2012-01-16", "2012-02-03", "range", "2012-01-16..02-03"),
        ("2012-01-16", "2013-02-03", "range", "2012-01-16..2013-02-03"),
        ("2012-01-01", "2012-06-30", "range", "2012-01..06"),
        ("2012-02-01", "2012-02-29", "range", "2012-02"),
        ("2012-02-01", "2012-02-28", "range", "2012-02-01..28"),  # of a leap year
        ("2012-11-01", "2013-02-28", "range", "2012-11..2013-02"),
        ("2012-01-01", "2013-12-31", "range", "2012..2013"),
        ("2012-11-16", "2012-11-16", "range", "2012-11-16"),
        ("2012-04-06", "2012-04-06", "by", "by 2012-04-06"),
        ("2012-01-01", "2012-04-06", "by", "by 2012-04-06"),
    ],
)
def test_no_text_is_more_precise_than_the_date(first: str, last: str, precision: str, text: str) -> None:
    assert when_text(date.fromisoformat(first), date.fromisoformat(last), precision) == text
    assert when_text(pd.Timestamp(first), pd.Timestamp(last), precision) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2012-04-06", "2012-04-06", "2012-04-06"),
        ("2013-01-10", "2013-01-21", "2013-01-10 to 21"),
        ("2012-01", "2012-04", "2012-01 to 04"),
        ("2013-01", "2013-01-10", "2013-01 to 2013-01-10"),
        ("2011", "2013", "2011 to 2013"),
        ("2012-02", None, "2012-02"),
        (float("nan"), "2012", "until 2012"),
        (None, float("nan"), ""),
    ],
)
def test_the_span_between_partial_dates(start: object, end: object, text: str) -> None:
    assert span_text(start, end) == text


@pytest.mark.parametrize(
    ("start", "end", "first_reported", "last_reported", "text"),
    [
        ("2012-01", "2012-06", "", "", "2012-01 to 06"),
        ("2012-01", "", "", "", "from 2012-01"),
        ("2012-01", "", "", "2013", "from 2012-01, last reported 2013"),
        ("", "2013", "", "", "until 2013"),
        ("", "2013", "2012", "", "first reported 2012, until 2013"),
        ("", "", "2012", "2013", "reported 2012 to 2013"),
        ("", "", "2012", "2012", "reported 2012"),
        ("", "", "2012", "", "reported 2012"),
        ("", "", "", "2012", "reported 2012"),
        ("", "", "", "", ""),
    ],
)
def test_a_report_is_never_shown_as_a_beginning_or_an_end(
    start: str, end: str, first_reported: str, last_reported: str, text: str
) -> None:
    assert relation_text(start, end, first_reported, last_reported) == text
