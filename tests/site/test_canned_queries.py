"""Each canned query gives the rows of the command that it names."""

from __future__ import annotations

import contextlib
import itertools
import re
import shlex
import subprocess
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from mali_cli.dataset import Dataset
from mali_cli.site import database
from mali_cli.site.canned_queries import CannedQuery, canned_queries
from tests.conftest import ROOT
from tests.support.served_site import (
    DATABASE,
    Site,
    command_rows,
    count_map_points,
    follow,
    open_database,
    parse_rows,
    text_of,
    wait_until,
)

# Parameters of each query, and the command that gives the same rows.
EXAMPLES = {
    "events-of-a-place": [
        ("place=gao", "events --place Gao"),
        ("from=2012&to=2012-06", "events --from 2012 --to 2012-06"),
        ("place= Gao &from= 2013 ", "events --place Gao --from 2013"),
        ("from=2012-02&to=2012-02-29", "events --from 2012-02 --to 2012-02-29"),
    ],
    "figures-of-a-place": [("place=menaka", "casualties --place Ménaka"), ("place= &harm= wounded ", "casualties --harm wounded"),
        ("country=Chad&harm=killed&from=2013-02&to=2013-02", "casualties --country Chad --harm killed --from 2013-02 --to 2013-02"),
        ("from=2012-11&to=2012-11", "casualties --from 2012-11 --to 2012-11"), ("country=France", "casualties --country France"), ("place=Gao&from=2013", "casualties --place Gao --from 2013")],
    "events-of-a-group": [
        ("group=France", "events --actor France"), ("group=MNLA&from=2013", "events --actor MNLA --from 2013"), ("", "events"),
        ("group=Mali&against=Tuareg rebels&to=2012-03", "events --actor Mali --against 'Tuareg rebels' --to 2012-03"), ("group=CMA", "events --actor CMA"),
    ],
    "strength-of-a-group": [("", "strengths"), ("group=ansar dine", "strengths --actor 'Ansar Dine'")],
    "holders-on-a-day": [
        *((f"on={day}", f"control --on {day}") for day in ("2012-03-30", "2012-06-27", "2013-01-30", "2014-05-21", "2023-12-01")),
        ("on=2012-04-01&region=timbuktu", "control --on 2012-04-01 --region Timbuktu"),
        ("on= 2012-07-01 &region= Gao", "control --on 2012-07-01 --region Gao"),
    ],
    "relations-of-a-group": [("group=cma&relation=member-of", "relations --actor CMA --relation member-of"), ("group=France", "relations --actor France")],
    "groups-by-any-name": [("name=france", "groups --actor France"), ("name=mouvement pour l’unicite et le jihad en Afrique de l’Ouest", "groups --actor MUJAO"), ("", "groups")],
    "events-by-type": [("", "events --by event-type"), ("from=2012-03&to=2012-04-05", "events --by event-type --from 2012-03 --to 2012-04-05"), ("from=2012-06-27&to=2012-06-27", "events --by event-type --on 2012-06-27")],
    "deadliest-events": [("", "events --min-killed 0 --sort -killed_best"), ("at_least= 007 ", "events --min-killed 7 --sort -killed_best")],
    "contradicting-figures": [("", "casualties --disputed"), ("from=2013", "casualties --disputed --from 2013"), ("from=2023-09-12&to=2023-09-30", "casualties --disputed --from 2023-09-12 --to 2023-09-30")],
    "allies-and-enemies": [
        ("group=MNLA&relation=fought&on=2012", "groups --at-war-with MNLA --on 2012"),
        ("group=ansar dine&relation=ally-of", "groups --allied-with 'Ansar Dine'"),
        ("group=France&relation=fought&on=2013-01-15", "groups --at-war-with France --on 2013-01-15"),
        ("group=MUJAO&relation=ally-of&on=2012-11", "groups --allied-with MUJAO --on 2012-11"),
        ("group= MUJAO &relation=ally-of &on= 2012-11 ", "groups --allied-with MUJAO --on 2012-11"),
    ],
    "fate-of-leaders": [("", "people"), ("fate=ousted", "people --fate ousted"), ("fate=killed", "people --fate killed"), ("fate=killed&from=2013-02", "people --fate killed --from 2013-02"), ("to=2012-04", "people --to 2012-04"), ("from=2014-06-01", "people --from 2014-06-01"), ("from=2013-03", "people --from 2013-03")],
    "sources": [("source=crisiswatch", "sources --source crisiswatch"), ("source= ", "sources")],
    "events-of-a-source": [("source=almanac", "events --source almanac"), ("source=wikipedia", "events --source wikipedia")],
}  # fmt: skip
EXAMPLE_CASES = [
    (query, example, command) for query in canned_queries() for example, command in EXAMPLES.get(query.name, [])
]


