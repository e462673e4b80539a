"""Our own tables are valid, complete and readable."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from mali_cli.model import schema
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.validation import validate
from tests.conftest import ROOT

DATA = ROOT / "data"
Row = dict[str, str]
# Declared columns that are always blank in our own tables, whose files do not have them
ONLY_OF_FOREIGN_FILES = {"events": ("civilian_kind", "civilian_targeting", "disorder_type", "interaction")}


def rows(name: str, folder: Path = DATA) -> list[Row]:
    blank = dict.fromkeys(ONLY_OF_FOREIGN_FILES.get(name, ()), "")
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return [row | blank for row in csv.DictReader(file)]


def columns_in_csv(name: str) -> list[str]:
    """Return the columns that one of our own files has."""
    absent = ONLY_OF_FOREIGN_FILES.get(name, ())
    assert all(schema.table(name).column(column).may_be_missing for column in absent)
    return [column.name for column in schema.table(name).columns if column.name not in absent]


def test_our_tables_are_valid() -> None:
    assert [str(violation) for violation in validate(CsvBackend(DATA))] == []


@pytest.mark.parametrize("name", schema.table_names())
def test_files_are_plain_csv(name: str) -> None:
    """UTF-8 without a byte-order mark, LF, the declared header, quotes only where needed."""
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    declared = columns_in_csv(name)
    assert raw.decode("utf-8").splitlines()[0].split(",") == declared
    rewritten = io.StringIO(newline="")
    writer = csv.DictWriter(rewritten, declared, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(name))
    assert rewritten.getvalue().encode() == raw


def test_each_table_has_at_least_as_many_rows_as_a_careful_reading_gives() -> None:
    minimum = {"events": 480, "casualties": 320, "groups": 150, "places": 70, "references": 490, "documents": 5}
    minimum |= {"people": 60, "relations": 200, "strengths": 70, "control": 90}
    assert {name: len(rows(name)) >= number for name, number in minimum.items()} == dict.fromkeys(minimum, True)


def test_every_document_is_cited_by_events_and_figures() -> None:
    for name in ("events", "casualties"):
        cited = {key.partition("#")[0] for row in rows(name) for key in row["sources"].split(";")}
        assert cited == {row["document"] for row in rows("documents")} - ({"wikipedia-excerpt"} - cited)


def test_every_date_of_a_fate_has_a_precision() -> None:
    people = rows("people")
    assert [row["person"] for row in people if bool(row["fate_date"]) != bool(row["fate_precision"])] == []
    assert {"day", "by", "month"} <= {row["fate_precision"] for row in people}


def test_published_event_ids_are_never_changed_or_reused() -> None:
    """tests/event_ids.txt lists every published id; lines are only added."""
    published = (ROOT / "tests" / "event_ids.txt").read_text(encoding="utf-8").split()
    assert len(published) == len(set(published))
    assert set(published) == {row["event_id"] for row in rows("events")}


def test_summaries_are_sentences_of_20_to_160_characters() -> None:
    for row in rows("events"):
        assert 20 <= len(row["summary"]) < 160, row["event_id"]
        assert row["summary"][0].isupper() or row["summary"][0].isdigit(), row["event_id"]
        assert row["summary"].endswith("."), row["event_id"]


def test_notes_say_where_a_year_was_inferred() -> None:
    noted = [row for row in rows("events") if "year" in row["note"].lower()]
    assert len(noted) > 10


def test_summaries_of_groups_and_relations_are_sentences_of_20_to_160_characters() -> None:
    for name in ("groups", "relations"):
        for row in rows(name):
            assert 20 <= len(row["summary"]) < 160, row
            assert row["summary"].endswith("."), row


@pytest.mark.parametrize("name", ["people", "strengths"])
def test_notes_begin_with_a_capital_and_end_with_a_full_stop(name: str) -> None:
    for row in rows(name):
        if row["note"]:
            assert row["note"][0].isupper() or row["note"][0].isdigit(), row
            assert row["note"].endswith("."), row


@pytest.mark.parametrize("name", ["groups", "relations", "people", "strengths"])
def test_summaries_and_roles_give_rather_than_tell(name: str) -> None:
    for row in rows(name):
        text = " ".join(row.get(column, "") for column in ("summary", "note", "role"))
        assert not re.search(r"\b(told|tells?|giver)\b", text), row


@pytest.mark.parametrize("name", ["events", "casualties", "control"])
def test_notes_are_sentences_in_plain_words(name: str) -> None:
    """They begin with a capital, a quotation or the key of a document, and end with a full stop."""
    for row in rows(name):
        text = f"{row.get('summary', '')} {row['note']}"
        assert not re.search(r"\b(told|tells?|giver|[Dd]ated by the retrieval)\b", text), row
        if row["note"]:
            assert re.match(r'[A-Z0-9"]|azawad-wiki', row["note"]), row
            assert row["note"].endswith("."), row


def test_statements_that_were_made_are_reported() -> None:
    assert all(row["basis"] == "reported" for row in rows("events") if row["sub_event_type"] == "Statement")


def test_deaths_of_which_no_document_says_how_are_no_armed_clash() -> None:
    listed = [row for row in rows("events") if "gives neither how, nor where" in row["note"]]
    assert len(listed) > 20
    assert {row["sub_event_type"] for row in listed} == {"Unknown means"}
    not_stated = [row for row in rows("events") if "means of the attack is not stated" in row["note"]]
    assert "Armed clash" not in {row["sub_event_type"] for row in not_stated}


def test_references_that_no_row_cites_are_not_about_the_war() -> None:
    """They are about religion and population, or a book of which only page numbers are given."""
    tables = ("events", "casualties", "control", "groups", "people", "relations", "strengths")
    cited = {source for name in tables for row in rows(name) for source in row["sources"].split(";")}
    assert {row["reference"] for row in rows("references")} - cited == {
        *(f"almanac#{number}" for number in (75, 78, 79, 87, 90)),
        "wikipedia#67",
    }


def test_every_group_has_a_source() -> None:
    assert all(row["sources"] for row in rows("groups"))
