"""--text in DuckDB: the patterns of `model.search_text` on texts as they are written, with accents and capitals.

Most texts have only characters of ASCII and those in `FURTHER`, of which each is one character when normalized, so that
a pattern can list how a letter may be written. A text with any other character is judged by `queries.text_search`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from mali_cli.model.names import normalize_name
from mali_cli.model.search_text import search_terms
from mali_cli.queries.text_search import text_mask
from mali_cli.storage.duckdb_connection import Database
from mali_cli.storage.sql_conditions import Condition, all_of, any_of

ASCII = tuple(map(chr, range(128)))
# Latin letters with accents, punctuation, and the apostrophe that is a letter.
FURTHER = tuple(map(chr, (*range(0xA0, 0x250), 0x2BC, *range(0x2010, 0x2028), *range(0x2030, 0x203F), 0x20AC)))


EVENT_TEXTS = ("summary", "note")
FIGURE_TEXTS = ("wording", "who", "note")
CHUNK_ROWS = 20_000  # texts that are judged in pandas at a time


def find_texts(database: Database, events: str, where: Condition, texts: Sequence[str], figures: bool) -> None:
    """Make the table `text_matches` of the events in which one of the texts is found, or in their figures.

    `in_event` says whether it is found in the event. `events` is the SQL of the events, with figures if `figures`.
    """
    in_event = text_condition(EVENT_TEXTS, texts)
    figure_columns = [f"figure_{name}" for name in FIGURE_TEXTS] if figures else []
    in_figure = text_condition(figure_columns, texts) if figures else Condition("false")
    unusual = unusual_condition([*EVENT_TEXTS, *figure_columns])
    database.query(
        f"""
        CREATE OR REPLACE TEMP TABLE text_matches AS FROM (
            SELECT event_id, {in_event.sql} AS in_event, {in_figure.sql} AS in_figure,
                (in_event OR in_figure) AND {unusual.sql} AS unusual
            FROM {events} WHERE {where.sql}
        ) WHERE in_event OR in_figure""",
        (*in_event.parameters, *in_figure.parameters, *unusual.parameters, *where.parameters),
    )
    if database.query("SELECT count(*) FROM text_matches WHERE unusual")[0][0]:
        _judge_unusual(database, events, texts, figure_columns)


def _judge_unusual(database: Database, events: str, texts: Sequence[str], figure_columns: list[str]) -> None:
    """Replace the rows of `text_matches` with unusual characters by what `text_search` finds."""
    import pandas as pd

    columns = (*EVENT_TEXTS, *figure_columns)
    rows_to_judge = f"""
        SELECT event_id, {", ".join(columns)} FROM {events}
        WHERE event_id IN (SELECT event_id FROM text_matches WHERE unusual)"""
    judged = []
    for rows in database.fetch_batches(rows_to_judge, CHUNK_ROWS):
        frame = pd.DataFrame(rows, columns=["event_id", *columns])
        in_event = text_mask(frame, EVENT_TEXTS, tuple(texts))
        in_figure = text_mask(frame, tuple(figure_columns), tuple(texts)) if figure_columns else False
        judged.append(frame[["event_id"]].assign(in_event=in_event, in_figure=in_figure))
    database.connection.register("judged", pd.concat(judged))
    database.query("DELETE FROM text_matches WHERE unusual")
    database.query(
        "INSERT INTO text_matches SELECT event_id, in_event, in_figure, true FROM judged WHERE in_event OR in_figure"
    )
    database.connection.unregister("judged")


def text_condition(columns: Sequence[str], texts: Iterable[str]) -> Condition:
    """Return whether one of the texts is found in the columns of a row, or the row has an unusual character."""
    return any_of(
        all_of(
            any_of(Condition(f"coalesce(regexp_matches({column}, ?), false)", (pattern,)) for column in columns)
            for pattern in map(_pattern, search_terms(text))
        )
        for text in texts
    )


def unusual_condition(columns: Sequence[str]) -> Condition:
    """Return whether a row has a character for which its text must be normalized to be searched."""
    pattern = _unusual_characters()
    return any_of(Condition(f"coalesce(regexp_matches({column}, ?), false)", (pattern,)) for column in columns)


def _pattern(words: tuple[str, ...]) -> str:
    """Return the pattern of a word or phrase, or of an unusual character, for RE2, which cannot look around."""
    not_word = _character_class(_word_characters(), negated=True)
    between = _character_class([*_word_characters(), "\0"], negated=True)
    phrase = f"{between}+".join(map(_word_pattern, words))
    return rf"(?:\A|{not_word}){phrase}(?:\z|{not_word})|{_unusual_characters()}"


def _word_pattern(word: str) -> str:
    stem = "".join(map(_spellings, word.rstrip("*")))
    if word.endswith("*"):
        return stem + _character_class(_word_characters()) + "*"
    e, s, apostrophe = map(_spellings, "es'")
    return f"{stem}(?:{e}?{s}|{apostrophe}{s})?"


def _spellings(character: str) -> str:
    """Return the class of the characters that are this one when normalized."""
    return _character_class(_characters_by_normalized().get(character, []))


@cache
def _characters_by_normalized() -> dict[str, list[str]]:
    characters: dict[str, list[str]] = {}
    for character in _usual_characters():
        characters.setdefault(normalize_name(character), []).append(character)
    return characters


@cache
def _usual_characters() -> list[str]:
    """Return the characters that are one character when normalized, or several that are not of words."""
    return [c for c in (*ASCII, *FURTHER) if len(text := normalize_name(c)) < 2 or not re.search(r"\w", text)]


@cache
def _word_characters() -> list[str]:
    return [character for character in _usual_characters() if re.match(r"\w", normalize_name(character))]


@cache
def _unusual_characters() -> str:
    return _character_class(_usual_characters(), negated=True)


def _character_class(characters: Iterable[str], negated: bool = False) -> str:
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
