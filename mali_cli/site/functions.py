"""SQL functions of the site: normalise names, and parse dates and numbers as the commands do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping

from mali_cli.errors import MaliError
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import Period, parse_period

SqlValue = str | int | float | bytes | None
OPEN_END = "9999-12-31"


def first_day(*dates: SqlValue) -> str:
    """Return the first day of a period (one date as in --on, two as in --from and --to); blank if it is open."""
    first = _parse_dates(*dates).first
    return first.isoformat() if first else ""


def last_day(*dates: SqlValue) -> str:
    """Return the last day of a period (one date as in --on, two as in --from and --to); 9999-12-31 if it is open."""
    last = _parse_dates(*dates).last
    return last.isoformat() if last else OPEN_END


def one_day(date: SqlValue) -> str:
    """Return a day as written in the tables; blank stays blank. Raise MaliError for a month or a year."""
    try:
        first, last = _parse_dates(date)
    except MaliError:
        first, last = None, None
    if _to_text(date) and (first is None or first != last):
        raise MaliError(f"--on takes a day such as 2012-07-01, not {str(date)!r}.")
    return first.isoformat() if first else ""


def at_least(number: SqlValue) -> int:
    """Return a whole number from 0 up; blank is 0."""
    from mali_cli.resolver import parse_whole_number

    return parse_whole_number(_to_text(number) or None, "at_least", 0) or 0


def fold(name: SqlValue) -> str:
    """Return the normalised form of a name, in which its different spellings are equal."""
    return normalize_name(_to_text(name))


VALIDATING_FUNCTIONS: dict[tuple[str, int], Callable[..., str | int]] = {  # by name and number of arguments in SQL
    ("first_day", 1): first_day,
    ("first_day", 2): first_day,
    ("last_day", 1): last_day,
    ("last_day", 2): last_day,
    ("one_day", 1): one_day,
    ("at_least", 1): at_least,
}
CALL_WITH_PARAMETERS = re.compile(r"\b(\w+)\(\s*(:\w+(?:\s*,\s*:\w+)*)\s*\)")


def register(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection.

    SQLite reports that a function failed, but not the message: call `validate_arguments` first.
    """
    for (name, argument_count), function in {**VALIDATING_FUNCTIONS, ("fold", 1): fold}.items():
        connection.create_function(name, argument_count, function, deterministic=True)


def validate_arguments(sql: str, arguments: Mapping[str, str]) -> None:
    """Raise MaliError if the query passes one of the functions an argument that is not a valid date or number."""
    for name, parameter_list in CALL_WITH_PARAMETERS.findall(sql):
        parameters = re.findall(r"\w+", parameter_list)
        if function := VALIDATING_FUNCTIONS.get((name, len(parameters))):
            function(*map(arguments.get, parameters))


def _parse_dates(*dates: SqlValue) -> Period:
    """Parse one date as --on, two as --from and --to; blanks leave the period open."""
    texts = [_to_text(date) or None for date in dates]
    period = parse_period(None, None, *texts) if len(texts) == 1 else parse_period(*texts)
    return period or Period(None, None)


def _to_text(value: SqlValue) -> str:
    return "" if value is None else str(value).strip()
