"""The language of --text: whole words with their plural and possessive, prefixes with *, and quoted phrases."""

from __future__ import annotations

import re
from functools import lru_cache

from mali_cli.errors import MaliError
from mali_cli.model.names import normalize_name

CELL_SEPARATOR = "\0"  # between the cells that are searched together, so that no phrase runs from one into the next
TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
QUOTES = str.maketrans("“”„«»", '"""""')
FORMS = "(?:e?s|'s)?"  # of a word: attack, attacks, attack's


@lru_cache(maxsize=64)
def search_terms(typed: str) -> tuple[tuple[str, ...], ...]:
    """Return the normalized words and phrases that must all be found; MaliError for what is no search."""
    text = normalize_name(typed.translate(QUOTES))
    if text.count('"') % 2:
        raise MaliError(f"--text has a quotation mark without its partner: {typed!r}.")
    terms = tuple(
        tuple(phrase.split()) if phrase else (word,) for phrase, word in TERM.findall(text) if phrase.strip() or word
    )
    if not terms or any(not word.rstrip("*") for words in terms for word in words):
        raise MaliError(f'--text takes words such as coup, coup* or "46 bodies", not {typed!r}.')
    return terms


@lru_cache(maxsize=64)
def search_patterns(typed: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns that must all be found in a normalized text; MaliError for what is no search."""
    separator = rf"[^\w{CELL_SEPARATOR}]+"
    return tuple(re.compile(separator.join(map(_word_pattern, words))) for words in search_terms(typed))


def _word_pattern(word: str) -> str:
    stem = word.rstrip("*")
    return rf"(?<!\w){re.escape(stem)}" + (r"\w*" if word.endswith("*") else rf"{FORMS}(?!\w)")
