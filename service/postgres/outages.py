"""Classifies database errors that are outages, not bugs, and turns them into request errors."""

import asyncpg
from sqlalchemy.exc import DBAPIError

from service.errors import ConnectionLost, OperationTimeout, RequestError, Unavailable

# Time limits of statements, of locks and of idle transactions.
CANCELLED_SQLSTATES = {"57014", "55P03", "25P03"}
# Prefixes: connection, login, database, resources, shutdown, system files; and read-only, of a standby.
UNAVAILABLE_SQLSTATES = ("08", "28", "3D", "53", "57P", "58", "25006")
DISK_FULL_SQLSTATE = "53100"
# A prepared statement is missing or its name is in use: a pooler does not support prepared statements.
PREPARED_STATEMENT_SQLSTATES = ("26000", "42P05")
# A replica cancels a read that conflicts with the replay of the log.
REPLAY_CONFLICT_SQLSTATES = ("40001", "40P01")
# Prefixes: the server has ended the connection, has crashed, or does not accept connections yet.
CONNECTION_ENDED_SQLSTATES = ("08", "57P01", "57P02", "57P03", "57P05")
# Parts of messages of the driver for a closed connection. Operation 2 is a connection about to be closed.
CLOSED_MESSAGES = ("closed", "not connected", '"failed" state', "another operation (2)")


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of a database error, also if SQLAlchemy wraps it; None for any other error."""
    return getattr(_original(error), "sqlstate", None)


def outage(error: BaseException) -> RequestError | None:
    """The request error for a database that cannot serve a statement, or not in time; None for any other error."""
    state = sqlstate(error) or ""
    if state in CANCELLED_SQLSTATES:
        return OperationTimeout("A statement ran past its time limit, or waited too long for others.")
    if is_lost(error):
        return ConnectionLost("The connection to the database was lost, or there is none to be had.", _describe(error))
    if state == DISK_FULL_SQLSTATE:
        return Unavailable("The database takes no changes now: its disk is full.", _describe(error))
    if state in PREPARED_STATEMENT_SQLSTATES:
        return Unavailable(
            "The database cannot do this now.", f"The pooler keeps no prepared statements: {_describe(error)}"
        )
    if state.startswith(UNAVAILABLE_SQLSTATES):
        return Unavailable("The database cannot do this now.", _describe(error))
    return None


def is_replay_conflict(error: BaseException) -> bool:
    """Whether a replica has cancelled a read because of the replay of the log."""
    return sqlstate(error) in REPLAY_CONFLICT_SQLSTATES


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the connection has ended or could not be opened."""
    original = _original(error)
    if isinstance(original, (asyncpg.InterfaceError, asyncpg.InternalClientError)):
        # The same classes are raised for bugs, too.
        return any(message in str(original) for message in CLOSED_MESSAGES)
    return isinstance(original, OSError) or (sqlstate(original) or "").startswith(CONNECTION_ENDED_SQLSTATES)


def _original(error: BaseException) -> BaseException:
    """The error of the driver below those of SQLAlchemy."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def _describe(error: BaseException) -> str:
    original = _original(error)
    return f"{type(original).__name__}: {original}"
