"""Parse the date forms of foreign files; never by guessing or by the locale."""

from __future__ import annotations

import datetime
import re

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
NAMED_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})", re.ASCII)
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
MONTH_NUMBERS = {name[:size]: number for number, name in enumerate(MONTHS, 1) for size in (3, len(name))}
# A year outside of these is a misprint or a filler such as 9999; and days are added to and taken from a date.
FIRST_YEAR, LAST_YEAR = 1700, 2200
DATE_FORMS = f"2022-02-23, 16 May 2025, 16-May-25 or 18/04/2001 (day first), from {FIRST_YEAR} to {LAST_YEAR}"


def parse_day(text: str) -> datetime.date | None:
    """Return the date in any of DATE_FORMS; None for another form, another year or a day that does not exist."""
    day = _parse_form(text)
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _parse_form(text: str) -> datetime.date | None:
    try:
        if match := ISO.fullmatch(text):
            year, month, day = match.groups()
            return datetime.date(int(year), int(month), int(day))
        if match := DAY_FIRST.fullmatch(text):
            day, month, year = match.groups()
            return datetime.date(int(year), int(month), int(day))
        if match := NAMED_MONTH.fullmatch(text):
            day, month_name, year = match.groups()
            # The files begin in 1946: a two-digit year from 46 on is of the 20th century.
            full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 46 else 1900)
            return datetime.date(full_year, MONTH_NUMBERS.get(month_name.lower(), 0), int(day))
    except ValueError:
        pass
    return None


def month_bounds(date: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of the month."""
    next_month = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1)
    return date.replace(day=1), next_month - datetime.timedelta(days=1)
