"""Exceptions as text for the log: their types and frames, without messages, which may contain values of a request."""

import traceback
from collections.abc import Iterator

import asyncpg
from structlog.typing import ExcInfo

# The messages of these name parts of the code only.
OF_CODE = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError)
# Classes of SQLSTATE whose messages name parts of a statement, which has its values as parameters: syntax, names and
# rights. Others may contain values of rows.
OF_STATEMENTS = "42"
FACTS = ("sqlstate", "schema_name", "table_name", "column_name", "data_type_name", "constraint_name")
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
MAX_DEPTH = 20


def exception_text(exc_info: ExcInfo) -> str:
    """The traceback of an exception and of those that led to it, like that of Python but for the messages."""
    return "\n".join(_chain(exc_info[1], set()))


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause, link = error.__cause__, CAUSE
    if cause is None and not error.__suppress_context__:
        cause, link = error.__context__, CONTEXT
    if cause is not None and id(cause) not in seen and len(seen) < MAX_DEPTH:
        yield from _chain(cause, seen)
        yield f"\n{link}\n"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield describe(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            if id(each) not in seen and len(seen) < MAX_DEPTH:
                text = "\n".join(_chain(each, seen))
                yield "\n".join(f"  | {line}" for line in text.splitlines())


def describe(error: BaseException) -> str:
    """The type of an exception, with what is known to contain no values."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, asyncpg.PostgresError):
        facts = [f"{fact} {value}" for fact in FACTS if (value := getattr(error, fact, None))]
        if (error.sqlstate or "").startswith(OF_STATEMENTS) and error.args:
            facts.append(str(error.args[0]))
        return f"{name}: {', '.join(facts)}"
    if isinstance(error, OF_CODE) and error.args:
        return f"{name}: {error.args[0]}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: errno {error.errno}"
    return name
