"""Sums and counts in DuckDB and by partitions, compared with those of the tables in pandas."""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mali_cli.dataset import Dataset, load
from mali_cli.formats import backend as formats_backend
from mali_cli.formats import importer
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.storage import convert, duckdb_backend, sql_sums
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.parquet import ParquetBackend
from tests.conftest import ROOT
from tests.support.conversion import tables_of

sys.path.insert(0, str(ROOT / "benchmarks"))
from acled_like import make

TEXTS = (
    *("Cattle are taken.", "CÂTTLE, and 46 bodies", "Scattle", "cattle's owner", "cattles_", "câttle", "the\tcattle"),
    *(
        "ca\u0301ttle",
        "ｃａｔｔｌｅ stolen",
        "the «cattle»",
        "¼cattle",
        "ﬁre; cattle",
        "stra\u00dfe",
        "STRASSE",
        "l’attaque",
    ),
    *(
        "an attack on 46  bodies",
        "46 – bodies",
        "Überfall",
        "uberfall",
        "\u0130stanbul",
        "рынок",
        "РЫНОК Gao",
        "x\0cattle",
    ),
)
SOURCES = ("Studio Tamani", "RFI; Studio Tamani#3", " Studio Tamani #4;RFI", "Undisclosed Source#5", None)
OF_ACLED: dict[str, Sequence[str | None]] = {  # columns of events that only its files have
    "civilian_kind": ["Farmers", "Women;Teachers", None],
    "civilian_targeting": ["Civilian targeting", None, None, None],
    "disorder_type": ["Political violence", "Political violence; Demonstrations", None, "Demonstrations"],
    "interaction": ["State forces-Civilians", None, "Rebel group only"],
}
EVENT_FILTERS: dict[str, list[Any]] = {
    "since": ["2014", "2016-05-14"],
    "until": ["2019", "2016-05"],
    "dates": ["possible", "all"],
    "actor": ["MNLA", ["JNIM", "Mali"], "Civilians"],
    "members": [True],
    "against": ["Mali", "Civilians"],
    "claimed_by": ["JNIM"],
    "type": ["Battles", ["Attack", "Riots"]],
    "civilian_kind": ["Women", ["farmers", "Teachers"]],
    "text": ["cattle", "strasse", "l'attaque", '"46 bodies"', "cat*", "uberfall", "рынок", ["istanbul", "fire cattle"]],
    "place": ["Niafunke 7"],
    "near": ["Niafunké 7:60"],
    "region": [["Gao", "Mopti"]],
    "where": ["Mali", ["Niger", "Burkina Faso"]],
    "basis": ["reported", "disputed"],
    "source": ["Studio Tamani", ["Undisclosed Source", "Studio Tamani"]],
    "country": ["Mali"],
    "admin2": ["Gao", ["Ansongo", "Gao"]],
    "civilian_targeting": [True],
    "disorder_type": ["Demonstrations", ["Demonstrations", "Political violence"]],
    "interaction": ["17", "Rebel group only"],
}
FILTERS: dict[str, dict[str, list[Any]]] = {
    "events": {**EVENT_FILTERS, "min_killed": [0, 3], "max_killed": [2]},
    "casualties": {
        **EVENT_FILTERS,
        "min_killed": [0, 3],
        "group": ["Mali"],
        "inflicted_by": ["JNIM", ["Mali", "Dozos"]],
        "victims": ["civilian"],
        "harm": ["killed", "wounded"],
        "scope": ["event", "total", ["event", "wider"]],
        "according_to": ["ACLED"],
        "independent": [True],
        "disputed": [True],
    },
}
# Both queries select events by the same conditions: counts are made with one value of each filter, sums with all.
EACH_FILTER = [
    (query, name, value)
    for query, filters in FILTERS.items()
    for name, values in filters.items()
    for value in (values if query == "casualties" else values[:1])
]
# So are partitions: one value of each filter is enough.
IN_PARTITIONS = {name: (query, value) for query, name, value in EACH_FILTER}
NEEDED = {"against": {"actor": "JNIM"}, "members": {"actor": "CMA"}, "dates": {"on": "2016-05-14"}}


class Ways:
    """The same tables in memory and converted, the latter also without sums in DuckDB: in partitions."""

    def __init__(self, tables: dict[str, pd.DataFrame], folder: Path) -> None:
        memory = MemoryBackend(folder, tables, "ACLED")
        convert.convert(memory, folder, "parquet")
        self.in_memory, self.folder = Dataset(memory), folder
        self.in_duckdb, self.in_partitions = Dataset(InDuckDB(folder)), Dataset(InPartitions(folder))

    def assert_same(
        self, query: str, by: list[str], filter_args: dict[str, Any], *, partitions: bool = True, summed: bool = True
    ) -> None:
        """Compare the ways; `summed` if DuckDB must have summed or counted, for the slower ways give the same."""
        expected = self.in_memory.answer(query, by=by, **filter_args)
        self.in_duckdb.backend.has_summed = False
        for dataset in (self.in_duckdb, *([self.in_partitions] if partitions else [])):
            answer = dataset.answer(query, by=by, **filter_args)
            pd.testing.assert_frame_equal(answer.frame, expected.frame)
            assert answer.notes == expected.notes
            assert not {"events", "casualties"} & dataset.backend._frames.keys()
        assert not summed or self.in_duckdb.backend.has_summed, (query, filter_args)


