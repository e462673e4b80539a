"""Quirks of real files, as changes of the look-alikes: those that are read, refused or make a record skipped."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.lookalikes import (
    HEADLESS,
    NAMES,
    Change,
    parsed,
    written,
)

NAMES_WITH_HEADER = [name for name in NAMES if name != HEADLESS]


FEW = [
    "acled_a2",
    "acled_a3",
    HEADLESS,
    "ucdp_hdx",
    "un_fatalities",
]  # each with another difficulty: newlines, lists, tags


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "."), data)
    return out.getvalue()


def rewritten(rows: Callable[[list[list[str]]], Any], **dialect: Any) -> Change:
    """Return a change of the records, the header first, or of the CSV dialect."""
    return lambda data: written(rows(parsed(data)), **dialect)


def header(change: Callable[[str], str]) -> Change:
    return rewritten(lambda rows: [[change(column) for column in rows[0]], *rows[1:]])


def of_columns(names: str, change: Callable[[str], str]) -> Change:
    """Return a change of every cell in some columns."""

    def rows(rows: list[list[str]]) -> Iterator[list[str]]:
        positions = [i for i, column in enumerate(rows[0]) if column.lower() in names.split()]
        assert positions
        yield rows[0]
        for row in rows[1:]:
            yield [change(cell) if i in positions else cell for i, cell in enumerate(row)]

    return rewritten(rows)


def alphabetical(rows: list[list[str]]) -> list[list[str]]:
    order = sorted(range(len(rows[0])), key=lambda i: rows[0][i].lower())
    return [[row[i] for i in order] for row in rows]


def tagged(rows: list[list[str]]) -> list[list[str]]:
    tags = {"event_date": "#date+occurred", "fatalities": "#affected+killed", "date_start": "#date+start", "best": "#affected+killed"}  # fmt: skip
    return [rows[0], [tags.get(column, "") for column in rows[0]], *rows[1:]]


def half_quoted(data: bytes) -> bytes:
    """Quote every cell of every other record, blank ones included."""
    lines = []
    for i, row in enumerate(parsed(data)):
        lines.append(written([row], quoting=csv.QUOTE_ALL if i % 2 else csv.QUOTE_MINIMAL))
    assert b',"",' in b"".join(lines)
    assert b",,," in b"".join(lines)
    return b"".join(lines)


HARMLESS: list[tuple[str, str, Change]] = [
    *((f"a byte-order mark, {name}", name, lambda data: b"\xef\xbb\xbf" + data) for name in NAMES),
    *((f"CRLF, but LF in quotes, {name}", name, rewritten(list, lineterminator="\r\n")) for name in ("acled_a2", "ucdp_u2", HEADLESS)),
    *((f"semicolons, {name}", name, rewritten(list, delimiter=";")) for name in FEW),
    *((f"tabs, {name}", name, rewritten(list, delimiter="\t")) for name in FEW),
    *((f"everything quoted, {name}", name, rewritten(list, quoting=csv.QUOTE_ALL)) for name in FEW),
    *((f"half quoted, {name}", name, half_quoted) for name in FEW),
    *((f"columns in alphabetical order, {name}", name, rewritten(alphabetical)) for name in NAMES_WITH_HEADER),
    *((f"upper case, {name}", name, header(str.upper)) for name in NAMES_WITH_HEADER if name != "acled_a0"),
    ("lower case", "acled_a0", header(str.lower)),
    *((f"every record twice, {name}", name, rewritten(lambda rows: [rows[0], *(r for row in rows[1:] for r in (row, row))])) for name in NAMES_WITH_HEADER),
    *((f"an unnamed first column, {name}", name, rewritten(lambda rows: [["", *rows[0]], *([str(i), *row] for i, row in enumerate(rows[1:]))])) for name in NAMES_WITH_HEADER if name != "ucdp_hdx"),
    *((f"seven unnamed last columns, {name}", name, rewritten(lambda rows: [row + [""] * 7 for row in rows])) for name in NAMES_WITH_HEADER),
    ("a row of tags, acled_a3", "acled_a3", rewritten(tagged)),
    ("a row of tags, acled_a1", "acled_a1", rewritten(tagged)),
    ("a row of tags, ucdp_u2", "ucdp_u2", rewritten(tagged)),
    ("a row of tags after a byte-order mark", "acled_a4", lambda data: b"\xef\xbb\xbf" + rewritten(tagged)(data)),
    ("ally_actor for assoc_actor", "acled_a3", header(lambda column: column.replace("assoc_actor", "ally_actor"))),
    ("assoc_actor for ally_actor", "acled_a0", header(lambda column: column.replace("ALLY_ACTOR", "ASSOC_ACTOR"))),
    ("geo_precis of a shapefile", "acled_a0", header(lambda column: column.replace("GEO_PRECISION", "GEO_PRECIS"))),
    ("column names as R writes them", "acled_a3", header(lambda column: column.replace("_", "."))),
    ("column names with blanks and capitals", "acled_a3", header(lambda column: column.replace("_", " ").title())),
    ("column names of a shapefile", "acled_a3", header(lambda column: "assoc_ac_1" if column == "assoc_actor_2" else column[:10])),
    ("column names of a shapefile of UCDP", "ucdp_u2", header(lambda column: column[:10])),
    ("UTF-16", "acled_a3", lambda data: data.decode("utf-8").encode("utf-16")),
    ("UTF-16, big-endian", "ucdp_u2", lambda data: b"\xfe\xff" + data.decode("utf-8").encode("utf-16-be")),
    ("title rows above the header", "acled_a3", lambda data: b'Mali\n"Downloaded in 2026; terms, of use"\n\n' + data),
    ("blanks around the names of columns", "acled_a3", header(lambda column: f" {column} ")),
    *((f"cp1252, {name}", name, lambda data: data.decode("utf-8").encode("cp1252")) for name in ("acled_a2", "acled_a3", "ucdp_u1", "ucdp_u2", "un_fatalities")),
    ("no line end at the end", "acled_a3", lambda data: data.rstrip(b"\n")),
    ("empty lines at the end", "acled_a3", lambda data: data + b"\n\r\n\n"),
    ("a no-break space before a number", "acled_a1", of_columns("fatalities time_precision latitude", lambda cell: cell and "\xa0" + cell)),
    ("a no-break space before a number of UCDP", "ucdp_u2", of_columns("best low high deaths_a date_prec", lambda cell: "\xa0" + cell)),
    ("blanks after a category", "acled_a3", of_columns("event_type sub_event_type geo_precision country admin1", lambda cell: f"{cell} ")),
    ("blanks after a category of UCDP", "ucdp_u2", of_columns("type_of_violence where_prec country side_a side_b", lambda cell: f"{cell} ")),
    ("blanks after a category of the UN", "un_fatalities", of_columns("casualty_personnel_type type_of_incident mission_acronym casualty_nationality", lambda cell: cell and f"{cell} ")),
    ("misspelt types, case aside", "acled_a0", of_columns("event_type", str.lower)),
    ("number of the country missing", "acled_a3", of_columns("iso", lambda cell: "")),
    ("number of another country", "acled_a3", of_columns("iso", lambda cell: "562")),
    ("active_year in words", "ucdp_u1", of_columns("active_year", lambda cell: {"1": "true", "0": "false"}[cell])),
    *((f"{missing} in blank cells, {name}", name, rewritten(lambda rows, text=missing: [[cell or text for cell in row] for row in rows])) for name, missing in (("acled_a3", "NA"), ("acled_monadic", "nan"), ("ucdp_u2", "NA"), ("un_fatalities", "NaN"), ("gtd", "NA"), ("gdelt", "NULL"))),
    ("data_id of another download", "acled_a1", of_columns("data_id", lambda cell: f"9{cell}")),
]  # fmt: skip


def without_column(column: str) -> Change:
    def rows(rows: list[list[str]]) -> list[list[str]]:
        position = [name.lower() for name in rows[0]].index(column)
        return [row[:position] + row[position + 1 :] for row in rows]

    return rewritten(rows)


def record(number: int, change: Callable[[list[str]], list[str]]) -> Change:
    return rewritten(lambda rows: [change(row) if i == number else row for i, row in enumerate(rows)])


def line(number: int, change: Callable[[bytes], bytes]) -> Change:
    """Return a change of one line, the header being line 0."""

    def lines(data: bytes) -> bytes:
        text_lines = data.splitlines(keepends=True)
        text_lines[number] = change(text_lines[number])
        return b"".join(text_lines)

    return lines


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"


PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>\n<p>You need to sign in, or sign up.</p>\n</body></html>\n"


# What is wrong, the look-alike, the change, the suffix, and a pattern of the message
REFUSED: list[tuple[str, str, Change, str, str]] = [
    ("an HTML page", "acled_a3", lambda data: PAGE, ".csv", "HTML|web page"),
    ("an HTML page without a doctype", "acled_a3", lambda data: b"\n  <html>\n<body>no</body></html>", ".csv", "HTML|web page"),
    ("a storage pointer", "acled_a3", lambda data: POINTER, ".csv", "pointer"),
    ("an empty file", "acled_a3", lambda data: b"", ".csv", "empty"),
    ("nothing but blank lines", "acled_a3", lambda data: b"\n\n  \n", ".csv", ""),
    ("cut in a quoted field", "acled_a3", lambda data: data[: data.index(b"and stayed")], ".csv", "record 1"),
    ("cut in a field", "acled_a3", lambda data: data[: data.index(b"Regional,Invented: pupils") + 4], ".csv", "record 4"),
    ("cut in the header", "acled_a3", lambda data: data[:120], ".csv", ""),
    ("a field too many", "acled_a3", record(3, lambda row: [*row, "more"]), ".csv", "record 3"),
    ("a field too few", "acled_a3", record(9, lambda row: row[:-1]), ".csv", "record 9"),
    ("a field too few in UCDP", "ucdp_u2", record(5, lambda row: row[1:]), ".csv", "record 5"),
    ("a field too few without a header", HEADLESS, record(2, lambda row: row[1:]), ".csv", "record 3"),
    ("a field too many in the UN's", "un_fatalities", record(12, lambda row: [*row, "more"]), ".csv", "record 12"),
    ("a comma that nobody quoted", "acled_a4", line(3, lambda text: text.replace(b"Invented: three", b"Invented, three")), ".csv", "record 3"),
    ("a quote that is not closed", "acled_a4", line(3, lambda text: text.replace(b",Invented: three", b',"Invented: three')), ".csv", "record 3"),
    ("a quote that is closed too early", "acled_a4", line(3, lambda text: text.replace(b",Invented: three armies and", b',"Invented: three" armies and')), ".csv", "record 3"),
    ("a NUL", "acled_a3", lambda data: data.replace(b"pupils", b"pup\0ils"), ".csv", "NUL"),
    ("a NUL in the header", "acled_a3", lambda data: data.replace(b"notes", b"not\0es"), ".csv", ""),
    ("a NUL at the end", "ucdp_u1", lambda data: data + b"\0" * 512, ".csv", "NUL"),
    ("UTF-16 without a mark", "acled_a3", lambda data: data.decode("utf-8").encode("utf-16-le"), ".csv", "UTF-16|UTF-8|NUL"),
    ("columns of no format", "acled_a3", lambda data: b"name,age\nAda,36\n", ".csv", ""),
    ("a column that is missing", "acled_a3", without_column("event_type"), ".csv", "looks like a file of ACLED.*event_type"),
    ("a column that is missing in UCDP", "ucdp_u1", without_column("type_of_violence"), ".csv", "looks like a file of UCDP.*type_of_violence"),
    ("a column that is missing in the UN's", "un_fatalities", without_column("type_of_incident"), ".csv", "type_of_incident"),
    ("a column that stands twice", "acled_a3", header(lambda column: {"tags": "notes"}.get(column, column)), ".csv", "notes"),
    ("no header and no 49 columns", "ucdp_u1", lambda data: data.partition(b"\n")[2], ".csv", ""),
    ("no header in ACLED", "acled_a3", lambda data: data.partition(b"\n")[2], ".csv", ""),
    ("no header and 48 columns", HEADLESS, rewritten(lambda rows: [row[:-1] for row in rows]), ".csv", ""),
    ("carriage returns for line ends", "acled_a3", lambda data: data.replace(b"\n", b"\r"), ".csv", ""),
    ("a carriage return in a field", "acled_a3", lambda data: data.replace(b"at dawn", b"at\rdawn").replace(b'""', b"'").replace(b'"', b""), ".csv", ""),
    ("a picture", "acled_a3", lambda data: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", ".csv", ""),
    ("JSON of no format", "acled_a3", lambda data: b'{"Result": [{"name": "Ada"}], "TotalCount": 1}', ".csv", "not a recognised table.*'name'"),
    ("JSON without records", "acled_a3", lambda data: b'{"status": 200, "count": 0, "data": []}', ".json", "no records"),
    ("JSON cut short", "acled_a3", lambda data: b'[{"event_id_cnty": "MLI1", "event_da', ".json", "JSON that cannot be read"),
    ("JSON of words", "acled_a3", lambda data: b'["MLI1", "MLI2"]', ".json", "objects"),
    ("JSON that is nested without end", "acled_a3", lambda data: b"[" * 200_000, ".json", "nested"),
    ("a zip with two tables", "acled_a3", lambda data: archive(one__csv=data, two__csv=data), ".zip", "one.csv.*two.csv"),
    ("a zip with none", "acled_a3", lambda data: archive(readme__txt=b"No table here."), ".zip", ""),
    ("a zip with nothing", "acled_a3", lambda data: archive(), ".zip", ""),
    ("a zip cut short", "acled_a3", lambda data: archive(one__csv=data)[:-40], ".zip", ""),
    ("a zip whose table is damaged", "acled_a3", lambda data: archive(one__csv=data).replace(b"pupils", b"pupilz"), ".zip", ""),
    ("a gz cut short", "acled_a3", lambda data: gzip.compress(data)[:-40], ".csv.gz", ""),
    ("a gz cut in its last bytes", "acled_a3", lambda data: gzip.compress(data)[:-4], ".csv.gz", ""),
    ("a gz that is damaged", "acled_a3", lambda data: gzip.compress(data)[:400] + bytes(50) + gzip.compress(data)[450:], ".csv.gz", ""),
    ("a workbook cut short", "acled_a3", lambda data: b"PK\x03\x04" + data, ".xlsx", ""),
    ("Parquet cut short", "acled_a3", lambda data: b"PAR1" + data, ".parquet", ""),
    ("a gz of nothing", "acled_a3", lambda data: gzip.compress(b""), ".csv.gz", "empty"),
]  # fmt: skip

SKIPPED = [
    ("acled_a3", "MLI9304", "event_id_cnty", ""),
    ("acled_a3", "MLI9304", "event_id_cnty", "  "),
    ("acled_a3", "MLI9304", "event_date", ""),
    ("acled_a3", "MLI9304", "event_date", "2023-02-30"),
    ("acled_a3", "MLI9304", "event_date", "31/04/2023"),
    ("acled_a3", "MLI9304", "event_date", "in spring"),
    ("acled_a3", "MLI9304", "event_date", "3 mars 2023"),
    ("acled_a3", "MLI9304", "event_date", "20230303"),
    ("acled_a3", "MLI9304", "event_date", "0001-01-01"),
    ("acled_a3", "MLI9304", "event_date", "9999-12-31"),
    ("acled_a3", "MLI9304", "event_date", "31/12/9999"),
    ("acled_a3", "MLI9304", "time_precision", "4"),
    ("acled_a3", "MLI9304", "time_precision", "day"),
    ("acled_a3", "MLI9304", "geo_precision", "0"),
    ("acled_a3", "MLI9304", "fatalities", "many"),
    ("acled_a3", "MLI9304", "fatalities", "-3"),
    ("acled_a3", "MLI9304", "fatalities", "3.5"),
    ("acled_a3", "MLI9304", "fatalities", "3-5"),
    ("acled_a3", "MLI9304", "fatalities", "٣"),
    ("acled_a3", "MLI9304", "latitude", "north"),
    ("acled_a3", "MLI9304", "longitude", "8°W"),
    ("acled_a3", "MLI9304", "longitude", "inf"),
    ("acled_a0", "9005MLI", "FATALITIES", "a dozen"),
    ("acled_a0", "9005MLI", "EVENT_DATE", "13/13/2012"),
    ("acled_a0", "9005MLI", "TIME_PRECISION", "0"),
    ("ucdp_u2", "920104", "id", ""),
    ("ucdp_u2", "920104", "date_start", "2017"),
    ("ucdp_u2", "920104", "date_end", "soon"),
    ("ucdp_u2", "920104", "date_end", "9999-12-31"),
    ("ucdp_u2", "920104", "date_prec", "6"),
    ("ucdp_u2", "920104", "where_prec", "8"),
    ("ucdp_u2", "920104", "type_of_violence", "4"),
    ("ucdp_u2", "920104", "best", "two"),
    ("ucdp_u2", "920104", "low", "1.5"),
    ("ucdp_u2", "920104", "high", "-1"),
    ("ucdp_u2", "920104", "deaths_civilians", "x"),
    ("ucdp_u2", "920104", "latitude", "N36"),
    ("un_fatalities", "MINUSMA-2013-08-90001", "casualty_id", ""),
    ("un_fatalities", "MINUSMA-2013-08-90001", "incident_date", "22 août 2013"),
    ("un_fatalities", "MINUSMA-2013-08-90001", "incident_date", "0001-01-01"),
]


def _with_records_to_skip(name: str, data: bytes) -> bytes:
    """Return a file with a record for each of its cells in SKIPPED, and as many that can be read."""
    header, *rows = parsed(data)
    copies = []
    for number, (_, id, column, cell) in enumerate(skipped for skipped in SKIPPED if skipped[0] == name):
        readable = next(list(row) for row in rows if id in row)
        key = readable.index(id)
        readable[key] = f"{id}{number:02}0"
        unreadable = list(readable)
        unreadable[key] = f"{id}{number:02}1"
        unreadable[header.index(column)] = cell
        copies += [readable, unreadable]
    return written([header, *rows, *copies])


WITH_RECORDS_TO_SKIP: list[tuple[str, str, Change]] = [
    (f"records that are skipped, {name}", name, lambda data, name=name: _with_records_to_skip(name, data))  # type: ignore[misc]
    for name in dict.fromkeys(name for name, *_ in SKIPPED)
]
