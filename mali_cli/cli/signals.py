"""What Ctrl-C (SIGINT), SIGTERM and SIGHUP do: end the program without leaving temporary files behind."""

from __future__ import annotations

# The module `signal` would first load others, and an interrupt meanwhile would end in a traceback.
import _signal  # type: ignore[import-not-found]
import os

SIGNALS = [getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(_signal, name)]


def exit_at_once_on_signals() -> None:
    """Let a signal end the process without a word, while modules are imported and no file is open for writing.

    An exception would be reported by whatever is imported at that moment. A signal that the process was started to
    ignore (by nohup, or by a shell that starts it in the background) is still ignored.
    """
    for number in SIGNALS:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _exit_at_once)


def clean_up_on_signals() -> None:
    """Let a signal raise an exception from now on, so that blocks that were entered are left, and their files removed.

    This replaces the handlers of `exit_at_once_on_signals` only: a program that uses the package keeps its own.
    """
    for number in SIGNALS:
        if _signal.getsignal(number) is _exit_at_once:
            _signal.signal(number, _signal.default_int_handler if number == _signal.SIGINT else _raise_exit)


def _exit_at_once(number: int, frame: object) -> None:
    os._exit(128 + number)


def _raise_exit(number: int, frame: object) -> None:
    _signal.signal(number, _signal.SIG_IGN)  # a second signal must not interrupt the clean-up
    raise SystemExit(128 + number)
