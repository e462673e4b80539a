"""Entries -> our tables: places told apart by name, rows made, sorted as declared."""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mali_cli import tables
from mali_cli.readers.concordance import Concordance
from mali_cli.readers.entries import Entry, Point
from mali_cli.readers.formats import Format

if TYPE_CHECKING:
    import pandas as pd

Frames = dict[str, "pd.DataFrame"]


class Maker:
    """Makes the frames; the names of places are known before the first event is made."""

    def __init__(self, layout: Format, points: set[Point]) -> None:
        self.layout = layout
        self.names = place_names(points, layout.concordance)
        self.events = 0
        self._event = _row("events")
        self._figure = _row("casualties")
        self._used: set[Point] = set()
        self._groups: dict[str, None] = {}
        self._sources: dict[str, None] = {}

    def frames(self, entries: list[Entry]) -> Frames:
        """Events and casualties of some entries, sorted as declared."""
        entries = sorted(entries, key=lambda e: (e.date_start, e.date_end, e.key))
        self.events += len(entries)
        events = [self._event_row(entry) for entry in entries]
        figures = sorted((row for entry in entries for row in self._figure_rows(entry)), key=lambda row: row[0])
        return {"events": frame("events", events), "casualties": frame("casualties", figures)}

    def _event_row(self, entry: Entry) -> Any:
        if entry.point is not None:
            self._used.add(entry.point)
        if entry.sources is not None:
            self._sources[entry.sources] = None
        a, b = self._joined(entry.side_a), self._joined(entry.side_b)
        return self._event(
            event_id=entry.key,
            date_start=entry.date_start,
            date_end=entry.date_end,
            date_precision=entry.date_precision,
            event_type=entry.event_type,
            sub_event_type=entry.sub_event_type,
            place=None if entry.point is None else self.names[entry.point],
            place_precision=entry.place_precision,
            side_a=a,
            side_b=b,
            basis="reported",
            summary=entry.summary or None,
            note=entry.note,
            sources=entry.sources,
        )

    def _joined(self, names: Iterable[str]) -> str | None:
        names = dict.fromkeys(names)
        self._groups.update(names)
        return ";".join(names) or None

    def _figure_rows(self, entry: Entry) -> Iterator[Any]:
        ranks: dict[str, int] = {}
        for figure in entry.figures:
            ranks[figure.tally] = ranks.get(figure.tally, 0) + 1
            for names in (figure.group, figure.inflicted_by):
                if names:
                    self._groups.update(dict.fromkeys(names.split(";")))
            yield self._figure(
                casualty_id=f"{entry.key}/{figure.number}",
                tally=f"{entry.key}:{figure.tally}",
                part_of=figure.part_of and f"{entry.key}:{figure.part_of}",
                event_id=entry.key,
                date_start=entry.date_start,
                date_end=entry.date_end,
                scope="event",
                group=figure.group,
                country=figure.country,
                victims=figure.victims,
                who=figure.who,
                inflicted_by=figure.inflicted_by,
                harm="killed",
                cause=figure.cause,
                low=figure.low,
                best=figure.best,
                high=figure.high,
                open=False,
                wording=figure.wording,
                according_to=self.layout.giver,
                according_to_kind=self.layout.giver_kind,
                status="current",
                rank=ranks[figure.tally],
                sources=entry.sources,
            )

    def registers(self) -> Frames:
        """The small tables: what the events made so far name."""
        groups = group_rows(self._groups, self.layout.concordance)
        cited = {key for row in groups for key in (row.sources or "").split(";")}
        references = _ours("references", cited)
        documents = _ours("documents", cited | {row.document for row in references})
        return {
            "groups": frame("groups", groups),
            "places": frame("places", self._place_rows()),
            "documents": frame("documents", sorted([*self._document_rows(), *documents], key=lambda row: row[0])),
            "references": frame("references", references),
            **{name: frame(name, []) for name in ("people", "relations", "strengths", "control")},
        }

    def _place_rows(self) -> list[Any]:
        row = _row("places")
        concordance = self.layout.concordance
        rows = []
        for key, point in {self.names[point]: point for point in sorted(self._used, key=repr)}.items():
            known = [point.location, *concordance.place_names(point.location, point.country)]
            aliases = [name for name in dict.fromkeys(known) if name != key and ";" not in name]
            rows.append(
                row(
                    place=key,
                    aliases=";".join(aliases) or None,
                    region=concordance.region(point.region),
                    country=point.country,
                    latitude=point.latitude,
                    longitude=point.longitude,
                )
            )
        return sorted(rows, key=lambda row: row[0])

    def _document_rows(self) -> list[Any]:
        row = _row("documents")
        values = {value.strip() for cell in self._sources for value in cell.split(";") if value.strip()}
        return [row(document=value, title=value) for value in values]


