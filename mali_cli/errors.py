"""Error types, exit codes, and the wording of errors of the operating system."""

import errno
import os

EXIT_DATA = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class MaliError(Exception):
    """Error with a one-line message for the user: what is wrong, where, what would be right."""

    def __init__(self, message: str, exit_code: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class DataError(MaliError):
    """Error in a table or a file rather than in the command."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, EXIT_DATA)
        self.line = line  # 0 if unknown


def os_error_text(error: Exception) -> str:
    """Return why something could not be written: the system's text if the library's message contains it."""
    system_texts = (os.strerror(number) for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))
    message = str(getattr(error, "strerror", None) or error)
    return next((text for text in system_texts if text in message), " ".join(message.split()).rstrip("."))


def describe_lone_surrogate(error: UnicodeEncodeError) -> str:
    """Return the part of a text that cannot be encoded, in words."""
    return f"an unpaired surrogate ({error.object[error.start : error.end]!a})"
