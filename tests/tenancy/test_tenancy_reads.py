"""A stranger reads the same, whatever the others have; each of the two walls alone is enough for that."""

import json
from uuid import UUID

import asyncpg
import pytest
from tests.client import Client
from tests.tenancy.estate import Estate, tenant_tables
from tests.tenancy.reads import answers, every_read
from tests.tenancy.regimes import Sent, walls

from schema.node import global_id
from service.database import Database

THEIRS, OWN = "Theirs", "Own"


async def test_try(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database
) -> None:
    import time, functools; out = open("/tmp/out.txt", "w"); print = functools.partial(__builtins__["print"], file=out, flush=True)
    own = await Estate(stranger, OWN).furnish()
    theirs = Estate(client, THEIRS, own.uuids)
    ids = list(own.ids.values())
    reads = every_read(ids, [], [f"{THEIRS}-root"], THEIRS)
    t=time.time()
    before = await answers(own, reads)
    print(len(reads), time.time()-t)
    for k, v in before.items():
        if "errors" in v: print(k, v)
    print(json.dumps(before["objectives"], indent=1)[:3000])
    await theirs.furnish(); await theirs.extend()
    sent = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    for p in (True, False):
        for r in (True, False):
            t=time.time()
            with walls(database, sent, predicate=p, row_level_security=r):
                after = await answers(own, reads)
            print(p, r, time.time()-t, len([k for k in before if before[k]!=after[k]]))
            if not p and not r:
                for k in before:
                    if before[k]==after[k]: print("same", k)
            else:
                for k in before:
                    if before[k]!=after[k]: print("DIFF", k, before[k], after[k])
    print(sent.unguarded)
