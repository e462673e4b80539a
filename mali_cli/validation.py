"""The rules of the data: every fault of a folder of tables, with file, line, column, value and rule."""

from __future__ import annotations

import calendar
import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from mali_cli.errors import DataError
from mali_cli.model import cell_rules, schema
from mali_cli.model.names import normalize_name
from mali_cli.model.violations import Violation
from mali_cli.storage.base import Backend
from mali_cli.storage.csv_tables import CsvBackend


class Record(dict[str, str]):
    """One row as text, which knows the line it stands on."""

    line: int

    def values_of(self, column: str) -> list[str]:
        return self[column].split(";") if self[column] else []

    def number(self, column: str) -> int | None:
        return int(self[column]) if self[column] else None


class Validator:
    """The tables of a store as records, and what is wrong with them.

    The rules of curating hold for curated tables; of those made from a foreign file only keys and references are asked.
    """

    def __init__(self, store: Backend) -> None:
        self.store = store
        self.curated = store.origin is None
        self.records: dict[str, list[Record]] = {}
        self.violations: list[Violation] = []
        for name in schema.table_names():
            self._read(name)
        if not self.violations:  # the other rules need sound cells
            for rule in (*COMMON_RULES, *(CURATED_RULES if self.curated else ())):
                self.violations += [Violation(*fault) for fault in rule(self)]

    def _read(self, name: str) -> None:
        self.records[name] = []
        try:
            rows = self.store.raw_table(name)
        except DataError as error:
            path = self.store.file(name)
            rule = str(error).removeprefix(f"{path}, line {error.line}: ")
            self.violations.append(Violation(path, error.line, "", "", rule))
            return
        for record, line in zip(rows.dicts(), rows.lines, strict=True):
            self.records[name].append(Record(record))
            self.records[name][-1].line = line
        for column in rows.table.columns:
            cells = rows.cells(column.name)
            faults = [
                *cell_rules.iter_violations(column, cells, self.curated),
                *(_check_text_form(column, cells) if self.curated else ()),
            ]
            self.violations += [Violation(rows.path, rows.lines[at], column.name, cells[at], why) for at, why in faults]

    def violation(self, table: str, record: Record, column: str, rule: str) -> tuple[Path, int, str, str, str]:
        return self.store.file(table), record.line, column, record[column], rule


def violations_in(where: Path | Backend) -> list[Violation]:
    """Every fault of the tables in a folder or a store; one that cannot be read to its end has one fault."""
    return Validator(CsvBackend(where) if isinstance(where, Path) else where).violations


Violations = Iterator[tuple[Path, int, str, str, str]]


def _check_text_form(column: schema.Column, cells: list[str]) -> Iterator[tuple[int, str]]:
    pattern = re.compile(column.pattern) if column.pattern else None
    for at, cell in enumerate(cells):
        if cell != " ".join(cell.split()):
            yield at, "there are blanks at an end, doubled blanks or a line break."
        if cell and pattern and not pattern.fullmatch(cell):
            yield at, f"this is not of the form {column.pattern}."
        if column.max_length and len(cell) > column.max_length:
            yield at, f"this has {len(cell)} characters; {column.max_length} are the most."
        if column.type == "list" and cell:
            values = cell.split(";")
            if len(set(values)) < len(values) or any(value != value.strip() or not value for value in values):
                yield at, "a list holds a value twice, a blank one, or blanks around one."


def _check_foreign_keys(data: Validator) -> Violations:
    for name in schema.table_names():
        for column in schema.table(name).columns:
            if not column.references:
                continue
            known: set[str] = set()
            for target in column.references:
                table, _, key = target.partition(".")
                known |= {r[key or schema.table(table).key[0]] for r in data.records[table]}
            for record in data.records[name]:
                values = (
                    map(str.strip, record.values_of(column.name)) if column.type == "list" else [record[column.name]]
                )
                for value in values:
                    if value and value not in known:
                        where = " or ".join(target.partition(".")[0] for target in column.references)
                        yield data.violation(name, record, column.name, f"{value!r} is not in {where}.")


