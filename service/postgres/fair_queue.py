"""A first-in first-out queue for a limited number of slots, with a maximum share per tenant."""

import asyncio
from collections import Counter, deque
from itertools import count
from typing import NamedTuple
from uuid import UUID


class TenantQueue(NamedTuple):
    """The waiters of one tenant in order: sequence number over all tenants, and the future that grants the slot."""

    tenant: UUID | None
    waiting: deque[tuple[int, asyncio.Future[None]]]


class FairQueue:
    """Slots of which each tenant holds at most `share`. The tenant None has no such limit.

    While a slot is free, all waiters belong to tenants that hold their share already. So a new caller never gets a
    slot before an eligible waiter.
    """

    def __init__(self, slots: int, share: int) -> None:
        self._free_slots, self._share = slots, share
        self._held_by_tenant: Counter[UUID | None] = Counter()
        self._queues: dict[UUID | None, TenantQueue] = {}
        self._numbers = count()

    @property
    def held(self) -> int:
        """The number of slots in use."""
        return self._held_by_tenant.total()

    async def acquire(self, tenant: UUID | None, seconds: float) -> None:
        """Waits for a slot, to be released later. Raises TimeoutError if none is granted within `seconds`."""
        if self._free_slots and self._is_below_share(tenant):
            self._grant(tenant)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(tenant, TenantQueue(tenant, deque()))
        queue.waiting.append((next(self._numbers), future))
        try:
            async with asyncio.timeout(seconds):
                await future
        except BaseException:
            if future.done() and not future.cancelled():
                # The slot was granted at the moment of the timeout or cancellation.
                self.release(tenant)
            raise

    def release(self, tenant: UUID | None) -> None:
        """Releases a slot and grants it to the first eligible waiter."""
        self._held_by_tenant[tenant] -= 1
        if not self._held_by_tenant[tenant]:
            del self._held_by_tenant[tenant]
        self._free_slots += 1
        while self._free_slots and (queue := self._next_queue()) is not None:
            self._grant(queue.tenant)
            queue.waiting.popleft()[1].set_result(None)

    def _is_below_share(self, tenant: UUID | None) -> bool:
        return tenant is None or self._held_by_tenant[tenant] < self._share

    def _grant(self, tenant: UUID | None) -> None:
        self._free_slots -= 1
        self._held_by_tenant[tenant] += 1

    def _next_queue(self) -> TenantQueue | None:
        """The queue with the earliest waiter among tenants below their share; None if there is none."""
        for queue in list(self._queues.values()):
            while queue.waiting and queue.waiting[0][1].done():
                queue.waiting.popleft()
            if not queue.waiting:
                del self._queues[queue.tenant]
        eligible = (queue for queue in self._queues.values() if self._is_below_share(queue.tenant))
        return min(eligible, key=lambda queue: queue.waiting[0][0], default=None)
