"""DaskExecutor: map a function over tasks on the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import pydoc
import time
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic

from mali_cli.engine.executor import Executor, ResultT, TaskT
from mali_cli.errors import EXIT_DATA, MaliError
from mali_cli.model.extras import require_extra

CONNECT_SECONDS = 5.0
POLL_SECONDS = 0.02
# A worker may fall silent with a task. If no task has finished for so many seconds, or for so many times as long as any
# task has taken, copies of the unfinished ones are started on other workers; the first result counts.
PATIENCE_SECONDS = 4.0
PATIENCE_FACTOR = 3.0
WITHOUT_WORKERS_SECONDS = 15.0  # a worker that was killed may be started again
# What must be the same on all workers: found by name there, so that a worker without mali can answer too.
VERSIONS = {"mali": "mali_cli.__version__", "DuckDB": "duckdb.__version__", "pandas": "pandas.__version__"}


def import_distributed() -> Any:
    """Return the module distributed; MaliError if it is not installed."""
    return require_extra("cluster", "a cluster is reached with Dask", "distributed")


class DaskExecutor(Executor):
    """The workers of a Dask scheduler; a connection is made for each query."""

    def __init__(self, address: str) -> None:
        self.address = address

    def map(self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT]) -> list[ResultT]:
        with self._connect() as client:
            run = ClusterRun(client, self.address, function)
            self.progress_fraction = 0.0
            try:
                for done in run.finish(tasks):
                    self.progress_fraction = done / len(tasks)
                return [run.results[index] for index in range(len(tasks))]
            finally:
                run.cancel()
                self.progress_fraction = None

    @contextlib.contextmanager
    def _connect(self) -> Iterator[Any]:
        """Connect to the scheduler; its log would be printed over the answer."""
        distributed = import_distributed()
        if self.address.startswith("tls:") and not distributed.Security().get_connection_args("client")["ssl_context"]:
            raise self._error(f"{self.address} needs certificates: set distributed.comm.tls in Dask's configuration.")
        log = logging.getLogger("distributed")
        level = log.level
        log.setLevel(logging.CRITICAL + 1)
        client = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # versions of Dask's parts differ, or an argument is large
                try:
                    client = distributed.Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
                except (OSError, ValueError) as error:
                    # An error of TLS or of the name of the host is worth to be read.
                    why = "" if "Timed out" in str(error) else f": {' '.join(str(error).split())}".rstrip(".")
                    raise self._error(f"no Dask scheduler answers at {self.address}{why}.") from None
                try:
                    yield client
                except (distributed.client.CancelledError, OSError):
                    raise self._error(f"the connection to {self.address} was lost; nothing was written.") from None
        finally:
            if client is not None:
                with contextlib.suppress(Exception):
                    client.close(timeout=CONNECT_SECONDS)
            log.setLevel(level)

    @staticmethod
    def _error(message: str) -> MaliError:
        return MaliError(message, EXIT_DATA)


class ClusterRun(Generic[TaskT, ResultT]):
    """One function mapped over tasks; `results` by the index of the task, as far as they have finished."""

    def __init__(self, client: Any, address: str, function: Callable[[TaskT], ResultT]) -> None:
        self.client, self.address, self.function = client, address, function
        self.results: dict[int, ResultT] = {}
        self._attempts: dict[int, list[Any]] = {}  # the futures of each task without a result
        self._checked: set[str] = set()  # workers whose versions were compared
        self._prefix = f"mali-{uuid.uuid4().hex}"

    def finish(self, tasks: Sequence[TaskT]) -> Iterator[int]:
        """Run all tasks; yield the number of finished ones while waiting."""
        if not self._check_workers():
            raise self._error(f"{self.address} has no workers; start one: dask worker {self.address}")
        for index, task in enumerate(tasks):
            self._start(index, task)
        longest = 0.0
        last_result = last_worker = last_check = time.monotonic()
        while self._attempts:
            time.sleep(POLL_SECONDS)
            yield len(self.results)
            now = time.monotonic()
            for seconds in self._collect():
                longest, last_result = max(longest, seconds), time.monotonic()
            if now - last_check > 1:
                last_check = now
                if self._check_workers():
                    last_worker = now
                elif now - last_worker > WITHOUT_WORKERS_SECONDS:
                    raise self._error(f"{self.address} has no workers any more; nothing was written.")
            if now - last_result > max(PATIENCE_SECONDS, PATIENCE_FACTOR * longest):
                last_result = now
                self._start_copies(tasks)
        self._check_workers()

    def cancel(self) -> None:
        """Cancel what has not finished."""
        futures = [future for attempts in self._attempts.values() for future in attempts]
        if futures:
            with contextlib.suppress(Exception):
                self.client.cancel(futures, force=True)

    def _start(self, index: int, task: TaskT, workers: list[str] | None = None) -> None:
        attempts = self._attempts.setdefault(index, [])
        attempts.append(
            self.client.submit(
                _timed,
                self.function,
                task,
                key=f"{self._prefix}-{index}-{len(attempts)}",
                pure=False,
                workers=workers,
                allow_other_workers=workers is not None,
            )
        )

    def _collect(self) -> list[float]:
        """Take the results that have arrived, and return the seconds that each task took."""
        taken = []
        finished = [(index, future) for index, tries in self._attempts.items() for future in tries if future.done()]
        for index, future in finished:
            if index in self.results:
                continue
            if future.status == "error":
                raise self._failure(future.exception())
            try:
                seconds, self.results[index] = future.result(timeout=PATIENCE_SECONDS)
            except TimeoutError:
                continue  # the worker that has it is silent; a copy will be started
            taken.append(seconds)
            others = [other for other in self._attempts.pop(index) if other is not future]
            if others:
                self.client.cancel(others, force=True)
        return taken

    def _start_copies(self, tasks: Sequence[TaskT]) -> None:
        """Start a copy of each task that a worker has, on workers that have none of them if there are any."""
        worker_of = {key: worker for worker, keys in self.client.processing().items() for key in keys}
        stuck = {}
        for index, attempts in self._attempts.items():
            on = [worker_of[future.key] for future in attempts if future.key in worker_of]
            if len(on) == len(attempts) or any(future.done() for future in attempts):
                stuck[index] = on
        busy = {worker for workers in stuck.values() for worker in workers}
        for index, workers in stuck.items():
            if free := (self._checked - busy) or (self._checked - set(workers)):
                self._start(index, tasks[index], sorted(free))

    def _check_workers(self) -> bool:
        """Compare the versions on workers that are new, and return whether there are workers."""
        workers = set(self.client.scheduler_info(n_workers=-1)["workers"])
        if new := workers - self._checked:
            self._compare_versions(sorted(new))
        self._checked = (self._checked | new) & workers
        return bool(workers)

    def _compare_versions(self, workers: list[str]) -> None:
        """Raise MaliError for a worker with another version; one that does not answer in time is not compared again."""
        futures = {
            (worker, name): self.client.submit(pydoc.locate, path, workers=[worker], pure=False, priority=1)
            for worker in workers
            for name, path in VERSIONS.items()
        }
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not all(future.done() for future in futures.values()):
            time.sleep(POLL_SECONDS)
        for (worker, name), future in futures.items():
            if future.status == "finished":
                self._compare_version(worker, name, future.result(timeout=PATIENCE_SECONDS))
        self.client.cancel([future for future in futures.values() if not future.done()])

    def _compare_version(self, worker: str, name: str, found: object) -> None:
        expected = pydoc.locate(VERSIONS[name])
        if found != expected:
            has = f"{name} {found}" if found is not None else f"no {name}"
            raise self._error(f"the worker {worker} has {has}, and this program {name} {expected}; they must agree.")

    def _failure(self, error: Exception) -> MaliError:
        """Return the error of a task in one line."""
        if isinstance(error, MaliError):
            return error
        if isinstance(error, import_distributed().KilledWorker):
            return self._error("one part of the data ended several workers, perhaps for lack of memory.")
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return self._error(f"a worker of {self.address} failed: {text}")

    @staticmethod
    def _error(message: str) -> MaliError:
        return MaliError(message, EXIT_DATA)


def _timed(function: Callable[[TaskT], ResultT], task: TaskT) -> tuple[float, ResultT]:
    """Return how many seconds a task took, and its result."""
    began = time.monotonic()
    result = function(task)
    return time.monotonic() - began, result
