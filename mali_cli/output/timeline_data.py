"""What the timelines for terminals and for files have in common: the title, the periods drawn, and sums of periods."""

from __future__ import annotations

from collections.abc import Mapping

from mali_cli.output.fatality_text import Row
from mali_cli.results import ChartRequest, pluralize

SUMMED_COLUMNS = ("events", "unknown", "not_stated", "killed_low", "killed_best", "killed_high")
PARTIAL_MARK = "*"


def marked_period(label: str, partial_periods: Mapping[str, str]) -> str:
    """Return the label of a period, with a star if it is covered only in part."""
    return f"{label}{PARTIAL_MARK}" if label in partial_periods else label


def timeline_title(chart: ChartRequest, periods: str = "") -> str:
    """Return --title, or what the timeline shows, without the other filters; `periods` replaces "by month".

    The people killed are those of all sides, which a reader who sees one actor in the title would not expect.
    """
    if chart.title is not None:
        return chart.title
    if not chart.actors:
        return f"{chart.subject}: events and people killed {periods or f'by {chart.measure}'}"
    what = f"events with {chart.actors} taking part, and people killed in them (all sides)"
    return f"{chart.subject}: {what}{f', {periods}' if periods else ''}"


def split_at_start(rows: list[Row], chart: ChartRequest) -> tuple[list[Row], list[Row]]:
    """Return the rows before the first period that is drawn, and the others; those without a period are left out."""
    with_period = [row for row in rows if row["period"] is not None]
    early = [row for row in with_period if row["period"] < chart.first_drawn]
    return early, [row for row in with_period if row["period"] >= chart.first_drawn]


def early_notes(chart: ChartRequest) -> list[str]:
    """Return how many events are before the first period that is drawn, and how to see them; none if there are none."""
    number = chart.early_events
    if not number:
        return []
    are, pronoun = ("is", "it") if number == 1 else ("are", "them")
    events = pluralize(number, "events").replace(" ", " earlier ", 1)
    return [f"{events} {are} not drawn: --from {chart.early_year} adds {pronoun}."]


def total_row(period: str, rows: list[Row]) -> Row:
    """Return the sums of the rows as one row; what is missing in all of them is missing."""
    total: Row = {"period": period, "open": any(row["open"] for row in rows)}
    for name in SUMMED_COLUMNS:
        values = [row[name] for row in rows if row[name] is not None]
        total[name] = sum(values) if values else None
    return total
