"""Keeps the turns short that one execution has in the event loop."""

from schema.execution import loop_turn

# To tell an error takes as long as ten objects. An execution that has done few does not wait for those that do much.
FEW, AN_ERROR = 200, 10
# Those that have done very many go on one after another: each holds what it has made until it ends.
VERY_MANY = 10_000


class Turns:
    """The turns that one execution has: together with others `most` objects each, and more only in one piece."""

    __slots__ = ("_number", "_own", "_turn", "most")

    def __init__(self) -> None:
        self.most, self._own, self._turn = loop_turn.LARGE, 0, loop_turn.Turn.of_loop()
        self._number = self._turn.number()

    def count(self, objects: int) -> bool:
        """Adds to what is done in this turn; whether that is more than should be, and not little."""
        self._own += objects
        self._turn.add(objects)
        return self._own > FEW and self._turn.done > self.most

    async def room(self, objects: int = 0) -> None:
        """Returns once there is room for so many more."""
        if self._own + objects > FEW:
            last = self._own > VERY_MANY
            await self._turn.wait(objects, last, self._number if last else self._turn.number())
