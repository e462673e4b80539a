"""The documentation is executed: every example is run on a terminal and compared with what stands there.

MALI_DOCS=1 pytest tests/test_docs.py writes the answers anew; read the diff before you commit it.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.model import schema
from tests.conftest import MALI, ROOT, Terminal
from tests.output.test_terminal import lines

PAGES = [
    ROOT / "README.md",
    ROOT / "docs" / "questions.md",
    ROOT / "docs" / "compare.md",
    ROOT / "docs" / "foreign-files.md",
]
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
WRITE = bool(os.environ.get("MALI_DOCS"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples(page: Path, on_terminal: Callable[..., Terminal]) -> None:
    text = page.read_text(encoding="utf-8")
    assert BLOCK.search(text)

    environment = {"PATH": f"{Path(MALI).parent}:{os.environ['PATH']}"}

    def answered(command: str) -> str:
        screen = on_terminal("-c", command, columns=100, env=environment, program="bash")
        assert screen.status == 0, screen.output
        return f"$ {command}\n" + "".join(f"{line.rstrip()}\n" for line in lines(screen))

    def run(match: re.Match[str]) -> str:
        commands = [line.removeprefix("$ ") for line in match[1].splitlines() if line.startswith("$ ")]
        return f"```console\n{''.join(map(answered, commands))}```"

    made = BLOCK.sub(run, text)
    if WRITE:
        page.write_text(made, encoding="utf-8")
    assert made == text or WRITE


def test_the_readme_shows_what_python_gives() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", text, re.S)
    found: dict[str, object] = {}
    exec(code, found)
    war = found["war"]
    assert len(war.events(actor="MNLA", since="2012", until="2013")) > 50  # type: ignore[attr-defined]


def test_set_up_is_two_single_lines_and_ci_runs_the_second() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [first, second] = re.findall(r"```sh\n(.*?)```", text, re.S)
    assert first.count("\n") == second.count("\n") == 1
    assert first.rstrip().endswith("mali events --from 2012 --actor MNLA")
    assert second.rstrip().endswith("-m pytest")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_link_leads_somewhere() -> None:
    more = [
        ROOT / "CONTRIBUTING.md",
        ROOT / "docs" / "curating.md",
        ROOT / "docs" / "site.md",
        ROOT / "data" / "README.md",
    ]
    for page in [*PAGES, *more]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_every_option_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    known = set(
        re.findall(r"--[a-z-]+", "".join(help_of(name) for name in ("", "events", "casualties", "groups", "control")))
    )
    table = text.partition("## How to ask")[2].partition("## In Python")[0]
    assert set(re.findall(r"(?<![\w|-])--[a-z-]+", table)) <= known


def help_of(command: str) -> str:
    words = [MALI, *([command] if command else []), "--help"]
    return subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout


def data_dictionary() -> str:
    """data/README.md, made from datapackage.json."""
    package = schema.datapackage()
    lines = [
        "# The tables",
        "",
        f"{package['title']}. {package['description']}",
        "",
        "Made from `datapackage.json` (Frictionless Data Package v2, Table Schema), which declares every column once. All tables are CSV: UTF-8, comma, LF, sorted;",
        "a list inside a cell is joined by `;`. Licence: CC BY-SA 4.0, see [LICENSE](LICENSE).",
    ]  # fmt: skip
    for name in schema.table_names():
        table = schema.table(name)
        lines += ["", f"## {table.path}", "", f"{table.description} Key: {', '.join(f'`{key}`' for key in table.key)}.", "", "| column | type | |", "|---|---|---|"]  # fmt: skip
        lines += [f"| `{c.name}` | {c.type} | {_described(c)} |" for c in table.columns]
    for name, title in (
        ("events", "What `mali events` adds"),
        ("event-counts", "What `mali events --by` counts"),
        ("sums", "What `mali casualties --by` sums"),
        ("keys", "Keys of `--by`"),
        ("sources", "What `mali sources` shows"),
        ("intervals", "What `mali control` shows"),
        ("relations", "What `mali relations` adds"),
        ("disputed", "What `mali casualties --disputed` adds"),
        ("page", "What `mali show` shows"),
        ("lineage", "What `mali lineage` shows"),
        ("timeline", "What `mali timeline` shows"),
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
    return text + (" Always filled." if column.required else "")


def test_the_data_dictionary_is_that_of_the_datapackage() -> None:
    page = ROOT / "data" / "README.md"
    if WRITE:
        page.write_text(data_dictionary(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == data_dictionary()
