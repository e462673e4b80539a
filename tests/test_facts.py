"""The tables agree with the documents, figure by figure."""

from __future__ import annotations

import pandas as pd
import pytest

from mali_cli.dataset import load

WAR = load()
FIGURES = WAR.table("casualties")
EVENTS = WAR.table("events").set_index("event_id")


def estimates(source: str, **cells: str) -> list[tuple[int | None, int | None, int | None, bool]]:
    """Return low, best, high and open of the figures from a source with these cells."""
    figures = FIGURES[[source in sources.split(";") for sources in FIGURES["sources"]]]
    for column, value in cells.items():
        figures = figures[figures[column].fillna("").str.contains(value, regex=False)]
    numbers = zip(figures["low"], figures["best"], figures["high"], figures["open"], strict=True)
    return [(*(None if pd.isna(x) else int(x) for x in bounds), bool(open_)) for *bounds, open_ in numbers]


def exactly(number: int) -> tuple[int, int, int, bool]:
    return (number, number, number, False)


def at_least(number: int) -> tuple[int, int, None, bool]:
    return (number, number, None, True)


@pytest.mark.parametrize(
    ("source", "cells", "figure"),
    [
        # wikipedia: the infobox
        ("wikipedia#96", {"scope": "total", "group": "Malian"}, at_least(181)),
        ("wikipedia#97", {"harm": "captured", "group": "Malian"}, exactly(400)),
        ("wikipedia#91", {"harm": "lost"}, (1000, None, 1500, True)),
        ("wikipedia#98", {"scope": "total"}, at_least(428)),
        ("wikipedia#99", {"scope": "total"}, exactly(104)),
        ("wikipedia#100", {"scope": "total"}, exactly(58)),
        ("wikipedia#104", {"scope": "total"}, exactly(15)),
        ("wikipedia#127", {"harm": "displaced"}, exactly(374000)),
        # ... and the breakdowns inside its references
        ("wikipedia#99", {"tally": "period-2013-01"}, exactly(38)),
        ("wikipedia#99", {"tally": "period-2019"}, exactly(12)),
        # wikipedia: the text
        ("wikipedia#191", {"harm": "killed"}, exactly(1)),
        ("wikipedia#191", {"harm": "wounded"}, exactly(4)),
        ("wikipedia#126", {"group": "MNLA", "harm": "wounded"}, exactly(13)),
        ("wikipedia#126", {"group": "MNLA", "harm": "killed", "according_to": "MNLA"}, exactly(1)),
        ("wikipedia#126", {"group": "MNLA", "harm": "killed", "according_to": "Islamists"}, at_least(100)),
        ("wikipedia#126", {"harm": "captured", "according_to": "Islamists"}, exactly(20)),
        ("wikipedia#125", {"group": "MUJAO", "harm": "wounded"}, exactly(17)),
        ("wikipedia#282", {"harm": "killed", "country": "Chad"}, exactly(24)),
        ("wikipedia#290", {"country": "Chad"}, exactly(13)),
        ("wikipedia#293", {"country": "Chad"}, exactly(10)),
        ("wikipedia#290", {"group": "Islamists"}, exactly(65)),
        ("wikipedia#293", {"group": "Islamists"}, exactly(28)),
        ("wikipedia#228", {"according_to": "resident"}, exactly(148)),
        ("wikipedia#312", {"harm": "killed"}, at_least(25)),
        ("wikipedia#355", {"harm": "killed"}, at_least(23)),
        ("wikipedia#358", {"harm": "killed"}, at_least(33)),
        ("wikipedia#358", {"harm": "wounded"}, exactly(14)),
        ("wikipedia#360", {"group": "Malian", "harm": "killed"}, exactly(8)),
        ("wikipedia#362", {"harm": "killed"}, at_least(300)),
        ("wikipedia#342", {"harm": "killed"}, exactly(10)),
        # almanac
        ("almanac#1", {"harm": "killed"}, exactly(47)),
        ("almanac#49", {"harm": "killed", "wording": ""}, exactly(13)),
        ("almanac#51", {"harm": "hostage"}, exactly(170)),
        ("almanac#51", {"harm": "killed"}, exactly(19)),
        ("almanac#89", {"harm": "displaced"}, exactly(51960)),
        ("almanac#104", {"harm": "killed"}, exactly(27)),
        ("almanac#85", {"harm": "killed"}, exactly(3)),
        # crisiswatch
        ("crisiswatch", {"tally": "2018-04-01-akabar", "harm": "lost"}, exactly(60)),
        ("crisiswatch", {"group": "MSA;GATIA", "harm": "killed"}, at_least(3)),
        ("crisiswatch", {"tally": "2018-04-20"}, exactly(15)),
        # azawad-wiki
        ("azawad-wiki", {"harm": "captured", "scope": "total"}, exactly(40)),
        ("azawad-wiki", {"harm": "wounded", "tally": "total-mnla-wounded-2012"}, exactly(60)),
        ("azawad-wiki", {"who": "merchants"}, (30, None, 35, False)),
        ("azawad-wiki", {"tally": "2012-malian-soldiers-massacre"}, exactly(93)),
    ],
)  # fmt: skip
def test_figures_agree_with_the_documents(source: str, cells: dict[str, str], figure: tuple[object, ...]) -> None:
    assert figure in estimates(source, **cells)


