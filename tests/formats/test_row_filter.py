"""Filters applied while reading give the same rows as filters applied afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_filter, row_filter
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    COUNTS,
    FOLDER,
    HEADLESS,
    NAMES,
    edited,
    where,
)

Run = Callable[..., subprocess.CompletedProcess[str]]

# File, filters, and the expected ids in order
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("acled_a0", {"actor": "MUJAO"}, "9003MLI"),
    ("acled_a0", {"actor": "MOJWA"}, "9003MLI"),
    ("acled_a0", {"actor": "MUJAO: Movement for Unity and Jihad in West Africa"}, "9003MLI"),
    ("acled_a0", {"actor": "mouvement pour l’unicité et le jihad en afrique de l'ouest"}, "9003MLI"),
    ("acled_a0", {"actor": "France"}, "9003MLI"),
    ("acled_a0", {"actor": "Mali"}, "9001MLI 9002MLI 9003MLI 9005MLI"),
    ("gdelt", {"actor": "MNLA", "against": "Mali"}, "930000001 930000002"),
    ("gdelt", {"actor": "Civilians"}, "930000007"),
    ("gdelt", {"since": "2013", "until": "2014"}, "930000003 930000008 930000006 930000009"),
    ("gdelt", {"place": "Tombouctou"}, "930000001 930000002"),
    ("gdelt", {"where": "Mali", "type": "Battles"}, "930000001 930000002"),
    ("gtd", {"actor": "AQIM"}, "201303009902 201405179904"),
    ("gtd", {"actor": "Ansar Dine", "against": "Malian Armed Forces"}, "201405179904"),
    ("gtd", {"actor": "Civilians"}, "201303009902 201508079906"),
    ("gtd", {"since": "2014-05-17", "until": "2015"}, "201405179904 201405179905 201508079906"),
    ("gtd", {"on": "2013"}, "201300009903 201303009902"),
    ("gtd", {"where": "Niger"}, "201701189907"),
    ("gtd", {"where": "NER"}, "201701189907"),
    ("gtd", {"where": "562"}, "201701189907"),
    ("acled_a3", {"where": "bf"}, "BFO9308"),
    ("gtd", {"place": "Sévaré"}, "201508079906"),
    ("gtd", {"actor": "Police Forces of Mali"}, "201405179905"),
    ("acled_a0", {"actor": "Mutineers"}, "9002MLI"),
    ("acled_a0", {"actor": ["AQIM", "MAA"]}, "9003MLI 9012MLI"),
    ("acled_a0", {"actor": "Songhai Riders (Mali)"}, "9006MLI"),
    ("acled_a0", {"actor": "songhai riders (mali)"}, "9006MLI"),
    ("acled_a0", {"actor": "Police Forces of Niger"}, "9013NIR"),
    ("acled_a0", {"actor": "Police Forces of Niger (1999-2015)"}, "9013NIR"),
    ("acled_a0", {"actor": "Dan Na Ambassagou"}, ""),
    ("acled_a0", {"actor": "MNLA", "against": "Mali"}, "9001MLI"),
    ("acled_a0", {"actor": "MNLA", "against": "MAA"}, "9012MLI"),
    ("acled_a0", {"since": "2012-03-31", "until": "2012-04-01", "dates": "all"}, "9005MLI 9003MLI"),
    ("acled_a0", {"since": "2012-03-31", "until": "2012-04-01", "dates": "certain"}, "9005MLI"),
    ("acled_a0", {"since": "2012-03-31", "until": "2012-04-01", "dates": "possible"}, "9003MLI"),
    ("acled_a0", {"on": "2012-02-07", "dates": "all"}, "9002MLI"),
    ("acled_a0", {"on": "2012-02-13", "dates": "all"}, "9002MLI"),
    ("acled_a0", {"on": "2012-02-14"}, ""),
    ("acled_a0", {"until": "2012-02-07", "dates": "all"}, "9001MLI 9002MLI"),
    ("acled_a0", {"since": "2013-06-02"}, "9012MLI 9013NIR"),
    ("acled_a0", {"place": "Tombouctou"}, "9005MLI"),
    ("acled_a0", {"place": "Gao (Gao, 16.3 -0.1)"}, "9007MLI"),
    ("acled_a0", {"place": ["Diré", "KIDAL"]}, "9006MLI 9010MLI 9011MLI"),
    ("acled_a0", {"region": "Gao"}, "9003MLI 9007MLI 9008MLI 9009MLI"),
    ("acled_a0", {"region": "Tombouctou region"}, "9005MLI 9006MLI 9012MLI"),
    ("acled_a0", {"region": "Gao", "actor": "Civilians"}, "9007MLI 9008MLI"),
    ("acled_a0", {"where": "Niger"}, "9013NIR"),
    ("acled_a0", {"country": "niger"}, "9013NIR"),
    ("acled_a0", {"type": "Riots"}, "9009MLI"),
    ("acled_a0", {"type": "Explosions/Remote violence"}, "9007MLI"),
    ("acled_a0", {"type": ["Armed clash", "Protests"]}, "9002MLI 9010MLI"),
    ("acled_a0", {"text": "WELL post"}, "9001MLI"),
    ("acled_a0", {"text": ["school", "office"]}, "9009MLI 9010MLI"),
    ("acled_a0", {"near": "Kidal:10"}, "9010MLI 9011MLI"),
    ("acled_a0", {"near": "Kidal:130"}, "9001MLI 9010MLI 9011MLI"),
    ("acled_a0", {"min_killed": 3}, "9001MLI 9007MLI 9012MLI"),
    ("acled_a0", {"max_killed": 1}, "9008MLI"),
    ("acled_a0", {"source": "Radio Sable"}, "9004MLI 9003MLI 9005MLI 9006MLI 9013NIR"),
    ("acled_a0", {"source": "radio sable", "since": "2013"}, "9013NIR"),
    ("acled_a0", {"basis": "reported", "until": "2012-01"}, "9001MLI"),
    ("acled_a1", {"actor": "EIGS"}, "MLI9104 MLI9103 MLI9105"),
    ("acled_a1", {"actor": "Operation Barkhane"}, "MLI9105"),
    ("acled_a1", {"on": "2018-12-30", "dates": "all"}, "MLI9108"),
    ("acled_a1", {"on": "2019-01-02", "dates": "all"}, ""),  # ACLED counts its week in 2018
    ("acled_a1", {"on": "2018-12-28", "dates": "all"}, "MLI9108"),
    ("acled_a1", {"since": "2019-01-04", "until": "2019-02-14", "dates": "all"}, "MLI9104"),
    ("acled_a1", {"on": "2019-02-17", "dates": "all"}, "MLI9104"),
    ("acled_a1", {"text": "withdrawn"}, ""),
    ("acled_a1", {"text": "stands"}, "MLI9104"),
    ("acled_a1", {"min_killed": 5}, "MLI9101"),
    ("acled_a1", {"min_killed": 4}, "MLI9101 MLI9103"),
    ("acled_a1", {"max_killed": 4}, "MLI9102 MLI9104 MLI9103"),
    ("acled_a1", {"place": "Koro (Segou)"}, "MLI9102"),
    ("acled_a1", {"region": "Segou"}, "MLI9102"),
    ("acled_a1", {"region": "Ménaka", "actor": "MSA"}, "MLI9103"),
    ("acled_a1", {"where": "Niger"}, ""),
    ("acled_a2", {"on": "2020-06-20", "dates": "all"}, "MLI9205"),
    ("acled_a2", {"since": "2020-06-22", "dates": "all"}, "MLI9207 MLI9208 MLI9209 MLI9205"),
    ("acled_a2", {"text": "believed"}, ""),
    ("acled_a2", {"actor": "FLM"}, ""),
    ("acled_a2", {"actor": "Katiba Gourma"}, "MLI9205"),
    ("acled_a2", {"actor": "Malian Armed Forces", "min_killed": 10}, "MLI9205"),
    ("acled_a2", {"min_killed": 11}, ""),
    ("acled_a2", {"actor": "Military Forces of Senegal (2012-)"}, "MLI9208 MLI9209"),
    ("acled_a2", {"place": "Konna, Old Port"}, "MLI9201"),
    ("acled_a2", {"place": "Intahaka mine"}, "MLI9205"),
    ("acled_a2", {"type": "Armed clash"}, "MLI9206"),
    ("acled_a2", {"source": "Dune Gazette"}, "MLI9201 MLI9205"),
    ("acled_a0", {"interaction": "Political militia-Civilians"}, "9007MLI"),
    ("acled_a2", {"interaction": "21"}, "MLI9201 MLI9205"),
    ("acled_a3", {"civilian_targeting": True, "type": "Mob violence"}, "MLI9305"),
    ("acled_a3", {"civilian_targeting": True, "since": "2023-03-04"}, "MLI9305 MLI9307 MLI9309 MLI9302"),
    ("acled_a3", {"disorder_type": "Demonstrations"}, "MLI9304 MLI9305"),
    ("acled_a3", {"interaction": ["Civilians-State forces", "60"]}, "MLI9304 MLI9307"),
    ("acled_a4", {"disorder_type": "Demonstrations"}, "CIV9405 MLI9406"),
    ("acled_a4", {"disorder_type": "Political violence", "civilian_targeting": True}, "MLI9402 MLI9406"),
    ("acled_a4", {"interaction": "16"}, "CIV9405 MLI9406"),
    ("acled_a3", {"region": "Sahel"}, "BFO9308"),
    ("acled_a3", {"where": ["Mali"], "actor": "JNIM"}, "MLI9301"),
    ("acled_a3", {"type": ["Protests", "Mob violence"]}, "MLI9304 MLI9305"),
    ("acled_a3", {"place": "Koro (Mopti)"}, "MLI9305 MLI9309"),
    ("acled_a3", {"near": "Koro (Mopti):400"}, "MLI9305 MLI9307 BFO9308 MLI9309 MLI9301"),
    ("acled_a3", {"on": "2023-02-28", "dates": "all"}, "MLI9303"),
    ("acled_a3", {"text": "communique"}, "MLI9306"),
    ("acled_a3", {"min_killed": 10, "where": "Mali"}, "MLI9301"),
    ("acled_monadic", {"actor": "Civilians"}, "MLI9305 MLI9307 MLI9309 MLI9302"),
    ("acled_monadic", {"actor": "Wagner"}, "MLI9301"),
    ("acled_monadic", {"actor": "JNIM"}, "BFO9308 MLI9301"),
    ("acled_a3", {"civilian_kind": ["farmers", "Teachers"]}, "MLI9309 MLI9302"),
    ("acled_a3", {"civilian_kind": "Farmers", "actor": "ISGS", "since": "2023-09"}, "MLI9302"),
    ("acled_monadic", {"civilian_kind": "Farmers"}, "MLI9302"),
    ("acled_monadic", {"civilian_kind": "Farmers", "actor": "ISGS"}, "MLI9302"),
    ("acled_monadic", {"actor": "Civilians", "against": "ISGS"}, "MLI9302"),
    ("acled_monadic", {"actor": "Malian Armed Forces", "against": "JNIM"}, "MLI9301"),
    ("acled_monadic", {"actor": "Civilians", "min_killed": 2}, "MLI9307 MLI9302"),
    ("acled_a4", {"actor": "Burkina Faso"}, "BFO9403 TOG9404"),
    ("acled_a4", {"actor": "ISGS"}, "MLI9407"),
    ("acled_a4", {"actor": "Malian Armed Forces"}, "MLI9401 MLI9407"),
    ("acled_a4", {"actor": "Police Forces of Niger Gendarmerie"}, "BFO9403"),
    ("acled_a4", {"actor": "Military Forces of Burkina Faso (2016-2022)"}, "BFO9403 TOG9404"),
    ("acled_a4", {"where": "Côte d'Ivoire"}, "CIV9405"),
    ("acled_a4", {"on": "2024-08-02"}, "TOG9404"),
    ("acled_a4", {"on": "2024-08-02", "dates": "possible"}, "MLI9402 MLI9407"),
    ("acled_a4", {"on": "2024-08-02", "dates": "all"}, "TOG9404 MLI9402 MLI9407"),
    ("acled_a4", {"place": "Kourou (Centre, Togo)"}, "TOG9404"),
    ("acled_a4", {"place": "Tinzawatene"}, "MLI9401"),
    ("acled_a4", {"region": "Centre"}, "BFO9403 TOG9404"),
    ("ucdp_u1", {"actor": "Ganda Izo"}, "910106"),
    ("ucdp_u1", {"actor": "FAMA", "until": "2012"}, "910101"),
    ("ucdp_u1", {"actor": "France"}, "910102"),
    ("ucdp_u1", {"actor": "Al-Mourabitoun"}, "910105"),
    ("ucdp_u1", {"on": "2013-06", "dates": "all"}, "910105"),
    ("ucdp_u1", {"on": "2015-04-11"}, "910104"),
    ("ucdp_u1", {"source": '"Radio Sable,2013-02-22,Invented march ends"'}, "910102"),
    ("ucdp_u1", {"actor": "IS"}, "910107"),
    ("ucdp_u1", {"place": "Anefif"}, "910103"),
    ("ucdp_u1", {"place": "Adagh"}, "910102"),
    ("ucdp_u2", {"actor": "IS"}, "920104"),
    ("ucdp_u2", {"actor": "ISGS"}, "920103"),
    ("ucdp_u2", {"actor": "Wagner"}, "920109"),
    ("ucdp_u2", {"actor": "Government of Russia (Soviet Union)"}, "920110"),
    ("ucdp_u2", {"actor": "Civilians"}, "920101 920104 920103 920112"),
    ("ucdp_u2", {"actor": "XXX130"}, "920111"),
    ("ucdp_u2", {"place": "Konna"}, "920101 920111"),
    ("ucdp_u2", {"place": "Timbuktu Region"}, "920109"),
    ("ucdp_u2", {"region": "timbuktu"}, "920109"),
    ("ucdp_u2", {"where": "Syria"}, "920104"),
    ("ucdp_u2", {"min_killed": 9}, "920101 920103 920112"),
    ("ucdp_u2", {"max_killed": 0}, "920110 920107"),
    ("ucdp_u2", {"on": "2018-02", "dates": "certain"}, "920105"),
    ("ucdp_u2", {"on": "2016-07-01", "dates": "all"}, "920107"),
    ("ucdp_u2", {"on": "2016-07-01", "dates": "possible"}, "920107"),
    ("ucdp_u2", {"on": "2016-07-01", "dates": "certain"}, ""),
    ("ucdp_u2", {"until": "2017-06-05", "since": "2017-06-05", "dates": "all"}, "920104 920103"),
    ("ucdp_u2", {"type": "Violence against civilians", "where": ["Mali", "Niger"]}, "920103 920112"),
    (HEADLESS, {"actor": "FLA"}, "930106"),
    (HEADLESS, {"place": "Zerin village (Herat province)"}, "930102"),
    (HEADLESS, {"since": "2026-07-12", "where": "Mali"}, "930106"),
    (HEADLESS, {"where": "Afghanistan"}, "930101 930102"),
    ("ucdp_hdx", {"actor": "IS"}, "940105"),
    ("ucdp_hdx", {"place": "Gao"}, "940104 940103"),
    ("ucdp_hdx", {"near": "Gao town (Gao region):5"}, "940104 940103"),
    ("un_fatalities", {"actor": "United Nations", "until": "2014-02"}, "MINUSMA-2013-08-90001 MINUSMA-2014-02-90002"),
    ("un_fatalities", {"actor": "UNTSO"}, "UNTSO-2015-05-90005"),
    ("un_fatalities", {"on": "2016"}, "MINUSMA-2016-07-90007"),
    ("un_fatalities", {"text": "guinea"}, ""),
    ("un_fatalities", {"text": "burkina"}, "MINUSMA-2016-07-90007"),
    ("un_fatalities", {"country": "Ivory Coast"}, ""),
    ("un_fatalities", {"min_killed": 1, "since": "2018"}, "MINUSMA-2018-09-90011 MONUSCO-2019-10-90012"),
]


@cache
def everything(name: str) -> pd.DataFrame:
    """Return all events of a look-alike."""
    dataset = load(FOLDER / f"{name}.csv")
    dataset.table("events")
    return dataset.events()


@pytest.fixture
def read_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Choose the csv module or DuckDB, and for either the treatment of large files."""
    if request.param.startswith("fast"):
        pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
        monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    else:
        monkeypatch.setitem(sys.modules, "duckdb", None)
    if request.param.endswith("large"):  # then not all ids are kept
        monkeypatch.setattr(duckdb_filter, "LARGE_FILE_BYTES", 0)
        monkeypatch.setattr(row_filter, "LARGE_FILE_BYTES", 0)
    return str(request.param)


