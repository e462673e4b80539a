"""The table of a comparison: matched pairs side by side, then the events of one side only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mali_cli.queries import list_columns
from mali_cli.queries.event_matching.inputs import EventSet

# `more` is a further record of theirs for the event of ours in the row above.
BOTH, MORE, ONLY_OURS, ONLY_THEIRS = "both", "more", "only ours", "only theirs"

KILLED = ("killed_low", "killed_best", "killed_high")


def side_by_side(matches: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the columns of 'compare' in datapackage.json for the matched pairs and all other events.

    Our figures stand only in the first row of an event, so that the sum of a column counts nothing twice.
    """
    unmatched = [
        np.setdiff1d(np.arange(len(side.events)), matches[row])
        for side, row in ((ours, "our_row"), (theirs, "their_row"))
    ]
    missing = [np.full(len(rows), -1) for rows in unmatched]
    our = _take(ours.events, [matches["our_row"].to_numpy(dtype=np.int64), unmatched[0], missing[1]])
    their = _take(theirs.events, [matches["their_row"].to_numpy(dtype=np.int64), missing[0], unmatched[1]])
    pairs = matches.reindex(range(len(our)))
    match = pd.Series(np.repeat([BOTH, ONLY_OURS, ONLY_THEIRS], [len(matches), *map(len, unmatched)]), dtype=object)
    match[pairs["is_more"].eq(True)] = MORE
    our = our.assign(**{name: our[name].mask(match == MORE) for name in KILLED})
    table = pd.DataFrame(
        {
            "match": match,
            "ours": our["event_id"],
            "theirs": their["event_id"],
            "date": our["date_start"].fillna(their["date_start"]),
            "date_theirs": their["date_start"],
            "days_apart": pairs["days"].astype("Int64"),
            "km_apart": pairs["km"].astype(float).round(1),
            "place": our["place"],
            "place_theirs": their["place"],
            "sides": pairs["names"],
            **{name: our[name] for name in KILLED},
            **{name.replace("killed", "killed_theirs"): their[name] for name in KILLED},
            "rule": pairs["rule"],
            "score": pairs["score"].astype(float),
            "summary": our["summary"],
            "summary_theirs": their["summary"],
            **_records_of_events(match, our, their),
        }
    )
    their = their.assign(killed_best=table["killed_theirs_sum"])
    table["differs"] = differences(our.head(len(matches)), their.head(len(matches)), matches).astype(object)
    return _sorted(table)


def _records_of_events(match: pd.Series, our: pd.DataFrame, their: pd.DataFrame) -> dict[str, pd.Series]:
    """Return for each pair how many records of theirs our event has, and the sum of their best figures."""
    by_event = their["killed_best"].groupby(our["event_id"].where(match.isin([BOTH, MORE])))
    columns = {
        "records_theirs": by_event.transform("size"),
        "killed_theirs_sum": by_event.transform("sum", min_count=1),
    }
    return {name: values.where(match == BOTH).astype("Int64") for name, values in columns.items()}


def _take(events: pd.DataFrame, positions: list[np.ndarray]) -> pd.DataFrame:
    """Return the events at these positions, with a blank row for -1."""
    return events.reset_index(drop=True).reindex(np.concatenate(positions)).reset_index(drop=True)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    for name, values in table.items():
        if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
            table[name] = values.astype(object).where(values.notna(), None)
    order = table["match"].map({BOTH: 0, MORE: 0, ONLY_OURS: 1, ONLY_THEIRS: 2})
    keys = ["order", "date", "ours", "is_more", "date_theirs", "theirs"]
    table = table.assign(order=order, is_more=table["match"] == MORE).sort_values(keys, ignore_index=True)
    return table.drop(columns=["order", "is_more"])


def differences(our: pd.DataFrame, their: pd.DataFrame, matches: pd.DataFrame) -> pd.Series:
    """Return for each pair what differs, as a list cell; where one of the two is blank there is no difference."""

    def differs(name: str) -> pd.Series:
        both = our[name].notna() & their[name].notna()
        return both & (our[name] != their[name]).fillna(False).astype(bool)

    sides = zip(our["side_a"], our["side_b"], their["side_a"], their["side_b"], strict=True)
    flags = pd.DataFrame(
        {
            "date": matches["days"] > 0,
            "place": differs("place") & ~matches["same_key"].astype(bool) & (matches["km"].astype(float).round(1) != 0),
            "type": differs("event_type"),
            "killed": differs("killed_best"),
            "actors": [_groups_by_side(a, b) != _groups_by_side(c, d) for a, b, c, d in sides],
        }
    )
    return pd.Series([list_columns.join(flags.columns[row]) for row in flags.to_numpy(dtype=bool)], dtype=object)


def _groups_by_side(side_a: object, side_b: object) -> frozenset[frozenset[str]]:
    """Return the groups of both sides, in no order of the sides."""
    return frozenset({frozenset(list_columns.split(side_a)), frozenset(list_columns.split(side_b))})
