"""Parse 2012, 2012-06 and 2012-06-27 as periods with a first and a last day."""

import calendar
import datetime
import re
from typing import NamedTuple

from mali_cli.errors import MaliError

FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
AGE_FORM = re.compile(r"(\d{1,6})([ymd])", re.ASCII)
AGE_UNITS = {"y": ("years", 366), "m": ("months", 31), "d": ("days", 1)}  # with the most days that one has
MAX_AGE_DAYS = 200 * 366


WAR_BEGINS = "2012"  # the first year of the war: charts begin here unless their filters say otherwise
DAYS_PER_YEAR = 365.25
# A map shows a holder in full colour up to the first age of the statement in years, pale up to the second, then hollow.
FRESH_YEARS, STALE_YEARS = 1, 3


class Period(NamedTuple):
    """First and last day, both included; None if there is no such end."""

    first: datetime.date | None
    last: datetime.date | None


def parse_date(text: str, option: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of a year, month or day; MaliError names the option it was typed for."""
    text = str(text)
    match = FORM.fullmatch(text.strip())
    year = int(match[1]) if match else 0
    if match is None or not year:
        raise MaliError(f"{option} takes a year, month or day such as 2012, 2012-06 or 2012-06-27, not {text!r}.")
    if match[2] is None:
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    month = int(match[2])
    if not 1 <= month <= 12:
        raise MaliError(f"{option} {text}: there is no month {match[2]}.")
    last_day = calendar.monthrange(year, month)[1]
    if match[3] is None:
        return datetime.date(year, month, 1), datetime.date(year, month, last_day)
    day = int(match[3])
    if not 1 <= day <= last_day:
        raise MaliError(
            f"{option} {text}: there is no such day; {calendar.month_name[month]} {year} has {last_day} days."
        )
    return datetime.date(year, month, day), datetime.date(year, month, day)


def parse_period(since: str | None, until: str | None, on: str | None = None) -> Period | None:
    """Return the period from the first day of `since` to the last of `until`, or that of `on`; None without any."""
    if on is not None:
        if since is not None or until is not None:
            raise MaliError("--on gives a whole period; it cannot be combined with --from or --to.")
        return Period(*parse_date(on, "--on"))
    if since is None and until is None:
        return None
    first = parse_date(since, "--from")[0] if since is not None else None
    last = parse_date(until, "--to")[1] if until is not None else None
    if first and last and last < first:
        raise MaliError(f"--to {until} is before --from {since}.")
    return Period(first, last)


class Age(NamedTuple):
    """A length of time: 2 years, 18 months or 90 days."""

    number: int
    unit: str  # years, months or days

    def before(self, day: datetime.date) -> datetime.date:
        """Return the day that is this long before another one; of 29 February and the like the last of the month."""
        if self.unit == "days":
            return day - datetime.timedelta(days=self.number)
        months = day.year * 12 + day.month - 1 - self.number * (12 if self.unit == "years" else 1)
        year, month = divmod(months, 12)
        return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if self.number == 1 else self.unit}"


def parse_age(text: object, option: str) -> Age:
    """Return the age of 2y, 18m or 90d, at most 200 years; MaliError names the option it was typed for."""
    match = AGE_FORM.fullmatch(str(text).strip().casefold())
    unit = match[2] if match else ""
    if match is None or int(match[1]) * AGE_UNITS[unit][1] > MAX_AGE_DAYS:
        raise MaliError(
            f"{option} takes years, months or days such as 2y, 18m or 90d, at most 200y, not {str(text)!r}."
        )
    return Age(int(match[1]), AGE_UNITS[unit][0])


def period_from_dates(start: object, end: object) -> Period:
    """Return the period between two partial dates (2011, 2011-10); an end that is not text is missing."""
    first = parse_date(start, "")[0] if isinstance(start, str) else None
    return Period(first, parse_date(end, "")[1] if isinstance(end, str) else None)


def may_overlap(start: object, end: object, period: Period) -> bool:
    """Return whether something between two partial dates (2011, 2011-10) may overlap a period.

    It may if an end is missing (not text), or is in the same year or month as the end of the period.
    """
    last = period.last.isoformat() if period.last else "9999"
    first = period.first.isoformat() if period.first else ""
    starts_after = isinstance(start, str) and start > last[: len(start)]
    ends_before = isinstance(end, str) and end < first[: len(end)]
    return not starts_after and not ends_before
