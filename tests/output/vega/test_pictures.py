"""Pictures of casualties, control, lineages and relations: their texts and marks are those of the rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.output.vega.spec import specification
from mali_cli.results import QueryResult, drawn_result
from tests.support.drawings import labels, texts
from tests.support.tables import dataset

WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [
        {"group": "Us", "camp": "government"},
        {"group": "Them", "camp": "jihadist"},
        {"group": "Others", "camp": "separatist"},
    ],
    "places": [{"place": "Gao", "kind": "town"}, {"place": "Kidal", "kind": "town"}],
    "events": [{"event_id": name, "date_start": "2012-01-05", "side_a": "Us"} for name in "abcd"],
    "casualties": [
        {"event_id": "a", "country": "Mali", "low": 10, "best": 15, "high": 40, "open": "true"},
        {"event_id": "b", "country": "Niger", "n": 7},
        {"event_id": "c", "country": "Niger", "wording": "several"},
        {"event_id": "d", "n": 900},
    ],
    "control": [
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01"},
        {"place": "Gao", "holder": "Them", "date_start": "2012-06-01"},
        {"place": "Kidal", "holder": "Us", "date_start": "2012-03-01", "basis": "present"},
        {"place": "Kidal", "holder": "Them", "date_start": "2019-01-01", "basis": "claimed"},
    ],
    "relations": [
        {"group": "Us", "relation": "fought", "other": "Them", "date_start": "2012-01", "summary": "A fight."},
        {"group": "Them", "relation": "ally-of", "other": "Others", "basis": "disputed", "summary": "A pact."},
        {"group": "Us", "relation": "ally-of", "other": "Others", "basis": "denied", "summary": "Denied."},
        {"group": "Others", "relation": "supported-by", "other": "Us", "summary": "Help."},
        {"group": "Others", "relation": "split-from", "other": "Them", "date_start": "2011", "summary": "A split."},
    ],
}


def drawn(result: QueryResult) -> tuple[list[str], list[str]]:
    """Return the texts of a picture and the labels of its marks."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification(result)).encode()
    return [text.text for text in texts(svg)], labels(svg)


def test_bars_have_their_ranges_and_the_row_without_a_key_does_not_set_the_scale(tmp_path: Path) -> None:
    said, marks = drawn(dataset(tmp_path, **WAR).answer("casualties", by="country"))
    assert said[0] == "Mali War: people killed in events, by nationality of the victims"
    assert {"Mali", "15+ (10–40+)", "Niger", "7 ?1", "not stated"} <= set(said)
    assert "900 (not drawn: larger than all others)" in said
    assert {"killed in events, at least", "at most", "no upper bound (+)"} <= set(said)
    assert [label.partition(":")[0] for label in marks] == ["Mali", "Niger"]
    assert "15 killed (10–40+)" in marks[0]


def test_bars_of_an_actor_are_of_all_sides_and_cite_only_their_sources() -> None:
    said, _ = drawn(load().answer("casualties", by="year", actor="Wagner Group"))
    assert said[0] == "Mali War: people killed in events with Wagner Group taking part (all sides), by year"
    assert "Almanac" not in " ".join(said)


def test_stated_totals_are_beside_the_sums_of_events() -> None:
    said, marks = drawn(load().answer("casualties", by="country"))
    assert "7 ?1, stated 58" in said
    assert "total stated by a source, not a sum of events" in said
    assert [label.partition(":")[0] for label in marks].count("France") == 2  # its bar and its diamond


def test_bands_show_who_held_a_place_and_pale_with_the_age_of_the_statement(tmp_path: Path) -> None:
    said, marks = drawn(dataset(tmp_path, **WAR).answer("control"))
    assert said[:2] == ["Mali War: who held which place", "2012-01 to 2019-02"]
    assert {"Gao", "Kidal", "more than 3 years old", "Jihadists", "Government and allies"} <= set(said)
    assert [label for label in marks if "Kidal" in label] == [
        "Kidal: Them, since 2019-01-01, end not stated; claimed, as of 2019-01-01"
    ]
    gao = [label for label in marks if "Gao: Them" in label]
    assert len(gao) == 3  # in full colour, pale, and as an outline
    assert "Separatists" not in said
    assert not {"black outline: holder unknown", "one below the other: rival accounts of the same time"} & set(said)


