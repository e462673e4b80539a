"""Figures: which of them match, in which order, and which claims exclude each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import BELLIGERENT_KINDS, BOUNDS
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.text_search import text_mask

SEARCHED_COLUMNS = ("wording", "who", "note")
# Columns of an event that are added to its figures; `country` is the nationality of the victims there.
EVENT_COLUMNS = {
    "event_type": "event_type",
    "sub_event_type": "sub_event_type",
    "place": "place",
    "region": "region",
    "admin2": "admin2",
    "country": "in",
    "side_a": "side_a",
    "side_b": "side_b",
    "responsibility": "responsibility",
    "civilian_kind": "civilian_kind",
    "disorder_type": "disorder_type",
    "interaction": "interaction",
}

WIDER = "wider"  # the scope of figures that also count what is not of this war
# What a figure of each scope is called, and several of them.
SCOPE_NOUNS = {
    "event": ("figure of an event", "figures of events"),
    "period": ("figure of a period", "figures of periods"),
    "total": ("total", "totals"),
    WIDER: ("figure of more than this war", "figures of more than this war"),
}


def with_event(figures: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the figures with columns of their events, missing for figures of periods and totals.

    `events` has the region and country of the place, see `events.with_place`.
    """
    event_columns = events.set_index("event_id")[list(EVENT_COLUMNS)].rename(columns=EVENT_COLUMNS)
    return with_date_precision(figures, events).join(event_columns, on="event_id")


