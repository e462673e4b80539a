"""The terminal that a picture is drawn for: its size, its characters and whether it shows colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.output.streams import escape_control

if TYPE_CHECKING:
    import pandas as pd

NARROWEST, WIDEST = 40, 200
CHARACTERS = "█▪■▒┃⣿·…–"  # all that pictures are made of; where one is missing, they are made of ASCII


class Terminal(NamedTuple):
    columns: int
    lines: int
    blocks: bool  # whether it can show CHARACTERS
    colour: bool
    encoding: str

    @classmethod
    def here(cls, picture: str) -> Terminal:
        """The terminal of standard output; a pipe takes UTF-8 and, by COLUMNS, any width."""
        size = shutil.get_terminal_size()
        if size.columns < NARROWEST:
            raise MaliError(
                f"the terminal is {size.columns} columns wide, and a {picture} takes {NARROWEST};"
                " --format table shows the numbers."
            )
        terminal = sys.stdout is not None and sys.stdout.isatty()
        encoding = sys.stdout.encoding if terminal else "utf-8"
        dull = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
        lively = terminal or bool(os.environ.get("FORCE_COLOR"))
        blocks = _can_show(CHARACTERS, encoding)
        return cls(min(size.columns, WIDEST), max(size.lines, 20), blocks, lively and not dull, encoding)

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, which never says anything that the text does not."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour and colour and text else text

    def plain(self, text: str) -> str:
        """A name as this terminal shows it: é is e where there is no é, and no mark stands for itself."""
        text = unicodedata.normalize("NFC", escape_control(text))
        if not _can_show(text, self.encoding) or not self.blocks:
            text = unicodedata.normalize("NFKD", text.replace("’", "'"))
            text = "".join(c for c in text if not unicodedata.combining(c))
            text = text.encode("ascii", "replace").decode()
        return "".join(c for c in text if not unicodedata.combining(c))

    def wrapped(self, text: str, width: int | None = None, indent: str = "") -> list[str]:
        return textwrap.wrap(text, width or self.columns, subsequent_indent=indent, break_on_hyphens=False)


def width_of(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def number(value: object) -> str:
    """1,204; nothing for a blank."""
    return "" if value is None or value != value else f"{value:,}"


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values, None for blank."""
    return [
        {str(name): value for name, value in row.items()}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
