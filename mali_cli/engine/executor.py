"""Executor: the interface of what maps a function over the parts of a dataset."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


class Executor(ABC):
    """A place where work is done in parallel. `progress_fraction` is how much of it is done, None if there is none."""

    progress_fraction: float | None = None

    def map(self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT]) -> list[ResultT]:
        """Return the result of a function for each task, in their order; see `imap`."""
        return list(self.imap(function, tasks, all_at_once=True))

    @abstractmethod
    def imap(
        self, function: Callable[[TaskT], ResultT], tasks: Sequence[TaskT], all_at_once: bool = False
    ) -> Generator[ResultT]:
        """Yield the result of a function for each task, in their order, until it is closed.

        Function, tasks and results are pickled. An error of any task is raised, and the others are cancelled. Unless
        `all_at_once`, only a few tasks are begun before their turn, so that few results wait in memory.
        """
