"""The rules of the architecture: who imports whom, and what is declared where."""

from __future__ import annotations

import ast
import functools
import re
import sys
import tomllib
from pathlib import Path

import pytest

import mali_cli
from mali_cli.model import schema
from tests.conftest import ROOT

PACKAGE = ROOT / "mali_cli"
FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(file: Path) -> str:
    """Return the dotted name of a module; that of a package ends in `__init__` nowhere."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


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


# From the bottom up: a layer may import from its own and from those before it.
LAYERS = (
    ("_version", "errors"),
    ("model",),
    ("results",),
    ("queries",),
    ("resolver", "filter_text"),
    ("storage",),
    ("formats",),
    ("validation", "engine"),
    ("dataset",),
    ("output",),
    ("site",),
    ("cli",),
    ("__init__", "__main__"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
MODULES = {module_name(file): file for file in FILES}


def imported_modules(file: Path) -> set[str]:
    """Return our modules that a file imports: at its top, inside functions and for type checkers alike."""
    own = module_name(file)
    modules: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: imports are absolute"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                modules.add(submodule if submodule in MODULES else str(node.module))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in MODULES:
            modules.add(node.value)  # a module that is imported by its name
    return (modules & set(MODULES)) - {own}


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module."""
    reach = {module: _reachable(graph, module) for module in graph}
    components = {frozenset(other for other in reach[module] if module in reach[other]) | {module} for module in graph}
    return sorted(sorted(component) for component in components if len(component) > 1)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    stack = [start]
    while stack:
        for module in graph[stack.pop()] - seen:
            seen.add(module)
            stack.append(module)
    return seen


@functools.cache
def import_graph() -> dict[str, set[str]]:
    return {module: imported_modules(file) for module, file in MODULES.items()}


def layer_of(module: str) -> int:
    return RANK[[*module.split("."), "__init__"][1]]


def test_a_cycle_is_recognised() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_the_import_graph_has_no_cycle() -> None:
    assert cycles(import_graph()) == []


def test_no_import_runs_up_the_layers() -> None:
    upward = [
        f"{module} imports {other}"
        for module, others in import_graph().items()
        for other in sorted(others)
        if layer_of(other) > layer_of(module)
    ]
    assert upward == []


def test_the_top_of_the_package_is_small() -> None:
    top = [file.stem for file in PACKAGE.glob("*.py")]
    assert len(top) <= 12
    packages = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}
    assert packages | set(top) == set(RANK)


def test_files_and_functions_are_short() -> None:
    """At most 400 lines a file and 40 a function; a test file at most 500."""
    too_long = [str(file) for file in FILES if len(file.read_text(encoding="utf-8").splitlines()) > 400]
    too_long += [str(file) for file in (ROOT / "tests").rglob("*.py") if len(file.read_text(encoding="utf-8").splitlines()) > 500]  # fmt: skip
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 40:  # type: ignore[operator]
                too_long.append(f"{file.relative_to(PACKAGE)}:{node.lineno} {node.name}")
    assert too_long == []


@pytest.mark.parametrize("file", of("queries/"), ids=str)
def test_queries_never_print_or_read_files(file: Path) -> None:
    assert not reaches(imports(file), "typer", "rich", "sys", "os", "io", "pathlib", "csv", "json")
    calls = {n.func.id for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}  # fmt: skip
    assert not calls & {"print", "open", "input"}


def test_only_the_output_package_imports_rich() -> None:
    importing = [file.relative_to(PACKAGE) for file in FILES if reaches(imports(file), "rich")]
    assert {file.parts[0] for file in importing} == {"output"}


def test_only_main_imports_the_command_line() -> None:
    outside = [file for file in FILES if "cli" not in file.relative_to(PACKAGE).parts]
    assert [file.name for file in outside if reaches(imports(file), "mali_cli.cli")] == ["__main__.py"]
    inside = [file for file in of("cli/") if reaches(imports(file), "mali_cli.cli.commands")]
    assert [file.name for file in inside] == ["app.py"]


def test_help_and_completion_load_no_pandas() -> None:
    """pandas is imported inside functions, or by modules that only the query of a command loads."""
    light = {
        module
        for module in MODULES
        if layer_of(module) < RANK["queries"] or module.startswith(("mali_cli.output", "mali_cli.cli", "mali_cli.site"))
    }
    for module in light:
        assert not reaches(imports(MODULES[module], anywhere=False), "pandas", "numpy", "mali_cli.queries"), module


def test_only_the_site_uses_datasette_and_only_serve_uses_the_site() -> None:
    users = [file for file in FILES if reaches(imports(file), "datasette", "markupsafe", "uvicorn")]
    assert {file.parent.name for file in users} == {"site"}
    outside = [file for file in FILES if file.parent.name != "site"]
    assert [file.name for file in outside if reaches(imports(file), "mali_cli.site")] == ["serve.py"]
    inside = {name for file in of("site/") for name in imports(file)}
    assert not reaches(inside, "mali_cli.cli", "typer")


def test_nothing_is_imported_from_click() -> None:
    assert not [file for file in FILES if reaches(imports(file), "click", "typer._click")]


def test_only_output_prints() -> None:
    printing = {
        file.relative_to(PACKAGE).as_posix()
        for file in FILES
        if re.search(r"(?<!\.)\bprint\(", file.read_text(encoding="utf-8"))
        or "sys.stdout.write" in file.read_text(encoding="utf-8")
    }
    assert printing == {"output/streams.py"}


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
    for name in schema.table_names():
        columns = [column.name for column in schema.table(name).columns]
        for file in FILES:
            text = file.read_text(encoding="utf-8")
            for four in zip(columns, columns[1:], columns[2:], columns[3:], strict=False):
                assert not re.search(r'",\s*"'.join(map(re.escape, four)), text), (file, four)


def test_every_command_has_help_and_an_example() -> None:
    from typer.testing import CliRunner

    from mali_cli.cli.app import app

    for command in app.registered_commands:
        assert command.callback
        assert command.name
        name = command.name
        text = CliRunner().invoke(app, [name, "--help"], prog_name="mali").output
        assert text.lstrip().startswith(f"Usage: mali {name} [OPTIONS]")
        assert re.search(rf"^ mali {name} ?", text.partition("Options")[0], re.M)
        assert command.callback.__code__ is not None


def test_version_changelog_and_data_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.search(r"^## (\S+)", changelog, re.M)
    assert latest
    assert latest[1] == mali_cli.__version__ == schema.datapackage()["version"]
    assert f'version: "{mali_cli.__version__}"' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_every_file_says_in_a_sentence_what_it_owns() -> None:
    for file in FILES:
        assert (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").strip(), file
