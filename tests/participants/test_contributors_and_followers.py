"""Contributors read and check in, and do not edit; followers have no right by that, and come and go by themselves."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.participants.participating import GOALS, added, member, prepared, refused, removed

CAN = """query($objective: ID!, $kpi: ID!) { nodes(ids: [$objective, $kpi]) {
    ... on Objective { viewerCan { ...all } } ... on Kpi { viewerCan { ...all } } } }
    fragment all on GoalPermissions { edit { allowed } checkIn { allowed } archive { allowed } share { allowed } }"""
SHOWN = """query($objective: ID!, $kpi: ID!) { nodes(ids: [$objective, $kpi]) { id }
    objectives { totalCount } kpis { totalCount } }"""


async def codes(client: Client, mutation: str, **input: Any) -> list[str]:
    """The codes of a mutation, which changes nothing if there are some."""
    before = await everything(client)
    payload = await client.change(mutation, input, "__typename")
    told = [each["code"] for each in payload["userErrors"]]
    assert (await everything(client) == before) == bool(told)
    return told


async def test_contributors_check_in_and_change_nothing_else(client: Client) -> None:
    goals = await prepared(client)
    await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
    number = await client.key_result(goals.objective, kind="REACH", target="10")
    stages = await client.key_result(goals.objective, kind="MILESTONE")
    stage = await client.make("milestoneCreate", keyResultId=stages, title="First")
    somebody, person = await member(client)
    team_member, other = await member(client)
    await client.make("teamJoin", teamId=goals.team, personId=other)
    for name in GOALS:
        await added(client, "CONTRIBUTOR", **goals.named(name), personId=person)
        await added(client, "CONTRIBUTOR", **goals.named(name), teamId=goals.team)
    async with somebody, team_member:
        for each in (somebody, team_member):
            can = {name: {"allowed": name == "checkIn"} for name in ("edit", "checkIn", "archive", "share")}
            found = await each.data(CAN, objective=goals.objective, kpi=goals.kpi)
            assert found == {"nodes": [{"viewerCan": can}] * 2}
            assert await codes(each, "keyResultCheckIn", keyResultId=number, value="5") == []
            assert await codes(each, "objectiveCheckIn", objectiveId=goals.objective, note="Well") == []
            many = [{"keyResultId": number, "value": "5"}, {"objectiveId": goals.objective, "note": "Well"}]
            assert await codes(each, "checkInsRecord", checkIns=many) == []
            value = str(len(found) + (each is somebody))
            point = {"kpiId": goals.kpi, "on": "2026-05-01", "value": value}
            assert await codes(each, "kpiMeasurementsRecord", measurements=[point]) == []
            assert await codes(each, "objectiveUpdate", id=goals.objective, title="New") == ["NOT_EDITABLE"]
            assert await codes(each, "keyResultUpdate", id=number, title="New") == ["NOT_EDITABLE"]
            assert await codes(each, "keyResultArchive", id=number) == ["NOT_EDITABLE"]
            assert await codes(each, "kpiUpdate", id=goals.kpi, name="New") == ["NOT_EDITABLE"]
            assert await codes(each, "kpiTargetCreate", kpiId=goals.kpi, startsOn="2026-01-01", value="1") == [
                "NOT_EDITABLE"
            ]
            for title in ({"title": "New"}, {"title": "New", "doneAt": "2026-07-01T00:00:00Z"}):
                assert await codes(each, "milestoneUpdate", id=stage, **title) == ["NOT_EDITABLE"]
        assert await codes(somebody, "milestoneUpdate", id=stage, doneAt="2026-07-01T00:00:00Z") == []
        for name in GOALS:
            await added(client, "READER", **goals.named(name), personId=person)
        assert await codes(somebody, "keyResultCheckIn", keyResultId=number, value="6") == ["NOT_EDITABLE"]
        assert await codes(somebody, "milestoneUpdate", id=stage, doneAt=None) == ["NOT_EDITABLE"]


async def test_a_follower_does_not_see_a_hidden_goal(client: Client) -> None:
    goals = await prepared(client)
    somebody, person = await member(client)
    team_member, other = await member(client)
    await client.make("teamJoin", teamId=goals.team, personId=other)
    nothing = {"nodes": [None, None], "objectives": {"totalCount": 0}, "kpis": {"totalCount": 0}}
    async with somebody, team_member:
        for name in GOALS:
            await added(client, "FOLLOWER", **goals.named(name), personId=person)
            await added(client, "FOLLOWER", **goals.named(name), teamId=goals.team)
        for each in (somebody, team_member):
            assert await each.data(SHOWN, objective=goals.objective, kpi=goals.kpi) == nothing
            assert await codes(each, "objectiveUpdate", id=goals.objective, title="New") == ["NOT_FOUND"]
            assert await codes(each, "objectiveCheckIn", objectiveId=goals.objective, note="x") == ["NOT_FOUND"]
            assert await codes(each, "kpiUpdate", id=goals.kpi, name="New") == ["NOT_FOUND"]
        for name in GOALS:
            ends = {**goals.named(name), "personId": person}
            assert await refused(somebody, "participantRemove", among=(), **ends) == [("NOT_FOUND", f"input.{name}Id")]
        # A reader that becomes a follower sees it no more.
        await added(client, "READER", **goals.named("kpi"), personId=person)
        shown = await somebody.data(SHOWN, objective=goals.objective, kpi=goals.kpi)
        assert shown == {**nothing, "nodes": [None, {"id": goals.kpi}], "kpis": {"totalCount": 1}}
        await added(client, "FOLLOWER", **goals.named("kpi"), personId=person)
        assert await somebody.data(SHOWN, objective=goals.objective, kpi=goals.kpi) == nothing


@pytest.mark.parametrize("name", GOALS)
async def test_members_follow_and_leave_what_they_see(client: Client, name: str) -> None:
    goals = await prepared(client)
    await client.make(f"{name}Update", id=getattr(goals, name), visibility="ORGANIZATION")
    await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
    somebody, person = await member(client)
    own, others = ({**goals.named(name), "personId": each} for each in (person, goals.person))
    no = [("NOT_EDITABLE", f"input.{name}Id")]
    async with somebody:
        payload = await added(somebody, "FOLLOWER", **own)
        assert [each["role"] for each in payload[name]["participants"]] == ["FOLLOWER"]
        assert (await added(somebody, "FOLLOWER", **own)) == payload
        for role in ("CO_OWNER", "CONTRIBUTOR", "READER"):
            assert await refused(somebody, "participantAdd", role=role, **own) == no
        assert await refused(somebody, "participantAdd", role="FOLLOWER", **others) == no
        team = {**goals.named(name), "teamId": goals.team}
        assert await refused(somebody, "participantAdd", role="FOLLOWER", **team) == no
        for _ in range(2):
            assert (await removed(somebody, **own))[name]["participants"] == []
        # What an editor made of somebody, only an editor takes back.
        await added(client, "CONTRIBUTOR", **own)
        assert await refused(somebody, "participantAdd", role="FOLLOWER", **own) == no
        assert await refused(somebody, "participantRemove", **own) == no
        await added(client, "FOLLOWER", **others)
        assert await refused(somebody, "participantRemove", **others) == no
