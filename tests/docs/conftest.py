"""API keys for the examples of docs, and the demo workspace that they are for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest

from schema.relay.node import parsed
from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.docs.page import PAGE, VISIBILITY_PAGE, examples
from tests.kit.client import Client
from tests.kit.workspace_files import DEMO, findings, imported


@pytest.fixture
async def keys(client: Client) -> AsyncIterator[dict[str, str]]:
    """Keys of those who send examples, by their external ids, on the day that the demo workspace was written for."""
    client.clock.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert (await imported(client, DEMO)).kept
    issued = {}
    found = await client.data("{ people(first: 100) { nodes { externalId id } } }")
    people = {person["externalId"]: parsed(person["id"]) for person in found["people"]["nodes"]}
    for who in {example.who for page in (PAGE, VISIBILITY_PAGE) for example in examples(page)}:
        person = people[who]
        assert person is not None
        issue = partial(issue_key, person_id=person[1], name="docs")
        issued[who] = await write(client.database, client.viewer, client.clock.now, issue)
    yield issued
    assert await findings(client) == []
