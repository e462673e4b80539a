"""Pictures of the terminal for the documentation, made by Rich from what a command printed."""

from __future__ import annotations

import html
import io
import re

from rich.console import Console
from rich.text import Text

TEXT_ELEMENT = re.compile(r'<text class="\S+-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')
FONT_FACE = re.compile(r"@font-face \{.*?\}", re.S)  # loads a font from elsewhere


def terminal_svg(command: str, screen: str, columns: int) -> str:
    """Return a picture of a command and of what it printed, with its colours."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="256")
    console.print(Text(f"$ {command}", "bold"))
    console.print(Text.from_ansi(screen), soft_wrap=True)
    svg = console.export_svg(title="mali", unique_id="mali")
    return FONT_FACE.sub("", svg)


def text_of_svg(svg: str) -> list[str]:
    """Return the lines of text in such a picture, without the blanks at their ends."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in TEXT_ELEMENT.findall(svg):
        lines.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(parts)).rstrip() for _, parts in sorted(lines.items())]
