"""Of a large foreign file that is counted or summed as a whole only a part is at hand at a time."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.engine.handlers.casualties import SUM_KEYS
from mali_cli.engine.handlers.events import EVENT_COUNT_KEYS
from mali_cli.formats import backend, importer
from tests.conftest import Terminal
from tests.support.lookalikes import FOLDER, NAMES

KEYS = {"events": EVENT_COUNT_KEYS, "casualties": SUM_KEYS}


@pytest.mark.parametrize("question", KEYS)
@pytest.mark.parametrize("name", NAMES)
def test_parts_add_up_to_the_whole(name: str, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = FOLDER / f"{name}.csv"
    with monkeypatch.context() as small:
        small.setattr(backend, "LARGE_FILE_BYTES", 0)
        small.setattr(importer, "PARTITION_RECORDS", 6)
        parts = list(load(file).backend.partitions({"since": None}) or ())
        # Records of one event are put together at the end: of a monadic file that is all of them.
        assert len(parts) > 1 or name == "acled_monadic"
    for keys in [*((key,) for key in KEYS[question]), ("year", "place"), ("event_type", "actor")]:
        whole = load(file).answer(question, by=list(keys))
        with monkeypatch.context() as small:
            small.setattr(backend, "LARGE_FILE_BYTES", 0)
            small.setattr(importer, "PARTITION_RECORDS", 6)
            added = load(file).answer(question, by=list(keys))
        pd.testing.assert_frame_equal(added.frame, whole.frame)
        assert added.notes == whole.notes


def test_a_question_that_is_narrower_is_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(importer, "PARTITION_RECORDS", 4)
    store = load(FOLDER / "acled_a4.csv").backend
    assert store.partitions({"since": "2020"}) is None
    assert store.partitions({"harm": ["killed"]}) is None
    assert load().backend.partitions({}) is None
    store.table("events")  # all of it is at hand now
    assert store.partitions({}) is None


def test_what_was_read_is_told_of_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    file = FOLDER / "acled_monadic.csv"
    whole = load(file)
    whole.answer("events", by="month")
    monkeypatch.setattr(backend, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(importer, "PARTITION_RECORDS", 4)
    parts = load(file)
    answer = parts.answer("events", by="month", sort="-events", limit=1)
    assert len(answer.frame) == 1
    assert answer.total_rows is not None
    assert answer.total_rows > 1
    assert parts.backend.notes == whole.backend.notes
    assert "merged" in " ".join(parts.backend.notes)


# The program as it is, with a bar that does not wait and files that are large at once.
AT_ONCE = """
import sys
from mali_cli.formats import backend, importer
from mali_cli.output import progress
progress.DELAY_SECONDS = progress.INTERVAL_SECONDS = 0.001
backend.LARGE_FILE_BYTES, importer.PARTITION_RECORDS = 0, 4
from mali_cli.__main__ import main
main()
"""


def test_a_bar_tells_how_far_the_reading_is(on_terminal: Callable[..., Terminal]) -> None:
    words = ("casualties", "--data", str(FOLDER / "acled_a4.csv"), "--by", "year")
    screen = on_terminal("-c", AT_ONCE, *words, program=sys.executable, columns=80)
    assert screen.status == 0
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.output).split("\r")
    assert any("reading acled_a4.csv 0:00:0" in line for line in drawn)
    assert any(re.search(r"━ +\d+% reading acled_a4.csv", line) for line in drawn)
    quiet = on_terminal("-c", AT_ONCE, *words, "--quiet", program=sys.executable, columns=80)
    assert "reading" not in quiet.output
