"""Where an answer goes: standard output or a file that is only replaced when it is complete."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mali_cli.errors import DataError, describe_lone_surrogate, os_error_text


def check_target(path: Path, force: bool) -> None:
    """Refuses a file that could not be written, before any work is done."""
    if path.is_dir():
        raise DataError(f"{path} is a folder; --output takes the name of a file.")
    if path.exists() and not path.is_file():
        raise DataError(f"{path} is not a regular file; for a device or a pipe use > instead.")
    if path.exists() and not force:
        raise DataError(f"{path} exists; --force replaces it.")
    if not path.parent.is_dir():
        raise DataError(f"there is no folder {path.parent} to write {path.name} into.")


@contextlib.contextmanager
def atomic_path(path: Path, fault: type[Exception] = OSError) -> Iterator[Path]:
    """Where to write what takes the place of `path` when all is written; if anything fails, what was there stays.

    `fault` is what the library that writes there raises where it cannot.
    """
    path = path.resolve()  # a link keeps pointing to the file that is replaced
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        yield beside
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except UnicodeEncodeError as error:
        raise DataError(f"{path} cannot be written: there is {describe_lone_surrogate(error)} in the data.") from None
    except (OSError, fault) as error:
        raise DataError(f"{path} cannot be written: {os_error_text(error)}. Nothing was changed.") from None
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_open(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, in the place of `path` when all is written."""
    with atomic_path(path) as beside, open(beside, "xb") as file:
        yield file


def write_stdout(text: str) -> None:
    """UTF-8 with LF into a pipe whatever the locale; to a terminal what it can show.

    A reader who has left (`| head`) ends the program quietly.
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
        _forget_stdout()
        raise SystemExit(0) from None
    except OSError as error:
        _forget_stdout()
        raise DataError(f"standard output cannot be written: {error.strerror}.") from None


def _write_all(out: BinaryIO, data: bytes) -> None:
    """All of it: an unbuffered stream (PYTHONUNBUFFERED) may take less than it is given."""
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]


def _forget_stdout() -> None:
    # Python flushes standard output once more at exit; what is left in it must not fail again.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def echo_err(line: str) -> None:
    """One line of talk on standard error, after what standard output holds."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        print(escape_control(line), file=sys.stderr, flush=True)


# Control characters, escape sequences and bidi marks from a file are shown, never sent to a terminal.
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
    return text.translate(_VISIBLE)
