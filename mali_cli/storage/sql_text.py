"""--text in DuckDB: the patterns of `model.search_text` on texts as they are written, with accents and capitals.

Most texts have only characters of ASCII and of FURTHER, each of which is one character when normalized, so that a
pattern can list how a letter may be written. A text in which other characters may matter is judged by
`queries.text_search`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property, lru_cache

from mali_cli.model.names import normalize_name
from mali_cli.model.search_text import search_terms
from mali_cli.storage.duckdb_connection import Database
from mali_cli.storage.sql_conditions import EVERY_ROW, Condition, all_of, any_of

ASCII = tuple(map(chr, range(128)))
# Latin letters with accents, punctuation, and the apostrophe that is a letter.
FURTHER = tuple(map(chr, (*range(0xA0, 0x250), 0x2BC, *range(0x2010, 0x2028), *range(0x2030, 0x203F), 0x20AC)))
EVENT_TEXTS = ("summary", "note")
FIGURE_TEXTS = ("wording", "who", "note")
# The characters other than ASCII in the texts of events and figures, as one text.
CHARACTERS_SQL = r"""
    SELECT coalesce(string_agg(DISTINCT character, '' ORDER BY character), '') FROM (
        SELECT unnest(regexp_extract_all(text, '[^\x00-\x7F]')) AS character FROM (
            SELECT summary AS text FROM events UNION ALL SELECT note FROM events
            UNION ALL SELECT unnest([wording, who, note]) FROM (SELECT DISTINCT wording, who, note FROM casualties))
        WHERE strlen(text) <> length(text))"""
CHUNK_ROWS = 20_000  # texts that are judged in pandas at a time


def find_texts(
    database: Database, events: str, where: Condition, texts: Sequence[str], characters: str | None, of_figures: bool
) -> None:
    """Make the table `text_matches` of the events in which one of the texts is found, or in their figures.

    `in_event` says whether it is found in the event.

    Parameters
    ----------
    events
        The SQL of the events, with the texts of their figures if `of_figures`.
    characters
        The characters other than ASCII in all texts, None if they are not known.
    """
    alphabet = _alphabet(characters)
    figure_columns = tuple(f"figure_{name}" for name in FIGURE_TEXTS) if of_figures else ()
    in_event, in_figure = (alphabet.may_be_in(columns, texts) for columns in (EVENT_TEXTS, figure_columns))
    surely, surely_in_figure = (alphabet.is_in(columns, texts) for columns in (EVENT_TEXTS, figure_columns))
    database.query(
        f"""
        CREATE OR REPLACE TEMP TABLE text_matches AS
        WITH searched AS MATERIALIZED (
            SELECT event_id, {in_event.sql} AS in_event, {in_figure.sql} AS in_figure,
                (in_event AND NOT {surely.sql}) OR (in_figure AND NOT {surely_in_figure.sql}) AS unsure
            FROM {events} WHERE {where.sql}
        )
        FROM searched WHERE in_event OR in_figure""",
        [value for part in (in_event, in_figure, surely, surely_in_figure, where) for value in part.parameters],
    )
    if database.query("SELECT count(*) FROM text_matches WHERE unsure")[0][0]:
        _judge_unsure(database, events, texts, figure_columns)


def _judge_unsure(database: Database, events: str, texts: Sequence[str], figure_columns: tuple[str, ...]) -> None:
    """Replace the rows of `text_matches` that patterns cannot judge by what `text_search` finds."""
    import pandas as pd

    from mali_cli.queries.text_search import text_mask

    columns = (*EVENT_TEXTS, *figure_columns)
    unsure = f"""
        SELECT event_id, {", ".join(columns)} FROM {events}
        WHERE event_id IN (SELECT event_id FROM text_matches WHERE unsure)"""
    judged = []
    for rows in database.fetch_batches(unsure, CHUNK_ROWS):
        frame = pd.DataFrame(rows, columns=["event_id", *columns])
        in_event = text_mask(frame, EVENT_TEXTS, tuple(texts))
        in_figure = text_mask(frame, figure_columns, tuple(texts)) if figure_columns else False
        judged.append(frame[["event_id"]].assign(in_event=in_event, in_figure=in_figure))
    database.connection.register("judged", pd.concat(judged))
    database.query("DELETE FROM text_matches WHERE unsure")
    database.query(
        "INSERT INTO text_matches SELECT event_id, in_event, in_figure, false FROM judged WHERE in_event OR in_figure"
    )
    database.connection.unregister("judged")


@lru_cache(maxsize=8)
def _alphabet(characters: str | None) -> Alphabet:
    return Alphabet(characters)


class Alphabet:
    """The characters that occur in some texts, and patterns of RE2, which cannot look around, for words in them.

    `characters` are those other than ASCII; None if they are not known.
    """

    def __init__(self, characters: str | None) -> None:
        further = FURTHER if characters is None else [c for c in FURTHER if c in characters]
        self._by_normalized: dict[str, list[str]] = {}
        for character in (*ASCII, *further):
            text = normalize_name(character)
            if len(text) < 2 or not re.search(r"\w", text):
                self._by_normalized.setdefault(text, []).append(character)
        self._usual = {character for same in self._by_normalized.values() for character in same}
        self.has_unusual = characters is None or not self._usual.issuperset(characters)

    def may_be_in(self, columns: Sequence[str], texts: Iterable[str]) -> Condition:
        """Return a condition that rows fulfil in whose columns, taken together, one of the texts may be found."""
        further = f"|{_character_class(self._usual, negated=True)}" if self.has_unusual else ""
        return _found(columns, texts, lambda words: (self._coarse(words), f"{self._pattern(words)}{further}"))

    def is_in(self, columns: Sequence[str], texts: Iterable[str]) -> Condition:
        """Return a condition that only rows fulfil in which one of the texts is found; all, without unusual ones."""
        return _found(columns, texts, lambda words: ("", self._pattern(words))) if self.has_unusual else EVERY_ROW

    def _pattern(self, words: Sequence[str]) -> str:
        """Return the pattern of a word or phrase with usual characters around it."""
        around = _character_class(self._not_of_words)
        between = _character_class(self._not_of_words - {"\0"})
        phrase = f"{between}+".join(map(self._word_pattern, words))
        return rf"(?:\A|{around}){phrase}(?:\z|{around})"

    def _word_pattern(self, word: str) -> str:
        stem = "".join(map(self._spellings, word.rstrip("*")))
        if word.endswith("*"):
            return f"{stem}{_character_class(self._usual - self._not_of_words)}*"
        e, s, apostrophe = map(self._spellings, "es'")
        return f"{stem}(?:{e}?{s}|{apostrophe}{s})?"

    def _spellings(self, character: str) -> str:
        """Return the class of the characters that are this one when normalized."""
        return _character_class(self._by_normalized.get(character, ()))

    def _coarse(self, words: Iterable[str]) -> str:
        """Return the longest text that every place where the words are found has, but for capitals; it is found fast.

        It is empty if there is none, because a text may have unusual characters.
        """
        runs = [""]
        for character in "*".join(words):
            only = character.isascii() and all(map(str.isascii, self._by_normalized.get(character, ())))
            runs = [*runs, ""] if not only or character == "*" else [*runs[:-1], runs[-1] + character]
        return "" if self.has_unusual else max(runs, key=len)

    @cached_property
    def _not_of_words(self) -> set[str]:
        return {character for character in self._usual if not re.match(r"\w", normalize_name(character))}


def _found(
    columns: Sequence[str], texts: Iterable[str], patterns: Callable[[Sequence[str]], tuple[str, str]]
) -> Condition:
    """Return the condition that all terms of one of the texts are in the columns, each in one of them; never NULL."""
    if not columns:
        return Condition("false")

    def in_column(column: str, words: Sequence[str]) -> Condition:
        coarse, pattern = patterns(words)
        if not coarse:
            return Condition(f"coalesce(regexp_matches({column}, ?), false)", (pattern,))
        # AND would look for the pattern in every text.
        found = f"CASE WHEN regexp_matches({column}, ?, 'i') THEN regexp_matches({column}, ?) END"
        return Condition(f"coalesce({found}, false)", (re.escape(coarse), pattern))

    return any_of(
        all_of(any_of(in_column(column, words) for column in columns) for words in search_terms(text)) for text in texts
    )


def _character_class(characters: Collection[str], negated: bool = False) -> str:
    """Return a class of RE2; an empty one matches nothing."""
    codes = sorted(set(map(ord, characters)))
    if not codes:
        return r"[^\x{0}-\x{10FFFF}]"
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    spans = "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in ranges)
    return f"[{'^' if negated else ''}{spans}]"
