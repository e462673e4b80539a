"""Honest sums of figures.

Only current figures count. A tally, the figures about the same people, has the smallest low, the
largest high and the best of its first rank. Tallies are added, never figures; what is part of
another tally in the sum is not added again, and in a split it counts under its own key and the rest
of the whole under the whole's. Deaths by accident or illness stand apart, stocks are never added,
totals are never mixed with events, and unknown is never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.schema import Column
from mali_cli.model.vocabulary import (
    ACTOR_COLUMNS,
    BELLIGERENT_KINDS,
    BOUNDS,
    NON_HOSTILE_CAUSES,
    STOCK_HARMS,
    SUMMED_HARMS,
)
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.casualties import intervals
from mali_cli.results import pluralize

# Keys that only a figure has; an event without figures has no value for them.
FIGURE_KEYS = ("country", "group", "camp", "harm", "victims", "inflicted_by", "according_to")
# Keys by which one figure may stand in several rows, so that rows do not add up.
MULTI_VALUED_KEYS = ("actor", "according_to", "document")
KEY_SEPARATOR = "\x00"  # between such a value and the tally of which it has its own figures


class PartialSums(NamedTuple):
    """What is added up of some of the data, in such a way that it can be added to that of the rest.

    Its events and figures are whole: no tally has figures in another part. `table` has a row per value of the keys,
    `total` one row in all, both with sums as they are before they are brought `within_bounds`.
    """

    table: pd.DataFrame
    total: pd.DataFrame
    events: int  # in which a number of people killed is told
    silent: int  # violent, and no figure at all
    one_sided: int  # tallies that rest on one belligerent's word
    per_year: pd.Series  # events, with and without figures


def partial_sums(
    found: pd.DataFrame,
    figures: pd.DataFrame,
    events: pd.DataFrame,
    camps: dict[str, str | None],
    keys: list[str],
    filters: Filters,
) -> PartialSums:
    """What is added up of one part of the data, or of all of it.

    `found` are the figures that match (with their event's columns), `figures` all figures, `events`
    the events that match what is asked of events (for those without any figure), `camps` the camp of
    each group.
    """
    of_scope = found["scope"].isin(filters.scopes or {"event"})
    killed = found[of_scope & (found["harm"] == "killed")]
    told = killed[(killed["status"] == "current") & intervals(killed)["lower"].notna()]
    told = told[~told["cause"].isin(NON_HOSTILE_CAUSES)]
    fighting = told["according_to_kind"].isin(BELLIGERENT_KINDS)
    by_them = told[fighting & ~told["tally"].isin(told.loc[~fighting, "tally"])]
    return PartialSums(
        _by_keys(expand_group_keys(found, keys, camps), figures, events, keys, filters),
        sums(killed, figures, []),
        told["event_id"].nunique(),
        len(violent_events_without_figures(events, figures)),
        int((by_them.groupby("tally")["according_to"].nunique() == 1).sum()),
        event_queries.time_bins(events, "year").value_counts().sort_index(),
    )


def _by_keys(
    found: pd.DataFrame, figures: pd.DataFrame, events: pd.DataFrame, keys: list[str], filters: Filters
) -> pd.DataFrame:
    events_only = found["scope"].isin(filters.scopes or {"event"})
    stocks = found["harm"].isin(STOCK_HARMS)
    table = sums(found[events_only & ~stocks], figures, keys)
    more = [latest_stock_figures(found[stocks], keys)]
    if not filters.excludes_stated_totals and not filters.scopes:
        more.append(stated_totals(found, keys))
    if not filters.has_casualty_filters:
        more.append(not_stated(events, figures, keys))
    for columns in more:
        table = table.merge(columns, on=keys, how="outer") if keys else pd.concat([table, columns], axis=1)
    return table


def combine(parts: list[PartialSums], keys: list[str]) -> PartialSums:
    """Several parts as one. They tell of events only, not of totals or stocks, which are not added."""
    return PartialSums(
        _sum_tables([part.table for part in parts], keys),
        _sum_tables([part.total for part in parts], []),
        sum(part.events for part in parts),
        sum(part.silent for part in parts),
        sum(part.one_sided for part in parts),
        pd.concat([part.per_year for part in parts]).groupby(level=0).sum(),
    )


def _sum_tables(tables: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    measures = [column for column in table if column not in keys and table[column].notna().any()]
    table = table[keys].join(table[measures].astype(float))
    added = table.groupby(keys or (lambda row: 0)).sum(min_count=1).reset_index(drop=not keys)
    return added.assign(open=added["open"] > 0) if "open" in added else added


def finalize(
    part: PartialSums, keys: list[str], columns: tuple[Column, ...], filters: Filters
) -> tuple[pd.DataFrame, SumTotals]:
    """One row per value of the keys, with the columns of 'sums' in datapackage.json, and what lies under it.

    Numbers are Int64, blank where no figure tells one.
    """
    total = within_bounds(part.total).iloc[0]
    low, best, high = (None if pd.isna(n) else int(n) for n in (total[f"killed_{bound}"] for bound in BOUNDS))
    per_year = dict(zip(part.per_year.index, map(int, part.per_year), strict=True))
    told = SumTotals(
        *(low, best, high, bool(total["open"]), part.events, part.silent, int(total["unknown"]), part.one_sided),
        per_year,
    )
    return format_table(part.table, keys, columns, counts_silence=not filters.has_casualty_filters), told


def within_bounds(table: pd.DataFrame) -> pd.DataFrame:
    """Whole minus parts is taken bound by bound, so that rows add up; a row's best still lies within its bounds."""
    low, high = (table[[f"killed_{bound}", "killed_best"]] for bound in ("low", "high"))
    return table.assign(killed_low=low.min(axis=1), killed_high=high.max(axis=1))


def expand_group_keys(found: pd.DataFrame, keys: list[str], camps: dict[str, str | None]) -> pd.DataFrame:
    """The figures with a column per key; a figure with several actors, givers or documents once for each.

    Then a tally is the figures of one value, so its id takes the value with it.
    """
    made: dict[str, pd.Series] = {}
    for key in keys:
        if key in event_queries.TIME_KEYS:
            made[key] = event_queries.time_bins(found, key)
        elif key == "camp":
            made[key] = list_columns.map_list(found["group"], camps)
        elif key == "actor":
            made[key] = event_queries.actors(found, (*ACTOR_COLUMNS, "group"))
        elif key == "document":
            made[key] = event_queries.documents(found["sources"])
        else:
            made[key] = found[{"event": "event_id"}.get(key, key)]
    found = found.assign(**made)
    for key in keys:
        if key in MULTI_VALUED_KEYS:
            found = found.explode(key, ignore_index=True)
            found[key] = _blank_as_text(found[key])
            found["tally"] = [
                f"{value}{KEY_SEPARATOR}{tally}" for value, tally in zip(found[key], found["tally"], strict=True)
            ]
    return found


def _blank_as_text(values: pd.Series) -> pd.Series:
    """A blank key is a row like any other: it is "" until the table is done."""
    return values.astype(object).where(values.notna(), "")


def tallies(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row per tally of the current figures: its bounds (float), whether it is open, and what it is about."""
    current = found[found["status"] == "current"]
    alone = current["tally"].is_unique  # as in most foreign files, where nothing need be put together
    if not alone:
        current = current.sort_values(["tally", "rank"], kind="stable")
    bounds = intervals(current).astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    bounded = current["low"].notna() | current["high"].notna()
    current = current.assign(low=bounds[:, 0], best=bounds[:, 1], high=bounds[:, 2], bounded=bounded)
    if alone:
        table = current.set_index("tally")
        table["open"] &= table["high"].notna()
        return table.assign(**{key: _blank_as_text(table[key]) for key in keys})
    grouped = current.groupby("tally", sort=False)
    table = grouped.first()  # of each column the first rank that tells it
    table["bounded"] = grouped["bounded"].any()
    table["low"] = grouped["low"].min()
    high = grouped["high"].transform("max")
    table["high"] = grouped["high"].max()
    table["open"] = (current["open"] & (current["high"] == high)).groupby(current["tally"], sort=False).any()
    return table.assign(**{key: _blank_as_text(table[key]) for key in keys})


def nearest_container(table: pd.DataFrame, figures: pd.DataFrame) -> np.ndarray:
    """For each tally the position of the nearest one of the same harm that contains it, in the table; -1 if none."""
    parts = figures[figures["part_of"].notna()]
    if table.empty or parts.empty:
        return np.full(len(table), -1)
    parent_of = dict(zip(parts["tally"], parts["part_of"], strict=True))
    position = {tally: at for at, tally in enumerate(zip(table.index, table["harm"], strict=True))}
    above = np.full(len(table), -1)
    for at, (tally, harm) in enumerate(position):
        value, mark, own = tally.rpartition(KEY_SEPARATOR)
        if own not in parent_of:
            continue
        chain: list[str] = []
        name: str | None = parent_of[own]
        while name is not None and name not in chain:
            chain.append(name)
            name = parent_of.get(name)
        if own not in chain:  # tallies that contain each other in a ring contain nothing
            above[at] = next((position[key] for name in chain if (key := (value + mark + name, harm)) in position), -1)
    return above


def net_contributions(table: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What each tally adds under which key: the rest of it that its parts in the table do not tell.

    A part without a value of its own for a key takes the whole's. Adds two columns: whether the tally
    adds anything, and whether it stands inside another one under the same key.
    """
    above = nearest_container(table, figures)
    levels = _hierarchy_levels(above)
    values = {key: table[key].to_numpy(dtype=object, copy=True) for key in keys}
    for part in levels:
        for column in values.values():
            column[part] = np.where(column[part] == "", column[above[part]], column[part])
    told = table[[*BOUNDS]].to_numpy(dtype=float)
    inside = above >= 0
    for column in values.values():
        inside &= column == column[above]
    # Of a part told by a best figure alone the bounds of the whole hold, where it counts under the same key.
    alone = inside & ~table["bounded"].to_numpy(dtype=bool)
    for bound in (0, 2):
        told[alone & ~np.isnan(told[:, bound]) & ~np.isnan(told[above, bound]), bound] = 0
    in_parts = np.zeros_like(told)
    for part in reversed(levels):
        whole = np.fmax(told[part], in_parts[part])  # parts may tell what the whole does not
        np.add.at(in_parts, above[part], np.nan_to_num(whole))
    rest = np.fmax(told - in_parts, 0)
    rest[np.isnan(told)] = np.nan
    exhausted = np.isin(np.arange(len(table)), above) & (rest == 0).all(axis=1)
    return table.assign(**values, **dict(zip(BOUNDS, rest.T, strict=True)), adds=~exhausted, inside=inside)


def _hierarchy_levels(above: np.ndarray) -> list[np.ndarray]:
    """The positions of parts, those of wholes first, then those of their parts, and so on."""
    levels = []
    here = np.flatnonzero(above < 0)
    while (here := np.flatnonzero(np.isin(above, here))).size:
        levels.append(here)
    return levels


def sums(found: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums of the figures per key: events, killed_low, killed_best, killed_high, open, died_other, ..., unknown.

    `found` has a column per key. Sums are NaN where no figure tells a number; no keys give one row.
    """
    other = found["cause"].isin(NON_HOSTILE_CAUSES)
    hostile = net_contributions(tallies(found[~other], keys), figures, keys)
    apart = net_contributions(tallies(found[other & (found["harm"] == "killed")], keys), figures, keys)
    told = hostile[hostile["adds"]]
    killed = told[told["harm"] == "killed"]
    by_harm = {
        harm: _total(told.loc[told["harm"] == harm], "best", keys).rename(f"{harm}_best") for harm in SUMMED_HARMS
    }
    unknown = pd.concat([hostile, apart])
    unknown = unknown[unknown["best"].isna() & ~unknown["inside"]]
    columns = [
        _count(pd.concat([told, apart]), "event_id", keys).rename("events"),
        *(_total(killed, bound, keys).rename(f"killed_{bound}") for bound in BOUNDS),
        _count(killed[killed["open"].astype(bool) & ~killed["inside"]], "tally", keys).gt(0).rename("open"),
        _total(apart, "best", keys).rename("died_other"),
        by_harm.pop("wounded"),
        by_harm.pop("captured"),
        _count(unknown, "tally", keys).rename("unknown"),
        *by_harm.values(),
    ]
    return _side_by_side(columns, keys)


def stated_totals(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What the documents state as totals of killed, without those that are part of another.

    Of totals for the same people (group, country and who inflicted the losses) whose periods overlap, the
    one that reaches furthest stands.
    """
    totals = found[(found["scope"] == "total") & (found["harm"] == "killed") & ~found["cause"].isin(NON_HOSTILE_CAUSES)]
    table = tallies(totals[totals["part_of"].isna()], keys)
    table = table[table["best"].notna()].sort_index()
    table = table.sort_values(["date_end", "date_start"], ascending=[False, True])
    chosen: list[str] = []
    taken: dict[tuple[object, ...], list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    about = [*(key for key in keys if key in MULTI_VALUED_KEYS), "group", "country", "inflicted_by"]
    whose = table[about].fillna("").itertuples(index=False, name=None)
    days = zip(table["date_start"], table["date_end"], strict=True)
    for tally, people, (first, last) in zip(table.index, whose, days, strict=True):
        periods = taken.setdefault(people, [])
        if all(last < start or first > end for start, end in periods):
            periods.append((first, last))
            chosen.append(tally)
    table = table.loc[chosen]
    return _side_by_side(
        [
            _total(table, "best", keys).rename("stated_killed"),
            _latest(table, "date_end", keys).rename("stated_as_of"),
            _count(table[table["open"].astype(bool)], "tally", keys).gt(0).rename("stated_open"),
        ],
        keys,
    )


def latest_stock_figures(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The latest figure of displaced people and of refugees per key: stocks are never added up."""
    table = tallies(found[~found["cause"].isin(NON_HOSTILE_CAUSES)], keys)
    table = table[table["best"].notna()].sort_index().sort_values("date_end", kind="stable")
    columns = []
    for harm in STOCK_HARMS:
        its = table[table["harm"] == harm]
        last = its.groupby(keys)["best"].last() if keys else pd.Series(its["best"].iloc[-1:].to_numpy())
        columns.append(last.rename(f"{harm}_latest"))
    return _side_by_side(columns, keys)


def violent_events_without_figures(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Violent events of which no document gives any figure."""
    return events[event_queries.violent(events) & ~events["event_id"].isin(figures["event_id"].dropna())]


def not_stated(events: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Number of violent events without a figure per key; blank in keys that only a figure has."""
    quiet = violent_events_without_figures(events, figures)
    made = event_queries.key_columns(quiet, [key for key in keys if key not in FIGURE_KEYS])
    quiet = quiet.assign(**{key: _blank_as_text(made[key]) if key in made else "" for key in keys})
    for key in keys:
        if key in MULTI_VALUED_KEYS and key in made:
            quiet = quiet.explode(key)
            quiet[key] = _blank_as_text(quiet[key])
    return _side_by_side([_count(quiet, "event_id", keys).rename("not_stated")], keys)


def event_fatalities(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """killed_low, killed_best, killed_high (Int64) of each event, by its key; blank where no number is told.

    `figures` are all figures, not only those that match: an event keeps its whole toll.
    """
    told = _event_contributions(events, figures)
    return told.groupby("event_id")[[*BOUNDS]].sum(min_count=1).add_prefix("killed_").astype("Int64")


def event_fatality_status(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Of each event, in their order: whether its toll is `open`, `unknown` (in words only) or `not_stated`."""
    told = _event_contributions(events, figures)
    own = told[told["adds"] & ~told["inside"]]
    numbers = told["best"].notna().groupby(told["event_id"]).any()
    keys = events["event_id"]
    return pd.DataFrame(
        {
            "open": keys.isin(own.loc[own["open"].astype(bool), "event_id"]),
            "unknown": keys.isin(numbers.index[~numbers]),
            "not_stated": keys.isin(violent_events_without_figures(events, figures)["event_id"]),
        }
    )


def _event_contributions(events: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """What each tally of people killed in these events adds to its event; see contributions."""
    its = figures[figures["event_id"].isin(events["event_id"]) & (figures["harm"] == "killed")]
    its = its[(its["scope"] == "event") & ~its["cause"].isin(NON_HOSTILE_CAUSES)]
    # What another event tells of the same people is no part of this one's toll.
    parts = figures[figures["part_of"].notna()]
    wholes = figures[figures["tally"].isin(parts["part_of"])]
    own = parts["part_of"].map(dict(zip(wholes["tally"], wholes["event_id"], strict=True))) == parts["event_id"]
    return net_contributions(tallies(its, ["event_id"]), parts[own], ["event_id"])


def with_killed(events: pd.DataFrame, tolls: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Adds the tolls to the events, and narrows by them."""
    events = events.join(tolls.reindex(events["event_id"]).set_axis(events.index))
    best = events["killed_best"]
    mask = pd.Series(True, index=events.index)
    if filters.min_killed is not None:
        mask &= (best >= filters.min_killed).fillna(False).astype(bool)
    if filters.max_killed is not None:
        mask &= (best <= filters.max_killed).fillna(False).astype(bool)
    return events[mask]


class SumTotals(NamedTuple):
    """What lies under a sum as a whole: what was added, what could not be, and how closely each year is told."""

    low: int | None
    best: int | None
    high: int | None
    open: bool
    events: int  # in which a number of people killed is told
    events_without_figures: int  # violent, and no figure at all
    unknown: int  # figures in words only
    single_belligerent_tallies: int  # tallies that rest on one belligerent's word
    per_year: Mapping[str, int]  # events, with and without figures


def caveats(table: pd.DataFrame, told: SumTotals, keys: list[str], filters: Filters) -> list[str]:
    """What a reader must know of a sum: its honest line, and how far its rows may be read."""
    line = "no number of people killed"
    if told.best is not None and told.low is not None and told.high is not None:
        more = "+" if told.open else ""
        spread = f" ({told.low:,}-{told.high:,}{more})" if told.low < told.high or more else ""
        line = f"{told.best:,} killed{spread}"
        if told.events:
            line += f" in {pluralize(told.events, 'events')}"
    parts = [line]
    if not filters.has_casualty_filters:
        parts.append(f"{pluralize(told.events_without_figures, 'events')} without a figure")
    if told.unknown:
        parts.append(f"{told.unknown:,} told in words only")
    if told.single_belligerent_tallies:
        rest = "rest" if told.single_belligerent_tallies > 1 else "rests"
        parts.append(f"{told.single_belligerent_tallies:,} {rest} on one belligerent's word")
    notes = ["; ".join(parts)]
    # Only where totals and events are known to count the same people: by nationality or by group.
    whole = table["stated_killed"].notna() & table[keys].notna().all(axis=1)
    if whole.any() and set(keys) <= {"country", "group"}:
        covered = int(table.loc[whole, "killed_best"].fillna(0).sum())
        notes.append(
            f"Where totals are stated, events tell {covered:,} of {int(table.loc[whole, 'stated_killed'].sum()):,}."
        )
    if len(filters.scopes) > 1:
        notes.append("Events, periods and totals are added here: one is left out of another only where that is told.")
    if "actor" in keys:
        notes.append("Rows overlap: an event counts for each group that takes part in it.")
    if {"according_to", "document"} & set(keys):
        notes.append("Rows do not add up: each source's own figures, often of the same people.")
    if set(event_queries.TIME_KEYS) & set(keys) and told.per_year:
        per_year = ", ".join(f"{year} {count}" for year, count in told.per_year.items())
        notes.append(f"Events told per year: {per_year}. Silence in a document is not peace.")
    return notes


def _total(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    if not keys:
        return pd.Series([table[column].sum(min_count=1)], dtype=float)
    return table.groupby(keys)[column].sum(min_count=1)


def _latest(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    return table.groupby(keys)[column].max() if keys else pd.Series([table[column].max()])


def _count(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    rows = table.reset_index() if column == table.index.name else table
    if not keys:
        return pd.Series([rows[column].nunique()], dtype=int)
    # A key may be the counted column itself, as in sums by event.
    return rows.assign(counted=rows[column]).groupby(keys)["counted"].nunique()


def _side_by_side(columns: list[pd.Series], keys: list[str]) -> pd.DataFrame:
    table = pd.concat(columns, axis=1)
    return table.reset_index(names=keys).astype(dict.fromkeys(keys, object)) if keys else table


def format_table(
    table: pd.DataFrame, keys: list[str], columns: tuple[Column, ...], counts_silence: bool
) -> pd.DataFrame:
    """Whole numbers, counts of 0 where nothing was counted, rows in order and the blank row last."""
    table = within_bounds(table.reindex(columns=[*keys, *(column.name for column in columns)]))
    for column in columns:
        if column.type == "boolean":
            table[column.name] = table[column.name].astype("boolean").fillna(False).astype(bool)
        elif column.type == "date":
            table[column.name] = pd.to_datetime(table[column.name]).astype("datetime64[s]")
        else:
            table[column.name] = pd.array(
                table[column.name].to_numpy(dtype=float, na_value=float("nan")), dtype="Int64"
            )
    # An event without figures has no value for a key that only figures have: it is told in the blank row alone.
    counts_silence &= not set(keys) & set(FIGURE_KEYS)
    for name in ("events", "unknown", *(["not_stated"] if counts_silence else [])):
        table[name] = table[name].fillna(0)
    for key in keys:
        table[key] = table[key].astype(object).where(table[key] != "", None)
    time = [key for key in keys if key in event_queries.TIME_KEYS]
    size = table[["stated_killed", "killed_best"]].max(axis=1).fillna(-1)
    order = table.assign(size=size, blank=table[keys].isna().any(axis=1) if keys else False)
    by = ["blank", *time, "size", *(key for key in keys if key not in time)]
    order = order.sort_values(by, ascending=[name != "size" for name in by], kind="stable")
    return table.loc[order.index].reset_index(drop=True)
