"""GDELT's events: raw files without a header, CAMEO codes, places."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.formats.gdelt import EXCEPTIONS, ROOTS, Gdelt
from mali_cli.formats.records import RecordError
from tests.conftest import ROOT
from tests.support import lookalikes as foreign
from tests.support.lookalikes import FOLDER, assert_as_expected, edited, records, where, written
from tests.support.quirks import archive, of_columns

Run = Callable[..., subprocess.CompletedProcess[str]]

NO_TOLLS = "mentions are not events, several records may report one event, and none says how many were killed."


def _without_header(columns: int) -> bytes:
    """The look-alike as GDELT publishes it; version 1.0 has no columns of second-order divisions."""
    header, *rows = records("gdelt")
    kept = [i for i, column in enumerate(header) if columns == 61 or not column.endswith("ADM2Code")]
    assert len(kept) == columns
    return written(([row[i] for i in kept] for row in rows), delimiter="\t")


@pytest.mark.parametrize(("columns", "version"), [(58, "1.0"), (61, "2.0")])
def test_raw_files_have_no_header(tmp_path: Path, columns: int, version: str) -> None:
    raw = _without_header(columns)
    zipped = archive(**{"20150401.export__CSV": raw})
    for name, data in {"20150401101500.export.CSV": raw, "20150401.export.CSV.zip": zipped}.items():
        path = foreign.store(tmp_path / name, data)
        assert_as_expected(foreign.tables(path), "gdelt")
        dataset = load(path, format_in="gdelt")
        dataset.table("events")
        assert dataset.backend.notes[0].endswith(f"GDELT, events {version}: 9 records: 9 read.")
        assert dataset.backend.reading_notes[0].endswith(NO_TOLLS)


def test_codes_of_which_a_program_dropped_the_first_zero(tmp_path: Path) -> None:
    header, *rows = records("gdelt")
    code = of_columns("eventcode eventbasecode eventrootcode", lambda cell: str(int(cell)))
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "numbers.csv", code(written([header, *rows])))), "gdelt")


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("193", ("Fight (CAMEO 193)", "Battles", None)),
        ("1952", ("Fight (CAMEO 1952)", "Explosions/Remote violence", "Air/drone strike")),
        ("141", ("Protest (CAMEO 141)", "Protests", None)),
        ("1821", ("Assault (CAMEO 1821)", "Violence against civilians", "Sexual violence")),
        ("1823", ("Assault (CAMEO 1823)", "Violence against civilians", None)),
        ("211", ("Appeal (CAMEO 0211)", None, None)),
        ("51", ("Diplomatic cooperation (CAMEO 051)", None, None)),
        ("10", ("Public statement (CAMEO 010)", None, None)),
    ],
)
def test_types_of_cameo_codes(code: str, types: tuple[str, str | None, str | None]) -> None:
    header, row, *_ = records("gdelt")
    row[header.index("EventCode")] = code
    event = Gdelt(header).parse_record(row)
    assert (event.summary.partition(",")[0], event.event_type, event.sub_event_type) == types


@pytest.mark.parametrize(("root", "act"), [("19", "Fight (CAMEO 19)"), ("5", "Diplomatic cooperation (CAMEO 05)")])
def test_a_root_alone(root: str, act: str) -> None:
    header, row, *_ = records("gdelt")
    row[header.index("EventCode")] = row[header.index("EventBaseCode")] = ""
    row[header.index("EventRootCode")] = root
    assert Gdelt(header).parse_record(row).summary.startswith(act)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("EventCode", "---"), ("EventCode", "2599"), ("SQLDATE", "20120431"), ("SQLDATE", ""), ("GLOBALEVENTID", " ")],
)
def test_a_record_that_cannot_be_read(column: str, cell: str) -> None:
    header, row, *_ = records("gdelt")
    row[header.index(column)] = cell
    with pytest.raises(RecordError, match=column.lower()):
        Gdelt(header).parse_record(row)


@pytest.mark.parametrize(
    ("geo_type", "name", "place", "region", "country"),
    [
        ("1", "Mali", "Mali", "", "Mali"),
        ("1", "Gambia, The", "Gambia, The", "", "Gambia, The"),
        ("2", "Texas, United States", "Texas", "Texas", "United States"),
        ("4", "London, London, City of, United Kingdom", "London", "London", "United Kingdom"),
        ("4", "Ouagadougou, Kadiogo, Burkina Faso", "Ouagadougou", "Kadiogo", "Burkina Faso"),
        ("5", "Abkhazia, Abkhazia**, Georgia", "Abkhazia", "Abkhazia", "Georgia"),
    ],
)
def test_places(geo_type: str, name: str, place: str, region: str, country: str) -> None:
    point = Gdelt(records("gdelt")[0]).parse_location((geo_type, name, "1.5", "-2"))
    assert point == (country, region, place, 1.5, -2.0, None)


def test_answers_say_that_mentions_are_not_events(mali: Run, tmp_path: Path) -> None:
    path = str(FOLDER / "gdelt.csv")
    for command in (["events", "--actor", "MNLA"], ["casualties", "--by", "year"], ["map"]):
        answer = mali(*command, "--data", path)
        assert answer.returncode == 0, answer.stderr
        assert NO_TOLLS in answer.stderr
    assert mali("convert", path, str(tmp_path / "tables"), "--to", "csv").returncode == 0
    converted = mali("casualties", "--by", "year", "--data", str(tmp_path / "tables"))
    assert (converted.returncode, NO_TOLLS in converted.stderr) == (0, True)


def test_one_id_in_two_files_is_one_event(tmp_path: Path) -> None:
    foreign.store(tmp_path / "1.csv", foreign.raw("gdelt"))
    foreign.store(tmp_path / "2.csv", edited("gdelt", where("930000001", NumMentions="99")))
    events = {row["event_id"]: row["note"] for row in foreign.rendered(load(tmp_path), "events")}
    assert len(events) == 9
    assert events["930000001"].startswith("99 mentions")


def test_the_codes_in_the_docs_are_those_of_the_program() -> None:
    text = (ROOT / "docs" / "foreign-files.md").read_text(encoding="utf-8")
    section = text.partition("## GDELT")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^|]*)` \| ([^|]*?) \| ([^|]*?) \|$", section, re.MULTILINE)
    in_docs = {code: (kind, sub) for codes, kind, sub in rows for code in re.split("`, `", codes)}
    roots = {root: (kind or "", "") for root, (_, kind) in ROOTS.items() if kind}
    assert in_docs == roots | {code: (kind, sub or "") for code, (kind, sub) in EXCEPTIONS.items()}
