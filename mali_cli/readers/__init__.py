"""Foreign files as datasets: the format recognised by its columns, each question answered by a reading of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import names, tables
from mali_cli.errors import DataError
from mali_cli.names import fold
from mali_cli.periods import between
from mali_cli.readers import fast
from mali_cli.readers.acled import Acled
from mali_cli.readers.concordance import KIND_OF_PLACE, REGIME, Concordance
from mali_cli.readers.entries import Fault, Point, plain
from mali_cli.readers.formats import Format
from mali_cli.readers.making import Frames, place_names
from mali_cli.readers.reading import Counts, Reading
from mali_cli.readers.scan import LARGE, Scan, Wanted, located
from mali_cli.readers.sources import Source, open_source
from mali_cli.readers.ucdp import HEADLESS, Ucdp
from mali_cli.readers.un import Un
from mali_cli.spared import spared
from mali_cli.stores import FrameStore, Store

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli import checks

FORMATS: dict[str, type[Format]] = {"acled": Acled, "ucdp": Ucdp, "un": Un}
# Questions that every record of the file has to do with.
WHOLE = ("show", "groups", "places", "sources")


class File(Store):
    """A foreign file. What was read for the last question is in `counts`."""

    def __init__(self, path: Path, format_in: str | None = None) -> None:
        super().__init__(path)
        formats = [FORMATS[names.choose(format_in, FORMATS, "format")]] if format_in else list(FORMATS.values())
        headless = HEADLESS if Ucdp in formats else None
        self.source: Source = open_source(path, lambda cells: any(f.fits(cells) for f in formats), headless)
        self._format = _fitting(self.source, formats)
        self.counts: Counts | None = None
        self._ahead: fast.Ahead | None = None

    @property
    def origin(self) -> str | None:
        return self._format.name

    def layout(self) -> Format:
        return self._format(self.source.header)

    def _read(self, name: str) -> pd.DataFrame:
        """A table of the whole file, which is read once for all of them."""
        reading, frames = self._reading(Wanted())
        self.notes = reading.notes
        self._frames = frames
        return frames[name]

    def _reading(self, wanted: Wanted) -> tuple[Reading, Frames]:
        reading = Reading(self.source, self.layout(), wanted, self._ahead)
        self._ahead = None  # it was begun for the first question
        frames = reading.frames()
        self.counts = reading.counts
        return reading, frames

    def begin(self, question: str, criteria: dict[str, Any]) -> None:
        """Begins to read for a question while the packages that will answer it are still being loaded."""
        if question not in WHOLE and fast.applies(self.source, wanted := wanted_of(question, criteria)):
            self._ahead = fast.Ahead(self.source, self.layout(), wanted)

    def narrowed(self, question: str, criteria: dict[str, Any]) -> Store:
        if question in WHOLE or self._frames:
            return self
        wanted = wanted_of(question, criteria)
        if wanted.everything:
            return self
        reading, frames = self._reading(wanted)
        return Narrowed(self, frames, reading)

    def parts(self, criteria: dict[str, Any]) -> Iterator[Store] | None:
        """Bit by bit, if it is a large file and all of it is asked for."""
        if self.source.size <= LARGE or any(criteria.values()) or self._frames:
            return None
        reading = Reading(self.source, self.layout(), Wanted())

        def parts() -> Iterator[Store]:
            for batch in reading.batches(registers=True):
                self.share = reading.share
                yield FrameStore(self.path, batch, self.origin)
            self.counts, self.notes = reading.counts, reading.notes

        return parts()

    def batches(self) -> Iterator[Frames]:
        reading = Reading(self.source, self.layout(), Wanted())
        for batch in reading.batches():
            self.share = reading.share
            yield batch
        self.counts = reading.counts
        self.notes = reading.notes

    def faults(self) -> tuple[list[checks.Fault], str]:
        """Every record that cannot be taken, and what in the others goes against the format's rules."""
        from mali_cli import checks

        layout = self.layout()
        found: list[checks.Fault] = []
        seen: set[str] = set()
        number = 0
        try:
            for number, record in Scan(self.source, layout, Wanted()):
                try:
                    key = layout.entry(record).key
                except Fault as fault:
                    found.append(checks.Fault(self.path, None, fault.column, fault.cell, f"this {fault.why}.", number))
                    continue
                if key in seen and not layout.monadic:
                    rule = "another record has this id; they are put together as one event."
                    found.append(checks.Fault(self.path, None, layout.key, key, rule, number))
                seen.add(key)
                for column, cell, rule in layout.against_rules(record):
                    found.append(checks.Fault(self.path, None, column, cell, rule, number))
        except DataError as error:
            rule = str(error).partition(": ")[2]
            found.append(checks.Fault(self.path, None, "", "", rule, error.line or None))
        return found, f"{self.path}: {layout.name}, {layout.version}: {number:,} records, no fault."


