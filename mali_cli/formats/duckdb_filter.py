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

from mali_cli.errors import DataError
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.dates import ISO
from mali_cli.formats.row_filter import DATE_SLACK, ID_SAMPLE_RECORDS, LARGE_FILE_BYTES, RowFilter, RowScanner
from mali_cli.formats.table_file import TableFile
from mali_cli.model.names import normalize_name
from mali_cli.storage import sql_literals

DUCKDB_MIN_BYTES = 32 << 20  # below this size reading is done before DuckDB is loaded
BUFFER_BYTES = 16 << 20  # half of what DuckDB takes by itself: two threads then wait less for each other
SAMPLE_RECORDS = 200  # records of the beginning that are looked at
NEAR, FAR = 4 << 10, 16 << 20  # bytes around the place where a record should stand, looked at first and at last
SEPARATOR = "\x1f"  # between the cells by which a record is known again
FREQUENT_NAMES = 16
TOKEN = re.compile(r"[a-z0-9]+")


class FastPathUnavailable(Exception):
    """The fast way does not apply here; the base way tells why, or does it."""


class BackgroundScan:
    """A pass that runs in a thread of its own while pandas is still being loaded.

    DuckDB is loaded before it: two packages loaded at once only wait for each other.
    """

    def __init__(self, source: TableFile, layout: FormatAdapter, wanted: RowFilter) -> None:
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
                self._found.put((_query_offsets if uses_seek(*asked) else _query_rows)(connection, *asked))
        except BaseException as error:
            self._found.put(error)

    def found(self) -> Any:
        """What the query found: rows as `_gathered` has them, or records as `_sought`, whichever was asked."""
        found = self._found.get()
        if isinstance(found, FastPathUnavailable):
            raise found
        if isinstance(found, BaseException):
            raise FastPathUnavailable from found
        return found


def is_applicable(source: TableFile, wanted: RowFilter) -> bool:
    """Whether DuckDB can tell most of what does not match: by days and actors; else it would gather far too much."""
    judged = (wanted.period or wanted.actors) and not (wanted.location_test or wanted.types or wanted.keys is not None)
    return source.open_lines is not None and source.size > DUCKDB_MIN_BYTES and bool(judged)


def uses_seek(source: TableFile, layout: FormatAdapter, wanted: RowFilter) -> bool:
    """Whether records are sought by their place: where nothing must be known of those that do not match."""
    return source.size > LARGE_FILE_BYTES and bool(wanted.actors) and not wanted.needs_locations


def matching_records(scan: RowScanner, ahead: BackgroundScan | None = None) -> list[list[str]]:
    """The records that may match; `scan.found` is complete then. NotSo where the base way has to do it."""
    layout, key = scan.layout, scan.layout.column_index[scan.layout.key]
    ahead = ahead or BackgroundScan(scan.source, layout, scan.wanted)
    early = _nonmatching_ids_in_head(scan) if scan.source.size > LARGE_FILE_BYTES else frozenset()  # while DuckDB reads
    candidates = _records_from_bytes if uses_seek(scan.source, layout, scan.wanted) else _records_from_rows
    judge = scan.make_predicate()
    found: list[list[str]] = []
    seen: set[str] = set()
    for record in candidates(scan, ahead.found()):
        if judge(record):
            if record[key] in seen or record[key] in early:
                raise FastPathUnavailable
            seen.add(record[key])
            found.append(record)
    return found


def _records_from_rows(scan: RowScanner, rows: list[tuple[Any, ...]]) -> Iterator[list[str]]:
    """The candidates that came with each point; every id must be one of its own."""
    spots = len(scan.layout.location_columns) if scan.wanted.needs_locations else 0
    ids: set[int] = set()
    different = 0
    for row in rows:
        number, keys, candidates = row[spots:]
        scan.stats.records += number
        if spots:
            ids.update(keys or ())
            scan.stats.points[row[:spots]]  # judged, and so noted
        else:
            different = keys
        yield from candidates or ()
    if scan.source.size <= LARGE_FILE_BYTES and (len(ids) if spots else different) < scan.stats.records:
        raise FastPathUnavailable  # an id stands more than once


