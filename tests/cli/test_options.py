"""Every command takes the declared filters of its query."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from mali_cli.cli.app import COMMAND_BY_NAME, app, command_with_options
from mali_cli.cli.options import COMMON_OPTIONS, PANELS, CommandArguments
from mali_cli.model import schema
from mali_cli.model.filter_names import filter_options
from mali_cli.model.filter_option import EnumOf
from mali_cli.model.filters import FILTERS_BY_QUERY

COMMANDS = {name: command_with_options(name) for name in COMMAND_BY_NAME}
FLAGS = {"since": "--from", "actor": "--actor", "members": "--members", "place": "--place"}


@pytest.mark.parametrize("query", FILTERS_BY_QUERY)
def test_a_command_has_the_filters_of_its_query_and_the_common_options(query: str) -> None:
    params = {param.name: param for param in COMMANDS[query].params}
    for name, option in filter_options(query).items():
        assert option.flag in params[name].opts
        assert params[name].multiple == option.repeatable
    assert set(COMMON_OPTIONS) <= set(params)


@pytest.mark.parametrize("query", FILTERS_BY_QUERY)
def test_help_shows_each_filter_in_a_panel_with_all_its_values(query: str) -> None:
    text = CliRunner().invoke(app, [query, "--help"], prog_name="mali").output
    panels = re.findall(r"^╭─ (\w+) ", text, re.M)
    assert panels[-1] == "Data"
    assert [panel for panel in PANELS if panel in panels] == [panel for panel in panels if panel in PANELS]
    words = " ".join(line.strip("│ ") for line in text.splitlines())
    for option in filter_options(query).values():
        assert re.search(rf"^│ {option.flag}[ ,]", text, re.M)
        if isinstance(option.value, EnumOf):
            for table, column in option.value.columns:
                for value in schema.table(table).column(column).enum:
                    assert set(re.split(r"[ ;]+", value)) <= set(re.split(r"[ ,.:]+", words)), value


def test_every_panel_names_parameters_that_exist() -> None:
    existing = {param.name for command in COMMANDS.values() for param in command.params}
    assert {name for names in PANELS.values() for name in names} <= existing


def test_the_summary_of_every_command_fits_a_line() -> None:
    text = CliRunner().invoke(app, ["--help"], prog_name="mali").output
    for name, command in COMMANDS.items():
        [summary] = re.findall(rf"^│ {name} +(\S.*?) *│$", text, re.M)
        assert command.help.startswith(summary)
        assert summary.endswith(".")
        assert len(summary) <= 50


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_help_fits_the_terminal(width: str) -> None:
    for command in ([], ["events"], ["casualties"], ["show"]):
        text = CliRunner().invoke(app, [*command, "--help"], prog_name="mali", env={"COLUMNS": width}).output
        assert max(map(cell_len, text.splitlines())) <= int(width)


def test_the_command_line_of_a_query_has_long_flags_and_arguments_without_one() -> None:
    arguments = CommandArguments({}, {}, FLAGS)
    filter_args = {"name": "Gao", "since": "2012", "actor": ["MNLA", "Ansar Dine"], "members": True}
    assert arguments.command_line("events", filter_args) == [
        *("events", "Gao", "--from", "2012", "--actor", "MNLA", "--actor", "Ansar Dine", "--members"),
    ]


@pytest.mark.parametrize(
    ("query", "formats", "suffixes"),
    [
        ("events", "table, csv, tsv, json, jsonl, markdown, geojson.", ".csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson."),
        ("people", "table, csv, tsv, json, jsonl, markdown.", ".csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet."),
        ("show", "page, table, csv, tsv, json, jsonl, markdown.", ".csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet."),
        ("lineage", "tree, mermaid, table, csv, tsv, json, jsonl, markdown.", ".csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .png, .svg, .pdf."),
        ("timeline", "picture, table, csv, tsv, json, jsonl, markdown.", ".csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .png, .svg, .pdf, .html."),
    ],
)  # fmt: skip
def test_help_names_the_formats_that_a_command_can_write(query: str, formats: str, suffixes: str) -> None:
    helps = {param.name: param.help for param in COMMANDS[query].params}
    assert helps["format"] == formats
    assert helps["output"] == f"Write to a file: {suffixes}"
