"""PartTables: what the parts of a format make of the records of a large file, each combination of cells parsed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from mali_cli.formats.duckdb_records import RecordTable, Rows
from mali_cli.formats.frame_builder import EVENT_FIELDS, FrameBuilder
from mali_cli.formats.record_parts import RecordPart
from mali_cli.formats.records import ANYTHING, EventRecord, RecordError
from mali_cli.model import schema
from mali_cli.storage.duckdb_connection import sql_type
from mali_cli.storage.sql_literals import literal

COLUMN_TYPES = {column.name: sql_type(column) for column in schema.table("events").columns}


class Numbers(dict[Any, int]):
    """Numbers of values from 0, in the order in which they are first looked up."""

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self)
        return number


class PartTables:
    """A small table for each part: combinations of cells and given fields, and what the part makes of them.

    A field is the number of its value, as `id_<field>`; one that a column of events shows is also a cell of that.
    `errors` are the records that cannot be read, by number; they are left out.
    """

    def __init__(
        self, records: RecordTable, builder: FrameBuilder, columns: frozenset[str], merged: Sequence[EventRecord]
    ) -> None:
        self.records, self.builder, self.merged = records, builder, merged
        self.columns = {column: field for column, field in EVENT_FIELDS.items() if column in columns}
        self.column_types = {column: COLUMN_TYPES[column] for column in self.columns}
        self.numbers: defaultdict[str, Numbers] = defaultdict(Numbers)  # of the values of each field
        self.errors: dict[int, str] = {}
        self._tables: dict[RecordPart, str] = {}
        self._all_verbatim: set[RecordPart] = set()  # parts that repeat the cells of all records as they are

    def parse_all(self, parts: Iterable[RecordPart]) -> None:
        """Parse what the parts have to parse, in their order."""
        for part in parts:
            self._parse(part)
        for column in self.columns:
            if self._maker(self.columns[column]) is None:
                self._create_enum(column, [self._default(column)])

    def _parse(self, part: RecordPart) -> None:
        """Parse each combination of cells of a part, and create its table."""
        self._tables[part] = f"part{len(self._tables)}"
        given = [[*self.numbers[field], None] for field in part.given]  # the last of a part that is not read
        numbers = [self.numbers[field] for field in part.fields]
        shown = [column for column, field in self.columns.items() if field in part.fields]
        positions = [part.fields.index(self.columns[column]) for column in shown]
        functions = [self.builder.cell_function(self.columns[column]) for column in shown]
        rows, bad = [], []
        errors: list[RecordError] = []
        for combination in self._combinations(part):
            cells, ids = combination[: len(part.columns)], combination[len(part.columns) :]
            fields = [values[-1 if i is None else i] for values, i in zip(given, ids, strict=True)]
            try:
                value = part.parse(*cells, *fields)
            except RecordError as error:
                bad.append((*combination, len(errors)))
                errors.append(error)
                continue
            made = (value,) if len(part.fields) == 1 else value
            ids_made = [number[value] for number, value in zip(numbers, made, strict=True)]
            cells_made = [function(made[i]) for function, i in zip(functions, positions, strict=True)]
            rows.append((*combination, *ids_made, *cells_made))
        self._create_table(part, shown, rows)
        if errors:
            self._leave_out(part, bad, errors)

    def _keys(self, part: RecordPart) -> dict[str, str]:
        """Return the columns of the table of a part that are joined to the records, with their types."""
        keys = dict.fromkeys((f"k{i}" for i in range(len(part.columns))), "VARCHAR")
        return keys | dict.fromkeys((f"given_{field}" for field in part.given), "INTEGER")

    def _create_table(self, part: RecordPart, shown: Sequence[str], rows: Rows) -> None:
        """Create the table of a part: its keys, the numbers of its fields, and the columns of events that show them."""
        if not part.fields:
            return
        keys = self._keys(part) | dict.fromkeys((f"id_{field}" for field in part.fields), "INTEGER")
        if not part.verbatim:
            for i, column in enumerate(shown, len(keys)):
                self._create_enum(column, (row[i] for row in rows))
        types = {column: self.column_types[column] for column in shown}
        self.records.create_table(self._tables[part], keys | types, rows)
        if part.verbatim and not rows:
            self._all_verbatim.add(part)

    def _leave_out(self, part: RecordPart, bad: Rows, errors: Sequence[RecordError]) -> None:
        """Leave out the records with combinations of cells that cannot be read, each given with its error."""
        self.records.require_order()
        table = f"{self._tables[part]}_errors"
        self.records.create_table(table, {**self._keys(part), "error": "INTEGER"}, bad)
        joined = f"{self.joined(part.given)} JOIN {table} ON {self._join_condition(part, table)}"
        found = self.records.query(f"SELECT n, error, {self.records.place} FROM {joined}")
        self.errors |= {n: f"{place}, {errors[i]}" for n, i, place in found}
        self.records.leave_out(n for n, *_ in found)

    def _create_enum(self, column: str, cells: Iterable[str | None]) -> None:
        """Make an ENUM the type of a column of events that is text, which has some cells and those of merged events."""
        if self.column_types[column] == "VARCHAR":
            merged = (self.event_value(event, column) for event in self.merged)
            self.column_types[column] = self.records.create_enum(f"events_{column}", (*cells, *merged))

    def event_value(self, event: EventRecord, column: str) -> Any:
        """Return the cell of a column of events that shows an event."""
        field = self.columns[column]
        return self.builder.cell_function(field)(getattr(event, field))

    def _combinations(self, part: RecordPart) -> Rows:
        """Return the cells and given fields of a part that occur together and have to be parsed."""
        if part.verbatim:
            return self.records.unlike(part.columns[0], part.verbatim)
        if not part.given:
            return self.records.distinct(part.columns)
        keys = ", ".join([*map(self.records.cell, part.columns), *map(self.id_of, part.given)])
        return self.records.query(f"SELECT DISTINCT {keys} FROM {self.joined(part.given)}")

    # SQL

    def joined(self, fields: Iterable[str]) -> str:
        """Return the records, joined to the tables of the parts that make some fields."""
        wanted = set(fields)
        joins: list[str] = []
        for part, table in reversed(self._tables.items()):
            if not wanted.isdisjoint(part.fields) and part not in self._all_verbatim:
                joins.insert(
                    0, f"{'LEFT ' if part.verbatim else ''}JOIN {table} ON {self._join_condition(part, table)}"
                )
                wanted.update(part.given)
        return " ".join([f"{self.records.rows} AS r", *joins])

    def _join_condition(self, part: RecordPart, table: str) -> str:
        """Return the condition by which a table with the keys of a part is joined to the records."""
        columns, cell = enumerate(part.columns), self.records.cell
        cells = [f"{table}.k{i} = {cell(column)}" for i, column in columns if self.records.has(column)]
        given = [f"{table}.given_{field} = {self.id_of(field)}" for field in part.given if self._maker(field)]
        return " AND ".join([*cells, *given]) or "true"

    def _maker(self, field: str) -> RecordPart | None:
        """Return the part that makes a field, None if it is not read."""
        return next((part for part in self._tables if field in part.fields), None)

    def id_of(self, field: str) -> str:
        """Return the SQL of the number of a field; NULL if its part is not read."""
        part = self._maker(field)
        return f"{self._tables[part]}.id_{field}" if part else "NULL"

    def is_text(self, column: str) -> bool:
        """Return whether a column of events repeats the texts of the records."""
        part = self._maker(self.columns[column])
        return part is not None and part.verbatim == ANYTHING

    def event_cell(self, column: str) -> str:
        """Return the SQL of a cell of events, typed as declared."""
        field = self.columns[column]
        if part := self._maker(field):
            cell = f"{self._tables[part]}.{column}"
            if part.verbatim:
                taken = f"nullif({self.records.cell(part.columns[0])}, '')"
                is_taken = "true" if part in self._all_verbatim else f"{self._tables[part]}.k0 IS NULL"
                cell = taken if is_taken == "true" else f"CASE WHEN {is_taken} THEN {taken} ELSE {cell} END"
        else:
            default = self._default(column)
            cell = "NULL" if default is None else literal(default)
        return f"CAST({cell} AS {self.column_types[column]}) AS {column}"

    def _default(self, column: str) -> Any:
        """Return the cell of a column of events that no part makes."""
        field = self.columns[column]
        return self.builder.cell_function(field)(EventRecord._field_defaults.get(field))


def parts_to_read(parts: Sequence[RecordPart], columns: frozenset[str]) -> list[RecordPart]:
    """Return the parts that may report something, or make a field that a column of events or casualties needs."""
    needed = {field for column, field in EVENT_FIELDS.items() if column in columns} | {"figures"}
    names_of_figures = {column.name for column in schema.table("casualties").columns}
    chosen: list[RecordPart] = []
    for part in reversed(parts):
        if not part.optional or not needed.isdisjoint(part.fields):
            chosen.insert(0, part)
            needed.update(field for field in part.given if field in columns or field not in names_of_figures)
    return chosen
