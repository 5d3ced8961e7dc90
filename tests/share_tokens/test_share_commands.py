"""Share tokens at the command line: listed and revoked by the operator."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from service.people import keys
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async
from tests.share_tokens.shares import created, errors, using


@pytest.fixture
def organization(client: Client) -> tuple[str, str]:
    return "--organization", str(client.organization_id)


def plain(id: str) -> UUID:
    decoded = global_ids.decode(id)
    assert decoded is not None
    return decoded[1]


async def test_tokens_are_listed_and_revoked(
    client: Client, forgetful: Client, database_url: str, organization: tuple[str, str]
) -> None:
    async def okrgraph(*arguments: str) -> Ended:
        return await run_async("share", *arguments, *organization, OKRGRAPH_DATABASE_URL=database_url)

    assert await okrgraph("list") == Ended(0, "", "There is no share token yet.\n")
    objective = await client.objective(await client.cycle(), "Grow")
    first = await created(client, objectiveId=objective, name="Partner [/b]")
    second = await created(client, kpiFilter={}, name="Press")
    code, answers, stderr = await okrgraph("list")
    header, *rows = answers.splitlines()
    assert (code, stderr) == (0, "")
    assert header.split("  ")[0] == "ID"
    ids = [plain(payload["shareToken"]["id"]) for payload in (first, second)]
    assert rows[0].startswith(
        f"{ids[0]}  Olive Owner  Partner [/b]  objective {plain(objective)}  2026-07-02T12:00:00Z"
    )
    assert rows[1].startswith(f"{ids[1]}  Olive Owner  Press         KPIs by a filter")
    assert first["token"].split("_")[2] not in answers
    partner = using(forgetful, first["token"])
    assert await partner.data("{ viewer { role } }") == {"viewer": {"role": "VIEWER"}}
    assert await okrgraph("revoke", str(ids[0])) == Ended(0, "", "The share token is revoked.\n")
    assert [code for code, _ in await errors(partner, "{ viewer { role } }")] == ["UNAUTHENTICATED"]
    assert await okrgraph("revoke", second["shareToken"]["id"]) == Ended(0, "", "The share token is revoked.\n")


async def test_a_token_that_is_not_there(client: Client, stranger: Client, database_url: str) -> None:
    theirs = plain((await created(client, kpiFilter={}))["shareToken"]["id"])
    of_stranger = ("--organization", str(stranger.organization_id))
    said = "NOT_FOUND (id): There is no share token with this id.\n"
    assert await run_async("share", "revoke", str(theirs), *of_stranger, OKRGRAPH_DATABASE_URL=database_url) == Ended(
        1, "", said
    )


async def test_a_secret_is_not_taken_and_not_repeated(database_url: str) -> None:
    id = uuid7()
    token, _ = keys.generate(uuid7(), id, prefix=keys.SHARE)
    for text in (token, "okrs_nonsense", "nonsense", global_ids.encode("Kpi", id)):
        code, answers, stderr = await run_async("share", "revoke", text, OKRGRAPH_DATABASE_URL=database_url)
        assert (code, answers) == (2, "")
        assert text not in stderr
        assert (str(id) in stderr) == (text == token)
