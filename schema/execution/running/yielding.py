"""Limits the objects that one execution completes in an event-loop iteration."""

from schema.execution.running.loop_iteration import LoopIteration

# Objects that all executions together complete in one event-loop iteration.
MAX_OBJECTS_PER_ITERATION = 3_000
# The same, while an execution proceeds that has completed more than that itself.
MAX_OBJECTS_PER_ITERATION_WHEN_LARGE = 1_000
# Reporting an error takes as long as completing so many objects.
OBJECTS_PER_ERROR = 10
# An execution that has completed at most so many never waits for others.
MAX_OBJECTS_WITHOUT_WAITING = 200
# Executions that have completed more run one after another, since each holds its objects in memory until it ends.
MAX_CONCURRENT_OBJECTS = 10_000


class ObjectBudget:
    """The objects that one execution may complete in each event-loop iteration."""

    __slots__ = ("_completed_objects", "_iteration", "_ticket")

    def __init__(self) -> None:
        self._completed_objects, self._iteration = 0, LoopIteration.of_running_loop()
        self._ticket = self._iteration.next_ticket()

    @property
    def is_small(self) -> bool:
        """Whether so few objects are completed that the execution does not wait for others."""
        return self._completed_objects <= MAX_OBJECTS_WITHOUT_WAITING

    @property
    def max_objects(self) -> int:
        """The maximum of objects that all executions together complete in one iteration."""
        return (
            MAX_OBJECTS_PER_ITERATION
            if self._completed_objects <= MAX_OBJECTS_PER_ITERATION
            else MAX_OBJECTS_PER_ITERATION_WHEN_LARGE
        )

    def add_completed(self, objects: int) -> bool:
        """Counts objects as completed; returns whether the iteration is over its maximum.

        It is never over for an execution that has completed at most MAX_OBJECTS_WITHOUT_WAITING.
        """
        max_objects = self.max_objects
        self._completed_objects += objects
        completed_by_all = self._iteration.add_completed(objects)
        return completed_by_all > max_objects and not self.is_small

    async def wait_for_room(self, objects: int = 0) -> None:
        """Returns in an iteration that has room for so many more objects."""
        if self._completed_objects + objects > MAX_OBJECTS_WITHOUT_WAITING:
            is_last = self._completed_objects > MAX_CONCURRENT_OBJECTS
            await self._iteration.wait_for_room(
                objects, self.max_objects, is_last, self._ticket if is_last else self._iteration.next_ticket()
            )
