"""Which types, fields and filters a share token may read: every one has a line, and what is refused is listed here."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_named_type, get_operation_ast, is_leaf_type, parse

from schema.root import schema
from schema.share_access import (
    COLUMNS_WITH_NAMES,
    HIDDEN_COLUMNS,
    NODES,
    READABLE,
    REFUSED,
    SHOWN_COLUMNS,
    WITH_NAMES,
    fields_of,
    refused_selections,
)
from service.all_entities import ENTITIES, reference_types
from tests.kit.client import Client
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import errors, shared

SCHEMA = schema._schema
OBJECTS = {
    name: each
    for name, each in SCHEMA.type_map.items()
    if isinstance(each, GraphQLObjectType) and not name.startswith("__")
}
# Types that only mutations return, which are refused as a whole.
OF_MUTATIONS = {name for name in OBJECTS if name.endswith("Payload")}
OF_MUTATIONS |= {"UserError", "KpiMeasurementResult", "WorkspaceItemResult"}
OF_MUTATIONS |= {"CarryOverKeyResultResult", "CarryOverObjectiveResult"}
OF_LISTS = {name for name in OBJECTS if name.endswith(("Connection", "Edge"))}
# What may not be read of types that may be read. With names, the people of goals are shown.
REFUSED_FIELDS = {
    *(f"Cycle.{name}" for name in ("archivedAt", "children", "createdAt", "externalId", "objectives", "parent")),
    *(
        f"Cycle.{name}"
        for name in (
            *("activatedAt", "activation", "checkInCadence", "retrospective", "statusPolicy", "updatedAt", "version"),
        )
    ),
    *(
        f"{kind}.{name}"
        for kind in ("KeyResult", "Objective")
        for name in (
            *("carryOvers", "checkInHistory", "links", "retrospective", "scoreReason", "scoreWaiver", "statusPolicy"),
        )
    ),
    *("CheckIn.serviceAccount", "Kpi.formula", "Kpi.links", "Kpi.participants", "Kpi.revisions", "Kpi.team"),
    "KpiScorecard.teams",
    *("KpiMeasurement.reason", "KpiMeasurement.revisions", "KpiMeasurement.source"),
    "KeyResult.hiddenContributors",
    "KeyResult.initiatives",
    *(f"Objective.{name}" for name in ("events", "hiddenContributors", "participants", "pillar")),
    *("Objective.shareTokens", "Objective.team"),
    *(f"Query.{name}" for name in ("cycle", "cycles", "events", "organization", "people", "person", "pillar")),
    *(
        f"Query.{name}"
        for name in (
            "activity",
            "auditEvents",
            "checkInsDue",
            "currentCycle",
            "cycleReport",
            "goalStats",
            "initiative",
            "initiativeCheckIn",
            "initiatives",
            "keyResultStats",
            "kpiStats",
            "link",
            "links",
            "measurementsDue",
            "needsAttention",
            "pillars",
            "serviceAccount",
            "serviceAccounts",
            "team",
            "teams",
        )
    ),
    *(
        f"Query.{name}ByExternalIds"
        for name in ("cycles", "initiativeCheckIns", "initiatives", "people", "pillars", "serviceAccounts", "teams")
    ),
    *(f"ShareToken.{name}" for name in ("creator", "kpiFilter", "lastUsedAt", "revokedAt")),
    *(f"Viewer.{name}" for name in ("apiKeys", "organization", "person", "scopes")),
    *("Viewer.serviceAccount", "Viewer.shareTokens"),
}
OF_PEOPLE = {
    "CheckIn.author",
    "CheckIn.recorder",
    "KeyResult.owner",
    "Kpi.owner",
    "KpiMeasurement.author",
    "Objective.owner",
}
OF_PERSON = {
    f"Person.{name}"
    for name in (
        *("avatarUrl", "color", "initiatives", "locale", "timeZone"),
        *(
            "archivedAt",
            "createdAt",
            "email",
            "erasedAt",
            "externalId",
            "memberships",
            "objectives",
            "role",
            "updatedAt",
            "version",
        ),
    )
}


def refused(*, shows_names: bool) -> set[str]:
    """The fields that may not be read of the types that may be."""
    found = set()
    for name, each in OBJECTS.items():
        own = fields_of(each, shows_names=shows_names)
        if own is None or name in OF_LISTS:
            continue
        for field, definition in each.fields.items():
            returned = get_named_type(definition.type)
            is_readable = is_leaf_type(returned) or fields_of(returned, shows_names=shows_names) is not None
            if not (own.has(field) and is_readable):
                found.add(f"{name}.{field}")
    return found


def test_every_type_has_one_line() -> None:
    lines = [*READABLE, *WITH_NAMES, *REFUSED]
    assert len(lines) == len(set(lines))
    assert set(lines) - {"Node"} == OBJECTS.keys() - OF_MUTATIONS - OF_LISTS


def test_these_fields_are_refused() -> None:
    assert refused(shows_names=False) == REFUSED_FIELDS | OF_PEOPLE
    assert refused(shows_names=True) == REFUSED_FIELDS | OF_PERSON


def test_a_list_is_as_readable_as_what_it_lists() -> None:
    readable = {name for name in OF_LISTS if fields_of(OBJECTS[name], shows_names=False)}
    of_refused = (
        *(
            "ActivityEntry",
            "AttentionEntry",
            "ApiKey",
            "AuditEvent",
            "CheckInDue",
            "Cycle",
            "Event",
            "Initiative",
            "KpiMeasurementRevision",
            "Link",
            "Person",
            "Pillar",
        ),
        *("ServiceAccount", "ShareToken", "StatusPolicy", "Team"),
    )
    assert {name for name in OF_LISTS if not name.startswith(of_refused)} <= readable
    # Cycles and share tokens have readable fields, and no list of them can be reached.
    assert {name for name in readable if name.startswith(of_refused)} == {
        *("CycleConnection", "CycleEdge", "ShareTokenConnection", "ShareTokenEdge"),
    }


def test_every_field_that_is_named_exists() -> None:
    for name, own in {**READABLE, **WITH_NAMES}.items():
        fields: Any = SCHEMA.type_map[name]
        assert {*(own.named or ()), *own.excepted} <= fields.fields.keys(), name


def test_every_node_is_shown_or_refused() -> None:
    nodes = {each.name for each in SCHEMA.get_implementations(SCHEMA.type_map["Node"]).objects}  # type: ignore[arg-type]
    assert nodes > NODES
    assert nodes - NODES == {
        *("AuditEvent", "CarryOver", "Cycle", "Event", "Initiative", "InitiativeCheckIn", "Link", "Membership"),
        *("Organization", "Participant", "Person", "Pillar", "ServiceAccount", "StatusPolicy", "Team"),
    }


def test_every_column_of_a_filter_that_refers_to_something_has_a_line() -> None:
    readable = {entity.name: entity for entity in ENTITIES if entity.name in NODES}
    referring = {
        column
        for name, entity in readable.items()
        for column in entity.filters
        if column in reference_types(name) or column.endswith("_id")
    }
    assert referring - {"external_id"} == SHOWN_COLUMNS | HIDDEN_COLUMNS | COLUMNS_WITH_NAMES


@pytest.mark.parametrize(
    ("document", "without_names", "with_names"),
    [
        ("{ viewer { id role share { name } } __typename __schema { queryType { name } } }", [], []),
        ("{ objectives { nodes { title owner { name } } } }", ["Objective.owner"], []),
        ("{ objectives { nodes { owner { name email } } } }", ["Objective.owner"], ["Person.email"]),
        ("{ people { nodes { name } } }", ["Query.people"], ["Query.people"]),
        ("{ viewer { person { name } } }", ["Viewer.person"], ["Viewer.person"]),
        ('{ node(id: "x") { id ... on Person { name } } }', ["... on Person"], []),
        ('{ node(id: "x") { ...a } } fragment a on Event { verb actor { name } }', ["...a"], ["...a"]),
        ("{ ...q } fragment q on Query { cycles { nodes { name } } }", ["Query.cycles"], ["Query.cycles"]),
        (
            "query($no: Boolean!) { kpis @skip(if: $no) { edges { node { formula team { name } } } } }",
            ["Kpi.formula", "Kpi.team"],
            ["Kpi.formula", "Kpi.team"],
        ),
    ],
)
def test_what_an_operation_may_not_read(document: str, without_names: list[str], with_names: list[str]) -> None:
    node = parse(document)
    operation = get_operation_ast(node)
    assert isinstance(operation, OperationDefinitionNode)
    assert refused_selections(SCHEMA, node, operation, shows_names=False) == without_names
    assert refused_selections(SCHEMA, node, operation, shows_names=True) == with_names


async def test_an_operation_that_reads_more_is_refused_whole(company: Company) -> None:
    partner = await shared(company.client, objectiveId=company.ids["root"])
    message = "A share token may not read these: `Objective.owner`, `Query.people`. Leave them out."
    for _ in range(2):
        document = "{ objectives { nodes { title owner { name } } } people { totalCount } }"
        assert await errors(partner, document) == [("FORBIDDEN", message)]
    assert await partner.data("{ objectives { totalCount } }") == {"objectives": {"totalCount": 4}}


async def test_names_are_shown_if_the_creator_has_said_so(company: Company) -> None:
    document = """{ objectives(first: 1) { nodes { owner { id name } keyResults { owner { name } latestCheckIn {
        author { name } } } } } kpis(filter: {name: {eq: "followed"}}) { nodes { owner { name }
        measurements { nodes { author { name } } } } } viewer { share { showsNames } } }"""
    partner = await shared(company.client, objectiveId=company.ids["root"], showsNames=True)
    ann, olive = {"name": "Ann Author"}, {"name": "Olive Owner"}
    data = await partner.data(document)
    [root] = data["objectives"]["nodes"]
    assert root["owner"] == {"id": company.ids["ann"], **ann}
    assert root["keyResults"][0] == {"owner": ann, "latestCheckIn": {"author": olive}}
    assert data["kpis"]["nodes"] == [{"owner": ann, "measurements": {"nodes": [{"author": olive}]}}]
    assert data["viewer"] == {"share": {"showsNames": True}}
    assert await partner.data("query($id: ID!) { node(id: $id) { id } }", id=company.ids["ann"]) == {"node": None}
    mine = {"ownerId": {"eq": company.ids["ann"]}}
    counted = "query($filter: ObjectiveFilter) { objectives(filter: $filter) { totalCount } }"
    assert await partner.data(counted, filter=mine) == {"objectives": {"totalCount": 4}}


@pytest.mark.parametrize(
    ("field", "kind", "condition", "name"),
    [
        ("objectives { totalCount }", "ObjectiveFilter", {"ownerId": {"isNull": False}}, "ownerId"),
        ("objectives { totalCount }", "ObjectiveFilter", {"or": [{"teamId": {"isNull": True}}]}, "teamId"),
        ("objectives { totalCount }", "ObjectiveFilter", {"and": [{"or": [{"pillarId": {"in": []}}]}]}, "pillarId"),
        ("objectiveStatusReport { total }", "ObjectiveFilter", {"teamId": {"isNull": True}}, "teamId"),
        ("keyResults { totalCount }", "KeyResultFilter", {"ownerId": {"eq": "x"}}, "ownerId"),
        ("keyResultStatusReport { total }", "KeyResultFilter", {"ownerId": {"eq": "x"}}, "ownerId"),
        ("kpis { totalCount }", "KpiFilter", {"parentId": {"isNull": False}}, "parentId"),
        ("kpis { totalCount }", "KpiFilter", {"or": [{"mine": ["OWNER"]}]}, "mine"),
        ("objectives { totalCount }", "ObjectiveFilter", {"involving": {"personId": "x", "roles": []}}, "involving"),
        ("kpiScorecard { total }", "KpiFilter", {"teamId": {"neq": "x"}}, "teamId"),
    ],
)
async def test_a_filter_by_what_is_hidden_is_refused(
    client: Client, field: str, kind: str, condition: dict[str, Any], name: str
) -> None:
    partner = await shared(client, kpiFilter={})
    list_name, selection = field.split(" ", 1)
    document = f"query($filter: {kind}) {{ {list_name}(filter: $filter) {selection} }}"
    answer = await partner.answer(document, filter=condition)
    assert answer["data"] == {list_name: None}
    assert [(each["message"], each["extensions"]["code"]) for each in answer["errors"]] == [
        (f"A share token may not filter by `{name}`. Leave it out.", "FORBIDDEN")
    ]
