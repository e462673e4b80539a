"""Who held what on a day: intervals worked out by hand, and holders in our data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from tests.support.tables import dataset, rows_of

PLACES = [
    {"place": "Gao", "region": "Gao"},
    {"place": "Gao Airport", "within": "Gao", "kind": "airport"},
    {"place": "Kidal"},
]
GROUPS = [{"group": name} for name in ("Army", "MNLA", "MUJAO", "France")]


def war(folder: Path, *statements: dict[str, Any], events: list[dict[str, Any]] | None = None) -> Dataset:
    return dataset(folder, places=PLACES, groups=GROUPS, control=list(statements), events=events or [])


def on(data: Dataset, day: str, place: str = "Gao") -> list[tuple[Any, ...]]:
    found = data.control(place=place, on=day)
    return rows_of(found[found["place"] == place], "holder", "basis", "certain")


def test_a_holder_holds_until_the_next_statement_and_is_unknown_before_the_first(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2012-06-27"},
    )
    assert on(data, "2012-03-30") == [("unknown", None, False)]
    assert on(data, "2012-03-31") == [("MNLA", "held", True)]
    assert on(data, "2012-06-26") == [("MNLA", "held", True)]
    assert on(data, "2012-06-27") == [("MUJAO", "held", True)]
    assert on(data, "2026-01-01") == [("MUJAO", "held", True)]  # with the day of the statement it rests on
    intervals = data.control(place="Gao")
    assert [f"{day:%Y-%m-%d}" for day in intervals["since"]] == ["2012-03-31", "2012-06-27"]
    assert [f"{day:%Y-%m-%d}" for day in intervals["until"].dropna()] == ["2012-06-27"]
    assert intervals["certain"].isna().all()


def test_within_uncertain_days_there_are_both_holders_and_neither_is_certain(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2012-06-01", "date_end": "2012-06-30", "date_precision": "month"},
    )  # fmt: skip
    assert on(data, "2012-05-31") == [("MNLA", "held", True)]
    assert on(data, "2012-06-15") == [("MNLA", "held", False), ("MUJAO", "held", False)]
    assert on(data, "2012-06-30") == [("MUJAO", "held", True)]


def test_a_certain_statement_ends_what_an_uncertain_one_left_open(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-06-26"},
        {"place": "Gao", "holder": "Army", "date_start": "2013-01-01", "date_end": "2013-02-22", "date_precision": "range"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2013-01-28"},
    )  # fmt: skip
    assert on(data, "2013-01-30") == [("MUJAO", "held", True)]


def test_presence_ends_no_control(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "France", "date_start": "2013-01-26", "basis": "present"},
        {"place": "Gao", "holder": "", "date_start": "2022-08-15", "basis": "present"},
    )
    assert on(data, "2013-02-01") == [("MNLA", "held", True), ("France", "present", True)]
    assert on(data, "2022-08-15") == [("MNLA", "held", True)]
    assert len(data.control(place="Gao")) == 2  # the end of a presence is in its interval


def test_a_holder_who_left_without_a_successor_is_unknown(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "", "date_start": "2012-06-28"},
    )
    assert on(data, "2012-07-01") == [("unknown", "held", False)]


def test_rival_claims_are_side_by_side(tmp_path: Path) -> None:
    event = {"event_id": "2012-03-31-gao-captured", "date_start": "2012-03-31"}
    same = {"place": "Gao", "basis": "disputed", "event_id": event["event_id"]}
    data = war(
        tmp_path,
        {**same, "holder": "MNLA", "date_start": "2012-03-31"},
        {**same, "holder": "MUJAO", "date_start": "2012-04-02"},
        {"place": "Gao", "holder": "Army", "date_start": "2013-01-26"},
        {"place": "Gao", "holder": "MNLA", "date_start": "2013-01-26", "basis": "claimed"},
        events=[event],
    )
    assert on(data, "2012-05-15") == [("MNLA", "disputed", True), ("MUJAO", "disputed", True)]
    assert on(data, "2013-02-01") == [("Army", "held", True), ("MNLA", "claimed", True)]


def test_every_place_of_the_table_has_a_row(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao Airport", "holder": "Army", "date_start": "2013-01-26"},
        {"place": "Kidal", "holder": "MNLA", "date_start": "2012-03-30"},
    )
    assert rows_of(data.control(on="2012-07-01"), "place", "holder") == [
        ("Gao", "MNLA"), ("Gao Airport", "unknown"), ("Kidal", "MNLA"),
    ]  # fmt: skip
    assert set(data.control(place="Gao", on="2013-02-01")["place"]) == {"Gao", "Gao Airport"}
    assert data.control(since="2012-04-01", until="2012-12-31")["place"].tolist() == ["Gao", "Kidal"]
    assert data.control(actor="Army")["place"].tolist() == ["Gao Airport"]


def test_a_filter_on_holders_does_not_make_the_others_unknown(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2012-06-27"},
        {"place": "Kidal", "holder": "MNLA", "date_start": "2012-03-30", "basis": "claimed"},
    )
    assert rows_of(data.control(actor="MNLA", on="2012-07-01"), "place", "holder") == [("Kidal", "MNLA")]
    assert rows_of(data.control(basis="held", on="2012-07-01"), "place", "holder") == [("Gao", "MUJAO")]
    assert data.control("Gao", on="2012-07-01")["holder"].tolist() == ["MUJAO"]


OURS = load()


@pytest.mark.parametrize(
    ("day", "place", "holders"),
    [
        ("2012-05-15", "Gao", {"MNLA;Ansar Dine", "MNLA"}),
        ("2012-05-15", "Kidal", {"MNLA"}),
        ("2012-05-15", "Timbuktu", {"MNLA"}),
        ("2012-05-15", "Ménaka", {"MNLA"}),
        ("2012-05-15", "Tessalit", {"MNLA"}),
        ("2012-10-15", "Gao", {"MUJAO"}),
        ("2012-10-15", "Kidal", {"Ansar Dine"}),
        ("2012-10-15", "Timbuktu", {"Ansar Dine", "Ansar Dine;AQIM"}),
        ("2012-10-15", "Ménaka", {"MNLA"}),
        ("2012-10-15", "Tessalit", {"MNLA"}),
        ("2013-01-30", "Gao", {"Malian Armed Forces;Operation Serval"}),
        ("2013-01-30", "Kidal", {"MNLA;MIA", "MNLA;Operation Serval"}),
        ("2013-01-30", "Timbuktu", {"Operation Serval;Malian Armed Forces"}),
        ("2013-01-30", "Ménaka", {"Chadian Armed Forces"}),
        ("2013-01-30", "Tessalit", {"MNLA"}),
        ("2023-12-01", "Kidal", {"Malian Armed Forces;Wagner Group"}),
        ("2023-12-01", "Tessalit", {"French Armed Forces;Chadian Armed Forces", "Malian Armed Forces"}),
        ("2023-12-31", "Tessalit", {"Malian Armed Forces"}),
        ("2023-12-26", "Aguelhok", {"Malian Armed Forces"}),
        ("2012-10-15", "Tinzawatene", {"MNLA"}),
        ("2012-09-02", "Douentza", {"MUJAO"}),
        ("2013-01-10", "Konna", {"AQIM;Ansar Dine;MUJAO"}),
    ],
)
def test_holders_in_our_data(day: str, place: str, holders: set[str]) -> None:
    found = OURS.control(place=place, on=day)
    found = found[(found["place"] == place) & (found["basis"] != "present")]
    assert set(found["holder"]) == holders
    assert (found["since"] <= day).all()
