"""Who is next: a number of places, handed on in the order in which they were asked for."""

import asyncio
from collections import Counter, deque
from itertools import count
from typing import NamedTuple
from uuid import UUID


class Queue(NamedTuple):
    """Who waits of one tenant, in their order: the number of each among all, and what tells it of its turn."""

    tenant: UUID | None
    waiting: deque[tuple[int, asyncio.Future[None]]]


class Turns:
    """Places of which no tenant holds more than `share`; `None` is nobody's tenant, and has no share.

    Whenever a place is free, all who wait are of tenants that hold their share already: so a latecomer never takes a
    place that somebody else waits for.
    """

    def __init__(self, places: int, share: int) -> None:
        self._free, self._share = places, share
        self._held: Counter[UUID | None] = Counter()
        self._queues: dict[UUID | None, Queue] = {}
        self._numbers = count()

    @property
    def held(self) -> int:
        """How many places somebody has."""
        return self._held.total()

    async def take(self, tenant: UUID | None, seconds: float) -> None:
        """A place, to be given back. Raises TimeoutError when none comes free in so many seconds."""
        if self._free and self._may_have(tenant):
            self._hand(tenant)
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(tenant, Queue(tenant, deque()))
        queue.waiting.append((next(self._numbers), mine))
        try:
            async with asyncio.timeout(seconds):
                await mine
        except BaseException:
            if mine.done() and not mine.cancelled():
                # Handed over in the moment in which waiting was given up.
                self.give(tenant)
            raise

    def give(self, tenant: UUID | None) -> None:
        """Takes a place back, for whoever has waited longest and may have it."""
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        self._free += 1
        while self._free and (queue := self._next()) is not None:
            self._hand(queue.tenant)
            queue.waiting.popleft()[1].set_result(None)

    def _may_have(self, tenant: UUID | None) -> bool:
        return tenant is None or self._held[tenant] < self._share

    def _hand(self, tenant: UUID | None) -> None:
        self._free -= 1
        self._held[tenant] += 1

    def _next(self) -> Queue | None:
        """The queue whose first has waited longest, of those that may have a place."""
        for queue in list(self._queues.values()):
            while queue.waiting and queue.waiting[0][1].done():
                queue.waiting.popleft()
            if not queue.waiting:
                del self._queues[queue.tenant]
        eligible = (queue for queue in self._queues.values() if self._may_have(queue.tenant))
        return min(eligible, key=lambda queue: queue.waiting[0][0], default=None)
