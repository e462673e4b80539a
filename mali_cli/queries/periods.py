"""Series of years, quarters or months: means over several of them, and which of them are covered only in part."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.periods import Period
from mali_cli.queries.events import TIME_KEYS, period_label


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
