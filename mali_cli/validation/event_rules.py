"""Rules of curated events and statements of control, and of the dates of events, figures and statements."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from mali_cli.model import schema
from mali_cli.model.violations import Violation
from mali_cli.validation.records import Record, Tables, check_records
from mali_cli.validation.table_rules import check_cycles, check_date_order

DATE_PREFIX = re.compile(r"\d{4}(-\d\d(?!\d))?(-\d\d(?!\d))?")  # of a key: the year, with month and day if stated


def _check_date_precision(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    first, last = record.dates()
    precision = record["date_precision"]
    last_of_month = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if precision == "by" and first != last:
        yield "date_end", "precision by needs one day, the same as date_start."
    if precision == "week" and (last - first).days != 6:
        yield "date_end", "precision week needs seven days."
    if precision == "month" and (first, last) != (first.replace(day=1), last_of_month):
        yield "date_end", "precision month needs the first to the last day of one month."
    if precision == "year" and (first, last) != (first.replace(month=1, day=1), first.replace(month=12, day=31)):
        yield "date_end", "precision year needs the first to the last day of one year."


def _check_event_key(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    match = DATE_PREFIX.match(record["event_id"])
    date = match[0] if match else ""
    within_event = record["date_start"][: len(date)] <= date <= record["date_end"][: len(date)]
    if not within_event and "The key" not in record["note"]:  # keys stay when a date is corrected
        yield "event_id", "the key must start with a date of the event, or the note must say why not (The key ...)."


def _check_sub_event_type(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    allowed = schema.table("events").column("sub_event_type").allowed_by_parent
    if record["sub_event_type"] not in allowed[record["event_type"]]:
        yield "sub_event_type", f"this is not a sub-event type of {record['event_type']}."


def _check_place_precision(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if bool(record["place"]) != bool(record["place_precision"]):
        yield "place_precision", "place and place_precision must both be given or both be blank."


def check_dates(tables: Tables) -> Iterator[Violation]:
    """Check that the dates of events, figures and statements of control are in order and fit their precision."""
    for name in ("events", "casualties", "control"):
        yield from check_records(tables, name, (check_date_order, _check_date_precision))


def check_events(tables: Tables) -> Iterator[Violation]:
    """Check the keys, sub-event types and place precisions of events, and that no event is part of itself."""
    yield from check_records(tables, "events", (_check_event_key, _check_sub_event_type, _check_place_precision))
    yield from check_cycles(tables, "events", "part_of")
