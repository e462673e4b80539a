"""The same pass by DuckDB, for large plain CSV files, in one query: what may match, and all points or where it stands.

DuckDB finds more than match, never less; each record found is judged once more by the rules of the base way. Where
anything is not as it should be (a fault, a repeated id, an error of DuckDB's own) the base way reads the file again
and words it, so that the answer is the same with and without this.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import queue
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, Any

from mali_cli import sql
from mali_cli.errors import DataError
from mali_cli.names import fold
from mali_cli.readers.concordance import Concordance
from mali_cli.readers.dates import ISO
from mali_cli.readers.formats import Format
from mali_cli.readers.scan import FIRST, LARGE, MARGIN, Scan, Wanted
from mali_cli.readers.sources import Source

SMALL = 32 << 20  # below this size reading is done before DuckDB is loaded
BUFFER = 16 << 20  # half of what DuckDB takes by itself: two threads then wait less for each other
SAMPLE = 200  # records of the beginning that are looked at
NEAR, FAR = 4 << 10, 16 << 20  # bytes around the place where a record should stand, looked at first and at last
MARK = "\x1f"  # between the cells by which a record is known again
COMMON = 16
TOKEN = re.compile(r"[a-z0-9]+")


class NotSo(Exception):
    """The fast way does not apply here; the base way tells why, or does it."""


class Ahead:
    """A pass that runs in a thread of its own while pandas is still being loaded.

    DuckDB is loaded before it: two packages loaded at once only wait for each other.
    """

    def __init__(self, source: Source, layout: Format, wanted: Wanted) -> None:
        with contextlib.suppress(ImportError):
            import duckdb  # noqa: F401
        self._found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # No daemon: DuckDB's threads may not be cut off while the interpreter takes itself apart.
        threading.Thread(target=self._run, args=(source, layout, wanted)).start()

    def _run(self, *asked: Any) -> None:
        try:
            import duckdb

            # Closing takes a while, in which what was found is already being used.
            with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
                self._found.put((_sought if seeks(*asked) else _gathered)(connection, *asked))
        except BaseException as error:
            self._found.put(error)

    def found(self) -> Any:
        """What the query found: rows as `_gathered` has them, or records as `_sought`, whichever was asked."""
        found = self._found.get()
        if isinstance(found, NotSo):
            raise found
        if isinstance(found, BaseException):
            raise NotSo from found
        return found


def applies(source: Source, wanted: Wanted) -> bool:
    """Whether DuckDB can tell most of what does not match: by days and actors; else it would gather far too much."""
    judged = (wanted.period or wanted.actors) and not (wanted.point or wanted.types or wanted.keys is not None)
    return source.lines is not None and source.size > SMALL and bool(judged)


def seeks(source: Source, layout: Format, wanted: Wanted) -> bool:
    """Whether records are sought by their place: where nothing must be known of those that do not match."""
    return source.size > LARGE and bool(wanted.actors) and not wanted.placed


def matching(scan: Scan, ahead: Ahead | None = None) -> list[list[str]]:
    """The records that may match; `scan.found` is complete then. NotSo where the base way has to do it."""
    layout, key = scan.layout, scan.layout.at[scan.layout.key]
    ahead = ahead or Ahead(scan.source, layout, scan.wanted)
    early = _early_ids(scan) if scan.source.size > LARGE else frozenset()  # while DuckDB reads
    candidates = _of_lines if seeks(scan.source, layout, scan.wanted) else _of_rows
    judge = scan.judge()
    found: list[list[str]] = []
    seen: set[str] = set()
    for record in candidates(scan, ahead.found()):
        if judge(record):
            if record[key] in seen or record[key] in early:
                raise NotSo
            seen.add(record[key])
            found.append(record)
    return found


def _of_rows(scan: Scan, rows: list[tuple[Any, ...]]) -> Iterator[list[str]]:
    """The candidates that came with each point; every id must be one of its own."""
    spots = len(scan.layout.spot) if scan.wanted.placed else 0
    ids: set[int] = set()
    different = 0
    for row in rows:
        number, keys, candidates = row[spots:]
        scan.found.records += number
        if spots:
            ids.update(keys or ())
            scan.found.points[row[:spots]]  # judged, and so noted
        else:
            different = keys
        yield from candidates or ()
    if scan.source.size <= LARGE and (len(ids) if spots else different) < scan.found.records:
        raise NotSo  # an id stands more than once


def _of_lines(scan: Scan, sought: tuple[int, list[tuple[str, bytes]]]) -> Iterator[list[str]]:
    """The candidates as the base way takes them from the bytes, if they are those that DuckDB saw."""
    known_by = _known_by(scan.layout)
    scan.found.records, lines = sought
    for told, line in lines:
        try:
            record = scan.whole(line, 0)
        except DataError as error:
            raise NotSo from error
        if MARK.join(record[at] for at in known_by) != told:
            raise NotSo
        yield record


def _known_by(layout: Format) -> list[int]:
    """The places of the cells by which a record is judged, its id first."""
    columns = (layout.key, *layout.days, *layout.roles, *(column for column, _ in layout.also_names))
    return [layout.at[column] for column in columns if column in layout.at]


def _early_ids(scan: Scan) -> frozenset[str]:
    """The ids of the first records that do not match: as the base way does, no other record may have one of them."""
    first = itertools.islice(filter(None, scan.source.records()), FIRST)
    judge, key = Scan(scan.source, scan.layout, scan.wanted).judge(), scan.layout.at[scan.layout.key]
    ids: dict[str, bool] = {}
    try:
        for record in first:
            if len(record) != scan.layout.width or record[key] in ids:
                raise NotSo
            ids[record[key]] = judge(record)
    except csv.Error as error:
        raise NotSo from error
    return frozenset(id_ for id_, matches in ids.items() if not matches)


def _gathered(connection: Any, source: Source, layout: Format, wanted: Wanted) -> list[tuple[Any, ...]]:
    """A row for each point: its cells, the number of records there, their ids, and the records that may match."""
    names = _names(layout)
    # What tells repeated records apart is not needed where none is repeated.
    spared = layout.only_repeats.union(*(layout.only_for.get(column, ()) for column in wanted.spared))
    read = {layout.at[column] for column in layout.reads - spared if column in layout.at}
    cells = ", ".join(name if i in read else "''" for i, name in enumerate(names))
    spot = [names[layout.at[column]] if column in layout.at else "''" for column in layout.spot if wanted.placed]
    key = names[layout.at[layout.key]]
    different = "list(hash(key))" if spot else "count(DISTINCT hash(key))"
    keys = different if source.size <= LARGE else "NULL"
    spots = [f"spot{i}" for i in range(len(spot))]
    # CASE, so that only the cells of records that may match are put into a list.
    statement = f"""
        SELECT {"".join(f"{name}, " for name in spots)} count(*), {keys},
            list(record) FILTER (WHERE record IS NOT NULL)
        FROM (
            SELECT {"".join(f"{cell} AS {name}, " for cell, name in zip(spot, spots, strict=True))} {key} AS key,
                CASE WHEN {_condition(source, layout, wanted)} THEN [{cells}] END AS record
            FROM {_table(source, layout)}
        )
        {"GROUP BY ALL" if spots else ""}"""
    rows: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
    return rows


def _sought(connection: Any, source: Source, layout: Format, wanted: Wanted) -> tuple[int, list[tuple[str, bytes]]]:
    """The number of records, and of those that may match the cells by which they are known and the lines they take.

    DuckDB takes no more cells out of a record than the question turns on; where a record stands is known by how
    many stand before it, and by its id.
    """
    import numpy as np

    names = _names(layout)
    told = f", '{MARK}', ".join(names[at] for at in _known_by(layout))
    statement = f"""
        SELECT CASE WHEN {_condition(source, layout, wanted)} THEN concat({told}) END AS told
        FROM {_table(source, layout)}"""
    cells = connection.execute(statement).fetchnumpy()["told"]
    numbers = np.flatnonzero(~np.ma.getmaskarray(cells))
    return len(cells), list(_lines(source, len(cells), numbers.tolist(), np.ma.getdata(cells)[numbers].tolist()))


def _lines(source: Source, records: int, numbers: list[int], told: list[str]) -> Iterator[tuple[str, bytes]]:
    """The bytes of some records of a file of so many; each is looked for where it should stand, by its id."""
    assert source.lines is not None
    with source.lines() as file:
        start = file.tell()
        quote = b'"' if file.read(1) == b'"' else b""
        begin = b"\n" + quote + b"%b" + quote + source.delimiter.encode()
        each = (source.size - start) / max(records, 1)
        at, last = start - 1, 0  # the end of the line before the record that is number `last`
        for number, cells in zip(numbers, told, strict=True):
            guess = at + int((number - last) * each)
            at, line = _line(file, begin % cells.partition(MARK)[0].encode(), at, guess)
            last = number
            yield cells, line


def _line(file: IO[bytes], begin: bytes, after: int, guess: int) -> tuple[int, bytes]:
    """The record that begins so, behind a place and near another: where the line end before it is, and its bytes."""
    near, hit = NEAR, -1
    while hit < 0:
        if near > FAR:
            raise NotSo
        start = max(after, guess - near)
        file.seek(start)
        data = file.read(max(guess, start) + near - start)
        hit = data.find(begin)
        near *= 16
    end = data.find(b"\n", hit + 1) + 1
    while not end or data.count(b'"', hit, end) & 1:  # the line goes on behind the data, or the record behind the line
        if not end:
            more = file.read(NEAR)
            data += more
            if not more:
                end = len(data)
                break
        end = data.find(b"\n", max(end, hit + 1)) + 1
    return start + hit, data[hit + 1 : end]


def _names(layout: Format) -> list[str]:
    return [f"c{i}" for i in range(layout.width)]


def _table(source: Source, layout: Format) -> str:
    """The records as DuckDB is to read them."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _names(layout))
    return f"""read_csv(
        {sql.path(source.path)}, auto_detect = false, header = false, skip = {source.head_lines},
        delim = {sql.text(source.delimiter)}, quote = '"', escape = '"', strict_mode = true, buffer_size = {BUFFER},
        columns = {{{columns}}}, force_not_null = [{sql.texts(_names(layout))}])"""