def assert_rows(site: Site, query: CannedQuery, example: str, expected: list[dict[str, Any]]) -> None:
    """Assert that a query gives the rows of a command, in the columns that the query selects."""
    parameters = dict(urllib.parse.parse_qsl(example))
    assert set(parameters) <= set(query.example_values)
    rows = site.get(f"/{DATABASE}/{query.name}.json", **parameters, _shape="array")
    assert rows
    # Coordinates are blank for regions here; test_database.py tests them and the flags, which no command has.
    columns = set(rows[0]) - {*database.COORDINATES, *(column.name for column in database.FATALITY_COLUMNS)}
    columns -= {"date_precision"} - set(expected[0])
    assert [{name: row[name] for name in columns} for row in rows] == [
        {name: row[name] for name in columns} for row in expected
    ]


@pytest.mark.parametrize("query", canned_queries(), ids=lambda query: query.name)
def test_the_example_of_a_query_has_the_rows_of_its_command(
    site: Site, mali: Callable[..., subprocess.CompletedProcess[str]], query: CannedQuery
) -> None:
    done = mali(*query.command, "--columns", "all", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert_rows(site, query, query.example, parse_rows(done.stdout))


@pytest.mark.parametrize(
    ("query", "example", "command"),
    EXAMPLE_CASES,
    ids=[f"{query.name}?{example}" for query, example, _ in EXAMPLE_CASES],
)
def test_a_query_has_the_rows_of_a_command(site: Site, query: CannedQuery, example: str, command: str) -> None:
    assert_rows(site, query, example, command_rows(shlex.split(command)))


def test_a_query_shows_its_example_in_a_table_and_on_a_map(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page("/")
    follow(driver.find_element(By.LINK_TEXT, "What happened at a place?"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == "What happened at a place?")
    expected = war.events(place="Konna", since="2013-01-10", until="2013-01-12")
    cells = driver.find_elements(By.CSS_SELECTOR, "td.col-summary")
    assert [cell.text for cell in cells] == list(expected["summary"])
    assert count_map_points(driver) == len(expected)
    assert "mali events --place Konna" in driver.find_element(By.CSS_SELECTOR, "details code").get_attribute(
        "textContent"
    )
    box = driver.find_element(By.NAME, "place")
    box.clear()
    box.send_keys("menaka")
    box.submit()
    wait_until(driver, lambda d: not d.find_elements(By.LINK_TEXT, "Konna"))
    assert not driver.find_elements(By.CSS_SELECTOR, "td.col-summary")  # no events there on those days


def test_holders_are_those_of_the_library_on_any_day(war: Dataset, tmp_path: Path) -> None:
    sql = sql_of("holders-on-a-day")
    with contextlib.closing(open_database(war, tmp_path)) as connection:
        days = sorted(war.table("control")["date_start"].dt.date.astype(str).unique())
        for day in days[::4]:
            rows = connection.execute(sql, {"on": day, "region": ""}).fetchall()
            expected = war.control(on=day)
            holders = zip(expected["place"], expected["holder"], expected["status"], strict=True)
            assert [(row[0], row[1], row[7]) for row in rows] == list(holders), day
        # Without a day there are no rows, rather than unknown holders.
        assert not connection.execute(sql, {"on": "", "region": ""}).fetchall()


def test_allies_are_those_of_the_library_in_any_period(war: Dataset, tmp_path: Path) -> None:
    sql = sql_of("allies-and-enemies")
    with contextlib.closing(open_database(war, tmp_path)) as connection:
        for group, on in itertools.product(war.table("groups")["group"][::3], ("2012-06", "2013")):
            parameters = {"group": group, "relation": "ally-of", "on": on}
            rows = connection.execute(sql, parameters).fetchall()
            assert [row[0] for row in rows] == list(war.groups(allied_with=group, on=on)["group"]), parameters


def sql_of(name: str) -> str:
    return next(query.sql for query in canned_queries() if query.name == name)


def test_the_example_of_a_query_gives_all_its_parameters() -> None:
    for query in canned_queries():
        assert set(re.findall(r":([a-z_]+)", query.sql)) == set(query.example_values), query.name


def test_the_documentation_lists_the_queries_with_their_commands() -> None:
    page = (ROOT / "docs" / "site.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*\?) \| `(.*)` \|$", page, re.M)
    assert rows == [(query.title, shlex.join(["mali", *query.command])) for query in canned_queries()]