class InDuckDB(ParquetBackend):
    """A folder that remembers whether the last sums or counts were those of DuckDB."""

    has_summed = False

    def partial_sums(self, *arguments: Any) -> Any:
        return self._remember(super().partial_sums(*arguments))

    def partial_counts(self, *arguments: Any) -> Any:
        return self._remember(super().partial_counts(*arguments))

    def _remember(self, partial: Any) -> Any:
        self.has_summed = partial is not None
        return partial


class InPartitions(ParquetBackend):
    """A folder that is not summed in DuckDB."""

    def partial_sums(self, *_: Any) -> None:
        return None

    def partial_counts(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Ways:
    folder = tmp_path_factory.mktemp("sums")
    tables = tables_of(load(make(folder / "made.csv", 400)))
    events = tables["events"]
    number = len(events)
    events["summary"] = pd.Series([*TEXTS, *events["summary"][len(TEXTS) :]], dtype=object)
    events["note"] = pd.Series([None, *events["note"][1 : number - 1], "a further note on 46 bodies"], dtype=object)
    events["sources"] = _repeated(SOURCES, number)
    events["basis"] = pd.Series(["disputed", *["reported"] * (number - 1)], dtype=object)
    for column, values in OF_ACLED.items():
        events[column] = _repeated(values, number)
    tables["places"]["admin2"] = _repeated(["Gao", "Ansongo", None], len(tables["places"]))
    figures = tables["casualties"]
    figures["sources"] = figures["event_id"].map(dict(zip(events["event_id"], events["sources"], strict=True)))
    figures["victims"] = _repeated(["civilian", None], len(figures))
    figures["who"] = pd.Series(["herders and their cattle", *[None] * (len(figures) - 1)], dtype=object)
    return Ways(tables, folder / "made")


def _repeated(values: Sequence[str | None], number: int) -> pd.Series:
    return pd.Series(list(itertools.islice(itertools.cycle(values), number)), dtype=object)


@pytest.fixture(autouse=True)
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_backend, "PARTITION_ROWS", 250)


@pytest.mark.parametrize(("query", "key"), [(query, key) for query in FILTERS for key in GROUP_KEYS[query]])
def test_sums_by_every_key_are_those_of_the_tables(ways: Ways, query: str, key: str) -> None:
    """With filters; the next test has none, and several keys at a time."""
    ways.assert_same(query, [key], {"actor": "JNIM", "since": "2014-03-02"}, partitions=False)


@pytest.mark.parametrize("query", FILTERS)
def test_partitions_are_summed_by_every_key(ways: Ways, query: str) -> None:
    """By three keys at a time: DuckDB selects the events of a partition, and pandas sums them by any keys."""
    keys = GROUP_KEYS[query]
    for first in range(0, len(keys), 3):
        ways.assert_same(query, list(keys[first : first + 3]), {})


@pytest.mark.parametrize(("query", "name", "value"), EACH_FILTER)
def test_sums_with_every_filter_are_those_of_the_tables(ways: Ways, query: str, name: str, value: Any) -> None:
    filter_args = {**NEEDED.get(name, {}), name: value}
    ways.assert_same(query, ["year", "actor"], filter_args, partitions=IN_PARTITIONS[name] == (query, value))


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_sums_with_any_keys_and_filters_are_those_of_the_tables(ways: Ways, data: st.DataObject) -> None:
    query = data.draw(st.sampled_from(list(FILTERS)))
    keys = data.draw(st.lists(st.sampled_from(GROUP_KEYS[query]), min_size=1, max_size=3, unique=True))
    filters = FILTERS[query].items()
    filter_args = data.draw(st.fixed_dictionaries({}, optional={n: st.sampled_from(values) for n, values in filters}))
    if not {"since", "until"} & filter_args.keys():
        filter_args.pop("dates", None)
    if "actor" not in filter_args:
        filter_args = {name: value for name, value in filter_args.items() if name not in ("members", "against")}
    ways.assert_same(query, keys, filter_args, summed=False)


def test_figures_without_any_number_are_summed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(tmp_path / "made.csv", 40)
    header, *records = csv.reader(file.read_text(encoding="utf-8").splitlines())
    column = header.index("fatalities")
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *([*row[:column], "0", *row[column + 1 :]] for row in records)])
    ways = Ways(tables_of(load(file)), tmp_path / "converted")
    monkeypatch.setattr(formats_backend, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(importer, "PARTITION_RECORDS", 25)
    for key in ("year", "actor", "group"):
        expected = ways.in_memory.answer("casualties", by=key)
        assert "no number of people killed" in expected.notes[0]
        ways.assert_same("casualties", [key], {})
        pd.testing.assert_frame_equal(load(file).answer("casualties", by=key).frame, expected.frame)


def test_duckdb_sums_by_every_key() -> None:
    assert set(GROUP_KEYS["casualties"]) | set(GROUP_KEYS["events"]) == set(sql_sums.KEY_SQL)