NOT_APPLIED_WHILE_READING = {
    *("text", "source", "min_killed", "max_killed", "basis", "civilian_targeting", "disorder_type", "interaction"),
}
READ_PATHS = [
    *((name, read_path) for name in NAMES for read_path in ("base", "fast")),
    *((name, read_path) for name in ("acled_a2", "acled_monadic") for read_path in ("base, large", "fast, large")),
]


@pytest.mark.parametrize(("name", "read_path"), READ_PATHS, indirect=["read_path"])
def test_a_filter_gives_the_matching_rows_of_the_whole_file(name: str, read_path: str) -> None:
    """Each query reads the file anew; its rows are those with the expected ids in the whole file."""
    rows = everything(name)
    wrong = []
    for filters, ids in [(filters, ids.split()) for of, filters, ids in CASES if of == name]:
        if read_path != "base" and not filters.keys() - NOT_APPLIED_WHILE_READING:
            continue
        actual = load(FOLDER / f"{name}.csv").events(**filters)
        as_whole = rows.set_index("event_id", drop=False).loc[ids].reset_index(drop=True)
        if list(actual["event_id"]) != ids or not actual.astype(object).equals(as_whole.astype(object)):
            wrong.append((filters, list(actual["event_id"]), ids))
    assert wrong == []


