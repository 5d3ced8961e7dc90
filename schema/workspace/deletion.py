"""Deleting the organization."""

from typing import Annotated

import strawberry
import structlog

from schema.context import Info
from schema.mutations.user_errors import USER_ERRORS, UserError, user_errors
from schema.relay.node import global_id
from service.errors import Refusal
from service.people.deletion import delete_organization
from service.unit_of_work import write

log = structlog.get_logger(__name__)


@strawberry.input(description="Organization to delete, which is that of the caller, and the confirmation.")
class OrganizationDeleteInput:
    name: str = strawberry.field(
        description="Name of the organization, repeated exactly: the confirmation that this organization is meant."
    )


@strawberry.type(description="Result of deleting the organization. Nothing of the organization can be read afterwards.")
class OrganizationDeletePayload:
    deleted_id: strawberry.ID | None = strawberry.field(
        description="Id of the organization that was deleted; null if that was refused."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type
class OrganizationDeletion:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Deletes the organization for good, with everything that belongs to it: goals, KPIs, people, API "
        "keys and events. Within a second no process of the service accepts its credentials any more. Only an export "
        "that was made before brings it back. Needs the role OWNER, and an API key that scopes do not limit."
    )
    async def organization_delete(
        self,
        info: Info,
        input: Annotated[OrganizationDeleteInput, strawberry.argument(description="Confirmation of the deletion.")],
    ) -> OrganizationDeletePayload | None:
        viewer = info.context.viewer
        try:
            row_count = await info.context.hand_over(
                lambda database, viewer, now: write(
                    *(database, viewer, now, lambda tx: delete_organization(tx, input.name)),
                    exclusive=True,
                    patient=True,
                )
            )
        except Refusal as refusal:
            return OrganizationDeletePayload(deleted_id=None, user_errors=user_errors(refusal))
        # Its events are deleted with it.
        log.warning(
            "organization deleted",
            organization=str(viewer.organization_id),
            person=str(viewer.person_id),
            rows=row_count,
        )
        return OrganizationDeletePayload(deleted_id=global_id("Organization", viewer.organization_id), user_errors=[])
