"""`mali help` and `mali columns`: the documentation and the data dictionary in the terminal."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from mali_cli.cli.commands.help import TOPICS
from mali_cli.model import schema
from tests.conftest import Terminal
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


def test_help_of_a_command_is_its_help(mali: Run) -> None:
    assert mali("help", "events").stdout == mali("events", "--help").stdout


def test_help_lists_commands_and_topics(mali: Run) -> None:
    text = mali("help").stdout
    assert mali("--help").stdout.strip() in text
    assert all(topic in text.splitlines()[-1] for topic in (*TOPICS, "columns"))


def test_columns_are_those_of_the_data_dictionary(mali: Run) -> None:
    rows = list(csv.DictReader(mali("columns", "people").stdout.splitlines()))
    assert [row["column"] for row in rows] == [column.name for column in schema.table("people").columns]
    assert [row["values"] for row in rows] == ["; ".join(column.enum) for column in schema.table("people").columns]
    every = list(csv.DictReader(mali("columns").stdout.splitlines()))
    assert {row["table"] for row in every} == set(schema.table_names())
    assert mali("help", "columns").stdout == mali("columns").stdout


def test_version(mali: Run) -> None:
    assert mali("-V").stdout == mali("--version").stdout