def _records_from_bytes(scan: RowScanner, sought: tuple[int, list[tuple[str, bytes]]]) -> Iterator[list[str]]:
    """The candidates as the base way takes them from the bytes, if they are those that DuckDB saw."""
    known_by = _fingerprint_columns(scan.layout)
    scan.stats.records, lines = sought
    for told, line in lines:
        try:
            record = scan.parse_line(line, 0)
        except DataError as error:
            raise FastPathUnavailable from error
        if SEPARATOR.join(record[at] for at in known_by) != told:
            raise FastPathUnavailable
        yield record


def _fingerprint_columns(layout: FormatAdapter) -> list[int]:
    """The places of the cells by which a record is judged, its id first."""
    columns = (layout.key, *layout.date_columns, *layout.actor_columns, *(column for column, _ in layout.flag_columns))
    return [layout.column_index[column] for column in columns if column in layout.column_index]


def _nonmatching_ids_in_head(scan: RowScanner) -> frozenset[str]:
    """The ids of the first records that do not match: as the base way does, no other record may have one of them."""
    first = itertools.islice(filter(None, scan.source.records()), ID_SAMPLE_RECORDS)
    judge, key = (
        RowScanner(scan.source, scan.layout, scan.wanted).make_predicate(),
        scan.layout.column_index[scan.layout.key],
    )
    ids: dict[str, bool] = {}
    try:
        for record in first:
            if len(record) != scan.layout.width or record[key] in ids:
                raise FastPathUnavailable
            ids[record[key]] = judge(record)
    except csv.Error as error:
        raise FastPathUnavailable from error
    return frozenset(id_ for id_, matches in ids.items() if not matches)


def _query_rows(connection: Any, source: TableFile, layout: FormatAdapter, wanted: RowFilter) -> list[tuple[Any, ...]]:
    """A row for each point: its cells, the number of records there, their ids, and the records that may match."""
    names = _column_names(layout)
    # What tells repeated records apart is not needed where none is repeated.
    spared = layout.dedup_only_columns.union(
        *(layout.columns_used_only_for.get(column, ()) for column in wanted.skipped_columns)
    )
    read = {layout.column_index[column] for column in layout.used_columns - spared if column in layout.column_index}
    cells = ", ".join(name if i in read else "''" for i, name in enumerate(names))
    spot = [
        names[layout.column_index[column]] if column in layout.column_index else "''"
        for column in layout.location_columns
        if wanted.needs_locations
    ]
    key = names[layout.column_index[layout.key]]
    different = "list(hash(key))" if spot else "count(DISTINCT hash(key))"
    keys = different if source.size <= LARGE_FILE_BYTES else "NULL"
    spots = [f"spot{i}" for i in range(len(spot))]
    # CASE, so that only the cells of records that may match are put into a list.
    statement = f"""
        SELECT {"".join(f"{name}, " for name in spots)} count(*), {keys},
            list(record) FILTER (WHERE record IS NOT NULL)
        FROM (
            SELECT {"".join(f"{cell} AS {name}, " for cell, name in zip(spot, spots, strict=True))} {key} AS key,
                CASE WHEN {_where_clause(source, layout, wanted)} THEN [{cells}] END AS record
            FROM {_table_expression(source, layout)}
        )
        {"GROUP BY ALL" if spots else ""}"""
    rows: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
    return rows


def _query_offsets(
    connection: Any, source: TableFile, layout: FormatAdapter, wanted: RowFilter
) -> tuple[int, list[tuple[str, bytes]]]:
    """The number of records, and of those that may match the cells by which they are known and the lines they take.

    DuckDB takes no more cells out of a record than the question turns on; where a record stands is known by how
    many stand before it, and by its id.
    """
    import numpy as np

    names = _column_names(layout)
    told = f", '{SEPARATOR}', ".join(names[at] for at in _fingerprint_columns(layout))
    statement = f"""
        SELECT CASE WHEN {_where_clause(source, layout, wanted)} THEN concat({told}) END AS told
        FROM {_table_expression(source, layout)}"""
    cells = connection.execute(statement).fetchnumpy()["told"]
    numbers = np.flatnonzero(~np.ma.getmaskarray(cells))
    return len(cells), list(_lines(source, len(cells), numbers.tolist(), np.ma.getdata(cells)[numbers].tolist()))


