"""Clients with keys of service accounts, alone and on behalf of people."""

from collections.abc import Sequence

from schema.relay.node import parsed
from service.people.key_commands import create_key
from service.unit_of_work import write
from tests.kit.client import Client

ACTING = ("ACT_AS", "EVENTS_READ", "GOALS_WRITE", "KPIS_WRITE", "PEOPLE_WRITE", "API_KEYS_WRITE", "WORKSPACE_WRITE")


async def service_account(
    client: Client, role: str = "MEMBER", scopes: Sequence[str] | None = None, name: str = "Backend"
) -> Client:
    """A new service account of the same organization; `person_id` of its client is its own id."""
    created = parsed(await client.make("serviceAccountCreate", name=name, role=role))
    assert created is not None
    id = created[1]
    issued = await write(
        *(client.database, client.viewer, client.clock.now),
        lambda tx: create_key(tx, None, "test", service_account_id=id, scopes=scopes),
    )
    return Client(client.app, client.database, client.clock, client.organization_id, id, issued.key)


def acting_for(account: Client, person: object) -> Client:
    """The service account on behalf of a person, who is named as in the header."""
    same = (account.app, account.database, account.clock, account.organization_id, account.person_id, account.key)
    client = Client(*same)
    client.http.headers["Okrgraph-Act-As"] = str(person)
    return client


async def acting_account(client: Client, person: object, role: str = "MEMBER") -> Client:
    """A new service account with all scopes, on behalf of a person."""
    return acting_for(await service_account(client, role, ACTING), person)
