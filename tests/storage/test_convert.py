"""Converting keeps every value, and on any error what was there before."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.storage import convert, sqlite
from mali_cli.storage.memory import MemoryBackend
from tests.conftest import ROOT, WARNINGS
from tests.support.conversion import (
    LOOKALIKES,
    TARGET_FORMATS,
    BatchedBackend,
    assert_same_tables,
    awkward_tables,
    folder_content,
    make_file,
    read_converted,
    sorted_tables,
    tables_of,
    write_converted,
    write_old_target,
)
from tests.support.fork_server import ForkServer, read_all

sys.path.insert(0, str(ROOT / "benchmarks"))
from acled_like import make

Run = Callable[..., "subprocess.CompletedProcess[str]"]


# Nothing is lost


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_our_own_tables_survive_a_round_trip(target_format: str, tmp_path: Path) -> None:
    assert_same_tables(
        read_converted(write_converted(load().backend, tmp_path / "out", target_format), target_format),
        tables_of(load()),
    )


@cache
def tables_of_lookalike(file: Path) -> dict[str, pd.DataFrame]:
    return sorted_tables(tables_of(load(file)))


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
@pytest.mark.parametrize("file", LOOKALIKES, ids=lambda file: file.stem)
def test_foreign_files_survive_a_round_trip(file: Path, target_format: str, tmp_path: Path) -> None:
    target = write_converted(load(file).backend, tmp_path / "out", target_format)
    assert_same_tables(read_converted(target, target_format), tables_of_lookalike(file))


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_awkward_values_survive_a_round_trip(target_format: str, tmp_path: Path) -> None:
    frames = awkward_tables()
    source = MemoryBackend(tmp_path / "frames", frames, origin="ACLED")
    assert_same_tables(read_converted(write_converted(source, tmp_path / "out", target_format), target_format), frames)


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=20))
def test_any_text_survives_a_round_trip(target_format: str, tmp_path: Path, cells: list[str]) -> None:
    documents = pd.DataFrame({c.name: pd.Series(dtype=object) for c in schema.table("documents").columns})
    documents["title"] = pd.Series([cell or None for cell in cells], dtype=object)
    documents["document"] = pd.Series([f"{n:03}" for n in range(len(cells))], dtype=object)
    documents["title"] = documents["title"].fillna("-")
    frames = {name: load().table(name).head(0) for name in schema.table_names()} | {"documents": documents}
    target = tmp_path / os.urandom(4).hex()
    convert.convert(MemoryBackend(tmp_path, frames, origin="ACLED"), target, target_format)
    assert read_converted(target, target_format)["documents"]["title"].tolist() == documents["title"].tolist()


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_batches_in_any_order_are_sorted(target_format: str, tmp_path: Path) -> None:
    frames = tables_of(load())
    counts = convert.convert(BatchedBackend(tmp_path, frames, origin=None), tmp_path / "out", target_format)
    assert counts == {name: len(frame) for name, frame in frames.items()}
    assert_same_tables(read_converted(tmp_path / "out", target_format), frames)


def test_text_that_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    for cell, target_format, reason in (
        ("a\0b", "csv", "a NUL character"),
        *(("a\ud800", target_format, "an unpaired surrogate ('\\ud800')") for target_format in TARGET_FORMATS),
    ):
        frames = tables_of(load())
        notes = pd.Series([cell] * len(frames["events"]), dtype=object)  # which no string of Arrow's could hold
        frames["events"] = frames["events"].assign(note=notes)
        with pytest.raises(DataError) as error:
            convert.convert(MemoryBackend(tmp_path, frames, None), tmp_path / "out", target_format)
        assert reason in str(error.value)
        assert "\n" not in str(error.value)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target_format", ["sqlite", "parquet"])
def test_a_nul_character_survives_in_sqlite_and_parquet(target_format: str, tmp_path: Path) -> None:
    frames = tables_of(load())
    frames["events"] = frames["events"].assign(note="a\0b")
    target = write_converted(MemoryBackend(tmp_path, frames, None), tmp_path / "out", target_format)
    assert set(read_converted(target, target_format)["events"]["note"]) == {"a\0b"}


def test_metadata_survive_a_chain_of_conversions(mali: Run, tmp_path: Path) -> None:
    file = ROOT / "tests" / "lookalikes" / "ucdp_u2.csv"
    steps = [file, tmp_path / "one", tmp_path / "two.db", tmp_path / "three"]
    result = mali("convert", str(steps[0]), str(steps[1]), "--to", "csv")
    assert result.returncode == 0, result.stderr
    write_converted(load(steps[1]).backend, steps[2], "sqlite")
    for folder, target_format in (
        (steps[1], "csv"),
        (write_converted(load(steps[1]).backend, steps[3], "parquet"), "parquet"),
    ):
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        assert package["mali:origin"] == load(folder).origin == "UCDP"
        assert (package["name"], package["title"]) == ("ucdp-u2", "UCDP: ucdp_u2.csv")
        assert "ucdp_u2.csv. The source file's licence also applies" in package["description"]
        assert "licenses" not in package
        assert "mali:results" not in package
        assert package.get("mali:format") == ("parquet" if target_format == "parquet" else None)
        assert {r["path"] for r in package["resources"]} | {"datapackage.json"} == {p.name for p in folder.iterdir()}
    assert sqlite.read_sqlite_metadata(steps[2])["mali:origin"] == "UCDP"


def test_our_licence_is_written_with_our_tables(tmp_path: Path) -> None:
    for target_format in ("csv", "parquet"):
        package = json.loads(
            (write_converted(load().backend, tmp_path / target_format, target_format) / "datapackage.json").read_text(
                encoding="utf-8"
            )
        )
        ours = schema.datapackage()
        assert {key: package[key] for key in ("name", "title", "version", "licenses")} == {
            key: ours[key] for key in ("name", "title", "version", "licenses")
        }
        assert "mali:origin" not in package
    assert (
        sqlite.read_sqlite_metadata(write_converted(load().backend, tmp_path / "x.db", "sqlite"))["licenses"]
        == schema.datapackage()["licenses"]
    )


# What goes wrong


RECORDS = 10_000


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an invented file that takes a while to convert."""
    return make(tmp_path_factory.mktemp("large") / "large.csv", RECORDS)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_file(tmp_path_factory.mktemp("small") / "small.csv")