FIGURES: list[tuple[str, dict[str, Any], str]] = [
    ("ucdp_u2", {"group": "Malian Armed Forces"}, "920101/2 920106/2"),
    ("ucdp_u2", {"group": "France"}, "920101/2"),
    ("ucdp_u2", {"victims": "civilian"}, "920101/4 920103/4 920104/4 920112/4"),
    ("ucdp_u2", {"inflicted_by": "Mali"}, "920112/4"),
    ("ucdp_u2", {"actor": "XXX130"}, "920111/1 920111/5 920111/6"),
    ("ucdp_u2", {"where": "Ukraine"}, "920110/1"),
    ("acled_a1", {"place": "Menaka"}, "MLI9103/1 MLI9103/2"),
    ("acled_monadic", {"actor": "Wagner Group"}, "MLI9301/1"),
    ("acled_a4", {"since": "2024-08-04", "until": "2024-08-05"}, "MLI9406/1"),
    ("acled_a4", {"since": "2024-08-04", "until": "2024-08-05", "dates": "possible"}, "MLI9407/1"),
    ("acled_a4", {"since": "2024-08-04", "until": "2024-08-05", "dates": "all"}, "MLI9406/1 MLI9407/1"),
    ("un_fatalities", {"country": "Guinea"}, "MINUSMA-2016-07-90007/2"),
    ("un_fatalities", {"country": "Côte d’Ivoire"}, "MINUSMA-2014-02-90002/1 MONUSCO-2019-10-90012/1"),
    ("un_fatalities", {"victims": "police"}, "MINUSMA-2014-02-90002/1"),
    ("un_fatalities", {"group": "UNTSO"}, "UNTSO-2015-05-90005/1"),
]


