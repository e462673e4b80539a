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
    "events": [{"event_id": "2012-war", "date_start": "2012-05-01", "date_precision": "by"}],
    "casualties": [
        {"event_id": "2012-war", "tally": "2012-war:all", "n": 3, "date_precision": "by"},
        {"date_start": "2012-01-01", "date_end": "2012-12-31", "scope": "total", "n": 9, "date_precision": "year"},
    ],
    "relations": [{"group": "A", "relation": "fought", "other": "B", "date_start": "2012"}],
}
ADDED = {name: [c.name for c in schema.table(name).columns if c.may_be_missing] for name in ("casualties", "relations")}


def without_added_columns(folder: Path, form: str) -> Path:
    """Write the tables in a form and take the columns out that were added later."""
    source = dataset(folder / "tables", **TABLES)
    target = {"csv": folder / "tables", "sqlite": folder / "tables.db", "parquet": folder / "converted"}[form]
    if form != "csv":
        convert(source.backend, target, form)
    for name, added in ADDED.items():
        if form == "csv":
            drop_from_csv(target / f"{name}.csv", added)
        elif form == "sqlite":
            with sqlite3.connect(target) as connection:
                for column in added:
                    connection.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
        else:
            drop_from_parquet(target / f"{name}.parquet", added)
    return target


def drop_from_csv(path: Path, columns: list[str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [name for name in rows[0] if name not in columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, kept, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def drop_from_parquet(path: Path, columns: list[str]) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE old AS SELECT * EXCLUDE ({', '.join(columns)}) FROM '{path}'")
        connection.execute(f"COPY old TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize("form", ["csv", "sqlite", "parquet"])
def test_added_columns_are_blank(tmp_path: Path, form: str) -> None:
    assert ADDED == {"casualties": ["date_precision"], "relations": ["first_reported", "last_reported"]}
    war = load(without_added_columns(tmp_path, form))
    relations = war.relations(on="2012")
    assert relations["group"].tolist() == ["A"]
    assert relations[ADDED["relations"]].isna().all(axis=None)
    assert war.table("casualties")["date_precision"].isna().all()
    assert war.answer("check").frame.empty


def test_a_figure_is_then_as_precise_as_its_event(tmp_path: Path) -> None:
    war = load(without_added_columns(tmp_path, "csv"))
    figures = war.casualties(scope=["event", "total"], columns="scope,date_precision").fillna("")
    assert sorted(figures.itertuples(index=False, name=None)) == [("event", "by"), ("total", "")]
    page = war.show("2012-war")
    assert page.loc[page["section"] == "figures", "date"].tolist() == ["by 2012-05-01"]
