"""Names in foreign files are translated to ours only where they mean the same."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.detect import FORMATS
from mali_cli.model.names import join_or
from tests.conftest import ROOT
from tests.support.lookalikes import FOLDER, edited, store, where

Run = Callable[..., "subprocess.CompletedProcess[str]"]
INVENTED = str(ROOT / "docs" / "compare" / "invented.csv")


@pytest.mark.parametrize(
    ("name", "country", "key"),
    [
        ("IS", "Mali", "Islamic State in the Sahel"),
        ("IS", "Syria", "IS"),
        ("Government of Russia (Soviet Union)", "Mali", "Wagner Group"),
        ("Government of Russia (Soviet Union)", "Ukraine", "Government of Russia (Soviet Union)"),
        ("PLA", "India", "PLA"),
        ("Fulani", "Nigeria", "Fulani"),
        ("AQIM", "Algeria", "AQIM"),
        ("JNIM", "Benin", "JNIM"),
        ("Government of France", "Central African Republic", "French Armed Forces"),
        ("Civilians", "Mexico", "Civilians"),
        ("Military Forces of Mali (2013-2020)", "Burkina Faso", "Malian Armed Forces"),
        ("Police Forces of Mali (2013-) Gendarmerie", "Mali", "Malian Gendarmerie"),
        ("Military Forces of Senegal (2012-)", "Senegal", "Military Forces of Senegal"),
        ("Government o; Mali", "Mali", "Government o, Mali"),
    ],
)
def test_a_name_means_our_group_only_in_its_countries(name: str, country: str, key: str) -> None:
    crosswalk = NameCrosswalk()
    assert crosswalk.group_key(name, country) == key
    assert (key in crosswalk.unknown_groups) == (key not in crosswalk.matched_groups)


@pytest.mark.parametrize(("name", "ours"), [("Côte dIvoire", "Ivory Coast"), ("Russia (Soviet Union)", "Russia"), ("Nepal", "Nepal"), ("", None)])  # fmt: skip
def test_countries(name: str, ours: str | None) -> None:
    assert NameCrosswalk().country_name(name) == ours


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
        f"mali: {tmp_path / 'other.db'} cannot be read as a converted dataset: no such table"
    )