@pytest.mark.parametrize(("name", "filters", "ids"), FIGURES, ids=[f"{name} {cases}" for name, cases, _ in FIGURES])
def test_a_filter_of_casualties(name: str, filters: dict[str, Any], ids: str) -> None:
    assert sorted(load(FOLDER / f"{name}.csv").casualties(**filters)["casualty_id"]) == ids.split()


def test_one_dataset_answers_several_queries_alike() -> None:
    """Rows that one query filtered out while reading are there for the next."""
    for name in ("acled_a3", "acled_monadic", "ucdp_u2"):
        cases = [(filters, ids) for of, filters, ids in CASES if of == name]
        dataset = load(FOLDER / f"{name}.csv")
        for filters, ids in [*cases, cases[0]]:
            assert list(dataset.events(**filters)["event_id"]) == ids.split()
        assert len(dataset.events()) == COUNTS[name][1]
        assert len(dataset.table("events")) == COUNTS[name][1]


@pytest.mark.parametrize(
    ("name", "filters", "message"),
    [
        ("acled_a0", {"actor": "MLNA"}, "no group is called 'MLNA'. Did you mean .*MNLA"),
        ("acled_a0", {"actor": "Songhai Ridders (Mali)"}, "Did you mean Songhai Riders"),
        ("acled_a0", {"place": "Agelhok"}, "no place is called 'Agelhok'. Did you mean Aguelhok"),
        ("acled_a1", {"region": "Segu"}, "no region is called 'Segu'. Did you mean Ségou"),
        ("acled_a0", {"source": "Radio Sabel"}, "no source is called 'Radio Sabel'. Did you mean Radio Sable"),
        ("ucdp_u2", {"where": "Syriaa"}, "no country is called 'Syriaa'. Did you mean Syria"),
        ("ucdp_u2", {"actor": "XXX131", "since": "1999", "until": "1999"}, "no group is called 'XXX131'. Did you mean XXX130"),
        ("un_fatalities", {"actor": "UNTZO"}, "no group is called 'UNTZO'. Did you mean UNTSO"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_an_error(name: str, filters: dict[str, Any], message: str) -> None:
    with pytest.raises(MaliError, match=message) as refusal:
        load(FOLDER / f"{name}.csv").events(**filters)
    assert not isinstance(refusal.value, DataError)


@pytest.mark.parametrize("option", ["--place", "--near"])
def test_a_name_of_several_places_takes_all_of_them_and_a_note_says_so(mali: Run, option: str) -> None:
    value = "Koro" if option == "--place" else "Koro:1"
    words = ["events", "--data", str(FOLDER / "acled_a1.csv"), option, value, "--by", "place"]
    done = mali(*words)
    assert [line.split(",")[0] for line in done.stdout.splitlines()[1:]] == ["Koro (Mopti)", "Koro (Segou)"]
    assert "Koro is the name of 2 places: Koro (Mopti) and Koro (Segou). All are included." in done.stderr


@pytest.mark.parametrize(
    ("sample", "repeated"),
    [(None, {"a", "b", "c"}), (2, {"a", "c"}), (0, {"c"})],
    ids=["every id is kept", "the first two and matching ones", "matching ones"],
)
def test_repeated_ids(sample: int | None, repeated: set[str]) -> None:
    tracker = row_filter.IdTracker(sample)
    for id_, matches in (("a", False), ("a", False), ("b", False), ("b", False), ("c", True), ("c", True)):
        tracker.see(id_, matches)
    assert tracker.repeated == repeated


def test_an_id_with_blanks_is_found_again_where_other_ids_repeat(tmp_path: Path) -> None:
    """All records of the matching events are read again by their ids, which are compared without blanks."""
    data = edited("acled_monadic", where("MLI9301", event_id_cnty=" MLI9301 "))
    events = load(foreign.store(tmp_path / "blanks.csv", data)).events(actor="Wagner Group")
    assert list(events["event_id"]) == ["MLI9301"]
