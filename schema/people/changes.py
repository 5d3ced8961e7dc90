"""Changing the organization and its people."""

from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.changes import (
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
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, user_errors
from schema.inputs import change, check_input, facts
from schema.people import Organization, Person
from service.changing import new
from service.errors import Refusal
from service.kpis.fixed import ensure_fiscal_year_is_free
from service.people import commands, queries
from service.people.models import Person as PersonRow
from service.people.models import Role
from service.transaction import Transaction


@strawberry.input(description="A new person.")
class PersonCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="The name to show; 1 to 200 characters.")
    email: str | None = optional("Unique in the organization; at most 320 characters.")
    role: Role | None = optional("What the person may do; MEMBER when left out.")


@strawberry.input(description="Changes to a person: what is left out stays, null empties.")
class PersonUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which person.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    name: Maybe[str] = optional("The name to show; 1 to 200 characters.")
    email: Maybe[str | None] = optional("Unique in the organization; at most 320 characters.")
    role: Maybe[Role] = optional("What the person may do.")


@strawberry.type(description="A person after a change, or as it is when the change was refused.")
class PersonPayload:
    person: Person | None = strawberry.field(description="The person; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


Info = strawberry.Info[Context, Any]


PERSON = Subject(PersonPayload, queries.PEOPLE, "Person")

# What may take a role away is exclusive: no other write is under way that has begun with that role.


async def _person_create(tx: Transaction, input: PersonCreateInput) -> UUID:
    row = new(tx, PersonRow, facts(input, "Person"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class PersonMutations:
    """Fields of Mutation."""

    person_create: PersonPayload | None = creating(
        PERSON,
        PersonCreateInput,
        _person_create,
        "Adds a person. For administrators; only an OWNER adds an OWNER.",
        argument="The person.",
    )
    person_update: PersonPayload | None = altering(
        PERSON,
        PersonUpdateInput,
        lambda tx, id, input: commands.change(tx, PersonRow, change(input, "Person")),
        "Changes a person. For administrators; only an OWNER makes somebody an OWNER, or takes that role away.",
        exclusive=True,
    )
    person_archive: PersonPayload | None = altering(
        PERSON,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, PersonRow, id, True, input.reason),
        "Archives a person: it leaves the lists. Nothing is lost. For administrators; an OWNER only by an OWNER.",
        exclusive=True,
    )
    person_restore: PersonPayload | None = altering(
        PERSON,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, PersonRow, id, False, input.reason),
        "Brings an archived person back. For administrators; an OWNER only by an OWNER.",
    )


@strawberry.input(description="Changes to the organization: what is left out stays.")
class OrganizationUpdateInput:
    expected_version: int | None = optional(EXPECTED_VERSION)
    name: Maybe[str] = optional("What it is called; 1 to 200 characters.")
    on_track_pace: Maybe[float] = optional("ON_TRACK from this pace on, a fraction.")
    at_risk_pace: Maybe[float] = optional("AT_RISK from this pace on, else OFF_TRACK; at most `onTrackPace`.")
    check_in_cadence_days: Maybe[int] = optional("Days between expected check-ins, 1 to 366.")
    fiscal_month: Maybe[int] = optional(
        "The month that its fiscal year begins with, 1 to 12; fixed as soon as quarterly or yearly KPIs have points."
    )


@strawberry.type(description="The organization after a change, or as it is when the change was refused.")
class OrganizationPayload:
    organization: Organization = strawberry.field(description="The organization.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type
class OrganizationMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Changes the name or the status policy; the status of all goals follows. For administrators."
    )
    async def organization_update(
        self, info: Info, input: Annotated[OrganizationUpdateInput, strawberry.argument(description="What to change.")]
    ) -> OrganizationPayload | None:
        errors: list[UserError] = []
        try:
            await info.context.write(lambda tx: _changed(tx, input), exclusive=True)
        except Refusal as refusal:
            errors = user_errors(refusal)
        [row] = await info.context.reader.rows(queries.ORGANIZATION)
        return OrganizationPayload(organization=row, user_errors=errors)


async def _changed(tx: Transaction, input: OrganizationUpdateInput) -> None:
    tx.attempt.note(check_input(input, "Organization"))
    values = facts(input, "Organization")
    if 1 <= values.get("fiscal_month", 0) <= 12:
        with tx.attempt.noting():
            await ensure_fiscal_year_is_free(tx)
    await commands.change_organization(tx, values, input.expected_version)
