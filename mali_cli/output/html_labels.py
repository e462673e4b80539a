"""The labels of a page in another language: phrases from a catalogue; text of the data stays as it is."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
# What stands between the phrases of a longer text, in English and in the other language; phrases with values are
# looked up between the first two and the others.
SENTENCES = {"fr": {". ": ". ", "; ": "\u202f; "}}
CLAUSES = {"fr": {": ": "\u00a0: ", ", ": ", "}}
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
NARROW_SPACE = "\u202f"
PLACEHOLDERS = {r"\{n\}": r"([\d,]+\+?)", r"\{\}": "(.+?)"}


class Labels:
    """The labels in one language.

    `labels("12 events")` returns a text in that language. A phrase of the catalogue may have values, written {n} if
    they are numbers and otherwise {}. A text that is not in it is translated phrase by phrase, and stays English where
    the catalogue has no phrase.
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
        templates = []
        for phrase, translation in sorted(self.catalogue.items(), key=lambda item: -len(item[0])):
            pattern = re.escape(phrase)
            for placeholder, value in PLACEHOLDERS.items():
                pattern = pattern.replace(placeholder, value)
            if pattern != re.escape(phrase):
                templates.append((re.compile(pattern, re.S), translation.replace("{n}", "{}")))
        return templates

    def phrase(self, text: str) -> str:
        """Return a single phrase of the catalogue in the language, and any other text as it is."""
        return self.catalogue.get(text) or self._with_values(text) or text

    def words(self, text: str) -> str:
        """Return a list of sources with words such as Sources and Data in the language; titles stay as they are."""
        for word in ("Sources", "Source", "Data", "Outlines", "Read with"):
            text = re.sub(rf"\b{word}(?=:| mali)", self.catalogue.get(word, word), text)
        return text

    def __call__(self, text: str) -> str:
        if not self.catalogue:
            return text
        if text in self.catalogue:
            return self.catalogue[text]
        if text.endswith("."):
            return f"{self(text[:-1])}."
        return (
            self._by_parts(text, SENTENCES[self.language])
            or self._with_values(text)
            or self._by_parts(text, CLAUSES[self.language])
            or self._value(text)
        )

    def _by_parts(self, text: str, separators: dict[str, str]) -> str:
        for separator, translation in separators.items():
            if separator in text:
                return translation.join(map(self, text.split(separator)))
        return ""

    def _with_values(self, text: str) -> str:
        for pattern, translation in self._templates:
            if match := pattern.fullmatch(text):
                return translation.format(*map(self._value, match.groups()))
        return ""

    def _value(self, text: str) -> str:
        return THOUSANDS.sub(NARROW_SPACE, self.catalogue.get(text, text))
