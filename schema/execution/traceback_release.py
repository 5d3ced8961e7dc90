"""Lets go of what an error holds by the frames that it went through."""

from graphql import GraphQLError


def let_go(error: BaseException | None) -> None:
    """Forgets the tracebacks of an error and of all that it came from.

    Their frames hold rows, halves of responses, and mostly the error itself: only the collector would free them. To
    be called once nobody wants to log the error any more.
    """
    pending, seen = [error], set()
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = None
        pending += [each.__cause__, each.__context__]
        if isinstance(each, GraphQLError):
            pending.append(each.original_error)
        elif isinstance(each, BaseExceptionGroup):
            pending += each.exceptions
