"""The documentation is executed: every example is run on a terminal and compared with what stands there.

MALI_DOCS=1 pytest tests/test_docs.py writes the answers anew; read the diff before you commit it.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.model import schema
from tests.conftest import MALI, ROOT, Terminal
from tests.output.test_terminal import lines
from tests.support import terminal_picture

Pipe = Callable[..., subprocess.CompletedProcess[str]]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
OPTION = re.compile(r"(?<![\w|-])--[a-z-]+")
SHELL_SYNTAX = re.compile(r"[|<>;&$`*?~]")
WRITE = bool(os.environ.get("MALI_DOCS"))


WITH_EXAMPLES = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_examples(page: Path, on_terminal: Callable[..., Terminal]) -> None:
    text = page.read_text(encoding="utf-8")
    environment = {"PATH": f"{Path(MALI).parent}:{os.environ['PATH']}"}

    def run_in_terminal(command: str) -> Terminal:
        words = shlex.split(command)
        if words[0] == "mali" and not SHELL_SYNTAX.search(command):  # no shell is needed, and it would take longer
            return on_terminal(*words[1:], columns=100)
        return on_terminal("-c", command, columns=100, env=environment, program="bash")

    def answered(command: str) -> str:
        screen = run_in_terminal(command)
        assert screen.status == 0, screen.output
        return f"$ {command}\n" + "".join(f"{line.rstrip()}\n" for line in lines(screen))

    def run(match: re.Match[str]) -> str:
        commands = [line.removeprefix("$ ") for line in match[1].splitlines() if line.startswith("$ ")]
        return f"```console\n{''.join(map(answered, commands))}```"

    made = BLOCK.sub(run, text)
    if WRITE:
        page.write_text(made, encoding="utf-8")
    assert made == text or WRITE


PICTURE = re.compile(r"!\[(mali [^\]]*)\]\((docs/pictures/[\w-]+\.svg)\)")


def test_pictures_of_the_terminal_are_made_by_their_commands(on_terminal: Callable[..., Terminal]) -> None:
    """The text below a picture, for those who do not see it, is the command."""
    pictures = PICTURE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(pictures) >= 2
    for command, path in pictures:
        screen = on_terminal(*shlex.split(command)[1:], columns=100)
        made = terminal_picture.terminal_svg(command, screen.output, columns=100)
        if WRITE:
            (ROOT / path).write_text(made, encoding="utf-8")
        stored = (ROOT / path).read_text(encoding="utf-8")
        assert terminal_picture.text_of_svg(stored) == terminal_picture.text_of_svg(made)
        assert "@font-face" not in stored
    kept = {f"docs/pictures/{path.name}" for path in (ROOT / "docs" / "pictures").glob("terminal-*")}
    assert kept == {path for _, path in pictures}


def test_examples_of_the_library_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, Any] = {}
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for code in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(code, namespace)
    war = namespace["war"]
    assert len(war.events(actor="MNLA", since="2012", until="2013")) > 50
    assert len(namespace["both"]) == 10
    assert "MUJAO" in capsys.readouterr().out
    assert "Who died in the Mali War" in namespace["losses"]._repr_svg_()


def test_set_up_is_two_single_lines_and_ci_runs_the_second() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [first, second] = re.findall(r"```sh\n(.*?)```", text, re.S)
    assert first.count("\n") == second.count("\n") == 1
    assert first.rstrip().endswith("mali events --from 2012 --actor MNLA")
    assert second.rstrip().endswith("-m pytest -n auto")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_link_leads_somewhere() -> None:
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_a_page_names_exists(page: Path, mali: Pipe) -> None:
    text = page.read_text(encoding="utf-8")
    of_mali = {"--help", *OPTION.findall("".join(help_of(mali, command) for command in ["", *command_names()]))}
    commands_of_others = re.findall(
        r"(?:aws|dask|helm|kubectl|mkdocs|pip|venv) [^`\n]*", text
    )  # their options are not ours
    of_others = set(OPTION.findall(" ".join(commands_of_others)))
    assert set(OPTION.findall(text)) <= of_mali | of_others


def command_names() -> list[str]:
    return sorted(path.stem for path in (ROOT / "mali_cli" / "cli" / "commands").glob("[a-z]*.py"))


@functools.cache
def help_of(mali: Pipe, command: str) -> str:
    return mali(*filter(None, [command]), "--help").stdout


ENTRY_BY_COLUMN = {
    "according_to_kind": "claimant",
    "fate_basis": "basis",
    "fate_precision": "date precision",
    "sub_event_type": "event type",
}


def test_the_readme_is_short() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") < 200


def test_the_glossary_is_sorted_and_has_every_vocabulary() -> None:
    """Every column with declared values, or whose meaning is a rule, has an entry that names all of its values."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^## (.+)\n\n(.+(?:\n.+)*)", text, re.M))
    assert list(entries) == sorted(entries)
    columns = [column for name in schema.table_names() for column in schema.table(name).columns]
    assert {"tally", "open", "rank"} <= {column.name for column in columns}
    for column in columns:
        if column.name in ("tally", "open", "rank") or column.enum:
            entry = entries[ENTRY_BY_COLUMN.get(column.name, column.name.replace("_", " "))]
            if column.name not in ("sub_event_type", "interaction"):
                assert not [value for value in column.enum if value not in entry], column.name


