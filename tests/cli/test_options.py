"""Every command takes the declared filters of its query."""

from __future__ import annotations

import re

import pytest
import typer
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.cli.options import COMMON_OPTIONS, CommandArguments
from mali_cli.model.filter_names import filter_options
from mali_cli.model.filters import FILTERS_BY_QUERY

GROUP = typer.main.get_command(app)
FLAGS = {"since": "--from", "actor": "--actor", "members": "--members", "place": "--place"}


@pytest.mark.parametrize("query", FILTERS_BY_QUERY)
def test_a_command_has_the_filters_of_its_query_and_the_common_options(query: str) -> None:
    params = {param.name: param for param in GROUP.commands[query].params}
    for name, option in filter_options(query).items():
        assert option.flag in params[name].opts
        assert params[name].multiple == option.repeatable
    assert set(COMMON_OPTIONS) <= set(params)


@pytest.mark.parametrize("query", FILTERS_BY_QUERY)
def test_help_shows_each_filter(query: str) -> None:
    text = CliRunner().invoke(app, [query, "--help"], prog_name="mali").output
    for option in filter_options(query).values():
        assert re.search(rf"^  (-\w, )?{option.flag}[ ,]", text, re.M)
        assert " ".join(option.help.split()[:2]) in text


def test_the_command_line_of_a_query_has_long_flags_and_arguments_without_one() -> None:
    arguments = CommandArguments({}, {}, FLAGS)
    filter_args = {"name": "Gao", "since": "2012", "actor": ["MNLA", "Ansar Dine"], "members": True}
    assert arguments.command_line("events", filter_args) == [
        *("events", "Gao", "--from", "2012", "--actor", "MNLA", "--actor", "Ansar Dine", "--members"),
    ]
