"""`mali help` and `mali columns`: the documentation and the data dictionary in the terminal."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from mali_cli.cli.commands.help import TOPICS
from mali_cli.engine.plan import QUERIES
from mali_cli.model import schema
from tests.conftest import MALI, Terminal
from tests.output.test_terminal import lines

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_a_page_of_the_documentation(mali: Run, on_terminal: Callable[..., Terminal], topic: str) -> None:
    text = mali("help", topic).stdout
    assert text.startswith("#")
    assert len(text.splitlines()) > 5
    assert "```console" not in text
    screen = lines(on_terminal("help", topic, columns=80))
    assert max(map(cell_len, screen)) <= 80


def test_links_between_pages_name_the_topic(mali: Run) -> None:
    text = mali("help", "filters").stdout
    assert "Dates (`mali help figures`)" in text
    assert "](" not in text


@pytest.mark.parametrize(
    ("words", "beginning"),
    [
        (["tally"], "## tally\n\nThe set of people"),
        (["not_stated"], "## not stated\n\nNo document"),
        (["Date precision"], "## date precision\n"),
    ],
)
def test_a_term_of_the_glossary_is_explained(mali: Run, words: list[str], beginning: str) -> None:
    text = mali("help", *words).stdout
    assert text.startswith(beginning)
    assert text.count("## ") == 1


def test_help_of_a_command_is_its_help(mali: Run) -> None:
    assert mali("help", "events").stdout == mali("events", "--help").stdout


def test_help_lists_commands_and_topics(mali: Run) -> None:
    text = mali("help").stdout
    assert text == mali("--help").stdout == mali().stdout
    last = " ".join(text.splitlines()[-3:])
    assert all(topic in last for topic in (*TOPICS, "columns"))


def test_columns_are_those_of_the_data_dictionary(mali: Run) -> None:
    rows = [row for row in column_rows(mali, "people") if row["table"] == "people"]
    assert [row["column"] for row in rows] == [column.name for column in schema.table("people").columns]
    assert [row["values"] for row in rows] == ["; ".join(column.enum) for column in schema.table("people").columns]
    assert mali("help", "columns").stdout == mali("columns").stdout


@pytest.mark.parametrize(
    "command",
    [
        *(
            "events",
            "events --by year,event-type",
            "casualties",
            "casualties --disputed",
            "casualties --by country,year",
        ),
        *("groups", "people", "people --by fate,year", "relations", "strengths", "places", "control --on 2013"),
        *("sources", "timeline", "map --on 2013", "show Konna", "lineage MNLA", "check"),
        "compare docs/compare/invented.csv --on 2012",
    ],
)
def test_every_column_of_an_answer_is_explained(mali: Run, command: str) -> None:
    words = command.split()
    explained = {row["column"] for row in column_rows(mali, words[0])}
    header = mali(*words, "--columns", "all", "--quiet").stdout.splitlines()[0].split(",")
    assert set(header) <= explained


def test_columns_without_a_name_are_those_of_all_tables_and_commands(mali: Run) -> None:
    rows = column_rows(mali)
    assert rows == [row for name in schema.tables_and_queries() for row in column_rows(mali, name)]
    assert {row["table"] for row in rows if not row["table"].startswith("mali ")} == {
        *schema.table_names(),
        "aggregates",
    }
    assert all(row["type"] and row["description"] for row in rows)


def test_every_query_has_its_columns_explained() -> None:
    assert {*QUERIES} - {"columns"} <= {*schema.tables_and_queries()}


def test_a_column_is_found_wherever_it_is(mali: Run) -> None:
    rows = column_rows(mali, "fate-basis")
    assert [(row["table"], row["column"]) for row in rows] == [
        ("people", "fate_basis"),
        ("mali people --by", "fate_basis"),
    ]
    assert {row["table"] for row in column_rows(mali, "sources")} == {"mali sources"}  # the command comes first


def column_rows(mali: Run, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(mali("columns", *words).stdout.splitlines()))


def test_version(mali: Run) -> None:
    assert mali("-V").stdout == mali("--version").stdout == mali("version").stdout


@pytest.mark.parametrize("words", [["--help"], ["people", "--help"], ["help", "people"]])
def test_help_has_escape_codes_only_for_a_terminal_that_shows_colours(
    mali: Run, on_terminal: Callable[..., Terminal], words: list[str]
) -> None:
    for env in ({}, {"GITHUB_ACTIONS": "true"}):
        assert "\x1b" not in mali(*words, env=env).stdout
    assert "\x1b" in mali(*words, env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b" in on_terminal(*words).output
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(*words, env=env).output


@pytest.mark.parametrize(("columns", "width"), [(60, 60), (80, 80), (200, 100)])
def test_help_is_as_wide_as_the_terminal_but_not_too_wide_to_read(
    on_terminal: Callable[..., Terminal], columns: int, width: int
) -> None:
    assert max(map(cell_len, lines(on_terminal("events", "--help", columns=columns)))) == width


def test_help_in_a_pipe_has_80_columns_even_if_a_terminal_is_wider(on_terminal: Callable[..., Terminal]) -> None:
    screen = on_terminal("-c", f"{MALI} events --help | cat", columns=200, program="bash")
    assert max(map(cell_len, lines(screen))) == 80


def test_help_in_a_pipe_that_is_closed_ends_quietly() -> None:
    command = f'for _ in 1 2 3; do "{MALI}" events --help | head -1 > /dev/null; echo "${{PIPESTATUS[0]}}"; done'
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=True)
    assert (done.stdout, done.stderr) == ("0\n0\n0\n", "")
