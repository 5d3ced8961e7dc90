"""Counts the objects that all executions complete in one event-loop iteration, so that other tasks can run."""

import asyncio
from heapq import heappop, heappush
from itertools import count
from weakref import WeakKeyDictionary


class LoopIteration:
    """The current iteration of one event loop: the objects completed in it, and the executions that wait.

    `completed_objects` counts those of all executions together.
    """

    __slots__ = ("_is_end_scheduled", "_loop", "_tickets", "_waiters", "completed_objects")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.completed_objects, self._loop, self._is_end_scheduled = 0, loop, False
        self._tickets = count()
        self._waiters: list[tuple[bool, int, asyncio.Future[None]]] = []

    @classmethod
    def of_running_loop(cls) -> "LoopIteration":
        """The current iteration of the running event loop."""
        loop = asyncio.get_running_loop()
        if (iteration := _iterations.get(loop)) is None:
            iteration = _iterations[loop] = cls(loop)
        return iteration

    def next_ticket(self) -> int:
        """A number that is larger than all earlier ones."""
        return next(self._tickets)

    def add_completed(self, objects: int) -> int:
        """Counts objects as completed in this iteration; returns how many all executions have completed in it."""
        self.completed_objects += objects
        if not self._is_end_scheduled:
            self._schedule_end()
        return self.completed_objects

    async def wait_for_room(self, objects: int, max_objects: int, is_last: bool, ticket: int) -> None:
        """Returns in an iteration with room for `objects` of at most `max_objects`, or without a completed object.

        Waiting executions proceed by ascending ticket; those with `is_last` come after all others.
        """
        must_wait = bool(self._waiters)
        while must_wait or (self.completed_objects and self.completed_objects + objects > max_objects):
            waiter: asyncio.Future[None] = self._loop.create_future()
            heappush(self._waiters, (is_last, ticket, waiter))
            self._schedule_end()
            await waiter
            must_wait = False

    def _schedule_end(self) -> None:
        if not self._is_end_scheduled:
            self._is_end_scheduled = True
            self._loop.call_soon(self._end)

    def _end(self) -> None:
        self.completed_objects, self._is_end_scheduled = 0, False
        if self._waiters:
            # Scheduled before the waiter is woken, whose objects count for the next iteration.
            self._schedule_end()
        while self._waiters:
            waiter = heappop(self._waiters)[2]
            if not waiter.done():
                waiter.set_result(None)
                break


_iterations: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopIteration] = WeakKeyDictionary()
