"""Changing the organization and its people."""

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.context import Info
from schema.descriptions.profiles import AVATAR_URL, COLOR, LOCALE, TIME_ZONE
from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED_OR_REMOVED,
    Subject,
    altering,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import check_input, facts
from schema.mutations.user_errors import USER_ERRORS, UserError, user_errors
from schema.people import Organization, Person
from schema.people.status_policies import PACE
from service.cadence.due import Weekday
from service.errors import Refusal
from service.kpis.immutability import ensure_fiscal_year_is_free
from service.people import commands, queries
from service.people.entity import PERSON
from service.people.erasure import erase_person
from service.people.models import Person as PersonRow
from service.people.models import Role
from service.people.permissions import MemberEditing
from service.writing.rows import new_row
from service.writing.transaction import Transaction

EMAIL = "Email address of the person, unique in the organization; at most 320 characters."


@strawberry.input(description="Person to create in the organization.")
class PersonCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the person, as it is shown; 1 to 200 characters.")
    email: str | None = optional(f"{EMAIL} None when left out.")
    role: Role | None = optional(
        "Role of the person in the organization: what the person may do. MEMBER when left out."
    )
    avatar_url: str | None = optional(f"{AVATAR_URL} None when left out.")
    color: str | None = optional(f"{COLOR} None when left out.")
    locale: str | None = optional(f"{LOCALE} None when left out.")
    time_zone: str | None = optional(f"{TIME_ZONE} None when left out.")


@strawberry.input(
    description="Changes to a person. A field that is left out stays as it is; null empties a field that may be empty."
)
class PersonUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the person to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    name: Maybe[str] = optional("New name of the person, as it is shown; 1 to 200 characters. Left out: unchanged.")
    email: Maybe[str | None] = optional(f"{EMAIL} Left out: unchanged. Null: removed.")
    role: Maybe[Role] = optional("New role of the person in the organization. Left out: unchanged.")
    avatar_url: Maybe[str | None] = optional(f"{AVATAR_URL} {UNCHANGED_OR_REMOVED}")
    color: Maybe[str | None] = optional(f"{COLOR} {UNCHANGED_OR_REMOVED}")
    locale: Maybe[str | None] = optional(f"{LOCALE} {UNCHANGED_OR_REMOVED}")
    time_zone: Maybe[str | None] = optional(f"{TIME_ZONE} {UNCHANGED_OR_REMOVED}")


@strawberry.input(description="Person to erase. Takes no reason, which could name the person.")
class PersonEraseInput:
    id: strawberry.ID = strawberry.field(description="Id of the person to erase.")


@strawberry.type(
    description="Result of a change to a person: the person afterwards, and the reasons if the change was refused."
)
class PersonPayload:
    person: Person | None = strawberry.field(
        description="Person after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(PersonPayload, PERSON)

# What may take a role away is exclusive: no other write is under way that has begun with that role.


async def _person_create(tx: Transaction, input: PersonCreateInput) -> UUID:
    row = new_row(tx, PersonRow, facts(input, "Person"))
    await commands.create_people(tx, [row])
    return row.id


@strawberry.type
class PersonMutations:
    """Fields of Mutation."""

    person_create: PersonPayload | None = creating(
        SUBJECT,
        PersonCreateInput,
        _person_create,
        "Creates a person. Needs the role ADMIN or OWNER; only an OWNER creates another OWNER.",
        argument="Name, email, role and ids of the new person.",
    )
    person_update: PersonPayload | None = updating(
        SUBJECT,
        PersonUpdateInput,
        "Changes a person. Needs the role ADMIN or OWNER; only an OWNER gives or takes away the role OWNER.",
        exclusive=True,
    )
    person_archive: PersonPayload | None = archiving(
        SUBJECT,
        "person",
        "Archives a person, who leaves the lists and cannot use the API any more; nothing is deleted. Needs the role "
        "ADMIN or OWNER; only an OWNER archives an OWNER.",
        exclusive=True,
    )
    person_restore: PersonPayload | None = restoring(
        SUBJECT,
        "person",
        "Restores an archived person, unless the person was erased. Needs the role ADMIN or OWNER; only an OWNER "
        "restores an OWNER.",
    )
    person_erase: PersonPayload | None = altering(
        SUBJECT,
        PersonEraseInput,
        lambda tx, id, input: erase_person(tx, id),
        "Erases a person for good: a placeholder replaces the personal data, in earlier events too. Memberships end, "
        "API keys are revoked, and the person is archived. What the person owns, did and wrote stays. To erase a "
        "person again changes nothing. Needs the role ADMIN or OWNER; only an OWNER erases an OWNER.",
        exclusive=True,
    )


@strawberry.input(description="Changes to the organization. A field that is left out stays as it is.")
class OrganizationUpdateInput:
    expected_version: int | None = optional(EXPECTED_VERSION)
    name: Maybe[str] = optional("New name of the organization, 1 to 200 characters. Left out: unchanged.")
    on_track_pace: Maybe[float] = optional(f"{PACE} from which on a goal is ON_TRACK: a fraction. Left out: unchanged.")
    at_risk_pace: Maybe[float] = optional(
        f"{PACE} from which on a goal is AT_RISK; below it, OFF_TRACK. A fraction from 0 to `onTrackPace`. "
        "Left out: unchanged."
    )
    check_in_cadence_days: Maybe[int] = optional(
        "Number of days between two expected check-ins on a goal, 1 to 366. Left out: unchanged."
    )
    check_in_weekday: Maybe[Weekday | None] = optional(
        "Weekday that check-ins on goals are due on; for a cadence of at least 7 days. Left out: unchanged. Null: none."
    )
    fiscal_year_start_month: Maybe[int] = optional(
        "Month that the organization's fiscal year begins with, 1 (January) to 12 (December). Fixed as soon as a "
        "quarterly or yearly KPI has measurements. Left out: unchanged."
    )
    member_editing: Maybe[MemberEditing] = optional(
        "Goals that people with the role MEMBER may edit: ALL that they see, or their OWN. Left out: unchanged."
    )
    reason: str | None = optional(
        "Reason for the change, kept with its event and, if the status policy changes, with the new version of it. At "
        "most 2 000 characters."
    )


@strawberry.type(
    description="Result of a change to the organization: the organization afterwards, and reasons if it was refused."
)
class OrganizationPayload:
    organization: Organization = strawberry.field(
        description="Organization after the change, or as it is if the change was refused."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type
class OrganizationMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Changes the organization: its name, status policy, fiscal year or `memberEditing`. A new "
        "policy changes the status of all goals at once, except in closed cycles. Needs the role ADMIN or OWNER."
    )
    async def organization_update(
        self,
        info: Info,
        input: Annotated[
            OrganizationUpdateInput, strawberry.argument(description="Fields of the organization to change.")
        ],
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
    if 1 <= values.get("fiscal_year_start_month", 0) <= 12:
        with tx.attempt.noting():
            await ensure_fiscal_year_is_free(tx)
    await commands.change_organization(tx, values, input.expected_version, input.reason)
