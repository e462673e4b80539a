"""The library: the rows of the commands, signatures, docstrings and errors."""

from __future__ import annotations

import csv
import doctest
import inspect
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mali_cli as mali_library
from mali_cli.dataset import Dataset
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.model.filters import FILTERS_BY_QUERY
from mali_cli.output import render_text
from mali_cli.queries import entities
from mali_cli.storage.convert import convert
from tests.conftest import ROOT
from tests.support.tables import dataset

Run = Callable[..., subprocess.CompletedProcess[str]]
INVENTED = ROOT / "docs" / "compare" / "invented.csv"
SECTIONS = ("Parameters", "Returns", "Raises", "Examples")
METHODS = [*FILTERS_BY_QUERY, "lineage"]


@pytest.mark.parametrize(
    ("query", "filter_args", "arguments"),
    [
        ("events", {"actor": "MNLA", "since": "2012", "until": "2013"}, "--actor MNLA --from 2012 --to 2013"),
        ("events", {"by": "year,type"}, "--by year,type"),
        ("events", {"by": ["actor"], "type": ["Battles", "Riots"]}, "--by actor --type Battles -t Riots"),
        ("events", {"near": "Gao:150", "min_killed": 5, "sort": "-killed_best", "limit": 3}, "--near Gao:150 --min-killed 5 --sort -killed_best --limit 3"),
        ("events", {"actor": "MNLA", "against": "MUJAO", "columns": "event_id,note"}, "--actor MNLA --against MUJAO --columns event_id,note"),
        ("casualties", {"by": "country", "condition": ["killed_best>50", "country!=Mali"]}, "--by country --where killed_best>50 --where country!=Mali"),
        ("groups", {"camp": "jihadist"}, "--camp jihadist"),
        ("groups", {"on": "2012-06", "text": ["tuareg"]}, "--on 2012-06 --text tuareg"),
        ("events", {"on": "2012-06-26"}, "--on 2012-06-26"),
        ("casualties", {"by": "country"}, "--by country"),
        ("casualties", {"disputed": True}, "--disputed"),
        ("casualties", {"where": "Niger", "independent": True}, "--in Niger --independent"),
        ("timeline", {"by": "month", "on": "2012"}, "--by month --on 2012"),
        ("map", {"by": "dead", "actor": "MNLA"}, "--by dead --actor MNLA"),
        ("map", {"on": "2012-07-01"}, "--on 2012-07-01"),
        ("places", {"kind": "airport"}, "--kind airport"),
        ("sources", {"source": "crisiswatch"}, "--source crisiswatch"),
        ("sources", {"documents": True}, "--documents"),
    ],
)  # fmt: skip
def test_a_query_returns_the_rows_of_its_command(
    mali: Run, query: str, filter_args: dict[str, object], arguments: str
) -> None:
    war = mali_library.load()
    frame = getattr(war, query)(**filter_args)
    assert isinstance(frame, pd.DataFrame)
    assert not frame.empty
    answer = war.answer(query, **filter_args)  # type: ignore[arg-type]
    assert render_text(answer, "csv") == mali(query, *arguments.split(" ")).stdout
    assert list(frame.columns) == next(csv.reader(io.StringIO(render_text(answer, "csv"))))
    assert len(frame) == len(answer.frame)


def test_a_filter_takes_a_generator() -> None:
    by_generator = mali_library.load().events(actor=(name for name in ["MNLA", "MUJAO"]), against=iter(["Mali"]))
    pd.testing.assert_frame_equal(by_generator, mali_library.load().events(actor=["MNLA", "MUJAO"], against="Mali"))
    assert len(by_generator)


def test_columns_have_the_documented_types() -> None:
    events = mali_library.load().events()
    assert str(events.dtypes["date_start"]).startswith("datetime64")
    assert str(events.dtypes["killed_best"]) == "Int64"
    assert str(events.dtypes["latitude"]) == "float64"
    assert events["side_a"].map(type).isin([str, type(None)]).all()


def test_a_query_does_not_change_the_tables() -> None:
    war = mali_library.load()
    before = {name: war.table(name).copy() for name in ("events", "casualties", "places", "groups")}
    war.events(actor="France", by="actor")
    war.casualties(by="actor,year")
    war.casualties(by="document")
    for name, frame in before.items():
        pd.testing.assert_frame_equal(war.table(name), frame)


