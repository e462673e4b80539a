"""Rows as pages show them: the main columns first, those that belong together as one, the others behind "more"."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.model import schema
from mali_cli.output.display_columns import DOUBTS, MERGES, Merge

if TYPE_CHECKING:
    from markupsafe import Markup

# The columns of each table that stand beside each other; the others are behind "more".
MAIN_COLUMNS = {
    "events": ("when", "place", "who → whom", "summary", "killed", "basis"),
    "casualties": ("when", "event_id", "whose losses", "harm", "figure", "according to", "status"),
    "groups": ("group", "kind", "camp", "years", "summary"),
    "places": ("place", "kind", "in", "point"),
    "people": ("person", "group", "role", "when", "fate"),
    "relations": ("when", "relation", "summary", "basis"),
    "strengths": ("as_of", "group", "what", "number", "according to"),
    "control": ("when", "place", "holder", "basis", "according to", "event_id"),
}
# Columns that results of queries have behind "more"
BEHIND_MORE = ("casualty_id", "tally", "latitude", "longitude", "note", "sources", "according_to_kind")
RowAddress = Callable[[str, object], str]  # of a table and a key
FLAGS = ("open", "killed_open", "stated_open")  # 0 or 1 in SQLite
NUMERIC = ("integer", "number")


class Cell(NamedTuple):
    """A value of the database, and the value as HTML with its links."""

    value: Any
    html: Markup

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)


class ShownColumn(NamedTuple):
    """A column that a page shows."""

    name: str  # of the column or of the merged ones, also the class of its cells
    heading: str
    sort_by: str  # the column of the table that sorts it
    is_number: bool


class ShownTable(NamedTuple):
    """Headings and rows; a row has a cell for each heading, and what is behind "more" as pairs of heading and value."""

    columns: list[ShownColumn]
    rows: list[tuple[list[Markup], list[tuple[str, Markup]]]]

    @property
    def has_more(self) -> bool:
        """Whether any row has something behind "more"."""
        return any(more for _, more in self.rows)


def shown_table(
    names: Sequence[str], rows: Sequence[Sequence[Cell]], table: str | None, address: RowAddress
) -> ShownTable:
    """Return rows of a table, or of a query if `table` is None."""
    merges = _merges(names)
    main = _main_columns(names, merges, table)
    shown = set(main) | {source for name in main if name in merges for source in merges[name].sources}
    behind = [name for name in names if name not in shown]
    declaring = table or _closest_table(names)
    columns = [_column(name, merges, declaring, is_sortable=table is not None) for name in main]
    result = []
    for cells in rows:
        row = dict(zip(names, cells, strict=True))
        values = [_cell_html(name, row, merges, address) for name in main]
        result.append((values, [(heading(name, declaring), row[name].html) for name in behind if row[name].text]))
    return ShownTable(columns, result)


def heading(name: str, table: str) -> str:
    """Return the heading of a column of a table, or of a query whose columns are mostly those of the table."""
    declared = _declared(table).get(name)
    return declared.title if declared and declared.title else name.replace("_", " ")


@functools.cache
def _declared(table: str) -> dict[str, schema.Column]:
    """Return the declarations of columns by their names, those of the table before those of results."""
    declared = [schema.result_columns(name) for name in ("intervals", "sums", "events")]
    declared += [schema.table(table).columns] if table in schema.table_names() else []
    return {column.name: column for columns in declared for column in columns}


def _closest_table(names: Sequence[str]) -> str:
    """Return the table that has the most of these columns."""
    return max(schema.table_names(), key=lambda table: len({c.name for c in schema.table(table).columns} & {*names}))


def value_text(name: str, row: Mapping[str, Any]) -> str:
    """Return several columns of a row as one text, such as `killed`; blank if the row lacks one of them."""
    merge = _merges(list(row)).get(name)
    return _merged_text(merge, {key: Cell(value, plain(value)) for key, value in row.items()}) if merge else ""


def plain(value: Any) -> Markup:
    """Return a value as HTML without links."""
    from markupsafe import Markup, escape

    return Markup("") if value is None else escape(value)


def _merges(names: Sequence[str]) -> dict[str, Merge]:
    """Return the merges of these columns by their headings, as in a table on a terminal."""
    merges: dict[str, Merge] = {}
    done: set[str] = set()
    for name in names:
        merge = next((m for m in MERGES if name in m.sources and set(m.sources) <= set(names)), None)
        if merge and name not in done:
            merges.setdefault(merge.heading, merge)
            done.update(merge.sources)
    return merges


def _main_columns(names: Sequence[str], merges: Mapping[str, Merge], table: str | None) -> list[str]:
    if table in MAIN_COLUMNS:
        return [name for name in MAIN_COLUMNS[table] if name in merges or name in names]
    merged: dict[str, str] = {}
    for name, merge in merges.items():
        for source in merge.sources:
            merged.setdefault(source, name)
    sums = schema.result_columns("sums") if "events" in names else ()
    behind = {*BEHIND_MORE, *(column.name for column in sums if not column.default_visible)}
    order = dict.fromkeys(merged.get(name, name) for name in names if name not in behind)
    if "summary" in order:  # which links to the event
        order.pop("event_id", None)
    return [name for name in order if name != "point"]


def _column(name: str, merges: Mapping[str, Merge], table: str, *, is_sortable: bool) -> ShownColumn:
    merge = merges.get(name)
    sort_by = (merge.sources[0] if merge else name) if is_sortable else ""
    declared = _declared(table).get(name)
    is_number = merge.is_number if merge else declared is not None and declared.type in NUMERIC
    title = name if merge else heading(name, table)
    return ShownColumn(name.replace(" → ", "-").replace(" ", "-"), title, sort_by, is_number)


def _cell_html(name: str, row: Mapping[str, Cell], merges: Mapping[str, Merge], address: RowAddress) -> Markup:
    from markupsafe import Markup

    merge = merges.get(name)
    if merge is None:
        if "events" in row and name == next(iter(row)) and not row[name].text:  # a key of counts
            return _not_stated()
        if name == "person":
            key = row["people_id"].value if "people_id" in row else row[name].text
            return Markup('<a href="{}">{}</a>').format(address("people", key), row[name].text)
        if name == "summary" and "event_id" in row and row[name].text:
            return Markup('<a href="{}">{}</a>').format(address("events", row["event_id"].text), row[name].text)
        if name in ("basis", "status") and row[name].text in DOUBTS:
            return Markup('<em class="doubt">{}</em>').format(row[name].html)
        return row[name].html
    if name in WITH_LINKS:
        return WITH_LINKS[name](*(row[source] for source in merge.sources))
    return plain(_merged_text(merge, row))


def _merged_text(merge: Merge, row: Mapping[str, Cell]) -> str:
    values = (("true" if row[name].value else "") if name in FLAGS else row[name].text for name in merge.sources)
    return merge.render(*values).plain.strip()


def _not_stated() -> Markup:
    from markupsafe import Markup

    return Markup('<span class="quiet">not stated</span>')


# Merged cells that keep their links


def _sides(side_a: Cell, side_b: Cell) -> Markup:
    from markupsafe import Markup

    if not side_b.text:
        return side_a.html
    return Markup("{} → {}").format(side_a.html if side_a.text else "", side_b.html)


def _relation(group: Cell, relation: Cell, other: Cell) -> Markup:
    from markupsafe import Markup

    return Markup("{} {} {}").format(group.html, relation.text.replace("-", " "), other.html)


def _group(group: Cell, name: Cell) -> Markup:
    from markupsafe import Markup

    if name.text in ("", group.text):
        return group.html
    return Markup('{}<span class="quiet">{}</span>').format(group.html, name.text)


def _victims(*cells: Cell) -> Markup:
    return next((cell.html for cell in cells if cell.text), _not_stated())


def _claimant(according_to: Cell, wording: Cell | None = None) -> Markup:
    from markupsafe import Markup

    if wording is None or not wording.text:
        return according_to.html
    return Markup('{} <span class="quiet">“{}”</span>').format(according_to.html, wording.text)


WITH_LINKS: dict[str, Callable[..., Markup]] = {
    "who → whom": _sides,
    "relation": _relation,
    "group": _group,
    "whose losses": _victims,
    "according to": _claimant,
}
