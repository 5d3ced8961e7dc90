"""Changing cycles."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.changes import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    OWN_ID,
    REASON,
    ArchiveInput,
    Subject,
    altering,
    creating,
    optional,
)
from schema.cycles import STATE_NOT_ENFORCED, Cycle
from schema.errors import USER_ERRORS, UserError
from schema.inputs import change, facts
from service.cycles import commands, queries
from service.cycles.models import CycleKind, CycleState
from service.transaction import Transaction


@strawberry.input(description="A new cycle.")
class CycleCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called; 1 to 200 characters.")
    kind: CycleKind = strawberry.field(description="How long it is.")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")
    state: CycleState | None = optional(
        f"State of the cycle as people have set it; PLANNING when left out. {STATE_NOT_ENFORCED}"
    )
    parent_id: strawberry.ID | None = optional("The longer cycle it is part of; it has to lie inside.")


@strawberry.input(description="Changes to a cycle: what is left out stays, null empties.")
class CycleUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which cycle.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    name: Maybe[str] = optional("What it is called; 1 to 200 characters.")
    kind: Maybe[CycleKind] = optional("How long it is.")
    starts_on: Maybe[date] = optional("Its first day.")
    ends_on: Maybe[date] = optional("Its last day.")
    state: Maybe[CycleState] = optional(f"State of the cycle as people have set it. {STATE_NOT_ENFORCED}")
    parent_id: Maybe[strawberry.ID | None] = optional("The longer cycle it is part of; it has to lie inside.")


@strawberry.type(description="A cycle after a change, or as it is when the change was refused.")
class CyclePayload:
    cycle: Cycle | None = strawberry.field(description="The cycle; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


CYCLE = Subject(CyclePayload, queries.CYCLES, "Cycle")


async def _cycle_create(tx: Transaction, input: CycleCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "Cycle"), await commands.time_zone(tx))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class CycleMutations:
    """Fields of Mutation."""

    cycle_create: CyclePayload | None = creating(
        CYCLE,
        CycleCreateInput,
        _cycle_create,
        "Adds a cycle. For administrators.",
        argument="The cycle.",
        exclusive=True,
    )
    cycle_update: CyclePayload | None = altering(
        CYCLE,
        CycleUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Cycle")),
        "Changes a cycle; with other dates, status follows. For administrators.",
        exclusive=True,
    )
    cycle_archive: CyclePayload | None = altering(
        CYCLE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a cycle: it leaves the lists. Nothing is lost. For administrators.",
    )
    cycle_restore: CyclePayload | None = altering(
        CYCLE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived cycle back. For administrators.",
    )