INTERRUPTS: list[tuple[str, signal.Signals, float]] = [
    *((target_format, signal.SIGINT, fraction) for target_format in TARGET_FORMATS for fraction in (0, 0.5)),
    ("parquet", signal.SIGTERM, 0),
    ("sqlite", signal.SIGHUP, 0),
]


@pytest.mark.parametrize(("target_format", "signal_number", "fraction"), INTERRUPTS)
def test_an_interrupted_conversion_keeps_the_old_target(
    target_format: str,
    signal_number: signal.Signals,
    fraction: float,
    large: Path,
    tmp_path: Path,
    fork_server: ForkServer,
) -> None:
    """Interrupt right after the first file appears, and when about half of the rows are written."""
    target, before = write_old_target(tmp_path, target_format)
    arguments = ["convert", str(large), str(target), "--to", target_format, "--force"]
    nothing, (errors, write_errors) = os.open(os.devnull, os.O_RDWR), os.pipe()
    streams = (nothing, nothing, write_errors)
    wait = fork_server.start(arguments, None, {**os.environ, **WARNINGS}, streams)
    os.close(nothing)
    os.close(write_errors)
    expected = RECORDS * 300  # bytes, roughly

    def has_begun() -> bool:
        written = sum(p.stat().st_size for p in tmp_path.glob(".old*/*") if p.is_file())
        return any(tmp_path.glob(".old*")) and written >= fraction * expected

    while not has_begun():
        time.sleep(0.002)
        os.kill(fork_server.pid, 0)  # an error if it has ended
    os.kill(fork_server.pid, signal_number)
    assert (read_all(errors), wait()) == ([b""], 128 + signal_number)
    assert folder_content(tmp_path) == before


@contextlib.contextmanager
def limited_file_size(byte_limit: int) -> Iterator[None]:
    old, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (old, hard))


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
@pytest.mark.parametrize("byte_limit", [4_096, 100_000])
def test_running_out_of_space_keeps_the_old_target(
    target_format: str, byte_limit: int, small: Path, tmp_path: Path
) -> None:
    target, before = write_old_target(tmp_path, target_format)
    arguments = ["convert", str(small), str(target), "--to", target_format, "--force"]
    with limited_file_size(byte_limit):
        result = CliRunner().invoke(app, arguments, prog_name="mali")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"mali: {target} cannot be written: ")
    assert result.stderr.endswith(". Nothing was changed.\n")
    assert result.stderr.count("\n") == 1
    assert folder_content(tmp_path) == before


@pytest.mark.parametrize("target_format", TARGET_FORMATS)
def test_a_truncated_source_keeps_the_old_target(target_format: str, small: Path, tmp_path: Path, mali: Run) -> None:
    target, before = write_old_target(tmp_path, target_format)
    broken = tmp_path.parent / f"{tmp_path.name}.csv"
    broken.write_bytes(small.read_bytes()[:500_000])
    result = mali("convert", str(broken), str(target), "--to", target_format, "--force")
    assert result.returncode == 1
    assert result.stderr.startswith(f"mali: {broken}, record ")
    assert folder_content(tmp_path) == before


def test_a_failed_replacement_restores_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, before = write_old_target(tmp_path, "csv")
    rename = Path.replace

    def fails(self: Path, to: Path) -> Path:
        raise OSError(5, "Input/output error") if self.name == "new" else rename(self, to)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(DataError, match=r"cannot be written: Input/output error\. Nothing was changed"):
        convert.convert(load().backend, target, "csv")
    assert folder_content(tmp_path) == before


def test_the_format_is_chosen_by_option_or_suffix() -> None:
    assert convert.choose_target_format(Path("x.DB"), None) == "sqlite"
    assert convert.choose_target_format(Path("x.sqlite"), None) == "sqlite"
    assert convert.choose_target_format(Path("x"), "Parquet") == "parquet"
    with pytest.raises(MaliError):
        convert.choose_target_format(Path("x.parquet"), "parquet")
