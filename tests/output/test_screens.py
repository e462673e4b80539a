"""Golden screens: what a person sees on terminals of four widths.

MALI_GOLDEN=1 pytest tests/output/test_screens.py writes the screens anew; read the diff before you commit it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from tests.conftest import ROOT, Terminal
from tests.output.test_terminal import lines

FOLDER = ROOT / "tests" / "golden" / "screens"
WRITE = bool(os.environ.get("MALI_GOLDEN"))
WIDTHS = (60, 80, 100, 140)
COMMANDS = {
    "events": "events --place Kidal --from 2012 --to 2013",
    "events-with-notes": "events --place Konna --from 2013-01-10 --to 2013-01-11 --notes",
    "events-by": "events --by year,type --from 2013 --to 2014",
    "casualties": "casualties --place Bourem",
    "casualties-by-country": "casualties --by country",
    "control": "control --on 2023-12-01 --region Kidal",
    "groups": "groups --camp separatist --limit 6",
    "people": "people --fate killed --actor AQIM",
    "relations": "relations --actor CMA",
    "strengths": "strengths --actor France",
    "places": "places --region Ménaka",
    "sources": "sources --source almanac --limit 5",
    "compare": "compare docs/compare/invented.csv --limit 4",
    "all-columns": "casualties --place Bourem --limit 2 --columns all",
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_screen(name: str, width: int, on_terminal: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    screen = on_terminal(*shlex.split(COMMANDS[name]), columns=width)
    assert screen.status == 0, screen.output
    made = [line.rstrip() for line in lines(screen)]
    assert max(map(cell_len, made)) <= width
    golden = FOLDER / f"{name}-{width}.txt"
    if WRITE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text("\n".join(made) + "\n", encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8").splitlines()
