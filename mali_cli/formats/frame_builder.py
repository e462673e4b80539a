"""FrameBuilder: make our tables of the events of a foreign file."""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import NameCrosswalk, our_rows
from mali_cli.formats.records import CasualtyEstimate, EventRecord, Point, split_list
from mali_cli.model import frames, geo, schema
from mali_cli.model.vocabulary import ACTOR_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

SAME_PLACE_KM = 5  # records of one town differ in the last digits of their coordinates

Frames = dict[str, "pd.DataFrame"]

# By column of events, the field of EventRecord that it shows
EVENT_FIELDS = {
    column.name: field
    for column in schema.table("events").columns
    if (field := {"event_id": "key", "place": "point"}.get(column.name, column.name)) in EventRecord._fields
}
# Columns of casualties that repeat a field of CasualtyEstimate, and those that repeat one of EventRecord
FIGURE_FIELDS = tuple(
    column.name
    for column in schema.table("casualties").columns
    if column.name in CasualtyEstimate._fields and column.name not in ("tally", "part_of")
)
EVENT_FIELDS_OF_FIGURES = ("date_start", "date_end", "sources", "date_precision")


class FrameBuilder:
    """Builds our tables from events; needs the points of all events first, because they decide the names of places."""

    def __init__(self, adapter: FormatAdapter, points: set[Point]) -> None:
        self.adapter = adapter
        self.place_names = unique_place_names(points, adapter.crosswalk)
        self._admin2 = admin2_by_place(self.place_names)
        self.events = 0
        self.points: set[Point | None] = set()
        self.groups: set[str] = set()
        self._sides: dict[Sequence[str], str | None] = {}
        self.sources: set[str | None] = set()

    def frames(self, events: list[EventRecord]) -> Frames:
        """Return the tables of some events and their casualties, sorted as declared."""
        events = sorted(events, key=attrgetter("date_start", "date_end", "key"))
        self.events += len(events)
        return {"events": self._event_frame(events), "casualties": self._casualty_frame(events)}

    def _event_frame(self, events: list[EventRecord]) -> pd.DataFrame:
        columns = _transpose(EventRecord, events)
        self.add_points(columns.point)
        self.add_sources(columns.sources)
        cells = {
            name: list(map(self.cell_function(field), getattr(columns, field))) for name, field in EVENT_FIELDS.items()
        }
        for column in ACTOR_COLUMNS:
            self.add_groups(set(cells[column]))
        return _frame_from_columns("events", len(events), **cells)

    def cell_function(self, field: str) -> Callable[[Any], Any]:
        """Return the function from the values of a field of EventRecord to the cells of its column of events."""
        if field in ("side_a", "side_b", "responsibility"):
            return self._side
        if field == "point":
            return self._place
        return _blank_as_none if field == "summary" else _unchanged

    def add_points(self, points: Iterable[Point | None]) -> None:
        """Take note of points of events, for the table of places."""
        self.points.update(points)

    def add_groups(self, cells: Iterable[str | None]) -> None:
        """Take note of groups in cells of events or casualties, for the table of groups."""
        for cell in cells:
            self.groups.update(split_list(cell))

    def add_sources(self, sources: Iterable[str | None]) -> None:
        """Take note of sources of events, for the table of documents."""
        self.sources.update(sources)

    def _place(self, point: Point | None) -> str | None:
        return self.place_names[point] if point else None

    def _side(self, names: Sequence[str]) -> str | None:
        """Return the groups of a side as one cell."""
        names = tuple(names)
        if names not in self._sides:
            self._sides[names] = ";".join(dict.fromkeys(names)) or None
        return self._sides[names]

    def _casualty_frame(self, events: list[EventRecord]) -> pd.DataFrame:
        rows = [
            (f"{event.key}/{figure.number}", event, figure, rank)
            for event in events
            for figure, rank in ranked(event.figures)
        ]
        rows.sort(key=itemgetter(0))
        ids, events_by_row, figures_by_row, ranks = zip(*rows, strict=True) if rows else ((),) * 4
        event, figure = _transpose(EventRecord, events_by_row), _transpose(CasualtyEstimate, figures_by_row)
        self.add_groups({*figure.group, *figure.inflicted_by})
        return _frame_from_columns(
            "casualties",
            len(rows),
            casualty_id=ids,
            event_id=event.key,
            tally=[f"{key}:{tally}" for key, tally in zip(event.key, figure.tally, strict=True)],
            part_of=[tally and f"{key}:{tally}" for key, tally in zip(event.key, figure.part_of, strict=True)],
            rank=ranks,
            **{name: getattr(figure, name) for name in FIGURE_FIELDS},
            **{name: getattr(event, name) for name in EVENT_FIELDS_OF_FIGURES},
            **self.same_for_all_figures,
        )

    @property
    def same_for_all_figures(self) -> dict[str, Any]:
        """The cells of casualties that all figures of the file have."""
        claimant, kind = self.adapter.claimant, self.adapter.claimant_kind
        constants = {"scope": "event", "open": False, "status": "current"}
        return constants | {"according_to": claimant, "according_to_kind": kind}

    def lookup_frames(self) -> Frames:
        """Return the small tables: groups, places and documents that the events so far name."""
        groups = group_rows(self.groups, self.adapter.crosswalk)
        cited = {key for row in groups for key in split_list(row.sources)}
        references = _bundled_rows("references", cited)
        documents = _bundled_rows("documents", cited | {row.document for row in references})
        return {
            "groups": _frame("groups", groups),
            "places": _frame("places", self._place_rows()),
            "documents": _frame("documents", sorted([*self._document_rows(), *documents], key=itemgetter(0))),
            "references": _frame("references", references),
            **{name: _empty_frame(name) for name in ("people", "relations", "strengths", "control")},
        }

    def _place_rows(self) -> list[Any]:
        place_row = _row_type("places")
        crosswalk = self.adapter.crosswalk
        # Several points may make one place; the last in order gives its row.
        points = {self.place_names[point]: point for point in sorted(filter(None, self.points), key=repr)}
        rows = []
        for key, point in points.items():
            names = [point.location, *crosswalk.place_aliases(point.location, point.country)]
            aliases = [name for name in dict.fromkeys(names) if name != key and ";" not in name]
            rows.append(
                place_row(
                    place=key,
                    aliases=";".join(aliases) or None,
                    region=crosswalk.region_name(point.region),
                    country=point.country,
                    latitude=point.latitude,
                    longitude=point.longitude,
                    admin2=self._admin2.get(key),
                )
            )
        return sorted(rows, key=itemgetter(0))

    def _document_rows(self) -> list[Any]:
        document_row = _row_type("documents")
        values = {value for cell in self.sources for value in split_list(cell)}
        return [document_row(document=value, title=value) for value in values]


