"""Whoever takes part in a goal reads it whatever its visibility, and a co-owner edits it, until removed."""

from functools import partial
from typing import Any

import pytest

from schema.relay.node import parsed
from service.people.key_commands import create_key
from service.unit_of_work import write
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.participants.participating import GOALS, Goals, added, member, person_of, prepared, refused, removed

# Every way to a goal: lists and counts, lookups, what belongs to it, and events.
SEEN = """query($objective: ID!, $kpi: ID!) {
    objectives { totalCount nodes { id } } kpis { totalCount nodes { id } }
    objective(id: $objective) { id participants { role } } kpi(id: $kpi) { id participants { role } }
    nodes(ids: [$objective, $kpi]) { id }
    ofObjective: events(filter: { objectiveId: { eq: $objective } }) { totalCount }
    ofKpi: events(filter: { subjectId: { eq: $kpi } }) { totalCount }
    participants: events(filter: { subjectType: { eq: "Participant" } }) { totalCount nodes { subject { id } } } }"""


async def seen(client: Client, goals: Goals) -> dict[str, Any]:
    return await client.data(SEEN, objective=goals.objective, kpi=goals.kpi)


def nothing() -> dict[str, Any]:
    return {
        **{"objectives": {"totalCount": 0, "nodes": []}, "kpis": {"totalCount": 0, "nodes": []}},
        **{"objective": None, "kpi": None, "nodes": [None, None]},
        **{
            "ofObjective": {"totalCount": 0},
            "ofKpi": {"totalCount": 0},
            "participants": {"totalCount": 0, "nodes": []},
        },
    }


async def test_a_reader_sees_a_private_goal_from_then_on_and_until_then(client: Client) -> None:
    goals = await prepared(client)
    somebody, person = await member(client)
    async with somebody:
        for name in GOALS:
            await added(client, **goals.named(name), personId=goals.person)
        assert await seen(somebody, goals) == nothing()
        await added(client, **goals.named("objective"), personId=person)
        shown = await seen(somebody, goals)
        own = shown["participants"].pop("nodes")
        assert shown == {
            **nothing(),
            **{"objectives": {"totalCount": 1, "nodes": [{"id": goals.objective}]}},
            **{"objective": {"id": goals.objective, "participants": [{"role": "READER"}] * 2}},
            **{"nodes": [{"id": goals.objective}, None], "ofObjective": {"totalCount": 3}},
            "participants": {"totalCount": 2},
        }
        assert None not in [event["subject"] for event in own]
        await added(client, **goals.named("kpi"), personId=person)
        shown = await seen(somebody, goals)
        assert shown["kpis"] == {"totalCount": 1, "nodes": [{"id": goals.kpi}]}
        assert shown["kpi"] == {"id": goals.kpi, "participants": [{"role": "READER"}] * 2}
        assert (shown["nodes"][1], shown["ofKpi"]) == ({"id": goals.kpi}, {"totalCount": 1})
        assert shown["participants"]["totalCount"] == 4
        for name in GOALS:
            await removed(client, **goals.named(name), personId=person)
        assert await seen(somebody, goals) == nothing()


async def test_a_team_lets_its_members_read_and_nobody_above_or_below(client: Client) -> None:
    goals = await prepared(client)
    above = await client.make("teamCreate", name="Company")
    below = await client.make("teamCreate", name="Part", parentId=goals.team)
    await client.make("teamUpdate", id=goals.team, parentId=above)
    readers: dict[str, Client] = {}
    for team in (above, goals.team, below):
        readers[team], person = await member(client)
        await client.make("teamJoin", teamId=team, personId=person, role="LEAD")
    for name in GOALS:
        await added(client, **goals.named(name), teamId=goals.team)
    for team, reader in readers.items():
        shown = await seen(reader, goals)
        expected = [{"id": goals.objective}, {"id": goals.kpi}] if team == goals.team else [None, None]
        assert shown["nodes"] == expected
        assert (shown["objectives"]["totalCount"], shown["kpis"]["totalCount"]) == (
            (1, 1) if team == goals.team else (0, 0)
        )
    for name in GOALS:
        await removed(client, **goals.named(name), teamId=goals.team)
    assert await seen(readers[goals.team], goals) == nothing()
    for reader in readers.values():
        await reader.http.aclose()


@pytest.mark.parametrize("name", GOALS)
async def test_a_co_owner_edits_where_members_edit_their_own(client: Client, name: str) -> None:
    goals = await prepared(client)
    await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
    somebody, person = await member(client)
    fact = "title" if name == "objective" else "name"
    update = {"id": getattr(goals, name), fact: "New"}
    permissions = (
        f"query($id: ID!) {{ {name}(id: $id) {{ viewerCan {{ edit {{ allowed denial }} share {{ allowed }} }} }} }}"
    )

    async def attempt(role: str | None) -> Any:
        if role is not None:
            await added(client, role, **goals.named(name), personId=person)
        before = await everything(client)
        payload = await somebody.change(f"{name}Update", update, f"{name} {{ {fact} }}")
        codes = [each["code"] for each in payload["userErrors"]]
        assert (await everything(client) == before) == bool(codes)
        found = (await somebody.data(permissions, id=getattr(goals, name)))[name]
        return codes, payload[name], found and found["viewerCan"]

    async with somebody:
        assert await attempt(None) == (["NOT_FOUND"], None, None)
        no = {"edit": {"allowed": False, "denial": "NOT_OWNER_OR_LEAD"}, "share": {"allowed": False}}
        codes, _, can = await attempt("READER")
        assert (codes, can) == (["NOT_EDITABLE"], no)
        # Who only reads it lets nobody else in, and does not leave either.
        ends = {**goals.named(name), "personId": goals.person}
        codes = [("NOT_EDITABLE", f"input.{name}Id")]
        assert await refused(somebody, "participantAdd", **ends, role="READER") == codes
        assert await refused(somebody, "participantRemove", **goals.named(name), personId=person) == codes
        yes = {"edit": {"allowed": True, "denial": None}, "share": {"allowed": True}}
        assert await attempt("CO_OWNER") == ([], {fact: "New"}, yes)
        payload = await added(somebody, **ends)
        assert [each["role"] for each in payload[name]["participants"]] == ["CO_OWNER", "READER"]
        # One may remove oneself, and then does not see what is left.
        payload = await removed(somebody, **goals.named(name), personId=person)
        assert payload == {"objective": None, "kpi": None, "userErrors": []}
        assert await attempt(None) == (["NOT_FOUND"], None, None)
        assert await refused(somebody, "participantAdd", among=(), **ends, role="READER") == [
            ("NOT_FOUND", f"input.{name}Id")
        ]


