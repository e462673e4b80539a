"""Compare mali with DuckDB, Miller and csvkit on files shaped like ACLED's.

    python benchmarks/scale.py [--records 20000 200000 2000000] [--rounds 5] [--folder DIR]

Needs `pip install ".[fast]" duckdb-cli csvkit` in a checkout, and Miller (Debian: miller). The files are invented by
acled_like.py. Every tool runs as a process of its own that writes CSV into a pipe. The tools take turns; printed are
the median time, its median ratio to DuckDB's command line on the same CSV in the same round, and peak memory. Before
anything is timed, the results are compared record by record. Slow tools run once, not once per round.

The query: from 2020, the MNLA in any of the four actor columns, twelve columns including the notes.

Sums of the CSV are compared with the same sums by DuckDB's command line, and converting it with DuckDB's COPY of the
same columns, which does not sort them.

Limits on 2 million records: with the extra `fast` at most 1.6 times as long as DuckDB's command line on the CSV for
the query and the sums, and 4 times for converting; at most 0.6 GB of memory for the query, and 1 GB for the others.
On a converted folder at most 1.2 times as long for `--by country,year` as for `--by in,year`, 2 s for the others, and
6 times as long for the sum of 20 million records as for that of 2 million.
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
from collections.abc import Callable, Iterator
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

JNIM = ("JNIM: Group for Support of Islam and Muslims", "Katiba Serma")  # with its part
CONVERTED = ", ".join(
    [
        *("event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1", "assoc_actor_1"),
        *("actor2", "assoc_actor_2", "civilian_targeting", "country", "admin1", "location", "latitude", "longitude"),
        *("geo_precision", "source", "notes", "fatalities", "tags"),
    ]
)
CONVERT_OPTIONS = ("--to", "parquet", "--force", "--quiet")

Rows = list[tuple[str, ...]]


class Run(NamedTuple):
    seconds: float
    megabytes: float


class Tool(NamedTuple):
    name: str
    command: list[str]
    environment: dict[str, str]
    slow: bool = False


# The same query by DuckDB in Python while pandas is imported, and nothing else: the least that a program with these
# packages can take.
IN_PYTHON = """
import csv, os, sys, threading
import duckdb
rows = []
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
search = threading.Thread(target=lambda: rows.extend(connection.execute(sys.argv[1]).fetchall()))
search.start()
import pandas
search.join()
csv.writer(sys.stdout).writerows([sys.argv[2].split(","), *rows])
sys.stdout.flush()
os._exit(0)
"""


def tools(file: Path, without_duckdb: Path) -> list[Tool]:
    """Return the tools that are installed; DuckDB is first, because the others are compared with it."""
    search = f"""
        SELECT {THEIRS} FROM '{file}' WHERE event_date >= '2020-01-01' AND ({IN_ROLES})
        ORDER BY event_date, event_id_cnty"""
    contenders = [
        Tool("DuckDB, command line", [_executable("duckdb"), "-csv", "-c", search], {}),
        Tool("DuckDB in Python, while importing pandas", [sys.executable, "-c", IN_PYTHON, search, THEIRS], {}),
        Tool("mali, extra fast", mali("events", file), {}),
        Tool("mali, base install", mali("events", file), {"PYTHONPATH": str(without_duckdb)}),
    ]  # fmt: skip
    if shutil.which("mlr"):
        named = [f'$actor{n} == "{MNLA}" || $assoc_actor_{n} =~ "(^|; ){MNLA}(;|$)"' for n in (1, 2)]
        test = f'$event_date >= "2020-01-01" && ({" || ".join(named)})'
        command = ["mlr", "--icsv", "--ocsv", "filter", test, "then", "cut", "-o", "-f", THEIRS, str(file)]
        contenders.append(Tool("Miller", command, {}, slow=True))
    if _executable("csvgrep"):
        roles = "actor1,assoc_actor_1,actor2,assoc_actor_2"
        line = (
            f"csvgrep -c event_date -r '^202' '{file}' | csvgrep -a -c {roles} -r '(^|; ){MNLA}(;|$)' | "
            f"csvcut -c {THEIRS}"
        )
        contenders.append(Tool("csvkit", ["sh", "-c", line], {}, slow=True))
    return contenders


def mali(command: str, data: Path, *options: str) -> list[str]:
    """Return a command line of mali; without options, `events` gets those of the query."""
    if command == "events" and not options:
        options = ("--from", "2020", "--actor", "MNLA", "--columns", COLUMNS)
    return [MALI, command, "--data", str(data), "--quiet", *options]


def _executable(name: str) -> str:
    return shutil.which(name, path=f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}") or ""


def run(tool: Tool) -> tuple[Run, bytes]:
    """Run one process and return its time, its peak memory and its output."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MALI_DATA", "MALI_DEBUG", "PYTHONPATH")}
    environment["PATH"] = f"{sysconfig.get_path('scripts')}:{environment['PATH']}"
    read, write = os.pipe()
    began = time.perf_counter()
    child = subprocess.Popen(tool.command, stdout=write, env={**environment, **tool.environment})
    os.close(write)
    chunks = []
    while chunk := os.read(read, 1 << 20):
        chunks.append(chunk)
    os.close(read)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        sys.exit(f"{tool.name} ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)), b"".join(chunks)


def comparable_rows(output: bytes) -> Rows:
    """Return what all tools must agree on: id, year, types, country, point, notes, killed; blank and 0 are the same."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    columns = OURS if OURS[0] in (rows.fieldnames or []) else RAW
    compared_columns = [columns[i] for i in (0, 1, 2, 3, 7, 8, 9, 10, 11)]
    comparable = []
    for row in rows:
        cells = [row[name] for name in compared_columns]
        cells[1] = cells[1][:4]  # of an imprecise date mali gives the first possible day
        cells[5], cells[6] = f"{float(cells[5]):.4f}", f"{float(cells[6]):.4f}"
        cells[8] = cells[8] or "0"
        comparable.append(tuple(cells))
    return sorted(comparable)


def mnla_by_year(output: bytes) -> Rows:
    """Return the events and killed of the MNLA in each year from a sum by year and actor."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    mnla = [row for row in rows if row["actor"] in ("MNLA", MNLA)]
    return sorted((row["year"], row["events"], row.get("killed") or row["killed_best"]) for row in mnla)


def sums_of_csv(file: Path) -> Iterator[tuple[str, list[Tool]]]:
    """Yield sums of the CSV, each by DuckDB's command line and by mali."""
    roles = ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2")
    in_roles = " OR ".join(f"list_has_any(string_split({role}, '; '), {list(JNIM)})" for role in roles)
    sums = """year(event_date) AS year, count(DISTINCT event_id_cnty) AS events, sum(fatalities) AS killed_best,
        count(*) FILTER (coalesce(fatalities, 0) = 0) AS unknown"""
    for title, condition, options in (
        ("by year", "true", ("--by", "year")),
        ("by country and year, of JNIM", in_roles, ("--by", "country,year", "--actor", "JNIM")),
    ):
        statement = f"SELECT {sums} FROM '{file}' WHERE {condition} GROUP BY ALL ORDER BY ALL"
        yield (
            title,
            [
                Tool("DuckDB, command line", [_executable("duckdb"), "-csv", "-c", statement], {}),
                Tool("mali, extra fast", mali("casualties", file, *options), {}),
            ],
        )


def sums_by_year(output: bytes) -> Rows:
    """Return the events, killed and events without a number of each year."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    return sorted(tuple(row[name] for name in ("year", "events", "killed_best", "unknown")) for row in rows)


def conversions(file: Path, folder: Path) -> list[Tool]:
    """Return the conversion of the CSV to Parquet by DuckDB's command line and by mali."""
    copied = f"COPY (SELECT {CONVERTED} FROM read_csv('{file}')) TO '{folder / 'copied.parquet'}'"
    return [
        Tool("DuckDB, command line", [_executable("duckdb"), "-csv", "-c", copied], {}),
        Tool("mali, extra fast", [MALI, "convert", str(file), str(folder / "written"), *CONVERT_OPTIONS], {}),
    ]


def sums_of_folder(folder: Path) -> Iterator[tuple[str, list[Tool], Callable[[bytes], Rows]]]:
    """Yield sums and counts of a converted folder: by a key that is blank and one that is not, and beside DuckDB."""
    events = folder / "events.parquet"
    by_month = f"""
        SELECT strftime(date_start, '%Y-%m') AS month, actor, count(*) AS events
        FROM (
            SELECT *, unnest(list_distinct(string_split(concat_ws(';', side_a, side_b), ';'))) AS actor FROM '{events}')
        WHERE date_trunc('month', date_start) = date_trunc('month', date_end) GROUP BY ALL"""
    with_cattle = f"""
        SELECT year(date_start) AS year, count(*) FILTER (figured) AS events, sum(killed_best) AS killed_best,
            count(*) FILTER (figured AND killed_best IS NULL) AS unknown
        FROM '{events}' WHERE regexp_matches(summary, '(?i)\\bcattle(s|es|''s)?\\b') GROUP BY ALL"""
    by_place, by_country = (mali("casualties", folder, "--by", f"{key},year") for key in ("in", "country"))
    yield (
        "by country",
        [Tool("mali --by in,year", by_place, {}), Tool("mali --by country,year", by_country, {})],
        by_year,
    )
    for title, statement, command, agree in (
        ("events by month and actor", by_month, mali("events", folder, "--by", "month,actor"), by_month_and_actor),
        ("with cattle", with_cattle, mali("casualties", folder, "--by", "year", "--text", "cattle"), sums_by_year),
    ):
        duckdb = Tool("DuckDB, command line, Parquet", [_executable("duckdb"), "-csv", "-c", statement], {})
        yield title, [duckdb, Tool("mali, converted folder", command, {})], agree


def by_year(output: bytes) -> Rows:
    """Return the events and killed of each year, added over the other key."""
    totals: dict[str, list[int]] = {}
    for row in csv.DictReader(io.StringIO(output.decode("utf-8"), newline="")):
        total = totals.setdefault(row["year"], [0, 0])
        total[0] += int(row["events"])
        total[1] += int(row["killed_best"] or 0)
    return sorted((year, *map(str, total)) for year, total in totals.items())


def by_month_and_actor(output: bytes) -> Rows:
    """Return the events of each actor in each month."""
    rows = csv.DictReader(io.StringIO(output.decode("utf-8"), newline=""))
    return sorted((row["month"], row["actor"], row["events"]) for row in rows if row["month"] and row["actor"])


def all_rows(file: Path, converted: Path, folder: Path) -> list[Tool]:
    """Return the writing of all events to Parquet, whose memory must not grow with their number."""
    target = str(folder / "all.parquet")
    return [
        Tool(f"mali, {name}", mali("events", data, "--output", target, "--force"), {}, slow=True)
        for name, data in (("converted folder", converted), ("CSV", file))
    ]


def compare(title: str, contenders: list[Tool], rounds: int, agree: Callable[[bytes], Any] | None) -> None:
    """Run the contenders in turn and print a line for each, with its ratio to the first."""
    results = {tool.name: run(tool) for tool in contenders}  # also brings the files into the cache
    if agree:
        expected = agree(results[contenders[0].name][1])
        for tool in contenders[1:]:
            if agree(results[tool.name][1]) != expected:
                sys.exit(f"{tool.name} gives another result than {contenders[0].name}: {title}")
        title += f" ({len(expected):,} rows, the same for all)"
    runs: dict[str, list[Run]] = {tool.name: [results[tool.name][0]] if tool.slow else [] for tool in contenders}
    for _ in range(rounds):
        for tool in contenders:
            if not tool.slow:
                runs[tool.name].append(run(tool)[0])
    first = runs[contenders[0].name]
    print(f"\n{title}")
    for tool in contenders:
        tool_runs = runs[tool.name]
        seconds = statistics.median(r.seconds for r in tool_runs)
        reference = first if len(tool_runs) == len(first) else [Run(statistics.median(r.seconds for r in first), 0)]
        ratio = statistics.median(a.seconds / b.seconds for a, b in zip(tool_runs, reference, strict=True))
        memory = statistics.median(r.megabytes for r in tool_runs)
        print(f"  {tool.name:42} {seconds:8.2f} s {ratio:7.2f} {memory:7.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "mali-benchmark")
    parser.add_argument("--without-slow", action="store_true", help="leave out Miller and csvkit")
    args = parser.parse_args()
    # As pip does at installation; a checkout might be compiled in every run.
    compileall.compile_dir(Path(mali_cli.__file__).parent, quiet=1)
    args.folder.mkdir(exist_ok=True)
    hidden = args.folder / "without-duckdb"
    hidden.mkdir(exist_ok=True)
    (hidden / "duckdb.py").write_text('raise ImportError("hidden, to measure the base install")\n')
    print(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {args.rounds} rounds"
    )
    converted = {}
    for number in args.records:
        file = make(args.folder / f"acled-{number}.csv", number)
        converted[number] = folder = args.folder / f"acled-{number}"
        if not folder.exists():
            subprocess.run([MALI, "convert", str(file), str(folder), "--to", "parquet", "--quiet"], check=True)
        contenders = [tool for tool in tools(file, hidden) if not (tool.slow and args.without_slow)]
        contenders.append(Tool("mali, converted folder", mali("events", folder), {}))
        size = file.stat().st_size / 1e6
        compare(f"{number:,} records, {size:,.0f} MB: from 2020, the MNLA", contenders, args.rounds, comparable_rows)
        total = f"""
            SELECT year(event_date) AS year, actor, count(DISTINCT event_id_cnty) AS events, sum(fatalities) AS killed
            FROM (SELECT *, unnest(list_distinct(list_concat([actor1, actor2], string_split(assoc_actor_1, '; '),
                string_split(assoc_actor_2, '; ')))) AS actor FROM '{file}')
            WHERE actor <> '' GROUP BY ALL ORDER BY ALL"""
        sums = [
            Tool("DuckDB, command line", [_executable("duckdb"), "-csv", "-c", total], {}),
            Tool("mali, converted folder", mali("casualties", folder, "--by", "year,actor"), {}),
        ]
        compare(f"{number:,} records: a sum by year and actor", sums, args.rounds, mnla_by_year)
        for what, summing in sums_of_csv(file):
            compare(f"{number:,} records, CSV: a sum {what}", summing, args.rounds, sums_by_year)
        for what, summing, agree in sums_of_folder(folder):
            compare(f"{number:,} records, converted: {what}", summing, args.rounds, agree)
        compare(f"{number:,} records: all rows to Parquet", all_rows(file, folder, args.folder), 0, None)
        compare(f"{number:,} records: convert to Parquet", conversions(file, args.folder), args.rounds, None)
        floor = [
            Tool("import typer, pandas, duckdb", [sys.executable, "-c", "import typer, pandas, duckdb"], {}),
            Tool("mali, converted folder: the MNLA", mali("events", folder), {}),
        ]
        compare(f"{number:,} records: compared with importing the packages", floor, args.rounds, None)
    if len(converted) > 1:
        # 48 of 4,745 days.
        days = ("--from", "2024-10-01", "--to", "2024-11-17")
        for title, options in (("counted by type", ("--by", "type")), ("all rows", ("--columns", COLUMNS))):
            tools_ = [
                Tool(f"{number:,} records", mali("events", folder, *days, *options), {})
                for number, folder in converted.items()
            ]
            compare(f"converted folders: a filter that matches 1 % of the days, {title}", tools_, args.rounds, None)
        growth = [
            Tool(f"{number:,} records", mali("casualties", folder, "--by", "in,year"), {})
            for number, folder in converted.items()
        ]
        compare("converted folders: a sum by place and year", growth, args.rounds, None)


if __name__ == "__main__":
    main()
