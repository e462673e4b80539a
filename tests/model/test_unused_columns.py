"""Columns that a query does not need are not read, and the result is the same as if they had been."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.formats import duckdb_filter
from mali_cli.model.unused_columns import FILTERS_BY_COLUMN, unused_event_columns
from mali_cli.storage import convert
from tests.support.lookalikes import FOLDER, HEADLESS

FILTERS: list[dict[str, Any]] = [
    {"actor": "Mali"},
    {"since": "2012", "until": "2024"},
    {"actor": "Civilians", "since": "2010", "text": "market"},
    {"since": "2010", "place": "Gao"},
    {"actor": "Mali", "near": "Gao:300"},
]
COLUMNS = ["event_id,place", "summary,region,civilian_targeting", "note,sources,killed_best", "interaction,event_id"]
ACLED_COLUMNS = ["civilian_kind", "civilian_targeting", "disorder_type", "interaction"]


ONE_OF_EACH_FORMAT = ["acled_a3", "acled_monadic", "gdelt", "gtd", HEADLESS, "ucdp_u2", "un_fatalities"]
READINGS = [
    *((name, "csv module") for name in ("acled_a0", *ONE_OF_EACH_FORMAT)),
    *((name, "DuckDB") for name in ONE_OF_EACH_FORMAT),
    *((name, "converted") for name in ("acled_a3", "gtd", "ucdp_u2")),
]


@pytest.mark.parametrize(("name", "reader"), READINGS)
def test_selected_columns_equal_those_of_the_full_result(
    name: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second filter is used, each of them with every reader."""
    file = FOLDER / f"{name}.csv"
    if reader == "converted":
        convert.convert(load(file).backend, tmp_path / name, "parquet")
        file = tmp_path / name
    elif reader == "DuckDB":
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    dataset = load(file)
    for i in range(READINGS.index((name, reader)) % 2, len(FILTERS), 2):
        filter_args, columns = FILTERS[i], COLUMNS[i % len(COLUMNS)]
        try:
            full = dataset.answer("events", **filter_args)
        except MaliError as refusal:
            with pytest.raises(MaliError, match=re.escape(str(refusal))):
                load(file).answer("events", columns="event_id", **filter_args)
            continue
        selected = dataset.answer("events", columns=columns, **filter_args)
        assert selected.frame.equals(full.frame[columns.split(",")]), (filter_args, columns)
        assert selected.notes == full.notes
        by_summary = dataset.answer("events", columns="event_id", sort="summary,-event_id", **filter_args)
        expected = full.frame.sort_values(["summary", "event_id"], ascending=[True, False], na_position="last")
        assert list(by_summary.frame["event_id"]) == list(expected["event_id"])
        counts = dataset.answer("events", by="place", **filter_args).frame
        places = full.frame.loc[full.frame["place"].notna(), "place"]
        assert dict(zip(counts["place"].dropna(), counts["events"], strict=False)) == dict(places.value_counts())
    assert "events" not in dataset.backend._frames  # every answer has read its own rows and columns


@pytest.mark.parametrize(
    ("query", "filter_args", "unused"),
    [
        ("events", {}, set()),
        ("events", {"sort": "place"}, set()),
        ("events", {"columns": "all"}, set()),
        ("events", {"columns": "event_id"}, set(FILTERS_BY_COLUMN)),
        ("events", {"columns": ["Place", " summary "]}, {"note", "sources", *ACLED_COLUMNS}),
        ("events", {"columns": "event_id", "sort": "-note"}, {"place", "summary", "sources", *ACLED_COLUMNS}),
        ("events", {"columns": "event_id", "text": "market", "source": "AFP"}, {"place", *ACLED_COLUMNS}),
        (
            "events",
            {"by": "disorder-type", "interaction": ["16"]},
            set(FILTERS_BY_COLUMN) - {"disorder_type", "interaction"},
        ),
        ("events", {"columns": "event_id", "condition": "note = x"}, set()),
        ("events", {"by": "year", "condition": ["events > 4"]}, set(FILTERS_BY_COLUMN)),
        ("events", {"columns": "event_id", "near": "Gao:5"}, {"summary", "note", "sources", *ACLED_COLUMNS}),
        ("events", {"by": "year,place", "columns": "events"}, {"summary", "note", "sources", *ACLED_COLUMNS}),
        ("casualties", {"by": "year"}, set()),
        ("map", {"columns": "events"}, set()),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_columns_that_are_output_sorted_or_filtered_by_are_read(
    query: str, filter_args: dict[str, Any], unused: set[str]
) -> None:
    assert unused_event_columns(query, filter_args) == unused
