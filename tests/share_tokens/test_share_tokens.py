"""Who creates, lists and revokes share tokens, and what is shown of them."""

from typing import Any
from uuid import uuid4

import pytest

from service.people.key_commands import create_key
from service.unit_of_work import write
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import IN_A_WEEK, created, shared, using

NOW = "2026-07-02T12:00:00Z"
OF_OBJECTIVE = "query($id: ID!) { objective(id: $id) { viewerCan { share { allowed } } shareTokens { name } } }"
OF_ORGANIZATION = "{ organization { shareTokens { totalCount nodes { name creator { name } lastUsedAt } } } }"
REVOKE = "shareToken { name revokedAt }"


async def test_a_token_is_shown_once_and_works(client: Client) -> None:
    objective = await client.objective(await client.cycle(), "Grow")
    payload = await created(client, objectiveId=objective, showsNames=True)
    token, row = payload["token"], payload["shareToken"]
    assert token.startswith("okrs_")
    assert payload["userErrors"] == []
    assert row == {
        "id": row["id"],
        "name": "Partner",
        "showsNames": True,
        "createdAt": NOW,
        "expiresAt": IN_A_WEEK,
        "revokedAt": None,
        "lastUsedAt": None,
        "objective": {"id": objective},
        "kpiFilter": None,
    }
    partner = using(client, token)
    document = "{ viewer { id role share { id name createdAt expiresAt showsNames objective { title } } } }"
    kind, id = global_ids.decode(row["id"]) or ("", None)
    assert (kind, await partner.data(document)) == (
        "ShareToken",
        {
            "viewer": {
                "id": global_ids.encode("Viewer", id),  # type: ignore[arg-type]
                "role": "VIEWER",
                "share": {
                    "id": row["id"],
                    "name": "Partner",
                    "createdAt": NOW,
                    "expiresAt": IN_A_WEEK,
                    "showsNames": True,
                    "objective": {"title": "Grow"},
                },
            }
        },
    )
    assert await client.data("{ viewer { share { id } } }") == {"viewer": {"share": None}}
    listed = await client.data(OF_ORGANIZATION)
    mine = {"name": "Partner", "creator": {"name": "Olive Owner"}, "lastUsedAt": NOW}
    assert listed == {"organization": {"shareTokens": {"totalCount": 1, "nodes": [mine]}}}
    [event] = (await client.data("{ events(first: 1) { nodes { verb subjectType objective { id } changes } } }"))[
        "events"
    ]["nodes"]
    assert event == {
        "verb": "CREATED",
        "subjectType": "ShareToken",
        "objective": {"id": objective},
        "changes": {
            "name": {"after": "Partner"},
            "expiresAt": {"after": IN_A_WEEK},
            "showsNames": {"after": True},
            "objectiveId": {"after": objective},
        },
    }
    assert token.rpartition("_")[2] not in str(listed) + str(event)


async def test_a_filter_is_saved_as_the_schema_takes_it(client: Client) -> None:
    saved = {
        "name": {"in": ["Sales", "Returns"], "contains": "s"},
        "createdAt": {"gte": "2026-01-01T00:00:00Z"},
        "or": [{"direction": {"eq": "LOWER"}}, {"and": [{"frequency": {"neq": "DAILY"}}], "unit": {"isNull": True}}],
    }
    payload = await created(client, kpiFilter=saved)
    assert payload["shareToken"]["kpiFilter"] == saved
    assert payload["shareToken"]["objective"] is None
    [event] = (await client.data("{ events(first: 1) { nodes { objective { id } changes } } }"))["events"]["nodes"]
    assert event == {
        "objective": None,
        "changes": {
            "name": {"after": "Partner"},
            "expiresAt": {"after": IN_A_WEEK},
            "showsNames": {"after": False},
        },
    }


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({"expiresAt": "2026-07-02T12:00:00Z"}, "SHARE_EXPIRY_OUT_OF_RANGE", "expiresAt"),
        ({"expiresAt": "2027-07-03T12:00:01Z"}, "SHARE_EXPIRY_OUT_OF_RANGE", "expiresAt"),
        ({"kpiFilter": {}}, "SHARE_CONTENT_AMBIGUOUS", "objectiveId"),
        ({"objectiveId": None}, "SHARE_CONTENT_AMBIGUOUS", "objectiveId"),
        ({"objectiveId": "nonsense"}, "NOT_FOUND", "objectiveId"),
        ({"name": " "}, "BLANK", "name"),
        ({"name": "x" * 201}, "TOO_LONG", "name"),
    ],
)
async def test_a_token_that_is_refused(client: Client, input: dict[str, Any], code: str, field: str) -> None:
    objective = await client.objective(await client.cycle(), "Grow")
    before = await everything(client)
    payload = await created(client, **{"objectiveId": objective, **input})
    assert (payload["shareToken"], payload["token"]) == (None, None)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, ["input", field])]
    assert await everything(client) == before
    assert await created(client, objectiveId=objective, expiresAt="2027-07-03T12:00:00Z") != payload


