"""Foreign files become the tables that were worked out by hand; what real files do is survived or refused."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import locale
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_filter, row_filter
from mali_cli.model.names import normalize_name
from mali_cli.output import render_text
from mali_cli.storage import convert, sql_literals
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    HEADLESS,
    NAMES,
    Change,
    Row,
    Tables,
    edited,
    parsed,
    raw,
    records,
    where,
    written,
)

Run = Callable[..., subprocess.CompletedProcess[str]]

WITH_HEADER = [name for name in NAMES if name != HEADLESS]
FEW = ["acled_a2", "acled_a3", HEADLESS, "ucdp_hdx", "un_fatalities"]  # each its own trouble: newlines, lists, tags
BARE = {"people", "relations", "strengths", "control"}  # what no foreign file tells

# records, read, skipped, repeated, merged
COUNTS = {
    "acled_a0": (13, 13, 0, 0, 0),
    "acled_a1": (11, 8, 0, 3, 1),  # one id told three times with two numbers of dead, one corrected later
    "acled_a2": (10, 9, 0, 1, 0),
    "acled_a3": (9, 9, 0, 0, 0),
    "acled_a4": (8, 8, 0, 0, 0),
    "acled_monadic": (16, 9, 0, 7, 6),  # seven events with two actors, one of them told whole from both sides
    "ucdp_candidate_headless": (6, 6, 0, 0, 0),
    "ucdp_hdx": (6, 6, 0, 0, 0),  # the row of tags is no record
    "ucdp_u1": (7, 7, 0, 0, 0),
    "ucdp_u2": (13, 12, 0, 1, 1),
    "un_fatalities": (12, 10, 0, 2, 1),
}


# The tables beside the look-alikes


def assert_as_expected(found: Tables, name: str, change: Callable[[str], str] = lambda cell: cell) -> None:
    """The tables are those beside the look-alike; `change` is what a quirk does to their cells."""

    def table(of: str) -> list[Row]:
        return [{column: change(cell) for column, cell in row.items()} for row in foreign.expected(name, of)]

    events = table("events")
    assert found["events"] == events
    assert found["casualties"] == table("casualties")
    assert [_aliased(row, "place") for row in found["places"]] == [_aliased(row, "place") for row in table("places")]
    assert_groups(found["groups"], events, table("casualties"), table("groups"))
    told = {value.strip() for event in events for value in event["sources"].split(";")} - {""}
    # What we tell of known groups rests on our own documents, which come with them.
    cited = {key.partition("#")[0] for row in found["groups"] for key in row["sources"].split(";")} - {""}
    theirs = [row for row in found["documents"] if row["document"] not in cited]
    assert {row["document"]: row["title"] for row in theirs} == {value: value for value in told}
    assert not [row for row in theirs if row["publisher"] or row["language"] or row["published"]]
    assert cited <= {row["document"] for row in found["documents"]}
    assert {row["document"] for row in found["references"]} <= cited
    assert {table for table in BARE if found[table]} == set()


def _aliased(row: Row, key: str) -> tuple[frozenset[str], list[str]]:
    """A row with its aliases as a set, in the form in which spellings are equal, without the key itself."""
    aliases = {normalize_name(alias) for alias in row["aliases"].split(";")} - {"", normalize_name(row[key])}
    return frozenset(aliases), [cell for column, cell in row.items() if column != "aliases"]


def assert_groups(found: list[Row], events: list[Row], figures: list[Row], foreign_ones: list[Row]) -> None:
    """Ours that were met, with our row and what they are part of; the others as the file calls them."""
    ours = {row["group"]: row for row in foreign.curated("groups")}
    cells = [event[side] for event in events for side in ("side_a", "side_b")]
    cells += [figure[column] for figure in figures for column in ("group", "inflicted_by")]
    met = {key for cell in cells for key in cell.split(";") if key}
    known = met & ours.keys()
    while above := {ours[key]["part_of"] for key in known} - known - {""}:
        known |= above
    assert [row["group"] for row in found] == sorted(known | met)
    assert {row["group"]: row for row in found if row["group"] in ours} == {key: ours[key] for key in known}
    others = [row for row in found if row["group"] not in ours]
    assert [(row["group"], _aliased(row, "group")[0]) for row in others] == [
        (row["group"], _aliased(row, "group")[0]) for row in foreign_ones
    ]
    for row in others:
        assert [row[column] for column in ("kind", "camp", "part_of", "summary", "sources")] == [""] * 5


@pytest.mark.parametrize("name", NAMES)
def test_each_layout_becomes_the_tables_worked_out_by_hand(name: str) -> None:
    assert_as_expected(foreign.whole(FOLDER / f"{name}.csv"), name)


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_keep_the_declared_order(name: str) -> None:
    found = foreign.whole(FOLDER / f"{name}.csv")
    assert found["events"] == sorted(found["events"], key=lambda e: (e["date_start"], e["date_end"], e["event_id"]))
    for table, key in (("casualties", "casualty_id"), ("places", "place"), ("groups", "group"), ("documents", "document")):  # fmt: skip
        keys = [row[key] for row in found[table]]
        assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_read_skipped_or_repeated(name: str) -> None:
    found = foreign.counts(load(FOLDER / f"{name}.csv"))
    assert tuple(found.values()) == COUNTS[name]
    assert found["records"] == found["read"] + found["skipped"] + found["repeated"]


@pytest.mark.parametrize("name", NAMES)
def test_every_id_is_one_of_the_file(name: str) -> None:
    file = raw(name).decode("utf-8")
    ids = [row["event_id"] for row in foreign.whole(FOLDER / f"{name}.csv")["events"]]
    assert len(ids) == len(set(ids)) == COUNTS[name][1]
    assert all(re.search(rf"(?m)(^|,){re.escape(id)},", file) for id in ids)


# Containers and names of files


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "."), data)
    return out.getvalue()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("contain", [foreign.gz, foreign.zipped])
def test_packed_files(tmp_path: Path, name: str, contain: Callable[[Path, bytes], Path]) -> None:
    assert_as_expected(foreign.whole(contain(tmp_path / "conflict_data_mli", raw(name))), name)


@pytest.mark.parametrize("name", WITH_HEADER)
def test_workbooks_with_the_table_on_the_second_sheet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    assert_as_expected(foreign.whole(foreign.workbook(tmp_path / "conflict_data_mli", foreign.records(name))), name)


@pytest.mark.parametrize("name", WITH_HEADER)
def test_parquet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    rows = foreign.records(name)
    if name == "ucdp_hdx":
        del rows[1]  # tags are a row of CSV files
    assert_as_expected(foreign.whole(foreign.parquet(tmp_path / "conflict_data_mli", rows)), name)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("ucdp_hdx", "conflict_data_mli.csv"),
        ("acled_a3", "conflict_data_mli.csv"),
        ("ucdp_u1", "1997-01-01-1999-12-31-Mali.CSV"),  # it has other years, too
        ("acled_a1", "GEDEvent_v25_1.csv"),
        ("un_fatalities", "acled.csv"),
        (HEADLESS, "MINUSMA"),
    ],
)
def test_a_format_is_known_by_its_columns_whatever_the_name(tmp_path: Path, name: str, called: str) -> None:
    assert_as_expected(foreign.whole(foreign.store(tmp_path / called, raw(name))), name)


@pytest.mark.parametrize("suffix", [".zip", ".xlsx", ".parquet", ".csv.gz", ".txt", ""])
def test_a_container_is_known_by_its_bytes_whatever_the_suffix(tmp_path: Path, suffix: str) -> None:
    for at, data in enumerate((raw("acled_a3"), gzip.compress(raw("acled_a3")), archive(one__csv=raw("acled_a3")))):
        assert_as_expected(foreign.whole(foreign.store(tmp_path / f"{at}{suffix}", data)), "acled_a3")


NUMBERS = {"time_precision", "geo_precision", "fatalities", "year", "iso", "timestamp", "latitude", "longitude"}


def _typed_rows(name: str, number: Callable[[str], Any]) -> list[list[Any]]:
    """The records with dates as dates and numbers as numbers, as a program writes them that knows types."""
    header, *rest = foreign.records(name)

    def typed(column: str, cell: str) -> Any:
        if column == "event_date":
            return datetime.date.fromisoformat(cell)
        return None if cell == "" else number(cell) if column in NUMBERS else cell

    return [header, *([typed(column, cell) for column, cell in zip(header, row, strict=True)] for row in rest)]


@pytest.mark.parametrize("name", ["acled_a3", "acled_a4", "acled_monadic"])
def test_dates_and_numbers_of_workbooks(tmp_path: Path, name: str) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    rows = _typed_rows(name, float)
    for row in rows[1:]:
        row[1] = datetime.datetime.combine(row[1], datetime.time())
    assert_as_expected(foreign.whole(foreign.workbook(tmp_path / "typed", rows)), name)


@pytest.mark.parametrize("name", ["acled_a3", "acled_a4", "acled_monadic"])
def test_dates_and_numbers_of_parquet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    types = dict.fromkeys(NUMBERS, "BIGINT") | {"latitude": "DOUBLE", "longitude": "DOUBLE", "event_date": "DATE"}
    rows = _typed_rows(name, float)
    assert_as_expected(foreign.whole(foreign.parquet(tmp_path / "typed", rows, types)), name)


# Quirks that are survived


def rewritten(rows: Callable[[list[list[str]]], Any], **dialect: Any) -> Change:
    """A change of the records, the header first, which may also be written in another way."""
    return lambda data: written(rows(parsed(data)), **dialect)


def header(change: Callable[[str], str]) -> Change:
    return rewritten(lambda rows: [[change(column) for column in rows[0]], *rows[1:]])


def of_columns(names: str, change: Callable[[str], str]) -> Change:
    """A change of every cell of some columns."""

    def rows(rows: list[list[str]]) -> Iterator[list[str]]:
        at = [i for i, column in enumerate(rows[0]) if column.lower() in names.split()]
        assert at
        yield rows[0]
        for row in rows[1:]:
            yield [change(cell) if i in at else cell for i, cell in enumerate(row)]

    return rewritten(rows)


def alphabetical(rows: list[list[str]]) -> list[list[str]]:
    order = sorted(range(len(rows[0])), key=lambda i: rows[0][i].lower())
    return [[row[i] for i in order] for row in rows]


def tagged(rows: list[list[str]]) -> list[list[str]]:
    tags = {"event_date": "#date+occurred", "fatalities": "#affected+killed", "date_start": "#date+start", "best": "#affected+killed"}  # fmt: skip
    return [rows[0], [tags.get(column, "") for column in rows[0]], *rows[1:]]


def half_quoted(data: bytes) -> bytes:
    """Blanks of one column are `""` in one record and nothing in the next; so are other cells quoted or not."""
    lines = []
    for at, row in enumerate(parsed(data)):
        lines.append(written([row], quoting=csv.QUOTE_ALL if at % 2 else csv.QUOTE_MINIMAL))
    assert b',"",' in b"".join(lines)
    assert b",,," in b"".join(lines)
    return b"".join(lines)


SURVIVED: list[tuple[str, str, Change]] = [
    *((f"a byte-order mark, {name}", name, lambda data: b"\xef\xbb\xbf" + data) for name in NAMES),
    *((f"CRLF, but LF in quotes, {name}", name, rewritten(list, lineterminator="\r\n")) for name in ("acled_a2", "ucdp_u2", HEADLESS)),
    *((f"semicolons, {name}", name, rewritten(list, delimiter=";")) for name in FEW),
    *((f"tabs, {name}", name, rewritten(list, delimiter="\t")) for name in FEW),
    *((f"everything quoted, {name}", name, rewritten(list, quoting=csv.QUOTE_ALL)) for name in FEW),
    *((f"half quoted, {name}", name, half_quoted) for name in FEW),
    *((f"columns in alphabetical order, {name}", name, rewritten(alphabetical)) for name in WITH_HEADER),
    *((f"upper case, {name}", name, header(str.upper)) for name in WITH_HEADER if name != "acled_a0"),
    ("lower case", "acled_a0", header(str.lower)),
    *((f"every record twice, {name}", name, rewritten(lambda rows: [rows[0], *(r for row in rows[1:] for r in (row, row))])) for name in WITH_HEADER),
    *((f"an unnamed first column, {name}", name, rewritten(lambda rows: [["", *rows[0]], *([str(at), *row] for at, row in enumerate(rows[1:]))])) for name in WITH_HEADER if name != "ucdp_hdx"),
    *((f"seven unnamed last columns, {name}", name, rewritten(lambda rows: [row + [""] * 7 for row in rows])) for name in WITH_HEADER),
    ("a row of tags, acled_a3", "acled_a3", rewritten(tagged)),
    ("a row of tags, acled_a1", "acled_a1", rewritten(tagged)),
    ("a row of tags, ucdp_u2", "ucdp_u2", rewritten(tagged)),
    ("a row of tags after a byte-order mark", "acled_a4", lambda data: b"\xef\xbb\xbf" + rewritten(tagged)(data)),
    ("ally_actor for assoc_actor", "acled_a3", header(lambda column: column.replace("assoc_actor", "ally_actor"))),
    ("assoc_actor for ally_actor", "acled_a0", header(lambda column: column.replace("ALLY_ACTOR", "ASSOC_ACTOR"))),
    ("geo_precis of a shapefile", "acled_a0", header(lambda column: column.replace("GEO_PRECISION", "GEO_PRECIS"))),
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
    ("data_id of another download", "acled_a1", of_columns("data_id", lambda cell: f"9{cell}")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), [quirk[1:] for quirk in SURVIVED], ids=[quirk[0] for quirk in SURVIVED])
def test_survived(tmp_path: Path, name: str, change: Change) -> None:
    data = change(raw(name))
    assert data != raw(name)
    assert_as_expected(foreign.whole(foreign.store(tmp_path / "quirk.csv", data)), name)


# Every way to write the fifth of March 2023, and that of another century
DATES = {
    "2022-02-23": "%Y-%m-%d",
    "23 February 2022": "%d %B %Y",
    "23 Feb 2022": "%d %b %Y",
    "23-Feb-22": "%d-%b-%y",
    "23-February-2022": "%d-%B-%Y",
    "23/02/2022": "%d/%m/%Y",
    "2022-02-23 00:00:00.000": "%Y-%m-%d 00:00:00.000",
    "2022-02-23T00:00:00": "%Y-%m-%dT00:00:00",
}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def formatted(day: datetime.date, form: str) -> str:
    """strftime with English names, whatever the locale."""
    month = MONTHS[day.month - 1]
    return day.strftime(form.replace("%B", month).replace("%b", month[:3]))


POSITIONS = [("acled_a3", "event_date"), ("acled_a4", "event_date"), ("ucdp_u1", "date_start date_end"), ("un_fatalities", "incident_date")]  # fmt: skip


@pytest.mark.parametrize("form", DATES.values(), ids=DATES)
@pytest.mark.parametrize(("name", "columns"), POSITIONS)
def test_every_form_of_a_date(tmp_path: Path, name: str, columns: str, form: str) -> None:
    data = of_columns(columns, lambda cell: formatted(datetime.date.fromisoformat(cell), form))(raw(name))
    assert_as_expected(foreign.whole(foreign.store(tmp_path / "dates.csv", data)), name)


@pytest.mark.parametrize("name", ["acled_a1", "acled_a2"])
def test_a_day_below_ten_may_be_one_digit(tmp_path: Path, name: str) -> None:
    data = of_columns("event_date", lambda cell: cell.removeprefix("0"))(raw(name))
    assert_as_expected(foreign.whole(foreign.store(tmp_path / "dates.csv", data)), name)


@pytest.mark.parametrize(
    ("written_so", "day"),
    [
        ("25-Aug-03", "2003-08-25"),
        ("12-Jun-97", "1997-06-12"),
        ("05/04/2012", "2012-04-05"),
        ("29/02/2012", "2012-02-29"),
        ("01 May 2025", "2025-05-01"),
        ("31-December-2018", "2018-12-31"),
    ],
)
def test_dates_are_read_day_first_and_in_their_century(tmp_path: Path, written_so: str, day: str) -> None:
    path = foreign.store(tmp_path / "dates.csv", edited("acled_a3", where("MLI9306", event_date=written_so)))
    [event] = [event for event in foreign.whole(path)["events"] if event["event_id"] == "MLI9306"]
    assert (event["date_start"], event["date_end"], event["date_precision"]) == (day, day, "day")


def test_month_names_are_english_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = shutil.which("localedef")
    if not maker:
        pytest.skip("no localedef on this machine to make a French locale")
    made = subprocess.run([maker, "-i", "fr_FR", "-f", "UTF-8", tmp_path / "fr_FR.UTF-8"], capture_output=True, check=False)  # fmt: skip
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "fr_FR.UTF-8")
    except locale.Error:
        pytest.skip(f"no French locale on this machine: {made.stderr!r}")
    try:
        assert datetime.date(2012, 2, 1).strftime("%B") == "février"
        for name in ("acled_a1", "acled_a2"):
            assert_as_expected(foreign.whole(FOLDER / f"{name}.csv"), name)
    finally:
        monkeypatch.undo()
        locale.setlocale(locale.LC_ALL, before)


@pytest.mark.parametrize("size", [5_001, 131_073, 400_000])
@pytest.mark.parametrize(("name", "column"), [("acled_a2", "notes"), ("ucdp_u1", "source_headline")])
def test_long_fields(tmp_path: Path, name: str, column: str, size: int) -> None:
    """Over 5,000 characters, and over what the csv module takes by itself."""
    long = 'Invented: "so it goes", on and on; ' * (size // 34 + 1)

    def change(cell: str) -> str:
        return cell.replace("Invented: a fight in the far east.", long).replace("Invented quarrel", long, 1)

    ours = {"MLI9206", "910103"}
    data = edited(name, lambda row: row.get("event_id_cnty", row.get("id")) in ours and row.update({column: long}))
    found = foreign.whole(foreign.store(tmp_path / "long.csv", data))
    [event] = [event for event in found["events"] if event["event_id"] in ours]
    assert event["summary"].strip() == long.strip()
    event["summary"] = change(event["summary"]).replace(event["summary"], "Invented: a fight in the far east." if name == "acled_a2" else "Invented quarrel")  # fmt: skip
    assert_as_expected(found, name)


def test_newlines_tabs_and_brackets_stay_in_a_field() -> None:
    [event] = [event for event in foreign.whole(FOLDER / "acled_a2.csv")["events"] if event["event_id"] == "MLI9201"]
    assert "\n" in event["summary"]
    assert "\t" in event["summary"]
    assert "[size=no report]" in event["summary"]


def test_carriage_returns_in_quotes_stay(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "cr.csv", edited("acled_a3", where("MLI9304", notes="one\rtwo\r\nthree\n")))
    [event] = [event for event in foreign.whole(path)["events"] if event["event_id"] == "MLI9304"]
    assert event["summary"].strip() == "one\rtwo\r\nthree"


@pytest.mark.parametrize("id", ["007", "0090", "1e5", "MLI-9"])
def test_ids_are_text(tmp_path: Path, id: str) -> None:
    for name, key, first in (("acled_a3", "event_id_cnty", "MLI9301"), ("ucdp_u1", "id", "910101"), ("un_fatalities", "casualty_id", "MINUSMA-2013-08-90001")):  # fmt: skip
        path = foreign.store(tmp_path / f"{name}.csv", edited(name, where(first, **{key: id})))
        found = foreign.whole(path)
        assert id in [event["event_id"] for event in found["events"]]
        assert f"{id}/1" in [figure["casualty_id"] for figure in found["casualties"]]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    for name in WITH_HEADER:
        path = foreign.store(tmp_path / f"{name}.csv", written(foreign.records(name)[: 2 if name == "ucdp_hdx" else 1]))
        assert set(foreign.counts(load(path)).values()) == {0}
        assert foreign.whole(path)["events"] == []


# Quirks that are refused


def without_column(column: str) -> Change:
    def rows(rows: list[list[str]]) -> list[list[str]]:
        at = [name.lower() for name in rows[0]].index(column)
        return [row[:at] + row[at + 1 :] for row in rows]

    return rewritten(rows)


def record(number: int, change: Callable[[list[str]], list[str]]) -> Change:
    return rewritten(lambda rows: [change(row) if at == number else row for at, row in enumerate(rows)])


def line(number: int, change: Callable[[bytes], bytes]) -> Change:
    """A change of one line of a look-alike whose records are lines, the header being line 0."""

    def lines(data: bytes) -> bytes:
        found = data.splitlines(keepends=True)
        found[number] = change(found[number])
        return b"".join(found)

    return lines


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>\n<p>You need to sign in, or sign up.</p>\n</body></html>\n"

# What is wrong, the look-alike, the change, the suffix, and what the message must tell
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
    ("UTF-16", "acled_a3", lambda data: data.decode("utf-8").encode("utf-16"), ".csv", "UTF-16|UTF-8|NUL"),
    ("UTF-16 without a mark", "acled_a3", lambda data: data.decode("utf-8").encode("utf-16-le"), ".csv", "UTF-16|UTF-8|NUL"),
    ("columns of no format", "acled_a3", lambda data: b"name,age\nAda,36\n", ".csv", ""),
    ("a column that is missing", "acled_a3", without_column("fatalities"), ".csv", "fatalities"),
    ("a column that is missing in UCDP", "ucdp_u1", without_column("date_prec"), ".csv", "date_prec"),
    ("a column that is missing in the UN's", "un_fatalities", without_column("type_of_incident"), ".csv", "type_of_incident"),
    ("a column that stands twice", "acled_a3", header(lambda column: {"tags": "notes"}.get(column, column)), ".csv", "notes"),
    ("no header and no 49 columns", "ucdp_u1", lambda data: data.partition(b"\n")[2], ".csv", ""),
    ("no header in ACLED", "acled_a3", lambda data: data.partition(b"\n")[2], ".csv", ""),
    ("no header and 48 columns", HEADLESS, rewritten(lambda rows: [row[:-1] for row in rows]), ".csv", ""),
    ("carriage returns for line ends", "acled_a3", lambda data: data.replace(b"\n", b"\r"), ".csv", ""),
    ("a carriage return in a field", "acled_a3", lambda data: data.replace(b"at dawn", b"at\rdawn").replace(b'""', b"'").replace(b'"', b""), ".csv", ""),
    ("a picture", "acled_a3", lambda data: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", ".csv", ""),
    ("JSON", "acled_a3", lambda data: b'{"Result": [{"id": 1}], "TotalCount": 1}', ".csv", ""),
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


@pytest.mark.parametrize(("name", "change", "suffix", "told"), [q[1:] for q in REFUSED], ids=[q[0] for q in REFUSED])
def test_refused(tmp_path: Path, name: str, change: Change, suffix: str, told: str) -> None:
    data = change(raw(name))
    assert data != raw(name) or suffix != ".csv"
    path = foreign.store(tmp_path / f"quirk{suffix}", data)
    with pytest.raises(DataError) as refusal:
        load(path).table("events")
    message = str(refusal.value)
    assert message.startswith(str(path))
    assert re.search(told, message), message
    assert "\n" not in message
    assert message.endswith(".")
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (record(9, lambda row: row[:-1]), "record 9"),
        (record(3, lambda row: [*row, "more"]), "record 3"),
        (record(3, lambda row: ["", *row]), "record 3"),
        (lambda data: data.replace(b"a wheel finds", b"a wheel, finds"), "record 3"),
    ],
    ids=["a field too few", "a field too many", "a field too many, first", "a comma that nobody quoted"],
)
def test_what_is_refused_is_refused_by_every_question(tmp_path: Path, change: Change, told: str) -> None:
    """Also where a filter does not ask for the faulty record."""
    path = foreign.store(tmp_path / "quirk.csv", change(raw("acled_a3")))
    answered = []
    for question, criteria in (
        *(("events", {}), ("casualties", {}), ("groups", {}), ("places", {}), ("sources", {})),
        *(("events", {name: value}) for name, value in (("actor", "Wagner Group"), ("since", "2023-08"), ("text", "market"))),
        *(("events", {name: value}) for name, value in (("place", "Ber"), ("type", "Riots"), ("where", "Burkina Faso"))),
    ):  # fmt: skip
        message = ""
        try:
            getattr(load(path), question)(**criteria)
        except DataError as refusal:
            message = str(refusal)
        if told not in message:
            answered.append((question, criteria))
    assert answered == []


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    path = foreign.workbook(tmp_path / "notes", [["name", "age"], ["Ada", 36]])
    with pytest.raises(DataError, match=re.escape(str(path))):
        load(path).table("events")


@pytest.mark.parametrize("name", ["acled_a3", "ucdp_u2"])
def test_a_column_of_somebody_else_is_told(tmp_path: Path, name: str) -> None:
    path = foreign.store(tmp_path / "more.csv", rewritten(lambda rows: [["mine", *row] for row in rows])(raw(name)))
    dataset = load(path)
    assert_as_expected(foreign.whole(path), name)
    dataset.table("events")
    assert dataset.backend.notes[-1].endswith("does not have are not read: mine.")


def test_a_comma_too_many_at_the_end_of_a_record_is_no_field(tmp_path: Path) -> None:
    for number in (3, 9):
        path = foreign.store(tmp_path / f"{number}.csv", record(number, lambda row: [*row, ""])(raw("acled_a3")))
        assert_as_expected(foreign.whole(path), "acled_a3")
        assert list(load(path).events(actor="Wagner Group")["event_id"]) == ["MLI9301"]


# Records that are skipped

SKIPPED = [
    ("acled_a3", "MLI9304", "event_id_cnty", ""),
    ("acled_a3", "MLI9304", "event_id_cnty", "  "),
    ("acled_a3", "MLI9304", "event_date", ""),
    ("acled_a3", "MLI9304", "event_date", "2023-02-30"),
    ("acled_a3", "MLI9304", "event_date", "03/31/2023"),
    ("acled_a3", "MLI9304", "event_date", "31/04/2023"),
    ("acled_a3", "MLI9304", "event_date", "in spring"),
    ("acled_a3", "MLI9304", "event_date", "3 mars 2023"),
    ("acled_a3", "MLI9304", "event_date", "20230303"),
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
    ("acled_a3", "MLI9304", "longitude", "nan"),
    ("acled_a0", "9005MLI", "FATALITIES", "a dozen"),
    ("acled_a0", "9005MLI", "EVENT_DATE", "04/13/2012"),
    ("acled_a0", "9005MLI", "TIME_PRECISION", "0"),
    ("ucdp_u2", "920104", "id", ""),
    ("ucdp_u2", "920104", "date_start", "2017"),
    ("ucdp_u2", "920104", "date_end", "soon"),
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
]


@pytest.mark.parametrize(("name", "id", "column", "cell"), SKIPPED)
def test_a_record_that_cannot_be_read_is_skipped_and_told(
    tmp_path: Path, name: str, id: str, column: str, cell: str
) -> None:
    path = foreign.store(tmp_path / "skips.csv", edited(name, where(id, **{column: cell})))
    whole = load(path)
    records, read, skipped, repeated, merged = foreign.counts(whole).values()
    assert (records, read, skipped, repeated, merged) == (COUNTS[name][0], COUNTS[name][1] - 1, 1, *COUNTS[name][3:])
    wanted = [row for row in foreign.expected(name, "events") if row["event_id"] != id]
    assert foreign.rendered(whole, "events") == wanted
    key = {"acled_a3": "event_id_cnty", "acled_a0": "EVENT_ID_CNTY", "ucdp_u2": "id", "un_fatalities": "casualty_id"}[name]  # fmt: skip
    header, *rest = foreign.records(name)
    number = [row[header.index(key)] for row in rest].index(id) + 1
    [note] = [note for note in load(path).answer("events").notes if "skipped" in note]
    assert str(path) in note
    assert "1 skipped" in note
    assert f"record {number}," in note
    assert column.lower() in note.lower()
    assert "\n" not in note


def test_many_skipped_records_are_counted_and_the_first_told(tmp_path: Path) -> None:
    def change(row: Row) -> None:
        if row["event_id_cnty"] != "MLI9301":
            row["event_date"] = "soon"

    path = foreign.store(tmp_path / "skips.csv", edited("acled_a3", change))
    [note] = [note for note in load(path).answer("events").notes if "skipped" in note]
    assert "9 records" in note
    assert "1 read" in note
    assert "8 skipped" in note
    assert "record 2," in note
    assert "soon" in note
    assert foreign.counts(load(path)) == {"records": 9, "read": 1, "skipped": 8, "repeated": 0, "merged": 0}


def test_an_unknown_type_is_left_blank_and_told() -> None:
    notes = load(FOLDER / "acled_a0.csv").answer("events").notes
    [note] = [note for note in notes if "Trade dispute" in note]
    assert "blank" in note


@pytest.mark.parametrize("name", NAMES)
def test_the_closing_line_counts_the_records(name: str) -> None:
    path = FOLDER / f"{name}.csv"
    records, read, _, repeated, merged = COUNTS[name]
    [note] = [note for note in load(path).answer("events").notes if f"{records} records" in note]
    assert note.startswith(str(path))
    assert f"{read} read" in note
    assert "skipped" not in note
    assert (f"{repeated} repeated" in note) == bool(repeated)
    assert ("merged" in note) == bool(merged)


# Repeats and monadic files


def test_sums_of_a_monadic_file_are_those_of_the_dyadic_one() -> None:
    one, other = (load(FOLDER / f"{name}.csv") for name in ("acled_a3", "acled_monadic"))
    for by in ("year,actor", "place", "event_type", "event", "according_to"):
        sums = other.casualties(by=by)
        assert sums.equals(one.casualties(by=by)), by
    assert int(one.casualties(by="according_to")["killed_best"].sum()) == 14 + 6 + 1 + 2 + 21
    assert other.events().equals(one.events())
    assert other.events(by="actor").equals(one.events(by="actor"))


def test_the_latest_telling_stands_wherever_it_is(tmp_path: Path) -> None:
    for name in ("acled_a1", "acled_a2"):
        head, *rest = foreign.records(name)
        for at in range(1, len(rest)):
            rows = [head, *rest[at:], *rest[:at]]
            found = foreign.rendered(load(foreign.store(tmp_path / "turned.csv", written(rows))), "events")
            # Of those that are equally late the first stands, and that is another one now.
            assert [event for event in found if event["event_id"] != "MLI9103"] == [
                event for event in foreign.expected(name, "events") if event["event_id"] != "MLI9103"
            ]


def test_what_was_corrected_is_never_found() -> None:
    """Names, words and days that only an earlier telling has."""
    for name, actor in (("acled_a1", "Red Camel Brigade"), ("acled_a2", "Blue Veil Column")):
        assert actor in raw(name).decode("utf-8")
        assert actor not in list(load(FOLDER / f"{name}.csv").groups()["group"])
        try:
            found = load(FOLDER / f"{name}.csv").events(actor=actor)
        except MaliError:
            continue
        assert found.empty


def test_places_of_one_name_are_told_apart_by_region_and_where_need_be_by_point(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "apart.csv", edited("acled_a1", where("MLI9108", latitude="14.2")))
    found = foreign.whole(path)
    assert {place["place"]: place["aliases"] for place in found["places"] if "Koro" in place["place"]} == {
        "Koro (Mopti, 14.07 -3.08)": "Koro",
        "Koro (Mopti, 14.2 -3.08)": "Koro",
        "Koro (Segou)": "Koro",
    }
    assert {event["event_id"]: event["place"] for event in found["events"] if "Koro" in event["place"]} == {
        "MLI9101": "Koro (Mopti, 14.07 -3.08)",
        "MLI9102": "Koro (Segou)",
        "MLI9108": "Koro (Mopti, 14.2 -3.08)",
    }


def test_two_spellings_of_a_region_make_one_place(tmp_path: Path) -> None:
    """A place is known by country, region, location and point."""
    path = foreign.store(tmp_path / "spelt.csv", edited("acled_a1", where("MLI9107", admin1="Timbuktu")))
    assert_as_expected(foreign.whole(path), "acled_a1")


def test_a_cercle_is_not_its_town(tmp_path: Path) -> None:
    """Of UCDP's words at the end only town, village and city are set aside."""
    for ending, known in ((" town", True), (" village", True), (" city", True), (" cercle", False), (" district", False)):  # fmt: skip
        data = edited("ucdp_u1", where("910106", where_coordinates=f"Douentza{ending}"))
        places = foreign.rendered(load(foreign.store(tmp_path / "cercle.csv", data)), "places")
        [place] = [place for place in places if place["place"] == f"Douentza{ending}"]
        assert (place["aliases"] == "Douentza") == known, place


