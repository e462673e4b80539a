"""The same pass by DuckDB, for large plain CSV files: what may match, and the points of all records, in one query.

DuckDB finds more than match, never less; each record found is judged once more by the rules of the base way. Where
anything is not as it should be (a fault, a repeated id, an error of DuckDB's own) the base way reads the file again
and words it, so that the answer is the same with and without this.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import re
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mali_cli import sql
from mali_cli.names import fold
from mali_cli.readers.concordance import Concordance
from mali_cli.readers.dates import ISO
from mali_cli.readers.formats import Format
from mali_cli.readers.scan import FIRST, LARGE, MARGIN, Scan, Wanted
from mali_cli.readers.sources import Source

SMALL = 32 << 20  # below this size reading is done before DuckDB is loaded
BUFFER = 16 << 20  # half of what DuckDB takes by itself: two threads then wait less for each other
SAMPLE = 200  # records of the beginning that are looked at
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
        threading.Thread(target=self._run, args=(source, layout, wanted), daemon=True).start()

    def _run(self, *asked: Any) -> None:
        try:
            import duckdb

            # Closing takes a while, in which what was found is already being used.
            with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
                self._found.put(_rows(connection, *asked))
        except BaseException as error:
            self._found.put(error)

    def rows(self) -> list[tuple[Any, ...]]:
        """A row for each point: its cells, the number of records there, and those that may match."""
        found = self._found.get()
        if isinstance(found, NotSo):
            raise found
        if isinstance(found, BaseException):
            raise NotSo from found
        return list(found)


def applies(source: Source, wanted: Wanted) -> bool:
    """Whether DuckDB can tell most of what does not match: by days and actors; else it would gather far too much."""
    judged = (wanted.period or wanted.actors) and not (wanted.point or wanted.types or wanted.keys is not None)
    return source.lines is not None and source.size > SMALL and bool(judged)


def matching(scan: Scan, ahead: Ahead | None = None) -> list[list[str]]:
    """The records that may match; `scan.found` is complete then. NotSo where the base way has to do it."""
    layout = scan.layout
    ahead = ahead or Ahead(scan.source, layout, scan.wanted)
    if scan.source.size > LARGE:
        _refuse_early_repeats(scan)  # while DuckDB reads
    rows = ahead.rows()
    spots = len(layout.spot) if scan.wanted.placed else 0
    judge = scan.judge()
    ids: set[int] = set()
    found: list[list[str]] = []
    records = different = 0
    seen: set[str] = set()
    key = layout.at[layout.key]
    for row in rows:
        number, keys, candidates = row[spots:]
        records += number
        if spots:
            ids.update(keys or ())
            scan.found.points[row[:spots]]  # judged, and so noted
        else:
            different = keys
        for record in candidates or ():
            if judge(record):
                if record[key] in seen:
                    raise NotSo
                seen.add(record[key])
                found.append(record)
    if scan.source.size <= LARGE and (len(ids) if spots else different) < records:
        raise NotSo  # an id stands more than once
    scan.found.records = records
    return found


def _refuse_early_repeats(scan: Scan) -> None:
    """As the base way does with a large file: all of it is read if one of the first records repeats another."""
    first = Scan(scan.source, scan.layout, Wanted(keys=frozenset()), most=FIRST)
    for _ in first:
        pass
    if first.found.repeated:
        raise NotSo


def _rows(connection: Any, source: Source, layout: Format, wanted: Wanted) -> list[tuple[Any, ...]]:
    sample = list(itertools.islice(source.records(), SAMPLE))
    if not sample or not all(ISO.fullmatch(sample[0][layout.at[column]]) for column in layout.days):
        raise NotSo  # days are compared as text
    names = [f"c{i}" for i in range(layout.width)]
    # What tells repeated records apart is not needed where none is repeated.
    spared = layout.only_repeats.union(*(layout.only_for.get(column, ()) for column in wanted.spared))
    read = {layout.at[column] for column in layout.reads - spared if column in layout.at}
    cells = ", ".join(name if i in read else "''" for i, name in enumerate(names))
    spot = [names[layout.at[column]] if column in layout.at else "''" for column in layout.spot if wanted.placed]
    key = names[layout.at[layout.key]]
    different = "list(hash(key))" if spot else "count(DISTINCT hash(key))"
    keys = different if source.size <= LARGE else "NULL"
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    spots = [f"spot{i}" for i in range(len(spot))]
    # CASE, so that only the cells of records that may match are put into a list.
    statement = f"""
        SELECT {"".join(f"{name}, " for name in spots)} count(*), {keys},
            list(record) FILTER (WHERE record IS NOT NULL)
        FROM (
            SELECT {"".join(f"{cell} AS {name}, " for cell, name in zip(spot, spots, strict=True))} {key} AS key,
                CASE WHEN {_condition(layout, wanted, names, sample)} THEN [{cells}] END AS record
            FROM read_csv(
                ?, auto_detect = false, header = false, skip = {source.head_lines}, delim = ?, quote = '"',
                escape = '"', strict_mode = true, buffer_size = {BUFFER}, columns = {{{columns}}},
                force_not_null = [{", ".join(f"'{name}'" for name in names)}]
            )
        )
        {"GROUP BY ALL" if spots else ""}"""
    rows: list[tuple[Any, ...]] = connection.execute(statement, [str(source.path), source.delimiter]).fetchall()
    return rows


def _condition(layout: Format, wanted: Wanted, names: list[str], sample: list[list[str]]) -> str:
    """What every record that may match fulfils, as cheap to test as can be; an odd date may be any."""
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
