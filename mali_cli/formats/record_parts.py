"""RecordPart: the rules of a format in parts, each of which makes some fields of an event from few cells of its record.

A record is parsed by all parts in order (RecordParser). Of a large file each part parses each combination of its cells
once, however many records have it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from mali_cli.formats.records import EventRecord

# Few combinations of cells occur in many records: 200,000 records of ACLED's shape are read in 6.0 s with caches and in
# 9.5 s without. The limit is for cells that do not repeat.
CACHED_COMBINATIONS = 1 << 16

DATE_FIELDS = ("date_start", "date_end", "date_precision", "era")  # era: see NameCrosswalk.era

CellGetter = Callable[[list[str]], tuple[str, ...]]


class RecordPart(NamedTuple):
    """How the cells of some columns make some fields of an event.

    `parse` takes the cells of `columns` and after them the fields in `given`, which earlier parts make. It returns the
    value of the only field, or a tuple of several; RecordError if the cells cannot be read. A field that EventRecord
    does not have is for later parts alone. A column that the file lacks is blank.

    `verbatim` is a regular expression of cells that the field repeats as they are: `parse` need not be called for them.
    """

    fields: tuple[str, ...]
    columns: tuple[str, ...]
    parse: Callable[..., Any]
    given: tuple[str, ...] = ()
    verbatim: str | None = None


class RecordParser:
    """Parse records by all parts of a format."""

    def __init__(self, parts: Sequence[RecordPart], column_getter: Callable[[Sequence[str]], CellGetter]) -> None:
        made = {name for part in parts for name in part.fields}
        fields = [name for name in EventRecord._fields if name not in made]
        self._defaults = [EventRecord._field_defaults.get(name) for name in fields]
        self._steps = []
        for part in parts:
            parse = part.parse if part.verbatim else lru_cache(CACHED_COMBINATIONS)(part.parse)
            given = [fields.index(name) for name in part.given]
            self._steps.append((column_getter(part.columns), given, parse, len(part.fields) == 1))
            fields += part.fields
        self._event_values = itemgetter(*map(fields.index, EventRecord._fields))

    def __call__(self, record: list[str]) -> EventRecord:
        """Return the event of a record; RecordError by the first part that cannot read its cells."""
        values = self._defaults.copy()
        for cells, given, parse, is_single in self._steps:
            value = parse(*cells(record), *[values[i] for i in given])
            if is_single:
                values.append(value)
            else:
                values += value
        return EventRecord._make(self._event_values(values))
