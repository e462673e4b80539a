"""The library gives the very rows of the commands."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import mali_cli as mali_library
from mali_cli.output import render_text
from mali_cli.queries import entities
from tests.support.tables import dataset

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("question", "criteria", "arguments"),
    [
        ("events", {"actor": "MNLA", "since": "2012", "until": "2013"}, "--actor MNLA --from 2012 --to 2013"),
        ("events", {"by": "year,type"}, "--by year,type"),
        ("events", {"by": ["actor"], "type": ["Battles", "Riots"]}, "--by actor --type Battles -t Riots"),
        ("events", {"near": "Gao:150", "min_killed": 5, "sort": "-killed_best", "limit": 3}, "--near Gao:150 --min-killed 5 --sort -killed_best --limit 3"),
        ("events", {"actor": "MNLA", "against": "MUJAO", "columns": "event_id,note"}, "--actor MNLA --against MUJAO --columns event_id,note"),
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
    ],
)  # fmt: skip
def test_same_rows(mali: Run, question: str, criteria: dict[str, object], arguments: str) -> None:
    war = mali_library.load()
    frame = getattr(war, question)(**criteria)
    assert isinstance(frame, pd.DataFrame)
    assert not frame.empty
    answer = war.answer(question, **criteria)  # type: ignore[arg-type]
    assert render_text(answer, "csv") == mali(question, *arguments.split(" ")).stdout
    assert list(frame.columns) == next(csv.reader(io.StringIO(render_text(answer, "csv"))))
    assert len(frame) == len(answer.frame)


def test_types_of_a_frame() -> None:
    events = mali_library.load().events()
    assert str(events.dtypes["date_start"]).startswith("datetime64")
    assert str(events.dtypes["killed_best"]) == "Int64"
    assert str(events.dtypes["latitude"]) == "float64"
    assert events["side_a"].map(type).isin([str, type(None)]).all()


def test_a_question_leaves_the_tables_as_they_were() -> None:
    war = mali_library.load()
    before = {name: war.table(name).copy() for name in ("events", "casualties", "places", "groups")}
    war.events(actor="France", by="actor")
    war.casualties(by="actor,year")
    war.casualties(by="document")
    for name, frame in before.items():
        pd.testing.assert_frame_equal(war.table(name), frame)


def test_errors_reach_the_caller_as_errors() -> None:
    from mali_cli.errors import DataError, MaliError

    with pytest.raises(MaliError, match="no group is called 'MNLB'"):
        mali_library.load().events(actor="MNLB")
    with pytest.raises(DataError, match="there is no nowhere"):
        mali_library.load("nowhere")
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        mali_library.lod()  # type: ignore[attr-defined]


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


def test_a_region_asked_for_as_a_place_says_how_to_ask_for_all_of_it() -> None:
    war = mali_library.load()
    for question in ("events", "casualties", "control", "timeline"):
        *_, note = war.answer(question, place=["gao region", "Gao"]).notes
        assert note.startswith("Gao Region as a place")
        assert note.endswith("--region Gao takes all that lies in it.")
    *_, note = war.answer("events", place="Ivory Coast").notes
    assert '--in "Ivory Coast"' in note
    assert not [note for note in war.answer("events", place="Gao").notes if "as a place" in note]
