"""Which actors two events share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.queries import list_columns
from mali_cli.queries.event_matching.inputs import EventSet

COLLECTIVE_KINDS = ("civilian", "collective")  # kinds of group that are words for people rather than an actor
PART_OF_WEIGHT = 0.5  # of a side whose groups are only part of one another

# Camps that name their groups loosely: where one file has MUJAO another has Islamists.
LOOSELY_NAMED_CAMPS = ("jihadist", "separatist")
# Who fights beside whom. Groups of other camps, such as civilians, are with nobody.
ALLIANCES = {"jihadist": "jihadist", "separatist": "separatist", "government": "state", "international": "state"}

CROWDS = frozenset({"Protesters", "Rioters"})  # ACLED's names of one crowd before and after it turns violent

Sides = tuple[object, object]  # the cells side_a and side_b of an event


class ActorOverlap(NamedTuple):
    """What the sides of two events have in common."""

    score: float  # 0 to 1
    shared_sides: int  # on how many of the two sides they share a group
    via_hierarchy: bool  # whether on one of these only through part_of
    has_specific_actor: bool  # whether one of the shared groups is an actor, not a word such as Civilians
    names: str | None  # the shared groups, as a list cell
    unstated: bool  # whether they share no group and do not contradict each other, since one leaves a side blank


class Hierarchy(NamedTuple):
    """What is known of the groups of two datasets."""

    ancestors: dict[str, frozenset[str]]  # the groups that each is part of, and the collective names of its camp
    collectives: frozenset[str]
    alliances: dict[str, str]


NO_OVERLAP = ActorOverlap(0.0, 0, False, False, None, False)
DTYPES = {
    **{"score": float, "shared_sides": int, "via_hierarchy": bool, "has_specific_actor": bool},
    **{"names": object, "unstated": bool},
}


def overlaps_of_pairs(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the actor overlap of each pair of events, with the same index.

    The columns used are `our_row`, `their_row` and `directed`: whether the order of the sides has a meaning.
    """
    hierarchy = group_hierarchy(ours.groups, theirs.groups)
    our_codes, our_sides = pd.factorize(_sides(ours.events))
    their_codes, their_sides = pd.factorize(_sides(theirs.events))
    # Each combination of sides is compared once.
    sides = our_codes[pairs["our_row"]] * max(len(their_sides), 1) + their_codes[pairs["their_row"]]
    unique, inverse = np.unique(sides * 2 + pairs["directed"].to_numpy(dtype=bool), return_inverse=True)
    overlaps = []
    for combination in unique.tolist():
        ours_at, theirs_at = divmod(combination // 2, len(their_sides))
        directed = bool(combination % 2)
        overlaps.append(actor_overlap(our_sides[ours_at], their_sides[theirs_at], hierarchy, directed))
    table = pd.DataFrame(overlaps, columns=list(ActorOverlap._fields)).astype(DTYPES)
    return table.take(inverse).set_axis(pairs.index)


def _sides(events: pd.DataFrame) -> npt.NDArray[np.object_]:
    return pd.Series(list(zip(events["side_a"], events["side_b"], strict=True)), dtype=object).to_numpy()


def actor_overlap(ours: Sides, theirs: Sides, hierarchy: Hierarchy, directed: bool) -> ActorOverlap:
    """Return the groups that two events share side by side, if `directed` only in the given order of the sides.

    A side counts 1 if both name the same group and 0.5 if one names a group that is part of the other's; the score is
    the mean over the sides that either event names. Sharing only a collective such as Civilians does not count where
    both events name other groups: those differ then. Nothing is shared if the groups on one side are of opposed camps.
    """
    a, b = (frozenset(list_columns.split(cell)) for cell in ours)
    c, d = (frozenset(list_columns.split(cell)) for cell in theirs)
    both_specific = bool((a | b) - hierarchy.collectives and (c | d) - hierarchy.collectives)
    a_side_is_blank = not (a and b and c and d)
    best = NO_OVERLAP
    for sides in (((a, c), (b, d)), ((a, d), (b, c)))[: 1 if directed else 2]:
        if any(_are_opposed(left, right, hierarchy) for left, right in sides):
            continue
        overlap = _overlap_of_sides(sides, hierarchy)
        if not overlap.shared_sides:
            best = max(best, overlap._replace(unstated=a_side_is_blank), key=_preference)
        elif overlap.has_specific_actor or not both_specific:
            best = max(best, overlap, key=_preference)
    return best


def _preference(overlap: ActorOverlap) -> tuple[int, float, bool]:
    return overlap.shared_sides, overlap.score, overlap.unstated


def _overlap_of_sides(sides: tuple[tuple[frozenset[str], frozenset[str]], ...], hierarchy: Hierarchy) -> ActorOverlap:
    """Return what the sides share in this order."""
    exact = [left & right for left, right in sides]
    hierarchical = [_hierarchical_overlap(left, right, hierarchy.ancestors) for left, right in sides]
    scores = [
        1.0 if same else PART_OF_WEIGHT if part_of else 0.0 for same, part_of in zip(exact, hierarchical, strict=True)
    ]
    named_sides = sum(1 for left, right in sides if left or right)
    names = frozenset().union(*exact, *hierarchical)
    return ActorOverlap(
        score=sum(scores) / max(named_sides, 1),
        shared_sides=sum(1 for score in scores if score),
        via_hierarchy=PART_OF_WEIGHT in scores,
        has_specific_actor=bool(names - hierarchy.collectives),
        names=list_columns.join(sorted(names)),
        unstated=False,
    )


def _hierarchical_overlap(
    left: frozenset[str], right: frozenset[str], ancestors: dict[str, frozenset[str]]
) -> frozenset[str]:
    """Return the larger group of each pair in which one is part of the other."""
    of_left = [ancestor for group in left for ancestor in ancestors.get(group, ()) if ancestor in right]
    return frozenset(
        of_left + [ancestor for group in right for ancestor in ancestors.get(group, ()) if ancestor in left]
    )


def _are_opposed(left: frozenset[str], right: frozenset[str], hierarchy: Hierarchy) -> bool:
    """Return whether all groups of both sides are of known camps, and no two of them on one side of the war."""
    alliances = [{hierarchy.alliances.get(group) for group in side} for side in (left, right)]
    return bool(left and right) and None not in alliances[0] | alliances[1] and alliances[0].isdisjoint(alliances[1])


def group_hierarchy(*tables: pd.DataFrame) -> Hierarchy:
    """Return what the tables of groups say; the first table with a group counts."""
    groups = pd.concat(tables).drop_duplicates("group")
    # A joint actor such as "JNIM and/or Islamic State" is part of both, and no word for many.
    is_collective = groups["kind"].isin(COLLECTIVE_KINDS) & groups["part_of"].isna()
    collectives = frozenset(groups.loc[is_collective, "group"])
    ancestors = ancestor_groups(*tables)
    camps = {group: camp for group, camp in zip(groups["group"], groups["camp"], strict=True) if camp in ALLIANCES}
    for group, camp in camps.items():
        if camp in LOOSELY_NAMED_CAMPS:
            ancestors[group] |= {name for name in collectives if camps.get(name) == camp} - {group}
    for group in CROWDS & ancestors.keys():
        ancestors[group] |= CROWDS - {group}
    return Hierarchy(ancestors, collectives, {group: ALLIANCES[camp] for group, camp in camps.items()})


def ancestor_groups(*tables: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return for each group all groups that it is part of, at any depth; the first table with a group counts."""
    parents: dict[str, list[str]] = {}
    for groups in tables:
        for group, part_of in zip(groups["group"], groups["part_of"], strict=True):
            parents.setdefault(group, list_columns.split(part_of))
    return {group: _ancestors(group, parents) for group in parents}


def _ancestors(group: str, parents: dict[str, list[str]]) -> frozenset[str]:
    ancestors: set[str] = set()
    todo = [group]
    while todo:
        new = [parent for parent in parents.get(todo.pop(), ()) if parent not in ancestors]
        ancestors.update(new)
        todo += new
    return frozenset(ancestors)
