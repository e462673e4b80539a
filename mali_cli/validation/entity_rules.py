"""Rules of curated groups, places, people, relations, strengths and references."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

from mali_cli.model.names import normalize_name
from mali_cli.model.violations import Violation
from mali_cli.validation.records import Record, RecordRule, Tables, check_records
from mali_cli.validation.table_rules import check_cycles

# A group may merge back into the one that it left, but it cannot descend from itself.
DESCENT_RELATIONS = ("split-from", "successor-of")
FATE_PRECISIONS = {4: ("year",), 7: ("month",), 10: ("day", "by")}  # by the length of the date


# Dates that are only as precise as the sources: 2012, 2012-06, 2012-06-27


def period_rule(first: str, last: str) -> RecordRule:
    """Return the rule that two columns hold dates, the last not before the first."""

    def check(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
        for column in (first, last):
            if record[column] and not _is_date(record[column]):
                yield column, "this is not a date."
        if record[last] and record[first][: len(record[last])] > record[last]:
            yield last, f"this is before {first}."

    return check


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _check_fate_basis(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if bool(record["fate"]) != bool(record["fate_basis"]):
        yield "fate_basis", "fate and fate_basis must both be given or both be blank."


def _check_fate_precision(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    needed = FATE_PRECISIONS.get(len(record["fate_date"]), ("",))
    if record["fate_precision"] and record["fate_precision"] not in needed:
        yield "fate_precision", "this must fit fate_date: day or by for a day, month for a month, year for a year."


def _check_reported_dates(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    for stated, reported in (("date_start", "first_reported"), ("date_end", "last_reported")):
        if record[stated] and record[reported]:
            yield reported, f"this must be blank where {stated} is stated."


def _check_strength_bounds(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    low, high = record.number("low"), record.number("high")
    if low is not None and high is not None and low > high:
        yield "low", "low is above high."


def _check_strength_stated(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if not record.numbers("low", "high") and not record["wording"]:
        yield "wording", "this needs a number or a wording."


def _check_fate_of_event(record: Record, tables: Tables) -> Iterator[tuple[str, str]]:
    if record["fate"] != "killed" or not record["fate_date"]:
        return
    basis = "reported" if record["fate_basis"] == "confirmed" else record["fate_basis"]
    names = [normalize_name(name) for name in (record["person"], *record.values_of("aliases"))]
    for event in tables.deaths_by_date.get(record["fate_date"], ()):
        summary = normalize_name(event["summary"])
        if event["basis"] != basis and any(name in summary for name in names):
            yield "fate_basis", f"this must be the basis of {event['event_id']}, {event['basis']}."


def check_periods(tables: Tables) -> Iterator[Violation]:
    """Check that the dates of people, relations and groups are valid and in order."""
    yield from check_records(tables, "people", (period_rule("date_start", "date_end"),))
    relation_rules = (period_rule("date_start", "date_end"), period_rule("first_reported", "last_reported"))
    yield from check_records(tables, "relations", (*relation_rules, _check_reported_dates))
    yield from check_records(tables, "groups", (period_rule("founded", "dissolved"),))


def check_people(tables: Tables) -> Iterator[Violation]:
    """Check that a fate has its basis, which is that of its event, and no closer date than is known."""
    yield from check_records(tables, "people", (_check_fate_basis, _check_fate_precision, _check_fate_of_event))


def check_strengths(tables: Tables) -> Iterator[Violation]:
    """Check that strengths have a number or a wording, and that their bounds are in order."""
    yield from check_records(tables, "strengths", (_check_strength_bounds, _check_strength_stated))


# Relations


def _check_self_relation(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if record["group"] == record["other"]:
        yield "other", "a group cannot have a relation to itself."


def check_self_relations(tables: Tables) -> Iterator[Violation]:
    """Check that no group has a relation to itself."""
    yield from check_records(tables, "relations", (_check_self_relation,))


def check_lineage_cycles(tables: Tables) -> Iterator[Violation]:
    """Check that no group descends from itself."""
    predecessors: dict[str, set[str]] = defaultdict(set)
    for record in tables.records["relations"]:
        if record["relation"] in DESCENT_RELATIONS and record["basis"] != "denied":
            predecessors[record["group"]].add(record["other"])
    for record in tables.records["relations"]:
        group = record["group"]
        if record["relation"] in DESCENT_RELATIONS and group in _with_ancestors(predecessors, record["other"]):
            message = f"cyclic lineage: {group} descends from itself."
            yield tables.violation("relations", record, "relation", message)


def _with_ancestors(predecessors: dict[str, set[str]], group: str) -> set[str]:
    seen: set[str] = set()
    pending = {group}
    while pending:
        current = pending.pop()
        seen.add(current)
        pending |= predecessors.get(current, set()) - seen
    return seen


# Groups, places and references


def _unique_names_rule(tables: Tables, name: str, key: str, *columns: str) -> RecordRule:
    """Return the rule that no name or alias of a row is a name of another row."""
    owners = {normalize_name(record[key]): record[key] for record in tables.records[name]}

    def check(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
        for alias in (*(record[column] for column in columns), *record.values_of("aliases")):
            owner = owners.setdefault(normalize_name(alias), record[key])
            if owner != record[key]:
                yield "aliases", f"{alias!r} is already a name of {owner}."

    return check


def check_groups(tables: Tables) -> Iterator[Violation]:
    """Check that names of groups are unique, and that their hierarchy has no collective parent and no cycle."""
    collective = {record["group"] for record in tables.records["groups"] if record["kind"] == "collective"}

    def check_parent(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
        if record["part_of"] in collective:
            yield "part_of", "a collective label cannot be a parent group."

    names_rule = _unique_names_rule(tables, "groups", "group", "name")
    yield from check_records(tables, "groups", (names_rule, check_parent))
    yield from check_cycles(tables, "groups", "part_of")


def _check_coordinates(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    latitude, longitude = record["latitude"], record["longitude"]
    if bool(latitude) != bool(longitude):
        yield "latitude", "latitude and longitude must both be given or both be blank."
    elif latitude and not (abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180):
        yield "latitude", "this is not a point on Earth: latitudes are -90 to 90, longitudes -180 to 180."


def check_places(tables: Tables) -> Iterator[Violation]:
    """Check that names of places are unique, their coordinates valid, and that their hierarchy has no cycle."""
    yield from check_records(tables, "places", (_unique_names_rule(tables, "places", "place"), _check_coordinates))
    yield from check_cycles(tables, "places", "within")


def _check_reference_key(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
    if record["reference"] != f"{record['document']}#{record['number']}":
        yield "reference", "the key must be the document, # and the number."


def check_reference_keys(tables: Tables) -> Iterator[Violation]:
    """Check that the key of a reference is made of its document and number."""
    yield from check_records(tables, "references", (_check_reference_key,))
