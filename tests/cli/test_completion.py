"""Completion in real shells, and the modules that it does not load."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MALI

BASH = shutil.which("bash")

# Load mali's own completion script, set the words of a command line and print what bash would complete.
SCRIPT = """
set -u
export PATH="$(dirname "$MALI"):$PATH"
eval "$COMPLETION"
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
_mali_completion mali
printf '%s\\n' "${COMPREPLY[@]-}"
"""


@functools.cache
def completion_script() -> str:
    result = subprocess.run(
        [MALI], capture_output=True, encoding="utf-8", check=True, env={**os.environ, "_MALI_COMPLETE": "source_bash"}
    )
    return result.stdout


def complete(*words: str) -> list[str]:
    assert BASH
    env = {**os.environ, "MALI": MALI, "COMPLETION": completion_script()}
    result = subprocess.run(
        [BASH, "--norc", "-c", SCRIPT, "bash", *words],
        capture_output=True, encoding="utf-8", check=True, env=env, timeout=60,
    )  # fmt: skip
    assert result.stderr == ""
    return [line for line in result.stdout.splitlines() if line]


pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (["mali", "ev"], ["events"]),
        (["mali", "events", "--act"], ["--actor"]),
        (["mali", "events", "--actor", "mnl"], ["MNLA"]),
        (["mali", "events", "--actor", "MOJ"], ["MOJWA"]),
        (["mali", "events", "--actor", "Ansar\\ "], ["Ansar\\ Dine"]),
        (["mali", "events", "--actor", "Ansar\\ Di"], ["Ansar\\ Dine"]),
        (["mali", "events", "--actor", '"Ansar Di'], ["Ansar Dine"]),
        (["mali", "events", "--place", "menak"], ["Ménaka", "Ménaka\\ Cercle", "Ménaka\\ Region"]),
        (["mali", "events", "--place", "Gao\\ B"], ["Gao\\ Barkhane\\ camp"]),
        (["mali", "events", "--place", '"Gao B'], ["Gao Barkhane camp"]),
        (["mali", "events", "--place", '"Gao b'], ["Gao bridge"]),
        (["mali", "events", "--place", "gao\\ b"], ["gao\\ barkhane\\ camp", "gao\\ bridge"]),
        (["mali", "events", "--place", "GAO\\ B"], ["GAO\\ Barkhane\\ camp", "GAO\\ Bridge"]),
        (["mali", "events", "--type", "Suicide"], ["Suicide\\ bomb"]),
        (["mali", "events", "--columns", "event_id,summ"], ["event_id,summary"]),
        (["mali", "events", "--sort", "killed_b"], ["killed_best"]),
        (["mali", "events", "--where", "killed_b"], ["killed_best"]),
        (["mali", "casualties", "--columns", "event_t"], ["event_type"]),
        (["mali", "events", "--by", "year,sub"], ["year,sub-event-type"]),
        (["mali", "relations", "--by", ""], ["relation", "group", "other", "year", "basis"]),
        (["mali", "people", "--by", "fate,y"], ["fate,year"]),
        (["mali", "events", "--sort", "date_start,-killed_b"], ["date_start,-killed_best"]),
        (["mali", "control", "--columns", "age"], ["age_years"]),
        (["mali", "events", "--output", "out/x.j"], ["out/x.json", "out/x.jsonl"]),
        (["mali", "people", "-o", "x."], ["x.csv", "x.tsv", "x.json", "x.jsonl", "x.md", "x.xlsx", "x.parquet"]),
        (["mali", "map", "-o", "~/x.p"], ["~/x.parquet", "~/x.png", "~/x.pdf"]),
        (["mali", "events", "-o", "../x"], []),
        (["mali", "events", "-o", ".."], []),
        (["mali", "events", "--format", "j"], ["json", "jsonl"]),
        (["mali", "lineage", "MNLA", "--format", "m"], ["mermaid", "markdown"]),
        (["mali", "people", "--format", "g"], []),
        (["mali", "show", "MNLA", "--section", "re"], ["relations"]),
        (["mali", "events", "--dates", ""], ["certain", "possible", "all"]),
        (["mali", "casualties", "--losses"], ["--losses-of"]),
        (["mali", "casualties", "--losses-of", "MOJ"], ["MOJWA"]),
        (["mali", "events", "--near", "menak"], ["Ménaka", "Ménaka\\ Cercle", "Ménaka\\ Region"]),
        (["mali", "control", "--basis", "he"], ["held"]),
        (["mali", "people", "--basis", "de"], ["denied"]),
        (["mali", "casualties", "--harm", "dis"], ["displaced"]),
        (["mali", "casualties", "--according-to", "Human"], ["Human\\ Rights\\ Watch"]),
        (["mali", "groups", "--kind", "mis"], ["mission"]),
        (["mali", "events", "--actor", "Zyzz"], []),
        (["mali", "events", "MNL"], ["MNLA"]),
        (["mali", "events", "MOJ"], ["MOJWA"]),
        (["mali", "groups", "Gao"], []),
        (["mali", "places", "MNL"], []),
        (["mali", "sources", "almanac#5"], ["almanac\\#5", *(f"almanac\\#{n}" for n in range(50, 60))]),
        (["mali", "show", "2012-11-19-menaka-c"], ["2012-11-19-menaka-captured"]),
        (["mali", "help", "tal"], ["tally"]),
        (["mali", "help", "date"], ["dates", "date\\ precision"]),
        (["mali", "columns", "li"], ["lineage"]),
    ],
)
def test_bash_completes_commands_options_and_names(words: list[str], completions: list[str]) -> None:
    assert complete(*words) == completions


def test_names_come_from_the_data_that_is_given(tmp_path: Path) -> None:
    from tests.support.tables import write_dataset

    folder = write_dataset(tmp_path, groups=[{"group": "Zouaves"}])
    assert complete("mali", "events", "--data", str(folder), "--actor", "Z") == ["Zouaves"]
    assert complete("mali", "events", "--data", str(tmp_path / "none"), "--actor", "Z") == []


def test_bash_reads_a_completion_as_the_name(tmp_path: Path) -> None:
    """The escaped completion, read back by bash, is the name in the table."""
    assert BASH
    for completion in complete("mali", "events", "--actor", ""):
        word = subprocess.run(
            [BASH, "-c", f"printf %s {completion}"], capture_output=True, encoding="utf-8", check=True
        )
        assert word.stdout
        assert word.stdout in GROUPS


def _groups() -> set[str]:
    import csv

    from mali_cli.model.schema import data_folder

    with open(data_folder() / "groups.csv", encoding="utf-8", newline="") as file:
        return {row["group"] for row in csv.DictReader(file)}


GROUPS = _groups()


@pytest.mark.parametrize(
    ("arguments", "environment", "heavy"),
    [
        (["--help"], {}, {"pandas", "numpy", "pydantic"}),
        (["--version"], {}, {"pandas", "numpy", "pydantic", "rich"}),
        (["events", "--help"], {}, {"pandas", "numpy", "pydantic"}),
        (
            [],
            {"_MALI_COMPLETE": "complete_bash", "COMP_WORDS": "mali\nevents\n--actor\nMN", "COMP_CWORD": "3"},
            {"pandas", "numpy", "pydantic", "rich"},
        ),
    ],
)
def test_help_version_and_completion_load_nothing_heavy(
    arguments: list[str], environment: dict[str, str], heavy: set[str]
) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mali_cli", *arguments],
        capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=True,
    )  # fmt: skip
    assert result.stdout.strip()
    loaded = {line.rsplit("|", 1)[-1].strip().partition(".")[0] for line in result.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & heavy


def test_importing_the_library_loads_nothing_heavy() -> None:
    check = "import sys, gc, mali_cli; print(sorted({'pandas', 'typer', 'rich'} & set(sys.modules)), gc.isenabled())"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, encoding="utf-8", check=True)
    assert result.stdout == "[] True\n"


def test_a_pipe_loads_no_rich() -> None:
    code = "import sys; from mali_cli.cli.app import app; app(['groups'], standalone_mode=False); print('rich' in sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert result.stderr == "False\n"


@pytest.mark.parametrize(("shell", "changed"), [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", None)])
def test_installing_completion_names_the_files_that_it_changes(shell: str, changed: str | None, tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("# mine\n")
    environment = {**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    result = subprocess.run(
        [MALI, "--install-completion", shell], capture_output=True, encoding="utf-8", env=environment, check=True
    )
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_text() != "# mine\n"]
    assert all(str(path) in result.stdout for path in written)
    assert ("was changed" in result.stdout) == (changed is not None)
    if changed:
        assert f"{tmp_path / changed} was changed to load it." in result.stdout