@pytest.mark.parametrize("wrong", [{"name": {"eq": None}}, {"and": [{}] * 101}, {"name": {"in": ["x"] * 101}}])
async def test_a_filter_that_no_list_takes_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    before = await everything(client)
    document = "mutation($input: ShareTokenCreateInput!) { shareTokenCreate(input: $input) { token } }"
    answer = await client.answer(document, input={"name": "x", "expiresAt": IN_A_WEEK, "kpiFilter": wrong})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert answer["data"] == {"shareTokenCreate": None}
    assert await everything(client) == before


async def test_an_archived_objective_is_not_shared(client: Client) -> None:
    objective = await client.objective(await client.cycle(), "Grow")
    await client.make("objectiveArchive", id=objective)
    [error] = (await created(client, objectiveId=objective))["userErrors"]
    assert (error["code"], error["field"]) == ("ARCHIVED", ["input", "objectiveId"])


async def test_who_shares_what(company: Company) -> None:
    client, ids = company.client, company.ids
    viewer, member = await acting(client, "VIEWER"), await acting(client, "MEMBER")
    admin = await acting(client, "ADMIN")
    kpis: dict[str, Any] = {"name": "x", "expiresAt": IN_A_WEEK, "kpiFilter": {}}
    create = "mutation($input: ShareTokenCreateInput!) { shareTokenCreate(input: $input) { userErrors { code } } }"

    async def outcome(who: Client, **input: Any) -> str:
        input = {"name": "x", "expiresAt": IN_A_WEEK, **input}
        answer = await who.answer(create, input=input)
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"]
        return ", ".join(error["code"] for error in answer["data"]["shareTokenCreate"]["userErrors"])

    assert await outcome(viewer, objectiveId=ids["child"]) == "FORBIDDEN"
    assert await outcome(viewer, **kpis) == "FORBIDDEN"
    assert await outcome(member, objectiveId=ids["child"]) == ""
    assert await outcome(member, **kpis) == ""
    # What is hidden does not exist.
    assert await outcome(member, objectiveId=ids["root"]) == "NOT_FOUND"
    assert await outcome(admin, objectiveId=ids["root"]) == ""
    await client.make("organizationUpdate", memberEditing="OWN")
    assert await outcome(member, objectiveId=ids["child"]) == "NOT_EDITABLE"
    assert await outcome(member, **kpis) == ""
    mine = await member.objective(ids["cycle"], "mine", ownerId=global_ids.encode("Person", member.person_id))
    assert await outcome(member, objectiveId=mine) == ""


async def test_a_key_gives_away_only_what_it_may_read(company: Company) -> None:
    client = company.client

    async def limited(*scopes: str) -> Client:
        issued = await write(
            client.database,
            client.viewer,
            client.clock.now,
            lambda tx: create_key(tx, client.person_id, "limited", scopes=scopes),
        )
        return using(client, issued.key)

    async def missing(who: Client, **input: Any) -> list[tuple[str, Any]]:
        input = {"name": "x", "expiresAt": IN_A_WEEK, **input}
        payload = await who.change("shareTokenCreate", input, "token")
        return [(error["code"], error["message"].rpartition(": ")[2]) for error in payload["userErrors"]]

    writer = await limited("SHARE_TOKENS_WRITE")
    root: dict[str, Any] = {"objectiveId": company.ids["root"]}
    some: dict[str, Any] = {"kpiFilter": {}}
    assert await missing(writer, **root) == [("SCOPES_NOT_HELD", "GOALS_READ, KPIS_READ.")]
    assert await missing(writer, **some, showsNames=True) == [("SCOPES_NOT_HELD", "KPIS_READ, PEOPLE_READ.")]
    reader = await limited("SHARE_TOKENS_WRITE", "GOALS_READ", "KPIS_READ")
    assert await missing(reader, **root) == []
    assert await missing(reader, **root, showsNames=True) == [("SCOPES_NOT_HELD", "PEOPLE_READ.")]


