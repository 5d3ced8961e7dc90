"""Any object by its id: every type, in the order asked, and null for whatever is not there."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from graphql import get_named_type

from schema.relay.node import global_id, parsed
from schema.root import schema
from service.all_entities import BY_NAME
from service.values.global_ids import encode_measurement
from tests.kit.client import Client
from tests.kit.reads import LOOKUPS, LOOKUPS_OF_MANY, QUERY
from tests.kit.refusals import SHOWN, shown
from tests.kit.roles import check_in_on_initiative, furnished

PLACES = {"objective": "root", "keyResult": "number", "milestone": "stage", "alignment": "edge"}
PLACES |= {"kpiTarget": "goal", "kpiLink": "guardrail", "serviceAccount": "account"}


def uuid_of(id: str) -> UUID:
    decoded = parsed(id)
    assert decoded is not None
    return decoded[1]


async def one_of_each(client: Client) -> dict[str, str]:
    """The id of an object of every type, by the type's name."""
    ids = await furnished(client)
    point = {"kpiId": ids["kpi"], "on": "2026-05-01", "value": "1"}
    await client.change("kpiMeasurementsRecord", {"measurements": [point]}, "changed")
    await client.make("teamJoin", teamId=ids["team"], personId=ids["person"])
    read = "participants { id }"
    reader = {"objectiveId": ids["root"], "personId": ids["person"], "role": "READER"}
    [participant] = (await client.make("participantAdd", read, **reader))["participants"]
    decision = {"objectiveId": ids["root"], "decision": "ABANDON"}
    carry_over = {"id": ids["cycle"], "toCycleId": ids["next"], "items": [decision]}
    results = "results { objective { carryOvers { id } } }"
    [decided] = (await client.change("cycleCarryOver", carry_over, results))["results"]
    data = await client.data(
        "query($team: ID!) { organization { id statusPolicies { nodes { id } } } events(first: 1) { nodes { id } } "
        "auditEvents { nodes { id } } "
        "node(id: $team) { ... on Team { memberships { id } } } }",
        team=ids["team"],
    )
    found = {
        kind[0].upper() + kind[1:]: ids[PLACES.get(kind, kind)]
        for kind in SHOWN.keys() - {"checkIn", "initiativeCheckIn", "organization"}
    }
    return {
        **found,
        "CarryOver": decided["objective"]["carryOvers"][0]["id"],
        "CheckIn": await client.check_in(ids["number"], "1"),
        "InitiativeCheckIn": await check_in_on_initiative(client, ids["initiative"]),
        "Organization": data["organization"]["id"],
        "StatusPolicy": data["organization"]["statusPolicies"]["nodes"][0]["id"],
        "Membership": data["node"]["memberships"][0]["id"],
        "Participant": participant["id"],
        "Event": data["events"]["nodes"][0]["id"],
        "AuditEvent": data["auditEvents"]["nodes"][0]["id"],
        "KpiMeasurement": encode_measurement(uuid_of(ids["kpi"]), date(2026, 5, 1)),
    }


async def test_every_type_that_has_an_id(client: Client) -> None:
    ids = await one_of_each(client)
    assert sorted(ids) == sorted(kind.name for kind in schema._schema.get_implementations(node_type()).objects)
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    for names in (sorted(ids), sorted(ids, reverse=True)):
        expected = [{"__typename": name, "id": ids[name]} for name in names]
        assert await client.data(document, ids=[ids[name] for name in names]) == {"nodes": expected}
    for name, id in ids.items():
        data = await client.data("query($id: ID!) { node(id: $id) { __typename id } }", id=id)
        assert data == {"node": {"__typename": name, "id": id}}


def node_type() -> Any:
    return schema._schema.type_map["Node"]


async def test_nulls_and_repeats_keep_their_places(client: Client) -> None:
    ids = await one_of_each(client)
    uuid = uuid_of(ids["Objective"])
    absent = [
        "",
        "nonsense",
        str(UUID(int=1)),
        global_id("Objective", UUID(int=1)),
        global_id("Pillar", uuid),
        global_id("Nonsense", uuid),
        global_id("Query", uuid),
        global_id("Organization", UUID(int=1)),
        "T2JqZWN0aXZlOg",
        "Ω≈ç",
        ids["Objective"] + "AAAA",
    ]
    wanted = [ids["Objective"], *absent, ids["Team"], ids["Objective"], ids["Team"]]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    present = {*ids.values()}
    expected = [{"id": id} if id in present else None for id in wanted]
    assert await client.data(document, ids=wanted) == {"nodes": expected}
    for id in absent:
        assert await client.data("query($id: ID!) { node(id: $id) { id } }", id=id) == {"node": None}


