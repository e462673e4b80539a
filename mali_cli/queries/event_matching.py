"""The same events in two datasets: which pairs are one event, by which rule, and what the two tell differently.

docs/compare.md accounts for every rule and number here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.model.geo import kilometres
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.model.vocabulary import AREAL_PRECISIONS
from mali_cli.queries import list_columns
from mali_cli.queries.events import violent
from mali_cli.results import pluralize

BOTH, ONLY_OURS, ONLY_THEIRS = "both", "only ours", "only theirs"

# What a score is made of; figures of people killed are no part of it, for they are what is to be compared.
DAYS, PLACE, ACTORS, KIND = 0.3, 0.3, 0.3, 0.1
INEXACT_WEIGHT = 0.75  # of its worth, where a date is not known to the day or a place only as near
LONG_DAYS = 31  # days; what may have happened at any time within more says little by its date
LONG_WEIGHT = 0.5

IMPRECISE_PLACES = (
    "district",
    "region",
    "area",
    "country",
)  # place precisions whose point stands in for something larger
NAMESAKES_KM = 50.0  # points of one name farther apart are two places
COLLECTIVE_KINDS = ("civilian", "collective")  # kinds of group that are words for people rather than an actor
STRATEGIC = "Strategic developments"
REMOTE = "Explosions/Remote violence"
COMPATIBLE = (frozenset({"Battles", REMOTE}), frozenset({"Violence against civilians", REMOTE}))

# How two places meet, from weak to strong.
APART, REGION, NEARBY, SAME = -1, 0, 1, 2

BATCH_PAIRS = 2_000_000  # pairs looked at in one go, which bounds the memory

Ints = npt.NDArray[np.int64]
T = TypeVar("T")


class EventSet(NamedTuple):
    """One of the two datasets: its events as `mali events` answers them, and its places and groups."""

    events: pd.DataFrame
    places: pd.DataFrame
    groups: pd.DataFrame


class MatchWindow(NamedTuple):
    """How far two events may lie apart to be one."""

    days: int
    km: float


class EventType(NamedTuple):
    """Event type, with the sub-event type where the type alone says little, and whether it is violent."""

    type: str | None
    sub_type: str | None
    violent: bool


class ActorOverlap(NamedTuple):
    """What the sides of two events have in common."""

    worth: float  # 0 to 1
    sides: int  # on how many of the two sides they share a group
    through: bool  # whether on one of these only through part_of
    named: bool  # whether one of the groups shared is more than a crowd
    names: str | None  # the groups shared, as a list cell


def comparison_table(ours: EventSet, theirs: EventSet, reach: MatchWindow) -> pd.DataFrame:
    """The columns of 'compare' in datapackage.json: pairs in order of time, then what only ours or theirs has.

    The answer does not depend on the order of the rows of any table.
    """
    pairs = greedy_match(ours, theirs, reach)
    alone = [np.setdiff1d(np.arange(len(side.events)), pairs[at]) for side, at in ((ours, "a"), (theirs, "b"))]
    none = [np.full(len(rows), -1) for rows in alone]
    our = _rows(ours.events, np.concatenate([pairs["a"].to_numpy(dtype=np.int64), alone[0], none[1]]))
    their = _rows(theirs.events, np.concatenate([pairs["b"].to_numpy(dtype=np.int64), none[0], alone[1]]))
    found = pairs.reindex(range(len(our)))
    match = np.repeat([BOTH, ONLY_OURS, ONLY_THEIRS], [len(pairs), len(alone[0]), len(alone[1])])
    table = pd.DataFrame(
        {
            "match": match.astype(object),
            "ours": our["event_id"],
            "theirs": their["event_id"],
            "date": our["date_start"].fillna(their["date_start"]),
            "date_theirs": their["date_start"],
            "days_apart": found["days"].astype("Int64"),
            "km_apart": found["km"].astype(float).round(1),
            "place": our["place"],
            "place_theirs": their["place"],
            "sides": found["names"],
            **{f"killed_{bound}": our[f"killed_{bound}"] for bound in ("low", "best", "high")},
            **{f"killed_theirs_{bound}": their[f"killed_{bound}"] for bound in ("low", "best", "high")},
            "rule": found["rule"],
            "score": found["score"].astype(float),
            "summary": our["summary"],
            "summary_theirs": their["summary"],
        }
    )
    table["differs"] = differences(our.head(len(pairs)), their.head(len(pairs)), pairs).astype(object)
    for name, values in table.select_dtypes(["object", "str"]).items():
        table[name] = values.astype(object).where(values.notna(), None)
    order = table["match"].map({BOTH: 0, ONLY_OURS: 1, ONLY_THEIRS: 2})
    table = table.assign(order=order).sort_values(["order", "date", "ours", "theirs"], ignore_index=True)
    return table.drop(columns="order")


def _rows(events: pd.DataFrame, at: Ints) -> pd.DataFrame:
    """The events at these positions, blank rows where a position is -1."""
    return events.reset_index(drop=True).reindex(at).reset_index(drop=True)


def differences(our: pd.DataFrame, their: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Of each pair a list cell of what the two tell differently; what one of them does not tell is no difference."""

    def unlike(name: str) -> pd.Series:
        told = our[name].notna() & their[name].notna()
        return told & (our[name] != their[name]).fillna(False).astype(bool)

    sides = zip(our["side_a"], our["side_b"], their["side_a"], their["side_b"], strict=True)
    differ = pd.DataFrame(
        {
            "date": pairs["days"] > 0,
            "place": ~(pairs["spot"].astype(bool) | (pairs["km"].astype(float).round(1) == 0)),
            "type": unlike("event_type"),
            "killed": unlike("killed_best"),
            "actors": [_parties(a, b) != _parties(c, d) for a, b, c, d in sides],
        }
    )
    return pd.Series([list_columns.join(differ.columns[row]) for row in differ.to_numpy(dtype=bool)], dtype=object)