def _ours(name: str, keys: set[str]) -> list[Any]:
    """Rows of one of our own tables, on which what we tell of known groups rests."""
    row = _row(name)
    read = {column.name: int if column.type == "integer" else str for column in tables.table(name).columns}
    rows = tables.read_rows(tables.data_folder(), name).dicts()
    [key] = tables.table(name).key
    return [row(**{c: read[c](cell) if cell else None for c, cell in r.items()}) for r in rows if r[key] in keys]


def group_rows(names: Iterable[str], concordance: Concordance) -> list[Any]:
    """The groups of these names, and what they are part of: our own rows, and for the others the spellings met."""
    row = _row("groups")
    ours = {r["group"]: r for r in tables.read_rows(tables.data_folder(), "groups").dicts()}
    todo, wanted = list(names), dict.fromkeys(names)
    while todo:
        above = ours.get(todo.pop(), {}).get("part_of")
        if above and above not in wanted:
            wanted[above] = None
            todo.append(above)
    rows = []
    for name in sorted(wanted):
        if name in concordance.unknown and name not in concordance.met:
            spellings = [s for s in sorted(concordance.unknown[name]) if s != name]
            rows.append(row(group=name, name=name, aliases=";".join(spellings) or None))
        elif name in ours:
            rows.append(row(**{column: cell or None for column, cell in ours[name].items()}))
        else:
            rows.append(row(group=name, name=name))
    return rows


def place_names(points: Iterable[Point], concordance: Concordance) -> dict[Point, str]:
    """A name for each point: its location, with as much more as is needed to tell it from others of that name.

    Points that differ only in how the file spells their region are one place.
    """
    of_place: dict[tuple[Any, ...], list[Point]] = {}
    for point in sorted(points, key=repr):
        of_place.setdefault(point._replace(region=concordance.region(point.region) or ""), []).append(point)
    of_name: dict[str, list[Point]] = {}
    for first, *_ in of_place.values():
        of_name.setdefault(first.location.replace(";", ","), []).append(first)
    named: dict[Point, str] = {}
    for name, alike in of_name.items():
        regions = {(point.country, concordance.region(point.region)) for point in alike}
        shared = Counter(region for _, region in regions)
        in_region = Counter((point.country, concordance.region(point.region)) for point in alike)
        for point in alike:
            region = concordance.region(point.region)
            written = point.region.replace(";", ",") or "region not stated"
            more = []
            if len(regions) > 1:
                more = [written]
                if shared[region] > 1:
                    more.append(point.country or "country not stated")
            if in_region[point.country, region] > 1:  # several points of one region: they tell themselves apart
                more = [*(more or [written]), f"{_degrees(point.latitude)} {_degrees(point.longitude)}"]
            named[point] = f"{name} ({', '.join(more)})" if more else name
    return {point: named[first] for first, *others in of_place.values() for point in (first, *others)}


def _degrees(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _row(name: str) -> Any:
    """Rows of a declared table, made by the names of its columns; what is not given is blank."""
    columns = [column.name for column in tables.table(name).columns]
    return namedtuple(name, columns, defaults=[None] * len(columns))


def frame(name: str, rows: list[Any]) -> pd.DataFrame:
    """A typed frame of rows in the declared order; see tables.read_frame."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(tables.table(name).columns)
    return tables.frame_of(name, list(columns))
