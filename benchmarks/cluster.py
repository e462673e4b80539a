"""Time queries of folders of parts in one process and on a Dask cluster of this machine.

    python benchmarks/cluster.py [--records 2000000 4000000] [--rounds 3] [--workers 2] [--folder DIR]

Needs `pip install ".[cluster,fast]"` in a checkout. Each folder has parts of about a million events of the shape of
ACLED; those of more records than the first repeat it with other ids. What is in --folder already is not made again.

Each query runs as whole processes in turn: DuckDB in one process (`local`), two processes (`local:2`) and two workers
of a Dask scheduler. Their answers are compared before anything is timed. Printed are the median time, its median ratio
to `local` in the same round, and the peak memory of the command itself, without its processes and workers.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from acled_like import make
from scale import MALI, Tool, compare, mali

from mali_cli.dataset import load
from mali_cli.model import schema
from mali_cli.storage.convert import dataset_metadata
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.parquet_parts import AUTO, PartsSink

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parent.parent)}  # the program and the workers are of this checkout
WAIT_FOR_WORKERS = "import sys, distributed; distributed.Client(sys.argv[1]).wait_for_workers(int(sys.argv[2]))"
ID_COLUMNS = ("event_id", "casualty_id", "tally", "part_of")  # different in each copy of a record
QUESTIONS = {
    "1 % of the days, counted by type": ("events", "--from", "2024-10-01", "--to", "2024-11-17", "--by", "type"),
    "one actor of a hundred, all rows": ("events", "--actor", "MNLA"),
    "sums by country and year": ("casualties", "--by", "in,year"),
    "sums by year and actor": ("casualties", "--by", "year,actor"),
    "sums by year where the summary mentions cattle": ("casualties", "--by", "year", "--text", "cattle"),
}


def make_parts(folder: Path, first: Path, copies: int) -> None:
    """Write a folder of parts with the events of a converted folder so many times, each time with other ids."""
    work = folder.with_name(f"{folder.name}.work")
    work.mkdir()
    source = load(first)
    sink = PartsSink(work / "new", dataset_metadata(source.backend), AUTO)
    for name in schema.table_names():
        if name not in LARGE_TABLES:
            sink.append(name, source.table(name))
    for name in LARGE_TABLES:
        names = [c.name for c in schema.table(name).columns if c.name not in source.backend.absent_columns(name)]
        for copy in range(copies):
            cells = ", ".join(f"'{copy}-' || \"{n}\"" if n in ID_COLUMNS else f'"{n}"' for n in names)
            columns = ", ".join(f'"{n}"' for n in names)
            rows = f"SELECT {cells} FROM '{first}/{name}.parquet'"
            sink.connection.execute(f"INSERT INTO {name} ({columns}) {rows}")
    sink.finish(lambda *_: None)
    sink.close()
    (work / "new").rename(folder)
    subprocess.run(["rm", "-r", str(work)], check=True)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler and workers of one thread each; yield the address of the scheduler."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    environment = {**os.environ, **ENVIRONMENT}
    with open(folder / "cluster.log", "w") as log:
        scheduler = subprocess.Popen(
            [*command, "--no-dashboard", "--scheduler-file", str(file)], env=environment, stdout=log, stderr=log
        )
        while not (file.exists() and file.read_text().endswith("}")):
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        processes = [subprocess.Popen(command, env=environment, stdout=log, stderr=log) for _ in range(workers)]
        try:
            subprocess.run([sys.executable, "-c", WAIT_FOR_WORKERS, address, str(workers)], check=True)
            yield address
        finally:
            for process in (*processes, scheduler):
                process.terminate()
                process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[2_000_000, 4_000_000, 10_000_000, 20_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "mali-benchmark")
    args = parser.parse_args()
    args.folder.mkdir(exist_ok=True)
    base = min(args.records)
    first = args.folder / f"acled-{base}"
    if not first.exists():
        file = make(args.folder / f"acled-{base}.csv", base)
        words = [MALI, "convert", str(file), str(first), "--to", "parquet", "--quiet"]
        subprocess.run(words, env={**os.environ, **ENVIRONMENT}, check=True)
    print(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {args.rounds} rounds"
    )
    with cluster(args.folder, args.workers) as address:
        for records in args.records:
            data = args.folder / f"parts-{records}"
            if not data.exists():
                # In a process of its own: the memory of this one counts as that of the commands that it starts.
                making = multiprocessing.Process(target=make_parts, args=(data, first, records // base))
                making.start()
                making.join()
                if making.exitcode:
                    sys.exit(making.exitcode)
            size = sum(path.stat().st_size for path in data.rglob("*.parquet")) / 1e6
            for question, (command, *options) in QUESTIONS.items():
                tools = [
                    Tool(f"--engine {engine}", [*mali(command, data, *options), "--engine", engine], ENVIRONMENT)
                    for engine in ("local", f"local:{args.workers}", address)
                ]
                compare(f"{records:,} records, {size:,.0f} MB: {question}", tools, args.rounds, bytes.splitlines)


if __name__ == "__main__":
    main()
