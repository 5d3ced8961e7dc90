"""What check-ins of a file replace: corrections and withdrawals."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from service.check_ins.row_commands import CheckInKind, add, add_replacement, load_newest, refusal_of_replaced
from service.entities.entity import Entity
from service.errors import Refusal
from service.events.models import Verb
from service.workspace.references import ids_of
from service.workspace.report import Report
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction


class ReplacedElsewhere(Refusal):
    """A check-in replaces one on the same goal or initiative."""

    meaning = (
        "Check-in that is to replace one on another goal or initiative. Send the goal or initiative of the one in "
        "`replaces`."
    )


class WithdrawalInvalid(Refusal):
    """A withdrawal names the check-in that it `replaces`, and states nothing."""

    meaning = (
        "Withdrawal of no check-in, or one that states something. Name the check-in in `replaces`, and leave out the "
        "note and all else that check-ins state."
    )


@dataclass(frozen=True)
class Replacing:
    """What the items of a chunk may replace: check-ins of a `kind` by the external ids of their items, those that were
    there, with their ids in `stored_ids`, and those of the chunk as they are added. `to_replace` are the external ids
    that items of the chunk name. `newest` has, for each that was replaced, what stands in its place now. `refused` are
    items of earlier chunks that were refused, and `left_out` those of this one."""

    kind: CheckInKind
    rows: dict[str, Any]
    stored_ids: Collection[UUID]
    to_replace: Collection[str]
    newest: dict[UUID, Any]
    refused: Collection[tuple[str, str]]
    left_out: set[str] = field(default_factory=set)

    def id_of(self, item: Any) -> UUID | None:
        """The id of the check-in that an item replaces, if it is there."""
        row = self.rows.get(item.replaces) if item.replaces else None
        return None if row is None else row.id

    def is_skipped(self, item: Any) -> bool:
        """Whether an item replaces one that was refused, so that nothing more can be said of it."""
        is_left_out = item.replaces in self.left_out or (self.kind.model.__name__, item.replaces) in self.refused
        return self.id_of(item) is None and is_left_out

    def check(self, item: Any, subject: Mapping[str, Any]) -> Iterator[Refusal]:
        """Yields what forbids that an item on a goal, `subject`, replaces what it names."""
        if item.is_withdrawal and (item.replaces is None or self._states_something(item)):
            yield WithdrawalInvalid(("isWithdrawal",))
        if item.replaces is None or self.is_skipped(item):
            return
        replaced = self.rows.get(item.replaces)
        if replaced is None:
            yield NotFound(("replaces",), thing=self.kind.model.__name__, known_by=f"the external id {item.replaces!r}")
        elif any(getattr(replaced, name) != value for name, value in subject.items()):
            yield ReplacedElsewhere(("replaces",))
        elif replaced.is_withdrawal:
            yield refusal_of_replaced(self.kind, replaced, "replaces")
        elif replaced.id in self.newest:
            yield refusal_of_replaced(self.kind, self.newest[replaced.id], "replaces")

    def add(self, tx: Transaction, item: Any, row: Any) -> None:
        """Adds the check-in of an item, which has been checked."""
        row.is_withdrawal, row.replaces_id = item.is_withdrawal, self.id_of(item)
        # It may be on its way to the database when the item comes that replaces it.
        row.invalid_since = row.recorded_at if item.is_withdrawal or item.external_id in self.to_replace else None
        if row.replaces_id is None:
            add(tx, self.kind, row)
        else:
            tx.attempt.ensure_fine()
            replaced = self.rows[item.replaces]
            if replaced.id in self.stored_ids:
                replaced.invalid_since = row.recorded_at
            add_replacement(tx, self.kind, row, replaced, Verb.WITHDRAWN if item.is_withdrawal else Verb.CORRECTED)
            self.newest[replaced.id] = row
        self.rows[item.external_id] = row

    def _states_something(self, item: Any) -> bool:
        return any(getattr(item, name) is not None for name in self.kind.facts if name != "at")


async def load_replacing(
    tx: Transaction, entity: Entity, kind: CheckInKind, items: Sequence[Any], report: Report
) -> Replacing:
    """What the items of a chunk replace, locked."""
    keys = {item.replaces for item in items if item.replaces is not None}
    ids = await ids_of(tx, entity, keys) if keys else {}
    rows: dict[UUID, Any] = {row.id: row for row in await tx.lock(kind.model, ids.values()) if row is not None}
    # What replaces a check-in was not recorded before it.
    tx.now = max([tx.now, *(row.recorded_at for row in rows.values())])
    newest = await load_newest(tx, kind, [id for id, row in rows.items() if row.invalid_since is not None])
    return Replacing(kind, {key: rows[id] for key, id in ids.items()}, rows.keys(), keys, newest, report.refused)
