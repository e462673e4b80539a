"""The one error type and the exit codes."""

DATA_AT_FAULT = 1
COMMAND_AT_FAULT = 2
INTERRUPTED = 130


class MaliError(Exception):
    """One line for the user: what is wrong, where, what would be right."""

    def __init__(self, message: str, exit_code: int = COMMAND_AT_FAULT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class DataError(MaliError):
    """A table or a file is at fault, not the command."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, DATA_AT_FAULT)
        self.line = line  # where it is known
