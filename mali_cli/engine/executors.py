"""--engine: open the executor that it names; processes of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

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

    def map(self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT]) -> list[ResultT]:
        import multiprocessing
        import signal
        from concurrent.futures import ProcessPoolExecutor, as_completed
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
        try:
            futures = [pool.submit(function, task) for task in tasks]
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                self.progress_fraction = done / len(tasks)
            return [future.result() for future in futures]
        except BrokenProcessPool:
            raise MaliError("a process of --engine was ended, perhaps for lack of memory.", EXIT_DATA) from None
        finally:
            if self.progress_fraction < 1:
                for process in set(multiprocessing.active_children()) - set(before):
                    process.terminate()
            pool.shutdown(cancel_futures=True)
            self.progress_fraction = None
