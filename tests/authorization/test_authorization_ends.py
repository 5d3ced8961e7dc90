"""Under OWN: who may change what has two ends, or an owner of its own, when only one of these is the member's."""

from typing import Any

import pytest

from tests.authorization.world import World, kind_of, uuid_of
from tests.kit.client import Client

NOT_EDITABLE, NOT_FOUND = "NOT_EDITABLE", "NOT_FOUND"
READER = {"personId": "person 2", "role": "READER"}
SHARE = {"name": "New", "expiresAt": "2026-12-31T00:00:00Z"}
# What is the member's own, a change, and what it comes to. Names are those of the seen estate: `child` and `leaf` serve
# `root`, `leaf` by way of the key result `number`; `guardrail` links `number` and `kpi`.
CASES: list[tuple[str, str, dict[str, Any], str | None]] = [
    ("child", "alignmentUpdate", {"id": "edge", "weight": 2.0}, None),
    ("root", "alignmentUpdate", {"id": "edge", "weight": 2.0}, None),
    ("leaf", "alignmentUpdate", {"id": "edge", "weight": 2.0}, NOT_EDITABLE),
    ("child", "alignmentReorder", {"id": "edge"}, None),
    ("root", "objectiveUnalign", {"id": "edge to number"}, None),
    ("child", "objectiveUnalign", {"id": "edge to number"}, NOT_EDITABLE),
    # An objective is aligned by who may edit it, with whatever is visible.
    ("leaf 3", "objectiveAlign", {"objectiveId": "leaf 3", "parentId": "root"}, None),
    ("root", "objectiveAlign", {"objectiveId": "leaf 3", "parentId": "root"}, NOT_EDITABLE),
    ("leaf 3", "objectiveMove", {"id": "leaf 3", "parentId": "root"}, None),
    ("root", "objectiveMove", {"id": "leaf 3", "parentId": "root"}, NOT_EDITABLE),
    # A link belongs to its key result; the KPI is only looked at.
    ("root", "keyResultLinkKpi", {"keyResultId": "number 2", "kpiId": "whole"}, None),
    ("whole", "keyResultLinkKpi", {"keyResultId": "number 2", "kpiId": "whole"}, NOT_EDITABLE),
    ("root", "keyResultUnlinkKpi", {"id": "guardrail"}, None),
    ("kpi", "keyResultUnlinkKpi", {"id": "guardrail"}, NOT_EDITABLE),
    # The owner of a key result edits it, and nothing else of the objective.
    ("number", "keyResultUpdate", {"id": "number", "title": "New"}, None),
    ("number", "keyResultCheckIn", {"keyResultId": "number", "value": "6"}, None),
    ("number", "keyResultUpdate", {"id": "stages", "title": "New"}, NOT_EDITABLE),
    ("number", "objectiveUpdate", {"id": "root", "title": "New"}, NOT_EDITABLE),
    ("stages", "milestoneUpdate", {"id": "stage", "title": "New"}, None),
    ("number", "milestoneUpdate", {"id": "stage", "title": "New"}, NOT_EDITABLE),
    # A part of a KPI is made by everybody, and changed by who may edit it.
    ("kpi", "kpiUpdate", {"id": "kpi", "parentId": "formula"}, None),
    ("whole", "kpiUpdate", {"id": "kpi", "parentId": "formula"}, NOT_EDITABLE),
    ("kpi", "kpiTargetUpdate", {"id": "goal", "value": "11"}, None),
    ("whole", "kpiTargetUpdate", {"id": "goal", "value": "11"}, NOT_EDITABLE),
    # Who sees a goal is for those to say who may edit all of it.
    ("root", "participantAdd", {"objectiveId": "root", **READER}, None),
    ("number", "participantAdd", {"objectiveId": "root", **READER}, NOT_EDITABLE),
    ("number", "participantRemove", {"objectiveId": "root", "personId": "person 2"}, NOT_EDITABLE),
    ("root", "participantRemove", {"objectiveId": "root", "personId": "person 2"}, None),
    ("kpi", "participantAdd", {"kpiId": "kpi", **READER}, None),
    ("whole", "participantAdd", {"kpiId": "kpi", **READER}, NOT_EDITABLE),
    ("whole", "participantRemove", {"kpiId": "kpi", "personId": "person 2"}, NOT_EDITABLE),
    ("root", "shareTokenCreate", {"objectiveId": "root", **SHARE}, None),
    ("number", "shareTokenCreate", {"objectiveId": "root", **SHARE}, NOT_EDITABLE),
    ("number", "shareTokenRevoke", {"id": "share"}, NOT_FOUND),
    ("child", "shareTokenRevoke", {"id": "share"}, NOT_FOUND),
    ("root", "shareTokenRevoke", {"id": "share"}, None),
]
TABLES = {"Objective": "objectives", "KeyResult": "key_results", "Kpi": "kpis"}


async def codes(client: Client, mutation: str, input: dict[str, Any]) -> list[str]:
    payload = await client.change(mutation, input, "")
    return [each["code"] for each in payload["userErrors"]]


@pytest.fixture
async def member(world: World) -> Client:
    await world.arrange("PRIVATE", member_editing="OWN")
    return await world.acting("outsider")


async def test_one_end_is_enough_where_the_table_says_so(world: World, member: Client) -> None:
    ids, person = world.seen.ids, world.people["outsider"]
    for own, mutation, move, expected in CASES:
        for table in TABLES.values():
            await world.superuser.execute(f"UPDATE {table} SET owner_id = NULL WHERE owner_id = $1", person)
        sql = f"UPDATE {TABLES[kind_of(ids[own])]} SET owner_id = $1 WHERE id = $2"
        await world.superuser.execute(sql, person, uuid_of(ids[own]))
        input = {name: ids.get(value, value) for name, value in move.items()}
        told = await codes(member, mutation, input)
        assert told == ([] if expected is None else [expected]), (own, mutation, move)
