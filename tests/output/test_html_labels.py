"""Pages in French: their labels are translated, text of the data is not."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.output.html_labels import FOLDER, Labels
from tests.support.browser import Browser
from tests.support.report_page import ReportPage, make_report

Run = Callable[..., subprocess.CompletedProcess[str]]
FRENCH = Labels("fr")


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Mali War: events by place", "Guerre du Mali\u00a0: événements par lieu"),
        ("MNLA, 2012 to 2013", "MNLA, 2012 à 2013"),
        ("1 event", "1 événement"),
        ("Mali War: events with France taking part, and people killed in them (all sides)",
         "Guerre du Mali\u00a0: événements avec la participation de France, et personnes qui y furent tuées (tous camps)"),
        ("2,053 killed (1,954–2,282+)", "2\u202f053 tués (1\u202f954–2\u202f282+)"),
        ("12+ killed", "12+ tués"),
        ("held by MNLA (last known) since 2012-04-01, as of 2013-01-30", "tenu par MNLA (dernier connu) depuis le 2012-04-01, au 2013-01-30"),
        ("3 events: 5 killed in 1 event; 2 tallies with no number given",
         "3 événements\u00a0: 5 killed in 1 event\u202f; 2 bilans sans nombre"),
        ("by 2012-04-06", "au plus tard le 2012-04-06"),
        ("2012-01..06", "2012-01..06"),
        ("A town nobody translates", "A town nobody translates"),
    ],
)  # fmt: skip
def test_phrases_are_translated_with_their_values(english: str, french: str) -> None:
    assert FRENCH(english) == french
    assert Labels("en")(english) == english


def test_only_whole_phrases_of_a_chart_are_translated() -> None:
    assert FRENCH.phrase("best estimate") == "meilleure est."
    assert FRENCH.phrase("Gao: 31") == "Gao: 31"
    assert (
        FRENCH.words("Sources: The Data of events. Data: mali 0.2.0.")
        == "Sources: The Data of events. Données: mali 0.2.0."
    )


def test_every_label_of_the_page_has_a_translation() -> None:
    scripts = "\n".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.js"))
    used = set(re.findall(r'\bt\(\s*"([^"]+)"', scripts)) | set(
        re.findall(r'(?:heading\(|\["|")([A-Z][a-z]+ ?[a-z ]*)", ', scripts)
    )
    for file in FOLDER.glob("*.html"):
        used |= set(re.findall(r"\{\{label:([^{}]+)\}\}", file.read_text(encoding="utf-8")))
    catalogue = FRENCH.catalogue
    assert len(used) > 50
    assert sorted(label for label in used - set(catalogue) if not label.startswith(("Arrow", "End"))) == []
    assert all(re.findall(r"\{n?\}", english) == re.findall(r"\{n?\}", french) for english, french in catalogue.items()
               if french.count("{"))  # fmt: skip


def test_a_page_in_french(browser: Browser, tmp_path: Path) -> None:
    file = make_report(tmp_path / "carte.html", "map", "--from", "2012", "--to", "2013", "--lang", "fr")
    page = ReportPage(browser, file, "place=Gao&q=attack")
    assert page.run("return document.documentElement.lang") == "fr"
    title = r"Guerre du Mali\u00a0: événements par lieu: 2012 à 2013\u202f; \d+ événements sur \d+ ont un point"
    assert re.fullmatch(title, page.driver.title)
    assert re.fullmatch(r"\d+ sur \d+ événements : Gao, “attack”", page.count)
    assert page.text("#clear") == "Tout afficher"
    page.point_at(page.run("return Number(document.querySelector('svg .selected').dataset.row)"))
    assert re.fullmatch(r"\d+ événements", page.tooltip[1])
    data = json.loads(page.run("return document.getElementById('data').textContent"))
    types = data["events"]["columns"].index("event_type")
    assert "Battles" in {record[types] for record in data["events"]["records"]}  # data stay as they are
    assert browser.console == []


def test_a_title_that_is_given_is_not_translated(tmp_path: Path) -> None:
    file = make_report(tmp_path / "t.html", "timeline", "--lang", "fr", "--title", "events", "--subtitle", "year")
    assert "<title>events: year</title>" in file.read_text(encoding="utf-8")


def test_a_language_is_for_pages_and_known(mali: Run, tmp_path: Path) -> None:
    for arguments, message in (
        (("-o", str(tmp_path / "map.png"), "--lang", "fr"), "--lang is for pages: add --output FILE.html."),
        (("-o", str(tmp_path / "map.html"), "--lang", "de"), "no language of pages is called 'de'"),
    ):
        done = mali("map", *arguments)
        assert done.returncode != 0
        assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