def with_date_precision(figures: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the figures, a blank `date_precision` filled with that of the event.

    It is blank in a dataset written before figures had the column.
    """
    if not figures["date_precision"].isna().any():
        return figures
    of_event = figures["event_id"].map(events.set_index("event_id")["date_precision"])
    return figures.assign(date_precision=figures["date_precision"].fillna(of_event))


def filter_figures(figures: pd.DataFrame, events: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the figures that match, with columns of their events: tally by tally in order of time, best figure first.

    A figure of an event matches the filters of events if its event does. A figure without an event (of a period or a
    total) can match only by its own dates, groups and sources.
    """
    return event_queries.select_dates(filter_figures_of_all_dates(figures, events, filters), filters)


def filter_figures_of_all_dates(figures: pd.DataFrame, events: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the figures as `filter_figures` does, including those that only may fall into the period."""
    filters = filters.with_all_dates
    rows = with_event(figures, events)
    matching = rows[figure_mask(rows, filters) & _event_matches(rows, figures, events, filters)]
    if filters.disputed:
        matching = matching[matching["tally"].isin(disputed_tallies(matching))]
    order = _tally_by_tally(matching, first_days(matching))
    return matching.loc[order].reset_index(drop=True)


def first_days(figures: pd.DataFrame) -> pd.Series:
    """Return for each figure the first day of its tally."""
    return figures["date_start"].groupby(figures["tally"]).transform("min")


def _tally_by_tally(figures: pd.DataFrame, first_days: pd.Series) -> pd.Index:
    """Return the index of figures in order of time, those of a tally together."""
    keys = figures[["tally", "rank"]].assign(first_day=first_days)
    return keys.sort_values(["first_day", "tally", "rank"], kind="stable").index


class SelectedFigures(NamedTuple):
    """The figures of one partition that are listed, or of several, and what is not."""

    rows: pd.DataFrame
    first_days: pd.Series  # of the tallies of these figures
    possible: int  # the number of figures that only may fall into the period
    of_other_scopes: pd.DataFrame

    def without_rows(self) -> SelectedFigures:
        """Return what was left out alone."""
        return self._replace(rows=self.rows.head(0), first_days=self.first_days.head(0))


def join_selected(parts: list[SelectedFigures]) -> SelectedFigures:
    """Return the figures of several partitions in their order; no tally is in two of them."""
    days = pd.concat([part.first_days for part in parts], ignore_index=True)
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    others = pd.concat([part.of_other_scopes for part in parts], ignore_index=True)
    order = _tally_by_tally(rows, days)
    possible = sum(part.possible for part in parts)
    return SelectedFigures(
        rows.loc[order].reset_index(drop=True), days.loc[order].reset_index(drop=True), possible, others
    )


def figure_mask(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the figures that match the filters of figures, whatever their events.

    `figures` have the columns of their events, see `with_event`.
    """
    mask = pd.Series(True, index=figures.index)
    for field, predicate in FIGURE_PREDICATES.items():
        if filters.any_of(field):
            mask &= predicate(figures, filters)
    return mask


def _in_period(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    assert filters.period is not None
    return event_queries.in_period(figures, filters.period, filters.dates)


def _by_document(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return event_queries.from_documents(figures["sources"], filters.documents)


def _is_independent(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return ~figures["according_to_kind"].isin(BELLIGERENT_KINDS)


FigurePredicate = Callable[[pd.DataFrame, Filters], pd.Series]

# For each field of Filters, which figures match. `disputed` is not here: it depends on the other matching figures.
FIGURE_PREDICATES: dict[str, FigurePredicate] = {
    "period": _in_period,
    "documents": _by_document,
    "countries": lambda figures, filters: figures["country"].isin(filters.countries),
    "victims": lambda figures, filters: figures["victims"].isin(filters.victims),
    "harms": lambda figures, filters: figures["harm"].isin(filters.harms),
    "scopes": lambda figures, filters: figures["scope"].isin(filters.scopes),
    "claimants": lambda figures, filters: figures["according_to"].isin(filters.claimants),
    "groups": lambda figures, filters: list_columns.contains_any(figures["group"], filters.groups),
    "inflicted_by": lambda figures, filters: list_columns.contains_any(figures["inflicted_by"], filters.inflicted_by),
    "independent": _is_independent,
}


def is_listed(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the figures whose scope a list shows.

    By default these are all scopes, or with a filter by date, actor or place the figures of events.
    """
    scopes = filters.scopes or ({"event"} if filters.excludes_stated_totals else set(SCOPE_NOUNS))
    return figures["scope"].isin(scopes)


def count_of_scope(number: int, scope: str) -> str:
    """Return "1 total" or "4 figures of periods"."""
    return f"{number:,} {SCOPE_NOUNS[scope][number != 1]}"


def other_scopes_note(figures: pd.DataFrame, filters: Filters) -> list[str]:
    """Return the note on matching figures of scopes that are not listed, and how to list them; none without any."""
    if filters.dates == "possible":
        figures = event_queries.select_dates(figures, filters)
    counts = figures["scope"].value_counts()
    found = {scope: int(counts[scope]) for scope in SCOPE_NOUNS if scope in counts and scope != WIDER}
    if not found:
        return []
    numbers = " and ".join(count_of_scope(count, scope) for scope, count in found.items())
    verb = "overlap" if filters.period else "match"
    options = " ".join(f"--scope {scope}" for scope in found)
    if len(event_queries.split_by_dates(figures, filters)[1]):
        options += " --dates all"
    return [f"{numbers} also {verb}{'s' if sum(found.values()) == 1 else ''}: {options}."]


def _event_matches(rows: pd.DataFrame, figures: pd.DataFrame, events: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the figures whose events match, and those without an event whose own groups do.

    Words may also stand in the figure itself.
    """
    if filters.search_terms:
        with_words = event_queries.event_mask(events, figures, Filters(search_terms=filters.search_terms))
        mask = rows["event_id"].isin(events.loc[with_words, "event_id"])
        mask |= text_mask(rows, SEARCHED_COLUMNS, filters.search_terms)
        return mask & _event_matches(rows, figures, events, replace(filters, search_terms=()))
    if not filters.has_event_filters:
        return pd.Series(True, index=rows.index)
    matching_events = events[event_queries.event_mask(events, figures, replace(filters, period=None))]
    mask = rows["event_id"].isin(matching_events["event_id"])
    only_actors = filters.actors and not replace(filters, actors=frozenset()).has_event_filters
    if only_actors:
        own_groups = list_columns.contains_any(rows["group"], filters.actors)
        own_groups |= list_columns.contains_any(rows["inflicted_by"], filters.actors)
        mask |= own_groups & rows["event_id"].isna()
    return mask


def intervals(figures: pd.DataFrame) -> pd.DataFrame:
    """Return `lower`, `middle` and `upper` of each figure (Int64).

    A missing bound is taken from the best figure, then from the other bound; without any number all are NA.
    """
    return pd.DataFrame(bounds(figures), index=figures.index, columns=["lower", "middle", "upper"]).astype("Int64")


def bounds(figures: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return `intervals` as three columns of an array, NaN where there is no number."""
    low, best, high = (figures[bound].to_numpy(dtype=float, na_value=np.nan) for bound in BOUNDS)
    orders = ((low, best, high), (best, low, high), (high, best, low))
    return np.column_stack([np.where(np.isnan(a), np.where(np.isnan(b), c, b), a) for a, b, c in orders])


def disputed_tallies(figures: pd.DataFrame) -> set[str]:
    """Return the tallies with current figures whose intervals do not overlap, or with a revised or denied figure.

    An open figure has no upper bound. A figure without a number contradicts nothing.
    """
    current = figures["status"] == "current"
    interval = intervals(figures)
    upper = interval["upper"].astype("Float64").mask(figures["open"], float("inf"))
    with_number = figures.assign(lower=interval["lower"], upper=upper)[current & interval["lower"].notna()]
    by_tally = with_number.groupby("tally")
    # Intervals overlap pairwise exactly if the highest lower bound is not above the lowest upper bound.
    apart = by_tally["lower"].max() > by_tally["upper"].min()
    return set(apart.index[apart.astype(bool)]) | set(figures.loc[~current, "tally"])


def with_estimate_width(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures with `width`, highest less lowest claim of the tally (Int64); NA if a claim is open."""
    interval = intervals(figures)
    tally = figures["tally"]
    is_open = figures["open"].groupby(tally).transform("any")
    width = interval["upper"].groupby(tally).transform("max") - interval["lower"].groupby(tally).transform("min")
    return figures.assign(width=width.mask(is_open).astype("Int64"))