def _parties(a: object, b: object) -> frozenset[frozenset[str]]:
    """The two sides, whichever of them comes first."""
    return frozenset({frozenset(list_columns.split(a)), frozenset(list_columns.split(b))})


def comparable_mask(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Mask of our events that are violent, or of a kind that theirs has too.

    No foreign file tells of declarations or resolutions; that it lacks ours says nothing about it.
    """
    codes, kinds = _factorize(_event_types(ours))
    _, others = _factorize(_event_types(theirs))
    holds = [kind.violent or any(type_similarity(kind, other) > 0 for other in others) for kind in kinds]
    return pd.Series(np.array(holds, dtype=bool)[codes], index=ours.index)


def greedy_match(ours: EventSet, theirs: EventSet, reach: MatchWindow) -> pd.DataFrame:
    """The pairs chosen, each event in at most one: positions a and b, days, km, place, names, rule, score.

    The best pair comes first and takes its two events, then the best of what is left: by score, then the
    fewest days and kilometres, then the ids.
    """
    found = candidate_pairs(ours, theirs, reach)
    ids = {
        "ours": ours.events["event_id"].to_numpy()[found["a"]],
        "theirs": theirs.events["event_id"].to_numpy()[found["b"]],
    }
    found = found.assign(**ids).sort_values(
        ["score", "days", "km", "ours", "theirs"], ascending=[False, True, True, True, True], ignore_index=True
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    chosen = []
    for at, (a, b) in enumerate(zip(found["a"].tolist(), found["b"].tolist(), strict=True)):
        if a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
            chosen.append(at)
    return found.loc[chosen].reset_index(drop=True)


def candidate_pairs(ours: EventSet, theirs: EventSet, reach: MatchWindow) -> pd.DataFrame:
    """Every pair that one of the rules allows, with its score; columns as in `matched`."""
    our_codes, our_kinds = _factorize(_event_types(ours.events))
    their_codes, their_kinds = _factorize(_event_types(theirs.events))
    like = np.array([type_similarity(one, other) for one in our_kinds for other in their_kinds], dtype=float)
    like = like.reshape(len(our_kinds), len(their_kinds))
    left = event_locations(ours, dict(zip(ours.places["place"], ours.places["place"], strict=True)))
    right = event_locations(theirs, place_crosswalk(theirs.places, ours.places))
    parts = []
    for i, j in _temporal_candidates(left, right, reach.days):
        a, b = left["at"].to_numpy()[i], right["at"].to_numpy()[j]
        alike = like[our_codes[a], their_codes[b]] > 0
        part = _spatial_relation(left, right, i[alike], j[alike], reach.km)
        part["a"], part["b"], part["days"] = a[alike], b[alike], _gap(left, right, i[alike], j[alike])
        for flag in ("long", "inexact", "near"):
            part[flag] = left[flag].to_numpy(dtype=bool)[i[alike]] | right[flag].to_numpy(dtype=bool)[j[alike]]
        parts.append(part[part["place"] > APART])
    found = pd.concat(parts, ignore_index=True)
    # Of the places of one pair of events, those that meet best.
    found = found.sort_values(["a", "b", "place", "km", "near"], ascending=[True, True, False, True, True])
    found = found.drop_duplicates(["a", "b"], ignore_index=True)
    found["kind"] = like[our_codes[found["a"]], their_codes[found["b"]]]
    return _scored(_with_actors(found, ours, theirs), reach)


def _with_actors(found: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """The pairs whose actors allow it, with what they share and the words of the rule."""
    above = ancestor_groups(ours.groups, theirs.groups)
    crowds = frozenset().union(*(_collective_actors(side.groups) for side in (theirs, ours)))
    our_codes, our_sides = _factorize(zip(ours.events["side_a"], ours.events["side_b"], strict=True))
    their_codes, their_sides = _factorize(zip(theirs.events["side_a"], theirs.events["side_b"], strict=True))
    a, b = our_codes[found["a"]], their_codes[found["b"]]
    once, which = np.unique(a * max(len(their_sides), 1) + b, return_inverse=True)
    told = [
        actor_overlap(our_sides[at // len(their_sides)], their_sides[at % len(their_sides)], above, crowds)
        for at in once.tolist()
    ]
    types = {"worth": float, "sides": int, "through": bool, "named": bool, "names": object}
    common = pd.DataFrame(told, columns=list(ActorOverlap._fields)).astype(types)
    found = found.join(common.take(which).reset_index(drop=True))
    opposed = (found["sides"] == 2) & found["named"]
    allowed = (found["sides"] > 0) & ((found["place"] > REGION) | opposed)
    allowed &= ~found["long"] | ((found["place"] == SAME) & opposed)
    found = found[allowed]
    where = {REGION: "same region", NEARBY: "nearby", SAME: "same place"}
    rows = zip(found["place"], found["sides"], found["through"], found["long"], strict=True)
    rules = [
        f"{where[place]}, {'both sides' if sides == 2 else 'one side'}"
        f"{' through part_of' if through else ''}{', long date' if long else ''}"
        for place, sides, through, long in rows
    ]
    return found.assign(rule=pd.Series(rules, index=found.index, dtype=object))


def _scored(found: pd.DataFrame, reach: MatchWindow) -> pd.DataFrame:
    """Adds the score, a weighted sum of how near days, places, actors and kinds are, to two decimals.

    It is rounded, halves up, before anything is ordered by it: what is chosen can be followed from what is shown.
    """
    long, inexact, near = (found[name].to_numpy(dtype=bool) for name in ("long", "inexact", "near"))
    days = (1 - found["days"] / (reach.days + 1)) * np.where(long, LONG_WEIGHT, np.where(inexact, INEXACT_WEIGHT, 1.0))
    by_km = (1 - found["km"] / (reach.km + 1)) * (found["place"] == NEARBY)
    place = by_km.where(found["place"] == NEARBY, (found["place"] == SAME).astype(float))
    score = (
        DAYS * days
        + PLACE * place * np.where(near, INEXACT_WEIGHT, 1.0)
        + ACTORS * found["worth"]
        + KIND * found["kind"]
    )
    hundredths = np.floor((score.astype(float) * 100).round(6) + 0.5)  # the inner rounding takes the floats' dust away
    return found.assign(score=hundredths / 100)


# Time


def _temporal_candidates(left: pd.DataFrame, right: pd.DataFrame, days: int) -> Iterator[tuple[Ints, Ints]]:
    """Positions of stands whose days lie within so many days of each other, in batches; never all with all.

    Of stands with a long date only those at the same place by name come together: no rule allows others.
    """
    short = np.flatnonzero(~left["long"].to_numpy(dtype=bool))
    first, last = left["first"].to_numpy()[short], left["last"].to_numpy()[short]
    length = right["last"].to_numpy() - right["first"].to_numpy() + 1
    least = 0
    for most in (1, 7, LONG_DAYS):  # the longest date among those sorted bounds how far back one must look
        these = np.flatnonzero((length > least) & (length <= most))
        these = these[np.argsort(right["first"].to_numpy()[these], kind="stable")]
        starts = right["first"].to_numpy()[these]
        low = np.searchsorted(starts, first - days - (most - 1), side="left")
        count = np.searchsorted(starts, last + days, side="right") - low
        for rows in _batches(count):
            i = np.repeat(rows, count[rows])
            within = np.arange(len(i)) - np.repeat(np.cumsum(count[rows]) - count[rows], count[rows])
            yield from _within_days(left, right, short[i], these[low[i] + within], days)
        least = most
    for some, others in ((left[left["long"]], right), (left[~left["long"]], right[right["long"]])):
        met = _located_events(some).merge(_located_events(others), on="spot")
        yield from _within_days(
            left, right, met["at_x"].to_numpy(dtype=np.int64), met["at_y"].to_numpy(dtype=np.int64), days
        )


def _located_events(side: pd.DataFrame) -> pd.DataFrame:
    """The stands at a place of ours, with their positions."""
    return pd.DataFrame({"spot": side["spot"], "at": side.index}).dropna(subset="spot")


def _batches(count: Ints) -> Iterator[Ints]:
    """Positions in runs whose counts add up to about BATCH."""
    batch = np.cumsum(count) // BATCH_PAIRS
    yield from np.split(np.arange(len(count)), np.flatnonzero(np.diff(batch)) + 1)


def _within_days(left: pd.DataFrame, right: pd.DataFrame, i: Ints, j: Ints, days: int) -> Iterator[tuple[Ints, Ints]]:
    keep = _gap(left, right, i, j) <= days
    yield i[keep], j[keep]


def _gap(left: pd.DataFrame, right: pd.DataFrame, i: Ints, j: Ints) -> Ints:
    """Days from the end of the earlier to the start of the later of each pair; 0 where they meet."""
    after = left["first"].to_numpy()[i] - right["last"].to_numpy()[j]
    before = right["first"].to_numpy()[j] - left["last"].to_numpy()[i]
    return np.asarray(np.maximum(np.maximum(after, before), 0))


# Place


def event_locations(side: EventSet, meant: dict[str, str]) -> pd.DataFrame:
    """One row per event and place at which it happened; none for an event of which no place below a country is told.

    Columns: at (position of the event), first and last (days as numbers), long, inexact, spot (the place of ours
    that is meant), region (with its country), latitude, longitude (blank if no point of its own), vague, near.
    """
    events = side.events
    rows = pd.DataFrame(
        {
            "at": np.arange(len(events)),
            "first": events["date_start"].to_numpy().astype("datetime64[D]").astype(np.int64),
            "last": events["date_end"].to_numpy().astype("datetime64[D]").astype(np.int64),
            "inexact": (events["date_precision"] != "day").to_numpy(),
            "precision": events["place_precision"].to_numpy(),
            "place": [list_columns.split(cell) for cell in events["place"]],
        }
    )
    rows["long"] = rows["last"] - rows["first"] >= LONG_DAYS
    rows = rows.explode("place", ignore_index=True)
    told = side.places.set_index("place").reindex(rows["place"].astype(object))
    kind = told["kind"].to_numpy()
    rows = rows.assign(
        spot=rows["place"].map(meant).astype(object).to_numpy(),
        region=(told["country"].astype(object) + ";" + told["region"].astype(object)).to_numpy(),
        vague=rows["precision"].isin(IMPRECISE_PLACES).to_numpy() | np.isin(kind.astype(str), AREAL_PRECISIONS),
        near=(rows["precision"] == "near").to_numpy(),
        latitude=told["latitude"].to_numpy(dtype=float),
        longitude=told["longitude"].to_numpy(dtype=float),
    )
    rows.loc[rows["vague"], ["latitude", "longitude"]] = np.nan
    of_country = (rows["precision"] == "country") | (kind == "country")
    told_of: pd.DataFrame = rows[rows["place"].notna() & ~of_country]
    return told_of.reset_index(drop=True)


def _spatial_relation(left: pd.DataFrame, right: pd.DataFrame, i: Ints, j: Ints, within: float) -> pd.DataFrame:
    """Of each pair of stands how the places meet (place), whether they are one by name (spot), and km apart."""

    def same(name: str) -> npt.NDArray[np.bool_]:
        known = pd.Index(left[name].dropna().unique())
        a, b = known.get_indexer(left[name]), known.get_indexer(right[name])
        return np.asarray((a[i] == b[j]) & (a[i] >= 0))

    points = [
        side[name].to_numpy(dtype=float)[at]
        for side, at in ((left, i), (right, j))
        for name in ("latitude", "longitude")
    ]
    km, spot = kilometres(*points), same("spot")
    vague = left["vague"].to_numpy(dtype=bool)[i] | right["vague"].to_numpy(dtype=bool)[j]
    place = np.full(len(i), APART, dtype=np.int64)
    place[(same("region") & np.isnan(km)) | (spot & vague)] = REGION
    place[km <= within] = NEARBY
    place[spot & ~vague] = SAME
    return pd.DataFrame({"place": place, "spot": spot, "km": km})


def place_crosswalk(theirs: pd.DataFrame, ours: pd.DataFrame) -> dict[str, str]:
    """Their places that are one of ours by name or alias, and by no other: each with our key.

    Points too far apart are namesakes; where one is not known as a point, so are places of two countries or regions.
    """
    aliases = dict(zip(ours["place"], map(list_columns.split, ours["aliases"]), strict=True))
    known = NameIndex("place", "", aliases)
    where = dict(zip(ours["place"], _located(ours), strict=True))
    meant: dict[str, str] = {}
    for place, others, at in zip(theirs["place"], theirs["aliases"], _located(theirs), strict=True):
        for spelling in (place, *list_columns.split(others)):
            keys = [key for key in known.candidates(spelling) if _may_be_one(where[key], at)]
            if len(keys) == 1:
                meant[place] = keys[0]
                break
    return meant


class Located(NamedTuple):
    country: object
    region: object
    latitude: float
    longitude: float


def _located(places: pd.DataFrame) -> list[Located]:
    return list(map(Located, *(places[name] for name in Located._fields)))


def _may_be_one(one: Located, other: Located) -> bool:
    """Whether nothing told of two places of one name says that they are not the same."""
    points = (np.array([degrees], dtype=float) for at in (one, other) for degrees in (at.latitude, at.longitude))
    km = kilometres(*points)[0]
    if not np.isnan(km):  # regions are redrawn: points know better
        return bool(km <= NAMESAKES_KM)
    told = ((one.country, other.country), (one.region, other.region))
    return all(
        not (isinstance(a, str) and isinstance(b, str)) or normalize_name(a) == normalize_name(b) for a, b in told
    )


# Actors


def ancestor_groups(*tables: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Of each group all that it is part of, at any depth; the first table that tells of a group stands."""
    parents: dict[str, list[str]] = {}
    for groups in tables:
        for group, above in zip(groups["group"], groups["part_of"], strict=True):
            parents.setdefault(group, list_columns.split(above))
    found: dict[str, frozenset[str]] = {}
    for group in parents:
        above, todo = set[str](), [group]
        while todo:
            for body in parents.get(todo.pop(), ()):
                if body not in above:
                    above.add(body)
                    todo.append(body)
        found[group] = frozenset(above)
    return found


def _collective_actors(groups: pd.DataFrame) -> frozenset[str]:
    return frozenset(groups.loc[groups["kind"].isin(COLLECTIVE_KINDS), "group"])


def actor_overlap(
    ours: tuple[object, object],
    theirs: tuple[object, object],
    above: dict[str, frozenset[str]],
    crowds: frozenset[str],
) -> ActorOverlap:
    """The groups that two events share, side by side, whichever way round their sides are told.

    A side counts 1 for a group that both name, 1/2 for one that is part of another; the worth is the mean over
    the sides that either names. A crowd alone is no shared actor where both name others, who are then not the same.
    """
    a, b = (frozenset(list_columns.split(cell)) for cell in ours)
    c, d = (frozenset(list_columns.split(cell)) for cell in theirs)
    best = ActorOverlap(0.0, 0, False, False, None)
    for pairs in (((a, c), (b, d)), ((a, d), (b, c))):
        exact = [one & other for one, other in pairs]
        wider = [_hierarchical_overlap(one, other, above) for one, other in pairs]
        worth = [1.0 if same else 0.5 if wide else 0.0 for same, wide in zip(exact, wider, strict=True)]
        told = sum(1 for one, other in pairs if one or other)
        names = frozenset().union(*exact, *wider)
        named = bool(names - crowds)
        if not named and (a | b) - crowds and (c | d) - crowds:
            continue
        found = ActorOverlap(
            sum(worth) / max(told, 1),
            sum(1 for one in worth if one),
            0.5 in worth,
            named,
            list_columns.join(sorted(names)),
        )
        if (found.sides, found.worth) > (best.sides, best.worth):
            best = found
    return best


def _hierarchical_overlap(
    one: frozenset[str], other: frozenset[str], above: dict[str, frozenset[str]]
) -> frozenset[str]:
    """The larger of two groups where one is part of the other."""
    up = [body for group in one for body in above.get(group, ()) if body in other]
    return frozenset(up + [body for group in other for body in above.get(group, ()) if body in one])


# Kind


def _event_types(events: pd.DataFrame) -> Iterator[EventType]:
    """Each event's kind; what has no type at all is taken for violent, for so are the files that tell none."""
    types = events["event_type"].where(events["event_type"].notna(), None)
    subs = events["sub_event_type"].where((types == STRATEGIC) & events["sub_event_type"].notna(), None)
    return map(EventType, types, subs, (violent(events) | types.isna()).tolist())


def type_similarity(one: EventType, other: EventType) -> float:
    """1 for the same kind, 1/2 for kinds by which files may call one event, 0 for others."""
    if one.type is None or other.type is None:
        return 0.5 if one.violent and other.violent else 0.0
    if one.type == other.type:
        return float(one.type != STRATEGIC or (one.sub_type is not None and one.sub_type == other.sub_type))
    return 0.5 if frozenset({one.type, other.type}) in COMPATIBLE else 0.0


def _factorize(values: Iterable[T]) -> tuple[Ints, list[T]]:
    """Each value as its number in the list of different ones."""
    codes: dict[T, int] = {}
    return np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.int64), list(codes)


