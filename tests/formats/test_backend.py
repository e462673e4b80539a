"""Every command works on a foreign file."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset, load
from mali_cli.formats import whole_file
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    HEADLESS,
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_peacekeepers_by_country(mali: Run) -> None:
    result = mali("casualties", "--data", str(FOLDER / "un_fatalities.csv"), "--by", "country")
    assert result.returncode == 0
    rows = {row["country"]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    killed = {country: row["killed_best"] for country, row in rows.items() if row["killed_best"] not in ("", "0")}
    assert killed == dict.fromkeys(("Burkina Faso", "Chad", "Ivory Coast", "Niger", "Togo"), "1")
    died = {country: row["died_other"] for country, row in rows.items() if row["died_other"] not in ("", "0")}
    assert died == {"France": "1", "Ivory Coast": "1", "Norway": "1", "": "2"}
    # "To Be Determined" is no accident and no illness.
    causes = "died_other, not among the killed: 1 by accident, 1 by illness, 1 self-inflicted, 2 of unknown cause."
    assert causes in result.stderr.splitlines()
    assert "12 records" in result.stderr
    assert "10 read" in result.stderr


def test_an_actor_by_our_alias_and_the_data_by_environment(mali: Run) -> None:
    file = str(FOLDER / "acled_a0.csv")
    result = mali("events", "--data", file, "--actor", "MUJAO")
    assert result.returncode == 0
    [event] = csv.DictReader(io.StringIO(result.stdout))
    assert (event["event_id"], event["side_b"], event["killed_best"]) == ("9003MLI", "MUJAO;AQIM", "")
    assert (event["region"], event["country"], event["latitude"]) == ("Gao", "Mali", "16.27")
    closing = [line for line in result.stderr.splitlines() if "records" in line]
    assert len(closing) == 1
    assert "13 records" in closing[0]
    by_environment = mali("events", "--actor", "MUJAO", env={"MALI_DATA": file})
    assert (by_environment.stdout, by_environment.stderr) == (result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("arguments", "name", "expected"),
    [
        (["show", "MUJAO"], "acled_a0", "9003MLI"),
        (["show", "9003MLI"], "acled_a0", "soldiers are back near the river"),
        (["show", "Kidal"], "acled_a0", "a sit-in before the office"),
        (["show", "920101"], "ucdp_u2", "by the ferry"),
        (["groups"], "acled_a4", "Nigerien Gendarmerie"),
        (["places", "--region", "Segou"], "acled_a1", "Koro (Segou),Koro,"),
        (["sources"], "acled_a3", "Dune Gazette"),
        (["sources"], "ucdp_u1", "Invented march ends"),
        (["people"], "acled_a3", "person,"),
        (["relations"], "ucdp_u2", "group,relation,"),
        (["strengths"], "un_fatalities", "group,country,"),
        (["control"], "acled_a2", "place,holder,"),
        (["events", "--by", "year,actor"], "acled_monadic", "2023,JNIM,2,2023-03-07,2023-08-11"),
        (["casualties", "--by", "actor"], "ucdp_u2", "MUJAO"),
    ],
)  # fmt: skip
def test_every_command_works_on_a_file(arguments: list[str], name: str, expected: str) -> None:
    result = CliRunner().invoke(app, [*arguments, "--data", str(FOLDER / f"{name}.csv")], prog_name="mali")
    assert (result.exit_code, result.exception) == (0, None)
    assert expected in result.stdout


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("acled_a3", []),
        ("acled_a4", []),
        ("ucdp_u1", []),
        (HEADLESS, []),
        ("acled_a0", [("13", "event_type", "Trade dispute")]),
        ("acled_a2", []),
        ("acled_monadic", []),
        ("un_fatalities", [("8", "casualty_id", "MINUSMA-2016-07-90007"), ("10", "casualty_id", "MINUSMA-2017-08-90009")]),
    ],
)  # fmt: skip
def test_check_reports_what_breaks_the_rules_of_the_format(name: str, faults: list[tuple[str, ...]]) -> None:
    result = CliRunner().invoke(app, ["check", str(FOLDER / f"{name}.csv")], prog_name="mali")
    rows = csv.DictReader(io.StringIO(result.stdout))
    assert [(row["record"], row["column"], row["value"]) for row in rows] == faults
    assert result.exit_code == bool(faults)


def test_an_unknown_name_writes_no_output(mali: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    for more in ([], ["--output", str(target)]):
        words = ["events", "--data", str(FOLDER / "acled_monadic.csv"), "--civilian-kind", "Farmer", *more]
        result = mali(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("mali: no civilian kind is called 'Farmer'. Did you mean Farmers?")
    assert not target.exists()


def test_a_name_that_the_file_lacks_gives_no_rows() -> None:
    words = ["events", "--data", str(FOLDER / "acled_a0.csv"), "--actor", "Dan na Ambassagou"]
    result = CliRunner().invoke(app, words, prog_name="mali")
    assert result.exit_code == 0
    assert result.stdout.startswith("event_id,date_start,")
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize("words", ["--actor MU", "--source Du", "--columns event_id,summ"])
def test_completion_beside_a_foreign_file(mali: Run, words: str) -> None:
    line = f"mali events --data {FOLDER / 'acled_a0.csv'} {words}".split()
    given = {"_MALI_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(line), "COMP_CWORD": str(len(line) - 1)}
    result = mali(env=given)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_dataset_of_a_file_is_a_dataset() -> None:
    assert isinstance(load(FOLDER / "acled_a3.csv"), Dataset)
    assert isinstance(load(str(FOLDER / "ucdp_u2.csv")), Dataset)


def test_the_last_day_of_a_filtered_file_takes_no_further_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan of the filter has seen the days of all records."""
    expected = load(FOLDER / "acled_a3.csv").backend.last_day()
    filtered = load(FOLDER / "acled_a3.csv").backend.prefiltered("events", {"actor": "JNIM", "until": "2023-08"}, None)
    monkeypatch.setattr(whole_file, "RowReader", lambda *_: pytest.fail("the file is read once more"))
    assert filtered.last_day() == expected
    assert len(filtered.table("events")) == 2


@pytest.mark.parametrize("name", ["gtd", "un_fatalities"])
def test_the_last_day_of_a_file_is_that_of_its_events(name: str) -> None:
    """Of formats without a part that reads days."""
    last = max(event["date_start"] for event in foreign.expected(name, "events"))
    assert str(load(FOLDER / f"{name}.csv").backend.last_day()) == last
