"""RecordPart: the rules of a format in parts, each of which makes some fields of an event from few cells of its record.

A record is parsed by all parts in order (RecordParser). Of a large file each part parses each combination of its cells
once, however many records have it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from mali_cli.formats.records import EventRecord, RecordError

# Few combinations of cells occur in many records: 200,000 records of ACLED's shape are read in 6.0 s with caches and in
# 9.5 s without. The limit is for cells that do not repeat.
CACHED_COMBINATIONS = 1 << 16

DATE_FIELDS = ("date_start", "date_end", "date_precision", "era")  # era: see NameCrosswalk.era


class RecordPart(NamedTuple):
    """How the cells of some columns make some fields of an event.

    `parse` takes the cells of `columns` and after them the fields in `given`, which earlier parts make. It returns the
    value of the only field, or a tuple of several; RecordError if the cells cannot be read. A field that EventRecord
    does not have is for later parts alone. A column that the file lacks is blank.

    A part without fields only reports what other parts could not read: its `parse` returns an empty tuple.
    `verbatim` is a regular expression of cells that the field repeats as they are: `parse` need not be called for them.
    An `optional` part can read all cells and reports nothing, so that it may be left out if its fields are not needed.
    """

    fields: tuple[str, ...]
    columns: tuple[str, ...]
    parse: Callable[..., Any]
    given: tuple[str, ...] = ()
    verbatim: str | None = None
    optional: bool = False


def date_part(parts: Sequence[RecordPart]) -> RecordPart | None:
    """Return the part that makes the days of an event; None of a format without parts."""
    return next((part for part in parts if "date_start" in part.fields), None)


def first_days(part: RecordPart, combinations: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the first days that combinations of cells of the part of days make, as far as they can be read."""
    position = part.fields.index("date_start")
    for cells in combinations:
        with contextlib.suppress(RecordError):
            yield part.parse(*cells)[position]


class RecordParser:
    """Parse records by all parts of a format."""

    def __init__(self, parts: Sequence[RecordPart], column_index: Mapping[str, int], width: int) -> None:
        # To the cells of a record are added a blank, for the columns that the file lacks, and one field after another.
        made = {name for part in parts for name in part.fields}
        names = [name for name in EventRecord._fields if name not in made]
        self._added = ["", *(EventRecord._field_defaults.get(name) for name in names)]
        self._steps = []
        for part in parts:
            columns = (column_index.get(column, width) for column in part.columns)
            given = (width + 1 + names.index(name) for name in part.given)
            self._steps.append((itemgetter(*columns, *given), _values_function(part)))
            names += part.fields
        self._event_values = itemgetter(*(width + 1 + names.index(name) for name in EventRecord._fields))

    def __call__(self, record: list[str]) -> EventRecord:
        """Return the event of a record; RecordError by the first part that cannot read its cells."""
        values = [*record, *self._added]
        for arguments, part_values in self._steps:
            values += part_values(arguments(values))
        return EventRecord._make(self._event_values(values))


def _values_function(part: RecordPart) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function from the arguments of a part, of a single one the argument itself, to the values it makes."""
    parse, has_single_argument = part.parse, len(part.columns) + len(part.given) == 1

    def part_values(arguments: Any) -> tuple[Any, ...]:
        value = parse(arguments) if has_single_argument else parse(*arguments)
        return (value,) if len(part.fields) == 1 else value

    return part_values if part.verbatim else lru_cache(CACHED_COMBINATIONS)(part_values)