def _check_row_order(data: Validator) -> Violations:
    for name in schema.table_names():
        by = schema.table(name).sorted_by
        numeric = {c.name for c in schema.table(name).columns if c.type == "integer"}
        before: tuple[object, ...] = ()
        for record in data.records[name]:
            here = tuple(int(record[column] or -1) if column in numeric else record[column] for column in by)
            if before and here < before:
                yield data.violation(
                    name, record, by[0], f"the rows are sorted by {', '.join(by)}; this one is out of order."
                )
            before = here


def _check_unique_keys(data: Validator) -> Violations:
    """Keys of several columns; a key of one column is declared unique and checked with the cells."""
    for name in schema.table_names():
        key = schema.table(name).key
        seen: set[tuple[str, ...]] = set()
        for record in data.records[name]:
            here = tuple(record[column] for column in key)
            if len(key) > 1 and here in seen:
                yield data.violation(name, record, key[0], f"two rows have the same {', '.join(key)}.")
            seen.add(here)


def _date_range(record: Record) -> tuple[datetime.date, datetime.date]:
    return datetime.date.fromisoformat(record["date_start"]), datetime.date.fromisoformat(record["date_end"])


def _check_date_precision(data: Validator) -> Violations:
    """The days of events and of changes of control fit their precision."""
    for name in ("events", "control"):
        for record in data.records[name]:
            first, last = _date_range(record)
            precision = record["date_precision"]
            if last < first:
                yield data.violation(name, record, "date_end", "this is before date_start.")
            if precision == "by" and first != last:
                yield data.violation(name, record, "date_end", "a date known only as “by then” is one day.")
            if precision == "week" and (last - first).days != 6:
                yield data.violation(name, record, "date_end", "a week has seven days.")
            of_month = (first.replace(day=1), first.replace(day=calendar.monthrange(first.year, first.month)[1]))
            if precision == "month" and (first, last) != of_month:
                yield data.violation(name, record, "date_end", "precision month runs from its first to its last day.")
            if precision == "year" and (f"{first:%m-%d}", f"{last:%m-%d}", first.year) != ("01-01", "12-31", last.year):
                yield data.violation(name, record, "date_end", "precision year runs from its first to its last day.")


def _check_date_order(data: Validator) -> Violations:
    """What is dated only as precisely as known does not end before it begins."""
    for name, first, last in (
        ("people", "date_start", "date_end"),
        ("relations", "date_start", "date_end"),
        ("groups", "founded", "dissolved"),
    ):
        for record in data.records[name]:
            for column in (first, last):
                if record[column] and not _is_date(record[column]):
                    yield data.violation(name, record, column, "this is no date.")
            if record[last] and record[first][: len(record[last])] > record[last]:
                yield data.violation(name, record, last, f"this is before {first}.")
    for record in data.records["people"]:
        if bool(record["fate"]) != bool(record["fate_basis"]):
            yield data.violation("people", record, "fate_basis", "this goes with a fate, and a fate with this.")
    for record in data.records["strengths"]:
        low, high = record.number("low"), record.number("high")
        if low is not None and high is not None and low > high:
            yield data.violation("strengths", record, "low", "low is above high.")
        if low is None and high is None and not record["wording"]:
            yield data.violation("strengths", record, "wording", "without a number there are words.")


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _check_self_relation(data: Validator) -> Violations:
    for record in data.records["relations"]:
        if record["group"] == record["other"]:
            yield data.violation("relations", record, "other", "a group has no relation to itself.")


DESCENT_RELATIONS = (
    "split-from",
    "successor-of",
)  # a group may merge back into the one it left; it cannot descend from itself


def _check_lineage_cycles(data: Validator) -> Violations:
    older: dict[str, set[str]] = defaultdict(set)
    for record in data.records["relations"]:
        if record["relation"] in DESCENT_RELATIONS and record["basis"] != "denied":
            older[record["group"]].add(record["other"])
    for record in data.records["relations"]:
        if record["relation"] in DESCENT_RELATIONS and record["group"] in _ancestors(older, record["other"]):
            yield data.violation("relations", record, "relation", f"{record['group']} comes from itself in a ring.")


