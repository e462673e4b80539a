"""Names are found however they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mali_cli.dataset import load
from mali_cli.model.names import NameIndex, normalize_name

WAR = load()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("mnla", "MNLA"), ("National Movement for the Liberation of Azawad", "MNLA"),
        ("MNLA: National Movement for the Liberation of Azawad", "MNLA"),
        ("MOJWA", "MUJAO"), ("mujwa", "MUJAO"), ("MUJAO: Movement for Unity and Jihad in West Africa", "MUJAO"),
        ("Ansar al-Dine", "Ansar Dine"), ("ANSAR EL DINE", "Ansar Dine"), ("AQMI", "AQIM"), ("AQIM: Al Qaeda in the Islamic Maghreb", "AQIM"),
        ("GSIM", "JNIM"), ("JNIM: Group for Support of Islam and Muslims", "JNIM"),
        ("Jama'at Nasr al-Islam wal Muslimin", "JNIM"), ("Jama’at Nasr al-Islam wal Muslimin", "JNIM"),
        ("ISGS", "Islamic State in the Sahel"), ("Islamic State (Greater Sahara)", "Islamic State in the Sahel"),
        ("Military Forces of Mali (2013-2020)", "Malian Armed Forces"), ("Military Forces of Mali", "Malian Armed Forces"),
        ("Government of Mali", "Mali"), ("FAMA", "Malian Armed Forces"), ("Military Forces of France (2012-2017)", "French Armed Forces"),
        ("MINUSMA: United Nations Multidimensional Integrated Stabilization Mission in Mali (2013-)", "MINUSMA"),
        ("FATIM", "Chadian Armed Forces"), ("CNRDRE", "CNRDR"), ("NLFA", "FNLA"), ("Barkhane", "Operation Barkhane"), ("Serval", "Operation Serval"),
        ("CMA: Coordination of Movements of the Azawad", "CMA"), ("Dozo Militia", "Dozos"), ("Ganda Izo", "Ganda Iso"),
        ("Katiba Macina", "FLM"), ("al-Murabitun", "Al-Mourabitoun"), ("Al Mourabitoune Battalion", "Al-Mourabitoun"), ("Wagner", "Wagner Group"),
        ("Côte d’Ivoire", "Ivory Coast"), ("cote d'ivoire", "Ivory Coast"),
    ],
)  # fmt: skip
def test_groups_are_found_by_any_name(typed: str, key: str) -> None:
    assert WAR.resolver.group(typed) == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [("menaka", "Ménaka"), ("MÉNAKA", "Ménaka"), ("Me\u0301naka", "Ménaka"), ("Tombouctou", "Timbuktu"), ("Khalil", "In Khalil"), ("Sevare", "Sévaré"), ("lere", "Léré")],
)  # fmt: skip
def test_places_are_found_by_any_name(typed: str, key: str) -> None:
    assert WAR.resolver.places.resolve(typed) == key


def test_every_key_and_alias_resolves_to_its_own_row() -> None:
    for names, table, key in ((WAR.resolver.groups, "groups", "group"), (WAR.resolver.places, "places", "place")):
        frame = WAR.table(table)
        for own, aliases in zip(frame[key], frame["aliases"], strict=True):
            for name in (own, *(aliases.split(";") if isinstance(aliases, str) else ())):
                assert names.resolve(name) == own


def test_an_actor_includes_its_parts() -> None:
    france = WAR.resolver.resolve_filters("groups", {"actor": "France"}).actors
    assert {"France", "French Armed Forces", "Operation Serval", "Operation Barkhane"} <= france
    assert WAR.resolver.resolve_filters("groups", {"actor": "Islamists"}).actors == {"Islamists"}
    assert {"Gao", "Gao Airport"} <= WAR.resolver.resolve_filters("places", {"place": "Gao"}).places


def test_suggestions_are_keys_with_the_best_first() -> None:
    names = NameIndex("group", "", {"MNLA": ["National Movement"], "MNA": (), "Gao": ()})
    assert names.suggestions("MNLB")[0] == "MNLA"
    assert names.suggestions("nationel movement") == ["MNLA"]
    assert names.suggestions("") == []


def test_codes_are_found_but_never_suggested() -> None:
    names = NameIndex("country", "", {"Morocco": (), "Mali": ()}, {"Morocco": ["MA", "MAR"], "Mali": ["MLI"]})
    for index in (names, names.extended({"Mars": ()})):
        assert (index.resolve("mar"), index.resolve("MLI")) == ("Morocco", "Mali")
        assert index.suggestions("Marx") == (["Mars"] if index is not names else [])
        assert index.suggestions("Mai") == ["Mali"]


@pytest.mark.parametrize(
    ("kind", "typed", "keys"),
    [
        ("places", "Goa", ["Gao"]),
        ("places", "Konnaa", ["Konna"]),
        ("places", "Macina", ["Macina Cercle"]),
        ("places", "Kid", ["Kidal", "Kidal Cercle", "Kidal Region"]),
        ("groups", "foo", []),
        ("groups", "food", ["World Food Programme"]),
        ("groups", "Macina", ["FLM"]),
        ("groups", "MUAJO", ["MUJAO", "MUJAO faction of Al-Mourabitoun"]),
        ("groups", "French", ["France", "French Armed Forces", "French Air Force"]),
        ("groups", "Chadian", ["Chad", "Chadian Armed Forces"]),
        ("groups", "Islamist", ["Islamists", "Fulani Islamists", "Islamic State"]),
    ],
)
def test_only_what_is_close_is_suggested(kind: str, typed: str, keys: list[str]) -> None:
    assert getattr(WAR.resolver, kind).suggestions(typed) == keys


def test_suggestions_for_an_adjective_begin_with_the_country() -> None:
    assert [WAR.resolver.groups.suggestions(typed)[0] for typed in ("Malian", "Algerian", "Nigerian")] == [
        "Mali",
        "Algeria",
        "Nigeria",
    ]


def test_a_key_takes_precedence_over_an_alias_of_another_key() -> None:
    assert (
        NameIndex("group", "", {"Islamic State": (), "ISGS": ["Islamic State"]}).resolve("islamic state")
        == "Islamic State"
    )


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize_name(normalize_name(text)) == normalize_name(text)
