"""Counts failures by client address, and blocks an address after too many."""

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
    """Allows `limit` failures of an address within a minute from the first one.

    At most MAX_ADDRESSES are stored. Beyond that the oldest are dropped.
    """

    def __init__(self, limit: int, timer: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._timer = limit, timer
        self._windows: TTLCache[str, _Window] = TTLCache(MAX_ADDRESSES, WINDOW_SECONDS, timer)

    def count(self, address: str) -> None:
        """Counts a failure of an address."""
        name = network_of(address)
        window = self._windows.get(name)
        if window is None:
            window = self._windows[name] = _Window(self._timer())
        # Changed in place: storing it again would restart its minute.
        window.failures += 1

    def seconds_left(self, address: str) -> int:
        """The seconds until the address may try again; 0 if it may now."""
        window = self._windows.get(network_of(address))
        if window is None or window.failures < self._limit:
            return 0
        return max(1, ceil(window.began + WINDOW_SECONDS - self._timer()))


def network_of(address: str) -> str:
    """The network that an address is counted by: for IPv6 the /64, as every customer has one, else the address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))
