"""A dataset that was written before a column was added is read with that column blank."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.model import schema
from mali_cli.storage.convert import convert
from tests.support.tables import dataset

TABLES = {
    "groups": [{"group": "A"}, {"group": "B"}],
    "relations": [{"group": "A", "relation": "fought", "other": "B", "date_start": "2012"}],
}
ADDED = [column.name for column in schema.table("relations").columns if column.may_be_missing]


def without_added_columns(folder: Path, form: str) -> Path:
    """Write the tables in a form and take the columns out that were added later."""
    source = dataset(folder / "tables", **TABLES)
    if form == "csv":
        path = folder / "tables" / "relations.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        kept = [name for name in rows[0] if name not in ADDED]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, kept, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        return folder / "tables"
    target = folder / ("tables.db" if form == "sqlite" else "converted")
    convert(source.backend, target, form)
    if form == "sqlite":
        with sqlite3.connect(target) as connection:
            for name in ADDED:
                connection.execute(f"ALTER TABLE relations DROP COLUMN {name}")
    else:
        duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
        file = target / "relations.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE old AS SELECT * EXCLUDE ({', '.join(ADDED)}) FROM '{file}'")
            connection.execute(f"COPY old TO '{file}' (FORMAT parquet)")
    return target


@pytest.mark.parametrize("form", ["csv", "sqlite", "parquet"])
def test_added_columns_are_blank(tmp_path: Path, form: str) -> None:
    assert ADDED == ["first_reported", "last_reported"]
    war = load(without_added_columns(tmp_path, form))
    relations = war.relations(on="2012")
    assert relations["group"].tolist() == ["A"]
    assert relations[ADDED].isna().all(axis=None)
    assert war.answer("check").frame.empty
