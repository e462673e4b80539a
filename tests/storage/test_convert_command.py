"""mali convert: messages, refusals and progress."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.storage import convert, sqlite
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.probe import SQLITE_MAGIC
from mali_cli.validation import validate
from tests.conftest import ROOT, Terminal
from tests.support.conversion import (
    TARGET_FORMATS,
    assert_same_tables,
    folder_content,
    read_converted,
    tables_of,
)
from tests.test_data import DATA, rows

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_last_line_counts_the_written_rows(mali: Run, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    result = mali("convert", "ours", str(out), "--to", "csv")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith(f"{out}/: {len(rows('events'))} events, {len(rows('groups'))} groups, ")
    assert f"{len(rows('casualties'))} figures" in result.stderr
    assert result.stderr.count("\n") == 1
    assert mali("events", "--data", str(out)).stdout == mali("events").stdout
    assert mali("convert", "ours", str(tmp_path / "x.db"), "--quiet").stderr == ""


def test_skipped_records_are_reported(mali: Run, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "lookalikes" / "acled_a4.csv").read_text(encoding="utf-8")
    header, first, *_ = text.splitlines()
    bad = first.replace(first.split(",")[0], "", 1)  # no id
    (tmp_path / "bad.csv").write_text("\n".join([header, first, bad, ""]), encoding="utf-8")
    result = mali("convert", str(tmp_path / "bad.csv"), str(tmp_path / "x.db"))
    assert result.returncode == 0, result.stderr
    assert "1 skipped (record 2" in result.stderr
    assert "x.db: 1 event, " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ours", "new"], 2, "--to is needed to choose the format of new: parquet, sqlite, csv."),
        (["ours", "new", "--to", "parket"], 2, "Did you mean parquet?"),
        (["ours", "new.db", "--to", "csv"], 2, "writes a folder with a file for each table; new.db is a file name."),
        (["ours", "new.csv", "--to", "csv"], 2, "new.csv is a file name."),
        (["ours", "no/such/new", "--to", "csv"], 1, "there is no folder"),
        (["nowhere", "new", "--to", "csv"], 1, "there is no nowhere"),
        (["old", "old", "--to", "csv", "--force"], 2, "would be converted into itself"),
        (["old/../old/", "link", "--to", "csv", "--force"], 2, "would be converted into itself"),
        (["old/events.csv", "old", "--to", "csv", "--force"], 2, "which would be replaced"),
        (["ours", "old", "--to", "csv"], 1, "old exists; --force replaces it."),
        (["ours", "old.db"], 1, "old.db exists; --force replaces it."),
        (["ours", "old.db", "--to", "sqlite"], 1, "old.db exists; --force replaces it."),
        (["ours", "old", "--to", "sqlite", "--force"], 1, "old is a folder or a device; --to sqlite writes a file."),
        (["ours", "photos", "--to", "csv", "--force"], 1, "photos holds cat.jpg, which is not a table of a dataset"),
        (["ours", "mixed", "--to", "csv", "--force"], 1, "mixed holds notes.txt, which is not a table of a dataset"),
        (["ours", "file", "--to", "parquet", "--force"], 1, "file is a file; --to parquet writes a folder."),
        (["ours", ".", "--to", "csv", "--force"], 2, "is the current folder"),
        (["ours", "/dev/null", "--to", "sqlite", "--force"], 1, "/dev/null is a folder or a device"),
        (["ours", "file", "--to", "sqlite", "--force"], 1, "file is not a SQLite file; it is not replaced."),
        (["ours", "busy.db", "--force"], 1, "busy.db is in use"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_unsuitable_targets_are_refused(
    mali: Run, tmp_path: Path, arguments: list[str], status: int, message: str
) -> None:
    for name, files in {"old": ["events.csv"], "photos": ["cat.jpg"], "mixed": ["events.csv", "notes.txt"]}.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text("old")
    (tmp_path / "link").symlink_to("old")
    for name in ("old.db", "busy.db", "busy.db-wal"):
        (tmp_path / name).write_bytes(SQLITE_MAGIC)
    (tmp_path / "file").write_text("old")
    before = folder_content(tmp_path)
    result = mali("convert", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (status, "")
    assert result.stderr.startswith("mali: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert folder_content(tmp_path) == before


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_force_replaces_all_old_files_and_keeps_a_symbolic_link(mali: Run, tmp_path: Path, target_format: str) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    convert.convert(load(ROOT / "tests" / "lookalikes" / "acled_a4.csv").backend, real, target_format)
    if target_format == "csv":  # an old table of another target_format goes too
        (real / "events.parquet").write_text("old")
    real.chmod(real.stat().st_mode & ~0o007)
    mode = real.stat().st_mode
    link.symlink_to("real")
    assert mali("convert", "ours", str(link), "--to", target_format, "--force").returncode == 0
    assert link.is_symlink()
    assert real.stat().st_mode == mode
    assert_same_tables(read_converted(link, target_format), tables_of(load()))
    assert not (real / "events.parquet").exists() or target_format == "parquet"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_an_empty_folder_is_a_valid_target(mali: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert mali("convert", "ours", str(tmp_path / "empty"), "--to", "csv").returncode == 0
    assert validate(CsvBackend(tmp_path / "empty")) == []


def test_a_folder_named_ours_takes_precedence(mali: Run, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "ours", ignore=shutil.ignore_patterns("*.json", "LICENSE", "README.md"))
    assert mali("convert", "ours", "x.db", cwd=tmp_path).returncode == 0
    assert sqlite.read_sqlite_metadata(tmp_path / "x.db")["name"] == "ours"


# The program with a bar that is drawn without delay.
WITHOUT_DELAY = """
import sys
from mali_cli.output import progress
progress.DELAY_SECONDS = progress.INTERVAL_SECONDS = 0.001
from mali_cli.__main__ import main
main()
"""


def test_a_bar_is_drawn_on_a_terminal_and_erased(on_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    words = ("convert", "ours", str(tmp_path / "x.db"))
    screen = on_terminal("-c", WITHOUT_DELAY, *words, columns=60, program=sys.executable)
    assert screen.status == 0
    bars, _, last = screen.output.rpartition("\x1b[2K")  # the bar is erased
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", bars).split("\r")
    assert any("reading 0:00:0" in line for line in drawn)
    assert any(re.search(r"━ +\d+% .*indexing", line) for line in drawn)
    assert max(map(len, drawn)) <= 60
    assert last.split()[:3] == [f"{tmp_path}/x.db:", "672", "events,"]
    quiet = on_terminal(
        "-c", WITHOUT_DELAY, "convert", "ours", str(tmp_path / "y.db"), "--quiet", program=sys.executable
    )
    assert (quiet.status, quiet.output) == (0, "")


def test_no_bar_is_drawn_in_a_pipe(tmp_path: Path) -> None:
    words = [sys.executable, "-c", WITHOUT_DELAY, "convert", "ours", str(tmp_path / "x.db")]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    assert "\r" not in said
    assert said.count("\n") == 1
