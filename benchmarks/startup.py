"""Measure the time to start mali, as a ratio to the imports that its packages cost.

    python benchmarks/startup.py [--rounds 15]

Each command and its baseline run in turn as whole processes of this Python. A ratio is taken for each pair
of runs; its median is printed. Memory is the peak of the process as the system reports it. The terminal is
a pseudo-terminal of 120 columns.
"""

from __future__ import annotations

import argparse
import compileall
import fcntl
import os
import platform
import pty
import shutil
import statistics
import struct
import sys
import sysconfig
import termios
import time
from pathlib import Path
from typing import NamedTuple

import mali_cli

PANDAS = [sys.executable, "-c", "import pandas"]
PACKAGES = [sys.executable, "-c", "import typer, rich.table, pandas"]
MALI = shutil.which("mali", path=sysconfig.get_path("scripts")) or sys.exit("mali is not installed in this Python.")
COMPLETION = {"_MALI_COMPLETE": "complete_bash", "COMP_WORDS": "mali\nevents\n--actor\nMN", "COMP_CWORD": "3"}


class Case(NamedTuple):
    """A command, its baseline, and the largest ratios of time and memory between them."""

    title: str
    arguments: list[str]
    baseline: list[str]
    max_time: float
    max_memory: float | None = None
    environment: dict[str, str] | None = None
    terminal: bool = False
    until_first_line: bool = False  # of the table, rather than until the end


CASES = [
    Case("mali --help", ["--help"], PANDAS, 0.6),
    Case("completion of --actor MN", [], PANDAS, 0.35, environment=COMPLETION),
    Case("events of the MNLA, in a pipe", ["events", "--from", "2012", "--actor", "MNLA"], PACKAGES, 1.15, 1.15),
    Case("show MNLA, in a pipe", ["show", "MNLA"], PACKAGES, 1.25, 1.15),
    Case("control on a day, in a pipe", ["control", "--on", "2012-07-01"], PACKAGES, 1.25, 1.15),
    Case(
        *("first of all events on a terminal", ["events", "--no-pager"], PACKAGES, 1.3, None),
        terminal=True,
        until_first_line=True,
    ),
    Case("all events on a terminal", ["events", "--no-pager"], PACKAGES, 2.0, terminal=True),
]


def run(
    command: list[str], environment: dict[str, str], terminal: bool, until_first_line: bool = False
) -> tuple[float, float]:
    """Return the seconds from start to end, or until the first output, and the peak memory in MB."""
    for name in ("COLUMNS", "MALI_DATA", "MALI_DEBUG"):
        os.environ.pop(name, None)
    start = time.perf_counter()
    if terminal:
        child, screen = pty.fork()
    else:
        screen, child_end = os.pipe()
        child = os.fork()
    if child == 0:
        if not terminal:
            os.dup2(child_end, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execve(command[0], command, {**os.environ, **environment})
    if terminal:
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    else:
        os.close(child_end)
    first = 0.0
    try:
        while os.read(screen, 1 << 16):
            first = first or time.perf_counter() - start
    except OSError:  # Linux reports the end of a pseudo-terminal so
        pass
    os.close(screen)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    seconds = first if until_first_line else time.perf_counter() - start
    return seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(case: Case, rounds: int) -> str:
    """Return a line with the medians of time and memory, and of their ratios to the baseline."""
    command = [MALI, *case.arguments]
    # A terminal would answer the question for its background; this one states it.
    environment = {"COLORFGBG": "15;0", **(case.environment or {})}
    run(command, environment, case.terminal), run(case.baseline, {}, False)  # fill the file cache
    pairs = [
        (run(command, environment, case.terminal, case.until_first_line), run(case.baseline, {}, False))
        for _ in range(rounds)
    ]
    seconds, memory = (statistics.median(ours[i] for ours, _ in pairs) for i in (0, 1))
    baseline_seconds = statistics.median(baseline[0] for _, baseline in pairs)
    time_ratio, memory_ratio = (statistics.median(ours[i] / baseline[i] for ours, baseline in pairs) for i in (0, 1))
    memory_bar = f"{case.max_memory:5.2f}" if case.max_memory else "    -"
    return (
        f"{case.title:33} {seconds * 1000:6.0f} ms {baseline_seconds * 1000:6.0f} ms {time_ratio:6.2f}"
        f" {case.max_time:5.2f}   {memory:6.0f} MB {memory_ratio:6.2f} {memory_bar}   {case.baseline[-1]}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="pairs of runs, at least 10")
    rounds = max(10, parser.parse_args().rounds)
    # pip compiles what it installs; without this, a checkout may be compiled in every run.
    compileall.compile_dir(Path(mali_cli.__file__).parent, quiet=1)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {rounds} rounds")
    columns = f"{'ratio':>6} {'bar':>5}"
    print(f"{'':33} {'time':>9} {'baseline':>9} {columns}   {'memory':>9} {columns}   baseline")
    for case in CASES:
        print(measure(case, rounds))


if __name__ == "__main__":
    main()
