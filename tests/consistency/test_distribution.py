"""What the service sends where Citus distributes the tables can be placed on the machine of the organization, and the
driver looks up no types."""

from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID, uuid4

import pytest

import service.postgres.pool
from service.app import create_app
from service.postgres.array_types import declare_array_types
from service.postgres.database import Database
from service.postgres.session import Session
from service.rollup.bulk import settle_many
from service.settings import Settings
from service.writing.transaction import transaction
from tests.kit.client import Client, Clock, founded
from tests.kit.distribution import problems
from tests.kit.estate import Estate
from tests.kit.reads import answers, below, by_external_ids, by_ids, filtered, lists
from tests.kit.service_accounts import ACTING, acting_for, service_account
from tests.kit.small_workspace import SMALL
from tests.kit.workspace_files import deleted, findings, imported
from tests.workspace.restored import file_of, restored

PARENTS = ("person", "team", "cycle", "root", "child", "number", "kpi")


class Sent:
    """The messages of all connections, each with the arguments that it was last sent with."""

    def __init__(self) -> None:
        self.messages: dict[str, Any] = {}

    async def prepare(self, connection: Any, _limits: object) -> Session:
        """A session as under Citus, which keeps no settings."""
        declare_array_types(connection)
        connection.add_query_logger(lambda record: self.messages.update({record.query: record.args}))
        return Session(keeps_settings=False, is_application=False, is_distributed=True)

    def broken(self, organization_ids: Collection[UUID]) -> dict[str, str]:
        """The messages that break a rule, and the rule."""
        ids, found = set(map(str, organization_ids)), dict[str, str]()
        for message, arguments in self.messages.items():
            own = {f"${n + 1}" for n, each in enumerate(arguments or ()) if str(each) in ids}
            for problem in problems(message, {*own, *(f"'{id}'" for id in ids)}):
                found[message] = f"{problem.rule}: {problem.where}"
        return found


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()
    monkeypatch.setattr(service.postgres.pool, "prepare_session", sent.prepare)
    return sent


@pytest.fixture
async def client(clean: None, database_url: str, settings: Settings, clock: Clock, sent: Sent) -> AsyncIterator[Client]:
    """The owner of a new organization, of an application for which Citus distributes the tables."""
    database = Database(settings, database_url)
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, "Distributed") as made:
        yield made
    await database.dispose()


async def test_what_is_sent_can_be_placed(client: Client, sent: Sent) -> None:
    estate = await (await Estate(client, "Own").furnish()).extend()
    ids, keys = list(estate.ids.values()), [f"Own-{name}" for name in estate.ids]
    reads = [*lists(), *by_ids(ids[:10]), *by_external_ids(keys[:3]), *filtered(ids[:3], keys[:3], "Own")]
    reads += [read for name in PARENTS for read in below(name, estate.ids[name])]
    seen = await answers(client, reads)
    assert {name: answer["errors"] for name, answer in seen.items() if "errors" in answer} == {}
    await refuse(client, estate)
    await act(client, estate)
    await recompute(client)
    assert (await imported(client, SMALL)).refused == []
    assert await findings(client) == []
    copy = await restored(client.database, client.clock, await file_of(client.database, client.organization_id))
    await client.change("personErase", {"id": estate.ids["person 2"]}, "")
    await deleted(client)
    assert len(sent.messages) > 300
    assert sent.broken({client.organization_id, copy}) == {}
    assert [message for message in sent.messages if "typeinfo_tree" in message] == []


async def refuse(client: Client, estate: Estate) -> None:
    """A change that violates keys, which are looked for afterwards, and a move."""
    wrong = {"cycleId": str(uuid4()), "title": " ", "externalId": "Own-root", "ownerId": str(uuid4())}
    errors = (await client.change("objectiveCreate", wrong, ""))["userErrors"]
    assert len(errors) > 1
    moved = {"id": estate.ids["number"], "afterId": estate.ids["stages"]}
    assert (await client.change("keyResultReorder", moved, ""))["userErrors"] == []


async def act(client: Client, estate: Estate) -> None:
    """Changes by a service account alone and on behalf of a person, also after both were demoted."""
    account = await service_account(client, "ADMIN", ACTING)
    callers = (account, acting_for(account, estate.ids["person"]))
    await client.make("personUpdate", id=estate.ids["person"], role="ADMIN")
    for caller in callers:
        await caller.make("pillarCreate", name="New")
    await client.make("serviceAccountUpdate", id=str(account.person_id), role="MEMBER")
    for caller in callers:
        await caller.check_in(estate.ids["number"], "5")


async def recompute(client: Client) -> None:
    """Everything that is derived, as an operator does."""
    async with transaction(client.database, client.viewer, client.clock.now, exclusive=True, patient=True) as tx:
        tx.all_touched = tx.all_kpis_touched = True
        await settle_many(tx)
