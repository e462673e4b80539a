"""Map one function over the partitions of a dataset and combine the partial results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

Partition = TypeVar("Partition")
Partial = TypeVar("Partial")


class MapCombine(NamedTuple, Generic[Partition, Partial]):
    """A query that can be answered partition by partition.

    `map_partition` gives the partial result of one partition, `combine` that of several. For every split of the data
    that keeps events and tallies whole, the combined result is the result of all of the data.
    """

    map_partition: Callable[[Partition], Partial]
    combine: Callable[[list[Partial]], Partial]


def run(query: MapCombine[Partition, Partial], partitions: Iterable[Partition]) -> Partial:
    """Return the combined result, with one partition in memory at a time."""
    return query.combine([query.map_partition(partition) for partition in partitions])