def test_another_number_of_dead_is_a_second_figure_and_no_sum() -> None:
    sums = load(FOLDER / "acled_a1.csv").casualties(by="event")
    [row] = [row for _, row in sums.iterrows() if row["event"] == "MLI9103"]
    assert (row["killed_low"], row["killed_best"], row["killed_high"]) == (4, 4, 6)


def test_a_later_telling_that_cannot_be_read_is_skipped(tmp_path: Path) -> None:
    """The record that would stand is broken: it is told of, and what can be read stands."""
    data = of_columns("event_date", lambda cell: "soon" if cell == "19 June 2020" else cell)(raw("acled_a2"))
    dataset = load(foreign.store(tmp_path / "later.csv", data))
    [event] = [event for event in foreign.rendered(dataset, "events") if event["event_id"] == "MLI9205"]
    assert event["side_a"] == "Blue Veil Column"
    assert foreign.counts(dataset) == {"records": 10, "read": 9, "skipped": 1, "repeated": 0, "merged": 0}


# Filters, applied while reading or afterwards

# File, question, and the ids of the answer in their order
ASKED: list[tuple[str, dict[str, Any], str]] = [
    ("acled_a0", {"actor": "MUJAO"}, "9003MLI"),
    ("acled_a0", {"actor": "MOJWA"}, "9003MLI"),
    ("acled_a0", {"actor": "MUJAO: Movement for Unity and Jihad in West Africa"}, "9003MLI"),
    ("acled_a0", {"actor": "mouvement pour l’unicité et le jihad en afrique de l'ouest"}, "9003MLI"),
    ("acled_a0", {"actor": "France"}, "9003MLI"),
    ("acled_a0", {"actor": "Mali"}, "9001MLI 9002MLI 9003MLI 9005MLI"),
    ("acled_a0", {"actor": "Mutineers"}, "9002MLI"),
    ("acled_a0", {"actor": ["AQIM", "MAA"]}, "9003MLI 9012MLI"),
    ("acled_a0", {"actor": "Songhai Riders (Mali)"}, "9006MLI"),
    ("acled_a0", {"actor": "songhai riders (mali)"}, "9006MLI"),
    ("acled_a0", {"actor": "Police Forces of Niger"}, "9013NIR"),
    ("acled_a0", {"actor": "Police Forces of Niger (1999-2015)"}, "9013NIR"),
    ("acled_a0", {"actor": "Dan Na Ambassagou"}, ""),
    ("acled_a0", {"actor": "MNLA", "against": "Mali"}, "9001MLI"),
    ("acled_a0", {"actor": "MNLA", "against": "MAA"}, "9012MLI"),
    ("acled_a0", {"since": "2012-03-31", "until": "2012-04-01"}, "9003MLI 9005MLI"),
    ("acled_a0", {"since": "2012-03-31", "until": "2012-04-01", "dates": "certain"}, "9005MLI"),
    ("acled_a0", {"on": "2012-02-07"}, "9002MLI"),
    ("acled_a0", {"on": "2012-02-13"}, "9002MLI"),
    ("acled_a0", {"on": "2012-02-14"}, ""),
    ("acled_a0", {"until": "2012-02-07"}, "9001MLI 9002MLI"),
    ("acled_a0", {"since": "2013-06-02"}, "9012MLI 9013NIR"),
    ("acled_a0", {"place": "Tombouctou"}, "9005MLI"),
    ("acled_a0", {"place": "Gao (Gao, 16.3 -0.1)"}, "9007MLI"),
    ("acled_a0", {"place": ["Diré", "KIDAL"]}, "9006MLI 9010MLI 9011MLI"),
    ("acled_a0", {"region": "Gao"}, "9003MLI 9007MLI 9008MLI 9009MLI"),
    ("acled_a0", {"region": "Tombouctou region"}, "9005MLI 9006MLI 9012MLI"),
    ("acled_a0", {"region": "Gao", "actor": "Civilians"}, "9007MLI 9008MLI"),
    ("acled_a0", {"where": "Niger"}, "9013NIR"),
    ("acled_a0", {"country": "niger"}, "9013NIR"),
    ("acled_a0", {"type": "Riots"}, "9009MLI"),
    ("acled_a0", {"type": "Explosions/Remote violence"}, "9007MLI"),
    ("acled_a0", {"type": ["Armed clash", "Protests"]}, "9002MLI 9010MLI"),
    ("acled_a0", {"text": "WELL post"}, "9001MLI"),
    ("acled_a0", {"text": ["school", "office"]}, "9009MLI 9010MLI"),
    ("acled_a0", {"near": "Kidal:10"}, "9010MLI 9011MLI"),
    ("acled_a0", {"near": "Kidal:130"}, "9001MLI 9010MLI 9011MLI"),
    ("acled_a0", {"min_killed": 3}, "9001MLI 9007MLI 9012MLI"),
    ("acled_a0", {"max_killed": 1}, "9008MLI"),
    ("acled_a0", {"source": "Radio Sable"}, "9004MLI 9003MLI 9005MLI 9006MLI 9013NIR"),
    ("acled_a0", {"source": "radio sable", "since": "2013"}, "9013NIR"),
    ("acled_a0", {"basis": "reported", "until": "2012-01"}, "9001MLI"),
    ("acled_a1", {"actor": "EIGS"}, "MLI9103 MLI9105"),
    ("acled_a1", {"actor": "Operation Barkhane"}, "MLI9105"),
    ("acled_a1", {"on": "2019-01-02"}, "MLI9108"),
    ("acled_a1", {"on": "2018-12-28"}, "MLI9108"),
    ("acled_a1", {"since": "2019-01-04", "until": "2019-02-14"}, "MLI9104"),
    ("acled_a1", {"on": "2019-02-17"}, "MLI9104"),
    ("acled_a1", {"text": "withdrawn"}, ""),
    ("acled_a1", {"text": "stands"}, "MLI9104"),
    ("acled_a1", {"min_killed": 5}, "MLI9101"),
    ("acled_a1", {"min_killed": 4}, "MLI9101 MLI9103"),
    ("acled_a1", {"max_killed": 4}, "MLI9102 MLI9104 MLI9103"),
    ("acled_a1", {"place": "Koro (Segou)"}, "MLI9102"),
    ("acled_a1", {"region": "Segou"}, "MLI9102"),
    ("acled_a1", {"region": "Ménaka", "actor": "MSA"}, "MLI9103"),
    ("acled_a1", {"where": "Niger"}, ""),
    ("acled_a2", {"on": "2020-06-20"}, "MLI9205"),
    ("acled_a2", {"since": "2020-06-22"}, "MLI9205 MLI9207 MLI9208 MLI9209"),
    ("acled_a2", {"text": "believed"}, ""),
    ("acled_a2", {"actor": "FLM"}, "MLI9205"),
    ("acled_a2", {"actor": "Malian Armed Forces", "min_killed": 10}, "MLI9205"),
    ("acled_a2", {"min_killed": 11}, ""),
    ("acled_a2", {"actor": "Military Forces of Senegal (2012-)"}, "MLI9208 MLI9209"),
    ("acled_a2", {"place": "Konna, Old Port"}, "MLI9201"),
    ("acled_a2", {"place": "Intahaka mine"}, "MLI9205"),
    ("acled_a2", {"type": "Armed clash"}, "MLI9206"),
    ("acled_a2", {"source": "Dune Gazette"}, "MLI9201 MLI9205"),
    ("acled_a3", {"region": "Sahel"}, "BFO9308"),
    ("acled_a3", {"where": ["Mali"], "actor": "JNIM"}, "MLI9301"),
    ("acled_a3", {"type": ["Protests", "Mob violence"]}, "MLI9304 MLI9305"),
    ("acled_a3", {"place": "Koro (Mopti)"}, "MLI9305 MLI9309"),
    ("acled_a3", {"near": "Koro (Mopti):400"}, "MLI9305 MLI9307 BFO9308 MLI9309 MLI9301"),
    ("acled_a3", {"on": "2023-02-28"}, "MLI9303"),
    ("acled_a3", {"text": "communique"}, "MLI9306"),
    ("acled_a3", {"min_killed": 10, "where": "Mali"}, "MLI9301"),
    ("acled_monadic", {"actor": "Civilians"}, "MLI9305 MLI9307 MLI9309 MLI9302"),
    ("acled_monadic", {"actor": "Wagner"}, "MLI9301"),
    ("acled_monadic", {"actor": "JNIM"}, "BFO9308 MLI9301"),
    ("acled_monadic", {"actor": "Farmers (Mali)"}, "MLI9302"),
    ("acled_monadic", {"actor": "Civilians", "against": "ISGS"}, "MLI9302"),
    ("acled_monadic", {"actor": "Malian Armed Forces", "against": "JNIM"}, "MLI9301"),
    ("acled_monadic", {"actor": "Civilians", "min_killed": 2}, "MLI9307 MLI9302"),
    ("acled_a4", {"actor": "Burkina Faso"}, ""),
    ("acled_a4", {"actor": "ISGS"}, "MLI9407"),
    ("acled_a4", {"actor": "Malian Armed Forces"}, "MLI9401 MLI9407"),
    ("acled_a4", {"actor": "Police Forces of Niger Gendarmerie"}, "BFO9403"),
    ("acled_a4", {"actor": "Military Forces of Burkina Faso (2016-2022)"}, "BFO9403 TOG9404"),
    ("acled_a4", {"where": "Côte d'Ivoire"}, "CIV9405"),
    ("acled_a4", {"on": "2024-08-02"}, "MLI9402 MLI9407 TOG9404"),
    ("acled_a4", {"place": "Kourou (Centre, Togo)"}, "TOG9404"),
    ("acled_a4", {"place": "Tinzawatene"}, "MLI9401"),
    ("acled_a4", {"region": "Centre"}, "BFO9403 TOG9404"),
    ("ucdp_u1", {"actor": "Ganda Izo"}, "910106"),
    ("ucdp_u1", {"actor": "FAMA", "until": "2012"}, "910101"),
    ("ucdp_u1", {"actor": "France"}, "910102"),
    ("ucdp_u1", {"actor": "Al-Mourabitoun"}, "910105"),
    ("ucdp_u1", {"on": "2013-06"}, "910105"),
    ("ucdp_u1", {"on": "2015-04-11"}, "910104"),
    ("ucdp_u1", {"source": '"Radio Sable,2013-02-22,Invented march ends"'}, "910102"),
    ("ucdp_u1", {"actor": "IS"}, "910107"),
    ("ucdp_u1", {"place": "Anefif"}, "910103"),
    ("ucdp_u1", {"place": "Adagh"}, "910102"),
    ("ucdp_u2", {"actor": "IS"}, "920104"),
    ("ucdp_u2", {"actor": "ISGS"}, "920103"),
    ("ucdp_u2", {"actor": "Wagner"}, "920109"),
    ("ucdp_u2", {"actor": "Government of Russia (Soviet Union)"}, "920110"),
    ("ucdp_u2", {"actor": "Civilians"}, "920101 920104 920103 920112"),
    ("ucdp_u2", {"actor": "XXX130"}, "920111"),
    ("ucdp_u2", {"place": "Konna"}, "920101 920111"),
    ("ucdp_u2", {"place": "Timbuktu Region"}, "920109"),
    ("ucdp_u2", {"region": "timbuktu"}, "920109"),
    ("ucdp_u2", {"where": "Syria"}, "920104"),
    ("ucdp_u2", {"min_killed": 9}, "920101 920103 920112"),
    ("ucdp_u2", {"max_killed": 0}, "920110 920107"),
    ("ucdp_u2", {"on": "2018-02", "dates": "certain"}, "920105"),
    ("ucdp_u2", {"on": "2016-07-01"}, "920107"),
    ("ucdp_u2", {"on": "2016-07-01", "dates": "certain"}, ""),
    ("ucdp_u2", {"until": "2017-06-05", "since": "2017-06-05"}, "920104 920103"),
    ("ucdp_u2", {"type": "Violence against civilians", "where": ["Mali", "Niger"]}, "920103 920112"),
    (HEADLESS, {"actor": "FLA"}, "930106"),
    (HEADLESS, {"place": "Zerin village (Herat province)"}, "930102"),
    (HEADLESS, {"since": "2026-07-12", "where": "Mali"}, "930106"),
    (HEADLESS, {"where": "Afghanistan"}, "930101 930102"),
    ("ucdp_hdx", {"actor": "IS"}, "940105"),
    ("ucdp_hdx", {"place": "Gao"}, "940104 940103"),
    ("ucdp_hdx", {"near": "Gao town (Gao region):5"}, "940104 940103"),
    ("un_fatalities", {"actor": "United Nations", "until": "2014-02"}, "MINUSMA-2013-08-90001 MINUSMA-2014-02-90002"),
    ("un_fatalities", {"actor": "UNTSO"}, "UNTSO-2015-05-90005"),
    ("un_fatalities", {"on": "2016"}, "MINUSMA-2016-07-90007"),
    ("un_fatalities", {"text": "guinea"}, ""),
    ("un_fatalities", {"text": "burkina"}, "MINUSMA-2016-07-90007"),
    ("un_fatalities", {"country": "Ivory Coast"}, ""),
    ("un_fatalities", {"min_killed": 1, "since": "2018"}, "MINUSMA-2018-09-90011 MONUSCO-2019-10-90012"),
]


