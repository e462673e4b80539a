"""Our own tables keep their rules, and the rules find what is broken on purpose."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.model import schema
from mali_cli.validation import violations_in
from tests.conftest import ROOT

DATA = ROOT / "data"
Row = dict[str, str]


def rows(name: str, folder: Path = DATA) -> list[Row]:
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_our_tables_are_sound() -> None:
    assert [str(fault) for fault in violations_in(DATA)] == []


@pytest.mark.parametrize("name", schema.table_names())
def test_files_are_plain(name: str) -> None:
    """UTF-8 without a mark, LF, the declared header, quotes only where needed."""
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    declared = [column.name for column in schema.table(name).columns]
    assert raw.decode("utf-8").splitlines()[0].split(",") == declared
    import io

    again = io.StringIO(newline="")
    writer = csv.DictWriter(again, declared, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(name))
    assert again.getvalue().encode() == raw


def test_the_record_is_as_full_as_a_careful_reading_gives() -> None:
    least = {"events": 480, "casualties": 320, "groups": 150, "places": 70, "references": 490, "documents": 5}
    least |= {"people": 60, "relations": 200, "strengths": 70, "control": 90}
    assert {name: len(rows(name)) >= number for name, number in least.items()} == dict.fromkeys(least, True)


def test_every_document_speaks_in_events_and_figures() -> None:
    for name in ("events", "casualties"):
        told = {key.partition("#")[0] for row in rows(name) for key in row["sources"].split(";")}
        assert told == {row["document"] for row in rows("documents")} - ({"wikipedia-excerpt"} - told)


def test_ids_are_never_changed_and_never_used_again() -> None:
    """tests/event_ids.txt only grows: an id that was published stays."""
    frozen = (ROOT / "tests" / "event_ids.txt").read_text(encoding="utf-8").split()
    assert len(frozen) == len(set(frozen))
    assert set(frozen) == {row["event_id"] for row in rows("events")}


def test_summaries_are_sentences_of_our_own_length() -> None:
    for row in rows("events"):
        assert 20 <= len(row["summary"]) < 160, row["event_id"]
        assert row["summary"][0].isupper() or row["summary"][0].isdigit(), row["event_id"]
        assert row["summary"].endswith("."), row["event_id"]


def test_years_that_were_inferred_say_so() -> None:
    noted = [row for row in rows("events") if "year" in row["note"].lower()]
    assert len(noted) > 10


def test_groups_without_a_trace_in_events_or_figures_have_a_source() -> None:
    assert all(row["sources"] for row in rows("groups"))


def change(name: str, find: Callable[[Row], bool], **cells: str) -> Callable[[Path], None]:
    """Breaks the first row that fits in one way."""

    def apply(folder: Path) -> None:
        records = rows(name, folder)
        broken = next(row for row in records if find(row))
        broken.update(cells)
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)

    return apply


def any_row(row: Row) -> bool:
    return True


def numbered(row: Row) -> bool:
    return row["scope"] == "event" and row["low"] == row["best"] == row["high"] != ""


@pytest.mark.parametrize(
    ("column", "rule", "breaking"),
    [
        ("date_start", "is not a date", change("events", any_row, date_start="1960-13-01")),
        ("date_end", "before date_start", change("events", lambda r: r["date_precision"] == "day", date_end="1900-01-01")),
        ("date_end", "is one day", change("events", lambda r: r["date_precision"] == "by", date_end="2026-01-01")),
        ("date_end", "precision month", change("events", lambda r: r["date_precision"] == "month", date_end="2026-01-01")),
        ("date_end", "precision year", change("events", lambda r: r["date_precision"] == "year", date_end="2026-01-01")),
        ("event_id", "starts with date_start", change("events", lambda r: r["event_id"].startswith("2012"), event_id="1999-wrong-start")),
        ("event_id", "of the form", change("events", any_row, event_id="Ménaka")),
        ("event_type", "is not one of", change("events", any_row, event_type="Skirmish")),
        ("sub_event_type", "does not belong", change("events", lambda r: r["event_type"] == "Battles", sub_event_type="Statement")),
        ("side_a", "is not in groups", change("events", lambda r: r["side_a"] == "MNLA", side_a="MNLA;Nobody")),
        ("place", "is not in places", change("events", lambda r: r["place"] == "Gao", place="Atlantis")),
        ("place_precision", "goes with a place", change("events", lambda r: r["place"] == "Gao", place_precision="")),
        ("sources", "is not in documents or references", change("events", any_row, sources="wikipedia#999")),
        ("sources", "may not be blank", change("events", any_row, sources="")),
        ("side_a", "a list holds a value twice", change("events", any_row, side_a="Mali;Mali")),
        ("summary", "characters", change("events", any_row, summary="x" * 160)),
        ("note", "blanks", change("events", any_row, note=" two  blanks")),
        ("low", "do not rise", change("casualties", numbered, low="999999")),
        ("best", "is below 0", change("casualties", numbered, best="-1")),
        ("high", "leaves high blank", change("casualties", numbered, open="true", wording="at least")),
        ("wording", "without a number", change("casualties", numbered, low="", best="", high="", wording="")),
        ("rank", "without gaps", change("casualties", any_row, rank="7")),
        ("event_id", "is not in events", change("casualties", numbered, event_id="2012-nothing")),
        ("event_id", "scope event", change("casualties", numbered, scope="total")),
        ("date_start", "has the event's days", change("casualties", numbered, date_start="2012-01-01", date_end="2026-01-01")),
        ("part_of", "is not in casualties", change("casualties", any_row, part_of="nowhere")),
        ("low", "larger than the whole", change("casualties", lambda r: r["part_of"] == "total-niger-killed", low="99", best="99", high="99")),
        ("aliases", "already means", change("groups", lambda r: r["group"] == "MUJAO", aliases="MNLA")),
        ("part_of", "in a ring", change("groups", lambda r: r["group"] == "France", part_of="Operation Serval")),
        ("part_of", "a word for a crowd", change("groups", lambda r: r["group"] == "MUJAO", part_of="Islamists")),
        ("latitude", "go together", change("places", lambda r: r["place"] == "Gao", longitude="")),
        ("latitude", "no point on Earth", change("places", lambda r: r["place"] == "Gao", latitude="116.27")),
        ("within", "in a ring", change("places", lambda r: r["place"] == "Gao", within="Gao Airport")),
        ("other", "is not in groups", change("relations", any_row, other="Nobody")),
        ("relation", "is not one of", change("relations", any_row, relation="loved")),
        ("other", "no relation to itself", change("relations", lambda r: r["group"] == "MNLA", other="MNLA")),
        ("date_end", "before date_start", change("relations", lambda r: r["date_start"] > "2012", date_end="2001")),
        ("date_start", "is no date", change("relations", any_row, date_start="2012-13")),
        ("relation", "in a ring", change("relations", lambda r: r["group"] == "MNLA" and r["relation"] == "ally-of", relation="split-from", other="FPA")),
        ("place", "is not in places", change("control", any_row, place="Atlantis")),
        ("holder", "is not in groups", change("control", any_row, holder="Nobody")),
        ("date_end", "is one day", change("control", lambda r: r["date_precision"] == "by", date_end="2026-01-01")),
        ("fate_basis", "goes with a fate", change("people", lambda r: r["fate"] == "killed", fate_basis="")),
        ("wording", "without a number", change("strengths", lambda r: not r["wording"], low="", high="")),
        ("low", "low is above high", change("strengths", lambda r: r["high"] != "", low="999999999")),
        ("reference", "the key is the document", change("references", lambda r: r["number"] == "214", number="9999")),
    ],
)  # fmt: skip
def test_what_is_broken_on_purpose_is_found(
    tmp_path: Path, column: str, rule: str, breaking: Callable[[Path], None]
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    breaking(folder)
    found = [fault for fault in violations_in(folder) if fault.column == column and rule in fault.rule]
    assert found, [str(fault) for fault in violations_in(folder)][:5]
    assert found[0].path.parent == folder
    assert found[0].line > 1


def test_rows_out_of_order_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    lines = (folder / "groups.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "groups.csv").write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]), encoding="utf-8")
    assert [fault.rule for fault in violations_in(folder)] == [
        "the rows are sorted by group; this one is out of order."
    ]
