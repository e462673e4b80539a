"""Foreign files become the tables worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mali_cli.dataset import load
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    COUNTS,
    FOLDER,
    NAMES,
    assert_as_expected,
    edited,
    raw,
    where,
)


@pytest.mark.parametrize("name", NAMES)
def test_each_layout_gives_the_expected_tables(name: str) -> None:
    assert_as_expected(foreign.tables(FOLDER / f"{name}.csv"), name)


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_sorted_as_declared(name: str) -> None:
    actual = foreign.tables(FOLDER / f"{name}.csv")
    assert actual["events"] == sorted(actual["events"], key=lambda e: (e["date_start"], e["date_end"], e["event_id"]))
    for table, key in (("casualties", "casualty_id"), ("places", "place"), ("groups", "group"), ("documents", "document")):  # fmt: skip
        keys = [row[key] for row in actual[table]]
        assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", NAMES)
def test_every_event_id_is_an_id_of_the_file(name: str) -> None:
    file = raw(name).decode("utf-8")
    ids = [row["event_id"] for row in foreign.tables(FOLDER / f"{name}.csv")["events"]]
    assert len(ids) == len(set(ids)) == COUNTS[name][1]
    assert all(re.search(rf"(?m)(^|,){re.escape(id)},", file) for id in ids)


def test_places_that_share_a_name_get_their_region_and_if_needed_their_coordinates(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "apart.csv", edited("acled_a1", where("MLI9108", latitude="14.2")))
    actual = foreign.tables(path)
    assert {place["place"]: place["aliases"] for place in actual["places"] if "Koro" in place["place"]} == {
        "Koro (Mopti, 14.07 -3.08)": "Koro",
        "Koro (Mopti, 14.2 -3.08)": "Koro",
        "Koro (Segou)": "Koro",
    }
    assert {event["event_id"]: event["place"] for event in actual["events"] if "Koro" in event["place"]} == {
        "MLI9101": "Koro (Mopti, 14.07 -3.08)",
        "MLI9102": "Koro (Segou)",
        "MLI9108": "Koro (Mopti, 14.2 -3.08)",
    }


def test_two_spellings_of_a_region_make_one_place(tmp_path: Path) -> None:
    """A place is identified by country, region, location and, within some kilometres, coordinates."""
    path = foreign.store(tmp_path / "spelt.csv", edited("acled_a1", where("MLI9107", admin1="Timbuktu")))
    assert_as_expected(foreign.tables(path), "acled_a1")


@pytest.mark.parametrize(("latitude", "places"), [("15.9215", 1), ("15.96", 1), ("15.99", 2), ("", 2)])
def test_points_of_one_name_near_each_other_are_one_place(tmp_path: Path, latitude: str, places: int) -> None:
    """Ménaka lies at 15.92; 0.045 degrees are 5 km."""
    data = edited("acled_a3", where("MLI9304", admin1="Menaka", location="Menaka", latitude=latitude, longitude="2.4"))
    dataset = load(foreign.store(tmp_path / "near.csv", data))
    assert len([row for row in foreign.rendered(dataset, "places") if row["place"].startswith("Menaka")]) == places
    assert len(dataset.events(place="Ménaka")) == 2


def test_a_cercle_does_not_get_the_alias_of_its_town(tmp_path: Path) -> None:
    """Of the words that UCDP appends to a location only town, village and city are dropped."""
    for ending, is_alias in ((" town", True), (" village", True), (" city", True), (" cercle", False), (" district", False)):  # fmt: skip
        data = edited("ucdp_u1", where("910106", where_coordinates=f"Douentza{ending}"))
        places = foreign.rendered(load(foreign.store(tmp_path / "cercle.csv", data)), "places")
        [place] = [place for place in places if place["place"] == f"Douentza{ending}"]
        assert (place["aliases"] == "Douentza") == is_alias, place
