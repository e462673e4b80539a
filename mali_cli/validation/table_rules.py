"""Rules of all tables: foreign keys, unique keys, order of rows; and rules that several tables share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mali_cli.model import schema
from mali_cli.model.violations import Violation
from mali_cli.validation.records import Record, Tables


def check_foreign_keys(tables: Tables) -> Iterator[Violation]:
    """Check that every reference is the key of a row in one of the tables to which its column refers."""
    for name in tables.records:
        for column in schema.table(name).columns:
            if not column.references:
                continue
            keys = _referenced_keys(tables, column)
            parents = " or ".join(target.partition(".")[0] for target in column.references)
            for record in tables.records[name]:
                for value in _references(record, column):
                    if value and value not in keys:
                        yield tables.violation(name, record, column.name, f"{value!r} is not in {parents}.")


def _referenced_keys(tables: Tables, column: schema.Column) -> set[str]:
    keys: set[str] = set()
    for target in column.references:
        table, _, key = target.partition(".")
        keys |= {record[key or schema.table(table).key[0]] for record in tables.records[table]}
    return keys


def _references(record: Record, column: schema.Column) -> Iterable[str]:
    return map(str.strip, record.values_of(column.name)) if column.type == "list" else [record[column.name]]


def check_unique_keys(tables: Tables) -> Iterator[Violation]:
    """Check that no two rows have the same key of several columns; keys of one column are checked with the cells."""
    for name in tables.records:
        key = schema.table(name).key
        seen: set[tuple[str, ...]] = set()
        for record in tables.records[name]:
            values = tuple(record[column] for column in key)
            if len(key) > 1 and values in seen:
                yield tables.violation(name, record, key[0], f"another row has the same {', '.join(key)}.")
            seen.add(values)


def check_row_order(tables: Tables) -> Iterator[Violation]:
    """Check that the rows are sorted by the declared columns, blanks first."""
    for name in tables.records:
        columns = schema.table(name).sorted_by
        integers = {c.name for c in schema.table(name).columns if c.type == "integer"}
        previous: tuple[object, ...] = ()
        for record in tables.records[name]:
            position = tuple(int(record[c] or -1) if c in integers else record[c] for c in columns)
            if previous and position < previous:
                message = f"rows must be sorted by {', '.join(columns)}; this one is out of order."
                yield tables.violation(name, record, columns[0], message)
            previous = position


def check_cycles(tables: Tables, name: str, column: str) -> Iterator[Violation]:
    """Check that no row refers to itself through a chain of parents."""
    [key] = schema.table(name).key
    parents = {record[key]: record[column] for record in tables.records[name]}
    for record in tables.records[name]:
        ancestors: list[str] = []
        parent = record[column]
        while parent and parent not in ancestors:
            ancestors.append(parent)
            parent = parents.get(parent, "")
        if record[key] in ancestors:
            yield tables.violation(name, record, column, "cyclic reference: this leads back to the row itself.")


def check_date_order(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    """Check that date_end is not before date_start."""
    first, last = record.dates()
    if last < first:
        yield "date_end", "this is before date_start."


COMMON_RULES = (check_foreign_keys, check_unique_keys, check_row_order)
