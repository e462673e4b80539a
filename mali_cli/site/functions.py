"""What SQL on the site can call: names folded, and dates and numbers read, or refused, as the commands do it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping

from mali_cli.errors import MaliError
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import Period, parse_period

Value = str | int | float | bytes | None  # as SQLite hands it over
OPEN_END = "9999-12-31"


def first_day(*typed: Value) -> str:
    """The first day of --on, or of the period from --from to --to; blank if that is open."""
    first = _period(*typed).first
    return first.isoformat() if first else ""


def last_day(*typed: Value) -> str:
    """The last day of --on, or of the period from --from to --to; the end of time if that is open."""
    last = _period(*typed).last
    return last.isoformat() if last else OPEN_END


def one_day(typed: Value) -> str:
    """A day as it is written in the tables; blank stays blank, and a month or a year is refused."""
    try:
        first, last = _period(typed)
    except MaliError:
        first, last = None, None
    if _text(typed) and (first is None or first != last):
        raise MaliError(f"--on takes a day such as 2012-07-01 here, not {str(typed)!r}.")
    return first.isoformat() if first else ""


def at_least(typed: Value) -> int:
    """A whole number from 0 up; blank is 0."""
    from mali_cli.resolver import parse_whole_number

    return parse_whole_number(_text(typed) or None, "at_least", 0) or 0


def normalized(typed: Value) -> str:
    """fold('Ménaka') in SQL: the form in which spellings of a name are equal."""
    return normalize_name(_text(typed))


READ: dict[tuple[str, int], Callable[..., str | int]] = {  # by the name in SQL and the number of arguments
    ("first_day", 1): first_day,
    ("first_day", 2): first_day,
    ("last_day", 1): last_day,
    ("last_day", 2): last_day,
    ("one_day", 1): one_day,
    ("at_least", 1): at_least,
}
CALL = re.compile(r"\b(\w+)\(\s*(:\w+(?:\s*,\s*:\w+)*)\s*\)")


def register(connection: sqlite3.Connection) -> None:
    """Makes the functions known to a connection. SQLite tells a refusal without its words: `check` does, before."""
    for (name, number), function in {**READ, ("fold", 1): normalized}.items():
        connection.create_function(name, number, function, deterministic=True)


def check(sql: str, values: Mapping[str, str]) -> None:
    """MaliError if a query would read something as a date or a number which is none."""
    for name, arguments in CALL.findall(sql):
        parameters = re.findall(r"\w+", arguments)
        if function := READ.get((name, len(parameters))):
            function(*map(values.get, parameters))


def _period(*typed: Value) -> Period:
    """Of one value --on, of two --from and --to; blanks leave it open."""
    texts = [_text(value) or None for value in typed]
    return (parse_period(None, None, *texts) if len(texts) == 1 else parse_period(*texts)) or Period(None, None)


def _text(typed: Value) -> str:
    return "" if typed is None else str(typed).strip()
