"""Buildings are places of their own; maps and comparisons take them as the town they lie in."""

from __future__ import annotations

from pathlib import Path

from mali_cli.dataset import load
from mali_cli.queries.entities import towns_of_buildings

WAR = load()
RADISSON = "2015-11-radisson-blu-bamako-attack"
ACLED_ROW = {
    **{"event_id_cnty": "MLI1", "event_date": "20 November 2015", "year": "2015", "time_precision": "1"},
    **{"disorder_type": "Political violence", "event_type": "Violence against civilians", "sub_event_type": "Attack"},
    **{"actor1": "Al Mourabitoune Battalion", "actor2": "Civilians (Mali)", "country": "Mali", "admin1": "Bamako"},
    **{"location": "Bamako", "latitude": "12.65", "longitude": "-8.0", "geo_precision": "1", "fatalities": "19"},
    **{"inter1": "2", "inter2": "7", "iso": "466", "source": "Test", "notes": "Test.", "timestamp": "1"},
}


def test_a_building_is_found_by_its_name_and_by_its_town() -> None:
    assert RADISSON in list(WAR.events(place="radisson blu")["event_id"])
    assert {RADISSON, "2015-03-la-terrasse-attack"} <= set(WAR.events(place="Bamako")["event_id"])


def test_a_building_without_a_point_of_its_own_is_at_its_town() -> None:
    towns = towns_of_buildings(WAR.table("places"))
    assert (towns["Radisson Blu"], towns["Byblos Hotel"], towns["Gao"]) == ("Bamako", "Sévaré", "Gao")
    assert towns["In Amenas gas plant"] == "In Amenas gas plant"  # far from the town
    assert towns["High-security prison in Niger"] == "High-security prison in Niger"  # its point is not stated
    assert towns["Gao Airport"] == "Gao Airport"  # no building


def test_the_map_has_one_mark_for_a_town_and_its_buildings() -> None:
    bamako = WAR.map(place="Bamako", since="2015", until="2015")
    assert bamako["place"].tolist() == ["Bamako"]
    assert int(bamako["events"].iloc[0]) == len(WAR.events(place="Bamako", since="2015", until="2015"))
    assert "In Amenas gas plant" in set(WAR.map(on="2013-01-16")["place"])


def test_the_map_of_holders_has_none_of_a_building() -> None:
    day = "2013-02-12"
    assert "Gao police station" in set(WAR.control(on=day, place="Gao")["place"])
    assert "Gao police station" not in set(WAR.map(on=day, place="Gao")["place"])


def test_an_event_at_a_building_is_at_the_same_place_as_a_record_of_its_town(tmp_path: Path) -> None:
    path = tmp_path / "acled.csv"
    header = Path("docs/compare/invented.csv").read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{header}\n{','.join(ACLED_ROW.get(name, '') for name in header.split(','))}\n", encoding="utf-8")
    match = WAR.compare(path, since="2015-11", until="2015-11").set_index("ours").loc[RADISSON]
    assert (match["theirs"], match["km_apart"]) == ("MLI1", 0)
    assert "same place" in match["rule"]
