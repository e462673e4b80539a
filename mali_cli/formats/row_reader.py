"""Read the records of a table file as rows of text, each with as many cells as the header."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NoReturn

from mali_cli.errors import DataError
from mali_cli.formats.table_file import TableFile

NUL_ERROR = "there is a NUL byte; the file is damaged"
MISSING_VALUES = ("NA", "NaN", "nan", "<NA>", "NULL")  # what R, pandas and databases write for a blank cell
_MISSING = frozenset(MISSING_VALUES)


class RowReader:
    """The records of one table file; `records` counts those read so far."""

    def __init__(self, table_file: TableFile) -> None:
        self.table_file = table_file
        self.width = len(table_file.header)
        self.records = 0

    def __iter__(self) -> Iterator[list[str]]:
        """Yield every record as a row of cells; DataError at the first one that is malformed."""
        self.records = 0
        with self._damage_as_data_error():
            for row in self.table_file.records():
                if row:  # an empty line is not a record
                    self.records += 1
                    yield self._checked(row)

    def iter_split(self, leading: int) -> Iterator[tuple[list[str], str]]:
        """Yield every record of a CSV as its leading cells and its text; DataError at the first one that is malformed.

        A line is split at the delimiters before the cells that a filter looks at and no further, unless a quote
        stands among them; `parse` reads the rest of those that match. Reading 200,000 records of ACLED's shape with a
        filter takes 1.0 s so and 1.5 s with the csv module alone.
        """
        assert self.table_file.open_lines is not None
        self.records = 0
        delimiter = self.table_file.delimiter
        delimiters_left = self.width - 1 - leading
        line = ""
        with self._damage_as_data_error(), self.table_file.open_lines() as file:
            for line in file:
                cells = line.split(delimiter, leading)
                tail = cells[-1]
                if len(cells) > leading and line.find('"', 0, len(line) - len(tail)) < 0:
                    outside_quotes = tail.split('"')
                    if len(outside_quotes) % 2:  # every quote is closed at the end of the line
                        self.records += 1
                        if "".join(outside_quotes[::2]).count(delimiter) != delimiters_left:
                            self.parse(line)
                        yield _without_missing_values(cells), line
                        continue
                if line.count('"') % 2:
                    line = self._until_quote_closes(line, file)
                if line.strip("\r\n"):
                    self.records += 1
                    yield self.parse(line), line
        if line.strip("\r\n"):
            self.parse(line)  # a file that was cut off shows it in its last record

    def parse(self, text: str) -> list[str]:
        """Return the row of one record from its text; DataError with the number of the current record."""
        try:
            [row] = csv.reader(_lines(text), delimiter=self.table_file.delimiter, strict=True)
        except csv.Error as error:
            self._refuse(_csv_error_text(error))
        except ValueError:
            self._refuse("a quote is not closed or is in the wrong place")
        if "\0" in text:
            self._refuse(NUL_ERROR)
        return self._checked(row)

    def _until_quote_closes(self, line: str, file: IO[str]) -> str:
        """Return the line and those after it up to where the csv module finds the end of the record."""
        taken: list[str] = []

        def lines() -> Iterator[str]:
            for text in itertools.chain([line], file):
                taken.append(text)
                yield text

        try:
            next(csv.reader(lines(), delimiter=self.table_file.delimiter, strict=True), None)
        except csv.Error as error:
            self.records += 1
            self._refuse(_csv_error_text(error))
        return "".join(taken)

    def _checked(self, row: list[str]) -> list[str]:
        """Return the row without blank fields beyond the header; DataError if its width is not the header's.

        Cells such as R's NA are blank.
        """
        if len(row) > self.width and not any(row[self.width :]):
            del row[self.width :]
        elif len(row) != self.width:
            self._refuse(f"{len(row)} fields where the header has {self.width}")
        return _without_missing_values(row)

    @contextmanager
    def _damage_as_data_error(self) -> Iterator[None]:
        """Turn the errors of the csv module and of damaged archives into DataError with the number of the record."""
        try:
            yield
        except csv.Error as error:
            self.records += 1
            self._refuse(_csv_error_text(error))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            self.records += 1
            self._refuse(f"the file is damaged or incomplete ({error})")

    def _refuse(self, reason: str) -> NoReturn:
        raise DataError(f"{self.table_file.path}, record {self.records:,}: {reason}.", self.records) from None


def _without_missing_values(cells: list[str]) -> list[str]:
    if _MISSING.isdisjoint(cells):
        return cells
    return ["" if cell in _MISSING else cell for cell in cells]


def _lines(text: str) -> Iterable[str]:
    return io.StringIO(text, newline="") if "\n" in text[:-1] else (text,)


def _csv_error_text(error: csv.Error) -> str:
    if "NUL" in str(error):
        return NUL_ERROR
    return f"a quote is not closed or is in the wrong place ({error})"
