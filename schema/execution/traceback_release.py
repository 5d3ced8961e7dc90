"""Releases the memory that the tracebacks of an error hold."""

from graphql import GraphQLError


def release_tracebacks(error: BaseException | None) -> None:
    """Removes the tracebacks of an error and of all errors that it comes from.

    Their frames hold rows, partial responses and mostly the error itself, which only the garbage collector would free.
    Call it when the error will not be logged any more.
    """
    pending, seen = [error], set()
    while pending:
        current = pending.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        current.__traceback__ = None
        pending += [current.__cause__, current.__context__]
        if isinstance(current, GraphQLError):
            pending.append(current.original_error)
        elif isinstance(current, BaseExceptionGroup):
            pending += current.exceptions
