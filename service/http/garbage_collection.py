"""Runs the garbage collector between requests, when few objects are in use."""

import gc

from starlette.types import ASGIApp, Receive, Scope, Send

# Objects in the youngest generation.
MIN_YOUNG_OBJECTS = 10_000
# Thresholds of the automatic collection, for a server that is never idle. A large response creates tens of thousands of
# objects, all in use. A collection blocks all requests, and the middle generation holds little garbage.
YOUNG_THRESHOLD = 20_000
MIDDLE_THRESHOLD = 2
OLD_THRESHOLD = 500


class IdleGarbageCollection:
    """ASGI middleware that collects garbage whenever no request is running."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._running += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._running -= 1
            if not self._running:
                collect_garbage()


def freeze_startup_objects() -> None:
    """Exempts all current objects from collection. To be called once, after the application is created."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_THRESHOLD, MIDDLE_THRESHOLD, OLD_THRESHOLD)


def collect_garbage() -> None:
    """Collects the youngest generation if it is large enough, and older ones if they are due."""
    young, middle, old = gc.get_count()
    if young >= MIN_YOUNG_OBJECTS:
        gc.collect(2 if old > OLD_THRESHOLD else 1 if middle > MIDDLE_THRESHOLD else 0)
