"""The background of a terminal, asked on a real pseudo-terminal that answers, or does not."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys

import pytest

PROGRAM = (
    "from mali_cli.output.terminal_background import has_light_background; print('light:', has_light_background())"
)


def reply_of(answer: bytes, environment: dict[str, str]) -> str:
    """Return what the program prints on a terminal that sends an answer to the query."""
    master, slave = pty.openpty()
    code = "import os, fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); " + PROGRAM
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        **dict.fromkeys(("stdin", "stdout", "stderr"), slave),  # type: ignore[call-overload]
        env={**{k: v for k, v in os.environ.items() if k != "COLORFGBG"}, **environment},
        start_new_session=True,
    )
    os.close(slave)
    output = b""
    while select.select([master], [], [], 20)[0]:
        try:
            part = os.read(master, 1024)
        except OSError:
            break
        if b"\x1b[c" in part:
            os.write(master, answer)
        output += part
    os.close(master)
    process.wait(20)
    return output.decode().rpartition("light:")[2].strip()


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;c", "True"),
        (b"\x1b]11;rgb:1e/1e/2e\x07\x1b[?1;2c", "False"),
        (b"\x1b[?62;22c", "None"),
        (b"", "None"),
    ],
)
def test_the_answer_of_the_terminal_decides(answer: bytes, light: str) -> None:
    assert reply_of(answer, {}) == light


@pytest.mark.parametrize(("variable", "light"), [("0;15", "True"), ("15;0", "False"), ("12;7", "True")])
def test_a_stated_background_is_not_asked_for(variable: str, light: str) -> None:
    assert reply_of(b"", {"COLORFGBG": variable}) == light
