"""Paths that the system refuses, and terminals that cannot show everything: one line, or another character."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Terminal, run_in_pipe, run_on_terminal, started_with
from tests.support.tables import write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]

LOOP = "Too many levels of symbolic links."
PATHS = {
    "long name": ("x" * 300, "File name too long."),
    "long path": ("x/" * 3000 + "x", "File name too long."),
    "loop": ("loop", LOOP),
    "below a loop": ("loop/x", LOOP),
}
READING = ["events --data PATH", "check PATH", "compare PATH", "serve --port 0 --data PATH", "convert PATH x.db"]
WRITING = ["events --force -o PATH.csv", "timeline --force -o PATH.png", "convert ours PATH --to csv", "convert ours PATH.db --force"]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with symbolic links that loop."""
    for name in ("loop", "loop.csv", "loop.png", "loop.db"):
        (tmp_path / name).symlink_to(f"{name}.other")
        (tmp_path / f"{name}.other").symlink_to(name)
    return tmp_path


@pytest.mark.parametrize("command", READING + WRITING)
@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_cannot_be_followed_is_one_line(mali: Run, folder: Path, command: str, name: str) -> None:
    path, reason = PATHS[name]
    before = sorted(entry.name for entry in folder.iterdir())
    words = [word.replace("PATH", path) for word in command.split()]
    done = mali(*words, cwd=folder)
    verb = "written" if command in WRITING else "read"
    given = next(word for word in words if path in word)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"mali: {given} cannot be {verb}: {reason}\n")
    assert sorted(entry.name for entry in folder.iterdir()) == before


def test_the_environment_variable_is_a_path_too(mali: Run, folder: Path) -> None:
    done = mali("events", cwd=folder, env={"MALI_DATA": "loop"})
    assert (done.returncode, done.stderr) == (1, f"mali: loop cannot be read: {LOOP}\n")


def test_a_table_that_is_a_loop_is_one_line(mali: Run, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path)
    (folder / "events.csv").unlink()
    (folder / "events.csv").symlink_to("events.csv")
    done = mali("events", "--data", str(folder))
    assert (done.returncode, done.stderr) == (1, f"mali: {folder}/events.csv cannot be read: {LOOP}\n")


def test_a_name_as_long_as_the_system_allows_is_written(mali: Run, tmp_path: Path) -> None:
    name = "é" * 125 + ".csv"
    assert len(name.encode()) == 254
    assert mali("groups", "-o", str(tmp_path / name)).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


# The program, whose help has characters that hardly any encoding but UTF-8 has.
AWKWARD_HELP = """
from mali_cli.cli.app import app
app.registered_callback.help = "\\u256d Examples \\u2026 Jama\\u2019at \\u256e"
from mali_cli.__main__ import main
main()
"""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp437"])
def test_help_and_tables_in_any_encoding(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    documented = [sys.executable, "-c", AWKWARD_HELP, "--help"]
    done = subprocess.run(documented, capture_output=True, env={**os.environ, **env}, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Examples" in done.stdout
    with started_with(env) as server:
        assert_output_in_encoding(run_in_pipe(server), run_on_terminal(server))


def assert_output_in_encoding(mali: Run, on_terminal: Callable[..., Terminal]) -> None:
    for words in (["--help"], ["events", "--help"], ["serve", "-h"], ["--version"]):
        done = mali(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout
        assert on_terminal(*words).status == 0
    place = ["places", "--place", "Menaka", "--quiet"]
    for words in (["-f", "table"], ["-f", "csv"], ["-f", "markdown"]):
        done = mali(*place, *words)  # a pipe takes UTF-8 whatever the terminal takes
        assert (done.returncode, done.stderr) == (0, "")
        assert "Ménaka" in done.stdout
    for words in (place, ["show", "Menaka"], ["timeline"], ["lineage", "MNLA"]):
        screen = on_terminal(*words)
        assert screen.status == 0
        assert "internal error" not in screen.output