async def test_at_most_a_hundred(client: Client) -> None:
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await client.data(document, ids=[]) == {"nodes": []}
    assert await client.data(document, ids=["x"] * 100) == {"nodes": [None] * 100}
    answer = await client.answer(document, ids=["x"] * 101)
    assert answer["data"] == {"nodes": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_every_object_is_found_by_its_plain_uuid(client: Client) -> None:
    ids = await one_of_each(client)
    # An event is about others, and has none about itself; a version of the policy has that of the organization, and a
    # measurement has no UUID.
    without = ("Event", "AuditEvent", "StatusPolicy", "KpiMeasurement")
    named = {name: id for name, id in ids.items() if name not in without}
    plain = {name: str(decoded[1]) for name, id in named.items() if (decoded := parsed(id))}
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await client.data(document, ids=[*plain.values(), plain["Team"].upper()])
    assert found == {"nodes": [{"id": id} for id in (*named.values(), ids["Team"])]}
    for name, id in plain.items():
        data = await client.data("query($id: ID!) { node(id: $id) { __typename id } }", id=id)
        assert data == {"node": {"__typename": name, "id": ids[name]}}


async def test_what_is_archived_is_still_found(client: Client) -> None:
    ids = await one_of_each(client)
    kinds = ("objective", "keyResult", "milestone", "cycle", "person", "team", "pillar", "kpi", "kpiTarget")
    for kind in (*kinds, "serviceAccount", "link", "initiative"):
        id = ids[kind[0].upper() + kind[1:]]
        await client.make(f"{kind}Archive", id=id)
        found = await shown(client, kind, id)
        assert found is not None
        assert (found["id"], found["archivedAt"]) == (id, "2026-07-02T12:00:00Z")


async def test_every_type_by_its_own_id_or_an_external_one(client: Client, database_url: str) -> None:
    ids = await one_of_each(client)
    names = {f"{name[0].lower()}{name[1:]}": name for name in ids}
    # What has no external id: carry-overs, memberships, participants, events, measurements, the organization itself and
    # versions of its policy.
    without = {"carryOver", "membership", "participant", "event", "auditEvent", "kpiMeasurement", "organization"}
    without |= {"statusPolicy"}
    assert names.keys() - set(LOOKUPS) == without
    for field in LOOKUPS:
        id = ids[names[field]]
        type_name, uuid = parsed(id) or ("", UUID(int=0))
        await give_external_id(database_url, type_name, uuid)
        other = ids["Team" if type_name == "Pillar" else "Pillar"]
        for arguments, expected in [
            (f'id: "{id}"', {"id": id}),
            (f'id: "{uuid}"', {"id": id}),
            ('externalId: "R-1"', {"id": id}),
            ('externalId: "r-1"', None),
            ('externalId: ""', None),
            ('id: "nonsense"', None),
            (f'id: "{other}"', None),
        ]:
            assert await client.data(f"{{ {field}({arguments}) {{ id }} }}") == {field: expected}
        if (many := many_of(type_name)) is not None:
            found = await client.data(f'{{ {many}(externalIds: ["R-1", "r-1", "R-1", ""]) {{ id }} }}')
            assert found == {many: [{"id": id}, None, {"id": id}, None]}
        for arguments in ("", f'(id: "{id}", externalId: "R-1")', "(id: null, externalId: null)"):
            answer = await client.answer(f"{{ {field}{arguments} {{ id }} }}")
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def many_of(type_name: str) -> str | None:
    """The field of Query that finds many objects of a type by external ids; links have one in each system instead."""
    fields = [name for name in LOOKUPS_OF_MANY if get_named_type(QUERY.fields[name].type).name == type_name]
    assert len(fields) == (type_name != "Link")
    return fields[0] if fields else None


async def test_at_most_a_hundred_external_ids(client: Client) -> None:
    document = "query($ids: [String!]!) { objectivesByExternalIds(externalIds: $ids) { id } }"
    assert await client.data(document, ids=[]) == {"objectivesByExternalIds": []}
    assert await client.data(document, ids=["x"] * 100) == {"objectivesByExternalIds": [None] * 100}
    [error] = (await client.answer(document, ids=["x"] * 101))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] == "`externalIds` has 101 members; 100 are allowed."


async def give_external_id(database_url: str, type_name: str, id: UUID) -> None:
    """Not every type can be given an external id later."""
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    table = BY_NAME[type_name].table.name
    await connection.execute(f"UPDATE {table} SET external_id = 'R-1' WHERE id = $1", id)
    await connection.close()
