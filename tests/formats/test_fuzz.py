"""Damaged look-alikes are read rightly or refused; no record is lost or made up."""

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
# What a damaged byte becomes: mostly bytes that mean something in a CSV
SIGNIFICANT_BYTES = b'",;\t\n\r\0\xa0\xe9\xff #-/0179'
seeds = st.integers(0, 2**32 - 1).map(random.Random)


def check_invariants(data: bytes) -> Dataset | None:
    """Read a whole file and assert what must be true of any; return None if it is refused with a proper message."""
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
def test_changed_bytes(name: str, rng: random.Random, number: int) -> None:
    data = bytearray(raw(name))
    for _ in range(number):
        data[rng.randrange(len(data))] = rng.choice(SIGNIFICANT_BYTES)
    check_invariants(bytes(data))


@some
@given(names, seeds)
def test_a_missing_or_duplicated_stretch(name: str, rng: random.Random) -> None:
    data = raw(name)
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    check_invariants(data[:first] + data[last:] if rng.random() < 0.5 else data[:last] + data[first:])


@some
@given(names, seeds)
def test_removed_or_replaced_fields(name: str, rng: random.Random) -> None:
    """A missing field is refused; a field with other contents is read, or the record is skipped."""
    rows = parsed(raw(name))
    first = 0 if name == HEADLESS else 2 if name == "ucdp_hdx" else 1
    row = rows[rng.randrange(first, len(rows))]
    i = rng.randrange(len(row))
    if rng.random() < 0.3:
        del row[i]
        assert check_invariants(written(rows)) is None
        return
    row[i] = rng.choice(["", " ", "-", "0", "1", "999", "-1", "2.5", "1e400", "nan", "inf", "x;y;;z", ";", "#", "\n", "99/99/9999", "0000-00-00", "9999-12-31", "0001-01-01", "1-Jan-70", "é" * 300, '"', row[i] + " ", row[i].upper()])  # fmt: skip
    check_invariants(written(rows))


@some
@given(names.filter(lambda name: name != HEADLESS), seeds)
def test_columns_in_any_order_give_the_same_events(name: str, rng: random.Random) -> None:
    rows = parsed(raw(name))
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    dataset = check_invariants(written([row[i] for i in order] for row in rows))
    assert dataset is not None
    assert foreign.rendered(dataset, "events") == foreign.expected(name, "events")
    assert foreign.rendered(dataset, "casualties") == foreign.expected(name, "casualties")


@some
@given(names, seeds)
def test_records_in_any_order_and_any_number(name: str, rng: random.Random) -> None:
    """Records that are duplicated and shuffled give the same ids; each further record is counted as repeated."""
    rows = parsed(raw(name))
    first = 0 if name == HEADLESS else 2 if name == "ucdp_hdx" else 1
    more = [row for row in rows[first:] for _ in range(rng.randint(1, 3))]
    rng.shuffle(more)
    dataset = check_invariants(written([*rows[:first], *more]))
    assert dataset is not None
    expected = foreign.expected(name, "events")
    assert {event["event_id"] for event in foreign.rendered(dataset, "events")} == {e["event_id"] for e in expected}
    counts = foreign.counts(dataset)
    assert (counts["records"], counts["skipped"]) == (len(more), 0)
    assert counts["repeated"] == len(more) - len(expected)


@some
@given(names, seeds)
def test_quotes_and_delimiters_anywhere(name: str, rng: random.Random) -> None:
    data = bytearray(raw(name))
    for _ in range(rng.randint(1, 3)):
        i = rng.randrange(len(data))
        data[i:i] = rng.choice([b'"', b'""', b'"""', b',"', b'",', b'"\n', b"\r", b",", b";", b"\t"])
    check_invariants(bytes(data))


FILTERS = [
    {"since": "2013", "until": "2022"},
    {"actor": "Civilians"},
    {"actor": "Mali", "columns": "event_id,side_a,note"},
]


@pytest.mark.parametrize("large", [False, True])
def test_damaged_files_give_the_same_with_and_without_duckdb(
    large: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a filter, the csv module and DuckDB give the same rows and notes, or the same error."""
    pytest.importorskip("duckdb", reason="the extra `fast` is not installed")
    monkeypatch.setattr(duckdb_filter, "DUCKDB_MIN_BYTES", 0)
    if large:  # then not all ids are kept
        monkeypatch.setattr(duckdb_filter, "LARGE_FILE_BYTES", 0)
        monkeypatch.setattr(row_filter, "LARGE_FILE_BYTES", 0)

    @settings(some, max_examples=40)
    @given(st.sampled_from(FILTERS), names, seeds, damage)
    def compare(
        filters: dict[str, str],
        name: str,
        rng: random.Random,
        damaged: Callable[[bytearray, random.Random], None],
    ) -> None:
        data = bytearray(raw(name))
        damaged(data, rng)
        path = foreign.store(tmp_path / "fuzzed.csv", bytes(data))
        fast = result_of(path, filters)
        with foreign.without_duckdb():
            assert result_of(path, filters) == fast

    compare()


def result_of(path: Path, filters: dict[str, str]) -> tuple[object, ...]:
    try:
        answer = load(path).answer("events", **filters)  # type: ignore[arg-type]
    except DataError as refusal:
        return (str(refusal),)
    return (answer.notes, *answer.frame.astype(str).itertuples(index=False, name=None))


def _flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.choice(SIGNIFICANT_BYTES)


def _cut(data: bytearray, rng: random.Random) -> None:
    first = rng.randrange(len(data))
    del data[first : first + rng.randint(1, 200)]


def _quote(data: bytearray, rng: random.Random) -> None:
    i = rng.randrange(len(data))
    data[i:i] = rng.choice([b'"', b'""', b',"', b'",', b"\n"])


damage = st.sampled_from([_flip, _cut, _quote])