def data_dictionary() -> str:
    """Return data/README.md, made from datapackage.json."""
    package = schema.datapackage()
    lines = [
        "# The tables",
        "",
        f"{package['title']}. {package['description']}",
        "",
        "This page is generated from `datapackage.json` (Frictionless Data Package v2, Table Schema), which declares every column. All tables are CSV (UTF-8, comma, LF)",
        "and sorted; several values in one cell are joined by `;`. The [glossary](../docs/glossary.md) explains the terms. Licence: CC BY-SA 4.0, see [LICENSE](LICENSE).",
        "",
        "What is not from the five documents:",
        "",
        *(f"- [{source['title']}]({source['path']})" for source in package["sources"]),
    ]  # fmt: skip
    for name in schema.bundled_table_names():
        table = schema.table(name)
        lines += ["", f"## {table.path}", "", f"{table.description} Key: {', '.join(f'`{key}`' for key in table.key)}.", "", "| column | type | |", "|---|---|---|"]  # fmt: skip
        lines += [f"| `{c.name}` | {c.type} | {_described(c)} |" for c in table.columns]
    for name, title in (
        ("events", "What `mali events` adds"),
        ("event-counts", "What `mali events --by` counts"),
        ("row-counts", "What `--by` of `mali relations`, `people` and `strengths` counts"),
        ("casualties", "What `mali casualties` adds"),
        ("sums", "What `mali casualties --by` sums"),
        ("keys", "Keys for grouping"),
        ("sources", "What `mali sources` shows"),
        ("intervals", "What `mali control` shows"),
        ("relations", "What `mali relations` adds"),
        ("disputed", "What `mali casualties --disputed` adds"),
        ("page", "What `mali show` shows"),
        ("lineage", "What `mali lineage` shows"),
        ("timeline", "What `mali timeline` shows"),
        ("rolling", "What `--rolling` adds"),
        ("splits", "What `mali timeline --split` adds"),
        ("map", "What `mali map` shows"),
        ("compare", "What `mali compare` shows"),
        ("faults", "What `mali check` shows"),
    ):
        lines += ["", f"## {title}", "", "| column | type | |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.type} | {_described(c)} |" for c in schema.result_columns(name)]
    return "\n".join(lines) + "\n"


def _described(column: schema.Column) -> str:
    text = column.description
    if column.allowed_by_parent:
        text += " " + " ".join(f"*{kind}*: {', '.join(subs)}." for kind, subs in column.allowed_by_parent.items())
    elif column.enum and not all(word in text for word in column.enum):
        text += f" One of: {', '.join(column.enum)}."
    if column.references:
        text += f" Refers to {' or '.join(f'`{target}`' for target in column.references)}."
    return text + (" Never blank." if column.required else "")


def test_the_data_dictionary_is_that_of_the_datapackage() -> None:
    page = ROOT / "data" / "README.md"
    if WRITE:
        page.write_text(data_dictionary(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == data_dictionary()
