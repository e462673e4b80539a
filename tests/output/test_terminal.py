"""What a person sees: a real pseudo-terminal, from 20 columns up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from mali_cli.dataset import load
from tests.conftest import MALI, Terminal
from tests.output.test_text_formats import AWKWARD
from tests.support.tables import write_dataset

Run = Callable[..., Terminal]
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def lines(screen: Terminal) -> list[str]:
    return STYLE.sub("", screen.output).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_a_table_has_headings_for_people_and_fits_the_terminal(on_terminal: Run, columns: int) -> None:
    screen = on_terminal("events", "--place", "Gao", "--from", "2012", "--to", "2013-01", columns=columns)
    assert screen.status == 0
    text = lines(screen)
    assert max(map(cell_len, text)) <= columns
    assert re.match(r"when +.*what happened", text[0])
    assert set(text[1]) == {"─"}
    assert any(line.startswith("2012-03-31") for line in text)
    assert any(line.startswith("by 2012-04-08") for line in text)
    footer = r"^\d+ events, \d{4} to \d{4}, \d+ disputed; --notes shows the\snotes\.$"
    assert re.search(footer, "\n".join(text), re.M)
    assert text[-1] == "22 more columns: --columns all"


def test_what_does_not_fit_beside_the_text_stands_above_it(on_terminal: Run) -> None:
    wide, narrow = (
        lines(on_terminal("events", "--on", "2013-01-10", "--dates", "certain", "--limit", "1", columns=columns))
        for columns in (140, 60)
    )
    assert re.match(r"when +where +who → whom +what happened +killed$", wide[0].rstrip())
    assert re.match(r"when +what happened$", narrow[0].rstrip())
    assert narrow[2].rstrip().split(maxsplit=1) == ["2013-01-10", "Konna · AQIM; Ansar Dine; MUJAO → Malian Armed"]


@pytest.mark.parametrize("columns", [20, 60])
def test_all_columns_stay_a_table(on_terminal: Run, columns: int) -> None:
    screen = on_terminal("casualties", "--limit", "2", "--columns", "all", columns=columns)
    text = lines(screen)
    assert max(map(cell_len, text)) <= columns
    assert "harm: hostage" in " ".join(" ".join(text).split())
    assert text[-1] == f"2 of {len(load().table('casualties'))} figures." or columns == 20


@pytest.mark.parametrize("columns", [20, 80, 120])
def test_awkward_cells_never_reach_the_terminal_raw(on_terminal: Run, tmp_path: Path, columns: int) -> None:
    folder = write_dataset(tmp_path, **AWKWARD)
    screen = on_terminal("events", "--data", str(folder), "--columns", "summary,side_a", columns=columns)
    assert screen.status == 0
    bare = STYLE.sub("", screen.output)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", bare)
    flat = re.sub(r"\s+", "", bare)
    for shown in (
        "[size=noreport]:fire:[/b]",
        "␛[31mred",
        "\\x9b31m",
        "<U+202E>right",
        "[bold]Group[/bold]",
        "=1+1",
        "马里",
    ):
        assert shown in flat


def test_ten_thousand_characters_in_a_cell(on_terminal: Run, tmp_path: Path) -> None:
    events = [{"event_id": "2012-01-01-long", "date_start": "2012-01-01", "summary": "x" * 10_000 + "END"}]
    screen = on_terminal("events", "--data", str(write_dataset(tmp_path, events=events)), columns=80)
    assert screen.status == 0
    assert "END" in re.sub(r"\s", "", lines(screen)[-3]) or "END" in re.sub(r"\s", "", screen.output)


def test_colour_follows_no_color_force_color_and_term(
    on_terminal: Run, mali: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    arguments = ("events", "--place", "Gao", "--limit", "1")
    assert "\x1b[1m" in on_terminal(*arguments).output
    for env in ({"NO_COLOR": "1", "TERM": "dumb"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(*arguments, env=env).output
    assert "\x1b" not in mali(*arguments, "-f", "table").stdout
    assert "\x1b[1m" in mali(*arguments, "-f", "table", env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert "\x1b" not in mali(*arguments, env={"FORCE_COLOR": "1"}).stdout


def test_a_terminal_without_utf8_shows_what_it_can(on_terminal: Run) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    screen = on_terminal("places", "--place", "Menaka", env=env)
    assert screen.status == 0
    assert "M?naka" in screen.output


def test_the_variable_columns_sets_the_width_in_a_pipe(mali: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    width = mali("events", "--limit", "3", "-f", "table", env={"COLUMNS": "150"}).stdout.splitlines()
    assert 120 < max(map(len, width)) <= 150


def test_terminal_and_pipe_show_the_same_rows(
    on_terminal: Run, mali: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    arguments = ("casualties", "--by", "country", "--columns", "country,killed_best,open")
    piped = mali(*arguments).stdout.splitlines()[1:]
    shown = lines(on_terminal(*arguments, columns=100))
    table = [re.split(r"\s{2,}", line.strip()) for line in shown[2 : 2 + len(piped)]]
    assert [[cell for cell in row.split(",") if cell] for row in piped] == table


def test_machine_formats_on_a_terminal_stay_machine_formats(on_terminal: Run) -> None:
    screen = on_terminal("events", "--limit", "1", "-f", "csv", columns=40)
    assert screen.output.startswith("event_id,date_start,date_end,date_precision,event_type,")


def test_only_a_thousand_rows_are_shown_and_the_footer_says_so(on_terminal: Run, tmp_path: Path) -> None:
    events = [
        {"event_id": f"2012-e{n:04}", "date_start": "2012-01-01", "summary": "One of very many."} for n in range(1005)
    ]
    folder = str(write_dataset(tmp_path, events=events))
    screen = on_terminal("events", "--data", folder, columns=80)
    assert "The first 1,000 of 1,005 events; --format table shows all." in screen.output
    assert screen.output.count("very many") == 1000
    for all_of_it in (["-f", "table"], ["--columns", "all", "-f", "table"]):
        assert on_terminal("events", "--data", folder, *all_of_it, columns=80).output.count("very many") == 1005


def test_an_interrupt_exits_with_130(tmp_path: Path) -> None:
    """The table is a named pipe, so that the program waits in the middle of its work until it is interrupted."""
    folder = write_dataset(tmp_path)
    (folder / "events.csv").unlink()
    os.mkfifo(folder / "events.csv")
    target = tmp_path / "out.json"
    target.write_text("precious")
    process = subprocess.Popen(
        [MALI, "events", "--data", str(folder), "-o", str(target), "--force"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "MALI_DEBUG": ""},
    )  # fmt: skip
    with open(folder / "events.csv", "w"):  # opens when the program has come to read it
        process.send_signal(signal.SIGINT)
        _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert talk == ""
    assert target.read_text() == "precious"
    assert not list(tmp_path.glob(".out.json*"))
