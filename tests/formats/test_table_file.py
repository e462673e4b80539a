"""Files of every container and encoding are read or refused with a reason."""

from __future__ import annotations

import datetime
import gzip
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from mali_cli.model.installation import install_command
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    NAMES,
    Change,
    assert_as_expected,
    raw,
    records,
    written,
)
from tests.support.quirks import (
    HARMLESS,
    NAMES_WITH_HEADER,
    REFUSED,
    archive,
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("contain", [foreign.gz, foreign.zipped])
def test_packed_files(tmp_path: Path, name: str, contain: Callable[[Path, bytes], Path]) -> None:
    assert_as_expected(foreign.tables(contain(tmp_path / "conflict_data_mli", raw(name))), name)


@pytest.mark.parametrize("name", NAMES_WITH_HEADER)
def test_workbooks_with_the_table_on_the_second_sheet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    assert_as_expected(foreign.tables(foreign.workbook(tmp_path / "conflict_data_mli", foreign.records(name))), name)


@pytest.mark.parametrize("name", NAMES_WITH_HEADER)
def test_parquet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    rows = foreign.records(name)
    if name == "ucdp_hdx":
        del rows[1]  # tags are a row of CSV files
    assert_as_expected(foreign.tables(foreign.parquet(tmp_path / "conflict_data_mli", rows)), name)


@pytest.mark.parametrize("suffix", [".zip", ".xlsx", ".parquet", ".csv.gz", ".txt", ""])
def test_a_container_is_recognised_by_its_bytes_whatever_the_suffix(tmp_path: Path, suffix: str) -> None:
    for i, data in enumerate((raw("acled_a3"), gzip.compress(raw("acled_a3")), archive(one__csv=raw("acled_a3")))):
        assert_as_expected(foreign.tables(foreign.store(tmp_path / f"{i}{suffix}", data)), "acled_a3")


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
    assert_as_expected(foreign.tables(foreign.workbook(tmp_path / "typed", rows)), name)


@pytest.mark.parametrize("name", ["acled_a3", "acled_a4", "acled_monadic"])
def test_dates_and_numbers_of_parquet(tmp_path: Path, name: str) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    types = dict.fromkeys(NUMBERS, "BIGINT") | {"latitude": "DOUBLE", "longitude": "DOUBLE", "event_date": "DATE"}
    rows = _typed_rows(name, float)
    assert_as_expected(foreign.tables(foreign.parquet(tmp_path / "typed", rows, types)), name)


@pytest.mark.parametrize(("name", "change"), [quirk[1:] for quirk in HARMLESS], ids=[quirk[0] for quirk in HARMLESS])
def test_a_quirk_does_not_change_the_tables(tmp_path: Path, name: str, change: Change) -> None:
    data = change(raw(name))
    assert data != raw(name)
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "quirk.csv", data)), name)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    for name in NAMES_WITH_HEADER:
        path = foreign.store(tmp_path / f"{name}.csv", written(foreign.records(name)[: 2 if name == "ucdp_hdx" else 1]))
        assert set(foreign.counts(load(path)).values()) == {0}
        assert foreign.tables(path)["events"] == []


@pytest.mark.parametrize(
    ("name", "change", "suffix", "expected"), [q[1:] for q in REFUSED], ids=[q[0] for q in REFUSED]
)
def test_a_damaged_or_foreign_file_is_refused_in_one_line(
    tmp_path: Path, name: str, change: Change, suffix: str, expected: str
) -> None:
    data = change(raw(name))
    assert data != raw(name) or suffix != ".csv"
    path = foreign.store(tmp_path / f"quirk{suffix}", data)
    with pytest.raises(DataError) as refusal:
        load(path).table("events")
    message = str(refusal.value)
    assert message.startswith(str(path))
    assert re.search(expected, message), message
    assert "\n" not in message
    assert message.endswith(".")
    assert path.read_bytes() == data


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    path = foreign.workbook(tmp_path / "notes", [["name", "age"], ["Ada", 36]])
    with pytest.raises(DataError, match=re.escape(str(path))):
        load(path).table("events")


def test_parquet_without_duckdb_says_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    path = foreign.parquet(tmp_path / "made", foreign.records("acled_a3"))
    with foreign.without_duckdb(), pytest.raises(MaliError, match=re.escape(install_command("fast"))):
        load(path).table("events")


def test_a_workbook_without_openpyxl_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    path = foreign.workbook(tmp_path / "made", foreign.records("acled_a3"))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MaliError, match=re.escape(install_command("excel"))):
        load(path).table("events")


def test_a_workbook_that_states_a_wrong_size_is_read_whole(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    made = foreign.workbook(tmp_path / "sized", records("acled_a3"))
    path = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(path, "w") as wrong:
        for name in whole.namelist():
            data = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', whole.read(name))
            wrong.writestr(name, data)
    assert_as_expected(foreign.tables(path), "acled_a3")
