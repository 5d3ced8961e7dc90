"""Computes the lag of a replica from log positions of both servers over time."""

from collections import deque

MAX_SAMPLES = 1000


class ReplicationLag:
    """The lag of a replica in seconds, without comparing the clocks of two machines.

    It records the positions of the primary with their times. The lag is the age of the oldest position that the
    replica has not replayed. Positions are bytes of the write-ahead log; times are seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self._pending: deque[tuple[float, int]] = deque()
        self._replayed = -1
        self._has_followed = False

    @property
    def replayed(self) -> int:
        """The last known replay position; -1 if it is unknown."""
        return self._replayed

    def note_primary(self, position: int, at: float) -> None:
        """Records the position of the primary at a time. Times must not decrease."""
        if not self._pending or position > self._pending[-1][1]:
            self._pending.append((at, position))
        if len(self._pending) > MAX_SAMPLES:
            # Every second sample is dropped. The oldest one, which determines the lag, is kept.
            self._pending = deque(list(self._pending)[::2])
        self._drop_replayed()

    def note_replayed(self, position: int) -> None:
        """Records the replay position. A position lower than before means that the server was replaced."""
        if position < self._replayed:
            self.forget()
        self._replayed = position
        self._drop_replayed()

    def forget(self) -> None:
        """Discards all positions. The lag is unknown until the replica has replayed a new position of the primary."""
        self._pending.clear()
        self._replayed = -1
        self._has_followed = False

    def seconds(self, now: float) -> float | None:
        """The lag in seconds; None until the replica has replayed a recorded position of the primary."""
        if not self._has_followed:
            return None
        return now - self._pending[0][0] if self._pending else 0.0

    def _drop_replayed(self) -> None:
        while self._pending and self._pending[0][1] <= self._replayed:
            self._pending.popleft()
            self._has_followed = True
