"""JSON files give the tables of the CSV of the same records, however the records are wrapped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from tests.support import lookalikes as foreign
from tests.support.lookalikes import assert_as_expected
from tests.support.quirks import archive

Record = dict[str, Any]

NUMBERS = {"fatalities", "time_precision", "geo_precision", "year", "iso", "timestamp", "latitude", "longitude"}
NUMBERS |= {"best", "low", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "where_prec"}


def _records(name: str) -> list[Record]:
    """The records of a look-alike with numbers as numbers and without what is blank, as an API sends them."""
    header, *rest = foreign.records(name)
    return [
        {column: _number(cell) if column in NUMBERS else cell for column, cell in zip(header, row, strict=True) if cell}
        for row in rest
    ]


def _number(cell: str) -> int | float:
    return int(cell) if cell.isdigit() else float(cell)


def _feature(record: Record) -> Record:
    properties = record | {"latitude": None, "longitude": None}
    point = {"type": "Point", "coordinates": [record["longitude"], record["latitude"]]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _by_column(records: list[Record]) -> dict[str, Record]:
    columns = dict.fromkeys(column for record in records for column in record)
    return {column: {str(i): record.get(column) for i, record in enumerate(records)} for column in columns}


WRITINGS: dict[str, Callable[[list[Record]], str]] = {
    "the answer of ACLED's API": lambda records: json.dumps(
        {"status": 200, "success": True, "last_update": 1, "count": len(records), "messages": [], "data": records}
    ),
    "the answer of UCDP's API": lambda records: json.dumps(
        {"TotalCount": len(records), "TotalPages": 1, "PreviousPageUrl": "", "NextPageUrl": "", "Result": records}
    ),
    "pages in a list": lambda records: json.dumps([{"data": records[:4]}, {"data": records[4:]}]),
    "a list of records": lambda records: json.dumps(records, indent=2),
    "JSON lines": lambda records: "\n".join(map(json.dumps, records)) + "\n\n",
    "a page on each line": lambda records: "\n".join(json.dumps({"Result": [record]}) for record in records),
    "GeoJSON": lambda records: json.dumps({"type": "FeatureCollection", "features": list(map(_feature, records))}),
    "columns by row, as pandas writes them": lambda records: json.dumps(_by_column(records)),
    "a byte-order mark": lambda records: "\ufeff " + json.dumps(records, ensure_ascii=False),
}


@pytest.mark.parametrize("name", ["acled_a3", "ucdp_u2"])
@pytest.mark.parametrize("writing", WRITINGS)
def test_json_gives_the_tables_of_the_csv(tmp_path: Path, writing: str, name: str) -> None:
    text = WRITINGS[writing](_records(name))
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "answer.json", text.encode())), name)


@pytest.mark.parametrize("name", ["acled_a0", "acled_a4", "acled_monadic", "ucdp_u1", "un_fatalities"])
def test_a_list_of_records_in_every_layout(tmp_path: Path, name: str) -> None:
    data = WRITINGS["a list of records"](_records(name)).encode()
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "records.json", data)), name)


def test_packed_json_and_json_in_utf_16(tmp_path: Path) -> None:
    data = WRITINGS["JSON lines"](_records("acled_a3")).encode()
    packed = {"a.json.gz": gzip.compress(data), "b.zip": archive(lines__jsonl=data)}
    for name, content in {**packed, "c.json": data.decode().encode("utf-16")}.items():
        assert_as_expected(foreign.tables(foreign.store(tmp_path / name, content)), "acled_a3")


def test_a_folder_may_mix_json_and_csv(tmp_path: Path) -> None:
    records = _records("acled_a3")
    foreign.store(tmp_path / "1.json", json.dumps(records[:5]).encode())
    header, *rest = foreign.records("acled_a3")
    foreign.store(tmp_path / "2.csv", foreign.written([header, *rest[4:]]))
    assert_as_expected(foreign.tables(tmp_path), "acled_a3")


def test_values_that_are_not_text(tmp_path: Path) -> None:
    [first, *_] = _records("acled_a3")
    changed = first | {"source": ["A", "B"], "fatalities": 7.0, "admin3": None, "tags": float("nan"), "iso": {"n": 1}}
    path = foreign.store(tmp_path / "typed.json", json.dumps([changed]).encode())
    [event] = foreign.rendered(load(path), "events")
    assert (event["sources"], event["event_id"]) == ("A;B", first["event_id_cnty"])
    [figure] = foreign.rendered(load(path), "casualties")
    assert figure["best"] == "7"
