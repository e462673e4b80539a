"""A Dask scheduler and its workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.conftest import ROOT

SLOW_SECONDS = 0.25
# Loaded by each worker: while the file `slow` exists, work on a folder or a file takes a while, and leaves a trace.
PRELOAD = f"""
import os, time
from pathlib import Path
from mali_cli.engine import conversion, plan
from mali_cli.formats import file_import

def slowly(function):
    def work(*arguments):
        if Path("slow").exists():
            Path(f"working-{{os.getpid()}}-{{function.__name__}}").touch()
            time.sleep({SLOW_SECONDS})
        return function(*arguments)
    return work

plan.partial_result_of_folder = slowly(plan.partial_result_of_folder)
plan.batches_of_folder = slowly(plan.batches_of_folder)
file_import.read_file = slowly(file_import.read_file)
conversion.write_part = slowly(conversion.write_part)
"""


class Cluster:
    """A scheduler on the loopback interface with workers of one thread each."""

    def __init__(self, folder: Path, workers: int = 2, env: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder, self.env = folder, env
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
        environment = {
            **os.environ,
            **self.env,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
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

    def busy_worker(self, function: str = "*") -> subprocess.Popen[bytes]:
        """Wait until a worker works on slow tasks, of one function if it is named, and return it."""

        def is_busy(worker: subprocess.Popen[bytes]) -> bool:
            return any(self.folder.glob(f"working-{worker.pid}-{function}"))

        wait_for(lambda: any(map(is_busy, self.workers)))
        return next(filter(is_busy, self.workers))

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


class S3Server:
    """A server with S3's interface (moto's) on the loopback interface; `env` are the variables that point to it."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
        self.env = {"AWS_ENDPOINT_URL": url, **keys}
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def upload(self, folder: Path, bucket: str) -> str:
        """Copy a folder into a new bucket and return its address."""
        import boto3

        session = boto3.session.Session(self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"])
        client = session.client("s3", endpoint_url=self.env["AWS_ENDPOINT_URL"], region_name="us-east-1")
        client.create_bucket(Bucket=bucket)
        for file in folder.rglob("*.*"):
            client.upload_file(str(file), bucket, f"{folder.name}/{file.relative_to(folder)}")
        client.close()
        return f"s3://{bucket}/{folder.name}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