def _ancestors(older: dict[str, set[str]], group: str) -> set[str]:
    seen: set[str] = set()
    todo = {group}
    while todo:
        name = todo.pop()
        seen.add(name)
        todo |= older.get(name, set()) - seen
    return seen


def _check_events(data: Validator) -> Violations:
    subs = schema.table("events").column("sub_event_type").allowed_by_parent
    for record in data.records["events"]:
        start = re.match(r"\d{4}(-\d\d(?!\d))?(-\d\d(?!\d))?", record["event_id"])
        if start and not record["date_start"].startswith(start[0]):
            yield data.violation("events", record, "event_id", "the key starts with date_start.")
        if record["sub_event_type"] not in subs[record["event_type"]]:
            yield data.violation("events", record, "sub_event_type", f"this does not belong to {record['event_type']}.")
        if bool(record["place"]) != bool(record["place_precision"]):
            yield data.violation("events", record, "place_precision", "this goes with a place, and a place with this.")


def _check_groups(data: Validator) -> Violations:
    meant: dict[str, str] = {normalize_name(record["group"]): record["group"] for record in data.records["groups"]}
    crowds = {record["group"] for record in data.records["groups"] if record["kind"] == "collective"}
    for record in data.records["groups"]:
        for alias in (record["name"], *record.values_of("aliases")):
            owner = meant.setdefault(normalize_name(alias), record["group"])
            if owner != record["group"]:
                yield data.violation("groups", record, "aliases", f"{alias!r} already means {owner}.")
        if record["part_of"] in crowds:
            yield data.violation("groups", record, "part_of", "a word for a crowd is no body that a group is part of.")
    yield from _check_cycles(data, "groups", "part_of")


def _check_places(data: Validator) -> Violations:
    meant: dict[str, str] = {normalize_name(record["place"]): record["place"] for record in data.records["places"]}
    for record in data.records["places"]:
        for alias in record.values_of("aliases"):
            owner = meant.setdefault(normalize_name(alias), record["place"])
            if owner != record["place"]:
                yield data.violation("places", record, "aliases", f"{alias!r} already means {owner}.")
        if bool(record["latitude"]) != bool(record["longitude"]):
            yield data.violation("places", record, "latitude", "latitude and longitude go together.")
        elif record["latitude"] and not (
            abs(float(record["latitude"])) <= 90 and abs(float(record["longitude"])) <= 180
        ):
            yield data.violation("places", record, "latitude", "this is no point on Earth.")
    yield from _check_cycles(data, "places", "within")


def _check_cycles(data: Validator, table: str, column: str) -> Violations:
    [key] = schema.table(table).key
    above = {record[key]: record[column] for record in data.records[table]}
    for record in data.records[table]:
        seen: list[str] = []
        name = record[column]
        while name and name not in seen:
            seen.append(name)
            name = above.get(name, "")
        if record[key] in seen:
            yield data.violation(table, record, column, "this leads in a ring back to itself.")


def _check_figures(data: Validator) -> Violations:
    days = {record["event_id"]: _date_range(record) for record in data.records["events"]}
    for record in data.records["casualties"]:
        first, last = _date_range(record)
        told = [n for n in (record.number(column) for column in ("low", "best", "high")) if n is not None]
        if last < first:
            yield data.violation("casualties", record, "date_end", "this is before date_start.")
        if told != sorted(told):
            yield data.violation("casualties", record, "low", "low, best and high do not rise.")
        if not told and not record["wording"]:
            yield data.violation("casualties", record, "wording", "without a number there are words.")
        if record["open"] == "true" and not (told and record["wording"]):
            yield data.violation("casualties", record, "open", "an open figure has a number and its words.")
        if record["open"] == "true" and record["high"] and record["low"] == record["high"]:
            yield data.violation("casualties", record, "high", "“at least” leaves high blank.")
        if (record["scope"] == "event") != bool(record["event_id"]):
            yield data.violation("casualties", record, "event_id", "figures of scope event have one, others have none.")
        if record["event_id"]:
            if not re.fullmatch(re.escape(record["event_id"]) + r"/\d+", record["casualty_id"]):
                yield data.violation("casualties", record, "casualty_id", "the key is the event's key and a number.")
            if (first, last) != days.get(record["event_id"], (first, last)):
                yield data.violation("casualties", record, "date_start", "a figure of an event has the event's days.")


