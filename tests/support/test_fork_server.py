"""A forked program sees its own arguments, folder, variables and streams, and answers as a newly started one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MALI, WARNINGS

Pipe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["events", "--from", "2012", "--actor", "MNLA"],
        ["events", "--actor", "MLNA"],
        ["places", "-f", "json"],
        ["--help"],
        ["--version"],
        ["evnts"],
        [],
    ],
    ids=" ".join,
)
def test_a_forked_program_answers_as_a_new_one(arguments: list[str], mali: Pipe) -> None:
    environment = {**os.environ, **WARNINGS}
    started = subprocess.run([MALI, *arguments], capture_output=True, encoding="utf-8", env=environment, check=False)
    forked = mali(*arguments)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)


def test_nothing_is_left_of_the_command_before(mali: Pipe, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    of_ours = mali("places")
    assert mali("places", cwd=tmp_path, env={"MALI_DATA": "empty.csv"}).returncode == 1
    assert mali("places").stdout == of_ours.stdout
