"""Declares the classes of small values that do not change."""

from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(values: type[T]) -> type[T]:
    """A dataclass with slots and a hash, which the type checker keeps from changing.

    A frozen one would check each value that its own constructor sets: of twenty fields that takes eight times as long.
    """
    decorate: Any = dataclass(slots=True, unsafe_hash=True)
    decorated: type[T] = decorate(values)
    return decorated