@pytest.mark.parametrize(
    ("event", "day", "place", "side_a", "side_b", "basis"),
    [
        ("2012-03-31-gao-captured", "2012-03-31", "Gao", "MNLA;Ansar Dine", "Malian Armed Forces", "disputed"),
        ("2018-04-20-tina-forest-suspects-killed", "2018-04-20", "Tina forest", "Malian Armed Forces", "Jihadists", "reported"),
    ],
)  # fmt: skip
def test_events_agree_with_the_documents(
    event: str, day: str, place: str, side_a: str, side_b: str, basis: str
) -> None:
    row = EVENTS.loc[event]
    assert f"{row['date_start']:%Y-%m-%d}" == day
    assert (row["place"], row["side_a"], row["side_b"], row["basis"]) == (place, side_a, side_b, basis)


@pytest.mark.parametrize(
    ("relation", "start", "end"),
    [
        ("Mali supported-by France", "2013-01-11", "2022-08-15"),
        ("Mali supported-by Task Force Takuba", None, None),  # leaving is only announced
        ("Mali fought Tuareg rebels", "2023", None),  # what ends in 2024 is the agreement of 2015
        ("Mali member-of ECOWAS", None, None),  # suspended
        ("Senegal member-of MINUSMA", None, None),  # known only by a death
        ("United Kingdom member-of MINUSMA", None, None),  # known only by an increase
        ("Al-Mourabitoun member-of AQIM", "2015", None),
        ("MIA split-from Ansar Dine", "2013-01", None),
    ],
)
def test_relations_have_only_stated_beginnings_and_ends(relation: str, start: str | None, end: str | None) -> None:
    relations = WAR.table("relations")
    [row] = relations[relations["group"] + " " + relations["relation"] + " " + relations["other"] == relation].index
    dates = relations.loc[row, ["date_start", "date_end"]]
    assert [None if pd.isna(date) else date for date in dates] == [start, end]


def test_the_gas_plant_of_in_amenas_is_not_the_town() -> None:
    places = WAR.table("places").set_index("place")
    assert tuple(places.loc["In Amenas gas plant", ["latitude", "longitude"]].astype(float)) == (27.90, 9.12)
    assert places.loc["In Amenas gas plant", "within"] == "In Amenas"


@pytest.mark.parametrize(
    ("event", "start", "end"),
    [
        ("2014-12-17-hollande-final-phase", "2013-02-19", "2013-06-30"),  # cited for Operation Panther
        ("2017-07-26-chinese-peacekeeper-killed", "2013-01-01", "2017-07-26"),  # retrieved on the last day
        ("2024-06-15-egyptian-troops-trained-for-minusma", "2013-01-01", "2023-12-31"),
        ("2020-07-03-central-mali-villages-massacre", "2020-06-26", "2020-07-03"),  # within a week
    ],
)
def test_events_are_dated_by_the_context(event: str, start: str, end: str) -> None:
    row = EVENTS.loc[event]
    assert (f"{row['date_start']:%Y-%m-%d}", f"{row['date_end']:%Y-%m-%d}") == (start, end)


