"""No id and no external id of others finds anything, and none is told from one that does not exist."""

from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import SQLModel

from schema.relay.node import global_id
from schema.relay.nodes import STATEMENTS
from tests.kit.client import Client
from tests.kit.estate import Estate
from tests.kit.reads import answers, by_external_ids, by_ids

TABLES = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in SQLModel._sa_registry.mappers}


async def everything(superuser: asyncpg.Connection, organization_id: UUID) -> dict[str, list[UUID]]:
    """The ids of all rows of an organization that `node` can find, by type."""
    found = {"Organization": [organization_id]}
    for kind in STATEMENTS.keys() - found.keys():
        rows = await superuser.fetch(f"SELECT id FROM {TABLES[kind]} WHERE organization_id = $1", organization_id)
        found[kind] = [row["id"] for row in rows]
    return found


async def test_an_id_of_others_finds_nothing(client: Client, stranger: Client, superuser: asyncpg.Connection) -> None:
    theirs = await Estate(client, "Theirs").furnish()
    rows = await everything(superuser, client.organization_id)
    assert [kind for kind in rows if not rows[kind]] == []
    ids = [global_id(kind, id) for kind in rows for id in rows[kind]]
    reads = by_ids([*ids, *theirs.uuids.values()])
    own = await answers(client, reads)
    found = {read.variables["id"] for read in reads if "id" in read.variables and any(own[read.name]["data"].values())}
    assert found == {*ids, *theirs.uuids.values()}
    assert await answers(stranger, reads) == {read.name: nothing(read.document, read.variables) for read in reads}


async def test_an_external_id_of_others_finds_nothing(client: Client, stranger: Client) -> None:
    theirs = await Estate(client, "Theirs").furnish()
    reads = by_external_ids([f"Theirs-{name}" for name in theirs.uuids])
    own = await answers(client, reads)
    single = [read for read in reads if "key" in read.variables]
    found = {read.variables["key"] for read in single if any(own[read.name]["data"].values())}
    assert found == {f"Theirs-{name}" for name in theirs.uuids}
    assert await answers(stranger, reads) == {read.name: nothing(read.document, read.variables) for read in reads}


def nothing(document: str, variables: Any) -> dict[str, Any]:
    """The whole response when nothing is found."""
    name = document.split("{")[1].split("(")[0].strip()
    many = variables.get("ids") or variables.get("keys")
    return {"data": {name: [None] * len(many) if many else None}}
