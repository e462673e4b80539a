"""TableFile: the header and records of a CSV, JSON, zip, gz, xlsx or Parquet file as text."""

from __future__ import annotations

import codecs
import csv
import datetime
import functools
import gzip
import io
import itertools
import operator
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from mali_cli.errors import DataError
from mali_cli.formats.json_file import parse_json_table
from mali_cli.model.extras import require_extra
from mali_cli.storage import sql_literals

Records = Iterator[list[str]]
Headers = Sequence[list[str]]
IsHeader = Callable[[list[str]], bool]  # whether a row of cells is the header of a supported format

csv.field_size_limit(sys.maxsize)  # notes may be longer than the default limit of 128 kB
DELIMITERS = (",", ";", "\t")
JSON_SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson")
MAX_HEADER_ROW = 25  # a table may begin with a title or terms of use
NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"


def _decode_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, one by one, so that a file that mixes both is read right."""
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    decoded = (bytes([b]).decode("latin-1" if b in NOT_IN_CP1252 else "cp1252") for b in bad)
    return "".join(decoded), error.end


codecs.register_error("mali-cp1252", _decode_cp1252)


def decode_lenient(data: bytes) -> str:
    """Decode UTF-8 with stray Windows-1252 bytes."""
    return data.decode("utf-8", "mali-cp1252")


class CsvFile(NamedTuple):
    """A plain CSV with records of a table, as DuckDB reads it.

    `positions` are those of the columns of the table in the file, None for one that the file lacks. If the last column
    of the table says where a record is, `place` are the words before its number.
    """

    path: Path
    delimiter: str
    header_lines: int  # lines above the records
    size: int  # in bytes
    width: int  # columns of the file
    positions: tuple[int | None, ...]
    place: str | None = None


class TableFile(NamedTuple):
    """The table of a file; its records can be read any number of times.

    `open_lines` opens a CSV at its first record; None for other kinds of files. `csv_files` hold all records, in their
    order, if these are in plain CSV files only.
    """

    path: Path
    header: list[str]
    records: Callable[[], Records]
    open_lines: Callable[[], IO[str]] | None = None
    delimiter: str = ","
    size: int = 0  # in bytes, of a single plain CSV
    csv_files: tuple[CsvFile, ...] = ()

    @property
    def csv_size(self) -> int:
        """The size of the plain CSV files in bytes, 0 if there are none."""
        return sum(file.size for file in self.csv_files)


def open_table_file(path: Path, is_header: IsHeader, headerless: Headers = ()) -> TableFile:
    """Return the only table of a file; DataError if there is none.

    `headerless` are the headers of formats whose files may lack it.
    """
    try:
        with open(path, "rb") as file:
            magic = file.read(512)
        if magic[:2] == b"\x1f\x8b":
            return _csv(path, lambda: cast(IO[bytes], gzip.open(path, "rb")), is_header, headerless)
        if magic[:4] == b"PK\x03\x04" or magic[:4] == b"PK\x05\x06":
            return _zip(path, is_header, headerless)
        if magic[:4] == b"PAR1":
            return _parquet(path, is_header)
        if magic[:4] == b"\xd0\xcf\x11\xe0":
            raise DataError(f"{path} is a workbook in the old .xls format; save it as .xlsx or .csv.")
        return _csv(path, lambda: open(path, "rb"), is_header, headerless, path.stat().st_size)
    except OSError as error:
        raise _unreadable(path, error) from None
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is a damaged or incomplete archive: {error}.") from None


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be read: {error.strerror or error}.")


def _zip(path: Path, is_header: IsHeader, headerless: Headers) -> TableFile:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
    if "[Content_Types].xml" in names:
        return _workbook(path, is_header)
    tables = [n for n in names if n.lower().endswith((".csv", ".tsv", ".txt", *JSON_SUFFIXES))]
    if len(tables) > 1:
        tables = [n for n in tables if n.lower().endswith((".csv", ".tsv"))] or tables
    if len(tables) != 1:
        contents = ", ".join(tables) if tables else "no .csv"
        raise DataError(f"{path} contains {contents}; a zip must contain one table. Unpack it and name the file.")
    return _csv(path, lambda: zipfile.ZipFile(path).open(tables[0]), is_header, headerless)


# CSV


def _csv(
    path: Path,
    open_bytes: Callable[[], IO[bytes]],
    is_header: IsHeader,
    headerless: Headers,
    size: int = 0,
) -> TableFile:
    with open_bytes() as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):  # what Excel calls Unicode text
            open_bytes, size = _from_utf16(open_bytes), 0
    with open_bytes() as file:
        if file.read(512).lstrip(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
            return _json(path, open_bytes)
    try:
        with open_bytes() as file:
            header, delimiter, start, header_lines = _read_header(path, file, is_header, headerless)
    except csv.Error as error:
        fault = "there is a NUL byte" if "NUL" in str(error) else f"a quote or a line end is out of place ({error})"
        raise DataError(f"{path}: in the header or the first record {fault}.") from None

    def open_text(newline: str) -> IO[str]:
        file = open_bytes()
        file.seek(start)
        return io.TextIOWrapper(file, encoding="utf-8", errors="mali-cp1252", newline=newline)

    def records() -> Records:
        with open_text("") as file:
            lines = itertools.chain.from_iterable(_lines_without_nul(file))
            yield from csv.reader(lines, delimiter=delimiter, strict=True)

    csv_file = CsvFile(path, delimiter, header_lines, size, len(header), tuple(range(len(header))))
    return TableFile(
        path, header, records, lambda: open_text("\n"), delimiter, size, csv_files=(csv_file,) if size else ()
    )


def _from_utf16(open_bytes: Callable[[], IO[bytes]]) -> Callable[[], IO[bytes]]:
    """Return a function that opens a file in UTF-16 as UTF-8."""

    def open_converted() -> IO[bytes]:
        with open_bytes() as file:
            return io.BytesIO(file.read().decode("utf-16", "replace").encode("utf-8"))

    return open_converted


def _read_header(
    path: Path, file: IO[bytes], is_header: IsHeader, headerless: Headers
) -> tuple[list[str], str, int, int]:
    """Return the header, the delimiter, the byte at which the records start and the number of lines above them."""
    head = file.read(1 << 16)
    _refuse_other_content(path, head)
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    file.seek(start)
    lines = _first_record(file)
    if b"\0" in b"".join(lines):
        raise csv.Error("line contains NUL")
    header, delimiter = _split_header(path, decode_lenient(b"".join(lines)), is_header, headerless)
    if any(header is default for default in headerless):
        lines = []
    elif not is_header(header):
        titles = lines
        for _ in range(MAX_HEADER_ROW):
            titles = titles + (record := _first_record(file))
            cells, separator = _split_header(path, decode_lenient(b"".join(record)), is_header, ())
            if is_header(cells):
                header, delimiter, lines = cells, separator, titles
                break
    file.seek(start + sum(map(len, lines)))
    second = _first_record(file)
    if _is_hxl(next(csv.reader([decode_lenient(b"".join(second))], delimiter=delimiter), [])):
        lines += second
    return header, delimiter, start + sum(map(len, lines)), len(lines)


def _lines_without_nul(file: IO[str]) -> Iterator[list[str]]:
    """Yield the lines in chunks; csv.Error at a NUL, a sign of damage that the csv module takes for a character."""
    while lines := file.readlines(1 << 16):
        if any(map(operator.contains, lines, itertools.repeat("\0"))):
            yield list(itertools.takewhile(lambda line: "\0" not in line, lines))
            raise csv.Error("line contains NUL")
        yield lines


def _refuse_other_content(path: Path, head: bytes) -> None:
    """Raise DataError if the first bytes are not those of a CSV."""
    if not head.strip():
        raise DataError(f"{path} is empty.")
    if head[:200].count(0) > 20:
        raise DataError(f"{path} is not text in UTF-8 (it may be UTF-16); save it as CSV in UTF-8.")
    begin = head.lstrip(codecs.BOM_UTF8).lstrip()[:100].lower()
    if begin.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        raise DataError(f"{path} is a web page, not a table; download the file again.")
    if begin.startswith((b"version https://git-lfs", b"version http")):
        raise DataError(f"{path} is a Git LFS pointer, not the file itself; download the file.")


def _first_record(file: IO[bytes]) -> list[bytes]:
    """Return the lines of one record, several if a quoted field contains a line break."""
    lines = [file.readline()]
    while sum(line.count(b'"') for line in lines) & 1 and len(lines) < 100 and (line := file.readline()):
        lines.append(line)
    return lines


def _split_header(path: Path, text: str, is_header: IsHeader, headerless: Headers) -> tuple[list[str], str]:
    """Return the cells of the header and the delimiter."""
    if "\r" in text.rstrip("\r\n"):
        text = text.replace("\r\n", " ")
        if "\r" in text.rstrip("\r"):
            raise DataError(f"{path} ends its lines with CR; save it with LF or CRLF.")
    rows = [next(csv.reader([text], delimiter=delimiter), []) for delimiter in DELIMITERS]
    for cells, delimiter in zip(rows, DELIMITERS, strict=True):
        if is_header(cells):
            return cells, delimiter
        for default in headerless:
            if len(cells) == len(default) and cells[0].strip().isdigit():
                return default, delimiter
    widest = max(range(len(rows)), key=lambda i: len(rows[i]))
    return rows[widest], DELIMITERS[widest]


def _is_hxl(cells: list[str]) -> bool:
    """Return whether a row holds the tags of the Humanitarian Exchange Language, such as #date+occurred."""
    tags = [cell.strip() for cell in cells if cell.strip()]
    return bool(tags) and all(tag.startswith("#") for tag in tags)