@pytest.mark.parametrize(
    ("filter_args", "message"),
    [
        ({"near": "Gao"}, "`near` takes a place and kilometres such as Gao:50, not 'Gao'."),
        (
            {"since": "2012-13"},
            "`since` 2012-13: there is no month 13.",
        ),
        ({"on": "2012", "since": "2011"}, "`on` gives a whole period; it cannot be combined with `since` or `until`."),
        ({"members": True}, "`members` needs `actor`: it adds the groups that belonged to it."),
        ({"limit": -1}, "`limit` takes a whole number from 1 up, not '-1'."),
        (
            {"where": "Malli"},
            "no country is called 'Malli'. Did you mean Mali? `mali groups --kind state` lists most.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_errors_name_keywords_where_the_command_names_options(filter_args: dict[str, Any], message: str) -> None:
    with pytest.raises(MaliError, match=re.escape(message)):
        mali_library.load().events(**filter_args)


def test_errors_reach_the_caller_as_errors() -> None:
    with pytest.raises(MaliError, match="no group is called 'MNLB'"):
        mali_library.load().events(actor="MNLB")
    with pytest.raises(DataError, match="there is no nowhere"):
        mali_library.load("nowhere")
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        mali_library.lod()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "keywords", "message"),
    [
        ("events", {"actr": "MNLA"}, "events() has no filter 'actr'. Did you mean 'actor'?"),
        ("events", {"from": "2012"}, "events() has no filter 'from'. Did you mean 'since'?"),
        ("casualties", {"in": "Mali"}, "casualties() has no filter 'in'. Did you mean 'where'?"),
        ("events", {"colums": "place"}, "events() has no filter 'colums'. Did you mean 'columns'?"),
        ("compare", {"other": INVENTED, "windw": 3}, "compare() has no filter 'windw'. Did you mean 'window'?"),
        ("groups", {"harm": "killed"}, "groups() has no filter 'harm'."),
        ("sources", {"xyz": 1}, "sources() has no filter 'xyz'. It takes source, documents, text"),
    ],
)
def test_an_unknown_keyword_is_refused_with_the_nearest_filter(
    query: str, keywords: dict[str, object], message: str
) -> None:
    with pytest.raises(MaliError) as refusal:
        getattr(mali_library.load(), query)(**keywords)
    assert str(refusal.value).startswith(message)


def test_a_query_that_does_not_exist_and_keys_that_it_does_not_take_are_refused() -> None:
    with pytest.raises(MaliError, match="there is no query 'evnts'"):
        mali_library.load().answer("evnts")
    with pytest.raises(MaliError, match=re.escape("groups() takes no group keys (by).")):
        mali_library.load().answer("groups", by="year")


def test_the_module_lists_its_names_and_loads_no_pandas() -> None:
    assert dir(mali_library) == ["DataError", "Dataset", "MaliError", "__version__", "load", "picture"]
    script = "import sys, mali_cli; dir(mali_cli); mali_cli.MaliError; sys.exit('pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
    assert (mali_library.MaliError, mali_library.DataError) == (MaliError, DataError)
    assert mali_library.Dataset is Dataset


@pytest.mark.parametrize("query", METHODS)
def test_the_signature_lists_every_filter(query: str) -> None:
    method = getattr(Dataset, query)
    parameters = inspect.signature(method).parameters
    filters = FILTERS_BY_QUERY[query].__annotations__ if query in FILTERS_BY_QUERY else {}
    assert {"sort", "limit", "columns", "condition", *filters} <= set(parameters)
    assert not [name for name in parameters if parameters[name].kind is inspect.Parameter.VAR_KEYWORD]
    for name in filters:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default in (None, False)
        assert f"\n{name} : " in str(inspect.getdoc(method))
    assert inspect.signature(method).return_annotation is pd.DataFrame


@pytest.mark.parametrize("query", METHODS)
def test_the_docstring_of_a_query_has_every_section(query: str) -> None:
    text = str(inspect.getdoc(getattr(Dataset, query)))
    assert text.startswith(("Return ", "Match "))
    assert [title for title in SECTIONS if f"\n{title}\n---" not in text] == []


@pytest.mark.parametrize("name", ["load", "Dataset", *(f"Dataset.{name}" for name in (*METHODS, "table", "answer"))])
def test_the_examples_of_the_docstrings_are_right(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    documented = mali_library.load if name == "load" else Dataset
    for attribute in name.split(".")[1:]:
        documented = getattr(documented, attribute)
    names = {"war": mali_library.load(), "load": mali_library.load}
    finder = doctest.DocTestFinder(recurse=False)
    [examples] = finder.find(documented, name, globs=names)
    assert examples.examples
    report: list[str] = []
    assert doctest.DocTestRunner().run(examples, out=report.append).failed == 0, "".join(report)


def test_a_dataset_describes_itself(tmp_path: Path) -> None:
    war = mali_library.load()
    number, version = len(war.table("events")), schema.datapackage()["version"]
    text = f"<mali Dataset: 10 tables, {number:,} events, version {version}, licence CC-BY-SA-4.0>"
    assert repr(war) == text
    page = war._repr_html_()
    for name in schema.table_names():
        assert f"<td>{name}</td><td style='text-align: right'>{len(war.table(name)):,}</td>" in page
    assert f"version {version}, licence CC-BY-SA-4.0" in page
    for target, target_format in (("tables.db", "sqlite"), ("tables", "parquet")):
        convert(war.backend, tmp_path / target, target_format)
        assert repr(mali_library.load(tmp_path / target)) == text


def test_a_file_is_not_read_to_describe_it(tmp_path: Path) -> None:
    file = tmp_path / "<a&b>.csv"
    file.write_bytes(INVENTED.read_bytes())
    acled = mali_library.load(file)
    assert repr(acled) == "<mali Dataset: ACLED: <a&b>.csv>"
    assert acled._repr_html_() == "<div><p>mali Dataset: ACLED: &lt;a&amp;b&gt;.csv</p></div>"
    events = len(acled.table("events"))
    assert repr(acled) == f"<mali Dataset: ACLED: <a&b>.csv, 10 tables, {events} events>"


def test_control_takes_a_place_as_argument_and_as_filter() -> None:
    war = mali_library.load()
    both = war.control("Gao", place="Kidal", on="2012-07-01")
    assert set(both["place"]) >= {"Gao", "Kidal"}
    pd.testing.assert_frame_equal(war.control("Gao"), war.control(place="Gao"))


def test_distance_is_along_a_great_circle() -> None:
    """Gao to Kidal: 285 km by the haversine formula worked out by hand from 16.27 N 0.04 W and 18.44 N 1.41 E."""
    places = pd.DataFrame(
        {
            "place": ["Gao", "Kidal", "Mali", "Far"],
            "kind": ["town", "town", "country", "town"],
            "latitude": [16.27, 18.44, 16.27, -16.27],
            "longitude": [-0.04, 1.41, -0.04, 179.96],
        }
    )
    assert entities.places_within_km(places, "Gao", 284) == {"Gao"}
    assert entities.places_within_km(places, "Gao", 288) == {"Gao", "Kidal"}
    assert entities.places_within_km(places, "Gao", 20_015) == {"Gao", "Kidal"}
    assert entities.places_within_km(places, "Gao", 20_016) == {"Gao", "Kidal", "Far"}


def test_groups_that_existed_on_a_date(tmp_path: Path) -> None:
    groups = [
        {"group": "A", "founded": "2011-10", "dissolved": "2013-08"},
        {"group": "B", "founded": "2012-10-16"},
        {"group": "C"},
        {"group": "D", "dissolved": "2011"},
    ]
    war = dataset(tmp_path, groups=groups)

    def on(date: str) -> list[str]:
        return list(war.groups(on=date)["group"])

    assert on("2011-09-30") == ["C", "D"]
    assert on("2011-10-01") == ["A", "C", "D"]  # in October, the day not known
    assert on("2012-10-15") == ["A", "C"]
    assert on("2012") == ["A", "B", "C"]
    assert on("2013-09") == ["B", "C"]


def test_a_note_says_which_filter_matches_everything_in_a_region() -> None:
    war = mali_library.load()
    for query in ("events", "casualties", "control", "timeline"):
        *_, note = war.answer(query, place=["gao region", "Gao"]).notes
        assert note.startswith("Gao Region as a place")
        assert note.endswith("--region Gao matches everything in it.")
    *_, note = war.answer("events", place="Ivory Coast").notes
    assert '--in "Ivory Coast"' in note
    assert not [note for note in war.answer("events", place="Gao").notes if "as a place" in note]
