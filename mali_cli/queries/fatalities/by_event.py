"""Fatalities of single events, as `mali events` and the charts show them."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import BOUNDS, NON_HOSTILE_CAUSES
from mali_cli.queries.fatalities.hierarchy import net_contributions
from mali_cli.queries.fatalities.sums import USED_COLUMNS, violent_events_without_figures
from mali_cli.queries.fatalities.tallies import tallies


def event_fatalities(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return `killed_low`, `killed_best` and `killed_high` (Int64) of each event, indexed by `event_id`.

    Events for which no figure has a number are missing or NA. `figures` are all figures, not only those that match
    the filters: filters never change the fatalities of an event.
    """
    contributions = _event_contributions(events, figures, "killed")
    return contributions.groupby("event_id")[[*BOUNDS]].sum(min_count=1).add_prefix("killed_").astype("Int64")


def event_fatality_status(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return three boolean columns, row by row for the events.

    `open`: the number has no upper bound. `unknown`: there are figures, but none has a number. `not_stated`: the event
    is violent, and there is no figure.
    """
    contributions = _event_contributions(events, figures, "killed")
    counted = contributions[contributions["adds"] & ~contributions["inside"]]
    has_number = contributions["best"].notna().groupby(contributions["event_id"]).any()
    ids = events["event_id"]
    return pd.DataFrame(
        {
            "open": ids.isin(counted.loc[counted["open"].astype(bool), "event_id"]),
            "unknown": ids.isin(has_number.index[~has_number]),
            "not_stated": ids.isin(violent_events_without_figures(events, figures)["event_id"]),
        }
    )


def event_lost(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the people lost in each event, as a source says without distinguishing killed, wounded and captured.

    Row by row for the events: `lost_best`, NA where no figure has a number, and `lost_unknown`, whether a figure is
    only in words. They are never in the number of people killed.
    """
    best = _event_contributions(events, figures, "lost").groupby("event_id")["best"].sum(min_count=1)
    lost = events["event_id"].map(best).astype("Int64")
    return pd.DataFrame({"lost_best": lost, "lost_unknown": events["event_id"].isin(best.index) & lost.isna()})


def _event_contributions(events: pd.DataFrame, figures: pd.DataFrame, harm: str) -> pd.DataFrame:
    """Return what each tally of people harmed so in these events adds to its event; see `net_contributions`."""
    figures = figures[[*USED_COLUMNS, "scope", "part_of"]]
    harmed = figures[figures["event_id"].isin(events["event_id"]) & (figures["harm"] == harm)]
    harmed = harmed[(harmed["scope"] == "event") & ~harmed["cause"].isin(NON_HOSTILE_CAUSES)]
    # A tally that is part of one of another event still counts in its own event.
    parts = figures[figures["part_of"].notna()]
    containers = figures[figures["tally"].isin(parts["part_of"])]
    event_of_container = parts["part_of"].map(dict(zip(containers["tally"], containers["event_id"], strict=True)))
    same_event = event_of_container == parts["event_id"]
    return net_contributions(tallies(harmed, ["event_id"]), parts[same_event], ["event_id"])


def with_killed(events: pd.DataFrame, fatalities: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the events with their fatalities, without those that do not match `min_killed` and `max_killed`."""
    events = events.join(fatalities.reindex(events["event_id"]).set_axis(events.index))
    best = events["killed_best"]
    mask = pd.Series(True, index=events.index)
    if filters.min_killed is not None:
        mask &= (best >= filters.min_killed).fillna(False).astype(bool)
    if filters.max_killed is not None:
        mask &= (best <= filters.max_killed).fillna(False).astype(bool)
    return events[mask]