def _lines(source: TableFile, records: int, numbers: list[int], told: list[str]) -> Iterator[tuple[str, bytes]]:
    """The bytes of some records of a file of so many; each is looked for where it should stand, by its id."""
    assert source.open_lines is not None
    with source.open_lines() as file:
        start = file.tell()
        quote = b'"' if file.read(1) == b'"' else b""
        begin = b"\n" + quote + b"%b" + quote + source.delimiter.encode()
        each = (source.size - start) / max(records, 1)
        at, last = start - 1, 0  # the end of the line before the record that is number `last`
        for number, cells in zip(numbers, told, strict=True):
            guess = at + int((number - last) * each)
            at, line = _line(file, begin % cells.partition(SEPARATOR)[0].encode(), at, guess)
            last = number
            yield cells, line


def _line(file: IO[bytes], begin: bytes, after: int, guess: int) -> tuple[int, bytes]:
    """The record that begins so, behind a place and near another: where the line end before it is, and its bytes."""
    near, hit = NEAR, -1
    while hit < 0:
        if near > FAR:
            raise FastPathUnavailable
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


def _column_names(layout: FormatAdapter) -> list[str]:
    return [f"c{i}" for i in range(layout.width)]


def _table_expression(source: TableFile, layout: FormatAdapter) -> str:
    """The records as DuckDB is to read them."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _column_names(layout))
    return f"""read_csv(
        {sql_literals.path_literal(source.path)}, auto_detect = false, header = false, skip = {source.header_lines},
        delim = {sql_literals.literal(source.delimiter)}, quote = '"', escape = '"', strict_mode = true,
        buffer_size = {BUFFER_BYTES},
        columns = {{{columns}}}, force_not_null = [{sql_literals.literal_list(_column_names(layout))}])"""


def _where_clause(source: TableFile, layout: FormatAdapter, wanted: RowFilter) -> str:
    """What every record that may match fulfils, as cheap to test as can be; an odd date may be any."""
    names = _column_names(layout)
    sample = list(itertools.islice(source.records(), SAMPLE_RECORDS))
    if not sample or not all(ISO.fullmatch(sample[0][layout.column_index[column]]) for column in layout.date_columns):
        raise FastPathUnavailable  # days are compared as text
    when, who = [], "true"
    start, end = (names[layout.column_index[column]] for column in (layout.date_columns[0], layout.date_columns[-1]))
    first, last = wanted.period or (None, None)
    if first is not None:
        when.append(f"{end} >= '{first - DATE_SLACK}'")
    if last is not None:
        when.append(f"{start} <= '{last + DATE_SLACK}~'")
    if wanted.actors:
        concordance = NameCrosswalk()
        tokens = _minimal_token_cover(concordance.spellings(frozenset().union(*wanted.actors)))
        if tokens:
            # A cell beyond ASCII may hold a word under accents.
            pattern = rf"(?i){'|'.join(tokens)}|[^\x00-\x7f]"
            roles = [layout.column_index[column] for column in layout.actor_columns if column in layout.column_index]
            # Names that stand in many records and are none of these are told by a look, which is cheaper.
            often = Counter(record[at] for record in sample for at in roles if not re.search(pattern, record[at]))
            others = sql_literals.literal_list(name for name, _ in often.most_common(FREQUENT_NAMES)) or "''"
            tests = [f"({names[at]} NOT IN ({others}) AND regexp_matches({names[at]}, '{pattern}'))" for at in roles]
            tests += [
                f"trim({names[layout.column_index[column]]}) NOT IN ('', '0')" for column, _ in layout.flag_columns
            ]
            who = f"({' OR '.join(tests)})"
    odd = " OR ".join(_unparseable_date_sql(day) for day in dict.fromkeys((start, end)))
    return f"({' AND '.join(when) or 'true'} OR {odd}) AND {who}"


def _unparseable_date_sql(day: str) -> str:
    """Whether a cell holds no day: most hold one in ten letters, for which a cast is enough."""
    no_day = f"TRY_CAST({day} AS DATE) IS NULL OR substr({day}, 5, 1) <> '-'"
    longer = f"NOT regexp_full_match({day}, '{ISO.pattern}') OR TRY_CAST(left({day}, 10) AS DATE) IS NULL"
    return f"CASE WHEN strlen({day}) = 10 THEN {no_day} ELSE {longer} END"


def _minimal_token_cover(spellings: Iterable[str]) -> list[str]:
    """A few words of which each spelling has one; none if a spelling has no word of plain letters."""
    left = [set(TOKEN.findall(normalize_name(name))) for name in spellings]
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