@cache
def everything(name: str) -> pd.DataFrame:
    """All events of a look-alike, read as a whole."""
    dataset = load(FOLDER / f"{name}.csv")
    dataset.table("events")
    return dataset.events()


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways to read: with the csv module or with DuckDB, and either as is done with the largest files."""
    if request.param.startswith("fast"):
        pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    else:
        monkeypatch.setitem(sys.modules, "duckdb", None)
    if request.param.endswith("large"):  # then repeated ids are found in another way
        monkeypatch.setattr(duckdb_filter, "LARGE_FILE_BYTES", 0)
        monkeypatch.setattr(row_filter, "LARGE_FILE_BYTES", 0)
    return str(request.param)


WAYS = [
    *((name, way) for name in NAMES for way in ("base", "fast")),
    *((name, way) for name in ("acled_a2", "acled_monadic") for way in ("base, large", "fast, large")),
]


@pytest.mark.parametrize(("name", "way"), WAYS, indirect=["way"])
def test_a_filter_gives_the_rows_that_the_whole_file_has(name: str, way: str) -> None:
    """A fresh reading for every question, its answer compared with the rows of the whole file."""
    rows = everything(name)
    wrong = []
    for criteria, ids in [(criteria, ids.split()) for of, criteria, ids in ASKED if of == name]:
        if way != "base" and not criteria.keys() - {"text", "source", "min_killed", "max_killed", "basis"}:
            continue  # what cannot be judged while reading is read in the one way only
        found = load(FOLDER / f"{name}.csv").events(**criteria)
        as_whole = rows[rows["event_id"].isin(ids)].reset_index(drop=True)
        if list(found["event_id"]) != ids or not found.astype(object).equals(as_whole.astype(object)):
            wrong.append((criteria, list(found["event_id"]), ids))
    assert wrong == []


FIGURES: list[tuple[str, dict[str, Any], str]] = [
    ("ucdp_u2", {"group": "Malian Armed Forces"}, "920101/2 920106/2"),
    ("ucdp_u2", {"group": "France"}, "920101/2"),
    ("ucdp_u2", {"victims": "civilian"}, "920101/4 920103/4 920104/4 920112/4"),
    ("ucdp_u2", {"inflicted_by": "Mali"}, "920112/4"),
    ("ucdp_u2", {"actor": "XXX130"}, "920111/1 920111/5 920111/6"),
    ("ucdp_u2", {"where": "Ukraine"}, "920110/1"),
    ("acled_a1", {"place": "Menaka"}, "MLI9103/1 MLI9103/2"),
    ("acled_monadic", {"actor": "Wagner Group"}, "MLI9301/1"),
    ("acled_a4", {"since": "2024-08-04", "until": "2024-08-05"}, "MLI9406/1 MLI9407/1"),
    ("un_fatalities", {"country": "Guinea"}, "MINUSMA-2016-07-90007/2"),
    ("un_fatalities", {"country": "Côte d’Ivoire"}, "MINUSMA-2014-02-90002/1 MONUSCO-2019-10-90012/1"),
    ("un_fatalities", {"victims": "police"}, "MINUSMA-2014-02-90002/1"),
    ("un_fatalities", {"group": "UNTSO"}, "UNTSO-2015-05-90005/1"),
]


@pytest.mark.parametrize(("name", "criteria", "ids"), FIGURES, ids=[f"{name} {asked}" for name, asked, _ in FIGURES])
def test_a_filter_of_figures(name: str, criteria: dict[str, Any], ids: str) -> None:
    assert sorted(load(FOLDER / f"{name}.csv").casualties(**criteria)["casualty_id"]) == ids.split()


def test_one_dataset_answers_several_questions_alike() -> None:
    """What one question left out while reading is there for the next."""
    for name in ("acled_a3", "acled_monadic", "ucdp_u2"):
        asked = [(criteria, ids) for of, criteria, ids in ASKED if of == name]
        dataset = load(FOLDER / f"{name}.csv")
        for criteria, ids in [*asked, *reversed(asked)]:
            assert list(dataset.events(**criteria)["event_id"]) == ids.split()
        assert len(dataset.events()) == COUNTS[name][1]
        assert len(dataset.table("events")) == COUNTS[name][1]


@pytest.mark.parametrize(
    ("name", "criteria", "message"),
    [
        ("acled_a0", {"actor": "MLNA"}, "no group is called 'MLNA'. Did you mean .*MNLA"),
        ("acled_a0", {"actor": "Songhai Ridders (Mali)"}, "Did you mean Songhai Riders"),
        ("acled_a0", {"place": "Agelhok"}, "no place is called 'Agelhok'. Did you mean Aguelhok"),
        ("acled_a0", {"place": "Gao"}, r"'Gao' may mean Gao \(Gao, 16.27 -0.04\) or Gao \(Gao, 16.3 -0.1\)"),
        ("acled_a1", {"place": "Koro"}, r"'Koro' may mean Koro \(Mopti\) or Koro \(Segou\)"),
        ("acled_a1", {"region": "Segu"}, "no region is called 'Segu'. Did you mean Ségou"),
        ("acled_a0", {"source": "Radio Sabel"}, "no source is called 'Radio Sabel'. Did you mean Radio Sable"),
        ("ucdp_u2", {"where": "Syriaa"}, "no country is called 'Syriaa'. Did you mean Syria"),
        ("ucdp_u2", {"actor": "XXX131", "since": "1999", "until": "1999"}, "no group is called 'XXX131'. Did you mean XXX130"),
        ("un_fatalities", {"actor": "UNTZO"}, "no group is called 'UNTZO'. Did you mean UNTSO"),
    ],
)  # fmt: skip
def test_an_unknown_or_ambiguous_name_is_an_error(name: str, criteria: dict[str, Any], message: str) -> None:
    with pytest.raises(MaliError, match=message) as refusal:
        load(FOLDER / f"{name}.csv").events(**criteria)
    assert not isinstance(refusal.value, DataError)


# As a user meets it


def test_peacekeepers_by_country(mali: Run) -> None:
    result = mali("casualties", "--data", str(FOLDER / "un_fatalities.csv"), "--by", "country")
    assert result.returncode == 0
    rows = {row["country"]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    killed = {country: row["killed_best"] for country, row in rows.items() if row["killed_best"] not in ("", "0")}
    assert killed == dict.fromkeys(("Burkina Faso", "Chad", "Ivory Coast", "Niger", "Togo"), "1")
    died = {country: row["died_other"] for country, row in rows.items() if row["died_other"] not in ("", "0")}
    assert died == {"France": "1", "Ivory Coast": "1", "Norway": "1", "": "2"}
    assert "12 records" in result.stderr
    assert "10 read" in result.stderr


def test_an_actor_by_our_alias_and_the_data_by_environment(mali: Run) -> None:
    file = str(FOLDER / "acled_a0.csv")
    result = mali("events", "--data", file, "--actor", "MUJAO")
    assert result.returncode == 0
    [event] = csv.DictReader(io.StringIO(result.stdout))
    assert (event["event_id"], event["side_b"], event["killed_best"]) == ("9003MLI", "MUJAO;AQIM", "")
    assert (event["region"], event["country"], event["latitude"]) == ("Gao", "Mali", "16.27")
    closing = [line for line in result.stderr.splitlines() if "records" in line]
    assert len(closing) == 1
    assert "13 records" in closing[0]
    by_environment = mali("events", "--actor", "MUJAO", env={"MALI_DATA": file})
    assert (by_environment.stdout, by_environment.stderr) == (result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("arguments", "name", "told"),
    [
        (["show", "MUJAO"], "acled_a0", "9003MLI"),
        (["show", "9003MLI"], "acled_a0", "soldiers are back near the river"),
        (["show", "Kidal"], "acled_a0", "a sit-in before the office"),
        (["show", "920101"], "ucdp_u2", "by the ferry"),
        (["groups"], "acled_a4", "Police Forces of Niger Gendarmerie"),
        (["places", "--region", "Segou"], "acled_a1", "Koro (Segou),Koro,"),
        (["sources"], "acled_a3", "Dune Gazette"),
        (["sources"], "ucdp_u1", "Invented march ends"),
        (["people"], "acled_a3", "person,"),
        (["relations"], "ucdp_u2", "group,relation,"),
        (["strengths"], "un_fatalities", "group,country,"),
        (["control"], "acled_a2", "place,holder,"),
        (["events", "--by", "year,actor"], "acled_monadic", "2023,JNIM,2,2023-03-07,2023-08-11"),
        (["casualties", "--by", "actor"], "ucdp_u2", "MUJAO"),
    ],
)  # fmt: skip
def test_every_command_answers(arguments: list[str], name: str, told: str) -> None:
    result = CliRunner().invoke(app, [*arguments, "--data", str(FOLDER / f"{name}.csv")], prog_name="mali")
    assert (result.exit_code, result.exception) == (0, None)
    assert told in result.stdout


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("acled_a3", []),
        ("acled_a4", []),
        ("ucdp_u1", []),
        (HEADLESS, []),
        ("acled_a0", [("13", "event_type", "Trade dispute")]),
        ("acled_a2", []),
        ("acled_monadic", []),
        ("un_fatalities", [("8", "casualty_id", "MINUSMA-2016-07-90007"), ("10", "casualty_id", "MINUSMA-2017-08-90009")]),
    ],
)  # fmt: skip
def test_check_tells_what_is_against_the_rules_of_the_format(name: str, faults: list[tuple[str, ...]]) -> None:
    result = CliRunner().invoke(app, ["check", str(FOLDER / f"{name}.csv")], prog_name="mali")
    rows = csv.DictReader(io.StringIO(result.stdout))
    assert [(row["record"], row["column"], row["value"]) for row in rows] == faults
    assert result.exit_code == bool(faults)


def test_check_tells_every_record_that_would_be_skipped(tmp_path: Path) -> None:
    for name, id, column, cell in SKIPPED:
        path = foreign.store(tmp_path / "skips.csv", edited(name, where(id, **{column: cell})))
        faults = load(path).answer("check").frame
        told = {(fault.lower(), str(value).strip()) for fault, value in zip(faults["column"], faults["value"], strict=True)}  # fmt: skip
        assert (column.lower(), cell.strip()) in told, (name, column, cell)


def test_the_format_may_be_said(tmp_path: Path) -> None:
    path = FOLDER / "acled_a3.csv"
    assert foreign.rendered(load(path, format_in="acled"), "events") == foreign.expected("acled_a3", "events")
    with pytest.raises(MaliError, match=r"(?i)ucdp"):
        load(path, format_in="ucdp").table("events")
    with pytest.raises(MaliError, match="acled"):
        load(path, format_in="acleed").table("events")


def test_an_unknown_name_writes_nothing(mali: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    for more in ([], ["--output", str(target)]):
        words = ["events", "--data", str(FOLDER / "acled_monadic.csv"), "--actor", "Farmer (Mali)", *more]
        result = mali(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert re.fullmatch(r"mali: no group is called 'Farmer \(Mali\)'\. Did you mean .*Farmers \(Mali\).*\n", result.stderr)  # fmt: skip
    assert not target.exists()


def test_a_name_that_the_file_lacks_gives_no_rows() -> None:
    words = ["events", "--data", str(FOLDER / "acled_a0.csv"), "--actor", "Dan na Ambassagou"]
    result = CliRunner().invoke(app, words, prog_name="mali")
    assert result.exit_code == 0
    assert result.stdout.startswith("event_id,date_start,")
    assert result.stdout.count("\n") == 1


def test_a_refusal_is_one_line_and_exit_code_one(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "page.csv", PAGE)
    result = CliRunner().invoke(app, ["events", "--data", str(path)], prog_name="mali")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"mali: {path}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("words", ["--actor MU", "--source Du", "--columns event_id,summ"])
def test_completion_beside_a_foreign_file(mali: Run, words: str) -> None:
    line = f"mali events --data {FOLDER / 'acled_a0.csv'} {words}".split()
    given = {"_MALI_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(line), "COMP_CWORD": str(len(line) - 1)}
    result = mali(env=given)
    assert (result.returncode, result.stderr) == (0, "")


# With and without DuckDB

ALIKE: list[tuple[str, str, str, Change]] = [
    *((name, name, ".csv", lambda data: data) for name in NAMES),
    *((what, name, ".csv", change) for what, name, change in SURVIVED if name == "acled_a2"),
    *((what, name, suffix, change) for what, name, change, suffix, _ in REFUSED if suffix == ".csv"),
    *((f"{column} {cell!r}", name, ".csv", lambda _, name=name, id=id, column=column, cell=cell: edited(name, where(id, **{column: cell}))) for name, id, column, cell in SKIPPED[::3]),  # type: ignore[misc]
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "suffix", "change"), [alike[1:] for alike in ALIKE], ids=[alike[0] for alike in ALIKE]
)
def test_the_same_bytes_with_and_without_duckdb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suffix: str, change: Change
) -> None:
    """Both ways tell the same of every look-alike, of all that is survived, skipped and refused."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    path = foreign.store(tmp_path / f"file{suffix}", change(raw(name)))
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    for columns in (None, "event_id,side_a,side_b,summary"):
        fast = _told(path, columns)
        with foreign.without_duckdb():
            assert _told(path, columns) == fast
    # As the largest files are read: then records may be sought by their place.
    for module in (duckdb_filter, row_filter):
        monkeypatch.setattr(module, "LARGE_FILE_BYTES", 0)
    fast = _told(path, columns)
    with foreign.without_duckdb():
        assert _told(path, columns) == fast