# JSON, workbooks and Parquet


def _json(path: Path, open_bytes: Callable[[], IO[bytes]]) -> TableFile:
    with open_bytes() as file:
        text = decode_lenient(file.read().removeprefix(codecs.BOM_UTF8))
    try:
        header, rows = parse_json_table(text)
    except ValueError as error:
        raise DataError(f"{path} is JSON that cannot be read: {error}.") from None
    return TableFile(path, header, lambda: map(list, rows))


def _workbook(path: Path, is_header: IsHeader) -> TableFile:
    openpyxl = require_extra("excel", f"{path} is a workbook, which is read by openpyxl", "openpyxl")

    def rows(name: str) -> Records:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book[name]
            sheet.reset_dimensions()  # ACLED's own workbooks state a wrong one
            yield from ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
        finally:
            book.close()

    def records(sheet: str, header_row: int, width: int) -> Records:
        """Yield the rows below the header, filled up to its width, without blank ones and HXL tags."""
        for row in itertools.islice(rows(sheet), header_row + 1, None):
            if any(row) and not _is_hxl(row):
                cells = row if any(row[width:]) else row[:width]
                yield cells + [""] * (width - len(cells))

    book = openpyxl.load_workbook(path, read_only=True)
    sheets = book.sheetnames
    book.close()
    tables: list[tuple[str, int, list[str]]] = []
    for sheet in sheets:
        top = enumerate(itertools.islice(rows(sheet), MAX_HEADER_ROW))
        tables += [(sheet, *found)] if (found := next(((i, row) for i, row in top if is_header(row)), None)) else []
    if len(tables) > 1:
        names = ", ".join(sheet for sheet, *_ in tables)
        raise DataError(f"{path} has records in several sheets: {names}. Save each sheet as a file of its own.")
    for sheet, header_row, header in tables:
        return TableFile(path, header, functools.partial(records, sheet, header_row, len(header)))
    return TableFile(path, next(rows(sheets[0]), []), lambda: iter(()))


def _cell(value: Any) -> str:
    """Return a typed value as the text that a CSV would have."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _parquet(path: Path, is_header: IsHeader) -> TableFile:
    duckdb = require_extra("fast", f"{path} is a Parquet file, which is read by DuckDB", "duckdb")
    table = f"read_parquet({sql_literals.path_literal(path)})"
    try:
        header = [column[0] for column in duckdb.execute(f"FROM {table} LIMIT 0").description or ()]
    except duckdb.Error as error:
        raise DataError(f"{path} cannot be read: {str(error).splitlines()[0]}.") from None

    def records() -> Records:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")  # it would be printed to standard output
            connection.execute(f"FROM {table}")
            while rows := connection.fetchmany(10_000):
                yield from ([_cell(value) for value in row] for row in rows)

    return TableFile(path, header, records)
