"""Goals by who is involved in them, and in which roles: by an index, with their number, of what is visible."""

from collections.abc import Mapping
from typing import Any

import pytest

from schema.relay.node import global_id
from tests.kit.client import Client
from tests.kit.reads import QUERY
from tests.kit.service_accounts import service_account
from tests.participants.participating import member, person_of
from tests.share_tokens.shares import shared

ROLES = ("OWNER", "CO_OWNER", "CONTRIBUTOR", "READER", "FOLLOWER")
FOUND = """query($o: ObjectiveFilter, $r: KeyResultFilter, $k: KpiFilter) {
    objectives(filter: $o, orderBy: {field: TITLE}) { totalCount nodes { title } }
    keyResults(filter: $r, orderBy: {field: TITLE}) { totalCount nodes { title } }
    kpis(filter: $k) { totalCount nodes { name } } kpiScorecard(filter: $k) { total }
    objectiveStatusReport(filter: $o) { total } keyResultStatusReport(filter: $r) { total } }"""


async def planted(client: Client, person: str) -> None:
    """A goal of each kind for each role of the person, by the name of the role, and one that is of nobody."""
    cycle = await client.cycle()
    for role in (*ROLES, "NONE"):
        own = {"ownerId": person} if role == "OWNER" else {}
        objective = await client.make("objectiveCreate", cycleId=cycle, title=role, **own)
        await client.make("keyResultCreate", objectiveId=objective, title=role, kind="REACH", target="1", **own)
        kpi = await client.make("kpiCreate", name=role, **own)
        if role in ROLES[1:]:
            for goal in ({"objectiveId": objective}, {"kpiId": kpi}):
                await client.make("participantAdd", **goal, personId=person, role=role)


async def found(client: Client, filter: Mapping[str, Any]) -> list[str]:
    """The names of the goals that a filter finds, the same of each kind; their numbers agree."""
    shown = await client.data(FOUND, o=filter, r=filter, k=filter)
    names = [each["title"] for each in shown["objectives"]["nodes"]]
    assert [each["title"] for each in shown["keyResults"]["nodes"]] == names
    assert [each["name"] for each in shown["kpis"]["nodes"]] == names
    assert {shown[each]["totalCount"] for each in ("objectives", "keyResults", "kpis")} == {len(names)}
    reports = ("kpiScorecard", "objectiveStatusReport", "keyResultStatusReport")
    assert {shown[each]["total"] for each in reports} == {len(names)}
    return names


async def test_each_role_alone_and_several(client: Client) -> None:
    pat = await client.make("personCreate", name="Pat")
    await planted(client, pat)
    for roles in (*([role] for role in ROLES), ["OWNER", "FOLLOWER"], ["CO_OWNER", "CONTRIBUTOR"], list(ROLES), []):
        assert await found(client, {"involving": {"personId": pat, "roles": roles}}) == sorted(roles)
    everyone = {"personId": pat, "roles": list(ROLES)}
    assert await found(client, {"involving": {**everyone, "roles": [*ROLES, *ROLES]}}) == sorted(ROLES)
    for nobody in (person_of(client), "nonsense", global_id("Team", client.organization_id)):
        assert await found(client, {"involving": {"personId": nobody, "roles": list(ROLES)}}) == []
    document = "query($f: KpiFilter) { kpis(filter: $f) { totalCount } }"
    wrong: dict[str, Any]
    for wrong in ({"personId": None, "roles": []}, {"personId": pat}, {"personId": pat, "roles": ["OWNERS"]}):
        answer = await client.answer(document, f={"involving": wrong})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
    # With other conditions, and inside of others.
    assert await found(client, {"involving": everyone, "ownerId": {"isNull": True}}) == sorted(ROLES[1:])
    either = [{"involving": {"personId": pat, "roles": ["OWNER"]}}, {"involving": {**everyone, "roles": ["READER"]}}]
    assert await found(client, {"or": either}) == ["OWNER", "READER"]
    assert await found(client, {"and": either}) == []


async def test_mine_are_those_of_the_caller(client: Client) -> None:
    somebody, person = await member(client)
    async with somebody:
        await planted(client, person)
        for roles in (*([role] for role in ROLES), list(ROLES), []):
            assert await found(somebody, {"mine": roles}) == sorted(roles)
            assert await found(client, {"mine": roles}) == []
        pat = await client.make("personCreate", name="Pat")
        both = {"mine": list(ROLES), "involving": {"personId": pat, "roles": ["OWNER"]}}
        assert await found(somebody, both) == []
        assert await found(somebody, {"mine": ["OWNER"], "involving": {"personId": person, "roles": ["OWNER"]}}) == [
            "OWNER"
        ]
    async with await service_account(client, "ADMIN") as account:
        assert await found(account, {"mine": list(ROLES)}) == []


