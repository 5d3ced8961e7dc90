"""What errors of the database say about the database itself: they are told as such, and are no bugs of ours."""

import asyncpg
from sqlalchemy.exc import DBAPIError

from service.errors import ConnectionLost, OperationTimeout, RequestError, Unavailable

# Time limits of statements, of locks and of idle transactions.
CANCELLED = {"57014", "55P03", "25P03"}
# Classes of SQLSTATE: the connection, the login, the database, resources, and the server's own files. Or it stands by.
CLASSES = ("08", "28", "3D", "53", "57P", "58", "25006")
DISK_FULL = "53100"
# A prepared statement is missing, or there is another of its name: somebody hands connections on and keeps none.
STATEMENTS_LOST = ("26000", "42P05")
# A replica ends a read that needs rows which it is about to remove, as the primary has.
CONFLICTS_WITH_REPLAY = ("40001", "40P01")
# The connection is over with it: the server ends it, has crashed, or takes none yet.
ENDED = ("08", "57P01", "57P02", "57P03", "57P05")
# What the driver says of a connection that is closed, or (operation 2) has told of its end and waits to be closed.
CLOSED = ("closed", "not connected", '"failed" state', "another operation (2)")


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of an error of the database, however it is wrapped; None for any other error."""
    return getattr(_original(error), "sqlstate", None)


def outage(error: BaseException) -> RequestError | None:
    """What to tell a client when the database could not do it now, or not in time; None for any other error."""
    state = sqlstate(error) or ""
    if state in CANCELLED:
        return OperationTimeout("A statement ran past its time limit, or waited too long for others.")
    if is_lost(error):
        return ConnectionLost("The connection to the database was lost, or there is none to be had.", _said(error))
    if state == DISK_FULL:
        return Unavailable("The database takes no changes now: its disk is full.", _said(error))
    if state in STATEMENTS_LOST:
        return Unavailable(
            "The database cannot do this now.", f"The pooler keeps no prepared statements: {_said(error)}"
        )
    if state.startswith(CLASSES):
        return Unavailable("The database cannot do this now.", _said(error))
    return None


def ended_by_replay(error: BaseException) -> bool:
    """Whether a replica has ended a read in favour of what it replays."""
    return sqlstate(error) in CONFLICTS_WITH_REPLAY


def is_lost(error: BaseException) -> bool:
    """Whether an error says that the connection has ended, or that there is none."""
    original = _original(error)
    if isinstance(original, (asyncpg.InterfaceError, asyncpg.InternalClientError)):
        # The same classes tell of bugs.
        return any(words in str(original) for words in CLOSED)
    return isinstance(original, OSError) or (sqlstate(original) or "").startswith(ENDED)


def _original(error: BaseException) -> BaseException:
    """The driver's own error below those of SQLAlchemy."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def _said(error: BaseException) -> str:
    original = _original(error)
    return f"{type(original).__name__}: {original}"
