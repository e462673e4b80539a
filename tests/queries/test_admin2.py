"""Second-level areas: --admin2 and --by admin2, on our tables and on files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.model import schema
from mali_cli.model.administrative_areas import bare_area_name, other_area_names
from mali_cli.storage.convert import convert
from mali_cli.storage.raw_tables import read_raw_table
from tests.support.lookalikes import FOLDER, edited, store, where

WAR = load()


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Mopti region", "Mopti"),
        ("Région de Mopti", "Mopti"),
        ("Cercle d'Ansongo", "Ansongo"),
        ("District of Bamako", "Bamako"),
        ("Douentza CERCLE", "Douentza"),
        ("Abala department", "Abala department"),
        ("Gao town", "Gao town"),
    ],
)
def test_the_kind_of_area_is_not_part_of_its_name(name: str, bare: str) -> None:
    assert bare_area_name(name) == bare


def test_only_the_place_that_is_the_area_as_a_whole_has_its_names() -> None:
    assert other_area_names("Gao", ["Gao", "Gao town"]) == []
    assert {"Tombouctou", "ML0605"} <= set(other_area_names("Timbuktu", ["Timbuktu Cercle", "Cercle de Tombouctou", "ML0605"]))  # fmt: skip


def test_every_cercle_of_mali_has_its_p_code_which_begins_with_that_of_its_region() -> None:
    rows = list(read_raw_table(schema.data_folder(), "places").dicts())

    def codes(row: dict[str, str]) -> list[str]:
        return [name for name in row["aliases"].split(";") if re.fullmatch(r"ML\d+", name)]

    regions = {row["region"]: codes(row)[0] for row in rows if row["kind"] == "region" and codes(row)}
    cercles = {row["admin2"]: (row["region"], codes(row)) for row in rows if row["kind"] == "cercle"}
    assert len(cercles) == 52
    for region, (code,) in cercles.values():
        assert code[:4] == regions[region]
    assert len({code for _, (code,) in cercles.values()}) == 52
    assert {row["admin2"] for row in rows} - {""} <= {*cercles, "Bamako"}


@pytest.mark.parametrize("typed", ["Timbuktu", "tombouctou", "ML0605", "Cercle de Tombouctou", "Timbuktu cercle"])
def test_a_cercle_is_found_by_any_of_its_names_and_its_p_code(typed: str) -> None:
    events = WAR.events(admin2=typed)
    assert len(events) == len(WAR.events(admin2="Timbuktu")) > 20
    assert events["admin2"].str.contains("Timbuktu").all()


@pytest.mark.parametrize(
    ("typed", "region"), [("Sikasso", "Sikasso"), ("Taoudenit", "Taoudénit"), ("ML01", "Kayes"), ("ML09", "Bamako")]
)
def test_every_region_of_mali_is_known(typed: str, region: str) -> None:
    assert WAR.resolver.regions.resolve(typed) == region
    assert len(WAR.events(region=typed)) == len(WAR.events(region=region))


def test_an_unknown_area_is_an_error_that_suggests_others() -> None:
    with pytest.raises(MaliError, match=r"no second-level area is called 'Bankss'\. Did you mean Bankass\?"):
        WAR.events(admin2="Bankss")


def test_the_area_is_a_filter_and_a_key_of_sums() -> None:
    by_area = WAR.casualties(by="admin2").set_index("admin2")
    assert by_area.loc["Kidal", "killed_best"] == WAR.casualties(admin2="Kidal", by="in")["killed_best"].sum()
    assert WAR.places(admin2="ML0703", kind="airport")["place"].tolist() == ["Gao Airport"]
    assert set(WAR.map(admin2="Tessalit")["region"]) == {"Kidal"}
    assert WAR.timeline(admin2="Niono")["events"].sum() == len(WAR.events(admin2="Niono"))
    assert set(WAR.control(admin2="Kidal")["place"]) <= set(WAR.places(admin2="Kidal")["place"])


def test_a_cercle_as_a_place_says_which_filter_matches_all_of_it() -> None:
    assert any("--admin2 Bankass matches everything in it" in n for n in WAR.answer("events", place="Bankass Cercle").notes)  # fmt: skip


@pytest.mark.parametrize(
    ("file", "typed", "ids"),
    [
        ("acled_a3", "Koro", {"MLI9305", "MLI9309"}),
        ("acled_a3", "ML0404", {"MLI9307"}),
        ("ucdp_u2", "ML0506", {"920101", "920111"}),
        ("ucdp_u2", "Abala department", {"920103"}),
    ],
)
def test_files_are_filtered_by_their_own_areas(file: str, typed: str, ids: set[str]) -> None:
    dataset = load(FOLDER / f"{file}.csv")
    assert set(dataset.events(admin2=typed)["event_id"]) == ids
    assert set(dataset.casualties(admin2=typed)["event_id"]) <= ids


def test_an_area_that_is_not_in_the_file_is_no_error() -> None:
    assert load(FOLDER / "acled_a3.csv").events(admin2="ML0407").empty
    assert load(FOLDER / "acled_a3.csv").events(region="Sikasso").empty


@pytest.mark.parametrize("areas", [("Goundam", ""), ("", "Goundam"), ("Goundam", "Timbuktu")])
def test_a_place_has_one_area_though_its_records_have_none_or_another(tmp_path: Path, areas: tuple[str, str]) -> None:
    """The filter matches all records of a place, whether the file was converted before or not."""
    ids = [id_ for id_, place in ids_and_places("acled_a1") if place == "Lere"]
    cells = {
        id_: {"admin2": area, "latitude": f"15.7{n}"} for n, (id_, area) in enumerate(zip(ids, areas, strict=True))
    }
    data = edited("acled_a1", lambda row: row.update(cells.get(row["event_id_cnty"], {})))
    path = store(tmp_path / "lere.csv", data)
    assert set(load(path).events(admin2="Goundam", columns="event_id")["event_id"]) == set(ids)
    for form in ("parquet", "sqlite"):
        convert(load(path).backend, tmp_path / form, form)
        assert set(load(tmp_path / form).events(admin2="ML0602")["event_id"]) == set(ids)
    counts = load(path).events(by="admin2").set_index("admin2")["events"]
    assert counts["Goundam"] == len(ids)


def ids_and_places(file: str) -> list[tuple[Any, ...]]:
    events = load(FOLDER / f"{file}.csv").events()
    return list(zip(events["event_id"], events["place"], strict=True))


def test_a_town_is_found_by_our_name_where_the_file_has_another(tmp_path: Path) -> None:
    path = store(
        tmp_path / "niafunke.csv", edited("acled_a3", where("MLI9301", location="Niafounke", admin2="Niafunke"))
    )
    assert load(path).events(place="Niafunké")["event_id"].tolist() == ["MLI9301"]
    assert load(path).events(admin2="Niafounke")["event_id"].tolist() == ["MLI9301"]


@pytest.mark.parametrize(
    ("name", "area"), [("Menaka", "Ménaka"), ("Segou cercle", "Ségou"), ("Soum", "Soum"), ("ML0101", "Bafoulabé"), ("", None)]
)  # fmt: skip
def test_names_of_areas_in_files_are_ours_if_we_have_them(name: str, area: str | None) -> None:
    assert NameCrosswalk("ACLED").admin2_name(name) == area
