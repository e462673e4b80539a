"""A signal ends the program with the exit status of that signal: no traceback, no temporary file, at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MALI
from tests.support.tables import write_dataset

STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
PROGRAMS = {"mali": [MALI], "python -m mali_cli": [sys.executable, "-m", "mali_cli"]}

# Sends a signal to the program at the moment when it begins to import a module.
AT_IMPORT = """
import os, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["AT_MODULE"]:
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))
sys.meta_path.insert(0, Finder())
"""


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment in which `folder` is searched first for modules."""
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "MALI_DEBUG": "", "PYTHONPATH": os.pathsep.join(paths), **variables}


@pytest.mark.parametrize("module", ["mali_cli.cli.app", "typer", "pandas", "numpy", "mali_cli.dataset"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_an_interrupt_during_the_imports_is_quiet(tmp_path: Path, program: str, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_IMPORT)
    env = environment(tmp_path, AT_MODULE=module, SIGNAL=str(int(signal.SIGINT)))
    done = subprocess.run([*PROGRAMS[program], "events", "--limit", "1"], capture_output=True, env=env, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("number", STATUS)
def test_each_signal_has_its_exit_status_from_the_start(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_IMPORT)
    env = environment(tmp_path, AT_MODULE="mali_cli.cli.app", SIGNAL=str(int(number)))
    done = subprocess.run([MALI, "events"], capture_output=True, env=env, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (STATUS[number], b"", b"")


@pytest.fixture
def waiting_source(tmp_path: Path) -> Path:
    """A dataset whose table of events is a named pipe: the program waits in the middle of its work."""
    folder = write_dataset(tmp_path / "source")
    (folder / "events.csv").unlink()
    os.mkfifo(folder / "events.csv")
    return folder


@pytest.mark.parametrize("number", STATUS)
@pytest.mark.parametrize("target", ["x.db", "x"])
def test_convert_leaves_no_temporary_file(waiting_source: Path, target: str, number: signal.Signals) -> None:
    folder = waiting_source.parent / "out"
    folder.mkdir()
    words = [MALI, "convert", str(waiting_source), str(folder / target), "--to", "csv" if target == "x" else "sqlite"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(folder))
    with open(waiting_source / "events.csv", "w"):  # opens when the program has come to read it
        assert [path.name.startswith(f".{target}.") for path in folder.iterdir()] == [True]
        process.send_signal(number)
        assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == STATUS[number]
    assert list(folder.iterdir()) == []


# The program, which sends a signal to itself while it writes a file, and names the files that are there.
WHILE_WRITING = """
import os, sys
from mali_cli.output import text_formats
def to_csv(result, out):
    print(*os.listdir(os.environ["FOLDER"]), flush=True)
    os.kill(os.getpid(), int(os.environ["SIGNAL"]))
text_formats.to_csv = to_csv
from mali_cli.__main__ import main
main()
"""


@pytest.mark.parametrize("number", STATUS)
def test_output_leaves_no_temporary_file(tmp_path: Path, number: signal.Signals) -> None:
    target = tmp_path / "x.csv"
    target.write_text("precious")
    env = environment(tmp_path, FOLDER=str(tmp_path), SIGNAL=str(int(number)))
    words = [sys.executable, "-c", WHILE_WRITING, "events", "-o", str(target), "--force"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", env=env, check=False)
    assert len(done.stdout.split()) == 2
    assert (done.returncode, done.stderr) == (STATUS[number], "")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert target.read_text() == "precious"


def test_a_signal_that_is_ignored_from_the_start_stays_ignored(waiting_source: Path, tmp_path: Path) -> None:
    events = write_dataset(tmp_path / "other") / "events.csv"
    handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        words = [MALI, "events", "--data", str(waiting_source)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment(tmp_path))
    finally:
        signal.signal(signal.SIGHUP, handler)
    with open(waiting_source / "events.csv", "w") as pipe:
        process.send_signal(signal.SIGHUP)
        pipe.write(events.read_text())
    assert process.communicate(timeout=60)[0].startswith(b"event_id,")
    assert process.returncode == 0
