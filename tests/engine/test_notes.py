"""The notes that every result gets."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset
from mali_cli.engine.notes import shell_quoted
from tests.support.tables import dataset


@pytest.fixture
def war(tmp_path: Path) -> Dataset:
    return dataset(
        tmp_path,
        groups=[{"group": "MNLA"}, {"group": "Ansar Dine"}, {"group": "Mali", "kind": "state"}],
        events=[{"event_id": "fight", "side_a": "MNLA;Ansar Dine", "side_b": "Mali"}],
        casualties=[{"event_id": "fight", "n": 3, "group": "Mali", "country": "Mali"}],
    )


@pytest.mark.parametrize("by", [None, "year"])
@pytest.mark.parametrize(
    ("actor", "note"),
    [
        ("MNLA", "--actor MNLA counts the dead of both sides; --group MNLA counts its own."),
        ("ansar dine", '--actor "ansar dine" counts the dead of both sides; --group "ansar dine" counts its own.'),
        (
            ["MNLA", "Mali"],
            "--actor MNLA --actor Mali counts the dead of both sides; --group MNLA --group Mali counts their own.",
        ),
    ],
)
def test_an_actor_counts_the_dead_of_both_sides(war: Dataset, actor: Any, note: str, by: str | None) -> None:
    assert note in war.answer("casualties", actor=actor, by=by).notes


@pytest.mark.parametrize("filters", [{"group": "Mali"}, {"country": "Mali"}, {"text": "nothing"}])
def test_nothing_is_said_if_it_is_clear_whose_dead_they_are(war: Dataset, filters: dict[str, Any]) -> None:
    for query in ("casualties", "events"):
        actor = {"actor": "MNLA"}
        taken = filters if query == "casualties" else {}
        assert not any("both sides" in note for note in war.answer(query, **actor, **taken).notes)


@pytest.mark.parametrize(
    "name", ["MNLA", "Ménaka", "Jama'at", "Ansar Dine", 'a "b"', "$x", "a`b", "c\\d", "almanac#52", "A;B"]
)
def test_a_name_is_quoted_as_a_shell_needs_it(name: str) -> None:
    printed = subprocess.run(
        ["sh", "-c", f"printf %s {shell_quoted(name)}"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == name
    assert (shell_quoted(name) == name) == (name in ("MNLA", "Ménaka", "almanac#52"))
