"""Progress bar on standard error, drawn by Rich; none if standard error is not a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

DELAY_SECONDS = 1.0  # work that takes less has no bar
INTERVAL_SECONDS = 0.2


class Progress:
    """The latest report on some work: call it with what is being done and the fraction that is done.

    Where no fraction was reported, `poll` is asked for it when the bar is drawn.
    """

    def __init__(self, poll: Callable[[], float | None] = lambda: None) -> None:
        self.description = ""
        self._reported: float | None = None
        self._poll = poll

    def __call__(self, description: str, fraction: float | None = None) -> None:
        self.description, self._reported = description, fraction

    @property
    def fraction(self) -> float | None:
        fraction = self._poll() if self._reported is None else self._reported
        return None if fraction is None else min(fraction, 1.0)


@contextlib.contextmanager
def progress(quiet: bool = False, poll: Callable[[], float | None] = lambda: None) -> Iterator[Progress]:
    """Yield a Progress to report to; show it as a bar from DELAY_SECONDS on, until the block ends."""
    report = Progress(poll)
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield report
        return
    finished = threading.Event()
    thread = threading.Thread(target=_show, args=(report, finished), daemon=True)
    thread.start()
    try:
        yield report
    finally:
        finished.set()
        thread.join()


def _show(report: Progress, finished: threading.Event) -> None:
    if finished.wait(DELAY_SECONDS):
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        BarColumn(24),
        TaskProgressColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # drawn with each update below
        redirect_stdout=False,  # other code writes to the streams themselves
        redirect_stderr=False,
    )
    with contextlib.suppress(OSError, ValueError), bar:  # the errors of a terminal that is gone
        task = bar.add_task(report.description, total=None)
        while not finished.wait(INTERVAL_SECONDS):
            fraction = report.fraction
            total = None if fraction is None else 1.0
            bar.tasks[0].total = total  # update() takes None for the last one
            bar.update(task, description=report.description, completed=fraction or 0.0, refresh=True)
