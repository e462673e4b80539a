"""A large foreign file is counted or summed in partitions, with one of them in memory at a time."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.formats import backend, importer
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import GROUP_KEYS
from tests.conftest import Terminal
from tests.support.lookalikes import FOLDER, NAMES

QUERIES = ("events", "casualties")


@functools.cache
def stated_keys(query: str, name: str) -> list[str]:
    states = load(FOLDER / f"{name}.csv").backend.states
    return [key for key in GROUP_KEYS[query] if key not in ("disorder_type", "interaction") or states(key)]


def key_lists(query: str, name: str) -> list[list[str]]:
    """Return the keys by which a file is grouped: all that it states in fours, and each alone for one of the files."""
    keys = stated_keys(query, name)
    number = NAMES.index(name)
    turned = keys[-number:] + keys[:-number]  # so that other keys meet in each file
    lists = -(-len(keys) // 4)
    files_of_key = {key: [file for file in NAMES if key in stated_keys(query, file)] for key in keys}
    alone = [
        key
        for at, key in enumerate(GROUP_KEYS[query])
        if key in keys and name == files_of_key[key][at % len(files_of_key[key])]
    ]
    return [*(turned[first::lists] for first in range(lists)), *([key] for key in alone)]


@pytest.mark.parametrize("query", QUERIES)
def test_every_key_is_alone_for_some_file(query: str) -> None:
    lists = [keys for name in NAMES for keys in key_lists(query, name)]
    assert {keys[0] for keys in lists if len(keys) == 1} == set(GROUP_KEYS[query])


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("name", NAMES)
def test_partitions_add_up_to_the_whole(name: str, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = FOLDER / f"{name}.csv"
    in_memory = load(file)
    with monkeypatch.context() as small:
        small.setattr(backend, "LARGE_FILE_BYTES", 0)
        small.setattr(importer, "PARTITION_RECORDS", 6)
        in_parts = load(file)
        parts = list(in_parts.backend.partitions(Filters()) or ())
    # Events with several records are in the last partition: in a monadic file that is all of them.
    assert len(parts) > 1 or name == "acled_monadic"
    monkeypatch.setattr(in_parts.backend, "partitions", lambda filters: iter(parts))  # read once for all keys
    for keys in key_lists(query, name):
        whole = in_memory.answer(query, by=keys)
        added = in_parts.answer(query, by=keys)
        pd.testing.assert_frame_equal(added.frame, whole.frame)
        assert added.notes == whole.notes


def test_a_filtered_query_has_no_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "LARGE_FILE_BYTES", 0)
    monkeypatch.setattr(importer, "PARTITION_RECORDS", 4)
    store = load(FOLDER / "acled_a4.csv").backend
    assert store.partitions(Filters(dates="all")) is None
    assert store.partitions(Filters(harms=frozenset({"killed"}))) is None
    assert load().backend.partitions(Filters()) is None
    store.table("events")  # now all of it is in memory
    assert store.partitions(Filters()) is None


def test_the_import_note_covers_all_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize(("query", "by"), [("events", None), ("casualties", "year")])
def test_data_that_are_not_in_parts_are_read_without_the_engine(
    query: str, by: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at this address. Charts are never made there, and curated tables cannot be divided."""
    file, engine = FOLDER / "acled_a4.csv", "tcp://127.0.0.1:1"
    here, there = (load(file, engine=name).answer(query, by=by) for name in ("local", engine))
    pd.testing.assert_frame_equal(there.frame, here.frame)
    assert there.notes == (
        *here.notes,
        "acled_a4.csv is not in parts, and was read without --engine. "
        "To make parts: mali convert FROM TO --to parquet --parts auto",
    )
    assert load(file, engine=engine).answer("timeline").notes == load(file).answer("timeline").notes
    assert load(engine=engine).answer(query, by=by).notes == load().answer(query, by=by).notes


# The program with a progress bar that does not wait, and every file treated as large and read slowly.
AT_ONCE = """
import sys
import time
from mali_cli.formats import backend, importer
from mali_cli.output import progress
progress.DELAY_SECONDS = progress.INTERVAL_SECONDS = 0.001
backend.LARGE_FILE_BYTES, importer.PARTITION_RECORDS = 0, 4
partitions = importer.ImportRun.partitions
def slowly(*args):
    for partition in partitions(*args):
        yield partition
        time.sleep(0.2)
importer.ImportRun.partitions = slowly
from mali_cli.__main__ import main
main()
"""


def test_a_progress_bar_shows_how_much_is_read(on_terminal: Callable[..., Terminal]) -> None:
    words = ("casualties", "--data", str(FOLDER / "acled_a4.csv"), "--by", "year")
    screen = on_terminal("-c", AT_ONCE, *words, program=sys.executable, columns=80)
    assert screen.status == 0
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.output).split("\r")
    assert any("reading acled_a4.csv 0:00:0" in line for line in drawn)
    assert any(re.search(r"━ +\d+% reading acled_a4.csv", line) for line in drawn)
    quiet = on_terminal("-c", AT_ONCE, *words, "--quiet", program=sys.executable, columns=80)
    assert "reading" not in quiet.output
