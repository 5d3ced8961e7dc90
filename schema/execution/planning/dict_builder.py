"""Builds many response objects at once, by one generated comprehension for each tuple of response keys."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

DictBuilder = Callable[[int, Sequence[Sequence[Any]]], list[dict[str, Any]]]


# Builders of longer keys are not cached, since clients can invent any aliases.
MAX_CACHED_KEY_CHARACTERS = 2_000


def get_dict_builder(keys: tuple[tuple[str, bool], ...]) -> DictBuilder:
    """A function that builds dicts with these keys in this order, from their number and columns of values.

    Each key comes with whether it has a column; the other keys are null at first.
    """
    is_common = sum(len(key) for key, _ in keys) <= MAX_CACHED_KEY_CHARACTERS
    return _cached_builder(keys) if is_common else _compile_builder(keys)


def _compile_builder(keys: tuple[tuple[str, bool], ...]) -> DictBuilder:
    columns = [f"v{number}" for number, (_, has_column) in enumerate(keys) if has_column]
    # Keys are GraphQL names, which contain no character that needs quoting.
    entries = ", ".join(
        f"{key!r}: v{number}" if has_column else f"{key!r}: None" for number, (key, has_column) in enumerate(keys)
    )
    if not columns:
        source = f"lambda count, columns: [{{{entries}}} for _ in range(count)]"
    elif len(columns) == 1:
        source = f"lambda count, columns: [{{{entries}}} for {columns[0]} in columns[0]]"
    else:
        source = f"lambda count, columns: [{{{entries}}} for {', '.join(columns)} in zip(*columns)]"
    # With all builtins: a finalizer that runs meanwhile may import a module, for which it needs `__import__`.
    builder: DictBuilder = eval(source, {})
    return builder


_cached_builder = lru_cache(maxsize=4096)(_compile_builder)