def _bundled_rows(name: str, keys: set[str]) -> list[Any]:
    """Return the rows of one of our own tables with these keys: our groups cite them."""
    row_type = _row_type(name)
    parsers = {column.name: int if column.type == "integer" else str for column in schema.table(name).columns}
    [key] = schema.table(name).key
    return [
        row_type(**{column: parsers[column](cell) if cell else None for column, cell in row.items()})
        for row in our_rows(name)
        if row[key] in keys
    ]


def group_rows(names: Iterable[str], crosswalk: NameCrosswalk) -> list[Any]:
    """Return the rows of these groups and their parents: the known ones, and for others their spellings in the file."""
    group_row = _row_type("groups")
    known = crosswalk.known_groups
    rows = []
    for name in sorted(_with_parents(names, known)):
        if name in crosswalk.unknown_groups and name not in crosswalk.matched_groups:
            spellings = [spelling for spelling in sorted(crosswalk.unknown_groups[name]) if spelling != name]
            rows.append(group_row(group=name, name=name, aliases=";".join(spellings) or None))
        elif name in known:
            rows.append(group_row(**{column: cell or None for column, cell in known[name].items()}))
        else:
            rows.append(group_row(group=name, name=name))
    return rows


def _with_parents(names: Iterable[str], known: Mapping[str, Mapping[str, str]]) -> set[str]:
    groups = set(names)
    while added := {known[name]["part_of"] for name in groups if name in known} - groups - {""}:
        groups |= added
    return groups


