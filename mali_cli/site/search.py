"""The search of the site: groups, places, people and events whose names or texts have all the words."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

FIRST_EVENTS, MAX_EVENTS = 25, 1000  # of those that match; ?_all=1 shows up to the second number
MAX_OTHERS = 15
# Of each table the columns that are searched, the key first, and the text beside it.
OTHERS = {
    "places": (
        ("place", "aliases"),
        "kind || coalesce(', ' || nullif(region, place) || ' region', '') || coalesce(', ' || country, '')",
    ),
    "groups": (
        ("group", "name", "aliases"),
        """coalesce(nullif(name, "group") || '. ', '') || coalesce(summary, '')""",
    ),
    "people": (
        ("person", "aliases"),
        """coalesce(role, '') || coalesce(', ' || "group", '')"""
        """ || coalesce('; ' || fate || coalesce(' ' || fate_date, ''), '')""",
    ),
}


class Found(NamedTuple):
    """The rows of a table that match, and how many there are in all."""

    table: str
    columns: tuple[str, ...]
    rows: list[Any]
    total: int


def match_expression(text: str) -> str:
    """Return the words of a text as an expression of SQLite's full-text search: all of them, the last may be a start.

    Examples
    --------
    >>> match_expression("drone OR Konn")
    '"drone" "or" "konn"*'
    """
    words = re.findall(r"\w+", text.casefold())
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


async def find(database: Any, text: str, limit: int) -> list[Found]:
    """Return what matches in groups, places, people and events; nothing for a text without a word."""
    expression = match_expression(text)
    if not expression:
        return []
    found = []
    for table, (columns, description) in OTHERS.items():
        sql = (
            f'SELECT rowid AS number, "{columns[0]}" AS name, {description} AS text FROM {table} '
            f"WHERE rowid IN (SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH :words)"
        )
        rows = (await database.execute(sql, {"words": f"{{{' '.join(columns)}}}: {expression}"}, truncate=False)).rows
        found.append(_by_name(table, rows, text))
    matching = "events WHERE rowid IN (SELECT rowid FROM events_fts WHERE events_fts MATCH :words)"
    count = (await database.execute(f"SELECT count(*) FROM {matching}", {"words": expression})).single_value()
    sql = f"SELECT * FROM {matching} ORDER BY date_start, date_end, event_id LIMIT :limit"
    events = await database.execute(sql, {"words": expression, "limit": limit})
    return [*found, Found("events", tuple(events.columns), events.rows, count)]


def _by_name(table: str, rows: list[Any], text: str) -> Found:
    """Return one row for each name, first those whose name begins with the text."""
    by_name = {row["name"]: row for row in reversed(rows)}
    names = sorted(by_name, key=lambda name: (not name.casefold().startswith(text.casefold()), name))
    return Found(table, ("name", "text"), [by_name[name] for name in names[:MAX_OTHERS]], len(names))
