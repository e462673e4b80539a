"""Excel workbooks with one sheet: text stays text, dates are dates.

Written by openpyxl rather than XlsxWriter, because openpyxl also reads the workbooks that users load.
"""

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
from mali_cli.output.cell_values import typed_columns
from mali_cli.output.progress import Progress
from mali_cli.output.streams import atomic_path, escape_control
from mali_cli.output.xml import NOT_XML
from mali_cli.results import QueryResult, pluralize

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_CELL_CHARACTERS = 32_767  # UTF-16 code units
MAX_DIGITS = 15  # of a number: Excel replaces further digits by zeros
FIRST_DAY = datetime.date(1900, 3, 1)  # Excel has a 29 February 1900, and no day before that year
MAX_COLUMN_WIDTH = 60  # characters; longer text is cut off on screen
OTHER_FORMATS = "use .csv or .parquet"
# First characters of what a spreadsheet takes for a formula or an error when somebody edits the cell.
FORMULA_STARTS = ("=", "+", "-", "@", "#")
CHARACTER_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # _x0041_ is A in the XML of a workbook
TIMESTAMPS = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")


def check_installed() -> None:
    """Raise MaliError if openpyxl is not installed, before any work is done."""
    extras.require_extra("excel", "a workbook is written by openpyxl", "openpyxl")


def write(result: QueryResult, path: Path, progress: Progress) -> None:
    """Write the file atomically; raise MaliError if a sheet cannot hold the result."""
    with atomic_path(path) as new, _temp_dir(new.parent):
        new.write_bytes(_workbook(result, progress))


@contextlib.contextmanager
def _temp_dir(folder: Path) -> Iterator[None]:
    """Let openpyxl write its temporary files, several times the size of the workbook, into a folder that is removed.

    openpyxl itself would remove them only at exit.
    """
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _workbook(result: QueryResult, progress: Progress) -> bytes:
    rows = len(result.frame)
    if rows > MAX_ROWS:
        raise MaliError(
            f"a sheet of a workbook holds {MAX_ROWS:,} rows, not {pluralize(rows, result.row_noun)}; {OTHER_FORMATS}."
        )
    columns = [
        [_cell_value(value, column.name, row) for row, value in enumerate(values, 1)]
        for column, values in zip(result.columns, typed_columns(result), strict=True)
    ]
    import openpyxl
    from openpyxl.utils import get_column_letter

    workbook = openpyxl.Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(result.row_noun)
    sheet.freeze_panes = "A2"
    for number, (column, cells) in enumerate(zip(result.columns, columns, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = _column_width(column.name, cells)
    try:
        for done, row in enumerate(_sheet_rows(sheet, [column.name for column in result.columns], columns)):
            sheet.append(row)
            if done % 1000 == 0:
                progress(f"{done:,} of {pluralize(rows, result.row_noun)} written", done / max(rows, 1))
        return _reproducible_bytes(workbook)
    except OSError:
        _abandon(sheet)
        raise


def _abandon(sheet: Any) -> None:
    """Close the generators that write a sheet: left open, they would print an error when the program ends."""
    writer = sheet._writer
    for generator in (sheet._rows, writer and writer.xf):
        if generator is not None:
            with contextlib.suppress(OSError):
                generator.close()


def _reproducible_bytes(workbook: Workbook) -> bytes:
    """Return the file; the same result gives the same bytes at any time."""
    from openpyxl.writer.excel import ExcelWriter

    out = io.BytesIO()
    workbook.properties.creator = f"mali {__version__}"
    ExcelWriter(workbook, _ReproducibleZip(out, "w", zipfile.ZIP_DEFLATED)).save()
    return out.getvalue()


class _ReproducibleZip(zipfile.ZipFile):
    """A ZIP file without the times at which its members were written."""

    def writestr(self, name: Any, data: Any, *arguments: Any) -> None:
        if name == "docProps/core.xml":
            data = TIMESTAMPS.sub(b"", data)
        super().writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)

    def write(self, file: Any, name: Any = None, *arguments: Any) -> None:
        member = zipfile.ZipInfo(name)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.file_size = os.path.getsize(file)  # lets zipfile prepare for more than 4 GB
        with open(file, "rb") as source, self.open(member, "w") as target:
            shutil.copyfileobj(source, target)


def _sheet_rows(sheet: Any, names: list[str], columns: list[list[Any]]) -> Iterator[list[Any]]:
    """Yield rows for openpyxl: the header in bold, then the values."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles.fonts import DEFAULT_FONT

    def text_cell(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"  # openpyxl would make a formula of "=1+1"
        return cell

    bold = copy(DEFAULT_FONT)
    bold.b = True
    header = [text_cell(name) for name in names]
    for cell in header:
        cell.font = bold
    yield header
    for row in zip(*columns, strict=True):
        cells = list(row)
        for i, value in enumerate(row):
            if isinstance(value, str) and value.startswith(FORMULA_STARTS):
                cells[i] = text_cell(value)
                cells[i].quotePrefix = True  # Excel must not make a formula of it either when the cell is edited
        yield cells


def _cell_value(value: Any, column: str, row: int) -> Any:
    """Return the value as a sheet can hold it: as text if Excel has no such date or not all digits of a number."""
    if isinstance(value, str):
        return _cell_text(value, column, row)
    if isinstance(value, datetime.date):
        return value if value >= FIRST_DAY else value.isoformat()
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return str(value)
    return value


def _cell_text(text: str, column: str, row: int) -> str:
    """Return the text as XML can hold it: control characters made visible, others that XML forbids replaced."""
    text = NOT_XML.sub(lambda match: escape_control(match[0]) if match[0] < " " else "\ufffd", text)
    # XML parsers turn every kind of line end into this one.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = CHARACTER_ESCAPE.sub("_x005F_", text) if "_x" in text else text
    length = len(text.encode("utf-16-le")) // 2 if len(text) > MAX_CELL_CHARACTERS // 2 else 0
    if length > MAX_CELL_CHARACTERS:
        raise MaliError(
            f"a cell of a workbook holds {MAX_CELL_CHARACTERS:,} characters,"
            f" but {column} has {length:,} in row {row:,}; {OTHER_FORMATS}."
        )
    return text


def _column_width(name: str, cells: Iterable[Any]) -> int:
    """Return the width of a column in characters: that of its longest line, and a margin."""
    longest = max((len(line) for cell in cells if cell is not None for line in str(cell).split("\n")), default=0)
    return min(max(longest, len(name)) + 2, MAX_COLUMN_WIDTH)
