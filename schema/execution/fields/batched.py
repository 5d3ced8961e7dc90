"""Fields that receive all parents of a level at once.

Under graphql-core a DataLoader stands behind each; an executor that works by levels calls the function
itself, once. There is one definition, so the two cannot drift.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.exceptions import WrongNumberOfResultsReturned
from strawberry.types import Info

Batch = Callable[..., Awaitable[Sequence[Any]]]
F = TypeVar("F", bound=Callable[..., Any])
COLUMNS, ROWS, SURE, FOLLOWING = "__columns__", "__rows__", "__sure_of__", "__following__"


class Parents(list[Any]):
    """All parents of a level, where a resolver and its extensions expect one of them."""


class Answers(list[Any]):
    """What was answered to `Parents`, in their order."""


class Asked(NamedTuple):
    """The columns that a document asks for of rows: all of them, and those that nothing but the response looks at."""

    columns: frozenset[str]
    written: frozenset[str]


class Read(NamedTuple):
    """A statement that a batch function will send, with its parents' values of a column as the list `:parameter`."""

    statement: Any
    of: str
    parameter: str
    parameters: dict[str, Any]


def batched(description: str, **options: Any) -> Callable[[Batch], Any]:
    """Makes a field of `async def field(parents, info, **arguments) -> list[T]`.

    The function gets all parents of a level and answers in their order, one T for each; the GraphQL type
    is T. An exception in place of an answer fails that parent's field alone.
    """

    def field(batch: Batch) -> Any:
        return strawberry.field(resolver=_resolver(batch), description=description, **options)

    return field


def looks_at(*columns: str) -> Callable[[F], F]:
    """Says of a resolver or a batch function that it looks at no other columns of its parents than these."""

    def mark(function: F) -> F:
        setattr(function, COLUMNS, columns)
        return function

    return mark


def sure_of(*types: type) -> Callable[[F], F]:
    """Says of an `is_type_of` that it is true of every value of these classes, so that none has to be asked about."""

    def mark(function: F) -> F:
        setattr(function, SURE, frozenset(types))
        return function

    return mark


def same_rows(function: F) -> F:
    """Says of a resolver that what it answers with stands for the rows behind its parent."""
    setattr(function, ROWS, True)
    return function


def asked_columns(info: Info[Any, Any]) -> Asked | None:
    """The columns that the document asks for of the rows that a field answers with; None for all, as they are."""
    return getattr(info._raw_info, "columns", None)


def following_reads(info: Info[Any, Any]) -> list[Read]:
    """What relations will read of the one object that a resolver answers with, where that is known beforehand.

    A batch function says so by `__following__`: a function of the columns asked for and of its arguments.
    """
    told: Callable[[Any], list[Read]] | None = getattr(info._raw_info, "following", None)
    return [] if told is None else told(info)


def batch_of(resolver: Callable[..., Any]) -> Batch | None:
    """The batch function behind a resolver; None when it is not a batched field's."""
    return getattr(resolver, "__batch__", None)


def load(batch: Batch, parent: Any, info: Info[Any, Any], arguments: dict[str, Any]) -> Awaitable[Any]:
    """What `batch` answers for one parent, asked together with all others of the same selection."""
    if isinstance(parent, Parents):
        return _answers(batch, parent, info, arguments)
    node = info._raw_info.field_nodes[0]
    loaders: dict[tuple[Any, ...], DataLoader[Any, Any]] = info.context.loaders
    # The parent's type too: a fragment on an interface selects the same node for several types.
    key = (id(node), info._raw_info.parent_type.name)
    loader = loaders.get(key)
    if loader is None:

        async def answer(parents: list[Any]) -> list[Any]:
            return list(await batch(parents, info, **arguments))

        # No cache: whether a statement is sent must not depend on what was seen on another level.
        loader = loaders[key] = DataLoader(answer, cache=False)
    return loader.load(parent)


async def _answers(batch: Batch, parents: Parents, info: Info[Any, Any], arguments: dict[str, Any]) -> Answers:
    answers = Answers(await batch(parents, info, **arguments))
    if len(answers) != len(parents):
        raise WrongNumberOfResultsReturned(expected=len(parents), received=len(answers))
    return answers


def _resolver(batch: Batch) -> Callable[..., Any]:
    def resolver(root: Any, info: Info[Any, Any], **arguments: Any) -> Awaitable[Any]:
        return load(batch, root, info, arguments)

    signature = inspect.signature(batch)
    _, _, *arguments = signature.parameters.values()
    [answer] = get_args(signature.return_annotation)
    own = inspect.signature(resolver)
    # Strawberry reads the GraphQL type and the arguments off the signature.
    parameters = [
        own.parameters["root"].replace(annotation=strawberry.Parent[Any]),
        own.parameters["info"].replace(annotation=Info),
        *(argument.replace(kind=inspect.Parameter.KEYWORD_ONLY) for argument in arguments),
    ]
    resolver.__signature__ = signature.replace(parameters=parameters, return_annotation=answer)  # type: ignore[attr-defined]
    resolver.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": answer}
    resolver.__name__, resolver.__module__ = batch.__name__, batch.__module__
    resolver.__batch__ = batch  # type: ignore[attr-defined]
    return resolver
