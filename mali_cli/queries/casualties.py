"""Who gave which figure: which figures match, in which order, and where claims exclude each other."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import BELLIGERENT_KINDS
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns

# What a figure is told of its event; `country` is already the victims' nationality.
EVENT_COLUMNS = {
    "date_precision": "date_precision",
    "event_type": "event_type",
    "sub_event_type": "sub_event_type",
    "place": "place",
    "region": "region",
    "country": "in",
    "side_a": "side_a",
    "side_b": "side_b",
    "responsibility": "responsibility",
}


def with_event(figures: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Each figure with what its event tells; blank for periods and totals. `events` has region and country."""
    told = events.set_index("event_id")[list(EVENT_COLUMNS)].rename(columns=EVENT_COLUMNS)
    return figures.join(told, on="event_id")


def filter_figures(figures: pd.DataFrame, events: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The figures that match, tally by tally in order of time, best figure first.

    A figure matches what is asked of events when its event does; one without an event (a period, a
    total) can only match by its own dates, groups and sources.
    """
    found = with_event(figures, events)
    mask = pd.Series(True, index=found.index)
    if filters.period is not None:
        dated = found.assign(date_precision=found["date_precision"].fillna("range"))
        mask &= event_queries.in_period(dated, filters.period, filters.certain_dates_only)
    if filters.has_event_filters:
        its = events.loc[event_queries.event_mask(events, figures, replace(filters, period=None)), "event_id"]
        of_event = found["event_id"].isin(its)
        if filters.actors and not replace(filters, actors=frozenset()).has_event_filters:
            own = list_columns.contains_any(found["group"], filters.actors) | list_columns.contains_any(
                found["inflicted_by"], filters.actors
            )
            of_event |= own & found["event_id"].isna()
        mask &= of_event
    if filters.documents:
        mask &= event_queries.from_documents(found["sources"], filters.documents)
    mask &= list_columns.isin_all(
        found,
        country=filters.countries,
        victims=filters.victims,
        harm=filters.harms,
        scope=filters.scopes,
        according_to=filters.claimants,
    )
    for column, wanted in (("group", filters.groups), ("inflicted_by", filters.inflicted_by)):
        if wanted:
            mask &= list_columns.contains_any(found[column], wanted)
    if filters.independent:
        mask &= ~found["according_to_kind"].isin(BELLIGERENT_KINDS)
    found = found[mask]
    if filters.disputed:
        found = found[found["tally"].isin(disputed_tallies(found))]
    first = found["date_start"].groupby(found["tally"]).transform("min")
    found = found.assign(first=first).sort_values(["first", "tally", "rank"], kind="stable", ignore_index=True)
    return found.drop(columns="first")


def intervals(figures: pd.DataFrame) -> pd.DataFrame:
    """Lower and upper bound of each figure (Int64): a blank bound is taken from the best, then from the other."""
    low, best, high = figures["low"], figures["best"], figures["high"]
    return pd.DataFrame(
        {
            "lower": low.fillna(best).fillna(high),
            "middle": best.fillna(low).fillna(high),
            "upper": high.fillna(best).fillna(low),
        }
    )


def disputed_tallies(figures: pd.DataFrame) -> set[str]:
    """Tallies with current figures whose intervals do not meet, or with a revised or denied figure.

    An open figure reaches up without end; words without a number exclude nothing.
    """
    current = figures["status"] == "current"
    bounds = intervals(figures)
    told = figures.assign(
        lower=bounds["lower"], upper=bounds["upper"].astype("Float64").mask(figures["open"], float("inf"))
    )[current & bounds["lower"].notna()]
    by_tally = told.groupby("tally")
    # Intervals on a line meet pairwise exactly when the highest lower bound is not above the lowest upper one.
    apart = by_tally["lower"].max() > by_tally["upper"].min()
    return set(apart.index[apart.astype(bool)]) | set(figures.loc[~current, "tally"])


def with_estimate_width(found: pd.DataFrame) -> pd.DataFrame:
    """Adds how far the lowest and the highest claim of each tally lie apart; blank where the highest is open."""
    bounds = intervals(found)
    by_tally = found["tally"]
    open_ = found["open"].groupby(by_tally).transform("any")
    width = bounds["upper"].groupby(by_tally).transform("max") - bounds["lower"].groupby(by_tally).transform("min")
    return found.assign(width=width.mask(open_).astype("Int64"))
