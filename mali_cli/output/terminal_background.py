"""Whether the terminal has a light background, as the terminal itself reports it."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import time

BACKGROUND_QUERY = b"\x1b]11;?\x1b\\"
# Every terminal answers this one (primary device attributes), also those that do not report their background.
DEVICE_QUERY = b"\x1b[c"
DEVICE_REPLY = re.compile(rb"\x1b\[\?[0-9;]*c")
COLOUR_REPLY = re.compile(rb"\]11;rgb:([0-9a-f]+)/([0-9a-f]+)/([0-9a-f]+)", re.I)
TIMEOUT_SECONDS = 0.2


def has_light_background() -> bool | None:
    """Return whether the background is light: by COLORFGBG if that is set, else by asking; None if unknown."""
    stated = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    if stated.isdigit():
        return stated in ("7", "15")
    match = COLOUR_REPLY.search(_ask(BACKGROUND_QUERY + DEVICE_QUERY))
    if match is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups())
    luminance: float = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return luminance > 0.5


def _ask(query: bytes) -> bytes:
    """Write a query to the terminal and return what it answers, up to the reply to DEVICE_QUERY."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return b""
    reply = b""
    with contextlib.suppress(OSError, ValueError, AttributeError, termios.error):
        terminal = sys.stdin.fileno()
        in_foreground = os.tcgetpgrp(terminal) == os.getpgrp()  # in the background a query would stop the program
        if not (in_foreground and sys.stdout.isatty()):
            return b""
        settings = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal, termios.TCSADRAIN)  # the reply must not be echoed
            os.write(sys.stdout.fileno(), query)
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while not DEVICE_REPLY.search(reply):
                if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                    break
                reply += os.read(terminal, 1024)
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, settings)
    return reply