def test_a_record_is_found_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large file: behind records of very different length, over several lines, quoted, at the end, named twice."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    header, *rows = records("acled_a4")
    at = {column: header.index(column) for column in ("event_id_cnty", "actor1", "notes", "timestamp")}
    made = []
    for number in range(400):
        row = list(rows[number % len(rows)])
        row[at["event_id_cnty"]] = f"MLI{number}"
        row[at["notes"]] = (f'"{number}"\n' if number % 7 else "x") * (number % 50) * (1 + number // 100 * 9)
        if number % 40 == 39:
            row[at["actor1"]] = "Wagner Group"
        made.append(row)
    for module, name, size in ((duckdb_filter, "DUCKDB_MIN_BYTES", 0), (duckdb_filter, "LARGE_FILE_BYTES", 0), (row_filter, "LARGE_FILE_BYTES", 0), (duckdb_filter, "NEAR", 16)):  # fmt: skip
        monkeypatch.setattr(module, name, size)
    asked: dict[str, Any] = {"actor": "Wagner Group", "columns": "event_id,summary,side_a"}
    sought: list[int] = []
    really = duckdb_filter._records_from_bytes
    monkeypatch.setattr(
        duckdb_filter, "_records_from_bytes", lambda scan, found: sought.append(found[0]) or really(scan, found)
    )
    for dialect in ({}, {"quoting": csv.QUOTE_ALL}, {"lineterminator": "\r\n"}):
        data = written([header, *made], **dialect)
        for data_ in (data, data.rstrip(b"\r\n")):
            path = foreign.store(tmp_path / "file.csv", data_)
            found = load(path).answer("events", **asked).frame
            assert sought.pop() == len(made)
            assert len(found) >= 10
            with foreign.without_duckdb():
                pd.testing.assert_frame_equal(load(path).answer("events", **asked).frame, found)
    # Another record of the same id beside it is not taken for it.
    twin = [list(made[39]), *made]
    twin[0][at["actor1"]] = "Katiba Macina"
    for order in (twin, [*made[:39], twin[0], *made[39:]], [*made[:40], twin[0], *made[40:]]):
        path = foreign.store(tmp_path / "file.csv", written([header, *order]))
        monkeypatch.setattr(duckdb_filter, "ID_SAMPLE_RECORDS", 1)
        monkeypatch.setattr(row_filter, "ID_SAMPLE_RECORDS", 1)
        found = load(path).answer("events", **asked).frame
        with foreign.without_duckdb():
            pd.testing.assert_frame_equal(load(path).answer("events", **asked).frame, found)
        assert "MLI39" in set(found["event_id"])


def test_a_script_ends_in_order_behind_a_question() -> None:
    """While DuckDB is still closing when the script is over, here for long: it may not be cut off in the midst."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    script = f"""
import duckdb
import mali_cli
from mali_cli.formats import duckdb_filter
duckdb_filter.DUCKDB_MIN_BYTES = 0
connect = duckdb.connect
class Slow:
    def __init__(self, **config): self.connection = connect(**config)
    def __enter__(self): return self.connection
    def __exit__(self, *_):
        self.connection.execute("SELECT sum(range) FROM range(100000000)").fetchall()
        print("closed")
duckdb.connect = Slow
print(len(mali_cli.load({str(FOLDER / "acled_a4.csv")!r}).events(since="2000")) > 0)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "True\nclosed\n")


