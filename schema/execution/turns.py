"""Keeps the turns of the event loop short, so that one large response does not hold up everybody else."""

import asyncio

# More objects are not completed in one turn of the loop. To tell an error takes as long as ten of them.
LARGE, AN_ERROR = 3_000, 10


class Turns:
    """The turns that one execution has: `most` objects each, and more only where they come in one piece."""

    __slots__ = ("_done", "_loop", "most")

    def __init__(self) -> None:
        self.most = LARGE
        self._done, self._loop = 0, asyncio.get_running_loop()

    def count(self, objects: int) -> bool:
        """Adds to what this turn does; whether that is more than it should."""
        if not self._done:
            self._loop.call_soon(self._begin)
        self._done += objects
        return self._done > self.most

    def is_full(self, objects: int = 0) -> bool:
        """Whether this turn has no room for so many more; then another one is to be waited for."""
        return bool(self._done) and self._done + objects > self.most

    def _begin(self) -> None:
        self._done = 0
