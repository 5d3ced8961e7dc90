"""The demo workspace as a whole: its tree, what it shows of docs/numbers.md, and that it is sound."""

from typing import Any

from tests.kit.client import Client
from tests.kit.workspace_files import DEMO, exported, findings, imported


async def test_its_tree_goes_from_the_company_down_to_one_person(demo: Client) -> None:
    edges = "edges { depth parent { externalId } node { externalId level } }"
    read = f'{{ objective(externalId: "dependable-service") {{ descendants {{ {edges} }} }} }}'
    found = [
        (edge["depth"], edge["parent"]["externalId"], edge["node"]["externalId"], edge["node"]["level"])
        for edge in (await demo.data(read))["objective"]["descendants"]["edges"]
    ]
    assert found == [
        (1, "dependable-service", "first-visit", "COMPANY"),
        (2, "first-visit", "a22-field-planning", "TEAM"),
        (3, "a22-field-planning", "a22-certification", "TEAM"),
        (4, "a22-certification", "ines-coaching", "INDIVIDUAL"),
        (1, "dependable-service", "service-hubs", "TEAM"),
    ]


async def test_it_shows_what_the_domain_has(demo: Client) -> None:
    items = await exported(demo)

    def told(kind: str, name: str) -> set[Any]:
        return {item.get(name) for item in items if item["type"] == kind}

    perspectives = {"FINANCIAL", "CUSTOMER", "INTERNAL_PROCESS", "LEARNING_AND_GROWTH"}
    assert told("Objective", "perspective") == perspectives
    assert told("Objective", "progressSource") == {"KEY_RESULTS", "ALIGNED_OBJECTIVES", "BOTH", "MANUAL"}
    assert told("KeyResult", "valueSource") == {"MANUAL", "ALIGNED_OBJECTIVES", "MILESTONES", "KPI"}
    assert told("KeyResult", "mode") == {"LATEST", "ADHERENCE", "DISTANCE"}
    assert len(told("KeyResult", "kind")) == 14  # all 13, and the draft that has none
    assert told("Alignment", "kind") == {"CONTRIBUTES", "SUPPORTS"}
    assert told("Cycle", "state") == {"PLANNING", "ACTIVE", "CLOSED"}
    parents = [item["objective"] for item in items if item["type"] == "Alignment"]
    assert parents.count("support-answers") == 2


async def test_the_doctor_finds_nothing_and_a_second_time_changes_nothing(demo: Client) -> None:
    assert await findings(demo) == []
    again = await imported(demo, DEMO)
    assert (again.kept, again.outcomes) == (True, {"UNCHANGED": len(again.results)})


async def test_it_shows_initiatives_units_and_the_cadence_of_a_team(demo: Client) -> None:
    work = """initiative(externalId: "answers-in-the-app") { state progress keyResults { externalId }
        links { externalId } owner { name } checkIns { nodes { progress } } checkInHistory { totalCount } }"""
    units = "unitKind currency displayDecimals"
    read = f"""{{ {work} initiatives {{ nodes {{ externalId }} }}
        inflow: keyResult(externalId: "a11-inflow") {{ {units} }}
        resolution: keyResult(externalId: "a2-resolution") {{ {units} }}
        team(externalId: "research") {{ checkInCadence {{ days }} }} }}"""
    assert await demo.data(read) == {
        "initiative": {
            **{"state": "IN_PROGRESS", "progress": 0.5, "owner": {"name": "Emil Muster"}},
            "keyResults": [{"externalId": "a2-resolution"}, {"externalId": "a6-first-contact"}],
            "links": [{"externalId": "SUP-214"}],
            "checkIns": {"nodes": [{"progress": None}, {"progress": 0.5}, {"progress": 0.1}]},
            "checkInHistory": {"totalCount": 4},
        },
        "initiatives": {"nodes": [{"externalId": "answers-in-the-app"}, {"externalId": "night-rota"}]},
        "inflow": {"unitKind": "CURRENCY", "currency": "USD", "displayDecimals": 0},
        "resolution": {"unitKind": "DURATION", "currency": None, "displayDecimals": None},
        "team": {"checkInCadence": {"days": 14}},
    }
