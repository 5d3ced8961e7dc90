"""Creating, rotating and revoking API keys."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.mutations.declare import optional
from schema.mutations.user_errors import USER_ERRORS, UserError, user_errors
from schema.people.api_keys import ApiKey
from schema.people.scopes import ApiKeyScope
from schema.relay.node import reference
from service.errors import Refusal
from service.people import key_commands, queries
from service.people.key_commands import DEFAULT_OVERLAP_HOURS, MAX_OVERLAP_HOURS, IssuedKey
from service.writing.transaction import Transaction

KEY = (
    "The API key itself, `okr_…`, for the header `Authorization: Bearer okr_…`. It is shown only here: keep it at once "
    "where you keep secrets. Null if the change was refused."
)


@strawberry.input(description="API key to create.")
class ApiKeyCreateInput:
    name: str = strawberry.field(description="Name of the API key: what it is for; 1 to 200 characters.")
    person_id: strawberry.ID | None = optional(
        "Id of the person whom the API key acts as. Left out, as is `serviceAccountId`: the caller. Another person "
        "needs the role ADMIN or OWNER, and an OWNER needs the role OWNER."
    )
    service_account_id: strawberry.ID | None = optional(
        "Id of the service account that the API key belongs to, in place of `personId`. Needs the role ADMIN or OWNER, "
        "unless it is the caller."
    )
    scopes: list[ApiKeyScope] | None = optional(
        "Scopes of the API key. Left out: those of the credentials of this request, which cannot give away more than "
        "they have. ACT_AS, for service accounts only, has to be named unless these credentials have it themselves."
    )
    expires_at: datetime | None = optional(
        "Time from which the API key is not valid any more, in the future. Left out: it does not expire."
    )


@strawberry.input(description="API key to replace by a new one.")
class ApiKeyRotateInput:
    id: strawberry.ID = strawberry.field(description="Id of the API key to replace.")
    overlap_hours: int | None = optional(
        f"Number of hours for which the replaced API key stays valid beside the new one, 0 to {MAX_OVERLAP_HOURS}. "
        f"{DEFAULT_OVERLAP_HOURS} when left out."
    )
    expires_at: datetime | None = optional(
        "Time from which the new API key is not valid any more, in the future. Left out: it lives as long as the "
        "replaced one was to live."
    )


@strawberry.input(description="API key to revoke.")
class ApiKeyRevokeInput:
    id: strawberry.ID = strawberry.field(description="Id of the API key to revoke.")


@strawberry.type(description="Result of creating an API key: the key, or the reasons if it was refused.")
class ApiKeyCreatePayload:
    api_key: ApiKey | None = strawberry.field(description="API key that was created; null if that was refused.")
    key: str | None = strawberry.field(description=KEY)
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(description="Result of a change to an API key: the API key afterwards, or the reasons of a refusal.")
class ApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(description="API key after the change; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type
class ApiKeyMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Creates an API key. Everybody creates their own; ADMIN and OWNER create those of others and of "
        "service accounts. Never sent again by itself: a second request creates a second API key."
    )
    async def api_key_create(
        self,
        info: Info,
        input: Annotated[ApiKeyCreateInput, strawberry.argument(description="Name, scopes and end of the API key.")],
    ) -> ApiKeyCreatePayload | None:
        async def command(tx: Transaction) -> IssuedKey:
            return await key_commands.create_key(
                tx,
                _id(input.person_id, "Person", "personId"),
                input.name,
                service_account_id=_id(input.service_account_id, "ServiceAccount", "serviceAccountId"),
                expires_at=input.expires_at,
                scopes=input.scopes,
            )

        return await _issued(info, command)

    @strawberry.mutation(
        description="Replaces an API key by a new one with the same name, holder and scopes. The replaced one stays "
        "valid for the overlap, so that clients can change over. Everybody rotates their own; ADMIN and OWNER rotate "
        "those of others."
    )
    async def api_key_rotate(
        self,
        info: Info,
        input: Annotated[ApiKeyRotateInput, strawberry.argument(description="API key to replace, and the overlap.")],
    ) -> ApiKeyCreatePayload | None:
        hours = DEFAULT_OVERLAP_HOURS if input.overlap_hours is None else input.overlap_hours

        async def command(tx: Transaction) -> IssuedKey:
            id = reference(input.id, "ApiKey", "id")
            return await key_commands.rotate_key(tx, id, expires_at=input.expires_at, overlap_hours=hours)

        return await _issued(info, command)

    @strawberry.mutation(
        description="Revokes an API key: within a second no process of the service accepts it any more. To revoke it "
        "again changes nothing. Everybody revokes their own; ADMIN and OWNER revoke those of others."
    )
    async def api_key_revoke(
        self, info: Info, input: Annotated[ApiKeyRevokeInput, strawberry.argument(description="API key to revoke.")]
    ) -> ApiKeyPayload | None:
        async def command(tx: Transaction) -> UUID:
            id = reference(input.id, "ApiKey", "id")
            await key_commands.revoke_key(tx, id)
            return id

        id, errors = await _attempt(info, command)
        return ApiKeyPayload(api_key=await _key_row(info, id), user_errors=errors)


def _id(id: str | None, type_name: str, field: str) -> UUID | None:
    return None if id is None else reference(id, type_name, field)


async def _issued(info: Info, command: Callable[[Transaction], Awaitable[IssuedKey]]) -> ApiKeyCreatePayload:
    issued, errors = await _attempt(info, command)
    if issued is None:
        return ApiKeyCreatePayload(api_key=None, key=None, user_errors=errors)
    return ApiKeyCreatePayload(api_key=await _key_row(info, issued.id), key=issued.key, user_errors=[])


async def _attempt(info: Info, command: Callable[[Transaction], Awaitable[Any]]) -> tuple[Any, list[UserError]]:
    try:
        return await info.context.write(command), []
    except Refusal as refusal:
        return None, user_errors(refusal)


async def _key_row(info: Info, id: UUID | None) -> Any:
    rows = await info.context.reader.rows(queries.API_KEYS, ids=[id]) if id is not None else []
    return rows[0] if rows else None
