"""A dataset that was written before a column was added is read with that column blank."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage.convert import convert
from tests.support.lookalikes import FOLDER
from tests.support.tables import dataset

TABLES = {
    "events": [
        {"event_id": "2012-war", "date_start": "2012-05-01", "date_precision": "by"},
        {"event_id": "2013-02-05-battle", "side_a": "A", "summary": "A battle."},
    ],
    "groups": [{"group": "A"}, {"group": "B"}],
    "people": [{"person": "P", "group": "A", "fate": "killed", "fate_date": "2012-11-20", "fate_basis": "reported"}],
    "casualties": [
        {"event_id": "2012-war", "tally": "2012-war:all", "n": 3, "date_precision": "by"},
        {"date_start": "2012-01-01", "date_end": "2012-12-31", "scope": "total", "n": 9, "date_precision": "year"},
    ],
    "relations": [{"group": "A", "relation": "fought", "other": "B", "date_start": "2012"}],
}
ADDED = {
    table: [column.name for column in schema.table(table).columns if column.may_be_missing]
    for table in schema.table_names()
}


def without_added_columns(folder: Path, form: str) -> Path:
    """Write the tables in a form and take the columns out that were added later."""
    source = dataset(folder / "tables", **TABLES)
    target = {"csv": folder / "tables", "sqlite": folder / "tables.db", "parquet": folder / "converted"}[form]
    if form != "csv":
        convert(source.backend, target, form)
    for table, columns in ADDED.items():
        if columns:
            drop_columns(target, form, table, columns)
    return target


def drop_columns(dataset: Path, form: str, table: str, columns: list[str]) -> None:
    if form == "csv":
        path = dataset / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        kept = [i for i, name in enumerate(rows[0]) if name not in columns]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([row[i] for i in kept] for row in rows)
    elif form == "sqlite":
        with sqlite3.connect(dataset) as connection:
            connection.execute("DROP VIEW IF EXISTS events_with_place")  # it has all columns of the time
            for name in columns:
                connection.execute(f"DROP INDEX IF EXISTS {table}_by_{name}")
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    else:
        duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
        file = dataset / f"{table}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE old AS SELECT * EXCLUDE ({', '.join(columns)}) FROM '{file}'")
            connection.execute(f"COPY old TO '{file}' (FORMAT parquet)")


@pytest.mark.parametrize("form", ["csv", "sqlite", "parquet"])
def test_added_columns_are_blank(tmp_path: Path, form: str) -> None:
    assert {"first_reported", "last_reported"} <= set(ADDED["relations"])
    assert "fate_precision" in ADDED["people"]
    assert "part_of" in ADDED["events"]
    assert ADDED["casualties"] == ["date_precision"]
    war = load(without_added_columns(tmp_path, form))
    relations, people = war.relations(on="2012"), war.people(fate="killed")
    assert relations["group"].tolist() == ["A"]
    assert relations[ADDED["relations"]].isna().all(axis=None)
    assert people[ADDED["people"]].isna().all(axis=None)
    assert war.events()[[*ADDED["events"], "admin2"]].isna().all(axis=None)
    assert war.show("A", section="events")["text"].tolist() == ["A battle."]
    assert "; killed 2012-11-20 (reported)" in war.show("A", section="people")["text"][0]
    assert war.table("casualties")["date_precision"].isna().all()
    assert war.answer("check").frame.empty
    for target_format in ("sqlite", "parquet"):
        convert(war.backend, tmp_path / f"new.{target_format}", target_format)
        again = load(tmp_path / f"new.{target_format}")
        assert again.table("events").equals(war.table("events"))
        assert again.table("relations").equals(war.table("relations"))


def test_a_converted_file_is_then_summed_by_what_it_has(tmp_path: Path) -> None:
    """Sums of casualties are made of the parquet files; those by a column that they lack are made of the tables."""
    folder = tmp_path / "converted"
    convert(load(FOLDER / "acled_a3.csv").backend, folder, "parquet")
    before = load(folder)
    by_region, killed = before.casualties(by="region"), before.casualties(by="admin2")["killed_best"].sum()
    drop_columns(folder, "parquet", "places", ADDED["places"])
    assert load(folder).casualties(by="region").equals(by_region)
    sums = load(folder).casualties(by="admin2")
    assert (sums["admin2"].isna().all(), sums["killed_best"].sum()) == (True, killed)


def test_a_figure_is_then_as_precise_as_its_event(tmp_path: Path) -> None:
    war = load(without_added_columns(tmp_path, "csv"))
    figures = war.casualties(scope=["event", "total"], columns="scope,date_precision").fillna("")
    assert sorted(figures.itertuples(index=False, name=None)) == [("event", "by"), ("total", "")]
    page = war.show("2012-war")
    assert page.loc[page["section"] == "figures", "date"].tolist() == ["by 2012-05-01"]


def test_one_table_without_added_columns_is_still_recognised(tmp_path: Path) -> None:
    file = without_added_columns(tmp_path, "csv") / "events.csv"
    with pytest.raises(DataError, match="is one table of a dataset; --data takes the folder that holds it"):
        load(file)
