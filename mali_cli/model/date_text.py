"""The dates of a row as one text for people, no more precise than they are known."""

from __future__ import annotations

import calendar
import datetime

WHOLE_YEARS, WHOLE_MONTHS, DAYS = len("2012"), len("2012-01"), len("2012-01-16")


def when_text(first: datetime.date, last: datetime.date, precision: str) -> str:
    """Return `date_start`, `date_end` and `date_precision` as one text.

    Something that lasts several days is "2012-01-16 to 19". Something of which only the span is known in which it
    happened is "2012-01-16..19", or by its months and years if it fills them: "2012-01", "2012-01..06", "2012".

    Examples
    --------
    >>> when_text(datetime.date(2012, 1, 16), datetime.date(2012, 2, 3), "day")
    '2012-01-16 to 02-03'
    >>> when_text(datetime.date(2012, 1, 1), datetime.date(2012, 6, 30), "range")
    '2012-01..06'
    """
    if precision == "by":
        return f"by {last:%Y-%m-%d}"
    length = DAYS if precision == "day" else _whole_periods(first, last)
    return _joined(f"{first:%Y-%m-%d}"[:length], f"{last:%Y-%m-%d}"[:length], " to " if precision == "day" else "..")


def span_text(start: object, end: object) -> str:
    """Return two partial dates (2011, 2011-10) as one text; one that is not text is missing."""
    if not isinstance(start, str):
        return f"until {end}" if isinstance(end, str) else ""
    return _joined(start, end, " to ") if isinstance(end, str) else start


def fate_text(fate: str, date: str, precision: str) -> str:
    """Return what became of a person, and when if that is stated: "killed 2013-02-28", "killed by 2013-02-28"."""
    return " ".join(filter(None, (fate, "by" if precision == "by" else "", date)))


def relation_text(start: str, end: str, first_reported: str, last_reported: str) -> str:
    """Return when a relation is stated to have begun and ended, or in other words when it was first and last reported.

    Each is a partial date, or empty if it is missing.

    Examples
    --------
    >>> relation_text("2012-01", "2012-06", "", "")
    '2012-01 to 06'
    >>> relation_text("2013-01-11", "", "", "2013-02-08")
    'from 2013-01-11, last reported 2013-02-08'
    >>> relation_text("", "", "2013", "2014")
    'reported 2013 to 2014'
    """
    if start and end:
        return span_text(start, end)
    if start:
        return f"from {start}, last reported {last_reported}" if last_reported else f"from {start}"
    if end:
        return f"first reported {first_reported}, until {end}" if first_reported else f"until {end}"
    reported = span_text(first_reported or last_reported, last_reported or None)
    return f"reported {reported}" if reported else ""


def _joined(start: str, end: str, between: str) -> str:
    """Return both dates, the second without the year or the month that it shares with the first; one if they agree."""
    if start == end:
        return start
    for shared in (WHOLE_MONTHS, WHOLE_YEARS):
        if len(start) == len(end) > shared and start[:shared] == end[:shared]:
            return f"{start}{between}{end[shared + 1 :]}"
    return f"{start}{between}{end}"


def _whole_periods(first: datetime.date, last: datetime.date) -> int:
    """Return how much of both dates to write: their years or months if the span fills them, otherwise all."""
    if first.day != 1 or last.day != calendar.monthrange(last.year, last.month)[1]:
        return DAYS
    return WHOLE_YEARS if (first.month, last.month) == (1, 12) else WHOLE_MONTHS
