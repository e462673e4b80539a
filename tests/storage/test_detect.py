"""The backend that opens a path, also for folders and files written by version 0.2.0."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError
from mali_cli.model.filters import Filters
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.detect import open_backend
from mali_cli.storage.parquet import ParquetBackend
from mali_cli.storage.sqlite import SqliteBackend
from tests.conftest import ROOT
from tests.support.conversion import TARGET_FORMATS, write_converted

SOURCE = ROOT / "tests" / "lookalikes" / "acled_a4.csv"
BACKENDS = {"csv": CsvBackend, "parquet": ParquetBackend, "sqlite": SqliteBackend}
# What version 0.2.0 wrote for the whole of a dataset, and for the first of its tables.
OLD_PACKAGE: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "acled-a4",
    "title": "ACLED: acled_a4.csv",
    "version": "0.2.0",
    "description": "Made by mali 0.2.0 from acled_a4.csv. The terms of that file hold for these tables too.",
    "mali:origin": "ACLED",
}
OLD_RESOURCE = {
    "name": "events",
    "path": "events.csv",
    "mali:key": ["event_id"],
    "mali:sorted": ["date_start", "date_end", "event_id"],
    "schema": {"fields": [{"name": "place", "type": "list", "mali:references": ["places"], "mali:shown": True}]},
}


def write_as_0_2_0(folder: Path, target_format: str) -> Path:
    """Convert a file and replace the metadata by those that version 0.2.0 wrote."""
    target = write_converted(load(SOURCE).backend, folder / "old", target_format)
    if target_format == "sqlite":
        with sqlite3.connect(target) as connection:
            connection.execute("DELETE FROM datapackage")
            connection.executemany("INSERT INTO datapackage VALUES (?, ?)", OLD_PACKAGE.items())
        connection.close()
        return target
    package = {**OLD_PACKAGE, "resources": [OLD_RESOURCE]}
    if target_format == "parquet":
        package |= {"mali:format": "parquet", "mali:tolls": True}
    (target / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return target


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_datasets_written_by_0_2_0_are_still_read(target_format: str, tmp_path: Path) -> None:
    backend = open_backend(write_as_0_2_0(tmp_path, target_format))
    assert isinstance(backend, BACKENDS[target_format])
    assert backend.origin == "ACLED"
    for query, filter_args in (("events", {"actor": "Mali"}), ("casualties", {"by": "year,actor"})):
        result, expected = Dataset(backend).answer(query, **filter_args), load(SOURCE).answer(query, **filter_args)
        assert result.frame.to_csv() == expected.frame.to_csv()


def test_fatalities_in_a_parquet_folder_of_0_2_0_are_used(tmp_path: Path) -> None:
    backend = open_backend(write_as_0_2_0(tmp_path, "parquet"))
    assert isinstance(backend, ParquetBackend)
    assert backend.has_event_fatalities
    assert backend.partial_sums(["year"], Filters()) is not None


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_each_storage_form_has_its_backend(target_format: str, tmp_path: Path) -> None:
    target = write_converted(load(SOURCE).backend, tmp_path / "new", target_format)
    assert isinstance(open_backend(target), BACKENDS[target_format])


def test_other_files_are_left_to_the_foreign_formats() -> None:
    assert open_backend(SOURCE) is None


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no table such as events\.csv\.$"):
        load(tmp_path)
