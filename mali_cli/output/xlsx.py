"""An answer as a workbook (.xlsx) with one sheet, written by openpyxl: text stays text, and dates are dates."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli._version import __version__
from mali_cli.errors import MaliError
from mali_cli.model import extras
from mali_cli.output.cell_values import typed_rows
from mali_cli.output.progress import Progress
from mali_cli.output.streams import atomic_open, escape_control
from mali_cli.output.xml import NOT_XML
from mali_cli.results import QueryResult, pluralize

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 1_048_575  # of a sheet, below its header
MOST_CHARACTERS = 32_767  # of a cell, in units of UTF-16
MOST_DIGITS = 15  # of a number: Excel makes zeros of further ones
FIRST_DAY = datetime.date(1900, 3, 1)  # Excel has a 29 February 1900, and no day before that year
WIDEST = 60  # characters of a column; longer text runs on in its cell
ELSE = ".csv and .parquet take it"
# How what a spreadsheet takes for a formula or an error may begin, where somebody edits the cell.
NO_FORMULA = ("=", "+", "-", "@", "#")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # how XML of a workbook spells a character by its number
WRITTEN_AT = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")


def check_installed() -> None:
    """MaliError where openpyxl is not there, before any work is done."""
    extras.require_extra("excel", "a workbook is written by openpyxl", "openpyxl")


def write(answer: QueryResult, path: Path, progress: Progress) -> None:
    """Writes the file, whole or not at all; MaliError where a sheet cannot hold the answer."""
    with atomic_open(path) as file, _temp_dir_beside(path):
        file.write(_book(answer, progress))


@contextlib.contextmanager
def _temp_dir_beside(path: Path) -> Iterator[None]:
    """What openpyxl writes on the way stands in a folder beside the file, and goes with it however this ends.

    It takes several times the room of the file; and the program ends without openpyxl's own tidying.
    """
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.resolve().parent) as own:
        tempfile.tempdir = own
        try:
            yield
        finally:
            tempfile.tempdir = before


def _book(answer: QueryResult, progress: Progress) -> bytes:
    rows = len(answer.frame)
    if rows > MOST_ROWS:
        raise MaliError(
            f"a sheet of a workbook holds {MOST_ROWS:,} rows, not {pluralize(rows, answer.row_noun)}; {ELSE}."
        )
    columns = [
        [_cell(value, column.name, at) for at, value in enumerate(values, 1)]
        for column, values in zip(answer.columns, typed_rows(answer), strict=True)
    ]
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(answer.row_noun)
    sheet.freeze_panes = "A2"
    for at, (column, cells) in enumerate(zip(answer.columns, columns, strict=True), 1):
        sheet.column_dimensions[get_column_letter(at)].width = _width(column.name, cells)
    for done, row in enumerate(_rows(sheet, [column.name for column in answer.columns], columns)):
        sheet.append(row)
        if done % 1000 == 0:
            progress(f"{done:,} of {pluralize(rows, answer.row_noun)} written", done / max(rows, 1))
    return _packed(book)


def _packed(book: Workbook) -> bytes:
    """The file, which is the same for the same answer, whenever it is written."""
    from openpyxl.writer.excel import ExcelWriter

    out = io.BytesIO()  # nothing is left half written in the file if anything fails
    book.properties.creator = f"mali {__version__}"
    ExcelWriter(book, _ReproducibleZip(out, "w", zipfile.ZIP_DEFLATED)).save()
    return out.getvalue()


class _ReproducibleZip(zipfile.ZipFile):
    """A ZIP file whose parts say nothing of when they were written."""

    def writestr(self, name: Any, data: Any, *more: Any) -> None:
        if name == "docProps/core.xml":
            data = WRITTEN_AT.sub(b"", data)
        super().writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)

    def write(self, file: Any, name: Any = None, *more: Any) -> None:
        part = zipfile.ZipInfo(name)
        part.compress_type = zipfile.ZIP_DEFLATED
        part.file_size = os.path.getsize(file)  # by it more than 4 GB are provided for
        with open(file, "rb") as source, self.open(part, "w") as target:
            shutil.copyfileobj(source, target)


def _rows(sheet: Any, names: list[str], columns: list[list[Any]]) -> Iterator[list[Any]]:
    """What openpyxl takes, a row at a time: the header in bold, then the values."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles.fonts import DEFAULT_FONT

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"  # openpyxl would make a formula of "=1+1"
        return cell

    bold = copy(DEFAULT_FONT)
    bold.b = True
    header = [text(name) for name in names]
    for cell in header:
        cell.font = bold
    yield header
    for row in zip(*columns, strict=True):
        cells = list(row)
        for at, value in enumerate(row):
            if isinstance(value, str) and value.startswith(NO_FORMULA):
                cells[at] = text(value)
                cells[at].quotePrefix = True  # nor shall Excel, where somebody edits the cell
        yield cells


def _cell(value: Any, column: str, row: int) -> Any:
    """The value as a sheet can hold it: what is no date or no exact number there is text."""
    if isinstance(value, str):
        return _text(value, column, row)
    if isinstance(value, datetime.date):
        return value if value >= FIRST_DAY else value.isoformat()
    if isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
        return str(value)
    return value


def _text(text: str, column: str, row: int) -> str:
    """Without what no XML may hold: control characters become visible, other characters the sign for a lost one."""
    text = NOT_XML.sub(lambda found: escape_control(found[0]) if found[0] < " " else "\ufffd", text)
    # A reader of XML makes one end of line of all of them.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # _x0041_ would be read as A.
    text = ESCAPE.sub("_x005F_", text) if "_x" in text else text
    length = len(text.encode("utf-16-le")) // 2 if len(text) > MOST_CHARACTERS // 2 else 0
    if length > MOST_CHARACTERS:
        raise MaliError(
            f"a cell of a workbook holds {MOST_CHARACTERS:,} characters, and {column} has {length:,} in row {row:,};"
            f" {ELSE}."
        )
    return text


def _width(name: str, cells: Iterable[Any]) -> int:
    """Of a column, in characters: what its longest line takes, and some room."""
    longest = max((len(line) for cell in cells if cell is not None for line in str(cell).split("\n")), default=0)
    return min(max(longest, len(name)) + 2, WIDEST)
