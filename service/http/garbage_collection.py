"""Collects garbage between requests, when there is next to nothing to look through."""

import gc

from starlette.types import ASGIApp, Receive, Scope, Send

AT_REST = 10_000
# For a server that is never at rest. A large response is tens of thousands of new objects, all of them in use.
# Others wait while a generation is looked through: little is to gather in the middle one.
YOUNG, MIDDLE, OLD = 20_000, 2, 500


class CollectsAtRest:
    """ASGI middleware: while a large response is made, the collector would only look at what is in use."""

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
                collect()


def prepare() -> None:
    """To be called once the application is made: what it consists of is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def collect() -> None:
    """Collects what is young if there is enough of it, and what is older in its turn."""
    young, middle, old = gc.get_count()
    if young >= AT_REST:
        gc.collect(2 if old > OLD else 1 if middle > MIDDLE else 0)