# What a reader must know


def caveats(table: pd.DataFrame, ours: EventSet, theirs: EventSet, left_out: int) -> list[str]:
    """The honest line of a comparison, what was not compared, and what could not be matched."""
    number = table["match"].value_counts()
    both, ours_only, theirs_only = (int(number.get(match, 0)) for match in (BOTH, ONLY_OURS, ONLY_THEIRS))
    pairs = table[table["match"] == BOTH]
    told = pairs[pairs["killed_best"].notna() & pairs["killed_theirs_best"].notna()]
    differ = int((told["killed_best"] != told["killed_theirs_best"]).sum())
    line = (
        f"{both + ours_only:,} of ours and {both + theirs_only:,} of theirs: "
        f"{both:,} in both, {ours_only:,} only ours, {theirs_only:,} only theirs"
    )
    if len(told):
        line += f"; of {len(told):,} with figures on both sides {differ:,} differ{'s' if differ == 1 else ''}"
    notes = [f"{line}."]
    if left_out:
        notes.append(
            f"Not compared: {pluralize(left_out, 'events')} of ours, not violent and of a type that theirs do not have."
        )
    placeless = [len(side.events) - event_locations(side, {})["at"].nunique() for side in (ours, theirs)]
    if any(placeless):
        notes.append(
            f"{placeless[0]:,} of ours and {placeless[1]:,} of theirs tell no place within a country: "
            "they are never matched."
        )
    return notes