async def test_who_lists_the_tokens(company: Company) -> None:
    client, ids = company.client, company.ids
    member, viewer = await acting(client, "MEMBER"), await acting(client, "VIEWER")
    await created(client, objectiveId=ids["child"], name="of the owner")
    await created(member, objectiveId=ids["child"], name="of the member")
    await created(member, kpiFilter={}, name="of KPIs")

    async def of_child(who: Client) -> Any:
        return (await who.data(OF_OBJECTIVE, id=ids["child"]))["objective"]

    both = [{"name": "of the owner"}, {"name": "of the member"}]
    assert await of_child(member) == {"viewerCan": {"share": {"allowed": True}}, "shareTokens": both}
    assert await of_child(viewer) == {"viewerCan": {"share": {"allowed": False}}, "shareTokens": None}
    assert (await client.data(OF_ORGANIZATION))["organization"]["shareTokens"]["totalCount"] == 3
    answer = await member.answer("{ organization { shareTokens { totalCount } } }")
    assert [(each["extensions"]["code"], each["path"]) for each in answer["errors"]] == [
        ("FORBIDDEN", ["organization", "shareTokens"])
    ]
    own = (await member.data("{ viewer { shareTokens { name } } }"))["viewer"]["shareTokens"]
    assert own == [{"name": "of the member"}, {"name": "of KPIs"}]
    client.clock.advance(days=7)
    assert (await of_child(member))["shareTokens"] == []
    assert len((await member.data("{ viewer { shareTokens { name } } }"))["viewer"]["shareTokens"]) == 2


async def test_who_revokes_a_token(company: Company, stranger: Client) -> None:
    client, ids = company.client, company.ids
    member, other = await acting(client, "MEMBER"), await acting(client, "MEMBER")
    viewer, admin = await acting(client, "VIEWER"), await acting(client, "ADMIN")

    async def outcome(who: Client, id: str) -> str:
        payload = await who.change("shareTokenRevoke", {"id": id}, REVOKE)
        if payload["userErrors"]:
            assert payload["shareToken"] is None
            return payload["userErrors"][0]["code"]
        return payload["shareToken"]["revokedAt"]

    async def token(**input: Any) -> str:
        return (await created(member, **input))["shareToken"]["id"]

    of_child = await token(objectiveId=ids["child"])
    assert await outcome(stranger, of_child) == "NOT_FOUND"
    assert await outcome(viewer, of_child) == "NOT_FOUND"
    # Whoever may share the objective ends what others have shared of it.
    assert await outcome(other, of_child) == NOW
    of_kpis = await token(kpiFilter={})
    assert await outcome(other, of_kpis) == "NOT_FOUND"
    assert await outcome(member, of_kpis) == NOW
    assert await outcome(admin, await token(kpiFilter={})) == NOW
    assert await outcome(admin, str(uuid4())) == "NOT_FOUND"
    assert await outcome(admin, "nonsense") == "NOT_FOUND"


async def test_revoking_twice_changes_nothing(client: Client) -> None:
    payload = await created(client, kpiFilter={})
    first = await client.change("shareTokenRevoke", {"id": payload["shareToken"]["id"]}, REVOKE)
    client.clock.advance(hours=1)
    assert await client.change("shareTokenRevoke", {"id": payload["shareToken"]["id"]}, REVOKE) == first
    assert first == {"shareToken": {"name": "Partner", "revokedAt": NOW}, "userErrors": []}
    verbs = (await client.data("{ events(first: 2) { nodes { verb subjectType } } }"))["events"]["nodes"]
    assert verbs == [{"verb": "REVOKED", "subjectType": "ShareToken"}, {"verb": "CREATED", "subjectType": "ShareToken"}]


async def test_the_event_of_a_token_is_as_hidden_as_its_objective(company: Company) -> None:
    client = company.client
    member = await acting(client, "MEMBER")
    for name in ("root", "child"):
        await shared(client, objectiveId=company.ids[name], name=f"of {name}")
    document = '{ events(filter: {subjectType: {eq: "ShareToken"}}) { nodes { changes } } }'
    assert [each["changes"]["name"]["after"] for each in (await member.data(document))["events"]["nodes"]] == [
        "of child"
    ]
