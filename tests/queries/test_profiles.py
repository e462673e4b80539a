"""Profiles of `mali show`, citations, and `mali check`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.model import schema
from tests.conftest import ROOT
from tests.support.tables import rows_of, write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]
WAR = load()


def sections(name: str) -> dict[str, int]:
    return WAR.show(name)["section"].value_counts(sort=False).to_dict()


def test_the_profile_of_an_event_has_all_its_figures() -> None:
    page = WAR.show("2012-11-19-menaka-captured")
    figures = page[page["section"] == "figures"]
    ours = WAR.table("casualties")
    assert len(figures) == (ours["event_id"] == "2012-11-19-menaka-captured").sum()
    texts = " ".join(figures["text"])
    assert "65" in texts
    assert "100+ (more than 100)" in texts
    assert set(figures["according_to"]) >= {"MNLA"}
    assert figures["sources"].notna().all()


def test_a_group_a_place_a_person_and_sources() -> None:
    assert {"group", "people", "strengths", "relations", "events", "losses"} <= set(
        sections("MOJWA") | sections("MNLA")
    )
    assert {"place", "holders", "events"} == set(sections("Konna"))
    assert {"person"} <= set(sections("Abou Zeid"))
    resting = WAR.show("wikipedia#126")
    assert resting.loc[0, "text"] == "wikipedia#126"
    expected = {
        name: sum("wikipedia#126" in (cell or "").split(";") for cell in WAR.table(table)["sources"])
        for name, table in (("events", "events"), ("figures", "casualties"))
    }
    counts = resting["section"].value_counts()
    assert {name: counts[name] for name in expected} == expected


def test_the_profile_of_a_group_includes_its_parts() -> None:
    assert "Operation Serval" in " ".join(WAR.show("group:France")["text"])


def test_ambiguous_and_unknown_names(mali: Run) -> None:
    result = mali("show", "Mali")
    assert result.returncode == 2
    assert result.stderr == "mali: 'Mali' may mean group:Mali or place:Mali; say which.\n"
    assert mali("show", "place:Mali").returncode == 0
    unknown = mali("show", "Timbuktoo")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("mali: nothing is called 'Timbuktoo'. Did you mean Timbuktu")


def test_figures_as_text() -> None:
    import pandas as pd

    from mali_cli.queries.profiles import figure_text

    def text(low: object, best: object, high: object, open_: bool, wording: str | None) -> str:
        return figure_text(pd.Series({"low": low, "best": best, "high": high, "open": open_, "wording": wording}))

    assert text(1200, 1200, 1200, False, None) == "1,200"
    assert text(12, 12, pd.NA, True, "at least 12") == "12+ (at least 12)"
    assert text(26, pd.NA, 123, False, "26–123") == "26-123 (26–123)"
    assert text(pd.NA, pd.NA, pd.NA, False, "dozens") == "dozens"
    assert text(0, 0, 0, False, None) == "0"


EPOCH = {"SOURCE_DATE_EPOCH": "1735689600"}  # 2025-01-01


def test_a_citation_names_the_command_and_its_rows(mali: Run) -> None:
    text = mali("events", "--actor", "Ansar Dine", "--from", "2012", "--cite", "text", env=EPOCH).stdout
    number = len(WAR.events(actor="Ansar Dine", since="2012"))
    title, version = schema.datapackage()["title"], schema.datapackage()["version"]
    assert text == (
        f"mali: {title}. Version {version}, CC-BY-SA-4.0. "
        f"Result of `mali events --from 2012 --actor 'Ansar Dine'`: {number} events, retrieved on 2025-01-01.\n"
    )
    bibtex = mali("casualties", "--by", "country", "--disputed", "--cite", "bibtex", env=EPOCH).stdout
    assert bibtex.startswith(f"@dataset{{mali-{version}-2025-01-01,\n  title = {{{{mali: ")
    assert "\\texttt{mali casualties --disputed --by country}" in bibtex
    assert bibtex.count("{") == bibtex.count("}")
    assert "mali show MNLA" in mali("show", "MNLA", "--cite", "text").stdout
    assert mali("events", "--cite", "apa").returncode == 2


def test_our_data_is_sound(mali: Run) -> None:
    result = mali("check")
    assert (result.returncode, result.stdout) == (0, "file,line,column,value,rule,record\n")
    assert result.stderr.endswith("data: 10 tables, no problems.\n")


def test_faults_have_file_line_column_value_and_rule(mali: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "data", folder)
    events = (folder / "events.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    events[5] = events[5].replace(",reported,", ",rumoured,")
    (folder / "events.csv").write_text("".join(events), encoding="utf-8")
    (folder / "places.csv").unlink()
    result = mali("check", str(folder), "--format", "json")
    assert result.returncode == 1
    faults = json.loads(result.stdout)
    assert {"file": f"{folder}/events.csv", "line": 6, "column": "basis", "value": "rumoured"}.items() <= faults[
        0
    ].items()
    assert any(fault["rule"] == f"{folder} has no places.csv." for fault in faults)
    assert result.stderr == "2 problems in 2 tables.\n"
    assert mali("check", "--data", str(folder)).returncode == 1


def test_a_table_that_cannot_be_read_names_its_line(mali: Run, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    with open(folder / "events.csv", "a", encoding="utf-8") as file:
        file.write("one,two\n")
    [fault] = json.loads(mali("check", str(folder), "-f", "json").stdout)
    number = len(schema.table("events").columns)
    assert (fault["line"], fault["rule"]) == (2, f"2 fields where the header has {number}.")


def test_a_small_sound_dataset(mali: Run, tmp_path: Path) -> None:
    events = [{"event_id": "2012-01-01-one", "date_start": "2012-01-01"}]
    result = mali("check", str(write_dataset(tmp_path, events=events)))
    assert result.returncode == 0, result.stdout


@pytest.mark.filterwarnings("ignore")  # of the judge's own libraries
def test_frictionless_judges_the_package_from_outside() -> None:
    """An outside judge of the Data Package standard; foreign keys inside lists are ours to check."""
    import frictionless

    before = os.getcwd()
    os.chdir(ROOT / "data")
    try:
        report = frictionless.Package("datapackage.json").validate()
    finally:
        os.chdir(before)
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])[:5]
    assert {task.name for task in report.tasks} == set(schema.table_names())


def test_disputed_figures_have_a_width() -> None:
    found = WAR.casualties(disputed=True)
    assert "width" in found
    dioura = found[found["tally"].str.contains("dioura")]  # 98 soldiers, revised to 81
    assert set(rows_of(dioura, "width")) == {(17,)}


@pytest.mark.parametrize("style", ["text", "bibtex"])
def test_rows_of_a_foreign_file_are_not_cited_as_ours(mali: Run, style: str) -> None:
    """Neither our title nor our licence is cited for an answer from an ACLED file."""
    result = mali("events", "--data", str(ROOT / "docs" / "compare" / "invented.csv"), "--cite", style)
    assert result.returncode == 0
    assert "ACLED: invented.csv" in result.stdout
    assert "12 events" in result.stdout
    assert "CC-BY-SA" not in result.stdout
    assert "The Mali War" not in result.stdout
