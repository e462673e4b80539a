"""Rules of curated casualties: single figures, tallies, and tallies that are part of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from mali_cli.model.violations import Violation
from mali_cli.validation.records import Record, Tables, check_records

ESTIMATE = ("low", "best", "high")


# One figure


def _check_estimate_order(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    numbers = record.numbers(*ESTIMATE)
    if numbers != sorted(numbers):
        yield "low", "expected low <= best <= high."


def _check_stated(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if not record.numbers(*ESTIMATE) and not record["wording"]:
        yield "wording", "this needs a number or a wording."


def _check_open(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if record["open"] != "true":
        return
    if not (record.numbers(*ESTIMATE) and record["wording"]):
        yield "open", "an open figure needs a number and a wording."
    if record["high"] and record["low"] == record["high"]:
        yield "high", "an open figure (“at least”) must leave high blank."


def _check_event_of_scope(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if (record["scope"] == "event") != bool(record["event_id"]):
        yield "event_id", "figures of scope event need an event_id; all others must leave it blank."


def _check_key_of_event(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    event_id = record["event_id"]
    if event_id and not re.fullmatch(re.escape(event_id) + r"/\d+", record["casualty_id"]):
        yield "casualty_id", "the key must be the event's key, / and a number."


def _check_dates_of_event(record: Record, tables: Tables) -> Iterator[tuple[str, str]]:
    event = tables.events.get(record["event_id"])
    if event is None or record["rank"] != "1":  # a rival figure may give another day
        return
    if record.dates() != event.dates():
        yield "date_start", "the figure ranked first of a tally of an event must have the event's dates."
    elif record["date_precision"] not in ("", event["date_precision"]):
        yield "date_precision", f"this must be that of the event, {event['date_precision']}."


def _check_date_precision_stated(record: Record, tables: Tables) -> Iterator[tuple[str, str]]:
    if not record["date_precision"] and tables.states_precision_of_figures:
        yield "date_precision", "this must not be blank."


def check_figures(tables: Tables) -> Iterator[Violation]:
    """Check that every figure is complete, its estimate in order, and that it fits its event."""
    rules = (
        *(_check_estimate_order, _check_stated, _check_open, _check_event_of_scope),
        *(_check_key_of_event, _check_dates_of_event, _check_date_precision_stated),
    )
    yield from check_records(tables, "casualties", rules)


# The figures of one tally. These rules report the first of its records.

TallyRule = Callable[[list[Record]], Iterator[tuple[str, str]]]


def _check_ranks(records: list[Record]) -> Iterator[tuple[str, str]]:
    if sorted(int(record["rank"]) for record in records) != list(range(1, len(records) + 1)):
        yield "rank", "the ranks of a tally must run from 1 without gaps."


def _check_same_subject(records: list[Record]) -> Iterator[tuple[str, str]]:
    for column in ("harm", "part_of", "scope", "event_id"):
        if len({record[column] for record in records}) > 1:
            yield column, f"the figures of the tally {records[0]['tally']} must have the same {column}."


def _check_numbers_rank_first(records: list[Record]) -> Iterator[tuple[str, str]]:
    ranked = sorted(records, key=lambda record: int(record["rank"]))
    has_number = [bool(record.numbers(*ESTIMATE)) for record in ranked]
    if has_number != sorted(has_number, reverse=True):
        yield "rank", "figures with a number must rank before figures without one."


def _check_tally_name(records: list[Record]) -> Iterator[tuple[str, str]]:
    event_id, tally = records[0]["event_id"], records[0]["tally"]
    if event_id and not tally.startswith(f"{event_id}:"):
        yield "tally", "the tally of an event must begin with the event's key and a colon."


TALLY_RULES: tuple[TallyRule, ...] = (_check_ranks, _check_same_subject, _check_numbers_rank_first, _check_tally_name)


def check_tallies(tables: Tables) -> Iterator[Violation]:
    """Check that the figures of each tally are ranked and about the same people."""
    for records in tables.tallies.values():
        for rule in TALLY_RULES:
            for column, message in rule(records):
                yield tables.violation("casualties", records[0], column, message)


# Tallies that are part of another


def check_tally_hierarchy(tables: Tables) -> Iterator[Violation]:
    """Check that a part of another tally is not larger than it and within its dates, and that there is no cycle."""
    parents = {tally: records[0]["part_of"] for tally, records in tables.tallies.items()}
    for tally, records in tables.tallies.items():
        if _leads_into_cycle(parents, tally):
            yield tables.violation("casualties", records[0], "part_of", "cyclic reference.")
            continue
        container = tables.tallies.get(records[0]["part_of"])
        if container:
            for rule in (_check_part_is_not_larger, _check_part_dates):
                for column, message in rule(records, container):
                    yield tables.violation("casualties", records[0], column, message)


def check_sums_of_parts(tables: Tables) -> Iterator[Violation]:
    """Check that the parts of a tally do not add up to more than it, unless its note says that they exceed it."""
    sums: dict[str, int] = defaultdict(int)
    for records in tables.tallies.values():
        sums[records[0]["part_of"]] += min(_lowest_numbers(records), default=0)
    for tally, records in tables.tallies.items():
        upper = _upper_bound(records)
        if upper is not None and sums[tally] > upper and "exceed" not in records[0]["note"]:
            message = f"its parts add up to {sums[tally]:,}, more than {upper:,}; say in the note why they exceed it."
            yield tables.violation("casualties", records[0], "note", message)


def _lowest_numbers(records: list[Record]) -> list[int]:
    """Return the lowest number of each current figure that has one."""
    current = (record for record in records if record["status"] == "current")
    return [number for record in current for number in record.numbers(*ESTIMATE)[:1]]


def _upper_bound(records: list[Record]) -> int | None:
    """Return the highest number of a tally; None if a figure is open or none has a number."""
    if any(record["open"] == "true" for record in records):
        return None
    return max((number for record in records for number in record.numbers("high", "best", "low")[:1]), default=None)


def _leads_into_cycle(parents: dict[str, str], tally: str) -> bool:
    seen = [tally]
    parent = parents[tally]
    while parent and parent not in seen:
        seen.append(parent)
        parent = parents.get(parent, "")
    return bool(parent)


def _check_part_is_not_larger(records: list[Record], container: list[Record]) -> Iterator[tuple[str, str]]:
    upper, lower = _upper_bound(container), _lowest_numbers(records)
    if upper is not None and lower and min(lower) > upper:
        yield "low", f"this is more than the tally that it is part of, {records[0]['part_of']}."


def _check_part_dates(records: list[Record], container: list[Record]) -> Iterator[tuple[str, str]]:
    if container[0]["scope"] == "event":
        return  # a death reported days later may still belong to a battle
    (first, last), (start, end) = _tally_dates(records), _tally_dates(container)
    if first < start or last > end:
        yield "date_start", f"this is not within the dates of the tally that it is part of, {records[0]['part_of']}."


def _tally_dates(records: list[Record]) -> tuple[str, str]:
    return min(record["date_start"] for record in records), max(record["date_end"] for record in records)
