"""Entries -> our tables: places told apart by name, rows made, sorted as declared."""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.records import CasualtyEstimate, EventRecord, Point
from mali_cli.model import frames, schema
from mali_cli.storage import raw_tables

if TYPE_CHECKING:
    import pandas as pd

Frames = dict[str, "pd.DataFrame"]


class FrameBuilder:
    """Makes the frames; the names of places are known before the first event is made."""

    def __init__(self, layout: FormatAdapter, points: set[Point]) -> None:
        self.layout = layout
        self.names = unique_place_names(points, layout.concordance)
        self.events = 0
        self._used: set[Point | None] = set()
        self._groups: dict[str, None] = {}
        self._sides: dict[Sequence[str], str | None] = {}
        self._sources: set[str | None] = set()

    def frames(self, entries: list[EventRecord]) -> Frames:
        """Events and casualties of some entries, sorted as declared."""
        entries = sorted(entries, key=attrgetter("date_start", "date_end", "key"))
        self.events += len(entries)
        return {"events": self._event_frame(entries), "casualties": self._figure_frame(entries)}

    def _event_frame(self, entries: list[EventRecord]) -> pd.DataFrame:
        told = _transpose(EventRecord, entries)
        self._used.update(told.point)
        self._sources.update(told.sources)
        return _frame_from_columns(
            "events",
            len(entries),
            event_id=told.key,
            date_start=told.date_start,
            date_end=told.date_end,
            date_precision=told.date_precision,
            event_type=told.event_type,
            sub_event_type=told.sub_event_type,
            place=[point and self.names[point] for point in told.point],
            place_precision=told.place_precision,
            side_a=list(map(self._side, told.side_a)),
            side_b=list(map(self._side, told.side_b)),
            basis="reported",
            summary=[summary or None for summary in told.summary],
            note=told.note,
            sources=told.sources,
        )

    def _side(self, names: Sequence[str]) -> str | None:
        """The names of a side as one cell."""
        names = tuple(names)
        if names not in self._sides:
            self._groups.update(dict.fromkeys(names))
            self._sides[names] = ";".join(dict.fromkeys(names)) or None
        return self._sides[names]

    def _figure_frame(self, entries: list[EventRecord]) -> pd.DataFrame:
        rows = [
            (f"{entry.key}/{figure.number}", entry, figure, rank)
            for entry in entries
            for figure, rank in _ranked(entry.figures)
        ]
        rows.sort(key=itemgetter(0))
        ids, of, figures, ranks = zip(*rows, strict=True) if rows else ((),) * 4
        told, event = _transpose(CasualtyEstimate, figures), _transpose(EventRecord, of)
        for cell in {*told.group, *told.inflicted_by} - {None}:
            self._groups.update(dict.fromkeys(cell.split(";")))
        return _frame_from_columns(
            "casualties",
            len(rows),
            casualty_id=ids,
            tally=[f"{key}:{tally}" for key, tally in zip(event.key, told.tally, strict=True)],
            part_of=[whole and f"{key}:{whole}" for key, whole in zip(event.key, told.part_of, strict=True)],
            event_id=event.key,
            date_start=event.date_start,
            date_end=event.date_end,
            scope="event",
            group=told.group,
            country=told.country,
            victims=told.victims,
            who=told.who,
            inflicted_by=told.inflicted_by,
            harm="killed",
            cause=told.cause,
            low=told.low,
            best=told.best,
            high=told.high,
            open=False,
            wording=told.wording,
            according_to=self.layout.claimant,
            according_to_kind=self.layout.claimant_kind,
            status="current",
            rank=ranks,
            sources=event.sources,
        )

    def lookup_frames(self) -> Frames:
        """The small tables: what the events made so far name."""
        groups = group_rows(self._groups, self.layout.concordance)
        cited = {key for row in groups for key in (row.sources or "").split(";")}
        references = _bundled_rows("references", cited)
        documents = _bundled_rows("documents", cited | {row.document for row in references})
        return {
            "groups": _frame("groups", groups),
            "places": _frame("places", self._place_rows()),
            "documents": _frame("documents", sorted([*self._document_rows(), *documents], key=lambda row: row[0])),
            "references": _frame("references", references),
            **{name: _frame(name, []) for name in ("people", "relations", "strengths", "control")},
        }

    def _place_rows(self) -> list[Any]:
        row = _row_type("places")
        concordance = self.layout.concordance
        rows = []
        for key, point in {self.names[point]: point for point in sorted(filter(None, self._used), key=repr)}.items():
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
        row = _row_type("documents")
        values = {value.strip() for cell in self._sources if cell for value in cell.split(";") if value.strip()}
        return [row(document=value, title=value) for value in values]


def _bundled_rows(name: str, keys: set[str]) -> list[Any]:
    """Rows of one of our own tables, on which what we tell of known groups rests."""
    row = _row_type(name)
    read = {column.name: int if column.type == "integer" else str for column in schema.table(name).columns}
    rows = raw_tables.read_raw_table(schema.data_folder(), name).dicts()
    [key] = schema.table(name).key
    return [row(**{c: read[c](cell) if cell else None for c, cell in r.items()}) for r in rows if r[key] in keys]


def group_rows(names: Iterable[str], concordance: NameCrosswalk) -> list[Any]:
    """The groups of these names, and what they are part of: our own rows, and for the others the spellings met."""
    row = _row_type("groups")
    ours = {r["group"]: r for r in raw_tables.read_raw_table(schema.data_folder(), "groups").dicts()}
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


def unique_place_names(points: Iterable[Point], concordance: NameCrosswalk) -> dict[Point, str]:
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


def _row_type(name: str) -> Any:
    """Rows of a declared table, made by the names of its columns; what is not given is blank."""
    columns = [column.name for column in schema.table(name).columns]
    return namedtuple(name, columns, defaults=[None] * len(columns))


def _frame(name: str, rows: list[Any]) -> pd.DataFrame:
    """A typed frame of rows in the declared order; see tables.read_frame."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema.table(name).columns)
    return frames.build_frame(name, list(columns))


def _frame_from_columns(name: str, number: int, **columns: Any) -> pd.DataFrame:
    """A typed frame of so many rows by columns: values, or the one value of all rows; what is not given is blank."""
    given = [columns.get(column.name) for column in schema.table(name).columns]
    return frames.build_frame(name, [v if isinstance(v, (list, tuple)) else [v] * number for v in given])


def _transpose(kind: type[Any], rows: Sequence[Any]) -> Any:
    """The named tuples of one kind, turned: of each field the values of all."""
    return kind(*zip(*rows, strict=True)) if rows else kind(*[()] * len(kind._fields))


def _ranked(figures: Sequence[CasualtyEstimate]) -> Iterator[tuple[CasualtyEstimate, int]]:
    """Each figure with its rank among those of its tally."""
    ranks: dict[str, int] = {}
    for figure in figures:
        ranks[figure.tally] = ranks.get(figure.tally, 0) + 1
        yield figure, ranks[figure.tally]
