"""The ways in which foreign files write a day -> a date; never guessed, never by locale."""

from __future__ import annotations

import datetime
import re

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})", re.ASCII)
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
MONTH = {name[:size]: at for at, name in enumerate(MONTHS, 1) for size in (3, len(name))}
FORMS = "2022-02-23, 16 May 2025, 16-May-25 or 18/04/2001 (day first)"


def day(text: str) -> datetime.date | None:
    """The day that is written, None if it is in none of the forms or there is no such day."""
    try:
        if match := ISO.fullmatch(text):
            year, month, number = match.groups()
            return datetime.date(int(year), int(month), int(number))
        if match := DAY_FIRST.fullmatch(text):
            number, month, year = match.groups()
            return datetime.date(int(year), int(month), int(number))
        if match := NAMED.fullmatch(text):
            number, name, year = match.groups()
            # Two digits are a year of our time: the files begin in 1946.
            full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 46 else 1900)
            return datetime.date(full, MONTH.get(name.lower(), 0), int(number))
    except ValueError:
        pass
    return None


def month_of(date: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of its month."""
    following = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1)
    return date.replace(day=1), following - datetime.timedelta(days=1)
