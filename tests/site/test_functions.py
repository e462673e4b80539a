"""Dates and numbers in queries are parsed, or refused, as in the commands."""

from __future__ import annotations

import html
import json
import re
import shlex
import urllib.parse
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from tests.support.served_site import DATABASE, Site, serve_site

# A query with an invalid date or number, and a command with the same error.
SAME_ERROR = [
    ("events-of-a-place?from=2012-6", "events --from 2012-6"),
    ("events-of-a-place?place=Gao&from=2013-02-30", "events --place Gao --from 2013-02-30"),
    ("events-of-a-place?to=2012-13", "events --to 2012-13"),
    ("events-of-a-place?from=2013&to=2012", "events --from 2013 --to 2012"),
    ("events-by-type?to=June", "events --to June"),
    ("contradicting-figures?from=2012-1-1", "casualties --from 2012-1-1"),
    ("allies-and-enemies?on=2012-5", "groups --on 2012-5"),
    ("fate-of-leaders?from=2013-3", "people --from 2013-3"),
    ("fate-of-leaders?from=2013&to=2012", "people --from 2013 --to 2012"),
]
# Errors that no command has, or in other words: a command names what lists all names.
OWN_ERROR = [
    ("events-of-a-place?place=Konnaa&from=2013", "No place is called 'Konnaa'. Did you mean Konna?"),
    ("holders-on-a-day?on=2012-07-01&region=Gaoo", "No region is called 'Gaoo'. Did you mean Gao?"),
    ("relations-of-a-group?group=Nobody+At+All&relation=fought", "No group is called 'Nobody At All'."),
    (
        "groups-by-any-name?name=MUJAOO",
        "No group is called 'MUJAOO'. Did you mean MUJAO or MUJAO faction of Al-Mourabitoun?",
    ),
    (
        "events-of-a-source?source=wikipedya",
        "No source is called 'wikipedya'. Did you mean wikipedia, wikipedia#1 or wikipedia#2?",
    ),
    ("events-of-a-group?against=MUJAO", "Against needs a group: the two are on opposite sides."),
    ("fate-of-leaders?fate=lost", "Fate takes killed, captured, wounded, ousted or died, not 'lost'."),
    ("allies-and-enemies?group=MNLA&relation=split-from", "Relation takes ally-of or fought, not 'split-from'."),
    ("holders-on-a-day?on=2012-07", "On takes a day such as 2012-07-01, not '2012-07'."),
    ("holders-on-a-day?on=2012-02-31&region=Gao", "On takes a day such as 2012-07-01, not '2012-02-31'."),
    ("deadliest-events?at_least=abc", "At least this many killed takes a whole number from 0 up, not 'abc'."),
    ("deadliest-events?at_least=-5", "At least this many killed takes a whole number from 0 up, not '-5'."),
    ("deadliest-events?at_least=1e3", "At least this many killed takes a whole number from 0 up, not '1e3'."),
]


def assert_refused(site: Site, address: str, message: str) -> None:
    """Assert that a query is refused with this message, as a page, as JSON and as CSV."""
    name, _, parameters = address.partition("?")
    status, response = site.get_error(f"/{DATABASE}/{name}.json?{parameters}")
    assert (status, json.loads(response)["error"]) == (400, message)
    for path in (f"{name}?{parameters}", f"{name}.csv?{parameters}"):
        status, response = site.get_error(f"/{DATABASE}/{path}")
        assert (status, message in html.unescape(re.sub("<[^>]+>", "", response))) == (400, True)


@pytest.mark.parametrize(("address", "command"), SAME_ERROR, ids=[address for address, _ in SAME_ERROR])
def test_a_query_refuses_what_its_command_refuses(site: Site, address: str, command: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code == 2
    message = result.stderr.removeprefix("mali: ").rstrip("\n")
    for option, label in (("--from", "From"), ("--to", "To"), ("--on", "On")):
        message = message.replace(option, label)
    assert_refused(site, address, message)


@pytest.mark.parametrize(("address", "message"), OWN_ERROR, ids=[address for address, _ in OWN_ERROR])
def test_a_query_refuses_an_invalid_day_or_number(site: Site, address: str, message: str) -> None:
    assert_refused(site, address, message)


def test_custom_sql_parses_dates_as_the_canned_queries_do(tmp_path: Path) -> None:
    with serve_site(tmp_path) as site:  # the first request to a site can be one that is refused
        parameters = urllib.parse.urlencode({"sql": "SELECT first_day( :a, :b )", "a": "x"})
        status, response = site.get_error(f"/{DATABASE}?{parameters}")
        assert status == 400
        assert "--from takes a year, month or day" in response
        sql = "SELECT first_day(:a), last_day(:a), first_day('', ''), last_day(:a, ''), one_day(' '), at_least('')"
        [row] = site.get(f"/{DATABASE}.json", sql=sql, a=" 2012-02 ", _shape="arrays")["rows"]
        assert row == ["2012-02-01", "2012-02-29", "", "9999-12-31", "", 0]
        for call in ("first_day('x')", "one_day(:a, :a)", "first_day(:a, :a, :a)"):
            parameters = urllib.parse.urlencode({"sql": f"SELECT {call}", "a": "2012"})
            assert site.get_error(f"/{DATABASE}.json?{parameters}")[0] == 400, call
        status, stderr = site.stop()
    assert status == 0
    assert "Traceback" not in stderr
