"""--by of relations, people and strengths: numbers of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.group_keys import GROUP_KEYS
from tests.support.tables import dataset, rows_of

TABLES: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": name} for name in ("Army", "MNLA", "CMA")],
    "relations": [
        {"group": "MNLA", "relation": "fought", "other": "Army", "date_start": "2012-01-17"},
        {"group": "MNLA", "relation": "fought", "other": "CMA", "date_start": "2012"},
        {"group": "MNLA", "relation": "member-of", "other": "CMA", "date_start": "2014-06", "basis": "disputed"},
        {"group": "Army", "relation": "fought", "other": "CMA"},
    ],
    "people": [
        {"person": "A", "group": "MNLA", "fate": "killed", "fate_date": "2013-01-13", "fate_basis": "claimed"},
        {"person": "B", "group": "MNLA"},
        {"person": "C", "group": "Army", "fate": "killed", "fate_date": "2013", "fate_basis": "reported"},
    ],
    "strengths": [
        {"group": "MNLA", "low": 100, "as_of": "2012-04"},
        {"group": "MNLA", "low": 3, "unit": "vehicles", "as_of": "2012-05-01"},
        {"group": "Army", "low": 7, "status": "pledged", "as_of": "2013"},
    ],
}


@pytest.mark.parametrize(
    ("query", "keys", "filters", "rows"),
    [
        ("relations", "relation", {}, [("fought", 3), ("member-of", 1)]),
        ("relations", "relation,year", {}, [("fought", "2012", 2), ("member-of", "2014", 1), ("fought", None, 1)]),
        ("relations", ["group", "basis"], {"actor": "MNLA"}, [("MNLA", "reported", 2), ("MNLA", "disputed", 1)]),
        ("relations", "other", {"relation": "fought"}, [("CMA", 2), ("Army", 1)]),
        ("people", "fate,year", {}, [("killed", "2013", 2), (None, None, 1)]),
        ("people", "group,fate-basis", {"fate": "killed"}, [("Army", "reported", 1), ("MNLA", "claimed", 1)]),
        ("strengths", "year,unit", {}, [("2012", "people", 1), ("2012", "vehicles", 1), ("2013", "people", 1)]),
        ("strengths", "status", {"condition": "rows > 1"}, [("present", 2)]),
    ],
)
def test_rows_are_counted(tmp_path: Path, query: str, keys: Any, filters: dict[str, Any], rows: list[Any]) -> None:
    found = getattr(dataset(tmp_path, **TABLES), query)(by=keys, **filters)
    assert rows_of(found, *found.columns) == rows
    assert found.columns[-1] == "rows"


@pytest.mark.parametrize("query", ["relations", "people", "strengths"])
@pytest.mark.parametrize("limit", [None, 1])
def test_every_key_counts_every_row(query: str, limit: int | None) -> None:
    for key in GROUP_KEYS[query]:
        counts = load().answer(query, by=key, limit=limit)
        if limit is None:
            assert counts.frame["rows"].sum() == len(getattr(load(), query)()), key
        assert counts.notes[0].startswith(f"{len(getattr(load(), query)())} ")


def test_an_unknown_key_is_refused_with_those_that_exist() -> None:
    with pytest.raises(MaliError) as error:
        load().people(by="role")
    assert str(error.value) == "no key of `by` is called 'role'. Allowed: fate, fate-basis, group, year."


def test_figures_have_the_place_and_type_of_their_event() -> None:
    names = [column.name for column in load().answer("casualties").columns]
    *first, added_later = (column.name for column in schema.table("casualties").columns)
    assert names == [*first, "place", "event_type", added_later]  # so that no column has moved
    konna = load().casualties(place="Konna", columns="place,event_type,best", limit=1)
    assert rows_of(konna, "place", "event_type")[0][0] == "Konna"
    assert load().casualties(scope="total", columns="place,event_type").isna().all(axis=None)
    disputed = [column.name for column in load().answer("casualties", disputed=True).columns]
    assert disputed[-4:] == ["width", "place", "event_type", "date_precision"]


def test_a_group_without_any_leader_is_not_an_empty_list_of_filters() -> None:
    war = load()
    assert war.answer("people", actor="JNIM").empty_message == "No leader of JNIM is named."
    assert war.answer("people", actor="MNLA", since="1990", until="1990").empty_message == ""
