"""Map one function over the partitions of a dataset and combine the partial results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

PartitionT = TypeVar("PartitionT")
PartialT = TypeVar("PartialT")


class MapCombine(NamedTuple, Generic[PartitionT, PartialT]):
    """A query that can be answered partition by partition.

    `map_partition` computes the partial result of one partition, `combine` merges several into one. Both obey one
    law: for every split of the data d into partitions p that keeps events and tallies whole,

        combine([map_partition(p) for p in split(d)]) == map_partition(d)

    up to the order of rows. `combine` is therefore associative and commutative, so partitions may be mapped in any
    order, on any number of workers, and partial results may be combined in steps.

    A split keeps events and tallies whole if an event, its figures, every figure of the same tallies, and the
    tallies that these are part of are in one partition. Every partition has the same lookup tables. The law does
    not hold for stated totals and stock figures (displaced people, refugees), which are never added: only
    datasets with none of them may be split.
    """

    map_partition: Callable[[PartitionT], PartialT]
    combine: Callable[[list[PartialT]], PartialT]


def run(query: MapCombine[PartitionT, PartialT], partitions: Iterable[PartitionT]) -> PartialT:
    """Return the combined result, with one partition in memory at a time."""
    return query.combine([query.map_partition(partition) for partition in partitions])
