"""The feed of all changes: in order, page by page, filtered, of one objective, and what each event is about."""

from typing import Any

from tests.kit.client import Client
from tests.kit.pages import walked
from tests.kit.roles import acting, furnished

EVENT = "id verb subjectType subjectId objective { id }"


async def events(client: Client, **filter: Any) -> list[dict[str, Any]]:
    """The events under a filter, the latest first."""
    document = f"query($filter: EventFilter) {{ events(first: 100, filter: $filter) {{ nodes {{ {EVENT} }} }} }}"
    return (await client.data(document, filter=filter))["events"]["nodes"]


async def test_one_event_for_each_change_in_their_order(client: Client) -> None:
    ids = await furnished(client)
    expected = [("Organization", "CREATED"), ("Person", "CREATED"), ("ApiKey", "CREATED")]
    expected += [
        ("Person", "CREATED"),
        ("ServiceAccount", "CREATED"),
        ("Team", "CREATED"),
        ("Pillar", "CREATED"),
        ("Cycle", "CREATED"),
        ("Cycle", "CREATED"),
    ]
    expected += [("Objective", "CREATED")] * 3 + [("KeyResult", "CREATED")] * 2
    expected += [("Milestone", "CREATED"), ("Alignment", "ALIGNED")]
    expected += [("Kpi", "CREATED"), ("KpiTarget", "CREATED"), ("KpiLink", "LINKED")]
    expected += [("Link", "CREATED"), ("Initiative", "CREATED")]
    await client.check_in(ids["number"], "1")
    expected.append(("CheckIn", "CHECKED_IN"))
    for mutation in ("keyResultReorder", "keyResultArchive", "keyResultRestore"):
        await client.make(mutation, id=ids["number"])
    expected += [("KeyResult", "REORDERED"), ("KeyResult", "ARCHIVED"), ("KeyResult", "RESTORED")]
    await client.make("objectiveUnalign", id=ids["edge"])
    expected.append(("Alignment", "UNALIGNED"))
    found = await events(client)
    assert [(each["subjectType"], each["verb"]) for each in reversed(found)] == expected
    for size, backwards in ((4, False), (7, True)):
        assert await walked(client, "events", size, backwards) == [each["id"] for each in found]
        ascending = ", orderBy: {field: RECORDED_AT, direction: ASC}"
        assert await walked(client, "events", size, backwards, ascending) == [each["id"] for each in reversed(found)]


