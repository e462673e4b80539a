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

Sides = tuple[object, object]  # the cells side_a and side_b of an event


class ActorOverlap(NamedTuple):
    """What the sides of two events have in common."""

    score: float  # 0 to 1
    shared_sides: int  # on how many of the two sides they share a group
    via_hierarchy: bool  # whether on one of these only through part_of
    has_specific_actor: bool  # whether one of the shared groups is an actor, not a word such as Civilians
    names: str | None  # the shared groups, as a list cell


NO_OVERLAP = ActorOverlap(0.0, 0, False, False, None)
DTYPES = {"score": float, "shared_sides": int, "via_hierarchy": bool, "has_specific_actor": bool, "names": object}


def overlaps_of_pairs(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the actor overlap of each pair of events (columns `our_row` and `their_row`), with the same index."""
    ancestors = ancestor_groups(ours.groups, theirs.groups)
    collectives = _collective_actors(theirs.groups) | _collective_actors(ours.groups)
    our_codes, our_sides = pd.factorize(_sides(ours.events))
    their_codes, their_sides = pd.factorize(_sides(theirs.events))
    # Each combination of sides is compared once.
    combination = our_codes[pairs["our_row"]] * max(len(their_sides), 1) + their_codes[pairs["their_row"]]
    unique, inverse = np.unique(combination, return_inverse=True)
    overlaps = [
        actor_overlap(our_sides[code // len(their_sides)], their_sides[code % len(their_sides)], ancestors, collectives)
        for code in unique.tolist()
    ]
    table = pd.DataFrame(overlaps, columns=list(ActorOverlap._fields)).astype(DTYPES)
    return table.take(inverse).set_axis(pairs.index)


def _sides(events: pd.DataFrame) -> npt.NDArray[np.object_]:
    return pd.Series(list(zip(events["side_a"], events["side_b"], strict=True)), dtype=object).to_numpy()


def actor_overlap(
    ours: Sides, theirs: Sides, ancestors: dict[str, frozenset[str]], collectives: frozenset[str]
) -> ActorOverlap:
    """Return the groups that two events share side by side, in whichever order the sides are given.

    A side counts 1 if both name the same group and 0.5 if one names a group that is part of the other's; the score is
    the mean over the sides that either event names. Sharing only a collective such as Civilians does not count where
    both events name other groups: those differ then.
    """
    a, b = (frozenset(list_columns.split(cell)) for cell in ours)
    c, d = (frozenset(list_columns.split(cell)) for cell in theirs)
    both_specific = bool((a | b) - collectives and (c | d) - collectives)
    best = NO_OVERLAP
    for sides in (((a, c), (b, d)), ((a, d), (b, c))):
        overlap = _overlap_of_sides(sides, ancestors, collectives)
        if overlap is None or (not overlap.has_specific_actor and both_specific):
            continue
        if (overlap.shared_sides, overlap.score) > (best.shared_sides, best.score):
            best = overlap
    return best


def _overlap_of_sides(
    sides: tuple[tuple[frozenset[str], frozenset[str]], ...],
    ancestors: dict[str, frozenset[str]],
    collectives: frozenset[str],
) -> ActorOverlap | None:
    """Return what the sides share in this order, None if nothing."""
    exact = [left & right for left, right in sides]
    hierarchical = [_hierarchical_overlap(left, right, ancestors) for left, right in sides]
    if not any(exact) and not any(hierarchical):
        return None
    scores = [
        1.0 if same else PART_OF_WEIGHT if part_of else 0.0 for same, part_of in zip(exact, hierarchical, strict=True)
    ]
    named_sides = sum(1 for left, right in sides if left or right)
    names = frozenset().union(*exact, *hierarchical)
    return ActorOverlap(
        score=sum(scores) / max(named_sides, 1),
        shared_sides=sum(1 for score in scores if score),
        via_hierarchy=PART_OF_WEIGHT in scores,
        has_specific_actor=bool(names - collectives),
        names=list_columns.join(sorted(names)),
    )


def _hierarchical_overlap(
    left: frozenset[str], right: frozenset[str], ancestors: dict[str, frozenset[str]]
) -> frozenset[str]:
    """Return the larger group of each pair in which one is part of the other."""
    of_left = [ancestor for group in left for ancestor in ancestors.get(group, ()) if ancestor in right]
    return frozenset(
        of_left + [ancestor for group in right for ancestor in ancestors.get(group, ()) if ancestor in left]
    )


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


def _collective_actors(groups: pd.DataFrame) -> frozenset[str]:
    return frozenset(groups.loc[groups["kind"].isin(COLLECTIVE_KINDS), "group"])