def test_a_name_that_is_a_pattern_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """acled[1].csv would be read as acled1.csv by DuckDB, and so would what it is converted to."""
    duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    meant, other = foreign.store(tmp_path / "a[1].csv", raw("acled_a4")), foreign.store(tmp_path / "a1.csv", raw("acled_a2"))  # fmt: skip
    expected = list(load(FOLDER / "acled_a4.csv").events(since="2000")["event_id"])
    assert list(load(meant).events(since="2000")["event_id"]) == expected
    for source, target in ((meant, tmp_path / "b[1]"), (other, tmp_path / "b1")):
        convert.convert(load(source).backend, target, "parquet")
    assert list(load(tmp_path / "b[1]").events()["event_id"]) == expected
    for name, source in (("c[1].parquet", meant), ("c1.parquet", other)):
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM read_csv({sql_literals.path_literal(source)}, all_varchar = true)) TO '{tmp_path / name}'"
            )
    assert list(load(tmp_path / "c[1].parquet").events(since="2000")["event_id"]) == expected


def _told(path: Path, columns: str | None) -> tuple[object, ...]:
    """What a command would write to stdout and stderr."""
    try:
        answer = load(path).answer("events", since="2012", until="2024", actor=["Civilians", "Mali"], columns=columns)
    except MaliError as error:
        return (str(error), error.exit_code)
    return (render_text(answer, "csv"), *answer.notes)


