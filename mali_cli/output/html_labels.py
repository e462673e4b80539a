"""The labels of a page in another language: phrases from a catalogue; text of the data stays as it is."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
LANGUAGES = ("en", "fr")
SEPARATORS = (". ", "; ", ": ", ", ")  # between the phrases of a longer text
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
NARROW_SPACE = "\u202f"  # between thousands in French


class Labels:
    """The labels in one language.

    `labels("12 events", ...)` returns a text in that language. A phrase of the catalogue may have values, written {};
    a text that is not in it is translated phrase by phrase, and stays English where the catalogue has no phrase.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def catalogue(self) -> dict[str, str]:
        """The phrases in English with their translations; none for English."""
        if self.language == "en":
            return {}
        catalogue: dict[str, str] = json.loads((FOLDER / f"{self.language}.json").read_text(encoding="utf-8"))
        return catalogue

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        return [
            (re.compile(re.escape(phrase).replace(r"\{\}", "(.+?)")), translation)
            for phrase, translation in self.catalogue.items()
            if "{}" in phrase
        ]

    def __call__(self, text: str) -> str:
        if not self.catalogue:
            return text
        if text in self.catalogue:
            return self.catalogue[text]
        for pattern, translation in self._templates:
            if match := pattern.fullmatch(text):
                return translation.format(*map(self._value, match.groups()))
        for separator in SEPARATORS:
            if separator in text:
                return separator.join(map(self, text.split(separator)))
        if text.endswith("."):
            return f"{self(text[:-1])}."
        return self._value(text)

    def _value(self, text: str) -> str:
        return THOUSANDS.sub(NARROW_SPACE, self.catalogue.get(text, text))
