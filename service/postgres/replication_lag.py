"""How far a replica is behind its primary, from write positions of both as time passes."""

from collections import deque

MAX_SAMPLES = 1000


class ReplicationLag:
    """The lag of a replica in seconds, without comparing the clocks of two machines.

    It notes when the primary was at which position. The lag is the time since the oldest of those that the replica
    has not replayed. Positions are bytes of the write-ahead log; times are seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self._pending: deque[tuple[float, int]] = deque()
        self._replayed = -1
        self._has_followed = False

    @property
    def replayed(self) -> int:
        """The position up to which the replica is known to have replayed; -1 when nothing is known."""
        return self._replayed

    def note_primary(self, position: int, at: float) -> None:
        """Notes where the primary was at a time; times do not decrease."""
        if not self._pending or position > self._pending[-1][1]:
            self._pending.append((at, position))
        if len(self._pending) > MAX_SAMPLES:
            # The oldest one decides; half of the others are enough to see the replica catch up.
            self._pending = deque(list(self._pending)[::2])
        self._drop_replayed()

    def note_replayed(self, position: int) -> None:
        """Notes how far the replica has replayed. A lower position than before is that of another replica."""
        if position < self._replayed:
            self.forget()
        self._replayed = position
        self._drop_replayed()

    def forget(self) -> None:
        """Forgets the replica: nothing is known of its lag until it has caught up once."""
        self._pending.clear()
        self._replayed = -1
        self._has_followed = False

    def seconds(self, now: float) -> float | None:
        """The lag at a time; None until the replica has replayed a position that the primary had since the start."""
        if not self._has_followed:
            return None
        return now - self._pending[0][0] if self._pending else 0.0

    def _drop_replayed(self) -> None:
        while self._pending and self._pending[0][1] <= self._replayed:
            self._pending.popleft()
            self._has_followed = True
