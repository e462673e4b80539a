"""Concordance: the groups that names in foreign files mean, as declared in concordance.csv."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable

from mali_cli.formats.records import split_list
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.storage import raw_tables

Row = dict[str, str]


class Concordance:
    """The rows of concordance.csv for one foreign format, or for all of them.

    `file_groups` holds, by key, a row of groups for each group that only foreign files name. `joint_groups` holds the
    groups of each of them that belongs to several, such as "JNIM and/or Islamic State".
    """

    def __init__(self, format_name: str | None, our_groups: Iterable[str]) -> None:
        raw = raw_tables.read_raw_table(schema.data_folder(), "concordance")
        rows = [row for row in raw.dicts() if not format_name or row["format"] in ("", format_name)]
        ours = frozenset(our_groups)
        self._rows_by_name: dict[str, list[Row]] = {}
        self._names: dict[str, list[str]] = {}
        self.file_groups: dict[str, Row] = {}
        self.joint_groups: dict[str, frozenset[str]] = {}
        for row in rows:
            self._rows_by_name.setdefault(normalize_name(row["name"]), []).append(row)
            self._names.setdefault(row["group"], []).append(row["name"])
            if row["group"] not in ours:
                self._add_file_group(row)
        for key, row in self.file_groups.items():
            row["aliases"] = ";".join(name for name in dict.fromkeys(self._names[key]) if name != key)
        self.eras = sorted({"", *(day for row in rows for day in _days_of_change(row))})

    def _add_file_group(self, row: Row) -> None:
        key, parents = row["group"], split_list(row["part_of"])
        if len(parents) > 1:
            self.joint_groups[key] = frozenset(parents)
        part_of = parents[0] if len(parents) == 1 else ""
        described = {column: row[column] for column in ("group", "kind", "camp")}
        self.file_groups[key] = {**described, "name": key, "part_of": part_of, "summary": row["note"]}

    def era(self, day: str) -> str:
        """Return the first day of the period in which every name means the same as on this day; the first is blank."""
        return self.eras[bisect_right(self.eras, day) - 1]

    def group(self, name: str, country: str | None, day: str) -> str | None:
        """Return the group that a name means in a country on a day; None if the concordance does not say."""
        for row in self._rows_by_name.get(normalize_name(name), ()):
            if row["country"] and country not in split_list(row["country"]):
                continue
            if row["date_start"] <= day and (not row["date_end"] or day <= row["date_end"]):
                return row["group"]
        return None

    def joint_group(self, parts: Iterable[str | None]) -> str | None:
        """Return the group that belongs to exactly these groups."""
        keys = frozenset(parts)
        return next((key for key, members in self.joint_groups.items() if members == keys), None)

    def names(self, key: str) -> list[str]:
        """Return the names that files may use for a group."""
        return self._names.get(key, [])


def _days_of_change(row: Row) -> list[str]:
    """Return the days on which the meaning of a row begins, and on which it no longer holds."""
    days = [row["date_start"]] if row["date_start"] else []
    if row["date_end"]:
        days.append(str(datetime.date.fromisoformat(row["date_end"]) + datetime.timedelta(days=1)))
    return days
