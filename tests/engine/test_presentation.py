"""A missing cell of a text column is None in every result of every backend."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.engine.presentation import TEXT_TYPES, parse_presentation, present
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.profile import Profile
from mali_cli.results import QueryResult
from mali_cli.storage.convert import convert
from tests.support.lookalikes import FOLDER

FOREIGN = FOLDER / "acled_a4.csv"
QUERIES: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"since": "2012", "columns": "place,side_a,note"}),
    *[("events", {"by": key}) for key in ("year", "actor", "place", "region", "in")],
    ("casualties", {}),
    ("casualties", {"disputed": True}),
    *[("casualties", {"by": key}) for key in ("country", "group", "camp", "year", "place", "document", "actor,year")],
    *[(name, {}) for name in ("groups", "places", "people", "relations", "strengths", "sources", "control")],
    ("control", {"on": "2012-07-01"}),
    ("timeline", {"by": "month"}),
    ("map", {}),
    ("map", {"on": "2012-07-01"}),
    ("compare", {"name": FOREIGN}),
    ("check", {}),
]
PROFILE = Profile("place", "Gao", "", (), "", ())
BY_NAME = [("show", {"name": name}) for name in ("MNLA", "Gao", "Konna", "2012-11-19-menaka-captured", "almanac#52")]
CURATED = [*QUERIES, *BY_NAME, ("show", {"name": "Iyad Ag Ghaly"}), ("lineage", {"name": "MUJAO"})]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dataset]:
    folder = tmp_path_factory.mktemp("converted")
    made = {"csv": load(), "foreign": load(FOREIGN)}
    for name, target, origin in (
        ("sqlite", "tables.db", "csv"),
        ("parquet", "tables", "csv"),
        ("foreign-sqlite", "foreign.db", "foreign"),
        ("foreign-parquet", "foreign", "foreign"),
    ):
        convert(made[origin].backend, folder / target, name.rpartition("-")[2])
        made[name] = load(folder / target)
    return made


@pytest.mark.parametrize("name", ["csv", "sqlite", "parquet", "foreign", "foreign-sqlite", "foreign-parquet"])
def test_missing_text_is_none_in_every_result(datasets: dict[str, Dataset], name: str) -> None:
    for query, filter_args in QUERIES if name.startswith("foreign") else CURATED:
        result = datasets[name].answer(query, **filter_args)
        assert missing_text(result.frame, result.columns) <= {"None"}, (query, filter_args)
    for table in schema.table_names():
        assert missing_text(datasets[name].table(table), schema.table(table).columns) <= {"None"}, table


def missing_text(frame: pd.DataFrame, columns: tuple[schema.Column, ...]) -> set[str]:
    """Return how missing cells of text columns are written, and any dtype of these columns that is not object."""
    cells = [frame[column.name] for column in columns if column.type in TEXT_TYPES]
    return {repr(value) for series in cells for value in series[series.isna()]} | {
        str(series.dtype) for series in cells if series.dtype != object
    }


def test_nan_and_none_of_a_join_become_none() -> None:
    columns = (schema.Column("place", "string", ""), schema.Column("sources", "list", ""))
    frame = pd.DataFrame(
        {"place": pd.Series(["Gao", None, float("nan")], dtype=object), "sources": ["a", "b;c", pd.NA]}
    )
    result = present(QueryResult(frame, columns, "rows"), parse_presentation(columns, None, None, None))
    assert result.frame["place"].tolist() == ["Gao", None, None]
    assert result.frame["sources"].tolist() == ["a", "b;c", None]
    assert set(result.frame.dtypes) == {pd.Series(dtype=object).dtype}
    assert frame["place"].isna().tolist() == [False, True, True]  # the frame of the query is not changed


def test_rows_are_sorted_cut_and_counted() -> None:
    columns = (schema.Column("place", "string", ""), schema.Column("killed", "integer", ""))
    killed = pd.array([3, None, 9], dtype="Int64")
    frame = pd.DataFrame({"place": pd.Series(["Gao", "Kidal", "Ber"], dtype=object), "killed": killed})
    result = QueryResult(frame, columns, "rows", lineage_of="MNLA", profile=PROFILE)
    presented = present(result, parse_presentation(columns, "-killed", "2", "place"))
    assert presented.frame["place"].tolist() == ["Ber", "Gao"]
    assert [column.name for column in presented.columns] == ["place"]
    assert presented.total_rows == 3
    assert (presented.lineage_of, presented.profile) == ("", None)  # a tree and a page show all rows
    presented = present(result, parse_presentation(columns, None, None, None))
    assert (presented.lineage_of, presented.profile) == ("MNLA", PROFILE)
    with pytest.raises(MaliError, match="no column is called 'kiled'"):
        parse_presentation(columns, "kiled", None, None)
