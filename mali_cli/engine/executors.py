"""--engine: open the executor that it names; processes of this machine."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Generator, Sequence
from itertools import islice

from mali_cli.engine.executor import Executor, ResultT, TaskT
from mali_cli.errors import EXIT_DATA, MaliError

LOCAL = re.compile(r"local(?::([1-9]\d{0,2}))?")
ADDRESS = re.compile(r"(?:tcp|tls)://[^/\s]+:\d+")


def open_executor(engine: str | None) -> Executor | None:
    """Return the executor of --engine, by default of MALI_ENGINE; None for work in this process."""
    given = engine if engine is not None else os.environ.get("MALI_ENGINE") or "local"
    if match := LOCAL.fullmatch(given):
        return ProcessExecutor(int(match[1])) if match[1] else None
    if ADDRESS.fullmatch(given):
        from mali_cli.engine.dask_executor import DaskExecutor

        return DaskExecutor(given)
    name = "--engine" if engine is not None else "MALI_ENGINE"
    raise MaliError(
        f"{name} takes local, local:4 (that many processes) or the address of a Dask scheduler such as "
        f"tcp://host:8786; not {given!r}."
    )


class ProcessExecutor(Executor):
    """Processes on this machine, started for each query."""

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def imap(
        self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT], all_at_once: bool = False
    ) -> Generator[ResultT]:
        import multiprocessing
        import signal
        from concurrent.futures import Future, ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        before = multiprocessing.active_children()
        # Ctrl-C reaches the processes too: this one ends them.
        pool = ProcessPoolExecutor(
            min(self.processes, len(tasks)) or 1,
            multiprocessing.get_context("spawn"),
            signal.signal,
            (signal.SIGINT, signal.SIG_IGN),
        )
        self.progress_fraction = 0.0
        waiting, futures = iter(tasks), deque[Future[ResultT]]()
        try:
            futures.extend(
                pool.submit(function, t) for t in islice(waiting, len(tasks) if all_at_once else 2 * self.processes)
            )
            for number in range(1, len(tasks) + 1):
                result = futures.popleft().result()
                self.progress_fraction = number / len(tasks)
                futures.extend(pool.submit(function, task) for task in islice(waiting, 1))
                yield result
        except BrokenProcessPool:
            raise MaliError("a process of --engine was ended, perhaps for lack of memory.", EXIT_DATA) from None
        finally:
            if futures:
                for process in set(multiprocessing.active_children()) - set(before):
                    process.terminate()
            pool.shutdown(cancel_futures=True)
            self.progress_fraction = None