@pytest.fixture
def hidden(tmp_path: Path) -> dict[str, str]:
    """An environment in which importing duckdb fails."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "duckdb.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_the_program_without_duckdb(mali: Run, hidden: dict[str, str], tmp_path: Path) -> None:
    broken = foreign.store(tmp_path / "broken.csv", record(9, lambda row: row[:-1])(raw("acled_a3")))
    for path in (FOLDER / "acled_a2.csv", broken):
        arguments = ["events", "--data", str(path), "--actor", "JNIM", "--from", "2020"]
        with_it, without = mali(*arguments), mali(*arguments, env=hidden)
        assert (with_it.returncode, with_it.stdout, with_it.stderr) == (without.returncode, without.stdout, without.stderr)  # fmt: skip


def test_parquet_without_duckdb_says_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    path = foreign.parquet(tmp_path / "made", foreign.records("acled_a3"))
    with foreign.without_duckdb(), pytest.raises(MaliError, match=re.escape('pip install "mali-cli[fast]"')):
        load(path).table("events")


def test_a_workbook_without_openpyxl_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    path = foreign.workbook(tmp_path / "made", foreign.records("acled_a3"))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MaliError, match=re.escape('pip install "mali-cli[excel]"')):
        load(path).table("events")


def test_a_dataset_of_a_file_is_a_dataset() -> None:
    assert isinstance(load(FOLDER / "acled_a3.csv"), Dataset)
    assert isinstance(load(str(FOLDER / "ucdp_u2.csv")), Dataset)
