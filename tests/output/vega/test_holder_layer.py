"""The signs of holders: one a group, in the colour of its camp, which fades with the age of the statement."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

from mali_cli.dataset import Dataset, load
from mali_cli.output.map_data import Age
from mali_cli.output.vega.camps import CAMP_COLORS, age_fill
from mali_cli.output.vega.holder_layer import sign_of
from mali_cli.output.vega.primitives import PAPER
from mali_cli.output.vega.spec import bare_chart, specification, subtitle
from mali_cli.results import ChartRequest, QueryResult
from tests.support.charts import AWKWARD_WAR
from tests.support.tables import dataset

PLACES = [
    {"place": "Gao", "latitude": "16.27", "longitude": "-0.04"},
    {"place": "Kidal", "latitude": "18.44", "longitude": "1.41"},
    {"place": "Konna", "latitude": "14.94", "longitude": "-3.89"},
    {"place": "Ber", "latitude": "16.8", "longitude": "-2.5"},
    {"place": "Diabaly", "latitude": "14.6", "longitude": "-6.1"},
]
GROUPS = [{"group": "Us", "camp": "government"}, {"group": "Friends", "camp": "government"}, {"group": "Them", "camp": "jihadist"}]  # fmt: skip
CONTROL = [
    {"place": "Gao", "holder": "Us", "date_start": "2012-03-31"},
    {"place": "Kidal", "holder": "Us;Friends", "date_start": "2023-11-15"},
    {"place": "Konna", "holder": "Them", "date_start": "2023-01-10", "basis": "claimed", "note": "On the radio."},
    {"place": "Ber", "holder": "Us", "date_start": "2023-08-12", "basis": "disputed"},
    {"place": "Ber", "holder": "Them;Friends", "date_start": "2023-08-12", "basis": "disputed"},
    {"place": "Diabaly", "holder": "Them", "date_start": "2022-01-10"},
]


def war(folder: Path) -> Dataset:
    return dataset(folder, groups=GROUPS, places=PLACES, control=CONTROL)


def values(result: QueryResult) -> list[dict[str, Any]]:
    """Return the values of all layers of the map."""
    chart = bare_chart(result)[0]
    return [value for layer in chart["vconcat"][0]["layer"] for value in layer["data"]["values"]]


def marks(result: QueryResult) -> dict[str, dict[str, Any]]:
    return {v["description"].partition(":")[0]: v for v in values(result) if v.get("description")}


def test_each_holder_has_its_own_colour_and_shape(tmp_path: Path) -> None:
    result = dataset(tmp_path, **AWKWARD_WAR).answer("map", on="2012-02")
    looks: dict[str, set[tuple[str, str]]] = {}
    for value in values(result):
        if holder := re.search(r"held by (Band \d+)", value.get("description", "")):
            looks.setdefault(holder[1], set()).add((value["shape"], value["fill"]))
    assert all(len(group) == 1 for group in looks.values())
    assert len({look for group in looks.values() for look in group}) == len(looks) == 20
    # The hues are Okabe and Ito's, made for this (their black is kept for letters).
    hues = {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"}
    assert set(CAMP_COLORS.values()) - {CAMP_COLORS["other"]} <= hues


def test_a_group_has_the_same_sign_in_all_maps() -> None:
    early, late = (load().answer("map", on=day).chart for day in ("2012-07-01", "2023-11-15"))
    assert early
    assert late
    assert early.camps == late.camps
    assert sign_of("MNLA", early) == sign_of("MNLA", late)
    assert sign_of("MNLA", early).color == sign_of("CMA", early).color == CAMP_COLORS["separatist"]
    signs = [sign_of(group, early) for group in early.camps]
    assert len(set(signs)) == len(signs)


def test_the_colour_fades_with_the_age_of_the_statement_whose_year_is_in_the_label(tmp_path: Path) -> None:
    result = war(tmp_path).answer("map", on="2023-12-01")
    drawn, blue, red = marks(result), CAMP_COLORS["government"], CAMP_COLORS["jihadist"]
    assert (drawn["Gao"]["fill"], drawn["Gao"]["stroke"]) == (PAPER, blue)
    assert (drawn["Diabaly"]["fill"], drawn["Diabaly"]["stroke"]) == (age_fill(red, Age.PALE), red)
    assert {value["fill"] for value in values(result) if value.get("shape") == drawn["Gao"]["shape"]} >= {PAPER}
    texts = {value["text"] for value in values(result) if "text" in value}
    assert {"Gao 2012", "Kidal 2023", "Diabaly 2022"} <= texts
    framed = json.dumps(specification(result))
    assert all(words in framed for words in ("up to 1 year old", "up to 3 years old", "more than 3 years old"))
    assert "1 of 5 holders by statements older than 3 years" in framed


def test_joint_holders_have_both_signs_side_by_side(tmp_path: Path) -> None:
    result = war(tmp_path).answer("map", on="2023-12-01")
    assert result.chart
    kidal = marks(result)["Kidal"]
    signs = {sign_of(group, result.chart).shape for group in ("Us", "Friends")}
    beside = [
        v for v in values(result) if not v.get("description") and v.get("shape") in signs and v["y"] == kidal["y"]
    ]
    assert {v["shape"] for v in beside} == signs
    assert len({v["x"] for v in beside}) == 2
    assert "signs side by side: held together" in json.dumps(specification(result))


def test_rivals_have_their_colours_and_names_at_the_place(tmp_path: Path) -> None:
    result = war(tmp_path).answer("map", on="2023-12-01")
    texts = {value["text"] for value in values(result) if "text" in value}
    assert {"Ber 2023: Us or Them, Friends", "Konna 2023: claimed by Them"} <= texts
    point = marks(result)["Ber"]
    sectors = [v for v in values(result) if (v.get("x"), v.get("y")) == (point["x"], point["y"]) and "A1,1" in str(v["shape"])]  # fmt: skip
    assert [v["fill"] for v in sectors] == [CAMP_COLORS[camp] for camp in ("government", "jihadist", "government")]
    assert "Claimed or contested:" not in json.dumps(specification(result))
    assert "Ber (Us or Them, Friends)" in bare_chart(result, 200)[1][0]  # no room for it on the map


def test_the_label_of_a_mark_has_since_basis_note_and_sources(tmp_path: Path) -> None:
    [label] = [v["description"] for v in values(war(tmp_path).answer("map", on="2023-12-01")) if str(v.get("description")).startswith("Konna")]  # fmt: skip
    assert "held by Them (contested) since 2023-01-10, as of 2023-01-10" in label
    assert "; basis: claimed; note: On the radio.; sources: " in label


def test_who_sees_only_the_map_of_15_november_2023_cannot_think_that_the_french_hold_timbuktu() -> None:
    result = load().answer("map", on="2023-11-15")
    assert result.chart
    assert re.fullmatch(r"\d+ of \d+ holders by statements older than 3 years", subtitle(result.chart))
    texts = [value["text"] for value in values(result) if "text" in value]
    assert not [text for text in texts if "French" in text or "Serval" in text]
    held = [text for text in texts if re.search(r" (19|20)\d\d\b", text)]
    assert len(held) > 12

    for place, mark in marks(result).items():
        [row] = [row for row in result.frame.to_dict("records") if row["place"] == place]
        if row["holder"] != "unknown" and row["holder_as_of"].date() < datetime.date(2020, 11, 14):
            assert mark["fill"] == PAPER


def test_groups_that_are_in_no_table_are_in_no_camp() -> None:
    chart = ChartRequest("map", "events", camps={"A": "other", "B": "other"})
    assert sign_of("A", chart).shape != sign_of("B", chart).shape
    assert sign_of("A", chart).color == sign_of("B", chart).color == CAMP_COLORS["other"]
