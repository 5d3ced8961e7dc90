"""Keeps the turns short that one execution has in the event loop."""

from schema.execution.running.loop_iteration import Turn

# More objects are not completed in one turn of the loop, by all executions together; less by one that has done as many
# already. To tell an error takes as long as ten objects.
LARGE, LESS, AN_ERROR = 3_000, 1_000, 10
# An execution that has done few does not wait for those that do much. Those that have done very many go on one after
# another: each holds what it has made until it ends.
FEW, VERY_MANY = 200, 10_000


class Turns:
    """The turns that one execution has: together with others `most` objects each, and more only in one piece."""

    __slots__ = ("_number", "_own", "_turn")

    def __init__(self) -> None:
        self._own, self._turn = 0, Turn.of_loop()
        self._number = self._turn.number()

    @property
    def most(self) -> int:
        """How many objects are completed in one turn."""
        return LARGE if self._own <= LARGE else LESS

    def count(self, objects: int) -> bool:
        """Adds to what is done in this turn; whether that is more than should be, and not little."""
        most = self.most
        self._own += objects
        self._turn.add(objects)
        return self._own > FEW and self._turn.done > most

    async def room(self, objects: int = 0) -> None:
        """Returns once there is room for so many more."""
        if self._own + objects > FEW:
            last = self._own > VERY_MANY
            await self._turn.wait(objects, self.most, last, self._number if last else self._turn.number())
