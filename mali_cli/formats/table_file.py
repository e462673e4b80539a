"""A file on disk -> its header and its records as text, whatever it is packed in; refused where it is no table."""

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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from mali_cli.errors import DataError
from mali_cli.model.extras import require_extra
from mali_cli.storage import sql_literals

Records = Iterator[list[str]]
Header = Callable[[list[str]], bool]  # whether a row of cells is the header of a known format

csv.field_size_limit(sys.maxsize)  # notes may be longer than the module thinks likely
DELIMITERS = (",", ";", "\t")
SHEET_ROWS = 25  # so far down a sheet the header may stand, below a title or terms of use


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read as Windows-1252, each for itself, so that a mixed file comes out right."""
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(
        bytes([b]).decode("cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for b in bad
    ), error.end


codecs.register_error("mali-cp1252", _as_cp1252)


def decode_lenient(data: bytes) -> str:
    return data.decode("utf-8", "mali-cp1252")


class TableFile(NamedTuple):
    """A table in a file: its header as it stands, and how to go through its records, again and again.

    `lines` opens the bytes of a CSV behind its header, so that a reader may look at a line before it is taken
    apart; None where the records come from a workbook or a Parquet file.
    """

    path: Path
    header: list[str]
    records: Callable[[], Records]
    open_lines: Callable[[], IO[bytes]] | None = None
    delimiter: str = ","
    size: int = 0  # in bytes, of a plain CSV
    header_lines: int = 0  # lines above the records, of a CSV


def open_table_file(path: Path, is_header: Header, headless: list[str] | None = None) -> TableFile:
    """The one table of the file; DataError says why there is none. `headless` is a layout that may lack its header."""
    try:
        with open(path, "rb") as file:
            magic = file.read(512)
        if magic[:2] == b"\x1f\x8b":
            return _csv(path, lambda: cast(IO[bytes], gzip.open(path, "rb")), is_header, headless)
        if magic[:4] == b"PK\x03\x04" or magic[:4] == b"PK\x05\x06":
            return _zip(path, is_header, headless)
        if magic[:4] == b"PAR1":
            return _parquet(path, is_header)
        if magic[:4] == b"\xd0\xcf\x11\xe0":
            raise DataError(f"{path} is a workbook of the old kind (.xls); save it as .xlsx or .csv.")
        return _csv(path, lambda: open(path, "rb"), is_header, headless, path.stat().st_size)
    except OSError as error:
        raise _unreadable(path, error) from None
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is packed, and damaged or cut short: {error}.") from None


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be read: {error.strerror or error}.")


def _zip(path: Path, is_header: Header, headless: list[str] | None) -> TableFile:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
    if "[Content_Types].xml" in names:
        return _workbook(path, is_header)
    found = [n for n in names if n.lower().endswith((".csv", ".tsv", ".txt"))]
    if len(found) > 1:
        found = [n for n in found if n.lower().endswith((".csv", ".tsv"))] or found
    if len(found) != 1:
        held = ", ".join(found) if found else "no .csv"
        raise DataError(f"{path} holds {held}; a zip with one table is read. Unpack it and name the file.")
    return _csv(path, lambda: zipfile.ZipFile(path).open(found[0]), is_header, headless)


# CSV


def _csv(
    path: Path, opened: Callable[[], IO[bytes]], is_header: Header, headless: list[str] | None, size: int = 0
) -> TableFile:
    try:
        return _csv_behind_header(path, opened, is_header, headless, size)
    except csv.Error as error:
        what = "there is a NUL byte" if "NUL" in str(error) else f"a quote or a line end is out of place ({error})"
        raise DataError(f"{path}: in the header or the first record {what}.") from None


def _csv_behind_header(
    path: Path, opened: Callable[[], IO[bytes]], is_header: Header, headless: list[str] | None, size: int
) -> TableFile:
    with opened() as file:
        head = file.read(1 << 16)
        _refuse_what_is_no_table(path, head)
        start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        file.seek(start)
        first = _first_record(file)
        if b"\0" in b"".join(first):
            raise csv.Error("line contains NUL")
        header, delimiter = _header(path, decode_lenient(b"".join(first)), is_header, headless)
        if header is headless:
            first = []
        behind = start + sum(map(len, first))
        file.seek(behind)
        second = _first_record(file)
        if _is_hxl(next(csv.reader([decode_lenient(b"".join(second))], delimiter=delimiter), [])):
            first += second
            behind = start + sum(map(len, first))

    def lines() -> IO[bytes]:
        file = opened()
        file.seek(behind)
        return file

    def records() -> Records:
        with lines() as file:
            text = io.TextIOWrapper(file, encoding="utf-8", errors="mali-cp1252", newline="")
            yield from csv.reader(itertools.chain.from_iterable(_without_nul(text)), delimiter=delimiter, strict=True)

    return TableFile(path, header, records, lines, delimiter, size, len(first))


def _without_nul(file: IO[str]) -> Iterator[list[str]]:
    """The lines, many at a time. The csv module of today takes a NUL for a letter; it is a sign of damage."""
    while lines := file.readlines(1 << 16):
        if any(map(operator.contains, lines, itertools.repeat("\0"))):
            yield list(itertools.takewhile(lambda line: "\0" not in line, lines))
            raise csv.Error("line contains NUL")
        yield lines


def _refuse_what_is_no_table(path: Path, head: bytes) -> None:
    if not head.strip():
        raise DataError(f"{path} is empty.")
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or head[:200].count(0) > 20:
        raise DataError(f"{path} is no text in UTF-8 (it may be UTF-16); save it as CSV in UTF-8.")
    begin = head.lstrip(codecs.BOM_UTF8).lstrip()[:100].lower()
    if begin.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        raise DataError(f"{path} is a web page, not a table; the download went wrong.")
    if begin.startswith((b"version https://git-lfs", b"version http")):
        raise DataError(f"{path} is a pointer to a file in a storage, not the file; fetch the file itself.")
    if begin.startswith((b"{", b"[")):
        raise DataError(f"{path} is JSON; a table as CSV is read.")


def _first_record(file: IO[bytes]) -> list[bytes]:
    """The lines of one record: more than one where a quoted field holds a line break."""
    lines = [file.readline()]
    while sum(line.count(b'"') for line in lines) & 1 and len(lines) < 100 and (line := file.readline()):
        lines.append(line)
    return lines


def _header(path: Path, text: str, is_header: Header, headless: list[str] | None) -> tuple[list[str], str]:
    if "\r" in text.rstrip("\r\n"):
        text = text.replace("\r\n", " ")
        if "\r" in text.rstrip("\r"):
            raise DataError(f"{path} ends its lines with CR alone; save it with LF or CRLF.")
    split = [next(csv.reader([text], delimiter=delimiter), []) for delimiter in DELIMITERS]
    for cells, delimiter in zip(split, DELIMITERS, strict=True):
        if is_header(cells):
            return cells, delimiter
        if headless and len(cells) == len(headless) and cells[0].strip().isdigit():
            return headless, delimiter
    widest = max(range(len(split)), key=lambda i: len(split[i]))
    return split[widest], DELIMITERS[widest]


def _is_hxl(cells: list[str]) -> bool:
    told = [cell.strip() for cell in cells if cell.strip()]
    return bool(told) and all(cell.startswith("#") for cell in told)


# Workbooks and Parquet


def _workbook(path: Path, is_header: Header) -> TableFile:
    openpyxl = require_extra("excel", f"{path} is a workbook, which is read by openpyxl", "openpyxl")

    def rows(name: str) -> Records:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            yield from ([_cell(value) for value in row] for row in book[name].iter_rows(values_only=True))
        finally:
            book.close()

    def below(sheet: str, at: int, width: int) -> Records:
        """The rows below the header, without empty ones and HXL tags; a sheet drops the blanks at a row's end."""
        for row in itertools.islice(rows(sheet), at + 1, None):
            if any(row) and not _is_hxl(row):
                yield row + [""] * (width - len(row))

    book = openpyxl.load_workbook(path, read_only=True)
    sheets = book.sheetnames
    book.close()
    for sheet in sheets:
        for at, row in enumerate(itertools.islice(rows(sheet), SHEET_ROWS)):
            if is_header(row):
                return TableFile(path, row, functools.partial(below, sheet, at, len(row)))
    first = next(rows(sheets[0]), [])
    return TableFile(path, first, lambda: iter(()))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _parquet(path: Path, is_header: Header) -> TableFile:
    duckdb = require_extra("fast", f"{path} is a Parquet file, which is read by DuckDB", "duckdb")
    table = f"read_parquet({sql_literals.path_literal(path)})"
    try:
        header = [column[0] for column in duckdb.execute(f"FROM {table} LIMIT 0").description or ()]
    except duckdb.Error as error:
        raise DataError(f"{path} cannot be read: {str(error).splitlines()[0]}.") from None

    def records() -> Records:
        with duckdb.connect() as connection:
            connection.execute(f"FROM {table}")
            while rows := connection.fetchmany(10_000):
                yield from ([_cell(value) for value in row] for row in rows)

    return TableFile(path, header, records)
