"""The feed of entries: what they say, how they are filtered, and what is left out of it."""

from typing import Any

from schema.relay.node import global_id, parsed
from tests.kit.client import Client, Statements
from tests.kit.roles import acting, check_in_on_initiative, furnished

FEED = """query($filter: ActivityFilter, $first: Int, $after: String) {
    activity(filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id type subjectType subject { id } objective { id } } } }"""
NODE = "{ __typename id }"
ENTRY = f"""type at reason subjectType actor {{ name }} serviceAccount {{ name }} subject {NODE} objective {{ id }}
    checkIn {{ value confidence status note }}
    changes {{ field before after beforeNode {NODE} afterNode {NODE} }}"""
LATEST = f"""query($first: Int, $filter: ActivityFilter) {{
    activity(first: $first, filter: $filter) {{ nodes {{ {ENTRY} }} }} }}"""
NOON = "2026-07-02T12:00:00Z"


async def entries(client: Client, **filter: Any) -> list[dict[str, Any]]:
    """The entries under a filter, the latest first."""
    return (await client.data(FEED, filter=filter, first=100))["activity"]["nodes"]


async def kinds(client: Client, **filter: Any) -> list[tuple[str, str]]:
    """The types of the entries under a filter with those of their subjects, the earliest first."""
    return [(each["type"], each["subjectType"]) for each in reversed(await entries(client, **filter))]


def change(field: str, before: str | None = None, after: str | None = None, **nodes: str) -> dict[str, Any]:
    """A change as the API shows it; the objects by their ids."""
    own = {each: {"__typename": parsed(nodes[each])[0], "id": nodes[each]} for each in nodes}  # type: ignore[index]
    return {"field": field, "before": before, "after": after, "beforeNode": None, "afterNode": None, **own}


async def test_what_entries_say(client: Client, statements: Statements) -> None:
    ids = await furnished(client)
    other = await client.make("personCreate", name="Sam")
    account = global_id("ServiceAccount", parsed(ids["account"])[1])  # type: ignore[index]
    await client.make("objectiveUpdate", id=ids["root"], ownerId=ids["person"], visibility="TEAM", teamId=ids["team"])
    await client.make("objectiveUpdate", id=ids["root"], ownerId=other, reason="Pat is away")
    check_in = await client.check_in(ids["number"], "12.5", confidence=0.4, note="Slow start", status="AT_RISK")
    measurements = [{"kpiId": ids["kpi"], "on": "2026-06-01", "value": "3"}]
    await client.change("kpiMeasurementsRecord", {"measurements": measurements}, "kpis { id }")
    await client.make("objectiveArchive", id=ids["root"])
    found = (await client.data(LATEST, first=5))["activity"]["nodes"]
    entry = {
        **{"at": NOON, "reason": None, "actor": {"name": "Olive Owner"}, "serviceAccount": None, "checkIn": None},
        **{"objective": {"id": ids["root"]}, "changes": []},
        **{"subjectType": "Objective", "subject": {"__typename": "Objective", "id": ids["root"]}},
    }
    assert account == ids["account"]
    assert found == [
        {**entry, "type": "ARCHIVED"},
        {
            **entry,
            **{"type": "MEASURED", "subjectType": "Kpi", "subject": {"__typename": "Kpi", "id": ids["kpi"]}},
            "objective": None,
            "changes": [
                change("first", None, "2026-06-01"),
                change("last", None, "2026-06-01"),
                change("measurements", None, "1"),
            ],
        },
        {
            **entry,
            **{"type": "CHECKED_IN", "subjectType": "CheckIn", "subject": {"__typename": "CheckIn", "id": check_in}},
            "checkIn": {"value": "12.5", "confidence": 0.4, "status": "AT_RISK", "note": "Slow start"},
            "changes": [
                change("at", None, NOON),
                change("confidence", None, "0.4"),
                change("note", None, "Slow start"),
                change("status", None, "AT_RISK"),
                change("value", None, "12.5"),
            ],
        },
        {
            **{**entry, "type": "UPDATED", "reason": "Pat is away"},
            "changes": [change("owner", beforeNode=ids["person"], afterNode=other)],
        },
        {
            **entry,
            "type": "UPDATED",
            "changes": [
                change("owner", afterNode=ids["person"]),
                change("team", afterNode=ids["team"]),
                change("visibility", "ORGANIZATION", "TEAM"),
            ],
        },
    ]
    # An erased person is a placeholder everywhere.
    await client.make("personErase", id=other)
    [entry_of_change] = (await client.data(LATEST, first=1, filter={"types": ["ERASED"]}))["activity"]["nodes"]
    assert entry_of_change["subject"] == {"__typename": "Person", "id": other}
    again = (await client.data(LATEST, first=6))["activity"]["nodes"]
    assert [each for each in again if each["reason"] == "Pat is away"] == [found[3]]
    # The page, the objects of entries and those of changes are a message each, of one entry and of many.
    for first in (1, 50):
        await client.data(LATEST, first=first)
        assert len(await statements.of(client.data(LATEST, first=first, filter={"types": ["UPDATED"]}))) == 5


