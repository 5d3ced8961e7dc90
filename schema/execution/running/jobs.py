"""Runs the jobs of a level concurrently, and without a task those that never wait."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

Job = Coroutine[Any, Any, None]


async def run_together(jobs: list[Job]) -> None:
    """Runs coroutines concurrently. The first that raises cancels all others.

    Each runs in the current task until it first waits, so it must not enter a timeout before that. Most jobs of small
    requests never wait, since their rows are there already.
    """
    if len(jobs) == 1:
        await jobs[0]
        return
    waiting: list[StartedJob] = []
    not_started = iter(jobs)
    try:
        # What was started before one fails is in the list.
        waiting.extend(started for job in not_started if (started := start_job(job)) is not None)
        if waiting:
            await _finish_together(waiting)
    finally:
        # If a job has failed, the others end where they wait, or never begin.
        for job in not_started:
            job.close()
        for started in waiting:
            started.close()


def start_job(job: Job) -> "StartedJob | None":
    """The job after it has run until it first waits; None if it has ended. Raises what the job raises."""
    try:
        return StartedJob(job, job.send(None))
    except StopIteration:
        return None


class StartedJob:
    """A coroutine that waits for the first time. It is continued by awaiting this object once."""

    def __init__(self, job: Job, waited_for: Any) -> None:
        self._job, self._waited_for = job, waited_for

    def close(self) -> None:
        """Ends the coroutine where it waits."""
        self._job.close()

    def __await__(self) -> Generator[Any, Any, None]:
        waited_for = self._waited_for
        if asyncio.isfuture(waited_for):
            # Another job that waits for the same future may have been continued first, which unmarks it.
            waited_for._asyncio_future_blocking = True
        while True:
            thrown: BaseException | None = None
            try:
                # As the coroutine itself would, this makes the task wait for the future.
                value = yield waited_for
            except BaseException as error:
                thrown = error
            try:
                waited_for = self._job.send(value) if thrown is None else self._job.throw(thrown)
            except StopIteration:
                return
            finally:
                # An error refers to this frame, which must not refer to it.
                del thrown


async def finish(started: StartedJob) -> None:
    """Continues a job to its end."""
    await started


async def _finish_together(waiting: list[StartedJob]) -> None:
    loop = asyncio.get_running_loop()
    # This takes less than half as long as `asyncio.wait`, which matters for small requests.
    finished, running_count = loop.create_future(), len(waiting)
    first_ended: list[asyncio.Task[None]] = []

    def on_task_end(task: asyncio.Task[None]) -> None:
        nonlocal running_count
        running_count -= 1
        failed = task.cancelled() or task.exception() is not None
        if not finished.done() and (failed or not running_count):
            first_ended.append(task)
            finished.set_result(None)

    tasks = [loop.create_task(finish(started)) for started in waiting]
    for task in tasks:
        task.add_done_callback(on_task_end)
    try:
        await finished
    finally:
        if running_count:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        # An error refers to this frame; the frame must not refer to the tasks, which refer to their errors.
        tasks.clear()
        del task
    first_ended.pop().result()
