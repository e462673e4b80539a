"""Widths of texts and breaking of lines."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from mali_cli.output.vega.primitives import text_width, wrap_text
from tests.support.drawings import ink_width

Pipe = Callable[..., subprocess.CompletedProcess[str]]


NAMES = ["Ménaka", "Kéréna", "N'Djamena", "Events and people killed by year", "WWWMMM@@", "Ikharaban gold-panning site 1", "1,234,567+ (12–34)", "“attack” ‘so’ à l’est; 2012…"]  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize("bold", [False, True])
def test_texts_are_no_wider_than_estimated(text: str, bold: bool) -> None:
    width = text_width(text, 20, bold)
    assert width * 0.75 < ink_width(text, 20, bold) <= width + 1


def test_wrapped_lines_keep_to_their_width() -> None:
    lines = wrap_text("A word that isverymuchlongerthanalinecanbeandmustbebroken and others", 10, 60)
    assert all(text_width(line, 10) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == "Awordthatisverymuchlongerthanalinecanbeandmustbebrokenandothers"
