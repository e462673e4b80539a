"""How many words the summaries of two events share."""

from __future__ import annotations

import re

import pandas as pd

from mali_cli.model.names import normalize_name
from mali_cli.queries.event_matching.inputs import EventSet

ENOUGH_WORDS = 3  # so many shared words count as full agreement
WORD = re.compile(r"[^\W\d_]{4,}")
STEM_LETTERS = 5  # that are compared: "helicopters" meets "helicopter", "recaptured" meets "recaptures"
COMMON_WORDS = """
    about after against also area armed around army attack before between civilians clash combatants fighters forces
    from have into killed killing kill least militants near other over people region report residents soldiers some
    that their they this town troops unknown village were when which while with wounded
"""


def with_shared_words(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the pairs with `words`: how far summaries and places share words, from 0 to 1.

    The names of the actors, and of a place that both have, do not count: they are compared apart.
    """
    our_words, their_words = _Words(ours.events), _Words(theirs.events)
    shares = [
        our_words.agreement(our_row, their_words, their_row)
        for our_row, their_row in zip(pairs["our_row"].tolist(), pairs["their_row"].tolist(), strict=True)
    ]
    return pairs.assign(words=pd.Series(shares, index=pairs.index, dtype=float))


class _Words:
    """The words of each event, found when they are first needed."""

    def __init__(self, events: pd.DataFrame) -> None:
        self._columns = [events[name].tolist() for name in ("summary", "place", "side_a", "side_b")]
        self._stems: dict[int, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {}

    def of_event(self, row: int) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return the words of the summary, of the place and of the actors."""
        if row not in self._stems:
            summary, place, side_a, side_b = (_stems(column[row]) for column in self._columns)
            self._stems[row] = summary - COMMON, place, side_a | side_b
        return self._stems[row]

    def agreement(self, row: int, other: _Words, other_row: int) -> float:
        """Return the number of shared words as a share of ENOUGH_WORDS, or of the words of the shorter summary."""
        summaries, places, actors = zip(self.of_event(row), other.of_event(other_row), strict=True)
        names = actors[0] | actors[1] | places[0] & places[1]
        shared = (summaries[0] | places[0]) & (summaries[1] | places[1]) - names
        enough = min(ENOUGH_WORDS, *(len(summary - names) for summary in summaries))
        return min(len(shared) / max(enough, 1), 1.0)


def _stems(text: object) -> frozenset[str]:
    words = WORD.findall(normalize_name(text)) if isinstance(text, str) else ()
    return frozenset(word[:STEM_LETTERS] for word in words)


COMMON = _stems(COMMON_WORDS)
