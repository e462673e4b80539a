"""Charts and reports that several tests look at, each made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.charts import run_here
from tests.support.report_page import CHART_COMMANDS, CONTROL_COMMAND, make_report


@pytest.fixture(scope="session")
def svg_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Return the SVG file that a command writes."""
    files: dict[tuple[str, ...], bytes] = {}

    def svg(*command: str) -> bytes:
        if command not in files:
            file = tmp_path_factory.mktemp("svg") / "picture.svg"
            done = run_here(*command, "-o", str(file))
            assert done.returncode == 0, done.stderr
            files[command] = file.read_bytes()
        return files[command]

    return svg


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the HTML reports of a map, a timeline and a map of control."""
    folder = tmp_path_factory.mktemp("pages")
    commands = {**CHART_COMMANDS, "control": CONTROL_COMMAND}
    return {name: make_report(folder / f"{name}.html", *words) for name, words in commands.items()}
