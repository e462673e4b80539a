"""The page of `mali show`, of a profile written by hand and on a pseudo-terminal."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from mali_cli.dataset import load
from mali_cli.model.profile import Profile, ProfileLine, ProfileSection
from mali_cli.output.profile_page import print_profile, short_sources
from tests.conftest import Terminal
from tests.output.test_text_formats import AWKWARD
from tests.support.tables import write_dataset

Run = Callable[..., Terminal]
Pipe = Callable[..., subprocess.CompletedProcess[str]]
STYLE = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = (60, 80, 120)
NAMES = (
    *("MNLA", "group:Mali", "Konna", "Kidal", "Mokhtar Belmokhtar"),
    *("wikipedia#126", "2012-11-19-menaka-captured", "2013-02-28-france-does-not-confirm-abou-zeid-death"),
)


def page(profile: Profile, width: int = 80, all_lines: bool = False, **options: object) -> list[str]:
    console = Console(width=width, markup=False, emoji=False, highlight=False, **options)  # type: ignore[arg-type]
    with console.capture() as capture:
        print_profile(profile, console, all_lines)
    return [line.rstrip() for line in capture.get().splitlines()]


def profile_of(*lines: ProfileLine, newest_last: bool = True) -> Profile:
    section = ProfileSection("events", "Events", lines, lines, newest_last=newest_last)
    facts = ProfileSection("group", "", (ProfileLine(None, "group", "Us"),), ())
    return Profile("group", "Us", "We are in this test.", (("kind", "rebel"),), "paper#1;paper#2", (facts, section))


def test_a_page_has_a_panel_and_a_rule_for_each_section() -> None:
    line = ProfileLine(
        "by 2012-04-06", "2012-04-06-x", "They meet.", None, "paper#3", key="2012-04-06-x", doubt="denied"
    )
    assert page(profile_of(line), width=60) == [
        "╭─ Us (group) ─────────────────────────────────────────────╮",
        "│ We are in this test.                                     │",
        "│                                                          │",
        "│ kind     rebel                                           │",
        "│ sources  paper#1, #2                                     │",
        "╰──────────────────────────────────────────────────────────╯",
        "",
        "Events (1) ─────────────────────────────────────────────────",
        "by 2012-04-06  They meet. (denied) 2012-04-06-x [paper#3]",
    ]


def test_what_a_line_says_stands_before_its_note_its_claimant_and_its_sources() -> None:
    line = ProfileLine("2012", "Gao", "MNLA", "MNLA;AFP", "paper", heading="Gao", doubt="claimed", note="For a day.")
    assert page(profile_of(line))[-1] == "2012  Gao: MNLA (claimed). For a day. According to MNLA, AFP. [paper]"
    short = ProfileLine(None, "troops", "3,000, present", "media", None, heading="troops")
    assert page(profile_of(short))[-1] == "troops: 3,000, present, according to media"


def test_a_long_section_shows_the_newest_ten() -> None:
    lines = [ProfileLine(f"2012-01-{n:02}", None, f"Event {n}.") for n in range(1, 13)]
    shown = page(profile_of(*lines))
    assert shown[-11].startswith("Events (12; the newest ten; --all) ──")
    assert (shown[-10], shown[-1]) == ("2012-01-03  Event 3.", "2012-01-12  Event 12.")
    assert page(profile_of(*lines, newest_last=False))[-10:][0] == "2012-01-01  Event 1."
    assert "Events (12; the first ten; --all) ──" in "\n".join(page(profile_of(*lines, newest_last=False)))
    whole = page(profile_of(*lines), all_lines=True)
    assert whole[-13].startswith("Events (12) ──")
    assert len(page(profile_of(*lines[:10]))) == len(whole) - 2  # ten lines are not cut


def test_a_heading_or_title_that_does_not_fit_is_wrapped_and_not_cut() -> None:
    profile = profile_of(ProfileLine(None, None, "They meet."))
    long = "a name of several words that is longer than the terminal is wide"
    sections = (profile.sections[0], profile.sections[1]._replace(title=long.capitalize()))
    shown = page(profile._replace(name=long, sections=sections), width=40)
    flat = " ".join(" ".join(shown).replace("│", " ").split())
    assert f"{long} (group)" in flat
    assert f"{long.capitalize()} (1) They meet." in flat
    assert max(map(cell_len, shown)) <= 40


def test_a_long_span_breaks_between_its_days() -> None:
    shown = page(profile_of(ProfileLine("2012-11-16..2013-02-03", None, "It goes on.")))
    assert shown[-2:] == ["2012-11-16..  It goes on.", "2013-02-03"]


def test_sources_name_each_document_once() -> None:
    assert short_sources("wikipedia#3;wikipedia#25;wikipedia;almanac") == "wikipedia#3, #25; wikipedia; almanac"


def test_doubt_is_in_colour_and_in_words() -> None:
    profile = profile_of(ProfileLine(None, None, "They meet.", doubt="disputed"))
    coloured = page(profile, force_terminal=True, color_system="standard")[-1]
    assert "\x1b[3;33m (disputed)\x1b[0m" in coloured
    assert "\x1b" not in page(profile, force_terminal=True, no_color=True, color_system=None)[-1]


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_cut(name: str) -> None:
    profile = load().answer("show", name=name).profile
    assert profile is not None
    words = {word for line in page(profile, width=2000, all_lines=True) for word in line.split()}
    for width in WIDTHS:
        shown = page(profile, width, all_lines=True)
        assert max(map(cell_len, shown)) <= width
        # A date of two days may end a line with its two dots.
        cut = {word for line in shown for word in line.split()} - words
        assert {word for word in cut if not re.fullmatch(r"─+|[╭╰]?─+[╮╯]?|[\d.-]+", word)} == set()


@pytest.mark.parametrize("columns", [80, 120])
def test_the_page_on_a_terminal(on_terminal: Run, columns: int) -> None:
    screen = on_terminal("show", "2023-09-12-bourem-attack", columns=columns)
    text = STYLE.sub("", screen.output)
    assert screen.status == 0
    assert max(cell_len(line) for line in text.splitlines()) <= columns
    flat = " ".join(text.replace("│", " ").split())
    assert "when by 2023-09-12" in flat
    assert "basis claimed" in flat
    assert "CMA: 9 killed (lost 9 fighters) according to CMA; 47 according to Malian junta." in flat
    assert flat.index("Figures (2)") < flat.index("Control from then on (2)")


def test_all_and_section_choose_what_is_printed(on_terminal: Run) -> None:
    short = STYLE.sub("", on_terminal("show", "MNLA", "--section", "relations").output)
    whole = STYLE.sub("", on_terminal("show", "MNLA", "--section", "relations", "--all").output)
    number = len(load().relations(actor="MNLA"))
    assert short.startswith(f"MNLA (group)\n\nRelations ({number}; the newest ten; --all) ──")
    assert f"Relations ({number}) ──" in whole
    assert "People (" not in whole
    assert whole.count("\n") > 3 * short.count("\n")


def test_sorted_or_cut_rows_are_a_table_and_not_a_page(on_terminal: Run, mali: Pipe) -> None:
    for options in (("--limit", "2"), ("--columns", "text"), ("--sort", "date")):
        assert "╭" not in on_terminal("show", "Konna", *options).output
        refused = mali("show", "Konna", "-f", "page", *options)
        message = f"mali: {options[0]} does not apply to --format page, which shows all rows.\n"
        assert (refused.returncode, refused.stderr) == (2, message)


def test_a_page_in_a_pipe_is_asked_for(mali: Pipe, tmp_path: Path) -> None:
    assert mali("show", "Konna").stdout.startswith("section,date,item,")
    piped = mali("show", "Konna", "-f", "page", env={"COLUMNS": "60"})
    assert piped.stdout.startswith("╭─ Konna (place) ─")
    assert "\x1b" not in piped.stdout
    assert max(map(cell_len, piped.stdout.splitlines())) == 60
    refused = mali("show", "Konna", "-f", "page", "-o", str(tmp_path / "konna.txt"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("mali: --format page is for the terminal; with --output use")
    assert mali("events", "-f", "page").returncode == 2


@pytest.mark.parametrize("columns", [20, 80])
def test_awkward_cells_are_shown_and_never_reach_the_terminal_raw(tmp_path: Path, columns: int) -> None:
    data = load(write_dataset(tmp_path, **AWKWARD))
    shown = ""
    for name in [row["event_id"] for row in AWKWARD["events"]] + [row["group"] for row in AWKWARD["groups"]]:
        profile = data.answer("show", name=name).profile
        assert profile is not None
        assert max(map(cell_len, page(profile, columns))) <= columns
        shown += "\n".join(page(profile, columns))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    flat = re.sub(r"[\s│]+", "", shown)
    for part in (
        "[size=noreport]:fire:[/b]",
        "␛[31mred",
        "\\x9b31m",
        "<U+202E>right",
        "[bold]Group[/bold](group)",
        "马里",
    ):
        assert part in flat


def test_awkward_cells_on_a_terminal(on_terminal: Run, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, **AWKWARD)
    screen = on_terminal("show", "2012-01-07-escapes", "--data", str(folder), env={"NO_COLOR": "1", "TERM": "dumb"})
    assert screen.status == 0
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", screen.output)


def test_a_terminal_without_unicode_gets_a_page(on_terminal: Run) -> None:
    screen = on_terminal("show", "Konna", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "NO_COLOR": "1"})
    assert screen.status == 0
    assert screen.output.isascii()
    assert "Events (" in screen.output
