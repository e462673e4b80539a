"""Every record is accounted for; the records of one event are merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    COUNTS,
    FOLDER,
    NAMES,
    raw,
    written,
)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_read_skipped_or_repeated(name: str) -> None:
    actual = foreign.counts(load(FOLDER / f"{name}.csv"))
    assert tuple(actual.values()) == COUNTS[name]
    assert actual["records"] == actual["read"] + actual["skipped"] + actual["repeated"]


@pytest.mark.parametrize("name", NAMES)
def test_the_import_note_counts_the_records(name: str) -> None:
    path = FOLDER / f"{name}.csv"
    records, read, _, repeated, merged = COUNTS[name]
    [note] = [note for note in load(path).answer("events").notes if f"{records} records" in note]
    assert note.startswith(str(path))
    assert f"{read} read" in note
    assert "skipped" not in note
    assert (f"{repeated} repeated" in note) == bool(repeated)
    assert ("merged" in note) == bool(merged)


def test_sums_of_a_monadic_file_are_those_of_the_dyadic_one() -> None:
    dyadic, monadic = (load(FOLDER / f"{name}.csv") for name in ("acled_a3", "acled_monadic"))
    for by in ("year,actor", "place", "event_type", "event", "according_to"):
        sums = monadic.casualties(by=by)
        assert sums.equals(dyadic.casualties(by=by)), by
    assert int(dyadic.casualties(by="according_to")["killed_best"].sum()) == 14 + 6 + 1 + 2 + 21
    assert monadic.events().equals(dyadic.events())
    assert monadic.events(by="actor").equals(dyadic.events(by="actor"))


def test_the_latest_version_of_an_event_counts_wherever_it_is(tmp_path: Path) -> None:
    for name in ("acled_a1", "acled_a2"):
        head, *rest = foreign.records(name)
        for i in range(1, len(rest)):
            rows = [head, *rest[i:], *rest[:i]]
            actual = foreign.rendered(load(foreign.store(tmp_path / "turned.csv", written(rows))), "events")
            # Of versions with one timestamp the first counts, and in this order that is another one.
            assert [event for event in actual if event["event_id"] != "MLI9103"] == [
                event for event in foreign.expected(name, "events") if event["event_id"] != "MLI9103"
            ]


def test_a_corrected_version_is_never_returned() -> None:
    """Names, words and days that only an earlier telling has."""
    for name, actor in (("acled_a1", "Red Camel Brigade"), ("acled_a2", "Blue Veil Column")):
        assert actor in raw(name).decode("utf-8")
        assert actor not in list(load(FOLDER / f"{name}.csv").groups()["group"])
        try:
            actual = load(FOLDER / f"{name}.csv").events(actor=actor)
        except MaliError:
            continue
        assert actual.empty


def test_another_number_of_killed_is_a_second_estimate_and_not_added() -> None:
    sums = load(FOLDER / "acled_a1.csv").casualties(by="event")
    [row] = [row for _, row in sums.iterrows() if row["event"] == "MLI9103"]
    assert (row["killed_low"], row["killed_best"], row["killed_high"]) == (4, 4, 6)
