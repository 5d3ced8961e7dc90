"""Counts what went wrong by the address it came from, and says when it was too often."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil

from cachetools import TTLCache

WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000


@dataclass(slots=True)
class _Window:
    began: float
    failures: int = 0


class Throttle:
    """Up to `limit` failures of an address within a minute from the first; more are too many until it is over.

    As many addresses are remembered as memory is meant for; beyond that the oldest are forgotten.
    """

    def __init__(self, limit: int, timer: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._timer = limit, timer
        self._windows: TTLCache[str, _Window] = TTLCache(MAX_ADDRESSES, WINDOW_SECONDS, timer)

    def count(self, address: str) -> None:
        """Notes a failure."""
        name = network(address)
        window = self._windows.get(name)
        if window is None:
            window = self._windows[name] = _Window(self._timer())
        # In place: storing it again would begin its minute anew.
        window.failures += 1

    def seconds_left(self, address: str) -> int:
        """How many seconds until the address may try again; 0 if it may now."""
        window = self._windows.get(network(address))
        if window is None or window.failures < self._limit:
            return 0
        return max(1, ceil(window.began + WINDOW_SECONDS - self._timer()))


def network(address: str) -> str:
    """Who has an address: of IPv6 the /64, of which every customer has at least one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))
