"""ACLED's associated actors such as Farmers (Mali) are civilian kinds, not groups."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.model.civilian_kinds import civilian_kind
from mali_cli.storage.convert import convert
from tests.storage.test_added_columns import drop_columns
from tests.support.lookalikes import FOLDER, edited, store, where
from tests.support.tables import rows_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Farmers (Mali)", "Farmers"),
        ("Labor Group (Burkina Faso)", "Labour Group"),
        ("Women (International)", "Women"),
        ("refugees/idps (Niger)", "Refugees/IDPs"),
        ("Journalists", "Journalists"),
        ("Fulani Ethnic Group (Mali)", None),
        ("Vigilante Group (Mali)", None),
        ("Government of Mali (2013-)", None),
        ("Farmers and Friends (Mali)", None),
    ],
)
def test_names_in_any_country(name: str, kind: str | None) -> None:
    assert civilian_kind(name) == kind


def test_an_associate_is_a_kind_and_an_actor_is_a_side(tmp_path: Path) -> None:
    changes = {
        "actor1": "Private Security Forces (Mali)",
        "assoc_actor_1": "Malian Traders; Women (Mali)",
        "assoc_actor_2": "Teachers (Mali); Labor Group (Mali); Teachers (Mali)",
    }
    war = load(store(tmp_path / "acled.csv", edited("acled_a3", where("MLI9302", **changes))))
    [event] = war.events(civilian_kind="Labour Group").to_dict("records")
    assert event["side_a"] == "Private Security Forces (Mali);Malian Traders"
    assert (event["side_b"], event["civilian_kind"]) == ("Civilians", "Women;Teachers;Labour Group")
    assert not {"Women (Mali)", "Teachers (Mali)"} & set(war.groups()["group"])


@pytest.mark.parametrize("form", ["csv", "sqlite", "parquet", "monadic"])
def test_converted_and_monadic_files_have_them_too(tmp_path: Path, form: str) -> None:
    source = FOLDER / ("acled_monadic.csv" if form == "monadic" else "acled_a3.csv")
    if form != "monadic":
        convert(load(source).backend, tmp_path / "converted", form)
        source = tmp_path / "converted"
    war = load(source)
    assert rows_of(war.events(civilian_kind=["farmers", "women"]), "event_id", "side_b", "civilian_kind") == [
        ("MLI9302", "Civilians;Fulani", "Farmers")
    ]
    assert war.answer("timeline", civilian_kind="Teachers").frame["events"].tolist() == [1]
    counts = war.answer("events", by="civilian_kind")
    assert rows_of(counts.frame, "civilian_kind", "events") == [(None, 6), ("Farmers", 1), ("Students", 1), ("Teachers", 1)]  # fmt: skip
    assert counts.notes[-1] == "Rows overlap: an event counts for each kind of civilians that it involves."
    sums = war.casualties(by="civilian-kind")
    assert rows_of(sums, "civilian_kind", "killed_best", "not_stated")[0] == ("Farmers", 6, 0)
    facts = war.show("MLI9302", section="event").set_index("item")["text"]
    assert facts["civilian_kind"] == "Farmers"


def test_a_parquet_dataset_of_before(tmp_path: Path) -> None:
    convert(load(FOLDER / "acled_a3.csv").backend, tmp_path / "old", "parquet")
    drop_columns(tmp_path / "old", "parquet", "events", ["civilian_kind"])
    war = load(tmp_path / "old")
    assert war.events(civilian_kind="Farmers").empty
    assert war.casualties(civilian_kind="Farmers", by="year").empty
    assert rows_of(war.events(by="civilian_kind"), "civilian_kind", "events") == [(None, 9)]
    assert rows_of(war.casualties(by="civilian_kind"), "civilian_kind", "killed_best") == [(None, 44)]


def test_our_own_events_have_none() -> None:
    answer = load().answer("events", civilian_kind="Women")
    assert answer.frame.empty
    assert answer.notes[-1] == "Our own events name no civilian kinds; those of files of ACLED do: --data FILE."


@pytest.mark.parametrize("name", ["Farmers", "farmers (Mali)"])
def test_a_kind_typed_as_an_actor(name: str) -> None:
    message = "Farmers is a civilian kind, not a group: use --civilian-kind Farmers."
    for war in (load(), load(FOLDER / "acled_a3.csv")):
        with pytest.raises(MaliError, match=f"^{re.escape(message)}$"):
            war.answer("events", actor=name)
