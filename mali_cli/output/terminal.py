"""Terminal capabilities for charts: size, characters and colour."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.output.streams import escape_control

if TYPE_CHECKING:
    from rich.console import Console

DEFAULT_COLUMNS = 80
MIN_COLUMNS, MAX_COLUMNS = 40, 200
MIN_LINES = 12  # of a chart, however low the terminal
CHART_LINES = 15  # that the notes leave to a chart; those for which there is no room are left out
MORE_NOTES = "More notes: --format table."
CHART_CHARACTERS = "█▪■▒┃⣿·…–"  # if a terminal lacks one of them, charts are drawn in ASCII


class Terminal(NamedTuple):
    """The room for a chart on a terminal, and what can be shown.

    `supports_unicode` means all of CHART_CHARACTERS. On a screen a chart has no more than `lines` lines; elsewhere
    `lines` is only the height for which a map is drawn.
    """

    columns: int
    lines: int
    supports_unicode: bool
    supports_colour: bool
    encoding: str
    is_screen: bool = False

    @classmethod
    def detect(cls, chart_kind: str, notes: Sequence[str] = ()) -> Terminal:
        """Return the terminal of standard output without the lines for the notes below the chart, and for the prompt.

        A pipe takes UTF-8 and the width given by COLUMNS. The size is not Rich's, which in a pipe is that of standard
        input and with TERM=dumb is 80 by 25.
        """
        from rich.console import Console

        size = shutil.get_terminal_size()
        if size.columns < MIN_COLUMNS:
            raise MaliError(
                f"a {chart_kind} needs {MIN_COLUMNS} columns, but the terminal has {size.columns};"
                " --format table shows the numbers."
            )
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        lines = size.lines
        if is_terminal:
            lines -= 1 + sum(len(textwrap.wrap(note, size.columns)) for note in notes)
        encoding = sys.stdout.encoding if is_terminal else "utf-8"
        console = Console(file=sys.stdout)
        return cls(
            columns=min(size.columns, MAX_COLUMNS),
            lines=max(lines, MIN_LINES),
            supports_unicode=_can_encode(CHART_CHARACTERS, encoding),
            supports_colour=console.color_system is not None and not console.no_color,
            encoding=encoding,
            is_screen=is_terminal,
        )

    def style(self, text: str, code: str) -> str:
        """Return the text with an ANSI style, which never says anything that the text does not."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.supports_colour and code and text else text

    def to_displayable(self, text: str) -> str:
        """Return a name as the terminal can show it: "e" where there is no "é", and no combining characters."""
        text = unicodedata.normalize("NFC", escape_control(text))
        if not _can_encode(text, self.encoding) or not self.supports_unicode:
            text = unicodedata.normalize("NFKD", text.replace("’", "'"))
            text = "".join(c for c in text if not unicodedata.combining(c))
            text = text.encode("ascii", "replace").decode()
        return "".join(c for c in text if not unicodedata.combining(c))

    def wrap(self, text: str, width: int | None = None, indent: str = "") -> list[str]:
        """Return the text in lines of at most `width` columns; lines after the first are indented."""
        return textwrap.wrap(text, width or self.columns, subsequent_indent=indent, break_on_hyphens=False)


def notes_that_fit(notes: Sequence[str]) -> list[str]:
    """Return the first notes that leave the screen enough lines for a chart, and where the others are."""
    size = shutil.get_terminal_size()
    room = size.lines - 1 - CHART_LINES
    heights = [len(textwrap.wrap(note, size.columns)) for note in notes]
    if sum(heights) <= room:
        return list(notes)
    kept = [note for i, note in enumerate(notes) if sum(heights[: i + 1]) < room]
    return [*kept, MORE_NOTES]


def stdout_console() -> Console:
    """Return the console of standard output; text is shown as it is, without markup."""
    from rich.console import Console

    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    if console.width < 1:  # COLUMNS=0
        console.width = DEFAULT_COLUMNS
    return console


def text_width(text: str) -> int:
    """Return the number of columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
