"""Columns of a table for people: dates as precise as they are known, numbers with their range, doubt in words."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from rich.text import Text

from mali_cli.model import schema
from mali_cli.model.date_text import fate_text, relation_text, span_text, when_text
from mali_cli.model.schema import Column
from mali_cli.model.vocabulary import RELATION_DATES
from mali_cli.output.cell_values import text_columns
from mali_cli.output.streams import escape_control
from mali_cli.output.timeline_data import marked_period
from mali_cli.results import QueryResult

DATE_STYLE, NUMBER_STYLE, DOUBT_STYLE, QUIET_STYLE = "cyan", "bold red", "italic yellow", "dim"
NUMERIC_TYPES = ("integer", "number")
DOUBTS = ("claimed", "suspected", "disputed", "denied", "revised")  # words of the columns basis and status
SELF_EXPLANATORY = ("where", "person", "group")  # titles of columns that need no heading in front of a cell
BODY_COLUMNS = ("summary", "description", "title", "text", "role", "what", "wording", "rule", "name")
PERIOD_COLUMNS = {"year", "quarter", "month", "period"}

Cells = dict[str, list[str]]


@dataclass(frozen=True, eq=False)
class DisplayColumn:
    """A heading and one cell per row.

    `is_body` marks the running text, which gets the room that is left. In a narrow terminal other columns move into
    it, numbers last, with their heading in front if `is_labelled`. Numbers are aligned to the right, unless
    `is_padded` says that blanks in front of them do so already.
    """

    heading: str
    cells: list[Text]
    is_number: bool = False
    is_body: bool = False
    is_labelled: bool = True
    is_padded: bool = False


class Merge(NamedTuple):
    """Several columns of a result as one; it stands where the first of them that is visible would."""

    heading: str
    sources: tuple[str, ...]
    render: Callable[..., Text]
    is_number: bool = False
    is_labelled: bool = True


def display_columns(result: QueryResult, with_notes: bool = False) -> list[DisplayColumn]:
    """Return the columns of a table for people.

    With --columns they are those of the result under their names. Otherwise they are its default columns, merged where
    several say one thing; doubt and, on request, notes stand behind and below the running text.
    """
    visible = [column for column in result.columns if column.default_visible]
    cells = text_columns(result)
    if not result.has_default_columns:
        return [_plain(column, column.name, cells[column.name]) for column in visible]
    if result.load_display_columns is not None:
        added = result.load_display_columns(result.frame)
        texts = added.astype(object).where(added.notna(), "").map(str)
        cells |= {str(name): list(texts[name]) for name in texts}
    for name in PERIOD_COLUMNS & cells.keys():
        cells[name] = [marked_period(label, result.partial_periods) for label in cells[name]]
    columns = list(_merged(visible, cells))
    if "tally" in cells:
        columns = [_without_repeats(column, cells["tally"]) for column in columns]
    _add_remarks(columns, cells, {column.name for column in visible}, with_notes)
    return columns


def _merged(visible: list[Column], cells: Cells) -> Iterator[DisplayColumn]:
    names = [column.name for column in visible]
    body = next((name for name in BODY_COLUMNS if name in names), None)
    counts = {"events", "rows"}.intersection(names)
    keys = {column.name for column in schema.result_columns("keys")} | {"period"} if counts else set()
    done: set[str] = set()
    for column in visible:
        if column.name in done:
            continue
        merge = next((m for m in MERGES if column.name in m.sources and set(m.sources) <= set(cells)), None)
        if merge is None:
            texts = cells[column.name]
            if column.type == "integer":
                texts = [f"{int(text):,}" if text else "" for text in texts]
            yield _plain(column, column.title, texts, is_body=column.name == body, is_key=column.name in keys)
            continue
        done.update(merge.sources)
        rows = zip(*(cells[name] for name in merge.sources), strict=True)
        merged = [merge.render(*map(escape_control, row)) for row in rows]
        if merge.is_number:
            merged = _aligned(merged)
        yield DisplayColumn(
            merge.heading, merged, merge.is_number, is_labelled=merge.is_labelled, is_padded=merge.is_number
        )


def _aligned(figures: list[Text]) -> list[Text]:
    """Return figures such as "148 (100-148)" with the numbers below each other, and the ranges behind them."""
    lengths = [len(text.plain.partition(" ")[0]) for text in figures]
    longest = max(lengths, default=0)
    return [
        Text(" " * (longest - length)) + text if text else text for text, length in zip(figures, lengths, strict=True)
    ]


def _plain(
    column: Column, heading: str, texts: list[str], *, is_body: bool = False, is_key: bool = False
) -> DisplayColumn:
    if column.type == "list":
        texts = [text.replace(";", "; ") for text in texts]
    style = DATE_STYLE if column.type == "date" else ""
    cells = [Text(escape_control(text), style) for text in texts]
    if is_key:
        cells = [cell or Text("not stated", QUIET_STYLE) for cell in cells]
    is_labelled = column.title not in SELF_EXPLANATORY
    return DisplayColumn(heading, cells, column.type in NUMERIC_TYPES, is_body, is_labelled)


def _without_repeats(column: DisplayColumn, tallies: list[str]) -> DisplayColumn:
    """Return the column with the date and the group of a tally only once, above what each claimant says."""
    if column.heading not in ("when", "whose losses"):
        return column
    cells = [
        Text() if i and tallies[i] == tallies[i - 1] and cell == column.cells[i - 1] else cell
        for i, cell in enumerate(column.cells)
    ]
    return replace(column, cells=cells)


def _add_remarks(columns: list[DisplayColumn], cells: Cells, visible: set[str], with_notes: bool) -> None:
    """Add words of doubt behind the running text, unless they have a column of their own, and notes below it."""
    body = next((column for column in columns if column.is_body), columns[-1])
    marks = [cells[name] for name in ("basis", "status") if name in cells and name not in visible]
    for doubts in marks:
        for text, doubt in zip(body.cells, doubts, strict=True):
            if doubt in DOUBTS:
                text.append("  " if text else "").append(doubt, DOUBT_STYLE)
    if with_notes:
        for text, note in zip(body.cells, cells.get("note", ()), strict=False):
            if note:
                text.append(f"\n{escape_control(note)}", QUIET_STYLE)


# Merged cells


def _when(first: str, last: str, precision: str) -> Text:
    if not first or not last:
        return Text(first or last, DATE_STYLE)
    days = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    return Text(when_text(*days, precision), DATE_STYLE)


def _text_span(first: str, last: str) -> Text:
    return Text(span_text(first or None, last or None), DATE_STYLE)


def _relation_dates(first: str, last: str, first_reported: str, last_reported: str) -> Text:
    return Text(relation_text(first, last, first_reported, last_reported), DATE_STYLE)


def _relation(group: str, relation: str, other: str) -> Text:
    return Text.assemble(group, (f" {relation.replace('-', ' ')} ", QUIET_STYLE), other)


def _existence(founded: str, dissolved: str) -> Text:
    if not dissolved:
        return Text(f"from {founded}" if founded else "", DATE_STYLE)
    return _text_span(founded, dissolved)


def _sides(side_a: str, side_b: str) -> Text:
    text = Text(side_a.replace(";", "; "))
    if side_b:
        text.append(" → " if side_a else "→ ", QUIET_STYLE).append(side_b.replace(";", "; "))
    return text


def _figure(best: str, low: str, high: str, is_open: str = "", unknown: str = "") -> Text:
    """Return "148 (100-148)", "100+", "?" for a toll without a number, or nothing where nothing is stated."""
    numbers = [int(cell) for cell in (low, best, high) if cell]
    if not numbers:
        return Text("?" if unknown not in ("", "0", "False", "false") else "", QUIET_STYLE)
    plus = "+" if is_open in ("True", "true") else ""
    first, middle, last = min(numbers), int(best) if best else None, max(numbers)
    bounds = f"{first:,}-{last:,}{plus}"
    if first == last:
        return Text(f"{first:,}{plus}", NUMBER_STYLE)
    if middle is None:
        return Text(bounds, NUMBER_STYLE)
    return Text(f"{middle:,}", NUMBER_STYLE).append(f" ({bounds})", "not bold")


def _killed_and_lost(best: str, low: str, high: str, is_open: str, unknown: str, lost: str, lost_unknown: str) -> Text:
    """Return the people killed, and beside them those lost, of whom the source does not say how many were killed."""
    killed = _figure(best, low, high, is_open, unknown)
    others = _figure(lost, "", "", "", lost_unknown)
    if not others:
        return killed
    others.append(" lost", QUIET_STYLE)
    return Text.assemble(killed, " (", others, ")") if killed else others


def _stated_figure(best: str, high: str, low: str, is_open: str, wording: str) -> Text:
    return _figure(best, low, high, is_open, unknown=wording)


def _stated_total(number: str, as_of: str, is_open: str) -> Text:
    text = _figure(number, "", "", is_open)
    return text.append(f" ({as_of})", "not bold") if number and as_of else text


def _number(high: str, low: str, is_open: str) -> Text:
    return _figure("", low, high, is_open)


def _victims(group: str, who: str, country: str, victims: str) -> Text:
    return Text((group or who or country or victims).replace(";", "; "))


def _group(group: str, name: str) -> Text:
    return Text.assemble(group, (f"\n{name}" if name not in ("", group) else "", QUIET_STYLE))


def _claimant(according_to: str, wording: str = "") -> Text:
    text = Text(according_to.replace(";", "; "))
    return text.append(f"{': ' if text else ''}“{wording}”", QUIET_STYLE) if wording else text


def _fate(fate: str, date: str, basis: str, precision: str) -> Text:
    text = Text(fate_text(fate, date, precision))
    return text.append(f" {basis}", DOUBT_STYLE) if basis in DOUBTS else text


def _since(first: str, last: str, precision: str = "range") -> Text:
    return _when(first, last, "by" if precision == "by" else "range") if first else Text()


def _as_of(day: str, status: str, years: str) -> Text:
    text = Text(day, DATE_STYLE)
    if status in ("", "recent"):
        return text
    text.append(", " if text else "").append(status, DOUBT_STYLE)
    return text.append(f" ({years} years)") if status == "last known" else text


def _point(latitude: str, longitude: str) -> Text:
    return Text(f"{float(latitude):.2f}, {float(longitude):.2f}" if latitude and longitude else "")


def _location(within: str, region: str, country: str) -> Text:
    return Text(", ".join(dict.fromkeys(part for part in (within, region, country) if part)))


KILLED = ("killed_best", "killed_low", "killed_high")
THEIRS_KILLED = ("killed_theirs_best", "killed_theirs_low", "killed_theirs_high")
# In the order in which they are tried; `sources` are the arguments of `render`, in its order.
MERGES = (
    Merge("when", ("date_start", "date_end", "date_precision"), _when, is_labelled=False),
    Merge(
        *("when", RELATION_DATES, _relation_dates),
        is_labelled=False,
    ),
    Merge("when", ("date_start", "date_end"), _text_span, is_labelled=False),
    Merge("group", ("group", "name"), _group),
    Merge("relation", ("group", "relation", "other"), _relation, is_labelled=False),
    Merge("years", ("founded", "dissolved"), _existence, is_labelled=False),
    Merge("since", ("since", "since_by", "date_precision"), _since),
    Merge("until", ("until", "until_by"), _since),
    Merge("who → whom", ("side_a", "side_b"), _sides, is_labelled=False),
    Merge("whose losses", ("group", "who", "country", "victims"), _victims, is_labelled=False),
    Merge(
        *("killed", (*KILLED, "killed_open", "killed_unknown", "lost_best", "lost_unknown"), _killed_and_lost),
        is_number=True,
    ),
    Merge("killed", (*KILLED, "open"), _figure, is_number=True),
    Merge("killed", KILLED, _figure, is_number=True),
    Merge("killed, theirs", THEIRS_KILLED, _figure, is_number=True),
    Merge("stated total", ("stated_killed", "stated_as_of", "stated_open"), _stated_total, is_number=True),
    Merge("figure", ("best", "high", "low", "open", "wording"), _stated_figure, is_number=True),
    Merge("number", ("high", "low", "open"), _number, is_number=True),
    Merge("according to", ("according_to", "wording"), _claimant),
    Merge("according to", ("according_to",), _claimant),
    Merge("fate", ("fate", "fate_date", "fate_basis", "fate_precision"), _fate),
    Merge("as of", ("as_of", "status", "age_years"), _as_of),
    Merge("point", ("latitude", "longitude"), _point),
    Merge("in", ("within", "region", "country"), _location, is_labelled=False),
)