async def test_filters(client: Client) -> None:
    ids = await furnished(client)
    client.clock.advance(hours=1)
    async with await acting(client, "MEMBER") as member:
        await member.check_in(ids["number"], "1")
        person = (await member.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    all = await events(client)
    # The check-in, and before it the person and the key.
    late = {"recordedAt": {"gte": "2026-07-02T13:00:00Z"}}
    assert await events(client, **late) == all[:3]
    assert await events(client, recordedAt={"lt": "2026-07-02T13:00:00Z"}) == all[3:]
    assert await events(client, recordedAt={"gt": "2026-07-02T13:00:00Z"}) == []
    assert await events(client, actorId={"eq": person}) == all[:1]
    assert await events(client, verb={"eq": "CHECKED_IN"}) == all[:1]
    assert await events(client, verb={"in": ["CHECKED_IN", "ALIGNED"]}) == [all[0], all[8]]
    assert await events(client, verb={"neq": "CREATED"}) == [all[0], all[5], all[8]]
    assert await events(client, verb={"eq": "LINKED"}) == all[5:6]
    assert await events(client, subjectType={"eq": "Pillar"}) == [e for e in all if e["subjectType"] == "Pillar"]
    assert await events(client, subjectType={"contains": "result"}) == [
        e for e in all if e["subjectType"] == "KeyResult"
    ]
    for name in ("edge", "number", "team"):
        assert await events(client, subjectId={"eq": ids[name]}) == [e for e in all if e["subjectId"] == ids[name]]
    of_root = [e for e in all if e["objective"] == {"id": ids["root"]}]
    assert await events(client, objectiveId={"eq": ids["root"]}) == of_root
    assert {each["subjectType"] for each in of_root} == {
        *("CheckIn", "KeyResult", "KpiLink", "Link", "Milestone", "Objective"),
    }
    assert await events(client, objectiveId={"isNull": True}) == [e for e in all if e["objective"] is None]
    either = [{"objectiveId": {"eq": ids["child"]}}, {"subjectId": {"in": [ids["team"], ids["pillar"]]}}]
    picked = [
        e for e in all if e["objective"] == {"id": ids["child"]} or e["subjectId"] in (ids["team"], ids["pillar"])
    ]
    assert await events(client, **{"or": either}) == picked
    assert await events(client, **{"or": either, "and": [late]}) == []
    for nobody in ("nonsense", ids["team"], ""):
        assert await events(client, actorId={"eq": nobody}) == []
    assert await events(client, subjectId={"eq": "nonsense"}) == []


async def test_the_events_of_an_objective(client: Client) -> None:
    ids = await furnished(client)
    await client.check_in(ids["number"], "1")
    expected = [each["id"] for each in await events(client, objectiveId={"eq": ids["root"]})]
    document = """query($id: ID!, $after: String) { objective(id: $id) { events(first: 2, after: $after) {
        totalCount nodes { id objective { id } } pageInfo { endCursor hasNextPage } } } }"""
    found, after = [], None
    while True:
        page = (await client.data(document, id=ids["root"], after=after))["objective"]["events"]
        assert page["totalCount"] == len(expected)
        assert all(node["objective"] == {"id": ids["root"]} for node in page["nodes"])
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == expected


async def test_what_an_event_is_about(client: Client) -> None:
    ids = await furnished(client)
    await client.check_in(ids["number"], "1", note="Said")
    await client.make("teamJoin", teamId=ids["team"], personId=ids["person"])
    await client.make("participantAdd", objectiveId=ids["root"], personId=ids["person"], role="CO_OWNER")
    await client.make("objectiveUpdate", id=ids["root"], title="As it is now")
    await client.make("pillarArchive", id=ids["pillar"])
    name = (
        "... on Person { name } ... on Team { name } ... on Pillar { name } ... on Cycle { name } ... on Kpi { name } "
        "... on ServiceAccount { name }"
    )
    title = "... on Objective { title } ... on KeyResult { title } ... on Milestone { title }"
    more = "... on CheckIn { note } ... on Alignment { kind } ... on Membership { role }"
    more += " ... on Participant { takesPartAs: role }"
    more += " ... on KpiLink { guards: role } ... on KpiTarget { value }"
    subject = f"subject {{ __typename id {name} {title} {more} }}"
    nodes = (await client.data(f"{{ events(first: 100) {{ nodes {{ subjectType subjectId {subject} }} }} }}"))["events"]
    shown = {}
    for each in nodes["nodes"]:
        if each["subjectType"] == "ApiKey":
            # A key is nobody's to fetch.
            assert each["subject"] is None
            continue
        assert (each["subject"]["__typename"], each["subject"]["id"]) == (each["subjectType"], each["subjectId"])
        facts = [value for key, value in each["subject"].items() if key not in ("__typename", "id")]
        shown[each["subjectId"]] = (each["subjectType"], *facts)
    assert shown[ids["root"]] == ("Objective", "As it is now")
    assert shown[ids["pillar"]] == ("Pillar", "Growth")
    assert shown[ids["stage"]] == ("Milestone", "stage")
    assert shown[ids["edge"]] == ("Alignment", "CONTRIBUTES")
    assert shown[ids["kpi"]] == ("Kpi", "Sales")
    assert shown[ids["goal"]] == ("KpiTarget", "10")
    assert shown[ids["guardrail"]] == ("KpiLink", "GUARDRAIL")
    kinds = {"Organization", "Person", "Team", "Pillar", "Cycle", "Objective", "KeyResult", "Milestone"}
    assert {kind for kind, *_ in shown.values()} == kinds | {
        *("Alignment", "CheckIn", "Membership", "Participant", "Kpi", "KpiTarget", "KpiLink", "ServiceAccount"),
        *("Initiative", "Link"),
    }
    assert ("CheckIn", "Said") in shown.values()
    assert ("Membership", "MEMBER") in shown.values()
    assert ("Participant", "CO_OWNER") in shown.values()


async def test_who_did_it_and_in_which_request(client: Client) -> None:
    document = "{ events { nodes { actor { name } requestId reason recordedAt } } }"
    founding = (await client.data(document))["events"]["nodes"]
    operator = {"actor": None, "requestId": None, "reason": None, "recordedAt": "2026-07-02T12:00:00Z"}
    assert founding == [operator] * 3
    response = await client.http.post(
        "/graphql", json={"query": 'mutation { pillarCreate(input: {name: "P"}) { __typename } }'}
    )
    [event, *_] = (await client.data(document))["events"]["nodes"]
    assert event["actor"] == {"name": "Olive Owner"}
    assert event["requestId"] == response.headers["x-request-id"]
