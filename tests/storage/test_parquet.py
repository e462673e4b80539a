"""A converted folder answers as the file does of which it was made, rows and words alike."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.formats import duckdb_filter
from mali_cli.formats.row_filter import RowScanner
from mali_cli.output import render_text
from mali_cli.storage import convert
from mali_cli.storage.parquet import ParquetBackend
from tests.conftest import ROOT
from tests.support.lookalikes import FOLDER

sys.path.insert(0, str(ROOT / "benchmarks"))
from acled_like import make

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"actor": "MNLA", "since": "2013", "until": "2020"}),
    ("events", {"actor": ["MUJAO", "JNIM"], "against": "Mali"}),
    ("events", {"actor": "Civilians", "type": "Attack", "on": "2016-05"}),
    ("events", {"region": "Timbuktu", "min_killed": 5}),
    ("events", {"place": "Niafunke 7"}),
    ("events", {"near": "Niafunké 7:60", "max_killed": 1}),
    ("events", {"where": "Niger", "text": "market driver"}),
    ("events", {"source": "Studio Tamani", "limit": 3}),
    ("events", {"by": "year,type"}),
    ("events", {"by": "actor", "dates": "certain", "since": "2015"}),
    ("casualties", {"actor": "MNLA", "limit": 5}),
    ("casualties", {"where": "Burkina Faso", "on": "2014"}),
    ("casualties", {"according_to": "ACLED", "disputed": True}),
    *(
        ("casualties", {"by": by})
        for by in ("year", "quarter", "month", "in", "place", "region", "event_type", "actor")
    ),
    *(("casualties", {"by": by}) for by in ("group", "camp", "event", "according_to", "document", "year,group")),
    ("casualties", {"by": "year,actor"}),
    ("casualties", {"by": "actor,region", "actor": "France", "since": "2013-06"}),
    ("casualties", {"by": "year", "actor": "MNLA", "region": ["Gao", "Mopti"]}),
    ("casualties", {"by": "month,event_type", "near": "Niafunké 7:60", "until": "2016"}),
    ("casualties", {"by": "year", "type": ["Battles", "Attack"], "dates": "certain", "since": "2014"}),
    ("casualties", {"by": "place", "min_killed": 3}),
    ("groups", {"text": "azawad"}),
    ("places", {"region": "Gao"}),
    ("sources", {}),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An invented file of ACLED's shape, and what it was converted into."""
    folder = tmp_path_factory.mktemp("converted")
    file = make(folder / "made.csv", 3000)
    convert.convert(load(file), folder / "made", "parquet")
    return file, folder / "made"


def told(path: Path, question: str, criteria: dict[str, Any]) -> tuple[str, list[str]]:
    """The answer as CSV and the notes below it, but for the lines on the reading of a file."""
    answer = load(path).answer(question, **criteria)
    of_reading = (str(path), "Event types that ACLED", "Columns that")
    notes = [note for note in answer.notes if not note.startswith(of_reading)]
    return render_text(answer, "csv"), [note.replace(f"{path.name} ", "It ") for note in notes]


@pytest.mark.parametrize(("question", "criteria"), QUESTIONS, ids=str)
def test_a_converted_folder_answers_as_the_file(
    pair: tuple[Path, Path], question: str, criteria: dict[str, Any]
) -> None:
    file, folder = pair
    assert told(folder, question, criteria) == told(file, question, criteria)


@pytest.mark.parametrize(("question", "criteria"), QUESTIONS, ids=str)
def test_duckdb_answers_as_the_csv_module(
    pair: tuple[Path, Path], question: str, criteria: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = pair
    expected = load(file).answer(question, **criteria)
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    answer = load(file).answer(question, **criteria)
    assert (render_text(answer, "csv"), answer.notes) == (render_text(expected, "csv"), expected.notes)


@pytest.mark.parametrize("columns", [None, "event_id"])
def test_of_a_sound_file_duckdb_is_the_only_reader(
    pair: tuple[Path, Path], columns: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own in the fast way would be hidden by the base way, which gives the same answer."""
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    monkeypatch.setattr(RowScanner, "__iter__", lambda self: pytest.fail("the base way read it"))
    assert len(load(pair[0]).events(actor="MNLA", since="2013", columns=columns)) == 28


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.csv")))
def test_every_look_alike_answers_alike_when_converted(name: str, tmp_path: Path) -> None:
    """Also where an event has several figures, and sums have to be made by the rules."""
    file = FOLDER / f"{name}.csv"
    convert.convert(load(file), tmp_path / name, "parquet")
    for question, criteria in (
        *(("events", {}), ("events", {"actor": "Mali"}), ("events", {"actor": "Civilians"}), ("events", {"by": "actor"})),
        *(("casualties", {}), ("casualties", {"by": "group"}), ("casualties", {"by": "year,actor"})),
        *(("casualties", {"by": "country"}), ("casualties", {"by": "month", "since": "2012", "until": "2026"})),
    ):  # fmt: skip
        assert told(tmp_path / name, question, criteria) == told(file, question, criteria), (question, criteria)


def test_sums_of_it_read_no_figures_where_each_event_has_one(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way by columns is taken, and not the longer one that gives the same."""
    dataset = load(pair[1])
    assert isinstance(dataset.backend, ParquetBackend)
    assert dataset.backend.has_event_fatalities
    read: list[str] = []
    asked = ParquetBackend._select_arrays
    monkeypatch.setattr(
        ParquetBackend, "_select_arrays", lambda self, name, *a, **k: read.append(name) or asked(self, name, *a, **k)
    )
    assert len(dataset.casualties(by="year,actor")) > 100
    assert not {"events", "casualties"} & set(read)


def test_our_own_tables_converted_answer_as_they_are(tmp_path: Path) -> None:
    convert.convert(load(), tmp_path / "ours", "parquet")
    ours = load(tmp_path / "ours")
    assert not ours.backend.has_tolls  # type: ignore[attr-defined]
    for question, criteria in (
        ("events", {"actor": "MNLA", "since": "2012"}),
        ("casualties", {"by": "country"}),
        ("casualties", {"by": "year,actor"}),
        ("control", {"on": "2012-07-01"}),
        ("show", {"name": "MNLA"}),
        ("groups", {"allied_with": "MNLA", "on": "2012-05"}),
    ):
        expected = load().answer(question, **criteria)
        found = ours.answer(question, **criteria)
        assert (render_text(found, "csv"), found.notes) == (render_text(expected, "csv"), expected.notes)


def test_what_is_wrong_with_it_is_one_line(pair: tuple[Path, Path], tmp_path: Path) -> None:
    import shutil

    broken = Path(shutil.copytree(pair[1], tmp_path / "broken"))
    (broken / "places.parquet").unlink()
    with pytest.raises(DataError, match=r"has no places\.parquet\.$"):
        load(broken).table("places")
    (broken / "events.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError, match="cannot be read") as refusal:
        load(broken).table("events")
    assert "\n" not in str(refusal.value)
    with pytest.raises(MaliError, match=r"no group is called 'MNLB'\. Did you mean MNLA"):
        load(pair[1]).events(actor="MNLB")


def test_without_duckdb_it_says_what_to_install(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MaliError, match=r'to read them: pip install "mali-cli\[fast\]"\.$'):
        Dataset(load(pair[1]).backend)
