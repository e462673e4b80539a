"""Foreign files as datasets: the format recognised by its columns, each question answered by a reading of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.formats import duckdb_filter
from mali_cli.formats.acled import Acled
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import KIND_OF_PLACE, REGIME, NameCrosswalk
from mali_cli.formats.frame_builder import Frames, unique_place_names
from mali_cli.formats.importer import ImportRun, RecordCounts
from mali_cli.formats.records import Point, RecordError, plain
from mali_cli.formats.row_filter import LARGE_FILE_BYTES, RowFilter, RowScanner, distinct_points
from mali_cli.formats.table_file import TableFile, open_table_file
from mali_cli.formats.ucdp import CANDIDATE_HEADER, Ucdp
from mali_cli.formats.un import Un
from mali_cli.model import names, schema
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import parse_period
from mali_cli.model.projection import unused_event_columns
from mali_cli.storage import raw_tables
from mali_cli.storage.base import Backend
from mali_cli.storage.memory import MemoryBackend

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model import violations

FORMATS: dict[str, type[FormatAdapter]] = {"acled": Acled, "ucdp": Ucdp, "un": Un}
# Questions that every record of the file has to do with.
QUERIES_NEEDING_ALL_RECORDS = ("show", "groups", "places", "sources")


class ForeignFileBackend(Backend):
    """A foreign file. What was read for the last question is in `counts`."""

    def __init__(self, path: Path, format_in: str | None = None) -> None:
        super().__init__(path)
        formats = [FORMATS[names.match_choice(format_in, FORMATS, "format")]] if format_in else list(FORMATS.values())
        headless = CANDIDATE_HEADER if Ucdp in formats else None
        self.table_file: TableFile = open_table_file(
            path, lambda cells: any(f.matches_header(cells) for f in formats), headless
        )
        self._adapter = _detect_format(self.table_file, formats)
        self.counts: RecordCounts | None = None
        self._prefetch: duckdb_filter.BackgroundScan | None = None

    @property
    def origin(self) -> str | None:
        return self._adapter.name

    def layout(self) -> FormatAdapter:
        return self._adapter(self.table_file.header)

    def _read(self, name: str) -> pd.DataFrame:
        """A table of the whole file, which is read once for all of them."""
        reading, frames = self._reading(RowFilter())
        self.notes = reading.notes
        self._frames = frames
        return frames[name]

    def _reading(self, wanted: RowFilter) -> tuple[ImportRun, Frames]:
        reading = ImportRun(self.table_file, self.layout(), wanted, self._prefetch)
        self._prefetch = None  # it was begun for the first question
        frames = reading.frames()
        self.counts = reading.counts
        return reading, frames

    def start_prefetch(self, query: str, filter_args: dict[str, Any]) -> None:
        """Begins to read for a question while the packages that will answer it are still being loaded."""
        if query not in QUERIES_NEEDING_ALL_RECORDS and duckdb_filter.is_applicable(
            self.table_file, wanted := build_row_filter(query, filter_args)
        ):
            self._prefetch = duckdb_filter.BackgroundScan(self.table_file, self.layout(), wanted)

    def prefiltered(self, query: str, filter_args: dict[str, Any]) -> Backend:
        if query in QUERIES_NEEDING_ALL_RECORDS or self._frames:
            return self
        wanted = build_row_filter(query, filter_args)
        if wanted.is_unfiltered:
            return self
        reading, frames = self._reading(wanted)
        return PrefilteredFile(self, frames, reading)

    def partitions(self, filter_args: dict[str, Any]) -> Iterator[Backend] | None:
        """Bit by bit, if it is a large file and all of it is asked for."""
        if self.table_file.size <= LARGE_FILE_BYTES or any(filter_args.values()) or self._frames:
            return None
        reading = ImportRun(self.table_file, self.layout(), RowFilter())

        def parts() -> Iterator[Backend]:
            for batch in reading.batches(registers=True):
                self.progress_fraction = reading.progress_fraction
                yield MemoryBackend(self.path, batch, self.origin)
            self.counts, self.notes = reading.counts, reading.notes

        return parts()

    def row_counts(self) -> dict[str, int] | None:
        return super().row_counts() if self._frames else None

    def iter_batches(self) -> Iterator[Frames]:
        reading = ImportRun(self.table_file, self.layout(), RowFilter())
        for batch in reading.batches():
            self.progress_fraction = reading.progress_fraction
            yield batch
        self.counts = reading.counts
        self.notes = reading.notes

    def validate(self) -> tuple[list[violations.Violation], str]:
        """Every record that cannot be taken, and what in the others goes against the format's rules."""
        from mali_cli.model import violations

        layout = self.layout()
        found: list[violations.Violation] = []
        seen: set[str] = set()
        number = 0
        try:
            for number, record in RowScanner(self.table_file, layout, RowFilter()):
                try:
                    key = layout.parse_record(record).key
                except RecordError as fault:
                    found.append(
                        violations.Violation(self.path, None, fault.column, fault.cell, f"this {fault.why}.", number)
                    )
                    continue
                if key in seen and not layout.monadic:
                    rule = "another record has this id; they are put together as one event."
                    found.append(violations.Violation(self.path, None, layout.key, key, rule, number))
                seen.add(key)
                for column, cell, rule in layout.validate_record(record):
                    found.append(violations.Violation(self.path, None, column, cell, rule, number))
        except DataError as error:
            rule = str(error).partition(": ")[2]
            found.append(violations.Violation(self.path, None, "", "", rule, error.line or None))
        return found, f"{self.path}: {layout.name}, {layout.version}: {number:,} records, no problems."