async def test_a_team_that_reads_edits_where_members_edit_all(client: Client) -> None:
    goals = await prepared(client)
    somebody, person = await member(client)
    viewer, other = await member(client, "VIEWER")
    for each in (person, other):
        await client.make("teamJoin", teamId=goals.team, personId=each)
    await added(client, **goals.named("kpi"), teamId=goals.team)
    async with somebody, viewer:
        assert await somebody.make("kpiUpdate", "name", id=goals.kpi, name="Cash at hand") == {"name": "Cash at hand"}
        can = "query($id: ID!) { kpi(id: $id) { name viewerCan { edit { allowed denial } } } }"
        denied = {"allowed": False, "denial": "ROLE_VIEWER"}
        expected = {"kpi": {"name": "Cash at hand", "viewerCan": {"edit": denied}}}
        assert await viewer.data(can, id=goals.kpi) == expected


@pytest.mark.parametrize("name", GOALS)
async def test_a_part_in_one_goal_is_none_in_another_with_the_same_id(client: Client, name: str) -> None:
    """Clients choose ids: an objective and a KPI may have the same one."""
    goals = await prepared(client)
    somebody, person = await member(client)
    hidden = parsed(getattr(goals, name))
    assert hidden is not None
    cycle = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"][0]["id"]
    async with somebody:
        own = {"id": str(hidden[1]), "visibility": "PRIVATE", "ownerId": person}
        if name == "objective":
            twin = {"kpiId": await somebody.make("kpiCreate", name="Twin", **own)}
        else:
            twin = {"objectiveId": await somebody.make("objectiveCreate", title="Twin", cycleId=cycle, **own)}
        assert (await added(somebody, "CO_OWNER", **twin, personId=person))["userErrors"] == []
        fact = {"title": "Mine"} if name == "objective" else {"name": "Mine"}
        payload = await somebody.change(f"{name}Update", {"id": getattr(goals, name), **fact}, f"{name} {{ id }}")
        assert (payload[name], [each["code"] for each in payload["userErrors"]]) == (None, ["NOT_FOUND"])
        ends = {**goals.named(name), "personId": person}
        assert await refused(somebody, "participantAdd", among=(), role="CO_OWNER", **ends) == [
            ("NOT_FOUND", f"input.{name}Id")
        ]


async def test_a_key_needs_the_scope_of_the_goal(client: Client) -> None:
    goals = await prepared(client)
    document = "mutation($input: ParticipantAddInput!) { participantAdd(input: $input) { userErrors { code } } }"
    expected = {
        ("GOALS_WRITE",): [True, False],
        ("KPIS_WRITE",): [False, True],
        ("SHARE_TOKENS_WRITE", "KPIS_READ", "GOALS_READ"): [False, False],
        ("GOALS_WRITE", "KPIS_WRITE"): [True, True],
    }
    for scopes, may in expected.items():
        command = partial(create_key, person_id=client.person_id, name="x", scopes=scopes)
        issued = await write(client.database, client.viewer, client.clock.now, command)
        own = (client.app, client.database, client.clock, client.organization_id, client.person_id, issued.key)
        async with Client(*own) as limited:
            for name, is_allowed in zip(GOALS, may, strict=True):
                input = {**goals.named(name), "personId": goals.person, "role": "READER"}
                before = await everything(client)
                answer = await limited.answer(document, input=input)
                codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
                assert codes == ([] if is_allowed else ["FORBIDDEN"])
                assert is_allowed or await everything(client) == before
            # `viewerCan` of a goal that it may read says the same.
            for name, is_allowed in zip(GOALS, may, strict=True):
                can = f"query($id: ID!) {{ {name}(id: $id) {{ viewerCan {{ share {{ allowed denial }} }} }} }}"
                told = await limited.answer(can, id=getattr(goals, name))
                share = {"allowed": is_allowed, "denial": None if is_allowed else "SCOPE_MISSING"}
                if "data" in told:
                    assert told == {"data": {name: {"viewerCan": {"share": share}}}}
            for input in ({}, {"objectiveId": goals.objective, "kpiId": goals.kpi}):
                answer = await limited.answer(document, input={**input, "personId": goals.person, "role": "READER"})
                needs = {"GOALS_WRITE", "KPIS_WRITE"} if input else {"GOALS_WRITE"}
                assert ("errors" in answer) == (not needs <= set(scopes))


async def test_an_owner_of_the_organization_is_no_participant_by_that(client: Client) -> None:
    goals = await prepared(client)
    await added(client, **goals.named("objective"), personId=person_of(client))
    assert (await seen(client, goals))["objective"]["participants"] == [{"role": "READER"}]
    await removed(client, **goals.named("objective"), personId=person_of(client))
    shown = await seen(client, goals)
    assert (shown["objective"], shown["objectives"]["totalCount"]) == ({"id": goals.objective, "participants": []}, 1)
