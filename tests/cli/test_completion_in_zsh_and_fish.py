"""Completion in zsh and fish: what the program offers, and what the shells make of it on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.conftest import MALI

# Lines typed before the completion, with the prompt set to nothing; each shell prints "ready" when it has read them.
START = {
    "zsh": "PS1=; autoload -U compinit; compinit -D -u; source <(_MALI_COMPLETE=source_zsh mali); print rea''dy\r",
    "fish": "function fish_prompt; end; _MALI_COMPLETE=source_fish mali | source; echo rea''dy\r",
}
COMMANDS = {"zsh": ["zsh", "-f", "-i"], "fish": ["fish", "--no-config", "-i"]}


def offered(shell: str, line: str) -> str:
    """Return the program's answer to the shell's script."""
    environment = {
        "_MALI_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mali_cli"],
        capture_output=True, encoding="utf-8", env={**os.environ, **environment}, check=True,
    )  # fmt: skip
    assert not {"pandas", "rich"} & {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines()}
    return result.stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (
            "mali events --place mena",
            "menaka\ttown, Mali\nmenaka cercle\tcercle, Ménaka, Mali\nmenaka region\tregion, Ménaka, Mali",
        ),
        ("mali events --place Gao\\ B", "Gao Barkhane camp\tcamp, Gao, Mali"),
        ("mali events --actor mnl", "MNLA\tNational Movement for the Liberation of Azawad, rebel"),
        ("mali events --actor AQM", "AQMI\tAQIM"),
        ("mali show MNL", "MNLA\tNational Movement for the Liberation of Azawad, rebel"),
        ("mali casualties --according-to Hum", "Human Rights Watch\tngo"),
        ("mali events --columns place,killed_b", "place,killed_best\tSum of the best figures of people killed."),
        ("mali people -o out/x.j", "out/x.json\nout/x.jsonl"),
    ],
)
def test_fish_gets_values_with_descriptions(line: str, answer: str) -> None:
    assert offered("fish", line) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("mali events --place mena", '"menaka":"town, Mali"\n"menaka cercle":"cercle, Ménaka, Mali"\n"menaka region":"region, Ménaka, Mali"'),
        ("mali events --actor mnl", '"mnla":"National Movement for the Liberation of Azawad, rebel"'),
        ("mali events --place N’D", '"N’Djamena":"town, Chad"'),
        ("mali events --admin2 bank", '"bankass"'),
        ("mali events --where event_i", '"event_id":"Stable, readable key that begins with the date; never reused and never changed."'),
    ],
)  # fmt: skip
def test_zsh_gets_values_that_begin_with_what_was_typed(line: str, answer: str) -> None:
    assert offered("zsh", line) == f"_arguments '*: :(({answer}))'"


def completed(shell: str, line: str, folder: Path) -> tuple[list[str], str]:
    """Type a command line and TAB; return the words that the shell then passes, and all that it showed."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        path = f"{folder}{os.pathsep}{Path(MALI).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {"PATH": path, "TERM": "xterm", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        os.execvpe(COMMANDS[shell][0], COMMANDS[shell], {**os.environ, **environment})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    shown = b""

    def read_until(text: bytes) -> None:
        nonlocal shown
        end = time.monotonic() + 30
        while text not in shown and time.monotonic() < end and select.select([terminal], [], [], 30)[0]:
            shown += os.read(terminal, 1 << 16)
        assert text in shown, shown

    (folder / "words").write_text("#!/bin/sh\nprintf '<%s>' \"$@\"\necho '<end>'\n")
    (folder / "words").chmod(0o755)
    try:
        os.write(terminal, START[shell].encode())
        read_until(b"ready\r\n")
        # ^A goes to the beginning of the line; the shell reads it when the completion is done.
        os.write(terminal, f"{line}\t\x01words \r".encode())
        read_until(b"<end>")
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    text = shown.decode()
    return text[: text.rindex("<end>")].rpartition("<mali>")[2].strip("<>").split("><"), text


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "words", "shown"),
    [
        ("mali events --place mena", ["events", "--place", "menaka"], ""),
        ("mali events --place Gao\\ B", ["events", "--place", "Gao Barkhane camp"], ""),
        ('mali events --place "Gao B', ["events", "--place", "Gao Barkhane camp"], ""),
        ("mali events --actor MN", ["events", "--actor", "MN"], "National Movement for the Liberation of Azawad"),
        ("mali events -o x.x", ["events", "-o", "x.xlsx"], ""),
    ],
)
def test_the_shell_completes_a_value(shell: str, line: str, words: list[str], shown: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine")
    passed, screen = completed(shell, line, tmp_path)
    assert passed == words
    assert shown in screen
