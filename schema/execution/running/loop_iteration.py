"""What all executions of a loop do in its present turn, so that large responses do not hold up everybody else."""

import asyncio
from heapq import heappop, heappush
from itertools import count
from weakref import WeakKeyDictionary


class Turn:
    """What all executions of one loop do in its present turn, and which of them wait for the next."""

    __slots__ = ("_is_ending", "_loop", "_numbers", "_waiting", "done")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.done, self._loop, self._is_ending = 0, loop, False
        self._numbers = count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []

    @classmethod
    def of_loop(cls) -> "Turn":
        """The one of the running loop."""
        loop = asyncio.get_running_loop()
        if (found := _turns.get(loop)) is None:
            found = _turns[loop] = cls(loop)
        return found

    def number(self) -> int:
        """A number that is larger than all before it."""
        return next(self._numbers)

    def add(self, objects: int) -> None:
        """Adds to what is done in this turn."""
        self.done += objects
        self._end_later()

    async def wait(self, objects: int, most: int, last: bool, number: int) -> None:
        """Returns in a turn that has room for so many objects of at most so many, or in which nothing is done so far.

        The lowest number is first, and whoever is `last` after all others.
        """
        must = bool(self._waiting)
        while must or (self.done and self.done + objects > most):
            mine: asyncio.Future[None] = self._loop.create_future()
            heappush(self._waiting, (last, number, mine))
            self._end_later()
            await mine
            must = False

    def _end_later(self) -> None:
        if not self._is_ending:
            self._is_ending = True
            self._loop.call_soon(self._end)

    def _end(self) -> None:
        self.done, self._is_ending = 0, False
        if self._waiting:
            # Before whoever is woken: what that does is of the next turn.
            self._end_later()
        while self._waiting:
            first = heappop(self._waiting)[2]
            if not first.done():
                first.set_result(None)
                break


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turn] = WeakKeyDictionary()
