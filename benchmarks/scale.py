"""The same question asked of mali and of the tools that one would otherwise take, on files shaped like ACLED's.

    python benchmarks/scale.py [--records 20000 200000 2000000] [--rounds 5] [--folder DIR]

Needs `pip install "mali-cli[fast]" duckdb-cli csvkit` and Miller (Debian: miller). The files are made up by
acled_like.py. Every tool is a whole process that writes CSV into a pipe; the tools take turns, and what is printed is
the median time, its ratio to DuckDB's command line on the same CSV taken round by round, and the peak of memory.
Before anything is timed the answers are compared record by record. The slow tools run once, not once a round.

The question: from 2020, the MNLA in any of the four columns of actors, twelve columns with the notes.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import mali_cli

sys.path.insert(0, str(Path(__file__).parent))
from acled_like import MNLA, make

MALI = shutil.which("mali", path=sysconfig.get_path("scripts")) or sys.exit("mali is not installed in this Python.")
OURS = [
    *("event_id", "date_start", "event_type", "sub_event_type", "side_a", "side_b"),
    *("region", "country", "latitude", "longitude", "summary", "killed_best"),
]
COLUMNS = ",".join(OURS)
RAW = [
    *("event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "actor2"),
    *("admin1", "country", "latitude", "longitude", "notes", "fatalities"),
]
THEIRS = ",".join(RAW)
IN_ROLES = " OR ".join(
    [f"{role} = '{MNLA}'" for role in ("actor1", "actor2")]
    + [f"list_contains(string_split({role}, '; '), '{MNLA}')" for role in ("assoc_actor_1", "assoc_actor_2")]
)

Rows = list[tuple[str, ...]]


class Run(NamedTuple):
    seconds: float
    megabytes: float


class Tool(NamedTuple):
    name: str
    command: list[str]
    environment: dict[str, str]
    slow: bool = False


# The same search by DuckDB in a Python that loads pandas meanwhile, and nothing else: what any program of these
# packages takes at least.
IN_PYTHON = """
import csv, os, sys, threading
import duckdb
found = []
search = threading.Thread(target=lambda: found.extend(duckdb.connect().execute(sys.argv[1]).fetchall()))
search.start()
import pandas
search.join()
csv.writer(sys.stdout).writerows([sys.argv[2].split(","), *found])
sys.stdout.flush()
os._exit(0)
"""


def tools(file: Path, without_duckdb: Path) -> list[Tool]:
    """DuckDB first: the others are measured against it."""
    search = f"""
        SELECT {THEIRS} FROM '{file}' WHERE event_date >= '2020-01-01' AND ({IN_ROLES})
        ORDER BY event_date, event_id_cnty"""
    found = [
        Tool("DuckDB, command line", [_found("duckdb"), "-csv", "-c", search], {}),
        Tool("DuckDB in Python, beside import pandas", [sys.executable, "-c", IN_PYTHON, search, THEIRS], {}),
        Tool("mali, extra fast", mali("events", file), {}),
        Tool("mali, base install", mali("events", file), {"PYTHONPATH": str(without_duckdb)}),
    ]  # fmt: skip
    if shutil.which("mlr"):
        named = [f'$actor{n} == "{MNLA}" || $assoc_actor_{n} =~ "(^|; ){MNLA}(;|$)"' for n in (1, 2)]
        test = f'$event_date >= "2020-01-01" && ({" || ".join(named)})'
        command = ["mlr", "--icsv", "--ocsv", "filter", test, "then", "cut", "-o", "-f", THEIRS, str(file)]
        found.append(Tool("Miller", command, {}, slow=True))
    if _found("csvgrep"):
        roles = "actor1,assoc_actor_1,actor2,assoc_actor_2"
        line = (
            f"csvgrep -c event_date -r '^202' '{file}' | csvgrep -a -c {roles} -r '(^|; ){MNLA}(;|$)' | "
            f"csvcut -c {THEIRS}"
        )
        found.append(Tool("csvkit", ["sh", "-c", line], {}, slow=True))
    return found


def mali(question: str, data: Path, *more: str) -> list[str]:
    asked = ("--from", "2020", "--actor", "MNLA", "--columns", COLUMNS) if question == "events" and not more else more
    return [MALI, question, "--data", str(data), "--quiet", *asked]


def _found(name: str) -> str:
    return shutil.which(name, path=f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}") or ""


def run(tool: Tool) -> tuple[Run, bytes]:
    """One whole process, its output read through a pipe, its memory as the system accounts for it."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MALI_DATA", "MALI_DEBUG", "PYTHONPATH")}
    environment["PATH"] = f"{sysconfig.get_path('scripts')}:{environment['PATH']}"
    read, write = os.pipe()
    began = time.perf_counter()
    child = subprocess.Popen(tool.command, stdout=write, env={**environment, **tool.environment})
    os.close(write)
    parts = []
    while part := os.read(read, 1 << 20):
        parts.append(part)
    os.close(read)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        sys.exit(f"{tool.name} ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)), b"".join(parts)


def alike(output: bytes) -> Rows:
    """What all tools must agree on: id, year, types, country, point, notes, dead; blank and 0 dead are both unknown."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    columns = OURS if OURS[0] in (rows.fieldnames or []) else RAW
    wanted = [columns[i] for i in (0, 1, 2, 3, 7, 8, 9, 10, 11)]
    found = []
    for row in rows:
        cells = [row[name] for name in wanted]
        cells[1] = cells[1][:4]  # of an imprecise day mali tells the first that it may be
        cells[5], cells[6] = f"{float(cells[5]):.4f}", f"{float(cells[6]):.4f}"
        cells[8] = cells[8] or "0"
        found.append(tuple(cells))
    return sorted(found)


def of_the_mnla(output: bytes) -> Rows:
    """Events and dead of the MNLA in each year, of a sum by year and actor."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    mine = [row for row in rows if row["actor"] in ("MNLA", MNLA)]
    return sorted((row["year"], row["events"], row.get("killed") or row["killed_best"]) for row in mine)


def compared(title: str, contenders: list[Tool], rounds: int, agree: Callable[[bytes], Any] | None) -> None:
    """Runs the contenders in turn and prints a line for each, with its ratio to the first."""
    answers = {tool.name: run(tool) for tool in contenders}  # also brings the files into the cache
    if agree:
        expected = agree(answers[contenders[0].name][1])
        for tool in contenders[1:]:
            if agree(answers[tool.name][1]) != expected:
                sys.exit(f"{tool.name} gives another answer than {contenders[0].name}: {title}")
        title += f" ({len(expected):,} rows, the same of all)"
    runs: dict[str, list[Run]] = {tool.name: [answers[tool.name][0]] if tool.slow else [] for tool in contenders}
    for _ in range(rounds):
        for tool in contenders:
            if not tool.slow:
                runs[tool.name].append(run(tool)[0])
    first = runs[contenders[0].name]
    print(f"\n{title}")
    for tool in contenders:
        its = runs[tool.name]
        seconds = statistics.median(r.seconds for r in its)
        against = first if len(its) == len(first) else [Run(statistics.median(r.seconds for r in first), 0)]
        ratio = statistics.median(a.seconds / b.seconds for a, b in zip(its, against, strict=True))
        memory = statistics.median(r.megabytes for r in its)
        print(f"  {tool.name:42} {seconds:8.2f} s {ratio:7.2f} {memory:7.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "mali-benchmark")
    parser.add_argument("--without-slow", action="store_true", help="leave out Miller and csvkit")
    asked = parser.parse_args()
    # As pip does when it installs; else a checkout may be compiled in every run.
    compileall.compile_dir(Path(mali_cli.__file__).parent, quiet=1)
    asked.folder.mkdir(exist_ok=True)
    hidden = asked.folder / "without-duckdb"
    hidden.mkdir(exist_ok=True)
    (hidden / "duckdb.py").write_text('raise ImportError("hidden, to measure the base install")\n')
    print(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {asked.rounds} rounds"
    )
    converted = {}
    for number in asked.records:
        file = make(asked.folder / f"acled-{number}.csv", number)
        converted[number] = folder = asked.folder / f"acled-{number}"
        if not folder.exists():
            subprocess.run([MALI, "convert", str(file), str(folder), "--to", "parquet", "--quiet"], check=True)
        contenders = [tool for tool in tools(file, hidden) if not (tool.slow and asked.without_slow)]
        contenders.append(Tool("mali, converted folder", mali("events", folder), {}))
        size = file.stat().st_size / 1e6
        compared(f"{number:,} records, {size:,.0f} MB: from 2020, the MNLA", contenders, asked.rounds, alike)
        total = f"""
            SELECT year(event_date) AS year, actor, count(DISTINCT event_id_cnty) AS events, sum(fatalities) AS killed
            FROM (SELECT *, unnest(list_distinct(list_concat([actor1, actor2], string_split(assoc_actor_1, '; '),
                string_split(assoc_actor_2, '; ')))) AS actor FROM '{file}')
            WHERE actor <> '' GROUP BY ALL ORDER BY ALL"""
        sums = [
            Tool("DuckDB, command line", [_found("duckdb"), "-csv", "-c", total], {}),
            Tool("mali, converted folder", mali("casualties", folder, "--by", "year,actor"), {}),
        ]
        compared(f"{number:,} records: a sum by year and actor", sums, asked.rounds, of_the_mnla)
        floor = [
            Tool("import typer, pandas, duckdb", [sys.executable, "-c", "import typer, pandas, duckdb"], {}),
            Tool("mali, converted folder: the MNLA", mali("events", folder), {}),
        ]
        compared(f"{number:,} records: beside what the packages cost to import", floor, asked.rounds, None)
    if len(converted) > 1:
        # A hundredth of the days: 48 of 4,745.
        days = ("--from", "2024-10-01", "--to", "2024-11-17")
        for title, more in (("counted by type", ("--by", "type")), ("all rows", ("--columns", COLUMNS))):
            tools_ = [
                Tool(f"{number:,} records", mali("events", folder, *days, *more), {})
                for number, folder in converted.items()
            ]
            compared(f"converted folders: a filter that keeps 1 % of the days, {title}", tools_, asked.rounds, None)


if __name__ == "__main__":
    main()
