"""The rules of the house: who imports whom, and what is declared where."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

import mali_cli
from mali_cli import tables
from tests.conftest import ROOT

PACKAGE = ROOT / "mali_cli"
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(file: Path, anywhere: bool = True) -> set[str]:
    """The modules a file imports; only those at its top if not anywhere. Imports for type checkers do not count."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    nodes = ast.walk(tree) if anywhere else ast.iter_child_nodes(tree)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def of(part: str) -> list[Path]:
    return [file for file in FILES if part in file.relative_to(PACKAGE).as_posix()]


def reaches(found: set[str], *modules: str) -> set[str]:
    return {name for name in found for module in modules if name == module or name.startswith(f"{module}.")}


@pytest.mark.parametrize("file", of("queries/"), ids=str)
def test_queries_never_print_read_files_or_know_a_command_line(file: Path) -> None:
    banned = ("typer", "rich", "sys", "os", "io", "pathlib", "csv", "json")
    ours = (
        "mali_cli.commands",
        "mali_cli.cli",
        "mali_cli.output",
        "mali_cli.options",
        "mali_cli.dataset",
        "mali_cli.known",
    )
    assert not reaches(imports(file), *banned, *ours)
    calls = {n.func.id for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}  # fmt: skip
    assert not calls & {"print", "open", "input"}


def test_only_the_table_imports_rich() -> None:
    assert [file.name for file in FILES if reaches(imports(file), "rich")] == ["table.py"]


def test_only_cli_imports_commands_and_only_main_imports_cli() -> None:
    outside = [file for file in FILES if "commands" not in file.parts]
    assert [file.name for file in outside if reaches(imports(file), "mali_cli.commands")] == ["cli.py"]
    assert [file.name for file in FILES if reaches(imports(file), "mali_cli.cli")] == ["__main__.py"]


def test_pandas_is_imported_only_where_a_question_is_asked() -> None:
    at_top = {file.relative_to(PACKAGE).as_posix() for file in FILES if reaches(imports(file, anywhere=False), "pandas", "numpy")}  # fmt: skip
    assert {name for name in at_top if not name.startswith("queries/")} == set()
    loads_queries = {file.name for file in FILES if reaches(imports(file, anywhere=False), "mali_cli.queries")}
    assert loads_queries - {file.name for file in of("queries/")} == {
        "dataset.py",
        "drawings.py",
        "known.py",
        "tolls.py",
    }
    them = ("mali_cli.dataset", "mali_cli.known", "mali_cli.drawings")
    loads_them = {file.name for file in FILES if reaches(imports(file, anywhere=False), *them)}
    assert loads_them == {"asked.py", "dataset.py"}
    assert not [file for file in FILES if reaches(imports(file, anywhere=False), "mali_cli.asked")]


def test_only_the_site_knows_datasette_and_only_serve_the_site() -> None:
    those = [file for file in FILES if reaches(imports(file), "datasette", "markupsafe", "uvicorn")]
    assert {file.parent.name for file in those} == {"site"}
    outside = [file for file in FILES if file.parent.name != "site"]
    assert [file.name for file in outside if reaches(imports(file), "mali_cli.site")] == ["serve.py"]
    inside = {name for file in of("site/") for name in imports(file)}
    assert not reaches(inside, "mali_cli.commands", "mali_cli.output", "mali_cli.options", "typer")


def test_nothing_is_imported_from_click() -> None:
    assert not [file for file in FILES if reaches(imports(file), "click", "typer._click")]


def test_only_output_prints() -> None:
    printing = {
        file.relative_to(PACKAGE).as_posix()
        for file in FILES
        if re.search(r"(?<!\.)\bprint\(", file.read_text(encoding="utf-8"))
        or "sys.stdout.write" in file.read_text(encoding="utf-8")
    }
    assert printing == {"output/files.py"}


def test_the_base_install_is_typer_rich_and_pandas() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(re.split(r"[<>=]", name)[0] for name in project["dependencies"]) == ["pandas", "rich", "typer"]
    base = {"mali_cli", "numpy", "pandas", "rich", "typer"}
    third = {name.partition(".")[0] for file in FILES for name in imports(file)} - set(sys.stdlib_module_names)
    extras = {"datasette", "duckdb", "openpyxl", "vl_convert"}
    assert third - base == {*extras, "markupsafe", "uvicorn"}  # the last two come with Datasette
    at_top = {name.partition(".")[0] for file in FILES for name in imports(file, anywhere=False)}
    assert at_top - set(sys.stdlib_module_names) <= base


def test_columns_are_declared_once() -> None:
    """No list of columns stands in the code: of a table's declared order, no four names follow each other there."""
    for name in tables.table_names():
        columns = [column.name for column in tables.table(name).columns]
        for file in FILES:
            text = file.read_text(encoding="utf-8")
            for four in zip(columns, columns[1:], columns[2:], columns[3:], strict=False):
                assert not re.search(r'",\s*"'.join(map(re.escape, four)), text), (file, four)


def test_every_command_has_help_and_an_example() -> None:
    from typer.testing import CliRunner

    from mali_cli.cli import app

    for command in app.registered_commands:
        assert command.callback
        name = command.callback.__name__
        text = CliRunner().invoke(app, [name, "--help"], prog_name="mali").output
        usage, _, rest = text.partition("\n\n")
        assert usage.startswith(f"Usage: mali {name} [OPTIONS]")
        assert re.search(rf"^  mali {name} ", rest.partition("Options:")[0], re.M)
        assert command.callback.__code__ is not None


def test_version_changelog_and_data_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.search(r"^## (\S+)", changelog, re.M)
    assert latest
    assert latest[1] == mali_cli.__version__ == tables.datapackage()["version"]
    assert f'version: "{mali_cli.__version__}"' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_every_file_says_in_a_sentence_what_it_owns() -> None:
    for file in FILES:
        assert (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").strip(), file
