"""Dates in words, no more precise than they are known."""

from __future__ import annotations

import calendar
import datetime


def when_text(first: str, last: str, precision: str) -> str:
    """Return two ISO dates and their precision as one short text.

    For example "2012-11-16", "2012-01-16 to 19" (the event lasted), "2012-01-16..19" (at some time between these days),
    "2012-11", "2012", "2012-01..06" and "by 2012-04-06".
    """
    if not first or not last:
        return first or last
    if precision == "by":
        return f"by {last}"
    if precision == "day":
        return first if first == last else f"{first} to {_shortened(first, last)}"
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        first, last = first[:4], last[:4]
    elif start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]:
        first, last = first[:7], last[:7]
    return first if first == last else f"{first}..{_shortened(first, last)}"


def _shortened(first: str, last: str) -> str:
    """Return the last date without the year, or the year and month, that it shares with the first."""
    for length in (8, 5):
        if len(last) > length and first[:length] == last[:length]:
            return last[length:]
    return last
