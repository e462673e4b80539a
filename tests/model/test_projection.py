"""What a question is spared is not read, and the answer is the same as if it had been."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.formats import duckdb_filter
from mali_cli.model.projection import FILTERS_BY_COLUMN, unused_event_columns
from mali_cli.storage import convert
from tests.support.lookalikes import FOLDER

ASKED: list[dict[str, Any]] = [
    {"actor": "Mali"},
    {"since": "2012", "until": "2024"},
    {"actor": "Civilians", "since": "2010", "text": "market"},
    {"since": "2010", "place": "Gao"},
    {"actor": "Mali", "near": "Gao:300"},
]
COLUMNS = ["event_id,place", "summary,region", "note,sources,killed_best"]


@pytest.mark.parametrize("way", ["csv module", "DuckDB", "converted"])
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.csv")))
def test_some_columns_are_those_of_the_whole_answer(
    name: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FOLDER / f"{name}.csv"
    if way == "converted":
        convert.convert(load(file).backend, tmp_path / name, "parquet")
        file = tmp_path / name
    elif way == "DuckDB":
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    for asked in ASKED:
        try:
            whole = load(file).answer("events", **asked)
        except MaliError as refusal:
            with pytest.raises(MaliError, match=re.escape(str(refusal))):
                load(file).answer("events", columns="event_id", **asked)
            continue
        for columns in COLUMNS:
            some = load(file).answer("events", columns=columns, **asked)
            assert some.frame.equals(whole.frame[columns.split(",")]), (asked, columns)
            assert some.notes == whole.notes
        by_summary = load(file).answer("events", columns="event_id", sort="summary,-event_id", **asked)
        in_order = whole.frame.sort_values(["summary", "event_id"], ascending=[True, False], na_position="last")
        assert list(by_summary.frame["event_id"]) == list(in_order["event_id"])
        counts = load(file).answer("events", by="place", **asked).frame
        alone = whole.frame.loc[whole.frame["place"].notna(), "place"]
        assert dict(zip(counts["place"].dropna(), counts["events"], strict=False)) == dict(alone.value_counts())


@pytest.mark.parametrize(
    ("question", "criteria", "expected"),
    [
        ("events", {}, set()),
        ("events", {"sort": "place"}, set()),
        ("events", {"columns": "all"}, set()),
        ("events", {"columns": "event_id"}, set(FILTERS_BY_COLUMN)),
        ("events", {"columns": ["Place", " summary "]}, {"note", "sources"}),
        ("events", {"columns": "event_id", "sort": "-note"}, {"place", "summary", "sources"}),
        ("events", {"columns": "event_id", "text": "market", "source": "AFP"}, {"place", "note"}),
        ("events", {"columns": "event_id", "near": "Gao:5"}, {"summary", "note", "sources"}),
        ("events", {"by": "year,place", "columns": "events"}, {"summary", "note", "sources"}),
        ("casualties", {"by": "year"}, set()),
        ("map", {"columns": "events"}, set()),
    ],
    ids=str,
)
def test_what_is_shown_sorted_or_judged_by_is_not_spared(
    question: str, criteria: dict[str, Any], expected: set[str]
) -> None:
    assert unused_event_columns(question, criteria) == expected
