"""Imports modules in three quarters of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Imports in it leave hundreds of thousands of objects that stay, and hardly any garbage to look for."""
    gc.disable()
    try:
        yield
    finally:
        # The next collection does not look at them either.
        gc.freeze()
        gc.enable()