async def test_a_share_token_is_for_no_mine(client: Client) -> None:
    """What it shows must not depend on who looks. Whose KPIs they are may be said."""
    pat = await client.make("personCreate", name="Pat")
    await planted(client, pat)
    document = "mutation($input: ShareTokenCreateInput!) { shareTokenCreate(input: $input) { shareToken { id } } }"
    token = {"name": "x", "expiresAt": "2026-12-31T00:00:00Z"}
    answer = await client.answer(document, input={**token, "kpiFilter": {"and": [{"mine": ["OWNER"]}]}})
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
    involving = {"involving": {"personId": pat, "roles": ["OWNER", "FOLLOWER"]}}
    async with await shared(client, kpiFilter=involving) as partner:
        shown = await partner.data("{ kpis { totalCount nodes { name } } }")
        assert shown == {"kpis": {"totalCount": 2, "nodes": [{"name": "FOLLOWER"}, {"name": "OWNER"}]}}


async def test_who_takes_part_no_more_is_not_found(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    pat = await client.make("personCreate", name="Pat")
    ends = {"objectiveId": objective, "personId": pat}
    document = "query($f: ObjectiveFilter) { objectives(filter: $f) { totalCount } }"

    async def count(*roles: str) -> int:
        filter = {"involving": {"personId": pat, "roles": roles}}
        return (await client.data(document, f=filter))["objectives"]["totalCount"]

    await client.make("participantAdd", **ends, role="FOLLOWER")
    assert (await count("FOLLOWER"), await count("CO_OWNER")) == (1, 0)
    await client.make("participantAdd", **ends, role="CO_OWNER")
    assert (await count("FOLLOWER"), await count("CO_OWNER")) == (0, 1)
    # Who is owner and co-owner has one goal, not two.
    await client.make("objectiveUpdate", id=objective, ownerId=pat)
    assert await count(*ROLES) == 1
    await client.change("participantRemove", ends, "objective { id }")
    assert (await count("CO_OWNER"), await count("OWNER")) == (0, 1)


async def test_what_is_hidden_is_not_found_by_who_takes_part(client: Client) -> None:
    pat = await client.make("personCreate", name="Pat")
    await planted(client, pat)
    for list_of, kind in (("objectives", "objective"), ("kpis", "kpi")):
        for row in (await client.data(f"{{ {list_of} {{ nodes {{ id }} }} }}"))[list_of]["nodes"]:
            await client.make(f"{kind}Update", id=row["id"], visibility="PRIVATE")
    somebody, person = await member(client)
    async with somebody:
        assert await found(somebody, {"involving": {"personId": pat, "roles": list(ROLES)}}) == []
        assert len(await found(client, {"involving": {"personId": pat, "roles": list(ROLES)}})) == 5
        # To follow shows nothing.
        for list_of, goal in (("objectives", "objectiveId"), ("kpis", "kpiId")):
            for row in (await client.data(f"{{ {list_of} {{ nodes {{ id }} }} }}"))[list_of]["nodes"]:
                await client.make("participantAdd", **{goal: row["id"]}, personId=person, role="FOLLOWER")
        assert await found(somebody, {"mine": list(ROLES)}) == []


@pytest.mark.parametrize("orders", [("POSITION", "TITLE"), ("CHANGED_AT", "NAME")])
async def test_pages_follow_each_other(client: Client, orders: tuple[str, str]) -> None:
    """More goals than are sorted, by owner and by part, in an order that an index has and in another."""
    pat, cycle = await client.make("personCreate", name="Pat"), await client.cycle()
    expected = []
    for number in range(7):
        own = {"ownerId": pat} if number % 3 == 0 else {}
        expected.append(await client.make("objectiveCreate", cycleId=cycle, title=f"{number}", **own))
        if number % 3 == 1:
            await client.make("participantAdd", objectiveId=expected[-1], personId=pat, role="CONTRIBUTOR")
    expected = [id for number, id in enumerate(expected) if number % 3 < 2]
    assert "filter" in QUERY.fields["objectives"].args
    document = """query($after: String, $field: ObjectiveOrderField!, $f: ObjectiveFilter) {
        objectives(first: 2, after: $after, orderBy: {field: $field}, filter: $f) {
            totalCount nodes { id } pageInfo { endCursor hasNextPage } } }"""
    filter = {"involving": {"personId": pat, "roles": ["OWNER", "CONTRIBUTOR"]}}
    for field in {"NAME": "TITLE"}.get(orders[0], orders[0]), {"NAME": "TITLE"}.get(orders[1], orders[1]):
        ids: list[str] = []
        after = None
        while True:
            page = (await client.data(document, after=after, field=field, f=filter))["objectives"]
            assert page["totalCount"] == 5
            ids += [each["id"] for each in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert sorted(ids) == sorted(expected)
        if field != "CHANGED_AT":
            assert ids == expected
