"""Creating and revoking share tokens."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.kpis.queries import KpiFilter
from schema.mutations.declare import optional
from schema.mutations.user_errors import USER_ERRORS, UserError, user_errors
from schema.relay.node import reference
from schema.share_tokens import ShareToken
from schema.share_tokens.kpi_filter import filter_as_json, parse_typed
from service.errors import Refusal
from service.people.key_commands import IssuedKey
from service.share_tokens import queries
from service.share_tokens.commands import (
    MAX_SHARE_DAYS,
    SavedFilter,
    ShareRequest,
    create_share_token,
    revoke_share_token,
)
from service.writing.transaction import Transaction


@strawberry.input(description="Share token to create, of an objective or of KPIs.")
class ShareTokenCreateInput:
    name: str = strawberry.field(description="Name of the share token: whom it is for; 1 to 200 characters.")
    expires_at: datetime = strawberry.field(
        description="Time from which the share token is not valid any more, in the future, at most "
        f"{MAX_SHARE_DAYS} days ahead."
    )
    objective_id: strawberry.ID | None = optional(
        "Id of the objective to share, whatever its visibility, which the caller has to be allowed to share "
        "(`viewerCan.share`). The objectives that serve it, directly or not, are shared as far as their visibility is "
        "ORGANIZATION. Give either this or `kpiFilter`."
    )
    kpi_filter: KpiFilter | None = optional(
        "Filter of the KPIs to share: those that match at the time of a request, that are not archived, and that the "
        "creator sees. Give either this or `objectiveId`."
    )
    shows_names: bool = strawberry.field(
        default=False, description="True to show the names of owners and authors; nobody's name when left out."
    )


@strawberry.input(description="Share token to revoke.")
class ShareTokenRevokeInput:
    id: strawberry.ID = strawberry.field(description="Id of the share token to revoke.")


@strawberry.type(description="Result of creating a share token: the token, or the reasons if it was refused.")
class ShareTokenCreatePayload:
    share_token: ShareToken | None = strawberry.field(
        description="Share token that was created; null if that was refused."
    )
    token: str | None = strawberry.field(
        description="The token itself, `okrs_…`, for the header `Authorization: Bearer okrs_…`. It is shown only here: "
        "hand it on at once. Null if the change was refused."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(
    description="Result of a change to a share token: it as it is afterwards, or the reasons of a refusal."
)
class ShareTokenPayload:
    share_token: ShareToken | None = strawberry.field(
        description="Share token after the change; null if it was refused."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type
class ShareTokenMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Creates a share token, with which somebody without an account reads an objective and what serves "
        "it, or KPIs. Never sent again by itself: a second request creates a second share token. Needs the role "
        "MEMBER, ADMIN or OWNER."
    )
    async def share_token_create(
        self,
        info: Info,
        input: Annotated[
            ShareTokenCreateInput, strawberry.argument(description="Name, end and content of the share token.")
        ],
    ) -> ShareTokenCreatePayload | None:
        kpi_filter = input.kpi_filter and SavedFilter(filter_as_json(input.kpi_filter), parse_typed(input.kpi_filter))

        async def command(tx: Transaction) -> IssuedKey:
            id = input.objective_id
            objective_id = None if id is None else reference(id, "Objective", "objectiveId")
            request = ShareRequest(
                name=input.name,
                expires_at=input.expires_at,
                shows_names=input.shows_names,
                objective_id=objective_id,
                kpi_filter=kpi_filter,
            )
            return await create_share_token(tx, request)

        try:
            issued = await info.context.write(command)
        except Refusal as refusal:
            return ShareTokenCreatePayload(share_token=None, token=None, user_errors=user_errors(refusal))
        row = await _row(info, issued.id)
        return ShareTokenCreatePayload(share_token=row, token=issued.key, user_errors=[])

    @strawberry.mutation(
        description="Revokes a share token: within a second no process of the service accepts it any more. To revoke "
        "it again changes nothing. Its creator revokes it, whoever may share its objective, and ADMIN and OWNER."
    )
    async def share_token_revoke(
        self,
        info: Info,
        input: Annotated[ShareTokenRevokeInput, strawberry.argument(description="Share token to revoke.")],
    ) -> ShareTokenPayload | None:
        async def command(tx: Transaction) -> UUID:
            id = reference(input.id, "ShareToken", "id")
            await revoke_share_token(tx, id)
            return id

        try:
            id = await info.context.write(command)
        except Refusal as refusal:
            return ShareTokenPayload(share_token=None, user_errors=user_errors(refusal))
        return ShareTokenPayload(share_token=await _row(info, id), user_errors=[])


async def _row(info: Info, id: UUID) -> Any:
    rows = await info.context.reader.rows(queries.SHARE_TOKENS, ids=[id])
    return rows[0] if rows else None
