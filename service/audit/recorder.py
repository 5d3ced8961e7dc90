"""Records failed sign-ins and refusals in the background, off the path of the answer."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog

from service.audit.kinds import AuditEventKind
from service.audit.rows import insert, row_of_counted
from service.audit.tally import MAX_ENTRIES, Counted, Occurrence, Tally, shortened
from service.errors import FindFailure, RequestError, SignInFailure
from service.postgres.database import Database
from service.viewer import Viewer

FLUSH_SECONDS = 1.0
MAX_CLOSING_SECONDS = 2.0

log = structlog.get_logger(__name__)


class _Unresolved(NamedTuple):
    """A failed sign-in whose reason is still to be found."""

    find: FindFailure
    address: str | None
    at: datetime
    request_id: str | None

    @property
    def logged(self) -> dict[str, str]:
        """What the lines of the request in the log have."""
        return {} if self.request_id is None else {"request_id": self.request_id}


class AuditRecorder:
    """Takes notes of what happened, without waiting, and writes them within a second. Equal ones are counted.

    `lost` is how many could not be written: they are counted, and logged as `audit events lost`. `timer` gives
    seconds.
    """

    def __init__(self, database: Database, timer: Callable[[], float] = time.monotonic) -> None:
        self._database, self._timer = database, timer
        self._tally = Tally()
        self._unresolved: list[_Unresolved] = []
        self._lost = self._logged_lost = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def lost(self) -> int:
        """How many occurrences were lost since the process started."""
        return self._lost + self._tally.lost

    def note_failure(self, failure: SignInFailure | FindFailure, address: str | None, at: datetime) -> None:
        """Notes and logs a failed sign-in; one that is still to be found when it is written. So the time of the answer
        says nothing."""
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if isinstance(failure, SignInFailure):
            self._note_failure(failure, address, at, request_id)
            return
        if len(self._unresolved) < MAX_ENTRIES:
            self._unresolved.append(_Unresolved(failure, address, at, request_id))
        else:
            self._lost += 1
        self._ensure_running()

    def _note_failure(self, failure: SignInFailure, address: str | None, at: datetime, request_id: str | None) -> None:
        log.info(
            "sign-in failed",
            code=failure.code,
            organization=failure.organization_id and str(failure.organization_id),
            subject=failure.subject_id and str(failure.subject_id),
            client_address=address,
        )
        self._note(
            Occurrence(
                failure.organization_id,
                AuditEventKind.SIGN_IN_FAILED,
                failure.code,
                subject_type=failure.subject_type,
                subject_id=failure.subject_id,
                client_address=address,
            ),
            at,
            request_id,
        )

    def note_refusal(
        self,
        viewer: Viewer,
        code: str,
        at: datetime,
        operation: str | None = None,
        path: str | None = None,
        archived_id: UUID | None = None,
    ) -> None:
        """Notes that a request of a viewer was refused, with the names of its operation and of the refused field.

        The subject is the share token of the request, or the archived person whom it was to act for.
        """
        subject_type, subject_id = ("Person", archived_id) if archived_id else (None, None)
        if viewer.share is not None:
            subject_type, subject_id = "ShareToken", viewer.share.token_id
        self._note(
            Occurrence(
                viewer.organization_id,
                AuditEventKind.REQUEST_REFUSED,
                code,
                actor_id=viewer.person_id,
                service_account_id=viewer.service_account_id,
                api_key_id=viewer.api_key_id,
                subject_type=subject_type,
                subject_id=subject_id,
                client_address=viewer.client_address,
                operation=shortened(operation),
                path=shortened(path),
            ),
            at,
            viewer.request_id,
        )

    def _note(self, occurrence: Occurrence, at: datetime, request_id: str | None) -> None:
        self._tally.note(occurrence, at, request_id, self._timer())
        self._ensure_running()

    def _ensure_running(self) -> None:
        if self._task is None:
            # With nothing of the request that happens to come first, such as its id in the log.
            self._task = asyncio.create_task(self._run(), context=Context())

    async def _run(self) -> None:
        try:
            while self._unresolved or not self._tally.is_empty:
                await asyncio.sleep(FLUSH_SECONDS)
                await self.flush()
        finally:
            self._task = None

    async def flush(self) -> None:
        """Writes what is due."""
        await self._resolve()
        await self._write(self._tally.take_due(self._timer()))

    async def close(self) -> None:
        """Writes everything, as far as it is possible within MAX_CLOSING_SECONDS."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        try:
            async with asyncio.timeout(MAX_CLOSING_SECONDS):
                await self._resolve()
                await self._write(self._tally.take_all())
        except TimeoutError:
            pass
        self._lost += len(self._unresolved)
        self._lost += sum(each.times for each in self._tally.take_all())
        self._log_lost()

    async def _resolve(self) -> None:
        """Finds the failures that were noted without it, and notes them; those that cannot be found now stay."""
        unresolved, self._unresolved = self._unresolved, []
        try:
            failures = await asyncio.gather(*(each.find() for each in unresolved), return_exceptions=True)
        except asyncio.CancelledError:
            self._unresolved = [*unresolved, *self._unresolved]
            raise
        for each, failure in zip(unresolved, failures, strict=True):
            if isinstance(failure, SignInFailure):
                # As if it were logged by the request.
                with structlog.contextvars.bound_contextvars(**each.logged):
                    self._note_failure(failure, each.address, each.at, each.request_id)
            elif isinstance(failure, RequestError):
                self._unresolved.append(each)
            else:
                log.error("audit events not written", exc_info=failure)
                self._lost += 1

    async def _write(self, counted: Sequence[Counted]) -> None:
        by_organization: dict[UUID | None, list[Counted]] = defaultdict(list)
        for each in counted:
            by_organization[each.occurrence.organization_id].append(each)
        try:
            while by_organization:
                organization_id = next(iter(by_organization))
                await self._write_of(organization_id, by_organization[organization_id])
                del by_organization[organization_id]
        except RequestError:
            # The database cannot do it now. What is left is tried again.
            return
        finally:
            self._tally.put_back(each for rest in by_organization.values() for each in rest)
            self._log_lost()

    async def _write_of(self, organization_id: UUID | None, counted: Sequence[Counted]) -> None:
        """Writes what happened in one organization, if there is one. Raises RequestError if the database cannot do it
        now."""
        if organization_id is None:
            return
        try:
            await insert(self._database, organization_id, [row_of_counted(each) for each in counted])
        except RequestError:
            raise
        except Exception:
            log.exception("audit events not written")
            self._lost += sum(each.times for each in counted)

    def _log_lost(self) -> None:
        if self.lost > self._logged_lost:
            log.error("audit events lost", count=self.lost - self._logged_lost)
            self._logged_lost = self.lost
