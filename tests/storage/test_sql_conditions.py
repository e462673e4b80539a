"""SQL conditions on list columns and events, with their parameters."""

from __future__ import annotations

import datetime

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period
from mali_cli.queries.events import from_documents, in_period
from mali_cli.storage.sql_conditions import (
    EVERY_ROW,
    WHITESPACE,
    Condition,
    all_of,
    any_of,
    cites,
    date_condition,
    list_contains_approx,
    list_contains_exact,
    matches,
    may_match,
)

DAY = datetime.date(2012, 3, 22)
NAMES = st.text("AB '\"%_é", min_size=1, max_size=3)


def holds(condition: Condition, cell: str | None) -> bool | None:
    """Return whether DuckDB finds that a cell fulfils a condition."""
    row = duckdb.execute(
        f"SELECT {condition.sql} FROM (SELECT CAST(? AS VARCHAR) AS names)", [*condition.parameters, cell]
    ).fetchone()
    assert row
    return row[0]  # type: ignore[no-any-return]


@given(cell=st.lists(NAMES, max_size=3), names=st.lists(NAMES, unique=True, max_size=3))
def test_the_exact_test_splits_the_list_and_the_approximate_one_misses_no_match(
    cell: list[str], names: list[str]
) -> None:
    matches = bool(set(cell) & set(names))
    text = ";".join(cell) or None
    assert holds(list_contains_exact("names", names), text) is matches
    assert holds(list_contains_approx("names", names), text) or not matches


def test_the_approximate_test_finds_longer_names_too() -> None:
    assert holds(list_contains_approx("names", ["Mali"]), "Malian Armed Forces")
    assert not holds(list_contains_exact("names", ["Mali"]), "Malian Armed Forces")


def test_parameters_are_in_the_order_of_their_placeholders() -> None:
    first, second = Condition("a = ?", (1,)), Condition("b BETWEEN ? AND ?", (2, 3))
    assert all_of((first, any_of((second, first)))) == ("a = ? AND (b BETWEEN ? AND ? OR a = ?)", (1, 2, 3, 1))
    assert all_of(()) == EVERY_ROW


def test_without_filters_every_event_matches() -> None:
    assert may_match(Filters(), []) == matches(Filters(), []) == EVERY_ROW


@given(
    st.lists(st.sampled_from(["paper", " paper#1", "paper #1", "book#2", "\u2003book", "", "pap"]), max_size=3),
    st.sampled_from([{"paper"}, {"paper#1"}, {"book#2", "pap"}, {"book"}]),
)
def test_documents_are_those_of_the_queries(sources: list[str], documents: set[str]) -> None:
    cell = ";".join(sources) or None
    expected = bool(from_documents(pd.Series([cell], dtype=object), frozenset(documents))[0])
    assert holds(cites("names", sorted(documents)), cell) is expected


def test_whitespace_is_what_python_strips() -> None:
    assert "".join(character for character in map(chr, range(0x10000)) if character.isspace()) == WHITESPACE


@pytest.mark.parametrize("dates", ["certain", "possible", "all"])
@pytest.mark.parametrize("period", [Period(DAY, DAY), Period(DAY, None), Period(None, DAY), Period(None, None)])
def test_the_exact_condition_of_dates_is_that_of_the_queries(dates: str, period: Period) -> None:
    spans = [("2012-03-20", "2012-03-22"), ("2012-03-22", "2012-03-22"), ("2012-03-22", "2012-03-24"), ("2012-01-01", "2012-12-31"), ("2012-04-01", "2012-04-30")]  # fmt: skip
    rows = pd.DataFrame(
        [(*span, precision) for span in spans for precision in ("day", "range", "by", None)],
        columns=["date_start", "date_end", "date_precision"],
    )
    rows[["date_start", "date_end"]] = rows[["date_start", "date_end"]].apply(pd.to_datetime)
    filters = Filters(period=period, dates=dates)
    expected = in_period(rows, period, dates).tolist()
    condition = all_of((matches(filters, []), date_condition(filters, dates)))
    found = duckdb.execute(f"SELECT {condition.sql} FROM rows", list(condition.parameters)).fetchall()
    assert [bool(matches) for (matches,) in found] == expected
    superset = may_match(filters, [])
    found = duckdb.execute(f"SELECT {superset.sql} FROM rows", list(superset.parameters)).fetchall()
    assert [bool(matches) for (matches,) in found] == in_period(rows, period, "all").tolist()


@pytest.mark.parametrize("exact", [False, True])
def test_values_are_never_part_of_the_sql_text(exact: bool) -> None:
    day = datetime.date(2012, 3, 22)
    name = "Jama'at; DROP TABLE"
    filters = Filters(period=Period(day, day), actors=frozenset({name}), types=frozenset({name}))
    condition = (matches if exact else may_match)(filters, [frozenset({name})], "casualties")
    assert name not in condition.sql
    assert condition.sql.count("?") == len(condition.parameters)
    assert set(condition.parameters) == {day, name}
