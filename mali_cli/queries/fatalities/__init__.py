"""Sums of people killed and harmed: the rules by which figures are added up.

Only current figures count. The figures about the same people are a tally, with the smallest low, the largest high and
the best of its first rank. Tallies are added, never figures. A tally that is part of another one is not added again;
when grouped, it counts under its own key, and the remainder under the key of the tally that contains it. Deaths by
accident or illness are counted separately, numbers of displaced people and refugees are never added, stated totals are
never mixed with events, and unknown is never 0.

`partial_sums` of each partition are brought together by `combine`; `finalize` makes the table and the totals of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.schema import Column
from mali_cli.model.vocabulary import (
    BELLIGERENT_KINDS,
    BOUNDS,
    NON_HOSTILE_CAUSES,
    STOCK_HARMS,
    ZERO_OR_NOT_STATED,
)
from mali_cli.queries import events as event_queries
from mali_cli.queries.fatalities.by_event import event_fatalities, event_fatality_status, event_lost, with_killed
from mali_cli.queries.fatalities.caveats import caveats, summary_line, without_number_note
from mali_cli.queries.fatalities.left_out import (
    POSSIBLE,
    LeftOut,
    add_left_out,
    count_left_out,
    has_stated_totals,
    in_scope,
)
from mali_cli.queries.fatalities.stocks import DATED_COLUMNS, latest_stock_figures, stated_totals
from mali_cli.queries.fatalities.sums import (
    USED_COLUMNS,
    contributions,
    count_unknown,
    deaths_by_other_cause,
    not_stated,
    sum_contributions,
    sum_figures,
    violent_events_without_figures,
)
from mali_cli.queries.fatalities.table import SumTotals, clip_to_best, format_table
from mali_cli.queries.fatalities.tallies import expand_group_keys

__all__ = [
    "POSSIBLE",
    "LeftOut",
    "PartialSums",
    "SumTotals",
    "caveats",
    "combine",
    "event_fatalities",
    "event_fatality_status",
    "event_lost",
    "finalize",
    "format_table",
    "partial_sums",
    "summary_line",
    "with_killed",
    "without_number_note",
]


# The columns of a figure that are used to count what is summed and what is left out
COUNTED_COLUMNS = (*USED_COLUMNS, "scope", "wording", "according_to", "according_to_kind")


class PartialSums(NamedTuple):
    """Sums of one partition of the data, or of several; those of further partitions can be added.

    A partition holds all figures of its events and tallies. Sums are those before `clip_to_best`.
    """

    table: pd.DataFrame  # a row per value of the keys
    total: pd.DataFrame  # one row: of people killed, but `unknown` of every harm, as in the table
    events: int  # with a number of people killed
    events_without_figures: int  # violent events for which there is no figure
    single_belligerent_tallies: int  # tallies whose figures all come from one belligerent
    zeros: int  # tallies without a number whose figure in a foreign file is 0
    per_year: pd.Series  # number of events, with and without figures, indexed by year
    left_out: Mapping[str, LeftOut]  # by the reason, see `count_left_out`
    other_deaths: Mapping[str, int] = {}  # people in died_other, by the cause of death


def partial_sums(
    matching: pd.DataFrame,
    figures: pd.DataFrame,
    events: pd.DataFrame,
    camps: dict[str, str | None],
    keys: list[str],
    filters: Filters,
    possible: pd.DataFrame | None = None,
) -> PartialSums:
    """Return the sums of one partition of the data, or of all of it.

    Parameters
    ----------
    matching, figures
        The figures that match the filters, with the columns of their events; and all figures.
    events
        The events that match the filters on events, for counting those without figures.
    camps, keys
        The camp of each group; and the group keys, none for one row.
    possible
        The figures left out that only may fall into the period.
    """
    table = _sums_by_keys(expand_group_keys(matching, keys, camps), figures, events, keys, filters)
    matching = matching[[*COUNTED_COLUMNS]]
    summed = matching[in_scope(matching, filters)]
    killed = summed[summed["harm"] == "killed"]
    with_number = _hostile_with_number(killed)
    total, other_deaths = _totals(summed, figures)
    return PartialSums(
        table,
        total,
        events=with_number["event_id"].nunique(),
        events_without_figures=len(violent_events_without_figures(events, figures)),
        single_belligerent_tallies=_count_single_belligerent(with_number),
        zeros=killed.loc[killed["wording"] == ZERO_OR_NOT_STATED, "tally"].nunique(),
        left_out=count_left_out(matching, possible, figures, filters, total),
        per_year=event_queries.time_bins(events, "year").value_counts().sort_index(),
        other_deaths=other_deaths,
    )


def _totals(summed: pd.DataFrame, figures: pd.DataFrame) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """Return the sums of people killed, with figures of every harm in `unknown`, and the deaths by other causes."""
    added = contributions(summed[~summed["harm"].isin(STOCK_HARMS)], figures, [])
    killed = added[added["harm"] == "killed"]
    total = sum_contributions(killed, []).assign(unknown=count_unknown(added, []))
    return total, deaths_by_other_cause(killed)


def _hostile_with_number(figures: pd.DataFrame) -> pd.DataFrame:
    with_number = figures[(figures["status"] == "current") & figures[[*BOUNDS]].notna().any(axis=1)]
    return with_number[~with_number["cause"].isin(NON_HOSTILE_CAUSES)]


def _count_single_belligerent(figures: pd.DataFrame) -> int:
    """Return the number of tallies of which one belligerent, and nobody else, gave all figures."""
    by_belligerent = figures["according_to_kind"].isin(BELLIGERENT_KINDS)
    with_others = figures.loc[~by_belligerent, "tally"]
    claims = figures[by_belligerent & ~figures["tally"].isin(with_others)]
    return int((claims.groupby("tally")["according_to"].nunique() == 1).sum())


def _sums_by_keys(
    matching: pd.DataFrame, figures: pd.DataFrame, events: pd.DataFrame, keys: list[str], filters: Filters
) -> pd.DataFrame:
    matching = matching[[*dict.fromkeys([*keys, *USED_COLUMNS, *DATED_COLUMNS])]]
    stocks = matching["harm"].isin(STOCK_HARMS)
    totals = matching["scope"] == "total"
    tables = [
        sum_figures(matching[in_scope(matching, filters) & ~stocks], figures, keys),
        *([latest_stock_figures(matching[stocks], keys)] if stocks.any() else []),
        *([stated_totals(matching[totals], keys)] if totals.any() and has_stated_totals(filters) else []),
        *([] if filters.has_casualty_filters else [not_stated(events, figures, keys)]),
    ]
    if keys:
        table, *others = [table for table in tables if not table.empty] or tables[:1]
        for columns in others:
            table = table.merge(columns, on=keys, how="outer")
    else:
        table = pd.concat(tables, axis=1)
    return table.reindex(columns=[*keys, *(column.name for column in schema.result_columns("sums"))])


def combine(parts: list[PartialSums], keys: list[str]) -> PartialSums:
    """Return the sums of several partitions as one. Stated totals and stocks must not be in more than one of them."""
    return PartialSums(
        table=_sum_tables([part.table for part in parts], keys),
        total=_sum_tables([part.total for part in parts], []),
        events=sum(part.events for part in parts),
        events_without_figures=sum(part.events_without_figures for part in parts),
        single_belligerent_tallies=sum(part.single_belligerent_tallies for part in parts),
        zeros=sum(part.zeros for part in parts),
        left_out=add_left_out([part.left_out for part in parts]),
        per_year=pd.concat([part.per_year for part in parts]).groupby(level=0).sum(),
        other_deaths=sum((Counter(part.other_deaths) for part in parts), Counter()),
    )


def _sum_tables(tables: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    rows = pd.concat(tables, ignore_index=True)
    columns = rows.columns
    measures = [column for column in rows if column not in keys and rows[column].notna().any()]
    rows = rows[keys].join(rows[measures].astype(float))
    total = rows.groupby(keys or (lambda row: 0), dropna=False).sum(min_count=1).reset_index(drop=not keys)
    total = total.reindex(columns=columns)  # including those in which no partition has a number
    return total.assign(open=total["open"] > 0) if "open" in total else total


def finalize(
    sums: PartialSums, keys: list[str], columns: tuple[Column, ...], filters: Filters
) -> tuple[pd.DataFrame, SumTotals]:
    """Return one row per value of the keys, and the overall totals.

    The columns of the table are the keys and `columns`, those of 'sums' in datapackage.json. Numbers are Int64, NA
    where no figure has one.
    """
    total = clip_to_best(sums.total).iloc[0]
    low, best, high = (None if pd.isna(n) else int(n) for n in (total[f"killed_{bound}"] for bound in BOUNDS))
    totals = SumTotals(
        low=low,
        best=best,
        high=high,
        open=bool(total["open"]),
        events=sums.events,
        events_without_figures=sums.events_without_figures,
        unknown=int(total["unknown"]),
        single_belligerent_tallies=sums.single_belligerent_tallies,
        zeros=sums.zeros,
        left_out=sums.left_out,
        per_year=dict(zip(sums.per_year.index, map(int, sums.per_year), strict=True)),
        other_deaths=sums.other_deaths,
    )
    return format_table(sums.table, keys, columns, counts_not_stated=not filters.has_casualty_filters), totals