class PrefilteredFile(MemoryBackend):
    """What was read of a file for one question; further names of the file are sought in it when asked for."""

    def __init__(self, file: ForeignFileBackend, frames: Frames, reading: ImportRun) -> None:
        super().__init__(file.path, frames, file.origin, reading.notes)
        self._whole = file
        self.counts = reading.counts

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        if kind == "claimants":
            return {self._whole._adapter.claimant: ()}
        return self._names.get(kind, {})

    @cached_property
    def _names(self) -> dict[str, dict[str, Iterable[str]]]:
        """Every name in the file: one more way through it, gone only for a name that is not known yet."""
        layout = self._whole.layout()
        scan = RowScanner(self._whole.table_file, layout, RowFilter())
        concordance = layout.concordance
        at = layout.column_index
        roles = [at[column] for column in layout.actor_columns if column in at]
        country = at.get("country", -1)
        cells: set[tuple[str, str]] = set()
        sources: set[str] = set()
        told = [at[column] for column in layout.source_columns if column in at]
        for _, record in scan:
            where = record[country] if country >= 0 else ""
            cells.update([(record[role], where) for role in roles])
            sources.update([next((record[i] for i in told if record[i]), "")])
        groups = {
            name
            for cell, where in cells
            for name in concordance.actors(cell, concordance.country(where), layout.separator)
        }
        points = distinct_points(layout, scan.stats)
        return {
            "groups": {name: concordance.unknown.get(name, ()) for name in groups},
            "places": {
                key: [point.location, *concordance.place_names(point.location, point.country)]
                for point, key in unique_place_names(points, concordance).items()
            },
            "regions": {r: () for point in points if (r := concordance.region(point.region))},
            "countries": {point.country: () for point in points if point.country},
            "sources": {value.strip(): () for cell in sources for value in cell.split(";") if value.strip()},
        }


