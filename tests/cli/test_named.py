"""A NAME after a command stands for the filter by what has that name."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("named", "with_option"),
    [
        ("events Gao", "events --place Gao"),
        ("events MOJWA", "events --actor MUJAO"),
        ("events group:Mali", "events --actor Mali"),
        ("events Gao --place Kidal", "events --place Kidal --place Gao"),
        ("casualties Konna --harm killed", "casualties --place Konna --harm killed"),
        ("timeline MNLA", "timeline --actor MNLA"),
        ("groups MNLA", "groups --actor MNLA"),
        ("people 'Ansar Dine'", "people --actor 'Ansar Dine'"),
        ("relations CMA", "relations --actor CMA"),
        ("strengths France", "strengths --actor France"),
        ("places Gao", "places --place Gao"),
        ("sources almanac#52", "sources --source almanac#52"),
    ],
)
def test_a_name_is_the_filter_that_it_stands_for(mali: Run, named: str, with_option: str) -> None:
    answers = [mali(*shlex.split(command)) for command in (named, with_option)]
    assert answers[0].returncode == 0
    assert answers[0].stdout == answers[1].stdout
    assert answers[0].stdout.count("\n") > 1


def test_a_person_is_found_by_name(mali: Run) -> None:
    rows = mali("people", "Iyad Ag Ghaly", "--columns", "person").stdout.splitlines()[1:]
    assert "Iyad Ag Ghaly" in rows
    assert mali("events", "Iyad Ag Ghaly").stdout.count("\n") > 1


def test_a_name_in_a_foreign_file(mali: Run) -> None:
    answers = [
        mali("events", *words, "--data", "docs/compare/invented.csv").stdout for words in (["Gao"], ["--place", "Gao"])
    ]
    assert answers[0] == answers[1]
    assert answers[0].count("\n") > 1


def test_a_suggested_command_works(mali: Run) -> None:
    for words in ("events Goa", "events 2012-06", "events coup", "people Iyad", "events Mali"):
        message = mali(*shlex.split(words)).stderr
        suggested = shlex.split(message.split("`")[1])
        assert suggested[:2] == ["mali", words.split()[0]]
        assert mali(*suggested[1:]).stdout.count("\n") > 1, message


def test_against_says_that_it_matches_violent_events_only(mali: Run) -> None:
    opponents = ["events", "--actor", "MNLA", "--against", "France"]
    assert mali(*opponents, "--type", "Coup").stderr.splitlines() == [
        "No events match.",
        "--against matches only violent events, and --type Coup is not violent.",
    ]
    assert mali(*opponents, "--type", "Armed clash").stderr.splitlines()[1:] == [
        "--against matches only violent events."
    ]
    assert "violent" not in mali("events", "--actor", "MNLA", "--against", "MUJAO").stderr
