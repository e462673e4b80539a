"""What people type finds what they mean."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.model import periods
from mali_cli.model.names import NameIndex, normalize_name

WAR = load()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mnla", "MNLA"), ("National Movement for the Liberation of Azawad", "MNLA"),
        ("MNLA: National Movement for the Liberation of Azawad", "MNLA"),
        ("MOJWA", "MUJAO"), ("mujwa", "MUJAO"), ("MUJAO: Movement for Unity and Jihad in West Africa", "MUJAO"),
        ("Ansar al-Dine", "Ansar Dine"), ("ANSAR EL DINE", "Ansar Dine"), ("AQMI", "AQIM"), ("AQIM: Al Qaeda in the Islamic Maghreb", "AQIM"),
        ("GSIM", "JNIM"), ("JNIM: Group for Support of Islam and Muslims", "JNIM"),
        ("Jama'at Nasr al-Islam wal Muslimin", "JNIM"), ("Jama’at Nasr al-Islam wal Muslimin", "JNIM"),
        ("ISGS", "Islamic State in the Sahel"), ("Islamic State (Greater Sahara)", "Islamic State in the Sahel"),
        ("Military Forces of Mali (2013-2020)", "Malian Armed Forces"), ("Military Forces of Mali", "Malian Armed Forces"),
        ("Government of Mali", "Malian Armed Forces"), ("FAMA", "Malian Armed Forces"), ("Military Forces of France (2012-2017)", "French Armed Forces"),
        ("MINUSMA: United Nations Multidimensional Integrated Stabilization Mission in Mali (2013-)", "MINUSMA"),
        ("FATIM", "Chadian Armed Forces"), ("CNRDRE", "CNRDR"), ("NLFA", "FNLA"), ("Barkhane", "Operation Barkhane"), ("Serval", "Operation Serval"),
        ("CMA: Coordination of Movements of the Azawad", "CMA"), ("Dozo Militia", "Dozos"), ("Ganda Izo", "Ganda Iso"),
        ("Katiba Macina", "FLM"), ("al-Murabitun", "Al-Mourabitoun"), ("Al Mourabitoune Battalion", "Al-Mourabitoun"), ("Wagner", "Wagner Group"),
        ("Côte d’Ivoire", "Ivory Coast"), ("cote d'ivoire", "Ivory Coast"),
    ],
)  # fmt: skip
def test_groups_by_any_name(typed: str, meant: str) -> None:
    assert WAR.resolver.groups.resolve(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("menaka", "Ménaka"), ("MÉNAKA", "Ménaka"), ("Me\u0301naka", "Ménaka"), ("Tombouctou", "Timbuktu"), ("Khalil", "In Khalil"), ("Sevare", "Sévaré"), ("lere", "Léré")],
)  # fmt: skip
def test_places_by_any_name(typed: str, meant: str) -> None:
    assert WAR.resolver.places.resolve(typed) == meant


def test_every_key_and_alias_means_its_own_row() -> None:
    for names, table, key in ((WAR.resolver.groups, "groups", "group"), (WAR.resolver.places, "places", "place")):
        frame = WAR.table(table)
        for own, aliases in zip(frame[key], frame["aliases"], strict=True):
            for name in (own, *(aliases.split(";") if isinstance(aliases, str) else ())):
                assert names.resolve(name) == own


def test_an_actor_takes_what_is_part_of_it_with_it() -> None:
    france = WAR.resolver.resolve_filters("groups", {"actor": "France"}).actors
    assert {"France", "French Armed Forces", "Operation Serval", "Operation Barkhane"} <= france
    assert WAR.resolver.resolve_filters("groups", {"actor": "Islamists"}).actors == {"Islamists"}
    assert {"Gao", "Gao Airport"} <= WAR.resolver.resolve_filters("places", {"place": "Gao"}).places


def test_suggestions_are_keys_best_first() -> None:
    names = NameIndex("thing", "", {"MNLA": ["National Movement"], "MNA": (), "Gao": ()})
    assert names.suggestions("MNLB")[0] == "MNLA"
    assert names.suggestions("nationel movement") == ["MNLA"]
    assert names.suggestions("") == []


def test_a_key_wins_over_another_ones_alias() -> None:
    assert (
        NameIndex("thing", "", {"Islamic State": (), "ISGS": ["Islamic State"]}).resolve("islamic state")
        == "Islamic State"
    )


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert normalize_name(normalize_name(text)) == normalize_name(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012", (2012, 1, 1), (2012, 12, 31)),
        ("2012-02", (2012, 2, 1), (2012, 2, 29)),
        ("2013-02", (2013, 2, 1), (2013, 2, 28)),
        ("2012-12", (2012, 12, 1), (2012, 12, 31)),
        (" 2012-06-27 ", (2012, 6, 27), (2012, 6, 27)),
    ],
)
def test_periods(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert periods.parse_date(text, "--from") == (datetime.date(*first), datetime.date(*last))


@pytest.mark.parametrize("text", ["", "12", "2012-1", "2012-00", "2012-13", "2012-02-30", "2012/01/01", "31-12-2012", "٢٠١٢", "2012-01-01T00", "0000"])  # fmt: skip
def test_no_periods(text: str) -> None:
    with pytest.raises(MaliError, match="--from takes a year, month or day such as"):
        periods.parse_date(text, "--from")


def test_both_ends_are_included() -> None:
    assert periods.parse_period("2012", "2012-06") == (datetime.date(2012, 1, 1), datetime.date(2012, 6, 30))
    assert periods.parse_period(None, "2012") == (None, datetime.date(2012, 12, 31))
    assert periods.parse_period(None, None) is None
    assert periods.parse_period(None, None, "2012-06") == (datetime.date(2012, 6, 1), datetime.date(2012, 6, 30))
    with pytest.raises(MaliError, match="--on is a period of its own"):
        periods.parse_period("2012", None, "2012")
