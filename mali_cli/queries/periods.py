"""Series of years, quarters or months: means over several of them, and which of them are covered only in part."""

from __future__ import annotations

import datetime

import pandas as pd

from mali_cli.model.periods import Period
from mali_cli.queries.events import TIME_KEYS, period_label

# A file whose last event is on 30 December may well hold the whole year: a period is covered only in part if at least
# this share of it is after the last event.
MIN_SHARE_WITHOUT_EVENTS = 1 / 20


def parse_label(label: str, key: str) -> pd.Period:
    """Return the period that is printed as 2012, 2012-Q1 or 2012-01."""
    return pd.Period(label.replace("-Q", "Q"), freq=TIME_KEYS[key])


def rolling_mean(
    labels: pd.Series, values: pd.Series, key: str, size: int, given: Period | None, fill: int | None
) -> pd.Series:
    """Return the mean of each period and the `size` - 1 before it; NaN for the first ones, which have too few before.

    The series begins with the first row, or with the first day of a given period. `fill` is the value of a period
    without a row; None leaves it, and those whose value is missing, out of the means.
    """
    rows = labels.notna()
    if not rows.any():
        return pd.Series(float("nan"), index=labels.index)
    periods = [parse_label(label, key) for label in labels[rows]]
    first = min(periods)
    if given is not None and given.first is not None:
        first = min(first, pd.Period(given.first, freq=TIME_KEYS[key]))
    known = pd.Series(values[rows].astype("Float64").to_numpy(dtype=float, na_value=float("nan")), index=periods)
    series = known.reindex(pd.period_range(first, max(periods)), fill_value=float("nan") if fill is None else fill)
    means = series.rolling(min(size, len(series) + 1), min_periods=1).mean().round(2)
    means.iloc[: size - 1] = float("nan")
    by_label = dict(zip(map(period_label, means.index), means, strict=True))
    return labels.map(by_label).astype(float)


def partial_periods(
    labels: pd.Series, key: str, given: Period | None, last_event: datetime.date | None
) -> dict[str, str]:
    """Return what is covered of each period that is covered only in part: "until 2020-07-31".

    `given` is the period of the filters, `last_event` the last day in a file.
    """
    first, last = given or Period(None, None)
    texts: dict[str, str] = {}
    for label in sorted(labels.dropna().unique()):
        period = parse_label(label, key)
        start, end = period.start_time.date(), period.end_time.date()
        begins = first if first is not None and start < first <= end else None
        ends = last if last is not None and start <= last < end else None
        of_file = ""
        if last_event is not None and last_event < (ends or end) and _share_after(last_event, start, end):
            ends, of_file = last_event, ", the last day in the data"
        if ends is not None and ends < start:
            texts[label] = "after the last day in the data"
        elif begins is not None and ends is not None:
            texts[label] = f"only {begins}" if begins == ends else f"{begins} to {ends}{of_file}"
        elif begins is not None or ends is not None:
            texts[label] = f"from {begins}" if begins is not None else f"until {ends}{of_file}"
    return texts


def _share_after(last_event: datetime.date, start: datetime.date, end: datetime.date) -> bool:
    """Return whether so much of a period is after the last event that it is covered only in part."""
    return (end - last_event).days >= ((end - start).days + 1) * MIN_SHARE_WITHOUT_EVENTS
