"""Resolve names as people type them: without accents or case, by alias, with suggestions."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Mapping

from mali_cli.errors import MaliError

# Apostrophes and dashes that keyboards and typesetters use interchangeably.
_LOOKALIKES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})


@functools.lru_cache(maxsize=4096)
def normalize_name(text: str) -> str:
    """Return a name without accents and case, with plain apostrophes and single spaces, to compare spellings."""
    plain = text.translate(_LOOKALIKES)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


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
    """

    def __init__(self, noun: str, listing: str, aliases: Mapping[str, Iterable[str]]) -> None:
        self.noun = noun
        self.listing = listing
        self.keys = list(aliases)
        self._aliases = aliases
        self._keys_by_name: dict[str, list[str]] = {}
        for key, key_aliases in aliases.items():
            for name in (key, *key_aliases):
                keys = self._keys_by_name.setdefault(normalize_name(name), [])
                if key not in keys:
                    keys.append(key)
        # A key takes precedence over an alias of another key.
        for key in self.keys:
            self._keys_by_name[normalize_name(key)] = [key]

    def extended(self, aliases: Mapping[str, Iterable[str]]) -> NameIndex:
        """Return an index with further names; keys that are in this one keep their aliases."""
        return NameIndex(self.noun, self.listing, {**aliases, **self._aliases})

    def resolve(self, typed: str) -> str:
        """Return the key of a typed name; MaliError with suggestions if the name is unknown or ambiguous."""
        keys = self.candidates(typed)
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise MaliError(f"{typed!r} may mean {join_or(keys)}; say which {self.noun}.")
        suggestions = self.suggestions(typed)
        hint = f" Did you mean {join_or(suggestions)}?" if suggestions else ""
        raise MaliError(f"no {self.noun} is called {typed!r}.{hint}{self.listing and f' {self.listing}'}")

    def candidates(self, typed: str) -> list[str]:
        """Return all keys that have a typed name as key or alias."""
        return self._keys_by_name.get(normalize_name(typed), [])

    def suggestions(self, typed: str, limit: int = 3) -> list[str]:
        """Return the keys whose names are most similar to a typed name, best first."""
        import difflib

        text = normalize_name(typed)
        if not text:
            return []
        close = difflib.get_close_matches(text, self._keys_by_name, n=limit, cutoff=0.7)
        with_prefix = [name for name in self._keys_by_name if name.startswith(text)]
        with_substring = [name for name in self._keys_by_name if len(text) > 2 and text in name]
        similar = difflib.get_close_matches(text, self._keys_by_name, n=limit, cutoff=0.5)
        keys: list[str] = []
        for name in (*close, *with_prefix, *with_substring, *similar):
            keys += [key for key in self._keys_by_name[name] if key not in keys]
        return keys[:limit]


def match_choice(typed: str, allowed: Iterable[str], noun: str) -> str:
    """Return the allowed word (a column, a key, a harm ...) that was typed, regardless of case and accents."""
    allowed = list(allowed)
    listing = f"Allowed: {join_or(allowed)}." if len(allowed) <= 30 else ""
    return NameIndex(noun, listing, dict.fromkeys(allowed, ())).resolve(typed)


def close_matches(typed: str, names: list[str], limit: int = 3) -> list[str]:
    """Return the names most similar to a typed one, best first."""
    import difflib

    text = normalize_name(typed)
    return sorted(names, key=lambda name: -difflib.SequenceMatcher(None, text, normalize_name(name)).ratio())[:limit]


def join_or(words: list[str]) -> str:
    """Return "a, b or c"."""
    return _joined(words, "or")


def join_and(words: list[str]) -> str:
    """Return "a, b and c"."""
    return _joined(words, "and")


def _joined(words: list[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