@pytest.mark.parametrize(
    "event",
    [
        "2012-04-04-keenan-on-ansar-dine",  # a scholar speaks
        "2013-01-23-army-chief-aims-at-timbuktu",  # of which army is not said
        "2014-06-11-aguelhok-car-bomb",  # a bomber who is not named
        "2018-04-14-timbuktu-camps-attack",  # assailants, not gunmen
    ],
)
def test_nobody_acts_whom_the_documents_do_not_name(event: str) -> None:
    assert pd.isna(EVENTS.loc[event, "side_a"])


def test_terrorists_are_not_filed_as_jihadists() -> None:
    sides = EVENTS.loc[["2023-08-11-ber-fighting", "2023-10-01-bamba-base-seized"], ["side_a", "side_b"]]
    assert not sides.apply(lambda column: column.str.contains("Jihadists")).any(axis=None)


def test_parts_of_the_chadian_dead_add_up_to_the_total() -> None:
    parts = FIGURES[(FIGURES["part_of"] == "total-chad-killed") & (FIGURES["rank"] == 1)]
    of_unknown_year = parts["event_id"] == "2014-01-17-kidal-un-camp-attack"  # one of the 36 or of the 9
    assert parts.loc[~of_unknown_year, "best"].sum() == 104


def test_soldiers_killed_in_november_2019_are_counted_once() -> None:
    year = WAR.casualties(scope="period", country="Mali", by="year").set_index("year")
    assert year.loc["2019", "killed_best"] == 100  # the 77 of November are among the over 100 of October and November


def test_the_mnla_holds_kidal_from_the_day_it_took_it() -> None:
    kidal = WAR.control(place="Kidal", actor="MNLA", since="2013-01-20", until="2013-12").set_index("holder")
    assert f"{kidal.loc['MNLA', 'since']:%Y-%m-%d}" == "2013-01-28"


def test_the_aircraft_that_mali_lost_in_september_2023_are_one_query() -> None:
    lost = WAR.strengths(actor="Malian Armed Forces", status="lost", unit="aircraft", on="2023-09")
    of_month = lost[lost["as_of"] == "2023-09"].set_index("what")["low"]
    assert of_month.to_dict() == {"aircraft shot down": 4, "aircraft L-39C captured": 1}
    assert set(lost.loc[lost["what"] == "combat jet Su-25", "according_to"]) == {"CMA", "Military Africa"}


def test_peacekeepers_killed_in_all_missions_are_no_dead_of_this_war() -> None:
    wider = WAR.casualties(scope="wider")
    assert wider["best"].tolist() == [424, 32]
    assert set(wider["according_to"]) == {"United Nations Staff Union"}
    assert WAR.casualties(by="group", group="United Nations")["stated_killed"].isna().all()


def test_sums_agree_with_the_documents() -> None:
    """These numbers can be checked in the documents."""
    april = WAR.events(source="crisiswatch", since="2018-04", until="2018-04", dates="certain")
    assert len(april) >= 15
    assert WAR.casualties(source="wikipedia#98", scope=["event", "period"])["best"].sum() == 430  # the page says 428
    assert WAR.casualties(source="wikipedia#99", scope=["event", "period"])["best"].sum() == 104
    assert WAR.casualties(source="wikipedia#96", scope=["event", "period"])["best"].sum() == 181
    assert WAR.casualties(source="wikipedia#104", scope=["event", "period"])["best"].sum() == 15
    assert WAR.casualties(source="wikipedia#101", scope=["event", "period"])["best"].sum() == 16
    assert WAR.casualties(source="wikipedia#103", scope=["event", "period"])["best"].sum() == 16


def test_a_declaration_of_war_is_no_fight_and_the_status_of_the_war_is_an_event() -> None:
    declared = EVENTS.loc[["2013-mnla-maiga-declaration-of-war", "2023-09-11-cma-declares-war"]]
    assert set(declared["sub_event_type"]) == {"Declaration"}
    assert "ongoing" in EVENTS.loc["2024-06-15-war-still-ongoing", "summary"]


def test_the_page_of_retrieval_is_at_most_the_end_of_a_range() -> None:
    retrieved = EVENTS[EVENTS["note"].fillna("").str.contains("is undated and was retrieved")]
    assert len(retrieved) > 10
    assert set(retrieved["date_precision"]) == {"range"}
