"""Makes the objects of a response, many at once, by one generated comprehension for each set of keys."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

Builder = Callable[[int, Sequence[Sequence[Any]]], list[dict[str, Any]]]


# Longer names in one selection are not kept: anybody can make them up.
KEPT_NAMES = 2_000


def builder(keys: tuple[tuple[str, bool], ...]) -> Builder:
    """A function that makes so many dicts with these keys in this order, given columns of values.

    A key comes with whether it has a column; the others are null until somebody sets them.
    """
    is_common = sum(len(key) for key, _ in keys) <= KEPT_NAMES
    return _known(keys) if is_common else _built(keys)


def _built(keys: tuple[tuple[str, bool], ...]) -> Builder:
    columns = [f"v{number}" for number, (_, given) in enumerate(keys) if given]
    # Keys are names of GraphQL, which hold nothing that would need quoting.
    entries = ", ".join(
        f"{key!r}: v{number}" if given else f"{key!r}: None" for number, (key, given) in enumerate(keys)
    )
    if not columns:
        source = f"lambda count, columns: [{{{entries}}} for _ in range(count)]"
    elif len(columns) == 1:
        source = f"lambda count, columns: [{{{entries}}} for {columns[0]} in columns[0]]"
    else:
        source = f"lambda count, columns: [{{{entries}}} for {', '.join(columns)} in zip(*columns)]"
    # With all builtins: what ends while dicts are made may import something, and looks for that here.
    made: Builder = eval(source, {})
    return made


_known = lru_cache(maxsize=4096)(_built)
