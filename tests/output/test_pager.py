"""Long tables on a real pseudo-terminal go through the pager."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Terminal

Run = Callable[..., Terminal]
LONG = ("places", "--limit", "50")  # does not fit the screen


@pytest.fixture
def pager(tmp_path: Path) -> dict[str, str]:
    """A pager that marks what it gets."""
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\necho PAGED\nsed 's/^/|/'\n")
    script.chmod(0o755)
    return {"MALI_PAGER": str(script)}


def test_what_is_longer_than_the_screen_is_paged_whole(on_terminal: Run, pager: dict[str, str]) -> None:
    screen = on_terminal("places", env=pager)
    assert screen.output.startswith("PAGED\n|")
    body = [line for line in screen.output.splitlines() if line.startswith("|")]
    assert len(body) > 101
    assert re.search(r"\d+ places\.\x1b\[0m\n.*--columns all\x1b\[0m\s*$", screen.output)


def test_what_fits_the_screen_is_not_paged(on_terminal: Run, pager: dict[str, str]) -> None:
    assert "PAGED" not in on_terminal("places", "--limit", "3", env=pager).output


def test_no_pager(on_terminal: Run, pager: dict[str, str]) -> None:
    assert "PAGED" in on_terminal(*LONG, env=pager).output
    assert "PAGED" not in on_terminal(*LONG, "--no-pager", env=pager).output
    for none in ("", "cat"):
        assert "PAGED" not in on_terminal(*LONG, env={**pager, "MALI_PAGER": none}).output
    assert "PAGED" not in on_terminal(*LONG, env={**pager, "TERM": "dumb"}).output


def test_pager_is_used_without_mali_pager(on_terminal: Run, pager: dict[str, str], tmp_path: Path) -> None:
    environment = {"PAGER": pager["MALI_PAGER"], "MALI_PAGER": "$PAGER"}
    assert "PAGED" in on_terminal(*LONG, env=environment).output


def test_csv_on_a_terminal_is_not_paged(on_terminal: Run, pager: dict[str, str]) -> None:
    assert "PAGED" not in on_terminal(*LONG, "--format", "csv", env=pager).output


def test_a_pager_that_stops_early_ends_quietly(on_terminal: Run) -> None:
    screen = on_terminal("events", env={"MALI_PAGER": "head -2"})
    assert screen.status == 0
    assert "Traceback" not in screen.output
