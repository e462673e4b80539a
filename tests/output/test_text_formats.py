"""Every format over one awkward table, byte by byte; files that are written whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.output.registry import ROW_SUFFIXES
from mali_cli.output.streams import escape_control
from tests.conftest import MALI, ROOT
from tests.support.fork_server import READ_BY_COMMANDS, ForkServer
from tests.support.tables import write_dataset

GOLDEN = ROOT / "tests" / "golden"

AWKWARD: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Jama’at"}, {"group": "[bold]Group[/bold]"}, {"group": "None"}],
    "places": [{"place": "Ménaka", "region": "Ménaka", "latitude": "15.9200", "longitude": "2.40"}, {"place": "In Amenas", "country": "Algeria"}],
    "events": [
        {"event_id": "2012-01-01-plain", "date_start": "2012-01-01", "summary": "Nothing awkward here."},
        {"event_id": "2012-01-02-commas", "date_start": "2012-01-02", "summary": 'He said, "no", and left; twice.', "place": "Ménaka"},
        {"event_id": "2012-01-03-brackets", "date_start": "2012-01-03", "summary": "[size=no report] :fire: [/b] <b>|*_`\\ &", "side_a": "[bold]Group[/bold]"},
        {"event_id": "2012-01-04-newline", "date_start": "2012-01-04", "summary": "First line\nsecond line\ttabbed"},
        {"event_id": "2012-01-05-numbers", "date_start": "2012-01-05", "summary": "007", "note": "0", "side_a": "None;Jama’at"},
        {"event_id": "2012-01-06-formula", "date_start": "2012-01-06", "summary": "=1+1", "place": "Ménaka;In Amenas"},
        {"event_id": "2012-01-07-escapes", "date_start": "2012-01-07", "summary": "\x1b[31mred\x9b31m \u202eright-to-left\u202c \x07", "note": "NA"},
        {"event_id": "2012-01-08-accents", "date_start": "2012-01-08", "summary": "Écolé́ – Bamakɔ̃ – مالي – 马里"},
    ],
    "casualties": [
        {"event_id": "2012-01-02-commas", "n": 0},
        {"event_id": "2012-01-03-brackets", "n": 1200},
        {"event_id": "2012-01-05-numbers", "wording": "dozens"},
        {"event_id": "2012-01-08-accents", "low": 7, "best": 7, "open": "true", "wording": "7+"},
    ],
}  # fmt: skip


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "awkward", **AWKWARD)


Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def run(fork_server: ForkServer) -> Run:
    """Run `mali` in a pipe, and return its output as bytes."""

    def run_for_bytes(
        *arguments: str | Path, env: dict[str, str] | None = None, **plus: Any
    ) -> subprocess.CompletedProcess[bytes]:
        words, environment = list(map(str, arguments)), {**os.environ, **(env or {})}
        if set(env or ()) <= READ_BY_COMMANDS and not plus:
            return fork_server.run_for_bytes(words, None, environment)
        return subprocess.run([MALI, *words], capture_output=True, env=environment, timeout=60, check=False, **plus)

    return run_for_bytes


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "jsonl", "markdown", "table"])
def test_output_agrees_with_the_golden_file(run: Run, awkward: Path, format: str) -> None:
    """To make them anew after a wanted change: MALI_GOLDEN=1 pytest tests/output/test_text_formats.py, and read the diff."""
    result = run("events", "--data", awkward, "--format", format, env={"COLUMNS": "80"})
    assert result.returncode == 0, result.stderr
    golden = GOLDEN / f"awkward.{format}"
    if os.environ.get("MALI_GOLDEN"):
        golden.write_bytes(result.stdout)
    assert result.stdout == golden.read_bytes()


def test_every_format_holds_the_same_values(run: Run, awkward: Path) -> None:
    as_csv = list(csv.DictReader(run("events", "--data", awkward).stdout.decode().splitlines(keepends=True)))
    as_tsv = list(csv.DictReader(run("events", "--data", awkward, "-f", "tsv").stdout.decode().splitlines(keepends=True), delimiter="\t"))  # fmt: skip
    as_json = json.loads(run("events", "--data", awkward, "-f", "json").stdout)
    as_lines = [json.loads(line) for line in run("events", "--data", awkward, "-f", "jsonl").stdout.splitlines()]
    assert as_csv == as_tsv
    assert as_json == as_lines
    for text, value in zip(as_csv, as_json, strict=True):
        for name in text:
            expected = value[name]
            spelt = ";".join(expected) if isinstance(expected, list) else "" if expected is None else str(expected)
            assert text[name] == spelt
    assert [row["summary"] for row in as_csv] == [event["summary"] for event in AWKWARD["events"]]


def test_json_keeps_types_and_nulls(run: Run, awkward: Path) -> None:
    rows = json.loads(run("events", "--data", awkward, "-f", "json").stdout)
    assert rows[1]["killed_best"] == 0
    assert rows[0]["killed_best"] is None
    assert rows[4]["killed_best"] is None
    assert rows[4]["side_a"] == ["None", "Jama’at"]
    assert rows[0]["side_a"] == []
    assert rows[1]["latitude"] == 15.92
    assert rows[4]["summary"] == "007"
    figures = json.loads(run("casualties", "--data", awkward, "-f", "json").stdout)
    assert [figure["open"] for figure in figures] == [False, False, False, True]


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_pipes_get_utf8_with_lf_in_any_locale(run: Run, awkward: Path, locale: str) -> None:
    env = {
        "LC_ALL": locale,
        "LANG": locale,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "latin-1",
    }
    result = run("events", "--data", awkward, env=env)
    assert result.returncode == 0, result.stderr
    assert "马里" in result.stdout.decode("utf-8")
    assert b"\r" not in result.stdout


@pytest.mark.parametrize(("suffix", "format"), [("csv", "csv"), ("tsv", "tsv"), ("json", "json"), ("jsonl", "jsonl"), ("md", "markdown")])  # fmt: skip
def test_a_file_holds_the_same_as_a_pipe(run: Run, awkward: Path, tmp_path: Path, suffix: str, format: str) -> None:
    target = tmp_path / f"out.{suffix}"
    result = run("events", "--data", awkward, "--output", target)
    assert (result.returncode, result.stdout) == (0, b"")
    assert result.stderr.decode() == f"{target}: 8 events.\n"
    assert target.read_bytes() == run("events", "--data", awkward, "-f", format).stdout
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_existing_file_needs_force(run: Run, awkward: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("precious")
    refused = run("events", "--data", awkward, "-o", target)
    assert (refused.returncode, refused.stderr.decode()) == (1, f"mali: {target} exists; --force replaces it.\n")
    assert target.read_text() == "precious"
    target.chmod(0o600)
    assert run("events", "--data", awkward, "-o", target, "--force").returncode == 0
    assert target.read_text().startswith("event_id,")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_symbolic_link_is_kept(run: Run, awkward: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert run("events", "--data", awkward, "-o", tmp_path / "link.csv", "--force").returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("event_id,")


def test_files_that_cannot_be_written_are_refused(run: Run, awkward: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for target, code, words in (
        (tmp_path / "folder.csv", 1, "is a folder"),
        (tmp_path / "pipe.csv", 1, "not a regular file"),
        (tmp_path / "nowhere" / "out.csv", 1, "there is no folder"),
        (
            tmp_path / "out.pdf",
            2,
            f"'out.pdf' has no suffix that --output can write: {', '.join(ROW_SUFFIXES)}.",
        ),
        (tmp_path / "out", 2, "has no suffix that --output can write"),
    ):
        result = run("events", "--data", awkward, "-o", target)
        assert (result.returncode, result.stdout) == (code, b"")
        assert words in result.stderr.decode()
        assert result.stderr.count(b"\n") == 1


def test_a_folder_that_is_not_writable_is_an_error(run: Run, awkward: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    if os.geteuid() == 0:  # root may write anywhere but where the kernel itself says no
        locked = Path("/proc")
    result = run("events", "--data", awkward, "-o", locked / "out.csv")
    assert result.returncode == 1
    assert re.fullmatch(
        rf"mali: {locked}/out.csv cannot be written: [A-Z][a-z ]+\. Nothing was changed\.\n", result.stderr.decode()
    )


def test_a_full_disk_leaves_the_old_file(run: Run, awkward: Path, tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk: the file may not grow beyond 500 bytes."""
    import resource

    target = tmp_path / "out" / "out.csv"
    target.parent.mkdir()
    target.write_text("precious")
    result = run(
        *("events", "--data", awkward, "-o", target, "--force"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
    )
    assert result.returncode == 1
    assert result.stderr.decode() == f"mali: {target} cannot be written: File too large. Nothing was changed.\n"
    assert target.read_text() == "precious"
    assert [file.name for file in target.parent.iterdir()] == ["out.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error_for_standard_output() -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run([MALI, "events"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr.decode() == "mali: standard output cannot be written: No space left on device.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error_for_help() -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run([MALI, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (result.returncode, result.stderr) == (
        1,
        b"mali: standard output cannot be written: No space left on device.\n",
    )


def test_a_full_disk_is_an_error_for_unbuffered_output(tmp_path: Path) -> None:
    import resource

    with open(tmp_path / "out.csv", "wb") as out:
        result = subprocess.run(
            [MALI, "events"], stdout=out, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)), check=False,
        )  # fmt: skip
    assert (result.returncode, result.stderr) == (1, b"mali: standard output cannot be written: File too large.\n")


def test_a_closed_output_is_no_error() -> None:
    result = subprocess.run(["bash", "-c", f"'{MALI}' events >&-"], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize("format", ["csv", "table", "json"])
def test_a_closed_pipe_exits_quietly(format: str) -> None:
    command = f"set -o pipefail; '{MALI}' events -f {format} --quiet | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert (result.stdout, result.stderr) == ("0\n", "")


def test_no_rows_are_a_header_and_a_message(run: Run, awkward: Path) -> None:
    empty = ("events", "--data", awkward, "--from", "1900", "--to", "1900")
    header = run(*empty)
    assert header.returncode == 0
    assert header.stdout.decode().startswith("event_id,date_start")
    assert header.stdout.count(b"\n") == 1
    assert header.stderr == b"No events match.\n"
    assert run(*empty, "-f", "json").stdout == b"[]\n"
    assert run(*empty, "-f", "jsonl").stdout == b""
    assert run(*empty, "--quiet").stderr == b""
    assert run(*empty, "-f", "table").stdout == b""


def test_control_characters_become_visible() -> None:
    assert escape_control("\x1b[31m\x07\x9b\u202e\u2066\n\x7f\ufeff") == "␛[31m␇\\x9b<U+202E><U+2066>␊␡<U+FEFF>"
    assert escape_control("Ménaka, 马里 – مالي") == "Ménaka, 马里 – مالي"


def test_notes_go_to_stderr_and_quiet_silences_them(run: Run) -> None:
    talk = run("casualties", "--by", "country")
    assert b"killed" in talk.stderr
    assert b"killed (" not in talk.stdout
    quiet = run("casualties", "--by", "country", "--quiet")
    assert quiet.stderr == b""
    assert quiet.stdout == talk.stdout
