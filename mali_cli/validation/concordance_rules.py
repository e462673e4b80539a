"""Rules of the concordance, which says what names in foreign files mean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mali_cli.model.names import normalize_name
from mali_cli.model.violations import Violation
from mali_cli.validation.entity_rules import period_rule
from mali_cli.validation.records import Record, RecordRule, Tables, check_records

DESCRIPTION = ("kind", "camp", "part_of", "note")


def check_concordance(tables: Tables) -> Iterator[Violation]:
    """Check that groups are described once, and that a name means one group at a time; a dataset may lack the table."""
    if "concordance" in tables.records:
        rules = (_description_rule(tables), _name_rule(tables), period_rule("date_start", "date_end"))
        yield from check_records(tables, "concordance", rules)
        yield from _check_meanings(tables)


def _description_rule(tables: Tables) -> RecordRule:
    """Return the rule that a group that is not in groups.csv is described, in all its rows alike, and no other is."""
    ours = {record["group"] for record in tables.records["groups"]}
    described: dict[str, Record] = {}
    for record in tables.records["concordance"]:
        described.setdefault(record["group"], record)

    def check(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
        for column in DESCRIPTION:
            if record["group"] in ours:
                if record[column]:
                    yield column, f"{record['group']} is described in groups.csv; this must be blank."
            elif not record[column] and column != "part_of":
                yield column, f"{record['group']} is not in groups.csv, so this must be given."
            elif record[column] != described[record["group"]][column]:
                yield column, f"another row describes {record['group']} differently."
        for parent in record.values_of("part_of"):
            if parent not in ours and parent not in described:
                yield "part_of", f"{parent!r} is not in groups or concordance."

    return check


def _name_rule(tables: Tables) -> RecordRule:
    """Return the rule that a name is not that of another group in groups.csv."""
    owners = {
        normalize_name(name): record["group"]
        for record in tables.records["groups"]
        for name in (record["group"], record["name"], *record.values_of("aliases"))
    }

    def check(record: Record, _: Tables) -> Iterator[tuple[str, str]]:
        owner = owners.get(normalize_name(record["name"]), record["group"])
        if owner != record["group"]:
            yield "name", f"this is a name of {owner} in groups.csv."

    return check


def _check_meanings(tables: Tables) -> Iterator[Violation]:
    """Check that no two rows give a name a meaning on the same day."""
    by_name: dict[tuple[str, str], list[Record]] = {}
    for record in tables.records["concordance"]:
        by_name.setdefault((normalize_name(record["name"]), record["format"]), []).append(record)
    for records in by_name.values():
        for before, after in pairwise(records):
            if not before["date_end"] or before["date_end"] >= after["date_start"]:
                yield tables.violation(
                    "concordance", after, "name", "another row gives this name a meaning on the same days."
                )
