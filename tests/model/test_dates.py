"""Dates in words."""

from __future__ import annotations

import pytest

from mali_cli.model.dates import when_text


@pytest.mark.parametrize(
    ("first", "last", "precision", "text"),
    [
        ("2012-11-16", "2012-11-16", "day", "2012-11-16"),
        ("2012-01-16", "2012-01-19", "day", "2012-01-16 to 19"),
        ("2012-01-16", "2012-02-03", "day", "2012-01-16 to 02-03"),
        ("2012-12-30", "2013-01-02", "day", "2012-12-30 to 2013-01-02"),
        ("2012-04-06", "2012-04-06", "by", "by 2012-04-06"),
        ("2012-11-01", "2012-11-30", "month", "2012-11"),
        ("2012-02-01", "2012-02-29", "range", "2012-02"),
        ("2013-02-01", "2013-02-27", "range", "2013-02-01..27"),
        ("2020-01-01", "2020-12-31", "year", "2020"),
        ("2012-01-01", "2013-12-31", "range", "2012..2013"),
        ("2012-01-01", "2012-06-30", "range", "2012-01..06"),
        ("2012-01-16", "2012-01-22", "week", "2012-01-16..22"),
        ("2012-03-14", "2012-03-14", "range", "2012-03-14"),
        ("2012-01-01", "2012-12-31", "day", "2012-01-01 to 12-31"),
        ("", "", "day", ""),
    ],
)
def test_a_date_is_no_more_precise_than_it_is_known(first: str, last: str, precision: str, text: str) -> None:
    assert when_text(first, last, precision) == text