async def test_filters(client: Client) -> None:
    ids = await furnished(client)
    below = await client.make("teamCreate", name="Below", parentId=ids["team"])
    for goal, team in (("root", ids["team"]), ("other", below)):
        await client.make("objectiveUpdate", id=ids[goal], teamId=team)
    await client.make("kpiUpdate", id=ids["kpi"], teamId=ids["team"])
    await client.make("initiativeUpdate", id=ids["initiative"], teamId=below)
    await client.make("participantAdd", kpiId=ids["kpi"], personId=ids["person"], role="READER")
    await client.make("linkCreate", kpiId=ids["kpi"], title="Source", url="https://example.com/2")
    await check_in_on_initiative(client, ids["initiative"])
    await client.make("objectiveArchive", id=ids["other"])
    all = await entries(client)
    assert (await client.data(FEED, first=0))["activity"]["totalCount"] == len(all)
    events = (await client.data("{ events(first: 100) { nodes { id } } }"))["events"]["nodes"]
    assert [parsed(each["id"])[1] for each in all] == [parsed(each["id"])[1] for each in events]  # type: ignore[index]

    of_root = [("CREATED", "Objective"), ("CREATED", "KeyResult"), ("CREATED", "KeyResult"), ("CREATED", "Milestone")]
    of_kpi = [("CREATED", "Kpi"), ("TARGET_SET", "KpiTarget")]
    own = [*of_root, *of_kpi, ("LINKED", "KpiLink"), ("CREATED", "Link"), ("UPDATED", "Objective"), ("UPDATED", "Kpi")]
    own += [("JOINED", "Participant"), ("CREATED", "Link")]
    assert await kinds(client, teamId=ids["team"]) == own
    of_below = [("CREATED", "Objective"), ("CREATED", "Initiative"), ("UPDATED", "Objective")]
    of_below += [("UPDATED", "Initiative"), ("CHECKED_IN", "InitiativeCheckIn"), ("ARCHIVED", "Objective")]
    assert await kinds(client, teamId=below) == of_below
    both = {each["id"] for each in [*await entries(client, teamId=ids["team"]), *await entries(client, teamId=below)]}
    expected = [each for each in all if each["id"] in both]
    assert await entries(client, teamId=ids["team"], includeSubteams=True) == expected
    assert await entries(client, teamId=below, includeSubteams=True) == await entries(client, teamId=below)

    of_objectives = [each for each in all if each["objective"]]
    assert await entries(client, cycleId=ids["cycle"]) == [
        each for each in all if each["objective"] or each["subject"] == {"id": ids["cycle"]}
    ]
    tree = ({"id": ids["root"]}, {"id": ids["child"]})
    assert await entries(client, objectiveId=ids["root"]) == [e for e in of_objectives if e["objective"] in tree]
    assert await entries(client, objectiveId=ids["child"]) == [e for e in of_objectives if e["objective"] == tree[1]]
    assert await entries(client, objectiveId=ids["root"], teamId=ids["team"], types=["UPDATED"]) == [
        each for each in all if each["objective"] == tree[0] and each["type"] == "UPDATED"
    ]
    for types in (["CREATED"], ["TARGET_SET", "ALIGNED"], ["JOINED"], sorted({each["type"] for each in all}), []):
        assert await entries(client, types=types) == [each for each in all if each["type"] in types]
    async with await acting(client, "MEMBER") as member:
        person = global_id("Person", member.person_id)
        await member.check_in(ids["number"], "1")
        assert await kinds(client, personId=person) == [("CHECKED_IN", "CheckIn")]
        assert await kinds(client, personId=person, teamId=ids["team"]) == [("CHECKED_IN", "CheckIn")]
        assert await kinds(client, personId=person, types=["CREATED"]) == []
        assert (await kinds(client, teamId=ids["team"]))[-1] == ("CHECKED_IN", "CheckIn")
    assert await kinds(client, recordedAt={"lt": NOON}) == []
    assert len(await kinds(client, recordedAt={"gte": NOON}, types=["ALIGNED"])) == 1
    for nobody in ("nonsense", "", ids["pillar"]):
        for field in ("teamId", "personId", "cycleId", "objectiveId"):
            assert await kinds(client, **{field: nobody}) == []
    found, after = [], None
    while True:
        page = (await client.data(FEED, filter={"teamId": ids["team"]}, first=5, after=after))["activity"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == await entries(client, teamId=ids["team"])
    assert page["totalCount"] == len(found)


async def test_a_team_with_more_goals_than_are_read_one_by_one(client: Client) -> None:
    team, cycle = await client.make("teamCreate", name="Many"), await client.cycle()
    mine = [await client.objective(cycle, f"{number}", teamId=team) for number in range(55)]
    await client.objective(cycle, "Not theirs")
    found = await entries(client, teamId=team)
    assert [each["subject"]["id"] for each in found] == mine[::-1]
    assert [each["subject"]["id"] for each in await entries(client, teamId=team, types=["CREATED"])] == mine[::-1]
    assert await entries(client, teamId=team, types=["UPDATED"]) == []


async def test_what_the_viewer_may_not_see(client: Client) -> None:
    ids = await furnished(client)
    await client.make("objectiveUpdate", id=ids["other"], visibility="PRIVATE")
    secret = await client.make("objectiveAlign", objectiveId=ids["other"], parentId=ids["child"])
    # What serves a hidden objective is not below what the viewer sees.
    lowest = await client.objective(ids["cycle"], "lowest")
    await client.make("objectiveAlign", objectiveId=lowest, parentId=ids["other"])
    await client.make("kpiUpdate", id=ids["kpi"], visibility="PRIVATE")
    hidden = {ids["other"], ids["kpi"], secret}
    async with await acting(client, "MEMBER") as member:
        for filter in ({}, {"cycleId": ids["cycle"]}, {"objectiveId": ids["root"]}):
            seen, all = await entries(member, **filter), await entries(client, **filter)
            left = [
                each
                for each in all
                if (each["subject"] or {}).get("id") not in hidden
                and each["objective"] != {"id": ids["other"]}
                and each["subjectType"] not in ("KpiTarget", "KpiLink")
                and not (filter.get("objectiveId") and each["objective"] == {"id": lowest})
            ]
            assert [each for each in seen if each["subjectType"] != "Alignment"] == [
                each for each in left if each["subjectType"] != "Alignment"
            ]
            assert len(seen) < len(all)
        assert await entries(member, objectiveId=ids["other"]) == []
        # A reference to what is hidden is null.
        successor = await client.make("kpiCreate", name="Part", parentId=ids["kpi"])
        selection = f"subject {NODE} changes {{ field after afterNode {NODE} }}"
        document = f"query {{ activity(first: 1) {{ nodes {{ {selection} }} }} }}"
        [of_member] = (await member.data(document))["activity"]["nodes"]
        [of_owner] = (await client.data(document))["activity"]["nodes"]
        assert of_member["subject"] == of_owner["subject"] == {"__typename": "Kpi", "id": successor}
        [parent] = [each for each in of_owner["changes"] if each["field"] == "parent"]
        assert parent == {"field": "parent", "after": None, "afterNode": {"__typename": "Kpi", "id": ids["kpi"]}}
        assert of_member["changes"] == [
            {**each, "afterNode": None} if each is parent else each for each in of_owner["changes"]
        ]