def _detect_format(source: TableFile, formats: list[type[FormatAdapter]]) -> type[FormatAdapter]:
    for known in formats:
        if known.matches_header(source.header):
            if twice := known(source.header).duplicate_columns:
                raise DataError(f"{source.path}: the column {', '.join(twice)} stands twice.")
            return known
    if len(formats) == 1 and (other := next((k for k in FORMATS.values() if k.matches_header(source.header)), None)):
        raise DataError(f"{source.path} is no file of {formats[0].name}; its columns are those of {other.name}.")
    ours = next(
        (n for n in schema.table_names() if {c.name for c in schema.table(n).columns} <= set(source.header)), None
    )
    if ours:
        raise DataError(f"{source.path} is one table of a dataset; --data takes the folder that holds it.")
    nearest = max(formats, key=lambda known: len(known.required & set(known.columns(source.header))))
    missing = sorted(nearest.required - set(nearest.columns(source.header)))
    if len(missing) <= len(nearest.required) / 2:
        lacks = (
            f"the column {', '.join(missing)} is missing" if len(missing) > 1 else f"the column {missing[0]} is missing"
        )
        raise DataError(f"{source.path} looks like a file of {nearest.name}, but {lacks}.")
    known_by = "by their columns ACLED, UCDP GED and UN fatalities are recognised"
    raise DataError(f"{source.path} is no table that is known; {known_by}, not {', '.join(source.header[:5])[:80]!r}.")


def build_row_filter(query: str, filter_args: dict[str, Any]) -> RowFilter:
    """What a question asks as far as records can be judged by it while they are read.

    It may let more through than match: the queries apply the same filters again to what was read.
    """
    actors = [
        _group_spellings(typed, members=bool(filter_args.get("members")) and option == "actor")
        for option in ("actor", "against", "group", "inflicted_by")
        if (typed := _as_list(filter_args.get(option)))
    ]
    kinds = [schema.table("events").column(c).enum for c in ("event_type", "sub_event_type")]
    types = [
        names.match_choice(typed, (*kinds[0], *kinds[1]), "event type") for typed in _as_list(filter_args.get("type"))
    ]
    return RowFilter(
        period=parse_period(filter_args.get("since"), filter_args.get("until"), filter_args.get("on")),
        actors=tuple(actors),
        location_test=_location_predicate(query, filter_args),
        types=frozenset(types),
        skipped_columns=unused_event_columns(query, filter_args),
    )


def _group_spellings(typed: list[str], members: bool) -> frozenset[str]:
    """The keys that were typed with all that is part of them, and the spellings that only the file may know."""
    concordance = NameCrosswalk()
    keys = concordance.with_parts({key for text in typed for key in concordance.groups.candidates(text)})
    if members:
        rows = raw_tables.read_raw_table(schema.data_folder(), "relations").dicts()
        keys |= concordance.with_parts(
            {r["group"] for r in rows if r["relation"] == "member-of" and r["other"] in keys}
        )
    # Of one regime's name the others of that body are meant too.
    return frozenset(keys | {normalize_name(spelling) for text in typed for spelling in (text, REGIME.sub("", text))})


def _location_predicate(query: str, filter_args: dict[str, Any]) -> Callable[[Point], bool] | None:
    """Whether a point may lie at the places, in the regions and in the countries that were typed."""
    countries = _as_list(filter_args.get("where")) or (
        _as_list(filter_args.get("country")) if query == "events" else []
    )
    places, regions = _as_list(filter_args.get("place")), _as_list(filter_args.get("region"))
    if not (countries or places or regions):
        return None
    concordance = NameCrosswalk()
    at = {normalize_name(text) for text in places} | concordance.spellings_of_places(places)

    def may_lie(point: Point) -> bool:
        if places:
            name = normalize_name(point.location.replace(";", ","))
            bare = normalize_name(KIND_OF_PLACE.sub("", point.location))
            if name not in at and bare not in at and not any(t.startswith(f"{name} (") for t in at):
                return False
        if regions and concordance.region(point.region) not in {concordance.region(text) for text in regions}:
            return any(normalize_name(text) == normalize_name(plain(point.region)) for text in regions)
        return not countries or any(
            concordance.country(text) == point.country or normalize_name(text) == normalize_name(point.country or "")
            for text in countries
        )

    return may_lie


def _as_list(asked: Any) -> list[str]:
    if asked is None:
        return []
    return [asked] if isinstance(asked, str) else list(asked)
