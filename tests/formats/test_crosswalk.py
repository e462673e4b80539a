"""Names in foreign files are translated to ours only where they mean the same."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.detect import FORMATS
from mali_cli.model.civilian_kinds import civilian_kind
from mali_cli.model.names import join_or
from tests.conftest import ROOT
from tests.support.lookalikes import FOLDER, edited, store, where

Run = Callable[..., "subprocess.CompletedProcess[str]"]
JNIM = "JNIM: Group for Support of Islam and Muslims"
INVENTED = str(ROOT / "docs" / "compare" / "invented.csv")


@pytest.mark.parametrize(
    ("format_name", "name", "country", "key"),
    [
        ("UCDP", "IS", "Mali", "Islamic State in the Sahel"),
        ("UCDP", "IS", "Syria", "IS"),
        ("UCDP", "Government of Russia (Soviet Union)", "Mali", "Wagner Group"),
        ("UCDP", "Government of Russia (Soviet Union)", "Ukraine", "Government of Russia (Soviet Union)"),
        ("ACLED", "PLA", "India", "PLA"),
        ("ACLED", "Fulani", "Nigeria", "Fulani"),
        ("UCDP", "AQIM", "Algeria", "AQIM"),
        ("UCDP", "JNIM", "Benin", "JNIM"),
        ("UCDP", "Civilians", "Mexico", "Civilians"),
        ("ACLED", "Civilians (Niger)", "Niger", "Civilians"),
        ("ACLED", "Rioters (Niger)", "Niger", "Rioters (Niger)"),
        # A government is a state for ACLED and an army for UCDP.
        ("UCDP", "Government of France", "Central African Republic", "French Armed Forces"),
        ("UCDP", "Government of Mali", "Mali", "Malian Armed Forces"),
        ("ACLED", "Government of Mali (2013-)", "Mali", "Mali"),
        ("UCDP", "Government of Senegal", "Senegal", "Government of Senegal"),
        # Years of a regime do not matter; what follows them may be another body.
        ("ACLED", "Military Forces of Mali (2013-2020)", "Burkina Faso", "Malian Armed Forces"),
        ("ACLED", "Military Forces of Chad", "Mali", "Chadian Armed Forces"),
        ("ACLED", "Military Forces of Mauritania (2008-2019)", "Mali", "Mauritanian Armed Forces"),
        ("ACLED", "Police Forces of Mali (2013-) Gendarmerie", "Mali", "Malian Gendarmerie"),
        ("ACLED", "Military Forces of Senegal (2012-)", "Senegal", "Military Forces of Senegal"),
        # In "acronym: name" one of the two is enough, but an acronym alone only in the Sahel.
        ("ACLED", "MAA: Arab Movement of the Azawad (CMA)", "Mali", "MAA"),
        ("ACLED", "MAA: Arab Movement of the Azawad (Platform)", "Mali", "MAA-Loyaliste"),
        ("ACLED", "EUTM Mali: a name that is not ours", "Mali", "EUTM Mali"),
        ("ACLED", "MSA: a name that is not ours", "Chad", "MSA: a name that is not ours"),
        ("ACLED", "Other acronym: Ansar Dine", "Chad", "Ansar Dine"),
        ("ACLED", "MNLA: Ansar Dine", "Mali", "MNLA: Ansar Dine"),
        # A joint actor is neither of the two.
        ("ACLED", f"{JNIM} and/or Islamic State (Sahel)", "Niger", "JNIM and/or Islamic State"),
        ("ACLED", f"{JNIM} and/or Islamic State Sahel Province (ISSP)", "Mali", "JNIM and/or Islamic State"),
        ("ACLED", f"{JNIM} and/or Boko Haram", "Mali", f"{JNIM} and/or Boko Haram"),
        ("ACLED", "Government o; Mali", "Mali", "Government o, Mali"),
    ],
)
def test_a_name_means_our_group_only_in_its_countries(format_name: str, name: str, country: str, key: str) -> None:
    crosswalk = NameCrosswalk(format_name)
    assert crosswalk.group_key(name, country, crosswalk.era("2023-08-01")) == key
    assert (key in crosswalk.unknown_groups) == (key not in crosswalk.matched_groups)


@pytest.mark.parametrize(
    ("format_name", "name", "day", "key"),
    [
        ("UCDP", "Government of Russia (Soviet Union)", "2025-06-05", "Wagner Group"),
        ("UCDP", "Government of Russia (Soviet Union)", "2025-06-06", "Africa Corps"),
        ("ACLED", "Mutiny of Military Forces of Mali (2002-2012)", "2012-03-21", "Green Berets"),
        ("ACLED", "Mutiny of Military Forces of Mali (2013-2020)", "2020-08-18", "Mutineers of Mali's army"),
    ],
)
def test_a_name_may_change_its_meaning(format_name: str, name: str, day: str, key: str) -> None:
    crosswalk = NameCrosswalk(format_name)
    assert crosswalk.group_key(name, "Mali", crosswalk.era(day)) == key


def test_the_names_of_actors_of_mali_are_known() -> None:
    """Of the names that ACLED and UCDP have published for actors of Mali, all but codes are known."""
    with open(ROOT / "tests" / "support" / "actors_of_mali.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unknown: dict[str, list[str]] = {"ACLED": [], "UCDP": []}
    kinds = 0
    for row in rows:
        crosswalk = NameCrosswalk(row["format"])
        key = crosswalk.group_key(row["name"], "Mali", crosswalk.era("2023-08-01"))
        if row["format"] == "ACLED" and civilian_kind(row["name"]):
            kinds += 1
        elif key in crosswalk.unknown_groups:
            unknown[row["format"]].append(key)
    assert unknown == {"ACLED": [], "UCDP": ["XXX70"]}  # a code for a group that has no name yet
    counts = {name: sum(row["format"] == name for row in rows) for name in unknown}
    text = " ".join((ROOT / "docs" / "foreign-files.md").read_text(encoding="utf-8").split())
    assert (
        f"all {counts['ACLED']} names of ACLED are known, {counts['ACLED'] - kinds} as groups and {kinds} as civilian "
        f"kinds, and {counts['UCDP'] - 1} of {counts['UCDP']} names of UCDP"
    ) in text


def test_a_typed_name_may_be_one_of_a_file() -> None:
    """It means any group that the name may mean there; for our own tables only groups that are in them."""
    assert NameCrosswalk("ACLED").groups_called("Dogon Ethnic Militia") == ["Dogon militia"]
    assert NameCrosswalk("ACLED").groups_called("Military Forces of Mali (2021-)") == ["Malian Armed Forces"]
    assert NameCrosswalk("UCDP").groups_called("Government of Russia (Soviet Union)") == [
        "Africa Corps",
        "Wagner Group",
    ]
    assert NameCrosswalk().groups_called("Government of Russia (Soviet Union)") == ["Wagner Group"]
    assert NameCrosswalk().groups_called("Dogon Ethnic Militia") == []
    for typed in ("Military Forces of Chad (2021-)", "group:Military Forces of Chad"):
        assert load().resolver.resolve_entity(typed) == ("group", "Chadian Armed Forces")


@pytest.mark.parametrize(("name", "ours"), [("Côte dIvoire", "Ivory Coast"), ("Russia (Soviet Union)", "Russia"), ("Nepal", "Nepal"), ("", None)])  # fmt: skip
def test_countries(name: str, ours: str | None) -> None:
    assert NameCrosswalk().country_name(name) == ours


def test_a_joint_actor_belongs_to_both_and_counts_once() -> None:
    war = load(FOLDER / "acled_a1.csv")
    both = war.answer("events", actor=["JNIM", "ISGS"])
    assert list(both.frame["event_id"]) == ["MLI9101", "MLI9104", "MLI9103", "MLI9105"]
    assert both.notes[1:] == (
        "--actor JNIM includes JNIM and/or Islamic State, which may not be JNIM; an event counts once.",
        "--actor ISGS includes JNIM and/or Islamic State, which may not be Islamic State in the Sahel; an event counts once.",
    )
    assert "counts once" not in " ".join(war.answer("events", actor="MSA").notes)


def test_one_of_our_names_that_the_file_lacks_is_reported(mali: Run) -> None:
    result = mali("events", "--data", INVENTED, "--actor", "Wagner", "--format", "json")
    assert (result.returncode, result.stdout) == (0, "[]\n")
    assert result.stderr.splitlines()[-1] == "invented.csv does not mention Wagner Group."
    result = mali("events", "--data", str(FOLDER / "un_fatalities.csv"), "--in", "Mali")
    assert result.stderr.splitlines()[-1] == "un_fatalities.csv has no location data."


@pytest.mark.parametrize("command", ["events", "casualties", "check"])
def test_an_empty_data_option_is_an_error(mali: Run, command: str) -> None:
    """An empty shell variable must not turn our numbers into those of a file."""
    result = mali(command, "--data", "")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("mali: --data is empty")


def test_pipes_and_sockets_are_refused(mali: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("fifo", "socket"):
            for command in ("events", "check"):
                result = mali(command, "--data", str(tmp_path / name))
                expected = f"mali: {tmp_path / name} is a pipe or a device; --data takes a file that can be read more than once.\n"  # fmt: skip
                assert (result.returncode, result.stdout, result.stderr) == (1, "", expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", INVENTED, "--format-in", "ucdp"], f"{INVENTED} is not a file of UCDP; its columns are those of ACLED."),
        (["--data", INVENTED, "--format-in", "aclid"], f"no format is called 'aclid'. Did you mean acled? Allowed: {join_or(list(FORMATS))}."),
        (["--format-in", "acled"], "--format-in needs --data: it names the format of that file."),
        (["--data", str(ROOT / "data"), "--format-in", "acled"], f"--format-in names the format of a data file; {ROOT / 'data'} is a folder."),
        (["--data", str(ROOT / "data" / "events.csv")], f"{ROOT / 'data' / 'events.csv'} is one table of a dataset; --data takes the folder that holds it."),
    ],
)  # fmt: skip
def test_a_wrong_format_option_is_an_error(mali: Run, arguments: list[str], message: str) -> None:
    result = mali("events", *arguments)
    assert (result.returncode in (1, 2), result.stdout, result.stderr) == (True, "", f"mali: {message}\n")


def test_an_unknown_event_type_is_a_violation_of_its_record_only(mali: Run, tmp_path: Path) -> None:
    path = store(tmp_path / "picnic.csv", edited("acled_a3", where("MLI9303", event_type="Picnic")))
    result = mali("check", str(path), "--columns", "record,column,value")
    assert result.stdout == "record,column,value\n3,event_type,Picnic\n"
    assert load(path).answer("events").notes[-1] == "Event types that ACLED does not have are left blank: Picnic."
    store(path, edited("acled_a3", where("MLI9303", sub_event_type="Boat race")))
    assert load(path).answer("events").notes[-1] == "Event types that ACLED does not have are left blank: Boat race."


def test_sources_of_a_file_are_its_own(mali: Run) -> None:
    result = mali("sources", "--data", INVENTED, "--columns", "source")
    assert result.stdout == "source\nNobody\n"


def test_a_database_of_another_program_is_refused(mali: Run, tmp_path: Path) -> None:
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE events (id)")
        connection.commit()
    result = mali("events", "--data", str(tmp_path / "other.db"))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"mali: {tmp_path / 'other.db'} was not made by `mali convert`: it has no table datapackage."
    )
