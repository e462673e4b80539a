"""Events and sums computed a second time in plain Python from the CSV files: no pandas, none of our code."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

Row = dict[str, str]

VIOLENT = {"Battles", "Explosions/Remote violence", "Violence against civilians", "Riots"}


def read(folder: Path, name: str) -> list[Row]:
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def descendants(rows: list[Row], key: str, above: str, name: str) -> set[str]:
    found = {name}
    while True:
        more = {row[key] for row in rows if set(split(row[above])) & found} | found
        if more == found:
            return found
        found = more


def fold(text: str) -> str:
    text = text.replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()


def word_occurs(word: str, text: str) -> bool:
    words = re.findall(r"\w+(?:'\w+)*", text)
    return any(found in (word, f"{word}s", f"{word}es", f"{word}'s") for found in words)


def events(
    folder: Path,
    since: str = "0000-01-01",
    until: str = "9999-12-31",
    dates: str = "certain",
    actor: str | None = None,
    place: str | None = None,
    country: str | None = None,
    type: str | None = None,
    text: str | None = None,
) -> list[str]:
    """Return the ids of the events that match; since and until are days. Of all dates, the certain ones come first."""
    groups, places, figures = read(folder, "groups"), read(folder, "places"), read(folder, "casualties")
    country_of = {row["place"]: row["country"] for row in places}
    actors = descendants(groups, "group", "part_of", actor) if actor else set()
    wanted_places = descendants(places, "place", "within", place) if place else set()
    found: dict[bool, list[str]] = {True: [], False: []}  # certain, and only possible
    for row in read(folder, "events"):
        meets = row["date_end"] >= since and row["date_start"] <= until
        inside = row["date_start"] >= since and row["date_end"] <= until
        certain = inside or row["date_precision"] == "day"
        if not meets or dates == ("possible" if certain else "certain"):
            continue
        roles = {name for role in ("side_a", "side_b", "responsibility") for name in split(row[role])}
        roles |= {name for f in figures if f["event_id"] == row["event_id"] for name in split(f["group"])}
        if actor and not roles & actors:
            continue
        if place and not wanted_places & set(split(row["place"])):
            continue
        if country and country not in {country_of.get(p) for p in split(row["place"])}:
            continue
        if type and type not in (row["event_type"], row["sub_event_type"]):
            continue
        if text and not all(word_occurs(fold(word), fold(f"{row['summary']}. {row['note']}")) for word in text.split()):
            continue
        found[certain].append(row["event_id"])
    return found[True] + found[False]


def bounds(figure: Row) -> tuple[int, int, int] | None:
    low, best, high = (int(figure[c]) if figure[c] else None for c in ("low", "best", "high"))
    stated = [n for n in (low, best, high) if n is not None]
    if not stated:
        return None

    def first(*numbers: int | None) -> int:
        return next(n for n in numbers if n is not None)

    return first(low, best, high), first(best, low, high), first(high, best, low)


class Tally:
    """The current hostile figures about the same people."""

    def __init__(self, figures: list[Row]) -> None:
        figures = sorted(figures, key=lambda f: int(f["rank"]))
        self.name = figures[0]["tally"]
        self.part_of = figures[0]["part_of"]
        self.figures = figures
        with_bounds = [(bounds(f), f) for f in figures]
        numbered = [(b, f) for b, f in with_bounds if b is not None]
        self.has_number = bool(numbered)
        if numbered:
            self.low = min(b[0] for b, _ in numbered)
            self.best = numbered[0][0][1]
            self.high = max(b[2] for b, _ in numbered)
            self.bounded = any(f["low"] or f["high"] for f in figures)
            self.open = any(f["open"] == "true" and b[2] == self.high for b, f in numbered)

    def value(self, key: str, event: Row) -> str:
        if key == "year":
            first = self.figures[0]
            return first["date_start"][:4] if first["date_start"][:4] == first["date_end"][:4] else ""
        if key in ("place", "event_type"):
            return event.get(key, "")
        return next((f[key] for f in self.figures if f[key]), "")


def sums(folder: Path, key: str | None = None, **where: str) -> dict[str, dict[str, object]]:
    """Return the people killed in events per value of a key: low, best, high, open, unknown, events; '' without a key."""
    by_event = {row["event_id"]: row for row in read(folder, "events")}
    everything = read(folder, "casualties")
    above = {f["tally"]: f["part_of"] for f in everything}
    grouped: dict[str, list[Row]] = {}
    for f in everything:
        counts = f["scope"] == "event" and f["harm"] == "killed" and f["status"] == "current"
        if counts and f["cause"] in ("", "hostile") and all(f[c] == v for c, v in where.items()):
            grouped.setdefault(f["tally"], []).append(f)
    tallies = {name: Tally(figures) for name, figures in grouped.items()}

    def whole_of(name: str) -> str:
        name = above[name]
        while name and name not in tallies:
            name = above.get(name, "")
        return name

    def value(name: str) -> str:
        tally = tallies[name]
        own = tally.value(key, by_event[tally.figures[0]["event_id"]]) if key else ""
        return own or (value(whole_of(name)) if whole_of(name) else "")

    rows: dict[str, dict[str, object]] = {}

    def row(name: str) -> dict[str, object]:
        blank: dict[str, object] = {
            "low": None,
            "best": None,
            "high": None,
            "open": False,
            "unknown": 0,
            "events": set(),
        }
        return rows.setdefault(value(name), blank)

    def add(name: str) -> tuple[int, int, int]:
        """Add the tally and its parts to the rows, and return their sum."""
        tally = tallies[name]
        parts = [add(part) for part in tallies if whole_of(part) == name]
        in_parts = tuple(sum(numbers) for numbers in zip(*parts, strict=True)) if parts else (0, 0, 0)
        inside = bool(whole_of(name)) and value(whole_of(name)) == value(name)
        if not tally.has_number:
            row(name)["unknown"] += 0 if inside else 1  # type: ignore[operator]
            row(name)["events"].add(tally.figures[0]["event_id"])  # type: ignore[attr-defined]
            return in_parts  # type: ignore[return-value]
        numbers = (tally.low, tally.best, tally.high)
        if inside and not tally.bounded and tallies[whole_of(name)].has_number:
            numbers = (0, tally.best, 0)  # it says no bounds; those of the whole hold
        rest = tuple(max(0, n - t) for n, t in zip(numbers, in_parts, strict=True))
        if any(rest) or not parts:
            here = row(name)
            for bound, n in zip(("low", "best", "high"), rest, strict=True):
                here[bound] = (here[bound] or 0) + n  # type: ignore[operator]
            here["open"] = here["open"] or (tally.open and not inside)
            here["events"].add(tally.figures[0]["event_id"])  # type: ignore[attr-defined]
        return tuple(t + r for t, r in zip(in_parts, rest, strict=True))  # type: ignore[return-value]

    for name in tallies:
        if not whole_of(name):
            add(name)
    return rows
