"""One input that works for every mutation that takes an id, and what happens with ids of others in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from graphql import GraphQLInputObjectType, get_named_type

from schema.relay.node import parsed
from schema.root import schema
from tests.kit.client import Client
from tests.kit.estate import Estate

MUTATION: Any = schema._schema.mutation_type
# A workspace refers by external ids; test_tenancy_import.py has it.
BY_EXTERNAL_IDS = {"workspaceImport"}


@dataclass(frozen=True)
class Own:
    """The id of something that the estate has under this name."""

    name: str


@dataclass(frozen=True)
class New:
    """An id that the client chooses for what it makes; others may have something of this name."""

    name: str


YEAR = {"name": "2026", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
PLACES = {"cycleId": Own("cycle"), "ownerId": Own("person"), "teamId": Own("team"), "pillarId": Own("pillar")}
HOLDERS = {"ownerId": Own("person"), "teamId": Own("team")}
REACH = {"kind": "REACH", "target": "10", "valueSource": "KPI"}
# In an order in which each of them works.
MOVES: list[tuple[str, dict[str, Any]]] = [
    ("cycleCreate", {"id": New("part"), "parentId": Own("cycle"), **YEAR}),
    ("cycleUpdate", {"id": Own("part"), "parentId": Own("cycle")}),
    ("cycleArchive", {"id": Own("part")}),
    ("cycleRestore", {"id": Own("part")}),
    ("pillarCreate", {"id": New("pillar"), "name": "New"}),
    ("pillarUpdate", {"id": Own("pillar"), "name": "Changed"}),
    ("pillarArchive", {"id": Own("pillar 2")}),
    ("pillarRestore", {"id": Own("pillar 2")}),
    ("personCreate", {"id": New("person"), "name": "New"}),
    ("personUpdate", {"id": Own("person"), "name": "Changed"}),
    ("personArchive", {"id": Own("person 2")}),
    ("personRestore", {"id": Own("person 2")}),
    ("serviceAccountCreate", {"id": New("account"), "name": "New"}),
    ("serviceAccountUpdate", {"id": Own("account"), "name": "Changed"}),
    ("serviceAccountArchive", {"id": Own("account 2")}),
    ("serviceAccountRestore", {"id": Own("account 2")}),
    ("teamCreate", {"id": New("team"), "name": "New", "parentId": Own("team")}),
    ("teamUpdate", {"id": Own("subteam"), "parentId": Own("subteam 2")}),
    ("teamArchive", {"id": Own("subteam")}),
    ("teamRestore", {"id": Own("subteam")}),
    ("apiKeyCreate", {"name": "New", "personId": Own("person")}),
    ("apiKeyCreate", {"name": "New", "serviceAccountId": Own("account")}),
    ("apiKeyRotate", {"id": Own("key")}),
    ("apiKeyRevoke", {"id": Own("key")}),
    ("shareTokenCreate", {"name": "New", "expiresAt": "2026-12-31T00:00:00Z", "objectiveId": Own("root")}),
    ("shareTokenRevoke", {"id": Own("share")}),
    ("teamJoin", {"teamId": Own("subteam"), "personId": Own("person 2")}),
    ("teamLeave", {"teamId": Own("subteam"), "personId": Own("person 2")}),
    ("objectiveCreate", {"id": New("root"), "title": "New", **PLACES}),
    (
        "objectiveDuplicate",
        {"id": New("leaf"), "objectiveId": Own("root"), "title": "New", "cycleId": Own("cycle"), **HOLDERS},
    ),
    ("objectiveUpdate", {"id": Own("child"), "title": "Changed", **PLACES}),
    ("participantAdd", {"objectiveId": Own("root"), "personId": Own("person 2"), "role": "CO_OWNER"}),
    ("participantAdd", {"objectiveId": Own("root"), "teamId": Own("subteam"), "role": "READER"}),
    ("participantRemove", {"objectiveId": Own("root"), "personId": Own("person 2")}),
    ("personErase", {"id": Own("person 2")}),
    ("objectiveArchive", {"id": Own("leaf")}),
    ("objectiveRestore", {"id": Own("leaf")}),
    ("objectivesUpdate", {"objectives": [{"id": Own("child"), "title": "Changed again", **PLACES}]}),
    ("objectivesArchive", {"objectives": [{"id": Own("leaf")}]}),
    ("objectivesRestore", {"objectives": [{"id": Own("leaf")}]}),
    ("objectivesUpsert", {"objectives": [{"externalId": "upserted", "title": "New", **PLACES}]}),
    ("objectiveReorder", {"id": Own("child"), "afterId": Own("leaf 2")}),
    ("keyResultCreate", {"id": New("number"), "title": "New", "objectiveId": Own("root"), "ownerId": Own("person")}),
    ("keyResultUpdate", {"id": Own("number"), "title": "Changed", "ownerId": Own("person")}),
    ("keyResultArchive", {"id": Own("number 2")}),
    ("keyResultRestore", {"id": Own("number 2")}),
    ("keyResultsUpdate", {"keyResults": [{"id": Own("number"), "title": "Changed again", "ownerId": Own("person")}]}),
    ("keyResultsUpdate", {"keyResults": [{"id": Own("follower"), "title": "Followed", "sourceKpiId": Own("kpi")}]}),
    ("keyResultsArchive", {"keyResults": [{"id": Own("number 2")}]}),
    ("keyResultsRestore", {"keyResults": [{"id": Own("number 2")}]}),
    (
        "keyResultsUpsert",
        {
            "keyResults": [
                {"externalId": "upserted", "title": "New", "objectiveId": Own("root"), "ownerId": Own("person")}
            ]
        },
    ),
    (
        "keyResultsUpsert",
        {
            "keyResults": [
                {
                    **{"externalId": "upserted follower", "title": "New", "objectiveId": Own("root")},
                    **{"sourceKpiId": Own("kpi"), **REACH},
                }
            ]
        },
    ),
    ("keyResultReorder", {"id": Own("number"), "afterId": Own("stages")}),
    ("milestoneCreate", {"id": New("stage"), "title": "New", "keyResultId": Own("stages")}),
    ("milestoneUpdate", {"id": Own("stage"), "title": "Changed"}),
    ("milestoneArchive", {"id": Own("stage 2")}),
    ("milestoneRestore", {"id": Own("stage 2")}),
    ("milestoneReorder", {"id": Own("stage"), "afterId": Own("stage 2")}),
    ("objectiveAlign", {"id": New("edge"), "objectiveId": Own("leaf 3"), "parentId": Own("root")}),
    ("objectiveAlign", {"objectiveId": Own("child 2"), "parentKeyResultId": Own("number")}),
    ("alignmentUpdate", {"id": Own("edge"), "weight": 2.0}),
    ("alignmentReorder", {"id": Own("edge"), "afterId": Own("edge 2")}),
    ("objectiveUnalign", {"id": Own("edge 2")}),
    ("objectiveMove", {"id": Own("leaf 2"), "parentId": Own("root"), "afterId": Own("child")}),
    ("objectiveMove", {"id": Own("leaf 3"), "parentKeyResultId": Own("number")}),
    ("objectivesAlign", {"objectives": [{"id": New("edge 2"), "objectiveId": Own("leaf"), "parentId": Own("root")}]}),
    ("objectivesAlign", {"objectives": [{"objectiveId": Own("leaf"), "parentKeyResultId": Own("number")}]}),
    ("objectivesMove", {"objectives": [{"id": Own("leaf"), "parentId": Own("root"), "afterId": Own("child")}]}),
    ("objectivesMove", {"objectives": [{"id": Own("leaf 3"), "parentKeyResultId": Own("number")}]}),
    ("keyResultCheckIn", {"id": New("value"), "keyResultId": Own("number"), "value": "6"}),
    ("objectiveCheckIn", {"id": New("note"), "objectiveId": Own("root"), "note": "New"}),
    ("keyResultCheckIn", {"keyResultId": Own("number"), "value": "6", "authorId": Own("person")}),
    ("objectiveCheckIn", {"objectiveId": Own("root"), "note": "New", "authorId": Own("person")}),
    (
        "checkInsRecord",
        {
            "checkIns": [
                {"id": New("value 2"), "keyResultId": Own("number"), "value": "6"},
                {"id": New("note 2"), "objectiveId": Own("root"), "note": "New"},
            ]
        },
    ),
    ("checkInsRecord", {"checkIns": [{"objectiveId": Own("root"), "note": "New", "authorId": Own("person")}]}),
    ("checkInCorrect", {"id": New("value 3"), "replacesId": Own("value"), "value": "7"}),
    ("checkInWithdraw", {"id": New("note 3"), "replacesId": Own("note")}),
    ("kpiCreate", {"id": New("kpi"), "name": "New", "parentId": Own("whole"), **HOLDERS}),
    ("kpiUpdate", {"id": Own("kpi 2"), "name": "Changed", "parentId": Own("whole"), **HOLDERS}),
    ("participantAdd", {"kpiId": Own("kpi 2"), "personId": Own("person"), "role": "READER"}),
    ("participantRemove", {"kpiId": Own("kpi 2"), "teamId": Own("subteam")}),
    ("participantAdd", {"initiativeId": Own("work"), "personId": Own("person"), "role": "READER"}),
    ("participantRemove", {"initiativeId": Own("work"), "personId": Own("person 2")}),
    ("kpiArchive", {"id": Own("kpi 2")}),
    ("kpiRestore", {"id": Own("kpi 2")}),
    ("kpisUpdate", {"kpis": [{"id": Own("kpi 2"), "name": "Changed again", "parentId": Own("whole"), **HOLDERS}]}),
    ("kpisUpsert", {"kpis": [{"externalId": "upserted", "name": "New", "parentId": Own("whole"), **HOLDERS}]}),
    ("kpisArchive", {"kpis": [{"id": Own("kpi 2")}]}),
    ("kpisRestore", {"kpis": [{"id": Own("kpi 2")}]}),
    ("kpiTargetCreate", {"id": New("goal"), "kpiId": Own("kpi 2"), "startsOn": "2026-01-01", "value": "1"}),
    ("kpiTargetUpdate", {"id": Own("goal"), "value": "11"}),
    ("kpiTargetArchive", {"id": Own("goal 2")}),
    ("kpiTargetRestore", {"id": Own("goal 2")}),
    ("kpiMeasurementsRecord", {"measurements": [{"kpiId": Own("kpi"), "on": "2026-04-01", "value": "9"}]}),
    ("kpiMeasurementsDelete", {"measurements": [{"kpiId": Own("kpi"), "on": "2025-12-01"}]}),
    ("keyResultCreate", {"title": "New", "objectiveId": Own("root"), "sourceKpiId": Own("kpi"), **REACH}),
    ("keyResultUpdate", {"id": Own("follower"), "sourceKpiId": Own("kpi 2")}),
    ("keyResultLinkKpi", {"id": New("measure"), "keyResultId": Own("follower"), "kpiId": Own("kpi 2")}),
    ("keyResultUnlinkKpi", {"id": Own("guardrail 2")}),
    ("linkCreate", {"id": New("link"), "objectiveId": Own("root"), "title": "New", "url": "https://example.com/new"}),
    ("linkCreate", {"keyResultId": Own("number"), "title": "New", "url": "https://example.com/new"}),
    ("linkCreate", {"kpiId": Own("kpi"), "title": "New", "url": "https://example.com/new"}),
    ("linkCreate", {"initiativeId": Own("work"), "title": "New", "url": "https://example.com/new"}),
    ("initiativeCreate", {"id": New("work"), "title": "New", **HOLDERS}),
    ("initiativeUpdate", {"id": Own("work"), "title": "Changed", **HOLDERS}),
    ("initiativeLink", {"initiativeId": Own("work"), "keyResultId": Own("stages")}),
    ("initiativeUnlink", {"initiativeId": Own("work"), "keyResultId": Own("number")}),
    (
        "initiativeCheckInsRecord",
        {"checkIns": [{"id": New("said of work 1"), "initiativeId": Own("work"), "note": "New"}]},
    ),
    (
        "initiativeCheckInsRecord",
        {"checkIns": [{"initiativeId": Own("work"), "note": "New", "authorId": Own("person")}]},
    ),
    (
        "initiativeCheckInCorrect",
        {"id": New("taken back"), "replacesId": Own("said of work 0"), "note": "Changed"},
    ),
    ("initiativeCheckInWithdraw", {"id": New("said of work 3"), "replacesId": Own("said of work 1")}),
    ("initiativeArchive", {"id": Own("work 2")}),
    ("initiativeRestore", {"id": Own("work 2")}),
    ("linkUpdate", {"id": Own("link"), "title": "Changed"}),
    ("linkUpdate", {"id": Own("link of KPI"), "title": "Changed"}),
    ("linkArchive", {"id": Own("link of number")}),
    ("linkRestore", {"id": Own("link of number")}),
    ("personErase", {"id": Own("person 2")}),
    ("keyResultScore", {"id": Own("ended number")}),
    ("objectiveScore", {"id": Own("ended"), "scoreWaiver": "Left"}),
    ("cycleClose", {"id": Own("ending"), "waivers": [{"objectiveId": Own("ended"), "reason": "Left"}]}),
    ("cycleReopen", {"id": Own("ending")}),
    ("cycleClose", {"id": Own("ending"), "waivers": [{"keyResultId": Own("ended number"), "reason": "Left"}]}),
    (
        "cycleCarryOver",
        {
            "id": Own("ending"),
            "toCycleId": Own("part 2"),
            "items": [
                {
                    **{"objectiveId": Own("ended"), "decision": "MODIFY", **HOLDERS, "pillarId": Own("pillar")},
                    "keyResults": [
                        {"keyResultId": Own("ended number"), "decision": "MODIFY", "ownerId": Own("person")}
                    ],
                }
            ],
        },
    ),
    ("cyclesSchedule", {"pattern": "MONTHS", "count": 2, "from": "2026-01-15", "parentId": Own("cycle")}),
    ("cycleActivate", {"id": Own("part")}),
    ("cycleBeginClosing", {"id": Own("part")}),
    ("cycleExtend", {"id": Own("part"), "endsOn": "2026-12-31"}),
    ("cycleBeginClosing", {"id": Own("part")}),
    ("cycleClose", {"id": Own("part")}),
    ("cycleReopen", {"id": Own("part")}),
]

# An objective with its parts. What may be made of it depends on each part.
WHOLE: list[tuple[str, dict[str, Any]]] = [
    (
        "objectiveCreate",
        {
            **{"title": "New", **PLACES, "alignments": [{"parentId": Own("root")}]},
            "keyResults": [{"title": "New", "ownerId": Own("person"), "sourceKpiId": Own("kpi"), **REACH}],
            "links": [{"title": "New", "url": "https://example.com/new"}],
        },
    ),
    ("objectiveCreate", {"title": "New", **PLACES, "alignments": [{"parentKeyResultId": Own("number")}]}),
]


def id_inputs() -> set[str]:
    """All places in the inputs of mutations where an id is taken, however deep, as `mutation.path`; not in a filter,
    where ids of others match nothing (tests/share_tokens)."""
    return {
        f"{name}.{path}"
        for name, each in MUTATION.fields.items()
        if name not in BY_EXTERNAL_IDS
        for argument in each.args.values()
        for path in _ids_in(get_named_type(argument.type), ())
    }


def _ids_in(kind: Any, above: tuple[str, ...]) -> Iterator[str]:
    assert isinstance(kind, GraphQLInputObjectType), "A mutation takes one argument, `input`."
    for name, each in kind.fields.items():
        inner = get_named_type(each.type)
        if inner.name == "ID":
            yield ".".join((*above, name))
        elif isinstance(inner, GraphQLInputObjectType) and name not in above and not inner.name.endswith("Filter"):
            yield from _ids_in(inner, (*above, name))


def ids_of(move: Any, kind: type[Own | New], path: str = "") -> list[tuple[str, Any]]:
    """The ids of a kind in an input, each with its path: `parentId`, `measurements.0.kpiId`."""
    if isinstance(move, kind):
        return [(path, move)]
    members = move.items() if isinstance(move, dict) else enumerate(move) if isinstance(move, list) else ()
    return [found for name, each in members for found in ids_of(each, kind, f"{path}.{name}".lstrip("."))]


def without_places(path: str) -> str:
    """The path as the schema has it: `measurements.kpiId` for `measurements.0.kpiId`."""
    return re.sub(r"\.\d+", "", path)


def filled(move: dict[str, Any], estate: Estate, **instead: str) -> dict[str, Any]:
    """The input with ids of an estate, and `instead` of some of them, by path, others; new ids are fresh."""
    found = move
    for path, value in ids_of(move, Own):
        found = put(found, path, instead.get(path) or estate.ids[value.name])
    for path, _ in ids_of(move, New):
        found = put(found, path, instead.get(path) or str(uuid4()))
    return found


def put(input: Any, path: str, value: Any) -> Any:
    """A copy of an input that has this value at a path; what is missing on the way there is made."""
    name, _, rest = path.partition(".")
    if name.isdecimal() and not isinstance(input, dict):
        members = {str(place): each for place, each in enumerate(input or [])}
        return [*put(members, path, value).values()]
    given = input or {}
    return {**given, name: put(given.get(name), rest, value) if rest else value}


async def made(client: Client, mutation: str, input: dict[str, Any]) -> dict[str, Any]:
    """The whole response to a mutation."""
    each = MUTATION.fields[mutation]
    parts = get_named_type(each.type).fields.items()
    changed = [name for name, part in parts if "id" in getattr(get_named_type(part.type), "fields", ())]
    kind = each.args["input"].type
    objects = " ".join(f"{name} {{ id }}" for name in changed)
    if results := each_result(each):
        objects = f"results {{ {results} {{ id }} }}"
    selection = f"{{ {objects} userErrors {{ code field message }} }}"
    return await client.answer(f"mutation($input: {kind}) {{ {mutation}(input: $input) {selection} }}", input=input)


def each_result(mutation: Any) -> str | None:
    """The name of the object in each result of a mutation of many; None for a mutation of one."""
    results = get_named_type(mutation.type).fields.get("results")
    fields = getattr(get_named_type(results.type), "fields", {}) if results else {}
    objects = [name for name, each in fields.items() if "id" in getattr(get_named_type(each.type), "fields", {})]
    return objects[0] if "userErrors" in fields and "index" not in fields else None


def spellings(id: str) -> list[str]:
    """The ways to write an id: as it comes out of the API, and as the plain UUID in it."""
    found = parsed(id)
    assert found is not None
    return [id, str(found[1])]
