"""A Dask scheduler and its workers, each a process of its own.

All are forked from one process that has imported Dask and mali, which saves most of the time of a start.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mali_cli.__main__ import main

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
SLOW_SECONDS = 0.3
# Of the tasks, by module; each is found by its name on a worker.
TASKS = {
    "mali_cli.engine.plan": ("partial_result_of_folder", "batches_of_folder"),
    "mali_cli.engine.conversion": ("write_part",),
    "mali_cli.formats.file_import": ("read_file",),
}
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(
    ["distributed.cli.dask_scheduler", "distributed.cli.dask_worker", "mali_cli.cli.app", "pandas", "s3fs", *TASKS]
)


class Cluster:
    """A scheduler on the loopback interface with workers of one thread each."""

    def __init__(self, folder: Path, workers: int = 2, env: Mapping[str, str] = NO_VARIABLES) -> None:
        self.folder, self.env = folder, env
        self.workers: list[ForkServerProcess] = []
        file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter")
        self.scheduler = self._start("dask_scheduler", *options, "--scheduler-file", str(file))
        wait_for(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("}"))
        self.address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
        for _ in range(workers):
            self.add_worker()
        if workers:
            self.wait_for_workers(workers)

    def _start(self, module: str, *arguments: str) -> ForkServerProcess:
        log = self.folder / f"{module}.log"
        return start(run_dask, module, arguments, folder=self.folder, files=(log, log), env=self.env)

    def add_worker(self) -> ForkServerProcess:
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
        self.workers.append(self._start("dask_worker", self.address, "--host", "127.0.0.1", *options))
        return self.workers[-1]

    def wait_for_workers(self, number: int) -> None:
        import distributed

        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=60)

    def slow_down(self, seconds: float = SLOW_SECONDS) -> None:
        for trace in self.folder.glob("working-*"):
            trace.unlink()
        (self.folder / "slow").write_text(str(seconds), encoding="utf-8")

    def speed_up(self) -> None:
        (self.folder / "slow").unlink(missing_ok=True)

    def busy_worker(self, function: str = "*") -> ForkServerProcess:
        """Wait until a worker works on slow tasks, of one function if it is named, and return it."""

        def is_busy(worker: ForkServerProcess) -> bool:
            return any(self.folder.glob(f"working-{worker.pid}-{function}"))

        wait_for(lambda: any(map(is_busy, self.workers)))
        return next(filter(is_busy, self.workers))

    def kill(self, process: ForkServerProcess) -> None:
        process.kill()
        process.join()
        if process in self.workers:
            self.workers.remove(process)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.join()


class Command:
    """A running `mali` and the files to which it writes its output and its errors."""

    def __init__(self, folder: Path, *words: str, env: Mapping[str, str] = NO_VARIABLES) -> None:
        self.files = (folder / "output.txt", folder / "errors.txt")
        self.process = start(run_mali, words, folder=folder, files=self.files, env=env)

    def interrupt(self) -> None:
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGINT)

    def finish(self) -> tuple[int | None, str, str]:
        """Wait for the end; return the status, the output and the errors."""
        self.process.join(60)
        output, errors = (file.read_text(encoding="utf-8") for file in self.files)
        for file in self.files:
            file.unlink()
        return self.process.exitcode, output, errors


def start(
    function: Callable[..., None], *arguments: Any, folder: Path, files: tuple[Path, Path], env: Mapping[str, str]
) -> ForkServerProcess:
    """Start a function in a process of its own, with files for its output and its errors."""
    process = FORK.Process(target=_run, args=(function, arguments, folder, files, dict(env)), daemon=True)
    process.start()
    return process


def _run(
    function: Callable[..., None],
    arguments: Sequence[Any],
    folder: Path,
    files: tuple[Path, Path],
    env: Mapping[str, str],
) -> None:
    os.chdir(folder)
    os.environ.update(env)
    for descriptor, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    function(*arguments)


def run_mali(words: Sequence[str]) -> None:
    sys.argv = ["mali", *words]
    main()


def run_dask(module: str, arguments: Sequence[str]) -> None:
    """Do as `dask scheduler` or `dask worker` does.

    While there is a file `slow`, a task takes as many seconds longer as it says, and leaves a trace.
    """
    for name, functions in TASKS.items():
        tasks = importlib.import_module(name)
        for function in functions:
            setattr(tasks, function, _slowly(getattr(tasks, function)))
    importlib.import_module(f"distributed.cli.{module}").main(arguments)


def _slowly(function: Callable[..., Any]) -> Callable[..., Any]:
    def work(*arguments: Any) -> Any:
        with contextlib.suppress(FileNotFoundError):
            seconds = float(Path("slow").read_text(encoding="utf-8"))
            Path(f"working-{os.getpid()}-{function.__name__}").touch()
            time.sleep(seconds)
        return function(*arguments)

    return work


@contextlib.contextmanager
def stopped(process: ForkServerProcess) -> Iterator[None]:
    """Stop a process for a while."""
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


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
