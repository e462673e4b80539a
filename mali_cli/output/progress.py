"""A bar on standard error for work that lasts, drawn by a clock of its own; nothing where nobody looks on."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

DELAY_SECONDS = 1.0  # seconds without a bar
INTERVAL_SECONDS = 0.2
BAR = 24


class Progress:
    """What is being done and how much of it; the latest that was reported is drawn, or what `look` sees."""

    def __init__(self, look: Callable[[], float | None] = lambda: None) -> None:
        self.what = ""
        self.share: float | None = None
        self.poll = look
        self.begun = time.monotonic()

    def __call__(self, what: str, share: float | None = None) -> None:
        self.what, self.share = what, share

    def line(self, width: int) -> str:
        bar = ""
        share = self.poll() if self.share is None else self.share
        if share is not None:
            full = round(BAR * min(share, 1))
            bar = f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%}  "
        return f"{bar}{self.what}, {time.monotonic() - self.begun:.0f} s"[: width - 1]


@contextlib.contextmanager
def progress(quiet: bool = False, look: Callable[[], float | None] = lambda: None) -> Iterator[Progress]:
    shown = Progress(look)
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield shown
        return
    over = threading.Event()
    clock = threading.Thread(target=_draw, args=(shown, over), daemon=True)
    clock.start()
    try:
        yield shown
    finally:
        over.set()
        clock.join()


def _draw(shown: Progress, over: threading.Event) -> None:
    with contextlib.suppress(OSError, ValueError):  # a terminal that is gone
        drawn = 0
        while not over.wait(INTERVAL_SECONDS if drawn else DELAY_SECONDS):
            line = shown.line(os.get_terminal_size(sys.stderr.fileno()).columns or 80)
            sys.stderr.write(f"\r{line.ljust(drawn)}")
            sys.stderr.flush()
            drawn = len(line)
        if drawn:
            sys.stderr.write(f"\r{' ' * drawn}\r")
            sys.stderr.flush()