class Narrowed(FrameStore):
    """What was read of a file for one question; further names of the file are sought in it when asked for."""

    def __init__(self, file: File, frames: Frames, reading: Reading) -> None:
        super().__init__(file.path, frames, file.origin, reading.notes)
        self._whole = file
        self.counts = reading.counts

    def beyond(self, kind: str) -> dict[str, Iterable[str]]:
        if kind == "givers":
            return {self._whole._format.giver: ()}
        return self._names.get(kind, {})

    @cached_property
    def _names(self) -> dict[str, dict[str, Iterable[str]]]:
        """Every name in the file: one more way through it, gone only for a name that is not known yet."""
        layout = self._whole.layout()
        scan = Scan(self._whole.source, layout, Wanted())
        concordance = layout.concordance
        at = layout.at
        roles = [at[column] for column in layout.roles if column in at]
        country = at.get("country", -1)
        cells: set[tuple[str, str]] = set()
        sources: set[str] = set()
        told = [at[column] for column in layout.told_by if column in at]
        for _, record in scan:
            where = record[country] if country >= 0 else ""
            cells.update([(record[role], where) for role in roles])
            sources.update([next((record[i] for i in told if record[i]), "")])
        groups = {
            name
            for cell, where in cells
            for name in concordance.actors(cell, concordance.country(where), layout.separator)
        }
        points = located(layout, scan.found)
        return {
            "groups": {name: concordance.unknown.get(name, ()) for name in groups},
            "places": {
                key: [point.location, *concordance.place_names(point.location, point.country)]
                for point, key in place_names(points, concordance).items()
            },
            "regions": {r: () for point in points if (r := concordance.region(point.region))},
            "countries": {point.country: () for point in points if point.country},
            "sources": {value.strip(): () for cell in sources for value in cell.split(";") if value.strip()},
        }


def _fitting(source: Source, formats: list[type[Format]]) -> type[Format]:
    for known in formats:
        if known.fits(source.header):
            if twice := known(source.header).twice:
                raise DataError(f"{source.path}: the column {', '.join(twice)} stands twice.")
            return known
    if len(formats) == 1 and (other := next((k for k in FORMATS.values() if k.fits(source.header)), None)):
        raise DataError(f"{source.path} is no file of {formats[0].name}; its columns are those of {other.name}.")
    ours = next((n for n in tables.names() if {c.name for c in tables.table(n).columns} <= set(source.header)), None)
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


def wanted_of(question: str, criteria: dict[str, Any]) -> Wanted:
    """What a question asks as far as records can be judged by it while they are read.

    It may let more through than match: the queries apply the same filters again to what was read.
    """
    actors = [
        _group_names(typed, members=bool(criteria.get("members")) and option == "actor")
        for option in ("actor", "against", "group", "inflicted_by")
        if (typed := _listed(criteria.get(option)))
    ]
    kinds = [tables.table("events").column(c).enum for c in ("event_type", "sub_event_type")]
    types = [names.choose(typed, (*kinds[0], *kinds[1]), "event type") for typed in _listed(criteria.get("type"))]
    return Wanted(
        period=between(criteria.get("since"), criteria.get("until"), criteria.get("on")),
        actors=tuple(actors),
        point=_point_test(question, criteria),
        types=frozenset(types),
        spared=spared(question, criteria),
    )


def _group_names(typed: list[str], members: bool) -> frozenset[str]:
    """The keys that were typed with all that is part of them, and the spellings that only the file may know."""
    concordance = Concordance()
    keys = concordance.with_parts({key for text in typed for key in concordance.groups.meant(text)})
    if members:
        rows = tables.read_rows(tables.data_folder(), "relations").dicts()
        keys |= concordance.with_parts(
            {r["group"] for r in rows if r["relation"] == "member-of" and r["other"] in keys}
        )
    # Of one regime's name the others of that body are meant too.
    return frozenset(keys | {fold(spelling) for text in typed for spelling in (text, REGIME.sub("", text))})


def _point_test(question: str, criteria: dict[str, Any]) -> Callable[[Point], bool] | None:
    """Whether a point may lie at the places, in the regions and in the countries that were typed."""
    countries = _listed(criteria.get("where")) or (_listed(criteria.get("country")) if question == "events" else [])
    places, regions = _listed(criteria.get("place")), _listed(criteria.get("region"))
    if not (countries or places or regions):
        return None
    concordance = Concordance()
    at = {fold(text) for text in places} | concordance.spellings_of_places(places)

    def may_lie(point: Point) -> bool:
        if places:
            name = fold(point.location.replace(";", ","))
            bare = fold(KIND_OF_PLACE.sub("", point.location))
            if name not in at and bare not in at and not any(t.startswith(f"{name} (") for t in at):
                return False
        if regions and concordance.region(point.region) not in {concordance.region(text) for text in regions}:
            return any(fold(text) == fold(plain(point.region)) for text in regions)
        return not countries or any(
            concordance.country(text) == point.country or fold(text) == fold(point.country or "") for text in countries
        )

    return may_lie


def _listed(asked: Any) -> list[str]:
    if asked is None:
        return []
    return [asked] if isinstance(asked, str) else list(asked)
