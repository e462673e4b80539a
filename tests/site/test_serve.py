"""mali serve: a real server, looked at in a real browser; its answers are those of the commands."""

from __future__ import annotations

import contextlib
import html
import itertools
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.site import database, metadata, plugin, server
from mali_cli.site.canned_queries import CannedQuery, canned_queries
from mali_cli.storage import convert
from tests.conftest import MALI, ROOT
from tests.support.browser import NARROW, Browser
from tests.support.lookalikes import FOLDER as LOOKALIKES
from tests.support.lookalikes import NAMES

WAR = "mali-war"
INVENTED = ROOT / "docs" / "compare" / "invented.csv"


class Site:
    """A running `mali serve`, with a folder for all that is temporary."""

    def __init__(self, temporary: Path, *words: str, env: dict[str, str]) -> None:
        self.temporary = temporary
        self.process = subprocess.Popen(
            [MALI, "serve", *(words if "--port" in words else ("--port", "0", *words))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "TMPDIR": str(temporary), **env},
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().rstrip("\n").removesuffix("/")
        assert self.address, self.process.communicate()[1]

    def get(self, path: str, **words: str) -> Any:
        """An answer of the site: JSON as what it means, else its text."""
        question = f"?{urllib.parse.urlencode(words)}" if words else ""
        with urllib.request.urlopen(self.address + path + question, timeout=30) as response:
            text = response.read().decode()
        return json.loads(text) if path.endswith(".json") else text

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Exit status, and what was said on standard error."""
        self.process.send_signal(how)
        return self.process.wait(timeout=20), self.process.communicate()[1]


@contextlib.contextmanager
def serving(temporary: Path, *words: str, env: dict[str, str] | None = None) -> Iterator[Site]:
    temporary.mkdir(exist_ok=True)
    site = Site(temporary, *words, env=env or {})
    try:
        yield site
    finally:
        site.process.kill()
        site.process.communicate()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Callable[[str], Any]]:
    """Opens a page of the site; none may leave an error on the console or ask anything of other machines."""

    def opened(path: str) -> Any:
        return browser.open(site.address + path)

    yield opened
    assert browser.errors == []
    assert browser.requests_elsewhere == []


@pytest.fixture(scope="module")
def war() -> Dataset:
    return load(schema.data_folder())


def waited(driver: Any, condition: Callable[[Any], Any]) -> Any:
    return WebDriverWait(driver, 20).until(condition)


def follow(link: Any) -> None:
    """By the keyboard: a map that appears above a table moves its links away under a mouse."""
    link.send_keys(Keys.ENTER)


def text_of(driver: Any, selector: str) -> str:
    return str(driver.find_element(By.CSS_SELECTOR, selector).text)


def points_on_the_map(driver: Any) -> int:
    """Markers that stand alone, and those that clusters say to hold, when all are there."""
    script = """
        const there = [...document.querySelectorAll('.leaflet-marker-icon')].map(
            icon => icon.classList.contains('marker-cluster') ? +icon.textContent : 1);
        return there.reduce((sum, number) => sum + number, 0)"""
    counts = [0]

    def steady(driver: Any) -> bool:
        counts.append(driver.execute_script(script))
        return counts[-1] > 0 and counts[-1] == counts[-2]

    waited(driver, steady)
    return counts[-1]


# In the browser


def test_the_front_page_has_the_title_and_the_questions(page: Callable[[str], Any]) -> None:
    driver = page("/")
    assert text_of(driver, "h1") == schema.datapackage()["title"]
    assert schema.datapackage()["description"] in text_of(driver, ".metadata-description")
    shown = [link.text for link in driver.find_elements(By.CSS_SELECTOR, ".metadata-description li a")]
    assert shown == [question.title for question in canned_queries()]
    assert len(shown) >= 10
    assert "Attribution-ShareAlike" in text_of(driver, ".content")


def test_the_tables_are_listed_and_helpers_hidden(page: Callable[[str], Any]) -> None:
    driver = page(f"/{WAR}")
    shown = [heading.text for heading in driver.find_elements(By.CSS_SELECTOR, ".db-table h3")]
    assert shown == sorted([*schema.table_names(), database.BY_COUNTRY])


def test_a_table_tells_its_columns_as_they_are_declared(page: Callable[[str], Any]) -> None:
    driver = page(f"/{WAR}/groups")
    assert text_of(driver, "h1") == "Groups"
    terms, told = (
        [e.text for e in driver.find_elements(By.CSS_SELECTOR, f".column-descriptions {part}")] for part in ("dt", "dd")
    )
    assert list(zip(terms, told, strict=True)) == [(c.name, c.description) for c in schema.table("groups").columns]


def test_a_facet_narrows(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{WAR}/events")
    number = len(war.events(type="Battles"))
    follow(driver.find_element(By.CSS_SELECTOR, ".facet-results").find_element(By.LINK_TEXT, "Battles"))
    assert waited(driver, lambda d: "where" in text_of(d, "h3"))
    assert text_of(driver, "h3").startswith(f'{number} rows where event_type = "Battles"')
    types = driver.find_elements(By.CSS_SELECTOR, "td.col-event_type")
    assert {cell.text for cell in types} == {"Battles"}


def test_a_search_finds_words_without_their_accents(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{WAR}/events")
    box = driver.find_element(By.CSS_SELECTOR, "input[name=_search]")
    box.send_keys("menaka")
    box.submit()
    waited(driver, lambda d: "matches" in text_of(d, "h3"))
    words = war.table("events")[database.words_of(schema.table("events"))].fillna("").agg(" ".join, axis=1)
    number = int(words.map(lambda text: bool(re.search(r"\bmenaka\b", normalize_name(text)))).sum())
    assert number > 5
    assert text_of(driver, "h3").startswith(f'{number} rows where search matches "menaka"')


def test_a_foreign_key_shows_a_label_and_leads_to_its_row(page: Callable[[str], Any], war: Dataset) -> None:
    event = "2012-11-16-gao-offensive"
    driver = page(f"/{WAR}/casualties?event_id={event}")
    summary = war.table("events").set_index("event_id").at[event, "summary"]
    cells = driver.find_elements(By.CSS_SELECTOR, "td.col-event_id a")
    assert len(cells) == len(war.table("casualties").query("event_id == @event"))
    assert {cell.text for cell in cells} == {summary}
    follow(cells[0])
    assert waited(driver, lambda d: text_of(d, "h1") == f"events: {event}")


def test_each_group_of_a_list_leads_to_its_row(page: Callable[[str], Any]) -> None:
    driver = page(f"/{WAR}/events?event_id__contains=konna-captured")
    cell = driver.find_element(By.CSS_SELECTOR, "td.col-side_a")
    assert cell.text == "AQIM; Ansar Dine; MUJAO"
    follow(cell.find_element(By.LINK_TEXT, "Ansar Dine"))
    assert waited(driver, lambda d: text_of(d, "h1") == "groups: Ansar Dine")
    driver.back()
    source = driver.find_element(By.CSS_SELECTOR, "td.col-sources").find_element(By.PARTIAL_LINK_TEXT, "#")
    key = source.text
    follow(source)
    assert waited(driver, lambda d: text_of(d, "h1") == f"references: {key}")


def test_keys_in_answers_lead_to_their_rows(page: Callable[[str], Any]) -> None:
    driver = page(f"/{WAR}/deadliest-events?at_least=100")
    cell = next(c for c in driver.find_elements(By.CSS_SELECTOR, "td.col-place") if "; " in c.text)
    assert cell.text == "Tamalat; Inchinane"
    links = {
        link.text: link.get_attribute("href").rpartition(f"/{WAR}/")[2]
        for link in driver.find_elements(By.CSS_SELECTOR, ".rows-and-columns td a")
    }
    assert links["Inchinane"] == "places/Inchinane"
    assert links["MSA"] == "groups/MSA"
    assert links["2013-01-11-konna-recaptured"] == "events/2013-01-11-konna-recaptured"
    for line in page(f"/{WAR}/holders-on-a-day?on=2012-07-01").find_elements(By.CSS_SELECTOR, "td.col-holder"):
        assert bool(line.find_elements(By.TAG_NAME, "a")) == (line.text != "unknown"), line.text
    driver = page(f"/{WAR}/deadliest-events?at_least=100")
    follow(driver.find_element(By.LINK_TEXT, "Islamic State in the Sahel"))
    assert waited(driver, lambda d: text_of(d, "h1") == "groups: Islamic State in the Sahel")


def test_a_question_answers_its_example_and_maps_it(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page("/")
    follow(driver.find_element(By.LINK_TEXT, "What happened at a place?"))
    assert waited(driver, lambda d: text_of(d, "h1") == "What happened at a place?")
    expected = war.events(place="Konna", since="2013-01-10", until="2013-01-12")
    cells = driver.find_elements(By.CSS_SELECTOR, "td.col-summary")
    assert [cell.text for cell in cells] == list(expected["summary"])
    assert points_on_the_map(driver) == len(expected)
    assert "mali events --place Konna" in text_of(driver, ".metadata-description code")
    box = driver.find_element(By.NAME, "place")
    box.clear()
    box.send_keys("menaka")
    box.submit()
    waited(driver, lambda d: not d.find_elements(By.LINK_TEXT, "Konna"))
    assert not driver.find_elements(By.CSS_SELECTOR, "td.col-summary")  # none there in those days


def test_the_map_has_the_points_that_mali_map_has(page: Callable[[str], Any], war: Dataset, browser: Browser) -> None:
    driver = page(f"/{WAR}/events")
    mapped = war.map()
    number = int(mapped.loc[mapped["latitude"].notna(), "events"].sum())
    assert points_on_the_map(driver) == number
    tiles = [address for address in browser.requests if "/-/outlines/" in address]
    assert tiles
    loaded = "return [...document.querySelectorAll('.leaflet-tile')].filter(tile => tile.naturalWidth == 256).length"
    assert waited(driver, lambda d: d.execute_script(loaded)) > 0


def test_where_no_row_has_a_point_there_is_no_map(page: Callable[[str], Any], site: Site) -> None:
    [row] = site.get(f"/{WAR}/events.json", event_type="Riots", place_precision="area", _shape="array")
    assert row["latitude"] is None
    driver = page(f"/{WAR}/events?event_type=Riots&place_precision=area")
    assert driver.find_elements(By.CSS_SELECTOR, "td.col-event_id")
    waited(driver, lambda d: d.execute_script("return typeof L") != "undefined")
    waited(driver, lambda d: not d.find_elements(By.CLASS_NAME, "leaflet-container"))


@pytest.mark.parametrize("path", ["", f"{WAR}", f"{WAR}/events", f"{WAR}/deadliest-events?at_least=40", f"{WAR}/events/2013-01-10-konna-captured"])  # fmt: skip
def test_nothing_is_wider_than_a_phone(page: Callable[[str], Any], browser: Browser, path: str) -> None:
    browser.size(*NARROW)
    driver = page(f"/{path}")
    assert driver.execute_script("return document.documentElement.scrollWidth") <= NARROW[0]


# Answers


def plain(value: Any) -> Any:
    """A value of `--format json` as SQLite has it: lists joined, booleans 0 and 1, blanks null."""
    if isinstance(value, list):
        return ";".join(value) or None
    return int(value) if isinstance(value, bool) else value


def rows_of(answer: str) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.items()} for row in json.loads(answer)]


def told_by(words: list[str]) -> list[dict[str, Any]]:
    """What a command answers, run in this process."""
    done = CliRunner().invoke(app, [*words, "--columns", "all", "--format", "json", "--quiet"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return rows_of(done.stdout)


MORE = {
    "events-of-a-place": [
        ("place=gao", "events --place Gao"),
        ("from=2012&to=2012-06", "events --from 2012 --to 2012-06"),
        ("place= Gao &from= 2013 ", "events --place Gao --from 2013"),
        ("from=2012-02&to=2012-02-29", "events --from 2012-02 --to 2012-02-29"),
    ],
    "figures-of-a-place": [("place=menaka", "casualties --place Ménaka"), ("place= &harm= wounded ", "casualties --harm wounded")],
    "holders-on-a-day": [
        *((f"on={day}", f"control --on {day}") for day in ("2012-03-30", "2012-06-27", "2013-01-30", "2014-05-21", "2023-12-01")),
        ("on=2012-04-01&region=timbuktu", "control --on 2012-04-01 --region Timbuktu"),
        ("on= 2012-07-01 &region= Gao", "control --on 2012-07-01 --region Gao"),
    ],
    "relations-of-a-group": [("group=cma&relation=member-of", "relations --actor CMA --relation member-of"), ("group=France", "relations --actor France")],
    "groups-by-any-name": [("name=france", "groups --actor France"), ("name=mouvement pour l’unicite et le jihad en Afrique de l’Ouest", "groups --actor MUJAO"), ("", "groups")],
    "events-by-type": [("", "events --by event-type"), ("from=2012-03&to=2012-04-05", "events --by event-type --from 2012-03 --to 2012-04-05")],
    "deadliest-events": [("", "events --min-killed 0 --sort -killed_best"), ("at_least= 007 ", "events --min-killed 7 --sort -killed_best")],
    "contradicting-figures": [("", "casualties --disputed"), ("from=2013", "casualties --disputed --from 2013")],
    "allies-and-enemies": [
        ("group=MNLA&relation=fought&on=2012", "groups --at-war-with MNLA --on 2012"),
        ("group=ansar dine&relation=ally-of", "groups --allied-with 'Ansar Dine'"),
        ("group=France&relation=fought&on=2013-01-15", "groups --at-war-with France --on 2013-01-15"),
        ("group=MUJAO&relation=ally-of&on=2012-11", "groups --allied-with MUJAO --on 2012-11"),
        ("group= MUJAO &relation=ally-of &on= 2012-11 ", "groups --allied-with MUJAO --on 2012-11"),
    ],
    "fate-of-leaders": [("", "people"), ("fate=ousted", "people --fate ousted"), ("to=2012-04", "people --to 2012-04"), ("from=2014-06-01", "people --from 2014-06-01"), ("from=2013-03", "people --from 2013-03")],
    "sources": [("source=crisiswatch", "sources --source crisiswatch"), ("source= ", "sources")],
    "events-of-a-source": [("source=almanac", "events --source almanac"), ("source=wikipedia", "events --source wikipedia")],
}  # fmt: skip
ASKED = [(question, example, words) for question in canned_queries() for example, words in MORE.get(question.name, [])]


def answered(site: Site, question: CannedQuery, example: str, expected: list[dict[str, Any]]) -> None:
    """Asserts that the site's answer is the command's; of that, the columns which the question shows."""
    asked = dict(urllib.parse.parse_qsl(example))
    assert set(asked) <= set(question.values)
    rows = site.get(f"/{WAR}/{question.name}.json", **asked, _shape="array")
    assert rows
    columns = set(rows[0]) - set(database.POINT)  # regions have none here, which is tested by itself
    assert [{name: row[name] for name in columns} for row in rows] == [
        {name: row[name] for name in columns} for row in expected
    ]


@pytest.mark.parametrize("question", canned_queries(), ids=lambda question: question.name)
def test_a_question_has_the_answer_of_the_command_that_it_names(
    site: Site, mali: Callable[..., subprocess.CompletedProcess[str]], question: CannedQuery
) -> None:
    done = mali(*question.command, "--columns", "all", "--format", "json")
    assert done.returncode == 0, done.stderr
    answered(site, question, question.example, rows_of(done.stdout))


@pytest.mark.parametrize(("question", "example", "words"), ASKED, ids=[f"{q.name}?{e}" for q, e, _ in ASKED])
def test_a_question_has_the_answer_of_its_command(site: Site, question: CannedQuery, example: str, words: str) -> None:
    answered(site, question, example, told_by(shlex.split(words)))


# A question with a wrong date or number, and the command that refuses the same with the same words, or those words.
REFUSED = [
    ("events-of-a-place?from=2012-6", "events --from 2012-6"),
    ("events-of-a-place?place=Gao&from=2013-02-30", "events --place Gao --from 2013-02-30"),
    ("events-of-a-place?to=2012-13", "events --to 2012-13"),
    ("events-of-a-place?from=2013&to=2012", "events --from 2013 --to 2012"),
    ("events-by-type?to=June", "events --to June"),
    ("contradicting-figures?from=2012-1-1", "casualties --from 2012-1-1"),
    ("allies-and-enemies?on=2012-5", "groups --on 2012-5"),
    ("fate-of-leaders?from=2013-3", "people --from 2013-3"),
    ("fate-of-leaders?from=2013&to=2012", "people --from 2013 --to 2012"),
    ("holders-on-a-day?on=2012-07", "--on takes a day such as 2012-07-01 here, not '2012-07'."),
    ("holders-on-a-day?on=2012-02-31&region=Gao", "--on takes a day such as 2012-07-01 here, not '2012-02-31'."),
    ("deadliest-events?at_least=abc", "at_least takes a whole number from 0 up, not 'abc'."),
    ("deadliest-events?at_least=-5", "at_least takes a whole number from 0 up, not '-5'."),
    ("deadliest-events?at_least=1e3", "at_least takes a whole number from 0 up, not '1e3'."),
]


def refused(site: Site, path: str) -> tuple[int, str]:
    """Status and text of an answer that is none."""
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(site.address + path, timeout=30)
    with raised.value as answer:
        return answer.code, answer.read().decode()


@pytest.mark.parametrize(("asked", "told"), REFUSED, ids=[asked for asked, _ in REFUSED])
def test_a_question_refuses_what_its_command_refuses(site: Site, asked: str, told: str) -> None:
    name, _, values = asked.partition("?")
    if " takes " not in told:
        done = CliRunner().invoke(app, shlex.split(told))
        assert done.exit_code == 2
        told = done.stderr.removeprefix("mali: ").rstrip("\n")
    status, answer = refused(site, f"/{WAR}/{name}.json?{values}")
    assert (status, json.loads(answer)["error"]) == (400, told)
    for other in (f"{name}?{values}", f"{name}.csv?{values}"):
        status, answer = refused(site, f"/{WAR}/{other}")
        assert (status, told in html.unescape(answer)) == (400, True)


def test_a_refusal_is_a_page_with_the_question_above_it(browser: Browser, site: Site) -> None:
    driver = browser.open(f"{site.address}/{WAR}/events-of-a-place?from=%3Cb%3E2012")
    assert text_of(driver, "h1") == "What happened at a place?"
    assert "such as 2012, 2012-06 or 2012-06-27, not '<b>2012'." in text_of(driver, ".content")
    assert browser.requests_elsewhere == []


def test_sql_of_ones_own_reads_dates_as_the_questions_do(tmp_path: Path) -> None:
    with serving(tmp_path) as site:  # refused before anything else is asked of it
        typed = urllib.parse.urlencode({"sql": "SELECT first_day( :a, :b )", "a": "x"})
        status, answer = refused(site, f"/{WAR}?{typed}")
        assert status == 400
        assert "--from takes a year, month or day" in answer
        sql = "SELECT first_day(:a), last_day(:a), first_day('', ''), last_day(:a, ''), one_day(' '), at_least('')"
        [row] = site.get(f"/{WAR}.json", sql=sql, a=" 2012-02 ", _shape="arrays")["rows"]
        assert row == ["2012-02-01", "2012-02-29", "", "9999-12-31", "", 0]
        for wrong in ("first_day('x')", "one_day(:a, :a)", "first_day(:a, :a, :a)"):
            typed = urllib.parse.urlencode({"sql": f"SELECT {wrong}", "a": "2012"})
            assert refused(site, f"/{WAR}.json?{typed}")[0] == 400, wrong
        status, said = site.stop()
    assert status == 0
    assert "Traceback" not in said


def test_holders_and_allies_are_those_of_the_library_whenever_it_is(war: Dataset, tmp_path: Path) -> None:
    asked = {question.name: question.sql for question in canned_queries()}
    with contextlib.closing(made(war, tmp_path)) as connection:
        days = sorted(war.table("control")["date_start"].dt.date.astype(str).unique())
        for day in days[::4]:
            rows = connection.execute(asked["holders-on-a-day"], {"on": day, "region": ""}).fetchall()
            expected = war.control(on=day)
            held = zip(expected["place"], expected["holder"], expected["certain"].astype(int), strict=True)
            assert [(row[0], row[1], row[5]) for row in rows] == list(held), day
        # no day: nothing is said, rather than that nothing is known
        assert not connection.execute(asked["holders-on-a-day"], {"on": "", "region": ""}).fetchall()
        for group, on in itertools.product(war.table("groups")["group"][::3], ("2012-06", "2013")):
            values = {"group": group, "relation": "ally-of", "on": on}
            rows = connection.execute(asked["allies-and-enemies"], values).fetchall()
            assert [row[0] for row in rows] == list(war.groups(allied_with=group, on=on)["group"]), values


def test_all_parameters_of_a_question_stand_in_its_example() -> None:
    for question in canned_queries():
        assert set(re.findall(r":([a-z_]+)", question.sql)) == set(question.values), question.name


def test_the_page_on_the_site_lists_the_questions_with_their_commands() -> None:
    page = (ROOT / "docs" / "site.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (.*\?) \| `(.*)` \|$", page, re.M)
    assert told == [(question.title, shlex.join(["mali", *question.command])) for question in canned_queries()]


def test_words_of_summaries_are_found_as_by_the_command(site: Site, war: Dataset) -> None:
    for words in ("bridge", "french soldiers", "Édouard"):
        found = site.get(f"/{WAR}/events.json", _search_summary=words, _shape="array", _size="max", _col="event_id")
        expected = war.events(text=words)
        asked = [re.compile(rf"\b{word}\b") for word in normalize_name(words).split()]
        whole = pd.Series([all(word.search(normalize_name(text)) for word in asked) for text in expected["summary"]])
        assert whole.any()
        assert {row["event_id"] for row in found} == set(expected["event_id"][whole])


def made(dataset: Dataset, folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database.build_database(dataset, folder))
    plugin.prepare_connection(connection)
    return connection


@pytest.mark.parametrize("name", ["ours", *NAMES])
def test_events_have_the_columns_of_the_command_and_the_points_of_the_map(name: str, tmp_path: Path) -> None:
    format_in = {"ucdp_candidate_headless": "ucdp"}.get(name)
    dataset = load(schema.data_folder() if name == "ours" else LOOKALIKES / f"{name}.csv", format_in)
    with contextlib.closing(made(dataset, tmp_path)) as connection:
        table = pd.read_sql("SELECT * FROM events ORDER BY date_start, date_end, event_id", connection)
    dataset = load(schema.data_folder() if name == "ours" else LOOKALIKES / f"{name}.csv", format_in)
    expected = dataset.events()
    assert list(table.columns) == list(expected.columns)
    point = list(database.POINT)
    for column in expected.columns.difference(point):
        ours, theirs = (
            [None if pd.isna(value) else value for value in frame[column].astype(object)] for frame in (table, expected)
        )
        assert ours == [str(v.date()) if isinstance(v, pd.Timestamp) else v for v in theirs], column
    kept = table[point].notna().all(axis=1).to_numpy()
    assert (table.loc[kept, point].to_numpy() == expected.loc[kept, point].to_numpy()).all()
    mapped = dataset.map()
    assert kept.sum() == mapped.loc[mapped["latitude"].notna(), "events"].sum()


# Files and folders


def test_a_file_of_another_is_served_with_the_questions_that_it_can_answer(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path / "t", "--data", str(INVENTED)) as site:
        driver = browser.open(f"{site.address}/")
        assert text_of(driver, "h1") == "ACLED: invented.csv"
        asked = [link.text for link in driver.find_elements(By.CSS_SELECTOR, ".metadata-description li a")]
        assert "What happened at a place?" in asked
        assert "Who held what on a day?" not in asked
        assert "How many has each country lost?" not in asked
        rows = site.get("/invented/deadliest-events.json", at_least="1", _shape="array")
        words = ["events", "--data", str(INVENTED), "--min-killed", "1", "--sort", "-killed_best"]
        assert [row["event_id"] for row in rows] == [row["event_id"] for row in told_by(words)]
        driver = browser.open(f"{site.address}/invented/events")
        assert points_on_the_map(driver) == load(INVENTED).map().dropna(subset="latitude")["events"].sum()
        assert browser.errors == []
        assert browser.requests_elsewhere == []


def test_a_converted_file_is_served_from_a_copy(tmp_path: Path) -> None:
    file = tmp_path / "Ma Guerre.db"
    convert.convert(load(schema.data_folder()), file, "sqlite")
    before = file.read_bytes()
    with serving(tmp_path / "t", "--data", str(file)) as site:
        assert site.get(f"/{WAR}/events.json", _size="0")["filtered_table_rows_count"] == len(load().table("events"))
        assert len(site.get(f"/{WAR}/losses-by-country.json", _shape="array")) > 20
        site.stop()
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Ma Guerre.db", "t"]


def test_a_database_of_others_is_refused(mali: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (a)")
    done = mali("serve", "--data", str(tmp_path / "other.db"))
    assert done.returncode == 1
    assert done.stderr == (
        f"mali: {tmp_path}/other.db is a database, but none that `mali convert` made: it has no table datapackage.\n"
    )


# The server


def test_nothing_can_be_written(site: Site) -> None:
    def status_of(path: str, data: bytes | None = None, **words: str) -> int:
        address = f"{site.address}{path}?{urllib.parse.urlencode(words)}"
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(urllib.request.Request(address, data=data), timeout=30)
        raised.value.close()
        return raised.value.code

    before = site.get(f"/{WAR}/events.json", _size="0")["filtered_table_rows_count"]
    for sql in ("DELETE FROM events", "INSERT INTO documents DEFAULT VALUES", "ATTACH 'x.db' AS x", "VACUUM"):
        assert status_of(f"/{WAR}.json", sql=sql) == 400
    for path in ("", f"/{WAR}", f"/{WAR}/events", f"/{WAR}/events/-/insert", f"/{WAR}/deadliest-events"):
        assert status_of(path, b'{"rows": []}') == 405
    assert site.get(f"/{WAR}/events.json", _size="0")["filtered_table_rows_count"] == before
    assert site.get(f"/{WAR}.json", sql="SELECT 6 * 7 AS n", _shape="array") == [{"n": 42}]


def test_only_this_machine_is_answered(site: Site) -> None:
    port = int(site.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_and_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as site:
        assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
        kept = socket.create_connection(("127.0.0.1", int(site.address.rpartition(":")[2])))
        assert "Mali War" in site.get("/")
        assert site.stop(how) == (0, "Press Ctrl-C to stop.\n")
        kept.close()
    assert list(tmp_path.iterdir()) == []


def test_the_browser_is_opened_at_the_address(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/beside && mv {tmp_path}/beside {tmp_path}/opened\n')
    browser.chmod(0o755)
    with serving(tmp_path / "t", "--open", env={"BROWSER": f"{browser} %s"}) as site:
        deadline = time.monotonic() + 20
        while not (tmp_path / "opened").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (tmp_path / "opened").read_text() == f"{site.address}/\n"


def test_what_else_is_installed_for_datasette_stays_out(tmp_path: Path) -> None:
    package = tmp_path / "datasette_other-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: datasette-other\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[datasette]\nother = datasette_other\n")
    (tmp_path / "datasette_other.py").write_text(
        "from datasette import hookimpl\n@hookimpl\ndef extra_body_script():\n    return 'other()'\n"
    )
    with serving(tmp_path / "t", env={"PYTHONPATH": str(tmp_path)}) as site:
        assert "other()" not in site.get("/")
        installed = {each["name"] for each in site.get("/-/plugins.json")}
        assert installed == {*server.PLUGINS, "mali_cli.site.plugin"}


def test_it_may_be_ended_as_soon_as_it_is_there(tmp_path: Path) -> None:
    as_it_was = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell has it for what runs in the background
    try:
        with serving(tmp_path, "--quiet") as site:
            assert site.stop() == (0, "")
    finally:
        signal.signal(signal.SIGINT, as_it_was)
    assert list(tmp_path.iterdir()) == []


def test_interrupted_before_it_is_there_it_leaves_nothing_either(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    header, *lines = INVENTED.read_bytes().splitlines(keepends=True)
    file.write_bytes(header + b"".join(line.replace(b"MLI", b"MLI%d" % at) for at in range(2000) for line in lines))
    temporary = tmp_path / "t"
    temporary.mkdir()
    process = subprocess.Popen(
        [MALI, "serve", "--port", "0", "--data", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    while not list(temporary.glob("mali-*/*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == 130
    assert list(temporary.iterdir()) == []


def test_where_the_port_is_taken_it_takes_the_next_and_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with serving(tmp_path, "--port", str(port)) as site:
            taken = int(site.address.rpartition(":")[2])
            assert taken != port
            assert "Mali War" in site.get("/")
            status, said = site.stop()
    assert status == 0
    assert said == f"Port {port} is in use; using {taken} instead.\nPress Ctrl-C to stop.\n"


@pytest.mark.parametrize(("words", "status", "said"), [
    (["--port", "abc"], 2, "--port takes a number from 0 (any that is free) to 65535, not 'abc'."),
    (["--port", "65536"], 2, "--port takes a number from 0 (any that is free) to 65535, not '65536'."),
    (["--port", "-1"], 2, "--port takes a number from 0 (any that is free) to 65535, not '-1'."),
    (["--data", "nowhere"], 1, "there is no nowhere; --data takes a folder with tables such as events.csv, or a file of ACLED, UCDP or the UN."),
])  # fmt: skip
def test_what_is_wrong_is_one_line(
    mali: Callable[..., subprocess.CompletedProcess[str]], words: list[str], status: int, said: str, tmp_path: Path
) -> None:
    done = mali("serve", *words, env={"TMPDIR": str(tmp_path)})
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"mali: {said}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["datasette", "datasette_cluster_map"])
def test_a_missing_extra_says_what_to_install(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = ['serve']; from mali_cli.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'mali: the site is made by Datasette; to install it: pip install "mali-cli[site]".\n'


# What Datasette is told


def test_tiles_from_elsewhere_are_there_only_when_asked_for(tmp_path: Path) -> None:
    path = database.build_database(load(INVENTED), tmp_path)
    told = {tiles: metadata.metadata(path, {"title": ""}, curated=False, tiles=tiles) for tiles in (True, False)}
    assert told[True]["plugins"] == {}  # the map's own: OpenStreetMap
    assert told[False]["plugins"]["datasette-cluster-map"]["tile_layer"].startswith("/-/")


def test_every_vocabulary_is_a_facet(tmp_path: Path) -> None:
    path = database.build_database(load(INVENTED), tmp_path)
    told = metadata.metadata(path, {"title": "", "licenses": "mine"}, curated=False, tiles=False)
    declared = told["databases"][path.stem]["tables"]
    for name in schema.table_names():
        words = {column.name for column in schema.table(name).columns if column.enum}
        assert words <= set(declared[name]["facets"])


def test_outlines_are_pictures_that_fit_together() -> None:
    for zoom, x, y in itertools.product((0, 5, 12), (0, 1), (0, 1)):
        svg = xml.etree.ElementTree.fromstring(plugin.tile(zoom, x, y))
        left, top, width, height = map(float, svg.attrib["viewBox"].split())
        side = 256 / 2**zoom
        assert (left, top, width, height) == pytest.approx((x * side, y * side, side, side))
    # The corner of Web Mercator's square world, and where its sides meet the equator and Greenwich.
    assert plugin._mercator(-180, 85.0511287798066) == pytest.approx((0, 0), abs=1e-9)
    assert plugin._mercator(0, 0) == pytest.approx((128, 128))
