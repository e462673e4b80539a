"""Sums of the figures of events, and the violent events for which there is no figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mali_cli.model.vocabulary import BOUNDS, NON_HOSTILE_CAUSES, SUMMED_HARMS
from mali_cli.queries import events as event_queries
from mali_cli.queries.fatalities.grouping import count_by, join_columns, none_if_missing, sum_by
from mali_cli.queries.fatalities.hierarchy import net_contributions
from mali_cli.queries.fatalities.tallies import multi_valued, tallies

# The columns of a figure that sums use, besides the keys
USED_COLUMNS = ("tally", "event_id", "harm", "cause", "status", "rank", *BOUNDS, "open")
DIED_OTHER = "died_other"  # how deaths by accident or illness are counted, instead of by their harm
# For each sum of a number of people, what it is counted as, and the bound that is added
NUMBER_COLUMNS = {
    **{f"killed_{bound}": ("killed", bound) for bound in BOUNDS},
    DIED_OTHER: (DIED_OTHER, "best"),
    **{f"{harm}_best": (harm, "best") for harm in SUMMED_HARMS},
}
SUM_COLUMNS = ("events", *NUMBER_COLUMNS, "open", "unknown")
# Keys that only a figure has; an event without figures has no value for them.
FIGURE_KEYS = ("country", "group", "camp", "harm", "victims", "inflicted_by", "according_to")


def sum_figures(matching: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row of sums per value of the keys; without keys one row.

    The columns are the keys and SUM_COLUMNS: `events`, the numbers of people, `open`, and `unknown`, the number of
    tallies without a number. A sum is NaN where no figure has one.

    Parameters
    ----------
    matching
        The figures to add, with a column per key (see `expand_group_keys`).
    figures
        All figures, for their hierarchy.
    keys
        The group keys.
    """
    return sum_contributions(contributions(matching, figures, keys), keys)


def contributions(matching: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the tallies that add to the sums with what they add, and as what they are counted: `counted_as`.

    For the parameters see `sum_figures`, for the columns `net_contributions`.
    """
    matching = matching[[*dict.fromkeys([*keys, *USED_COLUMNS])]]
    non_hostile = matching["cause"].isin(NON_HOSTILE_CAUSES)
    hostile = net_contributions(tallies(matching[~non_hostile], keys), figures, keys)
    added = hostile[hostile["adds"]].assign(counted_as=hostile["harm"])
    deaths = non_hostile & (matching["harm"] == "killed")
    if deaths.any():
        other_deaths = net_contributions(tallies(matching[deaths], keys), figures, keys)
        added = pd.concat([added, other_deaths.assign(counted_as=DIED_OTHER)], ignore_index=True)
    return added


def sum_contributions(added: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the sums of what tallies add; see `sum_figures`."""
    open_ended = added[(added["counted_as"] == "killed") & added["open"].astype(bool) & ~added["inside"]]
    table = join_columns(
        [
            _sum_numbers(added, keys),
            count_by(added, "event_id", keys).rename("events"),
            count_by(open_ended, "tally", keys).gt(0).rename("open"),
            count_unknown(added, keys),
        ],
        keys,
    )
    return table[[*keys, *SUM_COLUMNS]]


def count_unknown(added: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return `unknown`, the number of tallies without a number; see `sum_figures`."""
    return count_by(added[added["best"].isna() & ~added["inside"]], "tally", keys).rename("unknown")


def _sum_numbers(added: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the sums of the numbers of people, a column per kind of number; see `sum_figures`."""
    counted_as = added["counted_as"].to_numpy()
    bounds = {bound: added[bound].to_numpy(dtype=float) for bound in BOUNDS}
    numbers = {
        name: np.where(counted_as == kind, bounds[bound], np.nan) for name, (kind, bound) in NUMBER_COLUMNS.items()
    }
    return sum_by(added[keys].join(pd.DataFrame(numbers, index=added.index)), [*numbers], keys)


def killed_best(matching: pd.DataFrame, figures: pd.DataFrame) -> int:
    """Return the best estimate of the people killed, as `sum_figures` without keys does; 0 if no figure has one."""
    hostile = (matching["harm"] == "killed") & ~matching["cause"].isin(NON_HOSTILE_CAUSES)
    killed = net_contributions(tallies(matching.loc[hostile, [*USED_COLUMNS]], []), figures, [])
    return int(killed.loc[killed["adds"], "best"].sum())


def deaths_by_other_cause(added: pd.DataFrame) -> dict[str, int]:
    """Return the number of people who died of each cause that is not hostile, of `contributions` without keys."""
    deaths = added[added["counted_as"] == DIED_OTHER]
    return {str(cause): int(number) for cause, number in deaths.groupby("cause")["best"].sum().items() if number}


def violent_events_without_figures(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the violent events for which no document gives any figure."""
    return events[event_queries.violent(events) & ~events["event_id"].isin(figures["event_id"].dropna())]


def not_stated(events: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return `not_stated`, the number of violent events without a figure, per value of the keys.

    Keys that only figures have are None.
    """
    silent = violent_events_without_figures(events, figures)
    event_keys = [key for key in keys if key not in FIGURE_KEYS]
    values = event_queries.key_columns(silent, event_keys)
    silent = silent.assign(**{key: values.get(key) for key in keys})
    for key in multi_valued(event_keys):
        silent = silent.explode(key)
    silent = silent.assign(**{key: none_if_missing(silent[key]) for key in keys})
    return join_columns([count_by(silent, "event_id", keys).rename("not_stated")], keys)