def _condition(source: Source, layout: Format, wanted: Wanted) -> str:
    """What every record that may match fulfils, as cheap to test as can be; an odd date may be any."""
    names = _names(layout)
    sample = list(itertools.islice(source.records(), SAMPLE))
    if not sample or not all(ISO.fullmatch(sample[0][layout.at[column]]) for column in layout.days):
        raise NotSo  # days are compared as text
    when, who = [], "true"
    start, end = (names[layout.at[column]] for column in (layout.days[0], layout.days[-1]))
    first, last = wanted.period or (None, None)
    if first is not None:
        when.append(f"{end} >= '{first - MARGIN}'")
    if last is not None:
        when.append(f"{start} <= '{last + MARGIN}~'")
    if wanted.actors:
        concordance = Concordance()
        tokens = _telling(concordance.spellings(frozenset().union(*wanted.actors)))
        if tokens:
            # A cell beyond ASCII may hold a word under accents.
            pattern = rf"(?i){'|'.join(tokens)}|[^\x00-\x7f]"
            roles = [layout.at[column] for column in layout.roles if column in layout.at]
            # Names that stand in many records and are none of these are told by a look, which is cheaper.
            often = Counter(record[at] for record in sample for at in roles if not re.search(pattern, record[at]))
            others = sql.texts(name for name, _ in often.most_common(COMMON)) or "''"
            tests = [f"({names[at]} NOT IN ({others}) AND regexp_matches({names[at]}, '{pattern}'))" for at in roles]
            tests += [f"trim({names[layout.at[column]]}) NOT IN ('', '0')" for column, _ in layout.also_names]
            who = f"({' OR '.join(tests)})"
    odd = " OR ".join(_odd(day) for day in dict.fromkeys((start, end)))
    return f"({' AND '.join(when) or 'true'} OR {odd}) AND {who}"


def _odd(day: str) -> str:
    """Whether a cell holds no day: most hold one in ten letters, for which a cast is enough."""
    no_day = f"TRY_CAST({day} AS DATE) IS NULL OR substr({day}, 5, 1) <> '-'"
    longer = f"NOT regexp_full_match({day}, '{ISO.pattern}') OR TRY_CAST(left({day}, 10) AS DATE) IS NULL"
    return f"CASE WHEN strlen({day}) = 10 THEN {no_day} ELSE {longer} END"


def _telling(spellings: Iterable[str]) -> list[str]:
    """A few words of which each spelling has one; none if a spelling has no word of plain letters."""
    left = [set(TOKEN.findall(fold(name))) for name in spellings]
    if not all(left):
        return []
    chosen: list[str] = []
    while left:
        counts: dict[str, int] = {}
        for token in itertools.chain.from_iterable(left):
            counts[token] = counts.get(token, 0) + 1
        best = max(counts, key=lambda token: (counts[token], len(token), token))
        chosen.append(best)
        left = [tokens for tokens in left if best not in tokens]
    return chosen
