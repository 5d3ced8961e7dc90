"""Declares fields whose function receives all parents of a level at once, and marks the columns that they use."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.exceptions import WrongNumberOfResultsReturned
from strawberry.types import Info

BatchFunction = Callable[..., Awaitable[Sequence[Any]]]
F = TypeVar("F", bound=Callable[..., Any])
USED_COLUMNS = "__used_columns__"
COLUMN_FUNCTION = "__column_function__"
RETURNS_PARENT_ROWS = "__returns_parent_rows__"
ALWAYS_TRUE_FOR = "__always_true_for__"
PLANNED_READ = "__planned_read__"
MANY = 1_000


class ParentBatch(list[Any]):
    """All parents of a level, passed as `source` to a resolver and its extensions."""


class BatchResults(list[Any]):
    """The results for a `ParentBatch`, in the order of the parents."""


class RequestedColumns(NamedTuple):
    """The columns of rows that a document requests, and those of them that only the response uses."""

    columns: frozenset[str]
    response_only: frozenset[str]


class PlannedRead(NamedTuple):
    """A statement that a batch function will send, with the parents' values of column `of` as the list `:parameter`.

    `rows` is how many rows it has for each parent at most, MANY if that is not known, 0 if they have no relations. The
    parents are rows of the read with the number `after` among the planned ones; None: the objects that these were
    planned for. It `is_of_many` if there may be several parents.
    """

    statement: Any
    of: str
    parameter: str
    parameters: dict[str, Any]
    rows: int = 0
    after: int | None = None
    is_of_many: bool = False


def batched(description: str, **options: Any) -> Callable[[BatchFunction], Any]:
    """Declares a field by `async def field(parents, info, **arguments) -> list[T]`.

    The function receives all parents of a level and returns their results in the same order. The GraphQL type is T. An
    exception in place of a result fails that parent's field alone. graphql-core calls the function by a DataLoader, and
    the breadth-first executor calls it once for a level.
    """

    def batched_field(batch_function: BatchFunction) -> Any:
        return strawberry.field(resolver=_make_resolver(batch_function), description=description, **options)

    return batched_field


def uses_columns(*columns: str) -> Callable[[F], F]:
    """Marks a resolver or a batch function that uses no columns of its parents other than these."""

    def mark(function: F) -> F:
        setattr(function, USED_COLUMNS, columns)
        return function

    return mark


def maps_column(column: str, function: Callable[[Any], Any]) -> Callable[[F], F]:
    """Marks a resolver that returns what a function makes of one column of its parent: the columns of many are mapped
    without calling it."""

    def mark(resolver: F) -> F:
        setattr(resolver, COLUMN_FUNCTION, (column, function))
        return uses_columns(column)(resolver)

    return mark


def plans_read(statement: Any, of: str) -> Callable[[F], F]:
    """Marks a batch function that will read the rows of a statement whose `:ids` are the parents' column `of`."""

    def mark(function: F) -> F:
        setattr(function, PLANNED_READ, lambda _requested: PlannedRead(statement, of, "ids", {}))
        return function

    return mark


def always_true_for(*types: type) -> Callable[[F], F]:
    """Marks an `is_type_of` that is true for all instances of these classes, so that it need not be called for them."""

    def mark(function: F) -> F:
        setattr(function, ALWAYS_TRUE_FOR, frozenset(types))
        return function

    return mark


def returns_parent_rows(function: F) -> F:
    """Marks a resolver whose results represent the rows behind its parent."""
    setattr(function, RETURNS_PARENT_ROWS, True)
    return function


def requested_columns(info: Info[Any, Any]) -> RequestedColumns | None:
    """The columns that the document requests of the rows that a field returns; None for all columns."""
    return getattr(info._raw_info, "requested_columns", None)


def planned_reads(
    info: Info[Any, Any], type_name: str | None = None, *, is_many: bool = False
) -> Sequence[PlannedRead]:
    """The statements that relations will send for the object that a resolver returns, or for the objects if there may
    be several, as far as they are known.

    With `type_name`, of the object of that type in the payload that a resolver returns.
    A batch function declares its own as `__planned_read__`: a function of the requested columns and of its arguments,
    which returns a PlannedRead, several, or None.
    """
    plan_reads: Callable[..., Sequence[PlannedRead]] | None = getattr(info._raw_info, "plan_reads", None)
    return () if plan_reads is None else plan_reads(info, type_name, is_many)


def get_batch_function(resolver: Callable[..., Any]) -> BatchFunction | None:
    """The batch function behind a resolver; None if the field is not batched."""
    return getattr(resolver, "__batch_function__", None)


def load(batch_function: BatchFunction, parent: Any, info: Info[Any, Any], arguments: dict[str, Any]) -> Awaitable[Any]:
    """The result of a batch function for one parent, loaded together with all other parents of the same selection."""
    if isinstance(parent, ParentBatch):
        return _load_all(batch_function, parent, info, arguments)
    node = info._raw_info.field_nodes[0]
    loaders: dict[tuple[Any, ...], DataLoader[Any, Any]] = info.context.loaders
    # With the parent type, since a fragment on an interface selects the same node for several types.
    key = (id(node), info._raw_info.parent_type.name)
    loader = loaders.get(key)
    if loader is None:

        async def load_batch(parents: list[Any]) -> list[Any]:
            return list(await batch_function(parents, info, **arguments))

        # Without a cache: whether a statement is sent must not depend on the objects of another level.
        loader = loaders[key] = DataLoader(load_batch, cache=False)
    return loader.load(parent)


async def _load_all(
    batch_function: BatchFunction, parents: ParentBatch, info: Info[Any, Any], arguments: dict[str, Any]
) -> BatchResults:
    results = BatchResults(await batch_function(parents, info, **arguments))
    if len(results) != len(parents):
        raise WrongNumberOfResultsReturned(expected=len(parents), received=len(results))
    return results


def _make_resolver(batch_function: BatchFunction) -> Callable[..., Any]:
    def resolver(root: Any, info: Info[Any, Any], **arguments: Any) -> Awaitable[Any]:
        return load(batch_function, root, info, arguments)

    signature = inspect.signature(batch_function)
    _, _, *arguments = signature.parameters.values()
    [result_type] = get_args(signature.return_annotation)
    resolver_signature = inspect.signature(resolver)
    # Strawberry derives the GraphQL type and the arguments from the signature.
    parameters = [
        resolver_signature.parameters["root"].replace(annotation=strawberry.Parent[Any]),
        resolver_signature.parameters["info"].replace(annotation=Info),
        *(argument.replace(kind=inspect.Parameter.KEYWORD_ONLY) for argument in arguments),
    ]
    resolver.__signature__ = signature.replace(parameters=parameters, return_annotation=result_type)  # type: ignore[attr-defined]
    resolver.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": result_type}
    resolver.__name__, resolver.__module__ = batch_function.__name__, batch_function.__module__
    resolver.__batch_function__ = batch_function  # type: ignore[attr-defined]
    return resolver
