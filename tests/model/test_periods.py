"""Years, months and days as periods."""

from __future__ import annotations

import datetime

import pytest

from mali_cli.errors import MaliError
from mali_cli.model import periods


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012", (2012, 1, 1), (2012, 12, 31)),
        ("2012-02", (2012, 2, 1), (2012, 2, 29)),
        ("2013-02", (2013, 2, 1), (2013, 2, 28)),
        ("2012-12", (2012, 12, 1), (2012, 12, 31)),
        (" 2012-06-27 ", (2012, 6, 27), (2012, 6, 27)),
    ],
)
def test_text_is_parsed_as_first_and_last_day(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert periods.parse_date(text, "--from") == (datetime.date(*first), datetime.date(*last))


@pytest.mark.parametrize("text", ["", "12", "2012-1", "2012/01/01", "31-12-2012", "٢٠١٢", "2012-01-01T00", "0000"])  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(MaliError, match="--from takes a year, month or day such as"):
        periods.parse_date(text, "--from")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2012-00", "there is no month 00"),
        ("2012-13-01", "there is no month 13"),
        ("2012-02-30", "there is no such day; February 2012 has 29 days"),
        ("2012-06-00", "there is no such day; June 2012 has 30 days"),
    ],
)
def test_a_day_that_does_not_exist_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MaliError, match=rf"^--from {text}: {reason}\.$"):
        periods.parse_date(text, "--from")


def test_both_ends_of_a_period_are_included() -> None:
    assert periods.parse_period("2012", "2012-06") == (datetime.date(2012, 1, 1), datetime.date(2012, 6, 30))
    assert periods.parse_period(None, "2012") == (None, datetime.date(2012, 12, 31))
    assert periods.parse_period(None, None) is None
    assert periods.parse_period(None, None, "2012-06") == (datetime.date(2012, 6, 1), datetime.date(2012, 6, 30))
    with pytest.raises(MaliError, match="--on gives a whole period"):
        periods.parse_period("2012", None, "2012")
