"""Who held what on a day: intervals worked out by hand, and holders in our data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import MaliError
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
    return rows_of(found[found["place"] == place], "holder", "basis", "status")


def test_a_holder_holds_until_the_next_statement_and_is_unknown_before_the_first(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2012-06-27"},
    )
    assert on(data, "2012-03-30") == [("unknown", None, "unknown")]
    assert on(data, "2012-03-31") == [("MNLA", "held", "recent")]
    assert on(data, "2012-06-26") == [("MNLA", "held", "recent")]
    assert on(data, "2012-06-27") == [("MUJAO", "held", "recent")]
    assert on(data, "2026-01-01") == [("MUJAO", "held", "last known")]
    intervals = data.control(place="Gao")
    assert [f"{day:%Y-%m-%d}" for day in intervals["since"]] == ["2012-03-31", "2012-06-27"]
    assert [f"{day:%Y-%m-%d}" for day in intervals["until"].dropna()] == ["2012-06-27"]
    assert intervals[["status", "age_years"]].isna().all(axis=None)
    assert intervals["ending"].tolist() == ["next statement", "end not stated"]


def test_within_uncertain_days_there_are_both_holders_and_either_may_have_changed(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2012-06-01", "date_end": "2012-06-30", "date_precision": "month"},
    )  # fmt: skip
    assert on(data, "2012-05-31") == [("MNLA", "held", "recent")]
    assert on(data, "2012-06-15") == [("MNLA", "held", "may have changed"), ("MUJAO", "held", "may have changed")]
    assert on(data, "2012-06-30") == [("MUJAO", "held", "recent")]


def test_a_certain_statement_ends_what_an_uncertain_one_left_open(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-06-26"},
        {"place": "Gao", "holder": "Army", "date_start": "2013-01-01", "date_end": "2013-02-22", "date_precision": "range"},
        {"place": "Gao", "holder": "MUJAO", "date_start": "2013-01-28"},
    )  # fmt: skip
    assert on(data, "2013-01-30") == [("MUJAO", "held", "recent")]


def test_presence_ends_no_control(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "France", "date_start": "2013-01-26", "basis": "present"},
        {"place": "Gao", "holder": "", "date_start": "2022-08-15", "basis": "present"},
    )
    assert on(data, "2013-02-01") == [("MNLA", "held", "recent"), ("France", "present", "recent")]
    assert on(data, "2022-08-15") == [("MNLA", "held", "last known")]
    assert len(data.control(place="Gao")) == 2  # the end of a presence is in its interval


def test_a_holder_who_left_without_a_successor_is_unknown(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "", "date_start": "2012-06-28"},
    )
    assert on(data, "2012-07-01") == [("unknown", "held", "unknown")]


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
    assert on(data, "2012-05-15") == [("MNLA", "disputed", "recent"), ("MUJAO", "disputed", "recent")]
    assert on(data, "2013-02-01") == [("Army", "held", "recent"), ("MNLA", "claimed", "recent")]


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


@pytest.mark.parametrize(
    ("day", "max_age", "status"),
    [
        ("2015-01-30", None, "recent"),  # two years to the day
        ("2015-01-31", None, "last known"),
        ("2013-07-30", "6m", "recent"),
        ("2013-07-31", "6m", "last known"),
        ("2013-03-01", "30d", "recent"),
        ("2013-03-02", "30d", "last known"),
        ("2024-01-30", "12Y", "recent"),
    ],
)
def test_an_old_statement_makes_a_holder_last_known(tmp_path: Path, day: str, max_age: str | None, status: str) -> None:
    statement = {"place": "Gao", "holder": "MNLA", "date_start": "2013-01-26", "date_end": "2013-01-30"}
    found = war(tmp_path, {**statement, "date_precision": "range"}).control("Gao", on=day, max_age=max_age)
    assert rows_of(found, "status") == [(status,)]
    assert str(found.loc[0, "as_of"])[:10] == "2013-01-30"


def test_the_age_of_a_statement_is_in_years(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Gao", "holder": "France", "date_start": "2013-06-01", "date_end": "2013-06-30", "basis": "present"},
        {"place": "Kidal", "holder": "MNLA", "date_start": "2014-01-01"},
    )
    assert rows_of(data.control(on="2013-06-15"), "place", "holder", "age_years", "status") == [
        ("Gao", "MNLA", 1.2, "recent"), ("Gao", "France", 0.0, "may have changed"), ("Kidal", "unknown", None, "unknown"),
    ]  # fmt: skip


def test_a_note_counts_the_holders_that_are_only_last_known(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        {"place": "Gao", "holder": "MNLA", "date_start": "2012-03-31"},
        {"place": "Kidal", "holder": "MNLA", "date_start": "2015-03-30"},
        {"place": "Gao Airport", "holder": "", "date_start": "2015-03-30"},
    )
    stale = "1 of 2 holders is last known: its statement is more than 2 years older than 2016-01-01 (--max-age)."
    assert data.answer("control", on="2016-01-01").notes[0] == stale
    assert "more than 90 days older" in data.answer("control", on="2016-01-01", max_age="90d").notes[0]
    assert "last known" not in "".join(data.answer("control", on="2016-01-01", max_age="10y").notes)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"max_age": "2y"}, "`max_age` needs `on`: it is about who holds a place on a day."),
        ({"max_age": "2y", "on": "2013"}, "`max_age` needs a single day: `on` 2013-01-30. A month or year gives intervals."),
        ({"max_age": "two", "on": "2013-01-30"}, "`max_age` takes years, months or days such as 2y, 18m or 90d, at most 200y, not 'two'."),
        ({"max_age": "999999y", "on": "2013-01-30"}, "`max_age` takes years, months or days such as 2y, 18m or 90d, at most 200y, not '999999y'."),
    ],
)  # fmt: skip
def test_a_wrong_age_is_refused(filters: dict[str, str], message: str) -> None:
    with pytest.raises(MaliError) as error:
        load().control(**filters)
    assert str(error.value) == message


def test_a_dissolved_group_holds_nothing_any_more_and_its_allies_stay(tmp_path: Path) -> None:
    data = dataset(
        tmp_path,
        places=PLACES,
        groups=[*GROUPS, {"group": "Mission", "dissolved": "2014-08"}],
        control=[
            {"place": "Gao", "holder": "Mission;Army", "date_start": "2013-01-26"},
            {"place": "Gao Airport", "holder": "Mission", "date_start": "2013-01-26", "basis": "claimed"},
            {"place": "Kidal", "holder": "Mission", "date_start": "2014-08-10"},  # stated in the month of its end
        ],
    )
    assert on(data, "2014-07-31") == [("Mission;Army", "held", "recent")]
    assert on(data, "2014-08-15") == [
        ("Mission;Army", "held", "may have changed"), ("Army", "held", "may have changed"),
    ]  # fmt: skip
    assert on(data, "2014-08-31") == [("Army", "held", "recent")]
    assert on(data, "2015-02-01") == [("Army", "held", "last known")]  # its statement is that of 2013
    assert on(data, "2014-09-01", "Gao Airport") == [("unknown", None, "unknown")]
    assert on(data, "2014-08-10", "Kidal") == [("Mission", "held", "recent")]
    assert on(data, "2014-08-11", "Kidal") == [("Mission", "held", "may have changed")]
    assert on(data, "2014-09-01", "Kidal") == [("unknown", None, "unknown")]
    assert data.control("Kidal")["until_by"].dt.strftime("%Y-%m-%d").tolist() == ["2014-08-31"]
    assert rows_of(data.control("Gao"), "holder", "ending") == [
        ("Mission;Army", "Mission dissolved 2014-08"), ("Army", "end not stated"), ("Mission", "Mission dissolved 2014-08"),
    ]  # fmt: skip


def test_a_group_that_left_the_country_holds_nothing_in_it(tmp_path: Path) -> None:
    gone = {"event_id": "2022-08-15-france-leaves", "date_start": "2022-08-15", "sub_event_type": "Withdrawal"}
    data = dataset(
        tmp_path,
        places=[*PLACES, {"place": "Mali", "kind": "country"}, {"place": "Niamey", "country": "Niger"}],
        groups=[*GROUPS, {"group": "Operation", "part_of": "France"}],
        events=[{**gone, "event_type": "Strategic developments", "place": "Mali", "side_a": "France"}],
        control=[
            {"place": "Gao", "holder": "Operation", "date_start": "2022-01-22"},
            {"place": "Kidal", "holder": "France", "date_start": "2023-01-01"},  # it came back
            {"place": "Mali", "holder": "Army", "date_start": "2022-01-01", "basis": "present"},
            {"place": "Mali", "holder": "France", "date_start": "2022-01-01", "basis": "present"},
            {
                "place": "Mali",
                "holder": "",
                "date_start": "2022-08-15",
                "basis": "present",
                "event_id": gone["event_id"],
            },
            {"place": "Niamey", "holder": "Operation", "date_start": "2022-01-22"},
        ],
    )
    assert rows_of(data.control(on="2023-01-01"), "place", "holder") == [
        ("Gao", "unknown"), ("Kidal", "France"), ("Mali", "Army"), ("Niamey", "Operation"),
    ]  # fmt: skip
    assert data.control("Gao")["ending"].tolist() == ["Operation left Mali 2022-08-15"]


OURS = load()


def test_the_chadians_are_present_in_kidal_until_their_withdrawal_is_announced() -> None:
    chadians = load().control(place="Kidal", actor="Chadian Armed Forces")
    assert [f"{day:%Y-%m-%d}" for day in chadians["until"]] == ["2013-04-14"]


def test_nobody_who_left_mali_holds_a_place_in_it() -> None:
    found = OURS.control(on="2023-12-01", where="Mali")
    holders = {name for cell in found["holder"] for name in cell.split(";")}
    assert holders.isdisjoint(
        {"Operation Serval", "Operation Barkhane", "French Armed Forces", "French special forces"}
    )
    assert rows_of(found[found["place"] == "Goundam"], "holder", "status", "age_years") == [
        ("Tuareg rebels", "last known", 11.7)
    ]


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
        ("2013-01-30", "Kidal", {"MNLA", "MNLA;MIA", "MNLA;Operation Serval"}),
        ("2013-01-30", "Timbuktu", {"Operation Serval;Malian Armed Forces"}),
        ("2013-01-30", "Ménaka", {"Chadian Armed Forces"}),
        ("2013-01-30", "Tessalit", {"MNLA"}),
        ("2023-12-01", "Kidal", {"Malian Armed Forces;Russian mercenaries"}),
        ("2023-12-01", "Tessalit", {"Chadian Armed Forces", "Malian Armed Forces"}),
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
