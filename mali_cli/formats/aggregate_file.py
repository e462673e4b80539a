"""AggregateFile: a foreign file of counts as a dataset with the table `aggregates`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.formats.aggregates import AggregateFormat, AggregateRecord, file_of_record
from mali_cli.formats.dates import DayParser
from mali_cli.formats.records import RecordError
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile
from mali_cli.model import schema
from mali_cli.model.frames import build_frame
from mali_cli.model.violations import Violation
from mali_cli.results import pluralize
from mali_cli.storage.aggregates import AggregateBackend

if TYPE_CHECKING:
    import pandas as pd

MAX_REPORTED_ERRORS = 3
# The columns that say what a row counts
NAMES = AggregateRecord._fields[: AggregateRecord._fields.index("events")]


class AggregateFile(AggregateBackend):
    """A file of counts, or several of one layout; what several of them count is taken from the last."""

    def __init__(self, table_file: TableFile, format: type[AggregateFormat]) -> None:
        super().__init__(table_file.path)
        self.table_file, self._format = table_file, format
        self._parse_day = DayParser(self.path, self._dates)
        self._reading_notes: list[str] = []

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._reading_notes

    @property
    def origin(self) -> str | None:
        return self._format.name

    def _dates(self) -> Iterator[tuple[int, str]]:
        """Yield the cells of the date columns, each with the number of its record."""
        reader = RowReader(self.table_file)
        dates = self._format(self.table_file.header).column_getter(self._format.date_columns)
        for row in reader:
            yield from ((reader.records, cell) for cell in dates(row))

    def _read(self, name: str) -> pd.DataFrame:
        adapter = self._format(self.table_file.header, self._parse_day)
        reader = RowReader(self.table_file)
        records: list[AggregateRecord] = []
        files: list[tuple[int, str]] = []
        errors: list[str] = []
        for row in reader:
            number, file, place = file_of_record(adapter, row, self.path)
            try:
                records.append(adapter.parse_aggregate(row, file))
                files.append((number, file.name))
            except RecordError as error:
                errors.append(f"{place or f'record {reader.records:,}'}, {error}")
        if len(errors) > len(records):
            raise DataError(
                f"{self.path}: {len(errors):,} of {reader.records:,} records cannot be read: {_first(errors)}."
            )
        table = _table(records, files, adapter.claimant)
        counted = _of_last_file(table, [number for number, _ in files])
        self.notes = [_outcomes(self.path, adapter, len(table), len(counted), errors)]
        self._reading_notes = list(_reading_notes(adapter, counted))
        return counted

    def row_counts(self) -> dict[str, int] | None:
        return super().row_counts() if self._frames else None

    def validate(self) -> tuple[list[Violation], str]:
        """Return every record that cannot be read and every cell that breaks the layout's own rules."""
        adapter = self._format(self.table_file.header, self._parse_day)
        reader = RowReader(self.table_file)
        violations: list[Violation] = []
        try:
            for row in reader:
                broken = list(_record_violations(adapter, row, self))
                violations += [Violation(self.path, None, *fault, reader.records) for fault in broken]
        except DataError as error:
            rule = str(error).partition(": ")[2]
            violations.append(Violation(self.path, None, "", "", rule, error.line or None))
        return violations, f"{self.path}: {adapter.name}: {reader.records:,} records, no problems."


def _record_violations(
    adapter: AggregateFormat, row: list[str], backend: AggregateFile
) -> Iterator[tuple[str, str, str]]:
    """Yield column, cell and rule for each fault of a record."""
    try:
        adapter.parse_aggregate(row, file_of_record(adapter, row, backend.path)[1])
    except RecordError as error:
        yield error.column, error.cell, f"this {error.reason}."
    else:
        yield from adapter.validate_record(row)


def _table(records: list[AggregateRecord], files: list[tuple[int, str]], claimant: str) -> pd.DataFrame:
    cells = list(zip(*records, strict=True)) or [()] * len(AggregateRecord._fields)
    columns: dict[str, Sequence[Any]] = dict(zip(AggregateRecord._fields, cells, strict=True))
    columns["aggregate_id"] = range(1, len(records) + 1)
    columns |= {"according_to": [claimant] * len(records), "file": [file for _, file in files]}
    return build_frame(schema.AGGREGATES, [columns[column.name] for column in schema.table(schema.AGGREGATES).columns])


def _of_last_file(table: pd.DataFrame, files: list[int]) -> pd.DataFrame:
    """Return the rows that no later file has too."""
    if len(set(files)) < 2:
        return table
    numbered = table.assign(number=files)
    last = numbered.groupby(list(NAMES), dropna=False)["number"].transform("max")
    return table[numbered["number"] == last].reset_index(drop=True)


def _outcomes(path: Path, adapter: AggregateFormat, read: int, counted: int, errors: list[str]) -> str:
    """Return the line on what became of the records."""
    outcomes = [f"{counted:,} read"]
    if errors:
        outcomes.append(f"{len(errors):,} skipped ({_first(errors)})")
    if counted < read:
        outcomes.append(f"{read - counted:,} repeated in a later file")
    return f"{path}: {adapter.name}: {pluralize(read + len(errors), 'records')}: {', '.join(outcomes)}."


def _reading_notes(adapter: AggregateFormat, counted: pd.DataFrame) -> Iterator[str]:
    """Yield what the file lacks and what is taken instead, and what it has besides."""
    yield from adapter.assumptions
    if same := int(counted.duplicated(list(NAMES)).sum()):
        yield f"{pluralize(same, 'records')} for the same period, area and type as another; all are counted."
    if also := _events_beside_regions(counted):
        yield (
            f"{pluralize(also, 'events')} are of a whole country that also has rows for its regions; if those include "
            "them, they count twice."
        )
    if counted["event_type"].isna().all() and counted["disorder_type"].isna().any():
        yield (
            "What the records count is not stated: the name of the file says neither political violence, nor "
            "demonstrations, nor civilian targeting."
        )
    if adapter.parse_day.order_is_assumed:
        yield "Dates such as 04/05/2019 are read with the day first; no date of the file shows the order."
    if adapter.unknown_event_types:
        yield f"Event types that ACLED does not have: {', '.join(sorted(adapter.unknown_event_types))}."
    if adapter.unknown_columns:
        yield f"Columns that {adapter.name} does not have are not read: {', '.join(adapter.unknown_columns)}."


def _events_beside_regions(table: pd.DataFrame) -> int:
    """Return the number of events counted for a whole country and a period of which regions are counted too."""
    rows = table[table["event_type"].isna()]
    has_region = (
        rows["region"]
        .notna()
        .groupby([rows[name] for name in ("country", "date_start", "date_end", "disorder_type")], dropna=False)
    )
    return int(rows.loc[rows["region"].isna() & has_region.transform("any"), "events"].sum())


def _first(errors: list[str]) -> str:
    """Return the first errors, and how many more there are."""
    unreported = len(errors) - MAX_REPORTED_ERRORS
    shown = "; ".join(errors[:MAX_REPORTED_ERRORS])
    return f"{shown}; and {unreported:,} more" if unreported > 0 else shown
