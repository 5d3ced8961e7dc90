"""Share tokens as the tests make them, and clients that send them."""

from typing import Any

from tests.kit.client import Client

SHOWN = "shareToken { id name showsNames createdAt expiresAt revokedAt lastUsedAt objective { id } kpiFilter }"
IN_A_WEEK = "2026-07-09T12:00:00Z"


async def created(client: Client, **input: Any) -> dict[str, Any]:
    """The payload of a new share token, of a week unless said otherwise."""
    input = {"name": "Partner", "expiresAt": IN_A_WEEK, **input}
    return await client.change("shareTokenCreate", input, f"{SHOWN} token")


def using(client: Client, token: str) -> Client:
    """A client of the same application that sends a share token."""
    return Client(client.app, client.database, client.clock, client.organization_id, client.person_id, token)


async def shared(client: Client, **input: Any) -> Client:
    """A client with a new share token."""
    payload = await created(client, **input)
    assert payload["userErrors"] == [], payload
    return using(client, payload["token"])


async def errors(client: Client, document: str, **variables: Any) -> list[tuple[str, str]]:
    """Codes and messages of a response without data."""
    answer = await client.answer(document, **variables)
    assert "data" not in answer, answer
    return [(error["extensions"]["code"], error["message"]) for error in answer["errors"]]