def _by_tally(data: Validator) -> dict[str, list[Record]]:
    tallies: dict[str, list[Record]] = defaultdict(list)
    for record in data.records["casualties"]:
        tallies[record["tally"]].append(record)
    return tallies


def _check_tallies(data: Validator) -> Violations:
    for records in _by_tally(data).values():
        first = records[0]
        if sorted(int(record["rank"]) for record in records) != list(range(1, len(records) + 1)):
            yield data.violation("casualties", first, "rank", "the ranks of a tally run from 1 without gaps.")
        for column in ("harm", "part_of", "scope", "event_id"):
            if len({record[column] for record in records}) > 1:
                yield data.violation(
                    "casualties", first, column, f"the figures of the tally {first['tally']} differ in this."
                )
        ranked = sorted(records, key=lambda record: int(record["rank"]))
        numbered = [bool(record["low"] or record["best"] or record["high"]) for record in ranked]
        if numbered != sorted(numbered, reverse=True):
            yield data.violation("casualties", first, "rank", "a number ranks before words.")
        if first["event_id"] and not first["tally"].startswith(f"{first['event_id']}:"):
            yield data.violation("casualties", first, "tally", "the tally of an event begins with its key and a colon.")


def _check_tally_hierarchy(data: Validator) -> Violations:
    tallies = _by_tally(data)
    above = {tally: records[0]["part_of"] for tally, records in tallies.items()}
    for tally, records in tallies.items():
        record, name, seen = records[0], above[tally], [tally]
        while name and name not in seen:
            seen.append(name)
            name = above.get(name, "")
        if name:
            yield data.violation("casualties", record, "part_of", "this leads in a ring.")
            continue
        whole = tallies.get(record["part_of"])
        if not whole:
            continue
        most = [high for r in whole if (high := _highest_estimate(r)) is not None]
        least = [low for r in records if r["status"] == "current" and (low := r.number("low")) is not None]
        bounded = not any(r["open"] == "true" for r in whole)
        if most and least and bounded and min(least) > max(most):
            yield data.violation(
                "casualties", record, "low", f"this part is larger than the whole, {record['part_of']}."
            )
        (first, last), (start, end) = _tally_date_range(records), _tally_date_range(whole)
        # A death reported days later may still belong to a fight; but what a period counts lies in it.
        if whole[0]["scope"] != "event" and (first < start or last > end):
            yield data.violation(
                "casualties", record, "date_start", f"this is not within the days of {record['part_of']}."
            )


def _tally_date_range(records: list[Record]) -> tuple[str, str]:
    return min(record["date_start"] for record in records), max(record["date_end"] for record in records)


def _highest_estimate(record: Record) -> int | None:
    return next((n for n in (record.number(c) for c in ("high", "best", "low")) if n is not None), None)


def _check_reference_keys(data: Validator) -> Violations:
    for record in data.records["references"]:
        if record["reference"] != f"{record['document']}#{record['number']}":
            yield data.violation("references", record, "reference", "the key is the document, # and the number.")


COMMON_RULES = (_check_foreign_keys, _check_unique_keys, _check_row_order)
CURATED_RULES = (
    *(
        _check_date_precision,
        _check_date_order,
        _check_self_relation,
        _check_lineage_cycles,
        _check_events,
        _check_groups,
        _check_places,
        _check_figures,
    ),
    *(_check_tallies, _check_tally_hierarchy, _check_reference_keys),
)
