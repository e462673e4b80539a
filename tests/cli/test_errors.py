"""Bad input gives one line that says what is wrong and what would be right, and an exit code; no data are lost."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from tests.support.tables import write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]

ONE_EVENT = {"events": [{"event_id": "2012-01-01-one", "date_start": "2012-01-01"}]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("events --actor MNLB", "no group is called 'MNLB'. Did you mean MNLA"),
        ("events --actor Zyzzyva", "no group is called 'Zyzzyva'. `mali groups` lists all."),
        ("events --actor ''", "no group is called ''."),
        ("events --place Gaoo", "no place is called 'Gaoo'. Did you mean Gao"),
        ("events --type Battle", "no event type is called 'Battle'. Did you mean Battles"),
        ("events --region Gaooo", "no region is called 'Gaooo'. Did you mean Gao"),
        ("events --type Massacre", "no event type is called 'Massacre'. Allowed: Battles, Protests, Riots, Explosions/Remote violence, Violence against civilians, Strategic developments; and sub-event types, which `mali columns sub_event_type` lists."),
        ("events --in Malli", "no country is called 'Malli'. Did you mean Mali"),
        ("events --in Mars", "no country is called 'Mars'. `mali groups --kind state` lists most."),
        ("events --source wikipaedia", "no source is called 'wikipaedia'. Did you mean wikipedia"),
        ("events --columns event_id,summery", "no column is called 'summery'. Did you mean summary"),
        ("events --sort dat_start", "no column is called 'dat_start'. Did you mean date_start"),
        ("events --format cvs", "no format is called 'cvs'. Did you mean csv"),
        ("events --by yeer", "no key of --by is called 'yeer'. Did you mean year"),
        ("events --by event_typ", "no key of --by is called 'event_typ'. Did you mean event-type? Allowed: year, quarter,"),
        ("casualties --by contry", "no key of --by is called 'contry'. Did you mean country"),
        ("casualties --harm kiled", "no harm is called 'kiled'. Did you mean killed"),
        ("casualties --scope war", "no scope is called 'war'. Allowed: event, period, total or wider."),
        ("casualties --according-to Reutters", "no claimant is called 'Reutters'."),
        ("groups --kind armie", "no kind is called 'armie'. Did you mean army"),
        ("groups --camp rebels", "no camp is called 'rebels'."),
        ("events --from 2012-13", "--from 2012-13: there is no month 13."),
        ("events --from 31-12-2012", "--from takes a year, month or day such as 2012, 2012-06 or 2012-06-27, not '31-12-2012'."),
        ("events --to 2013-02-30", "--to 2013-02-30: there is no such day; February 2013 has 28 days."),
        ("events --to 0000", "--to takes a year, month or day"),
        ("events --from 2013 --to 2012", "--to 2012 is before --from 2013."),
        ("events --dates sure", "no choice of --dates is called 'sure'. Allowed: certain, possible or all."),
        ("events --dates possible", "--dates possible needs a period: --from, --to or --on."),
        ("casualties --dates possible --by year", "--dates possible needs a period: --from, --to or --on."),
        ("events --limit -1", "--limit takes a whole number from 1 up, not '-1'."),
        ("events --limit 0", "--limit takes a whole number from 1 up, not '0'."),
        ("events --limit ten", "--limit takes a whole number from 1 up, not 'ten'."),
        ("events --rolling 1 --by year", "--rolling takes a whole number from 2 up, not '1'."),
        ("events --interaction army --data tests/lookalikes/acled_a3.csv", "--interaction takes two kinds of actors such as State forces-Civilians, one such as Civilians only, or a code such as 17, not 'army'. The kinds are State forces, "),
        ("events --interaction 17", "the events of these tables do not state an interaction; --interaction is for files of ACLED with the column interaction."),
        ("casualties --by disorder-type", "the events of these tables do not state a disorder type; --by disorder-type is for"),
        ("map --civilian-targeting --data tests/lookalikes/acled_a2.csv", "the events of acled_a2.csv do not state whether civilians were the target; --civilian-targeting is for files of ACLED with the column civilian_targeting."),
        ("events --min-killed x", "--min-killed takes a whole number from 0 up, not 'x'."),
        ("events --near Gao", "--near takes a place and kilometres such as Gao:50, not 'Gao'."),
        ("events --near Gao:far", "--near takes a place and kilometres such as Gao:50, not 'Gao:far'."),
        ("events --near Mali:50", "--near takes a town or another point; Mali has no coordinates of its own."),
        ("events --against MNLA", "--against needs --actor"),
        ("events --actor", "option '--actor' requires an argument. See `mali events --help`."),
        ("events --actr MNLA", "no such option: --actr. Did you mean --actor? See `mali events --help`."),
        ("events --zzz 1", "no such option: --zzz. See `mali events --help`."),
        ("events Ansar Dine", "got unexpected extra argument(s) (Dine). A name of several words needs quotes. See `mali events --help`."),
        ("check one two", "got unexpected extra argument(s) (two). See `mali check --help`."),
        ("events Mali", "'Mali' has several meanings: `mali events --actor Mali` or `mali events --place Mali`."),
        ("groups Gao", "Gao is a place, which `mali groups` does not take: `mali show place:Gao`."),
        ("events Goa", "nothing is called 'Goa'. Did you mean `mali events --place Gao`?"),
        ("events 2012-06", "nothing is called '2012-06'. Did you mean `mali events --on 2012-06`?"),
        ("events coup", "nothing is called 'coup'. Did you mean `mali events --type Coup`?"),
        ("groups Jihadist", "nothing is called 'Jihadist'. Did you mean `mali groups --kind jihadist` or `mali groups --camp jihadist`?"),
        ("people Iyad", "nothing is called 'Iyad'. Did you mean `mali people 'Iyad Ag Ghaly'`?"),
        ("places MNLB", "nothing is called 'MNLB'. `mali places --help` lists the options."),
        ("show Goa", "nothing is called 'Goa'. Did you mean Gao?"),
        ("help foo", "no topic, term or command is called 'foo'. `mali help` lists the topics."),
        ("help taly", "no topic, term or command is called 'taly'. Did you mean tally?"),
        ("columns foo", "no table, command or column is called 'foo'. Tables and commands: events, groups,"),
        ("columns bassis", "no table, command or column is called 'bassis'. Did you mean basis, "),
        ("search coup", "no such command 'search'. Did you mean `mali events --text WORDS`? See `mali --help`."),
        ("evnts", "no such command 'evnts'. Did you mean 'events'? See `mali --help`."),
        ("events --output x.xls", "'x.xls' has no suffix that --output can write: .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson.\n"),
        ("events --output x.png", "'x.png' has no suffix that --output can write: .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson. Pictures are drawn by timeline, map, casualties --by, control, lineage and relations, pages by timeline and map."),
        ("events --output x.csv --format table", "--format table is for the terminal"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_exits_with_2_and_one_line(mali: Run, arguments: str, message: str) -> None:
    import shlex

    result = mali(*shlex.split(arguments))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"mali: {message}")
    assert result.stderr.count("\n") == 1


def test_an_ambiguous_name_is_refused_with_its_meanings(mali: Run, tmp_path: Path) -> None:
    groups = [{"group": "FLA", "aliases": "the Front"}, {"group": "FPA", "aliases": "The  Front"}]
    folder = write_dataset(tmp_path, groups=groups, **ONE_EVENT)
    result = mali("events", "--data", str(folder), "--actor", "the front")
    assert (result.returncode, result.stderr) == (2, "mali: 'the front' may mean FLA or FPA; say which group.\n")


def test_the_shell_and_the_test_runner_get_the_same_output(mali: Run) -> None:
    runner = CliRunner()
    for arguments in (["events", "--actor", "MNLB"], ["evnts"], ["events", "--limit", "-1"], ["--version"]):
        ours = runner.invoke(app, arguments, prog_name="mali")
        theirs = mali(*arguments)
        assert (ours.exit_code, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def write_damaged(folder: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    file = write_dataset(folder, **ONE_EVENT) / name
    file.write_bytes(change(file.read_bytes()))
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: b.replace(b",date_end,", b",date_last,"), ", line 1: the column date_end is missing."),
        (lambda b: b.replace(b",note,", b",summary,"), ", line 1: the column note is missing."),
        (lambda b: b"", ", line 1: the column event_id, date_start,"),
        (lambda b: b.replace(b"2012-01-01,day", b"2012-02-30,day"), ", line 2, date_end: '2012-02-30' is not a date."),
        (lambda b: b.replace(b"2012-01-01,day", b"1 Jan 2012,day"), ", line 2, date_end: '1 Jan 2012' is not a date."),
        (lambda b: b.replace(b",day,", b",hour,"), ", line 2, date_precision: 'hour' is not one of day, range, week,"),
        (lambda b: b.replace(b",day,", b",,"), ", line 2, date_precision: this cell may not be blank."),
        (lambda b: b + b.splitlines(keepends=True)[1], ", line 3, event_id: duplicate key '2012-01-01-one';"),
        (lambda b: b + b'2012-01-02-two,"2012', ", line 3: a quote is unclosed or misplaced"),
        (lambda b: b.replace(b"Two sides", b'"Two" sides'), ", line 2: a quote is unclosed or misplaced"),
        (lambda b: b.replace(b"Two", b"\xc9\xe9"), ", line 2: this is not UTF-8; save the file as UTF-8."),
        (lambda b: b.replace(b"Two", b"T\0o"), ", line 2: there is a NUL byte; the file is damaged."),
        (lambda b: b + b"one,two\n", ", line 3: 2 fields where the header has 20."),
        (lambda b: b.decode().encode("utf-16"), ", line 1: "),
    ],
)  # fmt: skip
def test_invalid_data_exit_with_1_and_one_line(
    mali: Run, tmp_path: Path, change: Callable[[bytes], bytes], message: str
) -> None:
    folder = write_damaged(tmp_path / "damaged", "events.csv", change)
    before = (folder / "events.csv").read_bytes()
    result = mali("events", "--data", str(folder))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"mali: {folder}/events.csv{message}")
    assert result.stderr.count("\n") == 1
    assert (folder / "events.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("casualties", "killed,,5,5,5,", "killed,,5,five,5,", "best: 'five' is not a whole number."),
        ("casualties", "killed,,5,5,5,", "killed,,5,-5,5,", "best: '-5' is below 0."),
        ("casualties", "killed,,5,5,5,", "killed,,5,5.0,5,", "best: '5.0' is not a whole number."),
        ("casualties", ",false,", ",no,", "open: 'no' is neither true nor false."),
        ("places", ",16.27,", ",north,", "latitude: 'north' is not a number."),
        ("places", ",16.27,", ",inf,", "latitude: 'inf' is not a number."),
    ],
)
def test_a_cell_of_the_wrong_type_is_named(
    mali: Run, tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    figures = [{"event_id": "2012-01-01-one", "n": 5}]
    places = [{"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}]
    folder = write_dataset(tmp_path, casualties=figures, places=places, **ONE_EVENT)
    file = folder / f"{name}.csv"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    result = mali("events", "--data", str(folder))
    assert (result.returncode, result.stderr) == (1, f"mali: {file}, line 2, {message}\n")


def test_a_folder_that_is_missing_empty_or_lacks_a_table_is_refused(mali: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.csv").write_text("a,b\n")
    lacking = write_dataset(tmp_path / "lacking", **ONE_EVENT)
    (lacking / "places.csv").unlink()
    for folder, message in (
        (
            "missing",
            f"there is no {tmp_path}/missing; --data takes a folder with tables such as events.csv, or files of ACLED, UCDP, the UN, GTD or GDELT.",
        ),
        ("empty", f"{tmp_path}/empty holds no table such as events.csv."),
        (
            "file.csv",
            f"{tmp_path}/file.csv is not a recognised table: files of ACLED, GDELT, GTD, UCDP and UN are recognised by their columns, not 'a, b'.",
        ),
        ("lacking", f"{tmp_path}/lacking has no places.csv."),
    ):
        for how in ({"--data": True}, {"MALI_DATA": True}):
            given = ["--data", str(tmp_path / folder)] if "--data" in how else []
            result = mali("events", *given, env=None if given else {"MALI_DATA": str(tmp_path / folder)})
            assert (result.returncode, result.stdout, result.stderr) == (1, "", f"mali: {message}\n")


def test_an_undeclared_column_is_noted(mali: Run, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, **ONE_EVENT)
    file = folder / "events.csv"
    file.write_text("".join(line.rstrip("\n") + ",mine\n" for line in file.read_text().splitlines(keepends=True)))
    result = mali("events", "--data", str(folder))
    assert result.returncode == 0
    assert result.stderr == f"{file}: undeclared columns ignored: mine.\n"


def test_a_byte_order_mark_blank_lines_and_crlf_are_accepted(mali: Run, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, **ONE_EVENT)
    plain = mali("events", "--data", str(folder)).stdout
    file = folder / "events.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert mali("events", "--data", str(folder)).stdout == plain


def test_an_internal_error_is_one_line(mali: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("something inside")

    monkeypatch.setattr("mali_cli.output.emit", fail)
    monkeypatch.delenv("MALI_DEBUG")
    result = CliRunner().invoke(app, ["events"])
    assert result.exit_code == 1
    assert result.stderr == (
        "mali: internal error: RuntimeError: something inside. MALI_DEBUG=1 shows where; please report it.\n"
    )
    monkeypatch.setenv("MALI_DEBUG", "1")
    assert isinstance(CliRunner().invoke(app, ["events"]).exception, RuntimeError)


def test_python_dash_m_gives_the_same_output(mali: Run) -> None:
    import sys

    result = subprocess.run(
        [sys.executable, "-m", "mali_cli", "groups", "--kind", "mission"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert result.stdout == mali("groups", "--kind", "mission").stdout
    assert shutil.which("mali") is None or result.stdout.startswith("group,name,")