def unique_place_names(points: Iterable[Point], crosswalk: NameCrosswalk) -> dict[Point, str]:
    """Return a name for each point: its location, with a suffix if other places share it.

    Points of one name and region that are near each other are one place, in whatever way the region is spelt.
    """
    by_region: dict[tuple[str, str | None, str], list[list[Point]]] = {}
    for point in sorted(points, key=repr):
        region = (point.location.replace(";", ","), point.country, crosswalk.region_name(point.region) or "")
        places = by_region.setdefault(region, [])
        place = next((place for place in places if _is_near(point, place[0])), None)
        if place is None:
            places.append([point])
        else:
            place.append(point)
    by_name: dict[str, list[list[Point]]] = {}
    for (name, *_), places in by_region.items():
        by_name.setdefault(name, []).extend(places)
    names: dict[Point, str] = {}
    for name, namesakes in by_name.items():
        for place, suffix in zip(namesakes, _suffixes([place[0] for place in namesakes], crosswalk), strict=True):
            names |= dict.fromkeys(place, f"{name} ({', '.join(suffix)})" if suffix else name)
    return names


def admin2_by_place(place_names: Mapping[Point, str]) -> dict[str, str]:
    """Return the second-level area of each place that has one: that of the first of its points that has one."""
    areas: dict[str, str] = {}
    for point in sorted(place_names, key=repr):
        if point.admin2:
            areas.setdefault(place_names[point], point.admin2)
    return areas


def _is_near(point: Point, other: Point) -> bool:
    """Return whether two points of one name are one place; a point without coordinates is its own place."""
    coordinates = (point.latitude, point.longitude, other.latitude, other.longitude)
    if None in coordinates:
        return coordinates[:2] == coordinates[2:]
    return bool(geo.kilometres(*coordinates) <= SAME_PLACE_KM)


def _suffixes(points: list[Point], crosswalk: NameCrosswalk) -> Iterator[list[str]]:
    """Yield for each point what tells it from the others of its name: region, country, coordinates, as needed."""
    regions = [(point.country, crosswalk.region_name(point.region)) for point in points]
    points_in_region = Counter(regions)
    countries_with_region = Counter(region for _, region in set(regions))
    for point, (country, region) in zip(points, regions, strict=True):
        suffix = []
        if len(points_in_region) > 1:
            suffix.append(_region_text(point))
            if countries_with_region[region] > 1:
                suffix.append(country or "country not stated")
        if points_in_region[country, region] > 1:
            coordinates = f"{_degrees(point.latitude)} {_degrees(point.longitude)}"
            suffix = [*(suffix or [_region_text(point)]), coordinates]
        yield suffix


def _region_text(point: Point) -> str:
    return point.region.replace(";", ",") or "region not stated"


def _degrees(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _blank_as_none(cell: str) -> str | None:
    return cell or None


def _unchanged(value: Any) -> Any:
    return value


@cache
def _row_type(name: str) -> Any:
    """Return a class for the rows of a declared table; a column that is not given is blank."""
    columns = [column.name for column in schema.table(name).columns]
    return namedtuple(name, columns, defaults=[None] * len(columns))


def _frame(name: str, rows: list[Any]) -> pd.DataFrame:
    """Return a typed frame of rows in the declared order."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema.table(name).columns)
    return frames.build_frame(name, list(columns))


@cache
def _empty_frame(name: str) -> pd.DataFrame:
    return _frame(name, [])


def _frame_from_columns(name: str, number: int, **columns: Any) -> pd.DataFrame:
    """Return a typed frame of `number` rows from columns, each a list of values or the value of all rows.

    A column that is not given is blank.
    """
    values = [columns.get(column.name) for column in schema.table(name).columns]
    return frames.build_frame(name, [v if isinstance(v, (list, tuple)) else [v] * number for v in values])


def _transpose(kind: type[Any], rows: Sequence[Any]) -> Any:
    """Return one named tuple whose fields hold the values of all rows."""
    return kind(*zip(*rows, strict=True)) if rows else kind(*[()] * len(kind._fields))


def ranked(figures: Sequence[CasualtyEstimate]) -> Iterator[tuple[CasualtyEstimate, int]]:
    """Yield each figure with its rank within its tally."""
    ranks: dict[str, int] = {}
    for figure in figures:
        ranks[figure.tally] = ranks.get(figure.tally, 0) + 1
        yield figure, ranks[figure.tally]
