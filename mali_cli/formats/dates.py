"""Parse the date forms of foreign files; never by guessing or by the locale."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from mali_cli.errors import DataError

TIME = r"(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){TIME}", re.ASCII)
YEAR_FIRST = re.compile(rf"(\d{{4}})[/.](\d{{1,2}})[/.](\d{{1,2}}){TIME}", re.ASCII)
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){TIME}", re.ASCII)
NAMED_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})", re.ASCII)
NAMED_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9}) (\d{1,2}), (\d{4})", re.ASCII)
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
MONTH_NUMBERS = {name[:size]: number for number, name in enumerate(MONTHS, 1) for size in (3, len(name))}
# A year outside of these is a misprint or a filler such as 9999; and days are added to and taken from a date.
FIRST_YEAR, LAST_YEAR = 1700, 2200
DATE_FORMS = f"2022-02-23, 16 May 2025, 16-May-25 or 18/04/2001, from {FIRST_YEAR} to {LAST_YEAR}"


class DayParser:
    """Parse the dates of one file.

    In dates of numbers alone, such as 04/05/2019, the day or the month may come first. `read_cells` yields the number
    of each record with its dates; it is called when the first such date occurs, and the file decides: a date with a
    part above 12 shows the order of all. Without one the day comes first, and `order_is_assumed` is true.
    """

    def __init__(
        self, path: Path | None = None, read_cells: Callable[[], Iterable[tuple[int, str]]] = lambda: ()
    ) -> None:
        self._path, self._read_cells = path, read_cells
        self.order_is_assumed = False
        self.reads_digits = False  # dates such as 20120401

    def __call__(self, text: str) -> datetime.date | None:
        """Return the date in any of DATE_FORMS; None for another form, another year or a day that does not exist."""
        try:
            day = self._parse_form(text)
        except ValueError:
            return None
        return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None

    def _parse_form(self, text: str) -> datetime.date | None:
        if match := ISO.fullmatch(text) or YEAR_FIRST.fullmatch(text) or (self.reads_digits and DIGITS.fullmatch(text)):
            year, month, day = match.groups()
            return datetime.date(int(year), int(month), int(day))
        if match := NUMERIC.fullmatch(text):
            first, _, second, year = match.groups()
            day, month = (second, first) if self.month_first else (first, second)
            return datetime.date(_full_year(year), int(month), int(day))
        if match := NAMED_MONTH.fullmatch(text):
            day, name, year = match.groups()
            return datetime.date(_full_year(year), MONTH_NUMBERS.get(name.lower(), 0), int(day))
        if match := NAMED_MONTH_FIRST.fullmatch(text):
            name, day, year = match.groups()
            return datetime.date(_full_year(year), MONTH_NUMBERS.get(name.lower(), 0), int(day))
        return None

    def check_order(self) -> None:
        """Raise DataError if the file has dates in both orders."""
        _ = self.month_first

    @cached_property
    def month_first(self) -> bool:
        """Whether the month comes first in dates of numbers alone; DataError if the file has both orders."""
        examples: dict[bool, str] = {}
        for number, cell in self._read_cells():
            if (order := shows_month_first(cell)) is not None:
                examples.setdefault(order, f"{cell.strip()} (record {number:,})")
        if len(examples) == 2:
            raise DataError(
                f"{self._path} has dates with the day first, {examples[False]}, and with the month first, "
                f"{examples[True]}; save it with dates such as 2019-12-31."
            )
        self.order_is_assumed = not examples
        return examples.keys() == {True}


def shows_month_first(cell: str) -> bool | None:
    """Return whether a date of numbers alone has the month first; None of any other cell, and if it may be either."""
    match = NUMERIC.fullmatch(cell.strip())
    if match and (int(match[1]) > 12) != (int(match[3]) > 12):
        return int(match[3]) > 12
    return None


def _full_year(year: str) -> int:
    # The files begin in 1946: a two-digit year from 46 on is of the 20th century.
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 46 else 1900)


def month_bounds(date: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of the month."""
    next_month = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1)
    return date.replace(day=1), next_month - datetime.timedelta(days=1)
