"""Participants are added, get another role, are removed and come back; each is an event and moves `changedAt`."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.kit.client import Client
from tests.kit.refusals import errors, everything
from tests.kit.roles import acting
from tests.participants.participating import (
    GOAL,
    GOALS,
    NOON,
    added,
    events,
    participant,
    prepared,
    refused,
    removed,
)

UNKNOWN = (str(UUID(int=1)), "nonsense", "")


@pytest.mark.parametrize("name", GOALS)
async def test_a_participant_as_added_changed_removed_and_taken_back(client: Client, name: str) -> None:
    goals = await prepared(client)
    goal, other = goals.named(name), next(each for each in GOALS if each != name)
    ends = {name: getattr(goals, name), "person": goals.person}
    facts = {**{f"{end}Id": {"after": id} for end, id in ends.items()}, "role": {"after": "READER"}}
    objective = {"id": goals.objective} if name == "objective" else None
    version = {"id": ends[name], "version": 1, "updatedAt": NOON}

    def payload(changed_at: str, *participants: dict[str, Any]) -> dict[str, Any]:
        return {
            name: {**version, "changedAt": changed_at, "participants": list(participants)},
            **{other: None, "userErrors": []},
        }

    async def event(verb: str, role: str, changes: dict[str, Any]) -> None:
        expected = {"verb": verb, "subject": {"role": role}, "objective": objective, "changes": changes}
        assert (await events(client))[0] == expected

    client.clock.advance(hours=1)
    one = {**participant(**ends), "createdAt": "2026-07-02T13:00:00Z"}
    assert await added(client, **goal, personId=goals.person) == payload("2026-07-02T13:00:00Z", one)
    await event("CREATED", "READER", facts)
    client.clock.advance(hours=1)
    changed = await added(client, "CO_OWNER", **goal, personId=goals.person)
    assert changed == payload("2026-07-02T14:00:00Z", {**one, "role": "CO_OWNER"})
    await event("UPDATED", "CO_OWNER", {"role": {"before": "READER", "after": "CO_OWNER"}})
    client.clock.advance(hours=1)
    assert await removed(client, **goal, personId=goals.person) == payload("2026-07-02T15:00:00Z")
    await event("ARCHIVED", "CO_OWNER", {**facts, "role": {"after": "CO_OWNER"}})
    client.clock.advance(hours=1)
    # It is the same participant again: only an event is added.
    rows = len(await everything(client))
    assert await added(client, **goal, personId=goals.person) == payload("2026-07-02T16:00:00Z", one)
    assert len(await everything(client)) == rows + 1
    await event("RESTORED", "READER", facts)
    assert len(await events(client)) == 4


@pytest.mark.parametrize("name", GOALS)
async def test_what_is_so_already_changes_nothing(client: Client, name: str) -> None:
    goals = await prepared(client)
    goal = goals.named(name)
    before = await everything(client)
    nothing = await removed(client, **goal, teamId=goals.team)
    assert (nothing[name]["participants"], nothing["userErrors"]) == ([], [])
    assert await everything(client) == before
    first = await added(client, **goal, teamId=goals.team)
    before = await everything(client)
    client.clock.advance(hours=1)
    assert await added(client, **goal, teamId=goals.team) == first
    assert await everything(client) == before
    last = await removed(client, **goal, teamId=goals.team)
    before = await everything(client)
    client.clock.advance(hours=1)
    assert await removed(client, **goal, teamId=goals.team) == last
    assert await everything(client) == before


async def test_participants_are_listed_by_what_they_may_do_and_by_name(client: Client) -> None:
    goals = await prepared(client)
    people = {name: await client.make("personCreate", name=name) for name in ("Zoe", "Ann", "Quentin", "Fay", "Cleo")}
    for name, role in (
        *(("Zoe", "CO_OWNER"), ("Quentin", "READER"), ("Ann", "CO_OWNER")),
        *(("Fay", "FOLLOWER"), ("Cleo", "CONTRIBUTOR")),
    ):
        for goal in map(goals.named, GOALS):
            assert (await added(client, role, **goal, personId=people[name]))["userErrors"] == []
    for goal in map(goals.named, GOALS):
        await added(client, **goal, teamId=goals.team)
    names = "participants { role person { name } team { name } }"
    document = f"{{ objectives {{ nodes {{ {names} }} }} kpis {{ nodes {{ {names} }} }} }}"
    data = await client.data(document)
    expected = [("CO_OWNER", "Ann"), ("CO_OWNER", "Zoe"), ("CONTRIBUTOR", "Cleo")]
    expected += [("READER", "Platform"), ("READER", "Quentin"), ("FOLLOWER", "Fay")]
    for nodes in (data["objectives"]["nodes"], data["kpis"]["nodes"]):
        [goal] = nodes
        assert [(each["role"], (each["person"] or each["team"])["name"]) for each in goal["participants"]] == expected


async def test_each_goal_of_a_list_has_its_own(client: Client) -> None:
    cycle = await client.cycle()
    objectives = [await client.objective(cycle, title) for title in "abc"]
    people = [await client.make("personCreate", name=name) for name in "xy"]
    for objective, person in ((0, 0), (2, 0), (2, 1)):
        await added(client, objectiveId=objectives[objective], personId=people[person])
    nodes = (await client.data("{ objectives { nodes { participants { person { name } } } } }"))["objectives"]["nodes"]
    shown = [[each["person"]["name"] for each in node["participants"]] for node in nodes]
    assert shown == [["x"], [], ["x", "y"]]


async def test_a_removed_one_is_still_found_by_its_id(client: Client) -> None:
    goals = await prepared(client)
    ends = {"objectiveId": goals.objective, "personId": goals.person}
    await added(client, **ends)
    [made] = (await client.data("{ objectives { nodes { participants { id } } } }"))["objectives"]["nodes"]
    client.clock.advance(hours=1)
    await removed(client, **ends)
    document = "query($id: ID!) { node(id: $id) { ... on Participant { role endedAt person { name } } } }"
    found = await client.data(document, id=made["participants"][0]["id"])
    assert found == {"node": {"role": "READER", "endedAt": "2026-07-02T13:00:00Z", "person": {"name": "Pat"}}}


@pytest.mark.parametrize("name", GOALS)
async def test_nobody_is_added_to_what_is_archived_or_while_archived(client: Client, name: str) -> None:
    goals = await prepared(client)
    goal = goals.named(name)
    for end in ("person", "team"):
        ends = {**goal, f"{end}Id": getattr(goals, end)}
        await client.make(f"{end}Archive", id=getattr(goals, end))
        assert await refused(client, "participantAdd", role="READER", **ends) == [("ARCHIVED", f"input.{end}Id")]
        await client.make(f"{end}Restore", id=getattr(goals, end))
    await added(client, **goal, personId=goals.person)
    await client.make(f"{name}Archive", id=getattr(goals, name))
    codes = [("ARCHIVED", f"input.{name}Id")]
    assert await refused(client, "participantAdd", role="READER", **goal, teamId=goals.team) == codes
    # Whoever should not read it any more can be removed all the same.
    await client.make("personArchive", id=goals.person)
    assert (await removed(client, **goal, personId=goals.person))[name]["participants"] == []


@pytest.mark.parametrize("mutation", ["participantAdd", "participantRemove"])
async def test_who_or_what_is_not_there(client: Client, mutation: str) -> None:
    goals = await prepared(client)
    role = {"role": "READER"} if mutation == "participantAdd" else {}
    for id in (*UNKNOWN, goals.team):
        ends = {"objectiveId": goals.objective, "personId": id}
        assert await refused(client, mutation, **ends, **role) == [("NOT_FOUND", "input.personId")]
    for id in (*UNKNOWN, goals.person):
        ends = {"kpiId": goals.kpi, "teamId": id}
        assert await refused(client, mutation, **ends, **role) == [("NOT_FOUND", "input.teamId")]
    for name, other in (("objective", goals.kpi), ("kpi", goals.objective)):
        for id in (*UNKNOWN, other):
            input = {f"{name}Id": id, "personId": goals.person, **role}
            assert await refused(client, mutation, among=(), **input) == [("NOT_FOUND", f"input.{name}Id")]


@pytest.mark.parametrize("mutation", ["participantAdd", "participantRemove"])
async def test_one_goal_and_one_person_or_team(client: Client, mutation: str) -> None:
    goals = await prepared(client)
    role = {"role": "READER"} if mutation == "participantAdd" else {}
    both = {"objectiveId": goals.objective, "kpiId": goals.kpi}
    ambiguous = {"goal": ("GOAL_AMBIGUOUS", "input.objectiveId"), "who": ("PARTICIPANT_AMBIGUOUS", "input.personId")}
    ends = {"personId": goals.person, "teamId": goals.team}
    assert await refused(client, mutation, **role) == [ambiguous["goal"], ambiguous["who"]]
    one = {"personId": goals.person, **role}
    assert await refused(client, mutation, among=(), **both, **one) == [ambiguous["goal"]]
    assert await refused(client, mutation, kpiId=goals.kpi, **ends, **role) == [ambiguous["who"]]


async def test_only_a_person_is_a_co_owner(client: Client) -> None:
    goals = await prepared(client)
    ends = {"kpiId": goals.kpi, "teamId": goals.team}
    refusal = [("PARTICIPANT_ROLE_NOT_ALLOWED", "input.role")]
    assert await refused(client, "participantAdd", role="CO_OWNER", **ends) == refusal
    await added(client, **ends)
    assert await refused(client, "participantAdd", role="CO_OWNER", **ends) == refusal


async def test_two_who_add_at_once_add_one(client: Client) -> None:
    goals = await prepared(client)
    for number, goal in enumerate(map(goals.named, GOALS), 1):
        payloads = await asyncio.gather(*(added(client, **goal, personId=goals.person) for _ in range(6)))
        assert [payload["userErrors"] for payload in payloads] == [[]] * 6
        assert all(payload == payloads[0] for payload in payloads)
        assert len(await events(client)) == number


async def test_adding_and_removing_at_once_ends_in_one_of_both(client: Client) -> None:
    goals = await prepared(client)
    ends = {"objectiveId": goals.objective, "personId": goals.person}
    for _ in range(5):
        await asyncio.gather(*(change(client, **ends) for change in (added, removed, added, removed)))
    verbs = [event["verb"] for event in reversed(await events(client))]
    # Each change is one of what the one before has left.
    assert verbs == ["CREATED", *(["ARCHIVED", "RESTORED"] * len(verbs))[: len(verbs) - 1]]
    document = f"query($id: ID!) {{ objective(id: $id) {{ {GOAL} }} }}"
    [*participants] = (await client.data(document, id=goals.objective))["objective"]["participants"]
    assert bool(participants) == (verbs[-1] != "ARCHIVED")


async def test_a_request_that_names_nothing_is_forbidden_to_a_viewer(client: Client) -> None:
    async with await acting(client, "VIEWER") as viewer:
        assert await errors(viewer, "participantAdd", role="READER") == ["FORBIDDEN"]
        assert await errors(viewer, "participantRemove") == ["FORBIDDEN"]
