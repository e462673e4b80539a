"""What starting costs, beside the imports that the packages themselves cost.

    python benchmarks/startup.py [--rounds 15]

Each command and its floor run in turn, as whole processes of this Python, in one session; the ratio is
taken pair by pair and its median printed. Memory is the peak of the process as the system accounts it.
The terminal is a real pseudo-terminal of 120 columns.
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

import mali_cli

PANDAS = [sys.executable, "-c", "import pandas"]
PACKAGES = [sys.executable, "-c", "import typer, rich.table, pandas"]
MALI = shutil.which("mali", path=sysconfig.get_path("scripts")) or sys.exit("mali is not installed in this Python.")
QUESTION = [MALI, "events", "--from", "2012", "--actor", "MNLA"]
COMPLETION = {"_MALI_COMPLETE": "complete_bash", "COMP_WORDS": "mali\nevents\n--actor\nMN", "COMP_CWORD": "3"}

# what, command, its environment, on a terminal, floor, name of the floor, time at most, memory at most
CASES = [
    ("mali --help", [MALI, "--help"], {}, False, PANDAS, "import pandas", 0.35, None),
    ("completion of --actor MN", [MALI], COMPLETION, False, PANDAS, "import pandas", 0.35, None),
    ("events of the MNLA, in a pipe", QUESTION, {}, False, PACKAGES, "import typer, rich.table, pandas", 1.15, 1.15),
    (
        "show MNLA, in a pipe",
        [MALI, "show", "MNLA"],
        {},
        False,
        PACKAGES,
        "import typer, rich.table, pandas",
        1.25,
        1.15,
    ),
    (
        "control on a day, in a pipe",
        [MALI, "control", "--on", "2012-07-01"],
        {},
        False,
        PACKAGES,
        "import typer, rich.table, pandas",
        1.25,
        1.15,
    ),
    (
        "150 events on a terminal",
        [MALI, "events", "--from", "2012", "--limit", "150"],
        {},
        True,
        PACKAGES,
        "import typer, rich.table, pandas",
        1.25,
        1.15,
    ),
]


def run(command: list[str], environment: dict[str, str], terminal: bool) -> tuple[float, float]:
    """Seconds from start to end, and the peak of memory in MB."""
    for name in ("COLUMNS", "MALI_DATA", "MALI_DEBUG"):
        os.environ.pop(name, None)
    began = time.perf_counter()
    if terminal:
        child, screen = pty.fork()
    else:
        screen, end = os.pipe()
        child = os.fork()
    if child == 0:
        if not terminal:
            os.dup2(end, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execve(command[0], command, {**os.environ, **environment})
    if terminal:
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    else:
        os.close(end)
    try:
        while os.read(screen, 1 << 16):
            pass
    except OSError:  # how a pseudo-terminal ends on Linux
        pass
    os.close(screen)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="pairs of runs, at least 10")
    rounds = max(10, parser.parse_args().rounds)
    # As pip does when it installs; else a checkout may be compiled in every run.
    compileall.compile_dir(Path(mali_cli.__file__).parent, quiet=1)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {rounds} rounds")
    print(f"{'':30} {'time':>9} {'floor':>9} {'ratio':>6} {'bar':>5}   {'memory':>9} {'ratio':>6} {'bar':>5}")
    for what, command, environment, terminal, floor, name, most_time, most_memory in CASES:
        run(command, environment, terminal), run(floor, {}, False)  # files into the cache
        pairs = [(run(command, environment, terminal), run(floor, {}, False)) for _ in range(rounds)]
        seconds = statistics.median(ours[0] for ours, _ in pairs)
        below = statistics.median(theirs[0] for _, theirs in pairs)
        ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
        memory = statistics.median(ours[1] for ours, _ in pairs)
        share = statistics.median(ours[1] / theirs[1] for ours, theirs in pairs)
        bar = f"{most_memory:5.2f}" if most_memory else "    -"
        print(
            f"{what:30} {seconds * 1000:6.0f} ms {below * 1000:6.0f} ms {ratio:6.2f} {most_time:5.2f}"
            f"   {memory:6.0f} MB {share:6.2f} {bar}   floor: {name}"
        )


if __name__ == "__main__":
    main()
