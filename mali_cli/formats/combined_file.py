"""Several files of one format as one table; of records with the same id, that of the last file is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from mali_cli.errors import DataError
from mali_cli.formats.base import FILE_COLUMN, RECORD_ID_COLUMN, FormatAdapter
from mali_cli.formats.detect import FORMATS, open_foreign_file
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import JSON_SUFFIXES, CsvFile, TableFile

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".parquet", *JSON_SUFFIXES)


class OneOfSeveral(NamedTuple):
    """One of the files that are read together: what it takes to read it in another process.

    `columns` are those of all files, and `format_in` names their format.
    """

    path: Path
    number: int
    columns: tuple[str, ...]
    format_in: str

    def open(self) -> tuple[TableFile, type[FormatAdapter]]:
        """Return the file as a table with the columns of all files."""
        file, format = open_foreign_file(self.path, self.format_in)
        columns = format.canonical_columns(file.header)
        if {*columns, ""} == {*self.columns, ""}:
            return file, format
        records = partial(_rows, RowReader(file), columns, self.columns)
        csv_files = tuple(_csv_files(file, columns, self.columns))
        return TableFile(self.path, list(self.columns), records, csv_files=csv_files), format


def several_files(
    paths: Sequence[Path], table_file: TableFile, format: type[FormatAdapter]
) -> tuple[OneOfSeveral, ...]:
    """Return the files that `open_foreign_files` has opened as one table; none if there is only one."""
    if len(paths) == 1:
        return ()
    columns = tuple(table_file.header[:-1])
    format_in = next(name for name, known in FORMATS.items() if known is format)
    return tuple(OneOfSeveral(path, number, columns, format_in) for number, path in enumerate(paths, 1))


def open_foreign_files(paths: Sequence[Path], format_in: str | None = None) -> tuple[TableFile, type[FormatAdapter]]:
    """Return one or several files as one table, and their format; DataError if their formats differ.

    The table has the columns of all files by the format's own names, and FILE_COLUMN.
    """
    opened = [open_foreign_file(path, format_in) for path in paths]
    first, format = opened[0]
    if len(opened) == 1:
        return first, format
    for other, other_format in opened:
        if other_format is not format:
            raise DataError(
                f"{first.path} is a file of {format.name} and {other.path} one of {other_format.name}; "
                "only files of one format can be read together."
            )
    files = [file for file, _ in opened]
    without_ids = [file.path for file in files if RECORD_ID_COLUMN in file.header]
    if without_ids and len(without_ids) < len(files):
        raise DataError(
            f"{without_ids[0]} has no {format.key} and other files have it: events in both would be counted twice."
        )
    columns_by_file = [format.canonical_columns(file.header) for file in files]
    columns = list(dict.fromkeys(column for columns in columns_by_file for column in columns if column))

    def records() -> Iterator[list[str]]:
        for number, (file, file_columns) in enumerate(zip(files, columns_by_file, strict=True), 1):
            reader = RowReader(file)
            for cells in _rows(reader, file_columns, columns):
                yield [*cells, f"{_place(number, file.path)}{reader.records:,}"]

    csv_files = [
        csv_file._replace(place=_place(number, file.path))
        for number, (file, file_columns) in enumerate(zip(files, columns_by_file, strict=True), 1)
        for csv_file in _csv_files(file, file_columns, columns)
    ]
    path = Path(f"{first.path} and {len(files) - 1} more")
    all_csv = tuple(csv_files) if len(csv_files) == len(files) else ()
    return TableFile(path, [*columns, FILE_COLUMN], records, csv_files=all_csv), format


def _place(number: int, path: Path) -> str:
    """Return the beginning of the cells of FILE_COLUMN, before the number of the record."""
    return f"{number}:{path.name}, record "


def _rows(reader: RowReader, file_columns: list[str], columns: Sequence[str]) -> Iterator[list[str]]:
    """Yield the records of one file with the columns of all."""
    position = _positions(file_columns)
    for row in reader:
        yield [row[position[column]] if column in position else "" for column in columns]


def _csv_files(file: TableFile, file_columns: list[str], columns: Sequence[str]) -> Iterator[CsvFile]:
    """Yield the plain CSV of one file, if it is one, with the columns of all."""
    position = _positions(file_columns)
    for csv_file in file.csv_files:
        yield csv_file._replace(positions=tuple(map(position.get, columns)))


def _positions(columns: list[str]) -> dict[str, int]:
    """Return where each column is first."""
    return {column: i for i, column in reversed(list(enumerate(columns)))}


def foreign_files_in(folder: Path) -> list[Path]:
    """Return the files of a folder that may hold a table, by name."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(TABLE_SUFFIXES))
