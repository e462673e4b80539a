"""The Global Terrorism Database: unknown days and numbers, shares of linked attacks, claims and suspicions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.formats.gtd import Gtd
from mali_cli.formats.gtd_codes import ALL_COLUMNS, event_types
from mali_cli.formats.records import EventRecord, RecordError
from tests.support import lookalikes as foreign
from tests.support.lookalikes import FOLDER, edited, records, where
from tests.support.quirks import of_columns

Run = Callable[..., subprocess.CompletedProcess[str]]

CUT = [
    *("eventid", "iyear", "imonth", "iday", "country_txt", "provstate", "city", "latitude", "longitude"),
    *("attacktype1_txt", "targtype1_txt", "gname", "nkill", "nwound"),
]


def _parsed(number: int, **cells: str) -> EventRecord:
    """Return the event of a record of the look-alike, with some cells changed."""
    header, *rows = records("gtd")
    row = rows[number]
    for column, cell in cells.items():
        row[header.index(column)] = cell
    return Gtd(header).parse_record(row)


def test_the_columns_are_the_135_of_the_codebook() -> None:
    header = records("gtd")[0]
    assert len(header) == 135
    assert {column.lower() for column in header} == ALL_COLUMNS


@pytest.mark.parametrize(
    ("attack", "target", "suicide", "types"),
    [
        ("Armed Assault", "Military", False, ("Battles", "Armed clash")),
        ("Armed Assault", "Private Citizens & Property", False, ("Violence against civilians", "Attack")),
        ("Assassination", "Police", False, ("Battles", "Armed clash")),
        ("Unarmed Assault", "Unknown", False, (None, None)),
        ("Bombing/Explosion", "Military", True, ("Explosions/Remote violence", "Suicide bomb")),
        ("Bombing/Explosion", "Unknown", False, ("Explosions/Remote violence", None)),
        ("Hijacking", "Tourists", False, ("Violence against civilians", "Abduction/forced disappearance")),
        ("Hostage Taking (Kidnapping)", "Military", False, (None, None)),
        ("Unknown", "Business", False, (None, None)),
    ],
)
def test_types(attack: str, target: str, suicide: bool, types: tuple[str | None, str | None]) -> None:
    assert event_types(attack, target, suicide) == types


@pytest.mark.parametrize("unknown", ["", "-9", "-99", "-99.0"])
def test_unknown_numbers_are_no_figures(unknown: str) -> None:
    assert _parsed(0, nkill=unknown, nkillter=unknown, nwound=unknown, nwoundte=unknown).figures == []
    [attackers] = _parsed(0, nkill=unknown, nwound=unknown).figures
    assert (attackers.tally, attackers.part_of, attackers.best) == ("attackers:killed", None, 1)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("0.5", (0, 1, 1)),
        ("1.5", (1, 2, 2)),
        ("4.5", (4, 4, 5)),
        ("2.33", (2, 2, 3)),
        ("7.0", (7, 7, 7)),
        ("0", (0, 0, 0)),
    ],
)
def test_shares_of_linked_attacks(cell: str, numbers: tuple[int, int, int]) -> None:
    figure = _parsed(1, nkill=cell).figures[0]
    assert (figure.low, figure.best, figure.high) == numbers
    assert figure.wording == (cell if numbers[0] != numbers[2] else None)


def test_a_note_says_that_shares_are_rounded() -> None:
    said = "are rounded; low and high are the whole numbers around them."
    for name, notes in {"gtd": 1, "acled_a3": 0}.items():
        dataset = load(FOLDER / f"{name}.csv")
        dataset.table("events")
        assert sum(note.endswith(said) for note in dataset.backend.reading_notes) == notes


def test_claims_and_suspicions() -> None:
    groups = {"gname": "Ansar al-Dine (Mali)", "gname2": "Al-Mourabitoun"}
    both = _parsed(0, **groups, claimed="1", claim2="1", guncertain1="1", guncertain2="1")
    assert (both.basis, both.responsibility) == ("suspected", ("Ansar Dine", "Al-Mourabitoun"))
    one = _parsed(0, **groups, claimed="-9", claim2="", guncertain1="0", guncertain2="1")
    assert (one.basis, one.responsibility) == ("reported", ())
    assert one.note == "Terrorists/Non-State Militia; suspected: Al-Mourabitoun"
    nobody = _parsed(0, gname="Unknown", guncertain1="1", claimed="0")
    assert (nobody.basis, nobody.side_a) == ("reported", ())


@pytest.mark.parametrize(
    ("cells", "side_b"),
    [
        ({"targtype1_txt": "Journalists & Media", "corp1": "Radio Sable"}, ("Civilians",)),
        ({"targtype1_txt": "Military", "corp1": "", "natlty1_txt": "France"}, ("French Armed Forces",)),
        ({"targtype1_txt": "Military", "corp1": "", "natlty1_txt": "Peru"}, ("Military Forces of Peru",)),
        ({"targtype1_txt": "Military", "corp1": "", "natlty1_txt": "International"}, ()),
        ({"targtype1_txt": "Government (General)", "corp1": "Town Hall", "natlty1_txt": "Mali"}, ("Mali",)),
        ({"targtype1_txt": "Terrorists/Non-State Militia", "corp1": "An Unheard-of Band"}, ()),
    ],
)
def test_targets(cells: dict[str, str], side_b: tuple[str, ...]) -> None:
    assert _parsed(0, **cells).side_b == side_b


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"eventid": ""}, "eventid"),
        ({"eventid": "2.01211E+11"}, "eventid"),
        ({"iyear": "12"}, "iyear"),
        ({"imonth": "13"}, "iday"),
        ({"iday": "31"}, "iday"),
        ({"iday": "mid"}, "iday"),
        ({"specificity": "6"}, "specificity"),
        ({"nkill": "many"}, "nkill"),
        ({"nkill": "-3"}, "nkill"),
    ],
)
def test_a_record_that_cannot_be_read(cells: dict[str, str], column: str) -> None:
    with pytest.raises(RecordError) as error:
        _parsed(0, **cells)
    assert error.value.column == column


def test_numbers_as_pandas_writes_them(tmp_path: Path) -> None:
    numbers = of_columns(
        "eventid iyear imonth iday nkill nkillter nwound specificity suicide claimed guncertain1",
        lambda cell: cell and f"{float(cell):.1f}",
    )
    path = foreign.store(tmp_path / "floats.csv", numbers(foreign.raw("gtd")))
    foreign.assert_as_expected(foreign.tables(path), "gtd")


def test_a_cut(tmp_path: Path) -> None:
    header, *rows = records("gtd")
    positions = [header.index(column) for column in CUT]
    data = foreign.written([CUT, *([row[i] for i in positions] for row in rows)])
    path = foreign.store(tmp_path / "cut.csv", data)
    dataset = load(path)
    events = {row["event_id"]: row for row in foreign.rendered(dataset, "events")}
    assert dataset.backend.notes[0].endswith("GTD, some of its columns: 9 records: 9 read.")
    assert "The file has no specificity: how closely places are known is not stated." in dataset.backend.reading_notes
    whole = {row["event_id"]: row for row in foreign.expected("gtd", "events")}
    for column in ("date_start", "date_precision", "place", "side_a"):
        first_groups = {key: row[column].partition(";")[0] for key, row in whole.items()}
        assert {key: row[column] for key, row in events.items()} == first_groups
    assert events["201300009903"]["place_precision"] == "country"


def test_more_attackers_than_dead_is_a_violation() -> None:
    violations, _ = load(FOLDER / "gtd.csv").backend.validate()
    assert [(v.column, v.value, v.rule) for v in violations] == [("nkillter", "2", "this is more than nkill, 1.")]


def test_a_gtd_file_answers_the_commands(mali: Run, tmp_path: Path) -> None:
    path = str(FOLDER / "gtd.csv")
    answers = [mali(*words, "--data", path) for words in (["events"], ["casualties", "--by", "year"], ["map"])]
    assert [answer.returncode for answer in answers] == [0, 0, 0]
    assert mali("convert", path, str(tmp_path / "tables"), "--to", "csv").returncode == 0
    again = mali("casualties", "--by", "year", "--data", str(tmp_path / "tables"))
    assert again.stdout == answers[1].stdout


def test_one_attack_in_two_files_is_one_event(tmp_path: Path) -> None:
    foreign.store(tmp_path / "1.csv", foreign.raw("gtd"))
    foreign.store(tmp_path / "2.csv", edited("gtd", where("201701189907", nkill="6")))
    sums = load(tmp_path).answer("casualties", by=["event"], place=["Ayorou"]).frame
    assert sums["killed_best"].tolist() == [6]
