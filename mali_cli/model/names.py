"""What people type -> the names in the tables: accents, case, apostrophes, aliases, suggestions."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Mapping

from mali_cli.errors import MaliError

# The apostrophes and dashes that keyboards and typesetters use for one another.
_LOOKALIKES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})


@functools.lru_cache(maxsize=4096)
def normalize_name(text: str) -> str:
    """The form in which two spellings of a name are equal: no accents, no case, plain apostrophes, single blanks."""
    plain = text.translate(_LOOKALIKES)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


class NameIndex:
    """The names of one kind of thing, with every alias.

    `noun` is the word used in messages ("group"), `listing` the command that lists them all.
    """

    def __init__(self, noun: str, listing: str, aliases: Mapping[str, Iterable[str]]) -> None:
        self.noun = noun
        self.listing = listing
        self.keys = list(aliases)
        self._aliases = aliases
        self._meant: dict[str, list[str]] = {}
        for key, others in aliases.items():
            for name in (key, *others):
                meant = self._meant.setdefault(normalize_name(name), [])
                if key not in meant:
                    meant.append(key)
        # The key itself always wins over another one's alias.
        for key in self.keys:
            self._meant[normalize_name(key)] = [key]

    def extended(self, aliases: Mapping[str, Iterable[str]]) -> NameIndex:
        """The same with further names; what is known already keeps its aliases."""
        return NameIndex(self.noun, self.listing, {**aliases, **self._aliases})

    def resolve(self, typed: str) -> str:
        """The table's own spelling of what was typed; MaliError suggests when it is unknown or ambiguous."""
        meant = self.candidates(typed)
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise MaliError(f"{typed!r} may mean {join_or(meant)}; say which {self.noun}.")
        near = self.suggestions(typed)
        hint = f" Did you mean {join_or(near)}?" if near else ""
        raise MaliError(f"no {self.noun} is called {typed!r}.{hint}{self.listing and f' {self.listing}'}")

    def candidates(self, typed: str) -> list[str]:
        """The keys that what was typed may mean: none, one, or several."""
        return self._meant.get(normalize_name(typed), [])

    def suggestions(self, typed: str, most: int = 3) -> list[str]:
        """The keys whose names come closest to what was typed, best first."""
        import difflib

        wanted = normalize_name(typed)
        if not wanted:
            return []
        close = difflib.get_close_matches(wanted, self._meant, n=most, cutoff=0.7)
        starts = [name for name in self._meant if name.startswith(wanted)]
        parts = [name for name in self._meant if len(wanted) > 2 and wanted in name]
        far = difflib.get_close_matches(wanted, self._meant, n=most, cutoff=0.5)
        found: list[str] = []
        for name in (*close, *starts, *parts, *far):
            found += [key for key in self._meant[name] if key not in found]
        return found[:most]


def match_choice(typed: str, allowed: Iterable[str], noun: str) -> str:
    """One of a fixed list of words (a column, a key, a harm), whatever its case or accents."""
    allowed = list(allowed)
    listing = f"It takes {join_or(allowed)}." if len(allowed) <= 30 else ""
    return NameIndex(noun, listing, dict.fromkeys(allowed, ())).resolve(typed)


def close_matches(typed: str, names: list[str], most: int = 3) -> list[str]:
    """The names most like what was typed, best first."""
    import difflib

    wanted = normalize_name(typed)
    return sorted(names, key=lambda name: -difflib.SequenceMatcher(None, wanted, normalize_name(name)).ratio())[:most]


def join_or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
