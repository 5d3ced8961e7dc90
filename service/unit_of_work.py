"""Runs a command so that its change, its events and what is derived from it are committed together."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import stamina
from asyncpg import IntegrityConstraintViolationError

from service.postgres.database import CONFLICT_SQLSTATES, Database
from service.postgres.outages import sqlstate
from service.rollup.bulk import settle_many
from service.rollup.kpi_propagation import settle_kpis
from service.rollup.settle import settle
from service.viewer import Viewer
from service.writing.attempt import Attempt
from service.writing.constraints import refusal_of
from service.writing.transaction import Transaction, transaction
from service.writing.violations import violations

R = TypeVar("R")


async def write(
    database: Database,
    viewer: Viewer,
    now: datetime,
    command: Callable[[Transaction], Awaitable[R]],
    *,
    exclusive: bool = False,
    patient: bool = False,
) -> R:
    """The result of a command whose effect is committed and settled; nothing of it when anything fails.

    Deadlocks and serialization failures run the command again, at most five times. `exclusive` is for
    commands that change edges of the goal graph. `patient` is for bulk work: it lifts the time limit of statements, and
    settles some objectives at a time. Raises the command's Refusal or RequestError.
    """
    try:
        return await _once(database, viewer, now, command, exclusive=exclusive, patient=patient)
    except Exception as error:
        if not _is_conflict(error):
            raise
    # The context takes as long as a twentieth of a small change, and few changes need it.
    async for attempt in stamina.retry_context(on=_is_conflict, attempts=4, wait_initial=0.01, wait_max=0.5):
        with attempt:
            return await _once(database, viewer, now, command, exclusive=exclusive, patient=patient)
    raise AssertionError("unreachable")


async def _once(
    database: Database,
    viewer: Viewer,
    now: datetime,
    command: Callable[[Transaction], Awaitable[R]],
    *,
    exclusive: bool,
    patient: bool,
) -> R:
    attempt = Attempt()
    try:
        async with transaction(database, viewer, now, exclusive=exclusive, patient=patient) as tx:
            tx.attempt = attempt
            with attempt.noting():
                result = await command(tx)
            if attempt.refusals:
                attempt.note(await violations(tx, attempt.proposals))
            attempt.ensure_fine()
            await settle_kpis(tx)
            await (settle_many if tx.touches_many or (patient and tx.touched) else settle)(tx)
            return result
    except IntegrityConstraintViolationError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        # The transaction is gone, and the database told of one constraint only.
        async with transaction(database, viewer, now) as tx:
            located = await violations(tx, attempt.proposals)
        # It does not tell which of many rows it was.
        is_located = any((each.code, each.field[-1:]) == (refusal.code, refusal.field[-1:]) for each in located)
        attempt.note(located if is_located else [*located, refusal])
        raise attempt.refusal or refusal from error


def _is_conflict(error: Exception) -> bool:
    return sqlstate(error) in CONFLICT_SQLSTATES
