"""Damaged look-alikes: a reader answers rightly or refuses, and never loses a record or makes one up."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError
from mali_cli.formats import duckdb_filter, row_filter
from mali_cli.model import schema
from tests.support import lookalikes as foreign
from tests.support.lookalikes import HEADLESS, NAMES, parsed, raw, written

some = settings(max_examples=60, derandomize=True, deadline=None, database=None)
names = st.sampled_from(NAMES)
# What a damaged byte becomes: mostly what means something to a reader
TELLING = b'",;\t\n\r\0\xa0\xe9\xff #-/0179'
seeds = st.integers(0, 2**32 - 1).map(random.Random)


def judged(data: bytes) -> Dataset | None:
    """Reads the whole of a file and holds it against what must be true of any; None if it was refused in order."""
    with tempfile.TemporaryDirectory() as folder:
        path = foreign.store(Path(folder) / "fuzzed.csv", data)
        try:
            dataset = load(path)
            frames = {name: dataset.table(name) for name in schema.table_names()}
        except DataError as refusal:
            message = str(refusal)
            assert message.startswith(str(path))
            assert "\n" not in message
            assert "Traceback" not in message
            return None
        counts = foreign.counts(dataset)
        assert counts["records"] == counts["read"] + counts["skipped"] + counts["repeated"]
        assert counts["merged"] <= counts["repeated"]
        assert min(counts.values()) >= 0
        events, figures = frames["events"], frames["casualties"]
        assert len(events) == counts["read"]
        assert events["event_id"].is_unique
        assert figures["casualty_id"].is_unique
        texts = [data.decode(encoding, "replace") for encoding in ("utf-8", "cp1252")]
        texts += [text.replace('""', '"') for text in texts]
        assert all(any(id in text for text in texts) for id in events["event_id"])
        assert set(figures["event_id"]) <= set(events["event_id"])
        assert (events["date_start"] <= events["date_end"]).all()
        for table, column, other, key in (
            ("events", "place", "places", "place"),
            ("events", "side_a", "groups", "group"),
            ("events", "side_b", "groups", "group"),
            ("casualties", "group", "groups", "group"),
            ("casualties", "part_of", "casualties", "tally"),
            ("groups", "part_of", "groups", "group"),
        ):
            cells = frames[table][column].dropna()
            used = {value for cell in cells for value in (cell.split(";") if column != "part_of" else [cell])}
            assert used <= set(frames[other][key])
        assert all(frames[name][schema.table(name).key[0]].is_unique for name in ("places", "groups", "documents"))
        return dataset


@some
@given(names, seeds, st.integers(1, 6))
def test_bytes_that_were_changed(name: str, dice: random.Random, number: int) -> None:
    data = bytearray(raw(name))
    for _ in range(number):
        data[dice.randrange(len(data))] = dice.choice(TELLING)
    judged(bytes(data))


@some
@given(names, seeds)
def test_a_stretch_that_is_missing_or_there_twice(name: str, dice: random.Random) -> None:
    data = raw(name)
    first, last = sorted(dice.randrange(len(data)) for _ in range(2))
    judged(data[:first] + data[last:] if dice.random() < 0.5 else data[:last] + data[first:])


@some
@given(names, seeds)
def test_fields_that_were_cut_or_emptied(name: str, dice: random.Random) -> None:
    """A field too few is refused; a field with other contents is read or the record skipped."""
    rows = parsed(raw(name))
    first = 0 if name == HEADLESS else 2 if name == "ucdp_hdx" else 1
    row = rows[dice.randrange(first, len(rows))]
    at = dice.randrange(len(row))
    if dice.random() < 0.3:
        del row[at]
        assert judged(written(rows)) is None
        return
    row[at] = dice.choice(["", " ", "-", "0", "1", "999", "-1", "2.5", "1e400", "nan", "inf", "x;y;;z", ";", "#", "\n", "99/99/9999", "0000-00-00", "9999-12-31", "0001-01-01", "1-Jan-70", "é" * 300, '"', row[at] + " ", row[at].upper()])  # fmt: skip
    judged(written(rows))


@some
@given(names.filter(lambda name: name != HEADLESS), seeds)
def test_columns_in_any_order_give_the_same_events(name: str, dice: random.Random) -> None:
    rows = parsed(raw(name))
    order = list(range(len(rows[0])))
    dice.shuffle(order)
    dataset = judged(written([row[i] for i in order] for row in rows))
    assert dataset is not None
    assert foreign.rendered(dataset, "events") == foreign.expected(name, "events")
    assert foreign.rendered(dataset, "casualties") == foreign.expected(name, "casualties")


@some
@given(names, seeds)
def test_records_in_any_order_and_any_number(name: str, dice: random.Random) -> None:
    """Of records that were doubled and shuffled come the same ids; each record more is one repeated."""
    rows = parsed(raw(name))
    first = 0 if name == HEADLESS else 2 if name == "ucdp_hdx" else 1
    more = [row for row in rows[first:] for _ in range(dice.randint(1, 3))]
    dice.shuffle(more)
    dataset = judged(written([*rows[:first], *more]))
    assert dataset is not None
    expected = foreign.expected(name, "events")
    assert {event["event_id"] for event in foreign.rendered(dataset, "events")} == {e["event_id"] for e in expected}
    counts = foreign.counts(dataset)
    assert (counts["records"], counts["skipped"]) == (len(more), 0)
    assert counts["repeated"] == len(more) - len(expected)


@some
@given(names, seeds)
def test_quotes_and_delimiters_anywhere(name: str, dice: random.Random) -> None:
    data = bytearray(raw(name))
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        data[at:at] = dice.choice([b'"', b'""', b'"""', b',"', b'",', b'"\n', b"\r", b",", b";", b"\t"])
    judged(bytes(data))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    "question",
    [{"since": "2013", "until": "2022"}, {"actor": "Civilians"}, {"actor": "Mali", "columns": "event_id,side_a,note"}],
)
def test_both_ways_tell_the_same_of_damaged_files(
    question: dict[str, str], large: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a filter, by the csv module and by DuckDB: the same rows and notes, or the same refusal."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    if large:  # then ids are not all remembered, and records may be sought by their place
        monkeypatch.setattr(duckdb_filter, "LARGE_FILE_BYTES", 0)
        monkeypatch.setattr(row_filter, "LARGE_FILE_BYTES", 0)

    @settings(some, max_examples=30)
    @given(names, seeds, damage)
    def compare(name: str, dice: random.Random, damaged: Callable[[bytearray, random.Random], None]) -> None:
        data = bytearray(raw(name))
        damaged(data, dice)
        path = foreign.store(tmp_path / "fuzzed.csv", bytes(data))
        fast = told(path, question)
        with foreign.without_duckdb():
            assert told(path, question) == fast

    compare()


def told(path: Path, question: dict[str, str]) -> tuple[object, ...]:
    try:
        answer = load(path).answer("events", **question)  # type: ignore[arg-type]
    except DataError as refusal:
        return (str(refusal),)
    return (answer.notes, *answer.frame.astype(str).itertuples(index=False, name=None))


def _flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 4)):
        data[dice.randrange(len(data))] = dice.choice(TELLING)


def _cut(data: bytearray, dice: random.Random) -> None:
    first = dice.randrange(len(data))
    del data[first : first + dice.randint(1, 200)]


def _quote(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    data[at:at] = dice.choice([b'"', b'""', b',"', b'",', b"\n"])


damage = st.sampled_from([_flip, _cut, _quote])