def test_an_unknown_holder_is_a_rival_account_like_any_other(tmp_path: Path) -> None:
    control = [
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01", "basis": "disputed"},
        {"place": "Gao", "date_start": "2012-01-01", "basis": "disputed"},
    ]
    said, marks = drawn(dataset(tmp_path, **{**WAR, "control": control}).answer("control"))
    assert any(mark.startswith("Gao: unknown, since 2012-01-01") for mark in marks)
    assert {"black outline: holder unknown", "one below the other: rival accounts of the same time"} <= set(said)
    with pytest.raises(MaliError, match="No place has a recorded holder in this period"):
        drawn(dataset(tmp_path / "unknown", **{**WAR, "control": control[1:]}).answer("control"))


def test_a_lineage_is_a_tree(tmp_path: Path) -> None:
    said, marks = drawn(dataset(tmp_path, **WAR).answer("lineage", name="Them"))
    assert said[0] == "Mali War: what Them came from and what it became"
    assert {"Them", "became", "Others split off (2011)"} <= set(said)
    assert marks == ["Them", "Others split off (2011): A split."]


def test_relations_without_a_date_are_not_drawn_in_a_period() -> None:
    war = load()
    undated = war.relations(on="2012")[["date_start", "date_end", "first_reported", "last_reported"]].isna().all(axis=1)
    assert undated.any()
    drawn = drawn_result(war.answer("relations", on="2012"))
    assert len(drawn.frame) == (~undated).sum()
    assert drawn.chart
    assert drawn.chart.notes[-1] == f"Not drawn, because no date is stated: {undated.sum()} relations."
    assert len(drawn_result(war.answer("relations")).frame) == len(war.relations())


def test_relations_are_a_matrix_of_alliances_and_fights(tmp_path: Path) -> None:
    said, marks = drawn(dataset(tmp_path, **WAR).answer("relations"))
    assert sorted(set(marks)) == ["Them ally of Others (date not stated, disputed): A pact.", "Us fought Them (from 2012-01): A fight."]  # fmt: skip
    assert [marks.count(mark) for mark in set(marks)] == [2, 2]  # one in each half of the matrix
    assert [said.count(name) for name in ("Us", "Them", "Others")] == [2, 2, 2]
    assert {"allies", "fought", "hollow: disputed or claimed only"} <= set(said)
    assert "3 relations of other kinds, such as support, are not drawn." in " ".join(said)


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("casualties", {"by": "country"}),
        ("control", {"since": 2012, "until": 2013}),
        ("lineage", {"name": "AQIM"}),
        ("relations", {"on": 2012}),
    ],
)
def test_a_slide_has_its_proportions_and_no_texts_that_overlap(query: str, filters: dict[str, Any]) -> None:
    import vl_convert

    result = load().answer(query, **filters)
    assert result.chart is not None
    slide = result._replace(chart=result.chart._replace(size="slide"))
    svg = vl_convert.vegalite_to_svg(specification(slide))
    width, height = map(float, re.findall(r'(?:width|height)="([\d.]+)"', svg)[:2])
    assert width / height == pytest.approx(16 / 9, rel=0.02)
    # Texts that are turned and those with a halo, which are there twice, are left out.
    shown = list(dict.fromkeys(text for text in texts(svg.encode()) if text.bottom - text.top < 20))
    meeting = [(a.text, b.text) for i, a in enumerate(shown) for b in shown[i + 1 :] if a.meets(b)]
    assert not [pair for pair in meeting if len(set(pair)) == 2]


@pytest.mark.parametrize(
    ("query", "filters", "message"),
    [
        ("casualties", {}, "A picture of casualties needs sums by one key, such as country"),
        ("control", {"on": "2013-01-01"}, "control over more than a day"),
    ],
)
def test_what_has_no_picture_says_so(query: str, filters: dict[str, Any], message: str) -> None:
    from mali_cli.output.vega.spec import empty_message

    assert message in empty_message(load().answer(query, **filters))


def test_other_harms_have_no_bars() -> None:
    with pytest.raises(MaliError, match="No row has a number of people killed"):
        specification(load().answer("casualties", by="year", harm="wounded"))
