"""The unit of change: rows, their events and their revisions, written together or not at all."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from service.audit.derivations import Derived
from service.audit.kinds import AuditEventKind
from service.events.creation import CreatedFrom
from service.events.models import Verb
from service.postgres.database import WRITE, Database
from service.postgres.tables import TenantRow
from service.postgres.transaction_settings import BULK_SETTINGS
from service.reading.visibility import visibility_parameters
from service.viewer import Viewer
from service.writing.attempt import Attempt
from service.writing.change import Change
from service.writing.current_role import ONE_ROW_TAG, load_current_viewer, lock_statement, role_statements
from service.writing.driver_statements import bound, changed_rows, driver_statement, lock_by_id
from service.writing.event_rows import audit_row, rows_of_change
from service.writing.realignment import Realignment
from service.writing.revisions import revision_of
from service.writing.unsaved_row import model_of
from service.writing.unsent_writes import UnsentWrites
from service.writing.yielding import ROWS_A_TURN, let_others

T = TypeVar("T", bound=TenantRow)
# By which columns rows belong to key results and KPIs.
OWNERS = {"key_result_id": "changed_goals", "parent_key_result_id": "changed_goals", "kpi_id": "changed_kpis"}
# What decides who a viewer is, and what it may see and edit.
ACCESS_TYPES = frozenset(
    {"ApiKey", "Membership", "Organization", "Participant", "Person", "ServiceAccount", "ShareToken", "Team"}
)


@dataclass
class Transaction:
    """What a command works in. `now` is the door's clock; `touched` are the objectives to settle before the commit,
    `touched_cycles` and `touched_teams` stand for all of theirs, `all_touched` for all; `locked_upward` are objectives
    locked with all above them, each before its parents; `realigned` ones serve others than before; `touched_kpis` have
    the first and last day of what changed, `all_kpis_touched` stands for all computed ones; `changed_goals` and
    `changed_kpis` show something else by unchanged columns; `attempt` collects what is wrong; `created_from` is the
    input that creates an object under a client's own id; `is_distributed` where Citus is; `changed_types` are those of
    changed rows, `created` new cycles and goals, by referring column; `locked_ahead` is for several changes."""

    connection: "asyncpg.Connection[Any]"
    viewer: Viewer
    now: datetime
    touched: set[UUID] = field(default_factory=set)
    locked_upward: list[UUID] = field(default_factory=list)
    touched_cycles: set[UUID] = field(default_factory=set)
    touched_teams: set[UUID] = field(default_factory=set)
    all_touched: bool = False
    all_kpis_touched: bool = False
    touched_kpis: dict[UUID, tuple[date, date]] = field(default_factory=dict)
    changed_goals: set[UUID] = field(default_factory=set)
    realigned: Realignment = field(default_factory=Realignment)
    changed_kpis: set[UUID] = field(default_factory=set)
    attempt: Attempt = field(default_factory=Attempt)
    created_from: CreatedFrom | None = None
    is_distributed: bool = False
    changed_types: set[str] = field(default_factory=set)
    created: set[tuple[str, UUID]] = field(default_factory=set)
    reason: str | None = None
    locked_ahead: dict[tuple[type[TenantRow], UUID], Any] = field(default_factory=dict)
    _position_count: int = 0
    _flushes: int = 0
    _unsent: UnsentWrites = field(init=False)
    _shared: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._unsent = UnsentWrites(self.connection, self.organization_id, are_distributed=self.is_distributed)
        self._shared = {"organization_id": self.organization_id, **visibility_parameters(self.viewer)}

    @property
    def organization_id(self) -> UUID:
        """The tenant of this transaction."""
        return self.viewer.organization_id

    def next_position(self) -> float:
        """A place after all that was created before: time orders rows, and needs no look at the others.

        Rows of one transaction are a millisecond apart, so an import keeps the order of its lines.
        """
        self._position_count += 1
        return self.now.timestamp() + self._position_count * 1e-3

    @property
    def touches_many(self) -> bool:
        """Whether there is more to settle than should be held in memory at once."""
        return self.all_touched or bool(self.touched_cycles or self.touched_teams) or len(self.touched) > 1000

    def touch_kpi(self, id: UUID, first: date = date.min, last: date = date.max) -> None:
        """Notes that points of a KPI between two days have changed, or all of them."""
        known_first, known_last = self.touched_kpis.get(id, (first, last))
        self.touched_kpis[id] = (min(first, known_first), max(last, known_last))

    @contextmanager
    def attempting(self) -> Iterator[Attempt]:
        """An attempt of its own for one of many changes; what is wrong with it is not noted for the others.

        Rows of a refused attempt that were not flushed yet are forgotten: the database would reject them.
        """
        outer, self.attempt = self.attempt, Attempt()
        flushes, waiting = self._flushes, self._unsent.count_new()
        try:
            with self.attempt.noting():
                yield self.attempt
            if self.attempt.refusals:
                waiting = waiting if flushes == self._flushes else {}
                self._unsent.forget(self.attempt.proposals, waiting)
        finally:
            self.attempt = outer

    async def rows(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        """Rows of a statement, with the tenant bound."""
        return await self.connection.fetch(*await self._ready(statement, parameters))

    async def discard_plans(self) -> None:
        """Forgets the plans made so far: those for tables that were empty do not fit what was added since."""
        await self._unsent.sent_ahead()
        await self.connection.execute("DISCARD PLANS")

    async def run(self, statement: Any, **parameters: Any) -> int:
        """Runs a change given as a statement, with the tenant bound; the number of rows it changed."""
        return changed_rows(await self.connection.execute(*await self._ready(statement, parameters)))

    async def _ready(self, statement: Any, parameters: dict[str, Any]) -> list[Any]:
        """Text and arguments of a statement, when the connection is free for it."""
        await self._unsent.sent_ahead()
        return bound(statement, {**self._shared, **parameters})

    async def lock(self, model: type[T], ids: Iterable[UUID], *, update: bool = True) -> list[T | None]:
        """The rows of these ids in the order asked, locked (unless not for `update`) and fresh; None for
        what is not there. A row that was locked before is the same object, and keeps what was changed in it."""
        id_list = list(ids)
        if not id_list:
            return []
        await self._unsent.sent_ahead()
        fetched = await self.connection.fetch(lock_by_id(model, update), self.organization_id, id_list)
        rows_by_id: dict[UUID, T] = {}
        for start in range(0, len(fetched), ROWS_A_TURN):
            some = fetched[start : start + ROWS_A_TURN]
            rows = self.adopt(model, some) if update else self._unsent.adopt(model, some)
            rows_by_id |= {row.id: row for row in rows}
            await let_others(start)
        return [rows_by_id.get(id) for id in id_list]

    async def lock_rows(self, model: type[T], statement: Any, **parameters: Any) -> list[T]:
        """The rows of a statement that selects all columns of a table, to be changed."""
        return self.adopt(model, await self.rows(statement, **parameters))

    def adopt(self, model: type[T], rows: Iterable[Mapping[str, Any]]) -> list[T]:
        """Rows with all columns of a table that a statement has locked, to be changed."""
        stored = self._unsent.adopt(model, rows)
        self.seen(stored)
        return stored

    def seen(self, rows: Iterable[Any]) -> None:
        """Moves `now` on to the last change of rows that are about to change again.

        Whoever waited for a lock began earlier than who held it, and history must not run backwards.
        """
        self.now = max([self.now, *(row.updated_at for row in rows if hasattr(row, "updated_at"))])

    def insert(self, rows: Iterable[SQLModel]) -> None:
        """Adds new rows; they reach the database with the next `flush`. Raises what was noted to be wrong with them."""
        self.attempt.ensure_fine()
        for row in rows:
            self._unsent.add(row.__table__, row)  # type: ignore[attr-defined]

    def record(
        self,
        verb: Verb,
        row: TenantRow,
        changes: dict[str, Any],
        *,
        requested: Change | None = None,
        reason: str | None = None,
        objectives: Sequence[UUID] = (),
        settles: bool = True,
    ) -> None:
        """Records the event of a change, and the revision of the row where its history is kept.

        `requested` is the change as a client requested it: it has the reason and from when on the change holds.
        `objectives` are those that the row counts in, which are settled unless not `settles`; the first one is the
        objective of the event.
        """
        id = uuid7()
        reason = (requested.reason if requested is not None else reason) or self.reason
        objective_id = objectives[0] if objectives else None
        self.leave_event(verb, row, changes, objective_id=objective_id, reason=reason, event_id=id)
        revision = revision_of(row, id, (requested.effective_at if requested else None) or self.now, self.now)
        if revision is not None:
            self._unsent.add(*revision)
        changed = objectives if settles else ()
        self.touched.update(changed)
        self.realigned.note(verb, objectives)
        self._note_owners(row, changed)

    def _note_owners(self, row: Any, objective_ids: Collection[UUID]) -> None:
        """Notes whom a changed row belongs to, which show it."""
        self.changed_goals.update(objective_ids)
        for name, owners in OWNERS.items():
            if (id := getattr(row, name, None)) is not None:
                getattr(self, owners).add(id)

    def leave_event(
        self,
        verb: Verb,
        row: TenantRow,
        changes: dict[str, Any],
        *,
        event_id: UUID,
        objective_id: UUID | None = None,
        reason: str | None = None,
    ) -> None:
        """Leaves an event alone, of a change that is no change of the row's own facts."""
        self.changed_types.add(model_of(row).__name__)
        origin = self.created_from
        rows = rows_of_change(
            *(self.viewer, self.now, verb, row, changes),
            event_id=event_id,
            objective_id=objective_id,
            reason=reason,
            input_digest=origin.digest if origin and origin.id == row.id else None,
        )
        for table, each in rows:
            self._unsent.add(table, each)

    def audit(self, kind: AuditEventKind, **facts: Any) -> None:
        """Leaves an audit event that follows from no change of a row, with `facts` of `Derived`."""
        self._unsent.add(*audit_row(self.viewer, self.now, Derived(kind, **facts)))

    def unsent_ids(self, model: type[TenantRow]) -> set[UUID]:
        """The ids of new rows of a table that were not flushed yet."""
        return self._unsent.new_ids(model)

    def send_ahead(self) -> None:
        """Begins to send new rows if they are many; not within `attempting`, which could not forget them any more."""
        self._unsent.send_ahead()

    async def flush(self) -> None:
        """Sends what is new and what has changed, by one statement unless it is much. Raises what was noted."""
        self.attempt.ensure_fine()
        await self._unsent.send()
        self._note_flushed()

    async def rows_after_flush(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        """Flushes, and reads the rows of a SELECT afterwards; in one message, unless it is much."""
        self.attempt.ensure_fine()
        compiled = driver_statement(statement)
        arguments, index = compiled.arguments({**self._shared, **parameters}), compiled.names.index("organization_id")
        rows = await self._unsent.send_and_read(compiled.text, arguments, index + 1)
        self._note_flushed()
        return rows

    def _note_flushed(self) -> None:
        self._flushes += 1
        # The database has taken them in, so that nothing is wrong with what they refer to.
        self.attempt.proposals.clear()

    def forget_rows(self) -> None:
        """Forgets the rows that were locked, whose changes have been flushed."""
        self._unsent.forget_stored()


@asynccontextmanager
async def transaction(
    database: Database, viewer: Viewer, now: datetime, *, exclusive: bool = False, patient: bool = False
) -> AsyncIterator[Transaction]:
    """A transaction of a viewer. Nothing is derived here: callers settle before they leave.

    `exclusive` is for what changes edges of the goal graph: everything else then waits, so that paths stand still while
    somebody walks them (docs/decisions/0004). `patient` lifts the time limit of statements, for bulk work. Its viewer
    has the role of now. Raises Unauthenticated for one that was archived since it was looked up.
    """
    more = [lock_statement(viewer.organization_id, is_exclusive=exclusive), *(role_check := role_statements(viewer))]
    settings = BULK_SETTINGS if patient else ()
    async with database.open_connection(
        database.write_pool, WRITE, viewer.organization_id, *more, settings=settings, only_read=False
    ) as taken:
        if role_check and taken.command_tag != ONE_ROW_TAG:
            viewer = await load_current_viewer(taken.driver, viewer)
        tx = Transaction(taken.driver, viewer, now, is_distributed=taken.session.is_distributed)
        try:
            yield tx
            await tx.flush()
        finally:
            await tx._unsent.abandon()
    if ACCESS_TYPES & tx.changed_types:
        database.access_changes[viewer.organization_id] = monotonic()
