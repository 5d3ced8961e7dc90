"""Changing cycles."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.cadence import CADENCE, INHERITED, UNCHANGED_OR_INHERITED, CheckInCadenceInput
from schema.cycles import Cycle
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.cycles import commands
from service.cycles.entity import CYCLE
from service.cycles.models import CycleKind
from service.cycles.states import CycleActivation
from service.writing.transaction import Transaction

NAME = "Name of the cycle, such as Q3 2026; 1 to 200 characters."
KIND = "Kind of the cycle by its length, such as YEAR or QUARTER."
STARTS_ON = "First day of the cycle, which belongs to it; from the year 1900 on."
ENDS_ON = "Last day of the cycle, which belongs to it; not before the first, until the year 2200."
ACTIVATION = "Activation of the cycle: how it becomes ACTIVE, AT_START or MANUAL."
ALLOWS_DATES_OUTSIDE = "True if goals of the cycle may have dates of their own outside it."
CHECK_IN_CADENCE = CADENCE.format(goals="the goals of the cycle")
PARENT = "Id of the longer cycle that the cycle is part of; the cycle has to lie inside."


@strawberry.input(description="Cycle to create in the organization.")
class CycleCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description=NAME)
    kind: CycleKind = strawberry.field(description=KIND)
    starts_on: date = strawberry.field(description=STARTS_ON)
    ends_on: date = strawberry.field(description=ENDS_ON)
    activation: CycleActivation | None = optional(f"{ACTIVATION} Left out: AT_START.")
    allows_dates_outside: bool | None = optional(f"{ALLOWS_DATES_OUTSIDE} Left out: false.")
    check_in_cadence: CheckInCadenceInput | None = optional(f"{CHECK_IN_CADENCE} {INHERITED}")
    parent_id: strawberry.ID | None = optional(f"{PARENT} Left out: none.")


@strawberry.input(description="Changes to a cycle. Fields left out stay unchanged; null removes a value.")
class CycleUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    name: Maybe[str] = optional(f"{NAME} {UNCHANGED}")
    kind: Maybe[CycleKind] = optional(f"{KIND} {UNCHANGED}")
    starts_on: Maybe[date] = optional(f"{STARTS_ON} {UNCHANGED}")
    ends_on: Maybe[date] = optional(f"{ENDS_ON} {UNCHANGED}")
    activation: Maybe[CycleActivation] = optional(f"{ACTIVATION} {UNCHANGED}")
    allows_dates_outside: Maybe[bool] = optional(f"{ALLOWS_DATES_OUTSIDE} {UNCHANGED}")
    check_in_cadence: Maybe[CheckInCadenceInput | None] = optional(f"{CHECK_IN_CADENCE} {UNCHANGED_OR_INHERITED}")
    parent_id: Maybe[strawberry.ID | None] = optional(f"{PARENT} {UNCHANGED} Null: removed.")
    retrospective: Maybe[str | None] = optional(
        "Retrospective of the cycle: what was learned. At most 20 000 characters. Left out: unchanged. Null: removed."
    )


@strawberry.type(
    description="Result of a change to a cycle: the cycle afterwards, and the reasons if the change was refused."
)
class CyclePayload:
    cycle: Cycle | None = strawberry.field(
        description="Cycle after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(CyclePayload, CYCLE)


async def _cycle_create(tx: Transaction, input: CycleCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "Cycle"), await commands.time_zone(tx))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class CycleMutations:
    """Fields of Mutation."""

    cycle_create: CyclePayload | None = creating(
        SUBJECT,
        CycleCreateInput,
        _cycle_create,
        "Creates a cycle. Needs the role ADMIN or OWNER.",
        argument="Cycle to create: its name, kind, dates and further facts.",
        exclusive=True,
    )
    cycle_update: CyclePayload | None = updating(
        SUBJECT,
        CycleUpdateInput,
        "Changes a cycle. Other dates and another cadence change the status of its goals; they are refused while it "
        "is CLOSING or CLOSED. "
        "The state changes by mutations of its own. Needs the role ADMIN or OWNER.",
        exclusive=True,
    )
    cycle_archive: CyclePayload | None = archiving(
        SUBJECT,
        "cycle",
        "Archives a cycle: it leaves the lists. Nothing is deleted, and its state stays. Needs the role ADMIN or "
        "OWNER.",
    )
    cycle_restore: CyclePayload | None = restoring(
        SUBJECT,
        "cycle",
        "Restores an archived cycle, which returns to the lists. Needs the role ADMIN or OWNER.",
    )
