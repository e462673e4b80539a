"""Every rule finds a violation made on purpose."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.validation import validate
from tests.test_data import DATA, Row, rows


def change(name: str, fits: Callable[[Row], bool], /, **cells: str) -> Callable[[Path], None]:
    """Return a function that changes cells of the first row that fits."""

    def apply(folder: Path) -> None:
        records = rows(name, folder)
        changed = next(row for row in records if fits(row))
        changed.update(cells)
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)

    return apply


def any_row(_: Row) -> bool:
    return True


def has_exact_number(row: Row) -> bool:
    return row["scope"] == "event" and row["low"] == row["best"] == row["high"] != ""


@pytest.mark.parametrize(
    ("column", "message", "break_rule"),
    [
        ("date_start", "is not a date", change("events", any_row, date_start="1960-13-01")),
        ("date_end", "before date_start", change("events", lambda r: r["date_precision"] == "day", date_end="1900-01-01")),
        ("date_end", "precision by needs one day", change("events", lambda r: r["date_precision"] == "by", date_end="2026-01-01")),
        ("date_end", "precision month", change("events", lambda r: r["date_precision"] == "month", date_end="2026-01-01")),
        ("date_end", "precision year", change("events", lambda r: r["date_precision"] == "year", date_end="2026-01-01")),
        ("event_id", "must start with a date of the event", change("events", lambda r: r["event_id"].startswith("2012"), event_id="1999-wrong-start")),
        ("event_id", "does not match the pattern", change("events", any_row, event_id="Ménaka")),
        ("event_type", "is not one of", change("events", any_row, event_type="Skirmish")),
        ("sub_event_type", "is not a sub-event type of", change("events", lambda r: r["event_type"] == "Battles", sub_event_type="Statement")),
        ("sub_event_type", "is not a sub-event type of", change("events", lambda r: r["event_type"] == "Riots", sub_event_type="Unknown means")),
        ("side_a", "is not in groups", change("events", lambda r: r["side_a"] == "MNLA", side_a="MNLA;Nobody")),
        ("place", "is not in places", change("events", lambda r: r["place"] == "Gao", place="Atlantis")),
        ("place_precision", "place and place_precision must both be given", change("events", lambda r: r["place"] == "Gao", place_precision="")),
        ("sources", "is not in documents or references", change("events", any_row, sources="wikipedia#999")),
        ("sources", "may not be blank", change("events", any_row, sources="")),
        ("side_a", "the list has a duplicate value", change("events", any_row, side_a="Mali;Mali")),
        ("summary", "characters", change("events", any_row, summary="x" * 160)),
        ("note", "spaces", change("events", any_row, note=" two  blanks")),
        ("low", "expected low <= best <= high", change("casualties", has_exact_number, low="999999")),
        ("best", "is below 0", change("casualties", has_exact_number, best="-1")),
        ("high", "must leave high blank", change("casualties", has_exact_number, open="true", wording="at least")),
        ("wording", "needs a number or a wording", change("casualties", has_exact_number, low="", best="", high="", wording="")),
        ("rank", "without gaps", change("casualties", any_row, rank="7")),
        ("event_id", "is not in events", change("casualties", has_exact_number, event_id="2012-nothing")),
        ("event_id", "scope event", change("casualties", has_exact_number, scope="total")),
        ("date_start", "must have the event's dates", change("casualties", has_exact_number, date_start="2012-01-01", date_end="2026-01-01")),
        ("date_precision", "must be that of the event, day", change("casualties", lambda r: has_exact_number(r) and r["date_precision"] == "day", date_precision="range")),
        ("date_precision", "must not be blank", change("casualties", any_row, date_precision="")),
        ("date_end", "precision by needs one day", change("casualties", lambda r: r["scope"] == "period" and r["date_start"] < r["date_end"], date_precision="by")),
        ("part_of", "is not in casualties", change("casualties", any_row, part_of="nowhere")),
        ("low", "more than the tally that it is part of", change("casualties", lambda r: r["part_of"] == "total-niger-killed", low="99", best="99", high="99")),
        ("note", "its parts add up to 105, more than 90; say in the note", change("casualties", lambda r: r["tally"] == "total-chad-killed", low="90", best="90", high="90", note="")),
        ("fate_basis", "must be the basis of 2013-02-28-abou-zeid-killed, reported", change("people", lambda r: r["person"] == "Abdelhamid Abou Zeid", fate_basis="claimed")),
        ("last_reported", "must be blank where date_end is stated", change("relations", lambda r: len(r["date_end"]) == 4, last_reported="2012")),
        ("note", "at most 500", change("people", any_row, note="x" * 501)),
        ("summary", "at most 159", change("groups", any_row, summary="x" * 160)),
        ("aliases", "is already a name of", change("groups", lambda r: r["group"] == "MUJAO", aliases="MNLA")),
        ("part_of", "cyclic reference", change("groups", lambda r: r["group"] == "France", part_of="Operation Serval")),
        ("part_of", "a collective label", change("groups", lambda r: r["group"] == "MUJAO", part_of="Islamists")),
        ("latitude", "latitude and longitude must both be given", change("places", lambda r: r["place"] == "Gao", longitude="")),
        ("latitude", "is not a point on Earth", change("places", lambda r: r["place"] == "Gao", latitude="116.27")),
        ("within", "cyclic reference", change("places", lambda r: r["place"] == "Gao", within="Gao Airport")),
        ("other", "is not in groups", change("relations", any_row, other="Nobody")),
        ("relation", "is not one of", change("relations", any_row, relation="loved")),
        ("other", "cannot have a relation to itself", change("relations", lambda r: r["group"] == "MNLA", other="MNLA")),
        ("date_end", "before date_start", change("relations", lambda r: r["date_start"] > "2012", date_end="2001")),
        ("date_start", "is not a date", change("relations", any_row, date_start="2012-13")),
        ("last_reported", "before first_reported", change("relations", lambda r: r["first_reported"] > "2012", last_reported="2001")),
        ("first_reported", "must be blank where date_start", change("relations", lambda r: r["date_start"] > "2012", first_reported="2012")),
        ("relation", "cyclic lineage", change("relations", lambda r: r["group"] == "MNLA" and r["relation"] == "ally-of", relation="split-from", other="FPA")),
        ("part_of", "is not in events", change("events", any_row, part_of="2012-nothing")),
        ("part_of", "cyclic reference", change("events", lambda r: r["event_id"] == "2013-01-10-konna-captured", part_of="2013-01-11-konna-recaptured")),
        ("place", "is not in places", change("control", any_row, place="Atlantis")),
        ("holder", "is not in groups", change("control", any_row, holder="Nobody")),
        ("date_end", "precision by needs one day", change("control", lambda r: r["date_precision"] == "by", date_end="2026-01-01")),
        ("fate_basis", "fate and fate_basis must both be given", change("people", lambda r: r["fate"] == "killed", fate_basis="")),
        ("fate_precision", "this must fit fate_date: day or by for a day", change("people", lambda r: r["fate_date"] == "2012-11", fate_precision="by")),
        ("wording", "needs a number or a wording", change("strengths", lambda r: not r["wording"], low="", high="")),
        ("low", "low is above high", change("strengths", lambda r: r["high"] != "", low="999999999")),
        ("reference", "the key must be the document", change("references", lambda r: r["number"] == "214", number="9999")),
        ("kind", "is described in groups.csv", change("concordance", lambda r: r["group"] == "Dozos", kind="militia")),
        ("camp", "so this must be given", change("concordance", lambda r: r["group"] == "VDP", camp="")),
        ("note", "another row describes FLA differently", change("concordance", lambda r: r["name"] == "FLA", note="Another.")),
        ("part_of", "is not in groups or concordance", change("concordance", lambda r: r["group"] == "VDP", part_of="Nobody")),
        ("name", "this is a name of MNLA in groups.csv", change("concordance", lambda r: r["group"] == "VDP", name="MNLA")),
        ("name", "another row gives this name a meaning on the same days", change("concordance", lambda r: r["group"] == "Green Berets", date_end="2020-01-01")),
        ("country", "is not in groups", change("concordance", lambda r: r["name"] == "IS", country="Mali;Nowhere")),
    ],
)  # fmt: skip
def test_each_rule_finds_a_violation(
    tmp_path: Path, column: str, message: str, break_rule: Callable[[Path], None]
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    break_rule(folder)
    violations = validate(CsvBackend(folder))
    matching = [v for v in violations if v.column == column and message in v.rule]
    assert matching, list(map(str, violations))[:5]
    assert matching[0].path.parent == folder
    assert (matching[0].line or 0) > 1


def test_the_earlier_word_for_a_reported_fate_is_read(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    change("people", lambda row: row["person"] == "Abdelhamid Abou Zeid", fate_basis="confirmed")(tmp_path / "data")
    assert validate(CsvBackend(tmp_path / "data")) == []


def test_a_dataset_needs_no_concordance(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    (folder / "concordance.csv").unlink()
    assert validate(CsvBackend(folder)) == []


def test_rows_out_of_order_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    lines = (folder / "groups.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "groups.csv").write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]), encoding="utf-8")
    assert [violation.rule for violation in validate(CsvBackend(folder))] == [
        "rows must be sorted by group; this one is out of order."
    ]
