"""Resolve names as people type them: without accents or case, by alias, with suggestions."""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping

from mali_cli.errors import MaliError

# Apostrophes and dashes that keyboards and typesetters use interchangeably.
_LOOKALIKES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})
_WORD = re.compile(r"\w+")
MAX_LISTED_CHOICES = 30  # a message lists so many choices at most


@functools.lru_cache(maxsize=4096)
def normalize_name(text: str) -> str:
    """Return a name without accents and case, with plain apostrophes and single spaces, to compare spellings."""
    return without_accents(text).casefold()


def without_accents(text: str) -> str:
    """Return a name without accents, with plain apostrophes and single spaces, in its own case."""
    plain = text.translate(_LOOKALIKES)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.split())


class NameIndex:
    """Index of the names of one kind, such as groups, by key and alias.

    Parameters
    ----------
    noun
        The kind in messages ("group").
    listing
        A sentence that says how to list all names, added to messages.
    aliases
        The aliases of each key.
    codes
        Codes of some keys, such as MLI. They are found, but a typing error is never taken for one.
    """

    def __init__(
        self,
        noun: str,
        listing: str,
        aliases: Mapping[str, Iterable[str]],
        codes: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.noun = noun
        self.listing = listing
        self.keys = list(aliases)
        self._aliases = aliases
        self._codes = codes or {}
        self._keys_by_name: dict[str, list[str]] = {}
        for key, key_aliases in aliases.items():
            for name in (key, *key_aliases):
                keys = self._keys_by_name.setdefault(normalize_name(name), [])
                if key not in keys:
                    keys.append(key)
        # A key takes precedence over an alias of another key.
        for key in self.keys:
            self._keys_by_name[normalize_name(key)] = [key]
        self._keys_by_code = {normalize_name(code): [key] for key, codes in self._codes.items() for code in codes}

    def extended(self, aliases: Mapping[str, Iterable[str]]) -> NameIndex:
        """Return an index with further keys and aliases."""
        merged = {key: [*self._aliases.get(key, ()), *names] for key, names in aliases.items()}
        return NameIndex(self.noun, self.listing, {**self._aliases, **merged}, self._codes)

    def resolve(self, typed: str) -> str:
        """Return the key of a typed name; MaliError with suggestions if the name is unknown or ambiguous."""
        keys = self.resolve_all(typed)
        if len(keys) > 1:
            raise MaliError(f"{typed!r} may mean {join_or(keys)}; say which {self.noun}.")
        return keys[0]

    def resolve_all(self, typed: str) -> list[str]:
        """Return every key that has a typed name; MaliError with suggestions if there is none."""
        if keys := self.candidates(typed):
            return keys
        suggestions = self.suggestions(typed)
        hint = f" Did you mean {join_or(suggestions)}?" if suggestions else ""
        raise MaliError(f"no {self.noun} is called {typed!r}.{hint}{self.listing and f' {self.listing}'}")

    def candidates(self, typed: str) -> list[str]:
        """Return all keys that have a typed name as key, alias or code."""
        name = normalize_name(typed)
        return self._keys_by_name.get(name) or self._keys_by_code.get(name, [])

    def suggestions(self, typed: str, limit: int = 3) -> list[str]:
        """Return the keys with a name that is close to a typed one, best first."""
        text = normalize_name(typed)
        distances = {name: distance for name in self._keys_by_name if (distance := _distance(text, name)) is not None}
        names = sorted(distances, key=lambda name: (distances[name], len(name)))
        return list(dict.fromkeys(key for name in names for key in self._keys_by_name[name]))[:limit]


def match_choice(typed: str, allowed: Iterable[str], noun: str, listing: str = "") -> str:
    """Return the allowed word (a column, a key, a harm ...) that was typed, regardless of case and accents.

    `listing` says in the message what is allowed; by default it lists all words, unless they are many.
    """
    allowed = list(allowed)
    listing = listing or (f"Allowed: {join_or(allowed)}." if len(allowed) <= MAX_LISTED_CHOICES else "")
    return NameIndex(noun, listing, dict.fromkeys(allowed, ())).resolve(typed)


def close_matches(typed: str, names: list[str], limit: int = 3) -> list[str]:
    """Return the names most similar to a typed one, best first."""
    text = normalize_name(typed)
    return sorted(names, key=lambda name: _edits(text, normalize_name(name)))[:limit]


def _distance(text: str, name: str) -> float | None:
    """Return how far a name is from a typed text, both normalized; None if they are not close.

    Names with few errors come first, then those that continue the text or that the text continues (Chad for
    Chadian), then those with words that are close to it (World Food Programme for food).
    """
    if not text:
        return None
    limit = max(1, (len(text) + 1) // 3)
    if (edits := _edits(text, name, limit)) <= limit:
        return edits / len(text)
    if (len(text) > 2 and name.startswith(text)) or (len(name) > 3 and text.startswith(name)):
        return 1
    limit = len(text) // 4
    words, count = _WORD.findall(name), text.count(" ") + 1
    phrases = (" ".join(words[i : i + count]) for i in range(len(words) - count + 1))
    fewest = min((_edits(text, phrase, limit) for phrase in phrases if len(phrase) > 3), default=limit + 1)
    return 2 + fewest / len(text) if len(text) > 3 and fewest <= limit else None


def _edits(text: str, name: str, limit: int = sys.maxsize) -> int:
    """Return how many letters to insert, delete, replace or exchange with the next; above the limit, limit + 1."""
    if abs(len(text) - len(name)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(name) + 1))
    for i, letter in enumerate(text, 1):
        row = [i]
        for j, other in enumerate(name, 1):
            edits = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, other) == (name[j - 2], text[i - 2]):
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        if min(*row, *last) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]


def join_or(words: list[str]) -> str:
    """Return "a, b or c"."""
    return _joined(words, "or")


def join_and(words: list[str]) -> str:
    """Return "a, b and c"."""
    return _joined(words, "and")


def _joined(words: list[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
