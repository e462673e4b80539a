"""Standard output, standard error and files that are replaced only when complete."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import stat
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mali_cli.errors import DataError, describe_lone_surrogate, os_error_text
from mali_cli.storage.atomic import atomic_replace
from mali_cli.storage.probe import path_mode

MIN_WRAP_COLUMNS = 20
STDOUT_PART = 1 << 20  # characters written to standard output at a time


def check_target(path: Path, force: bool) -> None:
    """Raise DataError for a file that cannot be written, before any work is done."""
    try:
        mode, folder_mode = path_mode(path), path_mode(path.parent)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    if folder_mode is None or not stat.S_ISDIR(folder_mode):
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}.")
    if mode is None:
        return
    if stat.S_ISDIR(mode):
        raise DataError(f"{path} is a folder; --output needs the name of a file.")
    if not stat.S_ISREG(mode):
        raise DataError(f"{path} is not a regular file; for a device or a pipe use > instead.")
    if not force:
        raise DataError(f"{path} exists; --force replaces it.")


@contextlib.contextmanager
def atomic_path(path: Path, library_error: type[Exception] = OSError) -> Iterator[Path]:
    """Yield a path to write to, and replace `path` by it when the block ends; if anything fails, `path` stays.

    Raise DataError for errors of the operating system and for `library_error`, which a writing library may raise.
    """
    try:
        with atomic_replace(path) as new:
            yield new
    except UnicodeEncodeError as error:
        raise DataError(f"{path} cannot be written: there is {describe_lone_surrogate(error)} in the data.") from None
    except (OSError, library_error) as error:
        raise DataError(f"{path} cannot be written: {os_error_text(error)}. Nothing was changed.") from None


@contextlib.contextmanager
def atomic_open(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write to, and replace `path` by it when the block ends."""
    with atomic_path(path) as new, open(new, "xb") as file:
        yield file


def write_stdout(text: str) -> None:
    """Write UTF-8 with LF to a pipe, whatever the locale; to a terminal what its encoding can show.

    Exit quietly if the reader has closed the pipe (`| head`).
    """
    if sys.stdout is None:  # closed before the program began
        return
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.flush()
            encoding = (sys.stdout.encoding, "replace") if sys.stdout.isatty() else ("utf-8", "strict")
            _write_all(sys.stdout.buffer, text.encode(*encoding))
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _redirect_stdout_to_null()
        raise SystemExit(0) from None
    except OSError as error:
        _redirect_stdout_to_null()
        raise DataError(f"standard output cannot be written: {error.strerror}.") from None


class StdoutText(io.TextIOBase):
    """A text stream to standard output, which is written a part at a time."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        self._parts.append(text)
        self._size += len(text)
        if self._size > STDOUT_PART:
            self.flush()
        return len(text)

    def flush(self) -> None:
        text, self._parts, self._size = "".join(self._parts), [], 0
        write_stdout(text)


def _write_all(out: BinaryIO, data: bytes) -> None:
    """Write all of the data: an unbuffered stream (PYTHONUNBUFFERED) may accept only part of it at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]


def _redirect_stdout_to_null() -> None:
    # Python flushes standard output once more at exit; what is left in its buffer must not fail again.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def echo_err(line: str, *, dim: bool = False, is_error: bool = False) -> None:
    """Print a line on standard error, after what was written to standard output; a terminal gets it wrapped."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    line = escape_control(line)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if sys.stderr.isatty():
            width = max(shutil.get_terminal_size().columns, MIN_WRAP_COLUMNS)
            line = textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
            if not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
                name, colon, rest = line.partition(":")
                line = f"\x1b[1;31m{name}{colon}\x1b[0m{rest}" if is_error else line
                line = f"\x1b[2m{line}\x1b[0m" if dim else line
        print(line, file=sys.stderr, flush=True)


_VISIBLE = (
    {code: chr(0x2400 + code) for code in range(0x20)}
    | {0x7F: "\u2421"}
    | {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
    | {
        code: f"<U+{code:04X}>"
        for code in (0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
    }
)


def escape_control(text: str) -> str:
    """Return the text with visible symbols for control characters, escape sequences and bidirectional marks.

    Text from a data file must not control the terminal.
    """
    return text.translate(_VISIBLE)
