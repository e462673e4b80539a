"""A Dask scheduler and its workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT

SLOW_SECONDS = 0.25
# Loaded by each worker: while the file `slow` exists, work on a folder or a file takes a while, and leaves a trace.
PRELOAD = f"""
import os, time
from pathlib import Path
from mali_cli.engine import plan

def slowly(function):
    def work(*arguments):
        if Path("slow").exists():
            Path(f"working-{{os.getpid()}}").touch()
            time.sleep({SLOW_SECONDS})
        return function(*arguments)
    return work

plan.partial_result_of_folder = slowly(plan.partial_result_of_folder)
"""


class Cluster:
    """A scheduler on the loopback interface with workers of one thread each."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        (folder / "preload.py").write_text(PRELOAD, encoding="utf-8")
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter")
        self.scheduler = self._start("dask_scheduler", *options, "--scheduler-file", str(file))
        wait_for(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("}"))
        self.address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
        for _ in range(workers):
            self.add_worker()
        if workers:
            self.wait_for_workers(workers)

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        with open(self.folder / f"{module}.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def add_worker(self) -> subprocess.Popen[bytes]:
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--preload", "preload.py")
        self.workers.append(self._start("dask_worker", self.address, "--host", "127.0.0.1", *options))
        return self.workers[-1]

    def wait_for_workers(self, number: int) -> None:
        import distributed

        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=60)

    def slow_down(self) -> None:
        for trace in self.folder.glob("working-*"):
            trace.unlink()
        (self.folder / "slow").touch()

    def speed_up(self) -> None:
        (self.folder / "slow").unlink(missing_ok=True)

    def busy_worker(self) -> subprocess.Popen[bytes]:
        """Wait until a worker works on slow tasks, and return it."""
        wait_for(lambda: any(self._is_busy(worker) for worker in self.workers))
        return next(worker for worker in self.workers if self._is_busy(worker))

    def _is_busy(self, worker: subprocess.Popen[bytes]) -> bool:
        return (self.folder / f"working-{worker.pid}").exists()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        if process in self.workers:
            self.workers.remove(process)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
