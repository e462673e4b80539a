"""--text in DuckDB finds what `text_search` finds in pandas."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mali_cli.queries.text_search import text_mask
from mali_cli.storage.sql_text import ASCII, FURTHER, Alphabet

COLUMNS = ("summary", "note")
SEARCHES = ("cattle", "cat*", '"a cat"', "été", "l'été cat", "o", "№5", "ss", "x*", "'s", '"cat - x"')
PIECES = st.sampled_from(
    (
        *(
            "cat",
            "Cats",
            "CÀT",
            "été",
            "E\u0301te",
            "ete's",
            "l’été",
            "ß",
            "№5",
            "¼",
            "x",
            "a",
            "é",
            "_",
            "ø",
            "Ø",
            "о",
        ),
        *(" ", "  ", "-", "–", "\0", "'", ".", "\u00a0", "\u0301", "ﬁ", "«"),
    )
)
CELLS = st.lists(PIECES, max_size=6).map("".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, st.none() | CELLS), min_size=1, max_size=6), st.sampled_from(SEARCHES), st.booleans())
def test_what_is_found_is_what_text_search_finds(
    rows: list[tuple[str, str | None]], text: str, characters_are_known: bool
) -> None:
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    expected = text_mask(frame, COLUMNS, (text,)).tolist()
    characters = "".join(sorted({c for row in rows for cell in row for c in cell or "" if not c.isascii()}))
    alphabet = Alphabet(characters if characters_are_known else None)
    may_be, surely = (condition(COLUMNS, [text]) for condition in (alphabet.may_be_in, alphabet.is_in))
    found = duckdb.execute(
        f"SELECT {may_be.sql}, {surely.sql} FROM (SELECT unnest(?, recursive := true))",
        [*may_be.parameters, *surely.parameters, frame.to_dict("records")],
    ).fetchall()
    assert all(may_be or not matches for (may_be, _), matches in zip(found, expected, strict=True))
    assert all(matches or not (may_be and surely) for (may_be, surely), matches in zip(found, expected, strict=True))
    if not alphabet.has_unusual:
        assert [may_be for may_be, _ in found] == expected


@pytest.mark.parametrize("character", ["ß", "¼", "о", "ﬁ", "\u0301"])
def test_texts_with_other_characters_are_judged_in_pandas(character: str) -> None:
    assert Alphabet(character).has_unusual
    assert Alphabet(None).has_unusual
    assert not Alphabet("éÀ’").has_unusual


def test_further_characters_are_not_in_ascii() -> None:
    assert not set(ASCII) & set(FURTHER)
