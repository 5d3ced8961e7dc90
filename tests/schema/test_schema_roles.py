"""Every mutation of the schema by every role: who may do what, and that a refusal changes nothing."""

from typing import Any

import pytest

from schema.root import schema
from tests.kit.client import Client
from tests.kit.refusals import errors, everything
from tests.kit.roles import YEAR, acting, furnished


def of_goals(ids: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """What a MEMBER may do, each with an input that works on what `furnished` makes."""
    return [
        ("objectiveCreate", {"cycleId": ids["cycle"], "title": "New"}),
        ("objectiveDuplicate", {"objectiveId": ids["root"]}),
        ("objectiveUpdate", {"id": ids["root"], "title": "Changed"}),
        ("objectiveArchive", {"id": ids["root"]}),
        ("objectiveRestore", {"id": ids["root"]}),
        ("objectiveReorder", {"id": ids["root"]}),
        ("participantAdd", {"objectiveId": ids["root"], "personId": ids["person"], "role": "READER"}),
        ("participantRemove", {"objectiveId": ids["root"], "personId": ids["person"]}),
        ("keyResultCreate", {"objectiveId": ids["root"], "title": "New"}),
        ("keyResultUpdate", {"id": ids["number"], "title": "Changed"}),
        ("keyResultArchive", {"id": ids["number"]}),
        ("keyResultRestore", {"id": ids["number"]}),
        ("keyResultReorder", {"id": ids["number"]}),
        ("milestoneCreate", {"keyResultId": ids["stages"], "title": "New"}),
        ("milestoneUpdate", {"id": ids["stage"], "title": "Changed"}),
        ("milestoneArchive", {"id": ids["stage"]}),
        ("milestoneRestore", {"id": ids["stage"]}),
        ("milestoneReorder", {"id": ids["stage"]}),
        ("objectiveAlign", {"objectiveId": ids["other"], "parentId": ids["root"]}),
        ("objectiveMove", {"id": ids["other"], "parentId": ids["child"]}),
        ("alignmentUpdate", {"id": ids["edge"], "weight": 2.0}),
        ("alignmentReorder", {"id": ids["edge"]}),
        ("objectiveUnalign", {"id": ids["edge"]}),
        ("keyResultCheckIn", {"keyResultId": ids["number"], "value": "1"}),
        ("objectiveCheckIn", {"objectiveId": ids["root"], "note": "Fine"}),
        ("checkInsRecord", {"checkIns": [{"keyResultId": ids["number"], "value": "1"}]}),
        ("objectivesUpdate", {"objectives": [{"id": ids["root"], "title": "Changed again"}]}),
        ("objectivesArchive", {"objectives": [{"id": ids["other"]}]}),
        ("objectivesRestore", {"objectives": [{"id": ids["other"]}]}),
        ("objectivesAlign", {"objectives": [{"objectiveId": ids["other"], "parentId": ids["root"], "weight": 3.0}]}),
        ("objectivesMove", {"objectives": [{"id": ids["other"], "parentId": None}]}),
        ("keyResultsUpdate", {"keyResults": [{"id": ids["number"], "title": "Changed again"}]}),
        ("keyResultsArchive", {"keyResults": [{"id": ids["number"]}]}),
        ("keyResultsRestore", {"keyResults": [{"id": ids["number"]}]}),
        ("kpisUpdate", {"kpis": [{"id": ids["kpi"], "name": "Changed first"}]}),
        ("objectivesUpsert", {"objectives": [{"externalId": "n", "cycleId": ids["cycle"], "title": "New"}]}),
        ("keyResultsUpsert", {"keyResults": [{"externalId": "n", "objectiveId": ids["root"], "title": "New"}]}),
        ("kpisUpsert", {"kpis": [{"externalId": "n", "name": "New"}]}),
        ("kpisArchive", {"kpis": [{"id": ids["kpi"]}]}),
        ("kpisRestore", {"kpis": [{"id": ids["kpi"]}]}),
        ("kpiCreate", {"name": "New"}),
        ("kpiUpdate", {"id": ids["kpi"], "name": "Changed"}),
        ("kpiArchive", {"id": ids["kpi"]}),
        ("kpiRestore", {"id": ids["kpi"]}),
        ("kpiTargetCreate", {"kpiId": ids["kpi"], "startsOn": "2025-01-01", "endsOn": "2025-12-31", "value": "5"}),
        ("kpiTargetUpdate", {"id": ids["goal"], "value": "11"}),
        ("kpiTargetArchive", {"id": ids["goal"]}),
        ("kpiTargetRestore", {"id": ids["goal"]}),
        ("kpiMeasurementsRecord", {"measurements": [{"kpiId": ids["kpi"], "on": "2026-06-01", "value": "4"}]}),
        ("kpiMeasurementsDelete", {"measurements": [{"kpiId": ids["kpi"], "on": "2026-06-01"}]}),
        ("keyResultLinkKpi", {"keyResultId": ids["number"], "kpiId": ids["kpi"]}),
        ("keyResultUnlinkKpi", {"id": ids["guardrail"]}),
        ("initiativeCreate", {"title": "New"}),
        ("initiativeUpdate", {"id": ids["initiative"], "title": "Changed"}),
        ("initiativeArchive", {"id": ids["initiative"]}),
        ("initiativeRestore", {"id": ids["initiative"]}),
        ("initiativeCheckInsRecord", {"checkIns": [{"initiativeId": ids["initiative"], "note": "x"}]}),
        ("initiativeLink", {"initiativeId": ids["initiative"], "keyResultId": ids["number"]}),
        ("initiativeUnlink", {"initiativeId": ids["initiative"], "keyResultId": ids["number"]}),
        ("linkCreate", {"objectiveId": ids["root"], "title": "New", "url": "https://example.com"}),
        ("linkUpdate", {"id": ids["link"], "title": "Changed"}),
        ("linkArchive", {"id": ids["link"]}),
        ("linkRestore", {"id": ids["link"]}),
        (
            "cycleCarryOver",
            {
                **{"id": ids["cycle"], "toCycleId": ids["next"]},
                "items": [{"objectiveId": ids["root"], "decision": "KEEP"}],
            },
        ),
    ]


def of_administration(ids: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """What only an ADMIN or OWNER may do."""
    return [
        ("cycleCreate", {**YEAR}),
        ("cycleUpdate", {"id": ids["cycle"], "name": "Changed"}),
        ("cycleArchive", {"id": ids["cycle"]}),
        ("cycleRestore", {"id": ids["cycle"]}),
        ("cycleActivate", {"id": ids["planned"]}),
        ("cycleBeginClosing", {"id": ids["planned"]}),
        ("cycleClose", {"id": ids["planned"]}),
        ("cycleReopen", {"id": ids["planned"]}),
        ("cycleExtend", {"id": ids["planned"], "endsOn": "2027-01-31"}),
        ("cyclesSchedule", {"pattern": "MONTHS", "count": 2}),
        ("pillarCreate", {"name": "New"}),
        ("pillarUpdate", {"id": ids["pillar"], "name": "Changed"}),
        ("pillarArchive", {"id": ids["pillar"]}),
        ("pillarRestore", {"id": ids["pillar"]}),
        ("personCreate", {"name": "New"}),
        ("personUpdate", {"id": ids["person"], "name": "Changed"}),
        ("personArchive", {"id": ids["person"]}),
        ("personRestore", {"id": ids["person"]}),
        ("serviceAccountCreate", {"name": "New"}),
        ("serviceAccountUpdate", {"id": ids["account"], "name": "Changed"}),
        ("serviceAccountArchive", {"id": ids["account"]}),
        ("serviceAccountRestore", {"id": ids["account"]}),
        ("teamCreate", {"name": "New"}),
        ("teamUpdate", {"id": ids["team"], "name": "Changed"}),
        ("teamArchive", {"id": ids["team"]}),
        ("teamRestore", {"id": ids["team"]}),
        ("teamJoin", {"teamId": ids["team"], "personId": ids["person"]}),
        ("teamLeave", {"teamId": ids["team"], "personId": ids["person"]}),
        ("personErase", {"id": ids["person"]}),
        ("organizationUpdate", {"name": "Changed"}),
        ("workspaceImport", {"items": [{"pillar": {"externalId": "new", "name": "New"}}]}),
    ]


# Everybody manages keys of their own: tests/people/test_api_keys.py; and who shares: tests/share_tokens/. Nothing is
# left after the deletion of the organization: tests/workspace/test_organization_delete.py. Goals are scored while their
# cycle is CLOSING: tests/cycles/test_closing.py.
ELSEWHERE = [
    *("keyResultScore", "objectiveScore", "checkInCorrect", "checkInWithdraw"),
    *("initiativeCheckInCorrect", "initiativeCheckInWithdraw"),
    *("apiKeyCreate", "apiKeyRevoke", "apiKeyRotate", "organizationDelete", "shareTokenCreate", "shareTokenRevoke"),
]


async def furnished_with_plans(client: Client) -> dict[str, str]:
    """Something of every type, and a cycle without goals that awaits its activation."""
    return {**await furnished(client), "planned": await client.cycle(activation="MANUAL")}


async def test_these_are_all_mutations_of_the_schema(client: Client) -> None:
    ids = await furnished_with_plans(client)
    mutations: Any = schema._schema.mutation_type
    names = [name for name, _ in of_goals(ids) + of_administration(ids)]
    assert sorted(names + ELSEWHERE) == sorted(mutations.fields)


async def test_a_viewer_may_change_nothing_and_read_everything(client: Client) -> None:
    ids = await furnished_with_plans(client)
    async with await acting(client, "VIEWER") as viewer:
        for mutation, input in of_goals(ids) + of_administration(ids):
            assert (mutation, await errors(viewer, mutation, **input)) == (mutation, ["FORBIDDEN"])
        data = await viewer.data("{ viewer { role person { name } } objectives { totalCount } }")
    assert data == {"viewer": {"role": "VIEWER", "person": {"name": "Viewer"}}, "objectives": {"totalCount": 3}}


async def test_a_member_may_change_goals_and_kpis_and_nothing_else(client: Client) -> None:
    ids = await furnished_with_plans(client)
    async with await acting(client, "MEMBER") as member:
        for mutation, input in of_administration(ids):
            assert (mutation, await errors(member, mutation, **input)) == (mutation, ["FORBIDDEN"])
        for mutation, input in of_goals(ids):
            before = await everything(client)
            assert (mutation, await member.change(mutation, input, "")) == (mutation, {"userErrors": []})
            assert await everything(client) != before, mutation


@pytest.mark.parametrize("role", ["ADMIN", "OWNER"])
async def test_an_administrator_may_change_everything(client: Client, role: str) -> None:
    ids = await furnished_with_plans(client)
    async with await acting(client, role) as administrator:
        for mutation, input in of_goals(ids) + of_administration(ids):
            before = await everything(client)
            assert (mutation, await administrator.change(mutation, input, "")) == (mutation, {"userErrors": []})
            assert await everything(client) != before, mutation


async def test_a_document_tells_what_was_done_before_and_after_what_is_forbidden(client: Client) -> None:
    ids = await furnished_with_plans(client)
    async with await acting(client, "MEMBER") as member:
        answer = await member.answer(
            """mutation($objective: ID!, $cycle: ID!) {
                first: objectiveUpdate(input: {id: $objective, title: "Changed"}) { objective { title } }
                second: cycleUpdate(input: {id: $cycle, name: "Changed"}) { cycle { name } }
                third: objectiveUpdate(input: {id: $objective, title: "Again"}) { objective { title } }
            }""",
            objective=ids["root"],
            cycle=ids["cycle"],
        )
    assert answer["data"] == {
        "first": {"objective": {"title": "Changed"}},
        "second": None,
        "third": {"objective": {"title": "Again"}},
    }
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [(["second"], "FORBIDDEN")]
