"""DaskExecutor: map a function over tasks on the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import pydoc
import time
import uuid
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
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
TASKS_OF_THREAD = 2  # that are started before their turn, for each thread of the workers
NO_FILE = "no file was written"
# What must be the same on all workers: found by name there, so that a worker without mali can answer too.
VERSIONS = {"mali": "mali_cli.__version__", "DuckDB": "duckdb.__version__", "pandas": "pandas.__version__"}


def import_distributed() -> Any:
    """Return the module distributed; MaliError if it is not installed."""
    return require_extra("cluster", "a cluster is reached with Dask", "distributed")


class DaskExecutor(Executor):
    """The workers of a Dask scheduler; a connection is made for each query."""

    def __init__(self, address: str) -> None:
        self.address = address

    def imap(
        self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT], all_at_once: bool = False
    ) -> Generator[ResultT]:
        with self._connect() as client:
            run = ClusterRun(client, self.address, function, tasks, all_at_once)
            self.progress_fraction = 0.0
            try:
                for index in range(len(tasks)):
                    for finished in run.wait_for(index):
                        self.progress_fraction = finished / len(tasks)
                    yield run.results.pop(index)
                run.check_workers()
            finally:
                run.cancel()
                self.progress_fraction = None

    @contextlib.contextmanager
    def _connect(self) -> Iterator[Any]:
        """Connect to the scheduler; its log would be printed over the answer."""
        distributed = import_distributed()
        if self.address.startswith("tls:") and not distributed.Security().get_connection_args("client")["ssl_context"]:
            raise self._error(f"{self.address} needs certificates: set distributed.comm.tls in Dask's configuration.")
        logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]  # each has a level
        levels = [log.level for log in logs]
        for log in logs:
            log.setLevel(logging.CRITICAL + 1)
        client = None
        try:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # versions of Dask's parts differ
                    client = distributed.Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
            except (OSError, ValueError) as error:
                # An error of TLS or of the name of the host is worth to be read.
                why = "" if "Timed out" in str(error) else f": {' '.join(str(error).split())}".rstrip(".")
                raise self._error(f"no Dask scheduler answers at {self.address}{why}.") from None
            try:
                yield client
            except (distributed.client.CancelledError, OSError):
                raise self._error(f"the connection to {self.address} was lost; {NO_FILE}.") from None
        finally:
            if client is not None:
                with contextlib.suppress(Exception):
                    client.close(timeout=CONNECT_SECONDS)
            for log, level in zip(logs, levels, strict=True):
                log.setLevel(level)

    @staticmethod
    def _error(message: str) -> MaliError:
        return MaliError(message, EXIT_DATA)


class ClusterRun(Generic[TaskT, ResultT]):
    """One function mapped over tasks; `results` by the index of the task, as far as they have arrived."""

    def __init__(
        self,
        client: Any,
        address: str,
        function: Callable[[TaskT], ResultT],
        tasks: Sequence[TaskT],
        all_at_once: bool,
    ) -> None:
        self.client, self.address, self.function, self.tasks = client, address, function, tasks
        self.all_at_once = all_at_once
        self.results: dict[int, ResultT] = {}
        self._attempts: dict[int, list[Any]] = {}  # the futures of each task that was started and has no result here
        self._started = 0
        self._silent: set[str] = set()  # keys of futures whose result could not be had
        self._checked: set[str] = set()  # workers whose versions were compared
        self._threads = 0  # of all workers
        self._longest = 0.0  # how many seconds a task has taken
        self._prefix = f"mali-{uuid.uuid4().hex}"
        if not self.check_workers():
            raise self._error(f"{address} has no workers; start one: dask worker {address}")

    def wait_for(self, index: int) -> Iterator[int]:
        """Wait for the result of a task, the next one; yield the number of tasks that have finished."""
        last_result = last_worker = last_check = time.monotonic()
        last_finished = 0
        self._start_tasks(index)
        while index not in self.results:
            finished = self._collect(index)
            yield finished
            now = time.monotonic()
            if finished > last_finished:
                last_finished, last_result = finished, now
            if now - last_check > 1:
                last_check = now
                if self.check_workers():
                    last_worker = now
                elif now - last_worker > WITHOUT_WORKERS_SECONDS:
                    raise self._error(f"{self.address} has no workers any more; {NO_FILE}.")
            if now - last_result > max(PATIENCE_SECONDS, PATIENCE_FACTOR * self._longest):
                last_result = now
                self._start_copies()
            if index not in self.results:
                time.sleep(POLL_SECONDS)

    def _start_tasks(self, index: int) -> None:
        """Start those tasks whose turn comes with that of the task of this index."""
        end = len(self.tasks) if self.all_at_once else min(index + TASKS_OF_THREAD * self._threads, len(self.tasks))
        for started in range(self._started, max(end, index + 1)):
            self._start(started)
            self._started = started + 1

    def cancel(self) -> None:
        """Cancel what has not finished."""
        futures = [future for attempts in self._attempts.values() for future in attempts]
        if futures:
            with contextlib.suppress(Exception):
                self.client.cancel(futures, force=True)

    def _start(self, index: int, workers: list[str] | None = None) -> None:
        attempts = self._attempts.setdefault(index, [])
        key = f"{self._prefix}-{index}-{len(attempts)}"
        where = {"workers": workers, "allow_other_workers": workers is not None}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an argument is large
            attempts.append(self.client.submit(_timed, self.function, self.tasks[index], key=key, pure=False, **where))

    def _collect(self, index: int) -> int:
        """Take the result of a task if it is there, or all results that are; return how many tasks have finished."""
        done = [(i, future) for i, attempts in self._attempts.items() for future in attempts if future.done()]
        for _, future in done:
            if future.status == "error":
                raise self._failure(future.exception())
        for i, future in done:
            if (self.all_at_once or i == index) and i not in self.results and future.key not in self._silent:
                self._take(i, future)
        waiting = [attempts for attempts in self._attempts.values() if not any(future.done() for future in attempts)]
        return self._started - len(waiting)

    def _take(self, index: int, future: Any) -> None:
        """Take the result of a task; if the worker that has it is silent, a copy will be started."""
        try:
            seconds, self.results[index] = future.result(timeout=PATIENCE_SECONDS)
        except TimeoutError:
            self._silent.add(future.key)
            return
        self._longest = max(self._longest, seconds)
        others = [other for other in self._attempts.pop(index) if other is not future]
        if others:
            self.client.cancel(others, force=True)

    def _start_copies(self) -> None:
        """Start a copy of each task that a worker has, on workers that have none of them if there are any."""
        worker_of = {key: worker for worker, keys in self.client.processing().items() for key in keys}
        if self._silent:
            futures = [f for attempts in self._attempts.values() for f in attempts if f.key in self._silent]
            worker_of |= {key: worker for key, workers in self.client.who_has(futures).items() for worker in workers}
        stuck = {}
        for index, attempts in self._attempts.items():
            on = [worker_of[future.key] for future in attempts if future.key in worker_of]
            if len(on) == len(attempts):
                stuck[index] = on
        busy = {worker for workers in stuck.values() for worker in workers}
        for index, workers in stuck.items():
            if free := (self._checked - busy) or (self._checked - set(workers)):
                self._start(index, sorted(free))

    def check_workers(self) -> bool:
        """Compare the versions on workers that are new, and return whether there are workers."""
        found = self.client.scheduler_info(n_workers=-1)["workers"]
        workers = set(found)
        self._threads = sum(worker["nthreads"] for worker in found.values())
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
