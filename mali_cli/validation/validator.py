"""Validate all tables of a backend: first every cell, then the rules across cells and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mali_cli.errors import DataError
from mali_cli.model import cell_rules, schema
from mali_cli.model.violations import Violation
from mali_cli.storage.base import Backend
from mali_cli.validation import concordance_rules, entity_rules, event_rules, figure_rules
from mali_cli.validation.records import Record, TableRule, Tables
from mali_cli.validation.table_rules import COMMON_RULES

CURATED_RULES: tuple[TableRule, ...] = (
    event_rules.check_dates,
    entity_rules.check_periods,
    entity_rules.check_people,
    entity_rules.check_strengths,
    entity_rules.check_self_relations,
    entity_rules.check_lineage_cycles,
    event_rules.check_events,
    entity_rules.check_groups,
    entity_rules.check_places,
    figure_rules.check_figures,
    figure_rules.check_tallies,
    figure_rules.check_tally_hierarchy,
    figure_rules.check_sums_of_parts,
    entity_rules.check_reference_keys,
    concordance_rules.check_concordance,
)


def validate(backend: Backend) -> list[Violation]:
    """Return every violation in the tables of a backend; a table that cannot be read has one.

    All rules apply to curated tables. In tables made from a foreign file, only cells, keys and references are checked.
    """
    curated = backend.origin is None
    tables = Tables(backend)
    violations = [violation for name in checked_tables(backend) for violation in _check_table(tables, name, curated)]
    if violations:  # the other rules need valid cells
        return violations
    rules: tuple[TableRule, ...] = (*COMMON_RULES, *(CURATED_RULES if curated else ()))
    return [violation for rule in rules for violation in rule(tables)]


def checked_tables(backend: Backend) -> list[str]:
    """Return the names of the tables that are checked: those of its kind of data, and curated ones in its folder."""
    names = backend.table_names
    if backend.origin is None:
        names = [name for name in schema.bundled_table_names() if name in names or _has_file(backend, name)]
    return names


def _has_file(backend: Backend, name: str) -> bool:
    """Return whether a folder of tables has one that datasets need not have."""
    path = backend.path / schema.table(name).path
    return backend.file(name) == path and path.exists()


def _check_table(tables: Tables, name: str, curated: bool) -> Iterator[Violation]:
    """Read the records of a table, and yield the violations of single cells."""
    tables.records[name] = []
    try:
        raw = tables.backend.raw_table(name)
    except DataError as error:
        path = tables.backend.file(name)
        yield Violation(path, error.line, "", "", str(error).removeprefix(f"{path}, line {error.line}: "))
        return
    tables.records[name] = [Record(cells, line) for cells, line in zip(raw.dicts(), raw.lines, strict=True)]
    for column in raw.table.columns:
        cells = raw.cells(column.name)
        for row, message in cell_rules.iter_violations(column, cells, curated):
            yield Violation(raw.path, raw.lines[row], column.name, cells[row], message)
        for row, cell in enumerate(cells if curated else ()):
            for message in _check_text_form(column, cell):
                yield Violation(raw.path, raw.lines[row], column.name, cell, message)


def _check_text_form(column: schema.Column, cell: str) -> Iterator[str]:
    """Yield the messages for one cell of a curated table."""
    if cell != " ".join(cell.split()):
        yield "this has leading, trailing or repeated spaces, or a line break."
    if cell and column.pattern and not re.fullmatch(column.pattern, cell):
        yield f"this does not match the pattern {column.pattern}."
    if column.max_length and len(cell) > column.max_length:
        yield f"this has {len(cell)} characters; at most {column.max_length} are allowed."
    if column.type == "list" and cell:
        values = cell.split(";")
        if len(set(values)) < len(values) or any(value != value.strip() or not value for value in values):
            yield "the list has a duplicate value, a blank value, or spaces around a value."
