"""The one error type and the exit codes, and the reason of an error of the system in its words."""

import errno
import os

EXIT_DATA = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class MaliError(Exception):
    """One line for the user: what is wrong, where, what would be right."""

    def __init__(self, message: str, exit_code: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class DataError(MaliError):
    """A table or a file is at fault, not the command."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, EXIT_DATA)
        self.line = line  # where it is known


def os_error_text(error: Exception) -> str:
    """Why something could not be written: the system's words where the reason is the system's, else the library's."""
    full = (os.strerror(number) for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))
    said = str(getattr(error, "strerror", None) or error)
    return next((words for words in full if words in said), " ".join(said.split()).rstrip("."))


def describe_lone_surrogate(error: UnicodeEncodeError) -> str:
    """What no file of ours can hold."""
    return f"half a character ({error.object[error.start : error.end]!a})"
