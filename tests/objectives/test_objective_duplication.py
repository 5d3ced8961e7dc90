"""An objective is copied, alone or with all below it."""

from typing import Any
from uuid import uuid4

import asyncpg

from service.objective_duplication import MAX_DUPLICATED, MAX_PLANNED
from tests.consistency.test_concurrency import findings
from tests.kit.client import Client, Statements
from tests.kit.refusals import everything
from tests.kit.roles import acting

GOALS = "title lifecycle progress externalId cycle { id } owner { name } team { name } start { on }"
EDGES = "outgoingAlignments { kind weight isPrimary parent { title } parentKeyResult { title } }"
TREE = f"""query($id: ID!) {{ objective(id: $id) {{ {GOALS} {EDGES} checkIns {{ totalCount }}
    keyResults {{ title lifecycle baseline target current externalId owner {{ name }}
        milestones {{ title doneAt }} kpiLinks {{ role kpi {{ name }} }} }}
    descendants(first: 50) {{ edges {{ depth node {{ {GOALS} {EDGES} }} }} }} }} }}"""


async def duplicate(client: Client, objective: str, **more: Any) -> str:
    """The id of a copy."""
    id: str = await client.make("objectiveDuplicate", objectiveId=objective, **more)
    return id


async def refused(client: Client, objective: str, **more: Any) -> list[tuple[str, str]]:
    """The codes and fields of a copy that is refused, and changes nothing."""
    before = await everything(client)
    payload = await client.change("objectiveDuplicate", {"objectiveId": objective, **more}, "objective { id }")
    assert payload["objective"] is None
    assert await everything(client) == before
    return [(error["code"], error["field"][-1]) for error in payload["userErrors"]]


async def shown(client: Client, id: str) -> dict[str, Any]:
    """An objective with all below it."""
    objective: dict[str, Any] = (await client.data(TREE, id=id))["objective"]
    return objective


async def planted_tree(client: Client, cycle: str) -> dict[str, str]:
    """A company objective, and a tree below it with something of everything; ids by title."""
    pat = await client.make("personCreate", name="Pat")
    team = await client.make("teamCreate", name="Platform")
    facts = {"ownerId": pat, "teamId": team, "externalId": "root", "start": {"on": "2026-02-01"}}
    ids = {"pat": pat, "team": team, "root": await client.objective(cycle, "root", **facts)}
    for title in ("company", "child", "leaf", "gone", "below gone", "cancelled"):
        ids[title] = await client.objective(cycle, title)
    number = {"kind": "INCREASE", "baseline": "10", "target": "20"}
    ids["number"] = await client.key_result(ids["root"], "number", **number, externalId="number", ownerId=pat)
    ids["stages"] = await client.key_result(ids["root"], "stages", kind="MILESTONE")
    await client.key_result(ids["root"], "left", lifecycle="CANCELLED")
    stage = await client.make("milestoneCreate", keyResultId=ids["stages"], title="stage")
    await client.make("milestoneUpdate", id=stage, doneAt="2026-03-01T00:00:00Z")
    ids["kpi"] = await client.make("kpiCreate", name="Quality")
    await client.make("keyResultLinkKpi", keyResultId=ids["number"], kpiId=ids["kpi"], role="GUARDRAIL")
    await client.check_in(ids["number"], "15")
    await client.make("objectiveAlign", objectiveId=ids["root"], parentId=ids["company"], weight=3.0)
    await client.make("objectiveAlign", objectiveId=ids["child"], parentKeyResultId=ids["number"])
    for title, above in (("leaf", "child"), ("gone", "root"), ("below gone", "gone"), ("cancelled", "root")):
        await client.make("objectiveAlign", objectiveId=ids[title], parentId=ids[above])
    # Another parent inside, and one outside.
    await client.make("objectiveAlign", objectiveId=ids["leaf"], parentId=ids["root"], kind="SUPPORTS")
    await client.make("objectiveAlign", objectiveId=ids["leaf"], parentId=ids["company"])
    await client.make("objectiveArchive", id=ids["gone"])
    await client.make("objectiveUpdate", id=ids["cancelled"], lifecycle="CANCELLED")
    return ids


def edge(parent: str, key_result: str | None = None, **more: Any) -> dict[str, Any]:
    """An alignment as it is shown."""
    served = {"parent": {"title": parent}, "parentKeyResult": key_result and {"title": key_result}}
    return {"kind": "CONTRIBUTES", "weight": 1.0, "isPrimary": True, **served, **more}


async def test_a_tree_is_copied_beside_the_original(client: Client) -> None:
    cycle = await client.cycle()
    ids = await planted_tree(client, cycle)
    before = await shown(client, ids["root"])
    assert before["progress"] == 0.75
    id = await duplicate(client, ids["root"], title="copy", includeDescendants=True)
    plain = {"lifecycle": "ACTIVE", "externalId": None, "cycle": {"id": cycle}}
    bare = {**plain, "progress": None, "owner": None, "team": None, "start": None}
    of_key_results = {"lifecycle": "ACTIVE", "externalId": None}
    assert await shown(client, id) == {
        **{**plain, "title": "copy", "progress": 0.0, "checkIns": {"totalCount": 0}},
        **{"owner": {"name": "Pat"}, "team": {"name": "Platform"}, "start": {"on": "2026-02-01"}},
        "outgoingAlignments": [edge("company", weight=3.0)],
        "keyResults": [
            {
                **{**of_key_results, "title": "number", "baseline": "10", "target": "20", "current": "10"},
                **{"owner": {"name": "Pat"}, "milestones": []},
                "kpiLinks": [{"role": "GUARDRAIL", "kpi": {"name": "Quality"}}],
            },
            {
                **{**of_key_results, "title": "stages", "baseline": None, "target": None, "current": None},
                **{"owner": None, "milestones": [{"title": "stage", "doneAt": None}], "kpiLinks": []},
            },
        ],
        "descendants": {
            "edges": [
                {"depth": 1, "node": {**bare, "title": "child", "outgoingAlignments": [edge("copy", "number")]}},
                {
                    "depth": 2,
                    "node": {
                        **{**bare, "title": "leaf"},
                        "outgoingAlignments": [edge("child"), edge("copy", kind="SUPPORTS", isPrimary=False)],
                    },
                },
            ]
        },
    }
    assert await shown(client, ids["root"]) == before
    assert await findings(client) == []
    events = await client.data(
        "query($id: ID!) { objective(id: $id) { events(first: 50) { nodes { verb subjectType } } } }", id=id
    )
    assert sorted((each["verb"], each["subjectType"]) for each in events["objective"]["events"]["nodes"]) == [
        ("ALIGNED", "Alignment"),
        ("CREATED", "KeyResult"),
        ("CREATED", "KeyResult"),
        ("CREATED", "Milestone"),
        ("CREATED", "Objective"),
        ("LINKED", "KpiLink"),
    ]


async def test_one_objective_in_another_cycle_for_somebody_else(client: Client) -> None:
    cycle = await client.cycle()
    following = await client.cycle("2027-01-01", "2027-12-31", name="2027")
    ids = await planted_tree(client, cycle)
    new = {"ownerId": await client.make("personCreate", name="Kim"), "teamId": None}
    copy = await shown(client, await duplicate(client, ids["root"], cycleId=following, includeKpiLinks=False, **new))
    # A day of its own would be outside the cycle.
    assert (copy["title"], copy["cycle"], copy["start"]) == ("root", {"id": following}, None)
    assert (copy["owner"], copy["team"]) == ({"name": "Kim"}, {"name": "Platform"})
    assert [(each["owner"], each["kpiLinks"]) for each in copy["keyResults"]] == [({"name": "Kim"}, [])] * 2
    # In the cycle that it leaves it counts for nothing; in another one that goes on it does.
    assert copy["outgoingAlignments"] == []
    assert copy["descendants"]["edges"] == []
    await client.make("objectiveUpdate", id=ids["company"], cycleId=await client.cycle(name="Strategy"))
    copy = await shown(client, await duplicate(client, ids["root"], cycleId=following))
    assert copy["outgoingAlignments"] == [edge("company", weight=3.0)]
    await client.make("objectiveUpdate", id=ids["company"], cycleId=cycle)
    # What is closed takes no new alignment: a copy in another cycle stands alone.
    await client.take_steps(cycle, "BeginClosing", "Close")
    copy = await shown(client, await duplicate(client, ids["root"], cycleId=following, includeDescendants=True))
    assert copy["outgoingAlignments"] == []
    assert [each["node"]["title"] for each in copy["descendants"]["edges"]] == ["child", "leaf"]
    assert await refused(client, ids["root"]) == [("CYCLE_STATE_FORBIDS", "cycleId")]
    assert await findings(client) == []


async def test_what_is_refused(client: Client) -> None:
    cycle = await client.cycle()
    objective, archived = await client.objective(cycle), await client.objective(cycle)
    await client.make("objectiveArchive", id=archived)
    nobody = str(uuid4())
    assert await refused(client, nobody) == [("NOT_FOUND", "objectiveId")]
    assert await refused(client, archived) == [("ARCHIVED", "objectiveId")]
    wrong = {"title": " ", "ownerId": nobody, "teamId": "nonsense", "cycleId": nobody}
    assert sorted(await refused(client, objective, **wrong)) == [
        ("BLANK", "title"),
        *(("NOT_FOUND", name) for name in ("cycleId", "ownerId", "teamId")),
    ]
    viewer = await acting(client, "VIEWER")
    document = "mutation($input: ObjectiveDuplicateInput!) { objectiveDuplicate(input: $input) { objective { id } } }"
    answer = await viewer.answer(document, input={"objectiveId": objective})
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


async def star(client: Client, cleaner: asyncpg.Connection, name: str, count: int) -> str:
    """An objective with a key result and so many objectives below it."""
    document = "mutation($input: ObjectivesUpsertInput!) { objectivesUpsert(input: $input) { isApplied } }"
    cycle = await client.cycle()
    root = await client.objective(cycle, externalId=name)
    await client.key_result(root, kind="REACH", target="10")
    below = [{"externalId": f"{name} {number}", "title": "Below", "cycleId": cycle} for number in range(count)]
    for start in range(0, count, 200):
        assert await client.data(document, input={"objectives": below[start : start + 200]})
    await cleaner.execute(
        """INSERT INTO alignments
               (organization_id, id, objective_id, parent_id, kind, weight, is_primary, position, version, created_at,
                updated_at)
           SELECT o.organization_id, o.id, o.id, p.id, 'CONTRIBUTES', 1, true, o.position, 1, now(), now()
           FROM objectives o JOIN objectives p ON p.organization_id = o.organization_id AND p.external_id = $2
           WHERE o.organization_id = $1 AND o.external_id LIKE $2 || ' %'""",
        client.organization_id,
        name,
    )
    return root


async def test_a_tree_costs_as_many_messages_as_a_small_one_and_has_a_limit(
    client: Client, cleaner: asyncpg.Connection, statements: Statements
) -> None:
    small, middle = [await star(client, cleaner, name, count) for name, count in (("small", 2), ("middle", 15))]
    await duplicate(client, small)
    messages = [len(await statements.of(duplicate(client, root, includeDescendants=True))) for root in (small, middle)]
    # begin; the objectives, their key results, participants, milestones, links and cycles; write; lock for key results;
    # alignments; write; derive; commit; and what the payload has.
    assert messages == [16, 16]
    wide = await star(client, cleaner, "wide", MAX_PLANNED)
    copy = await shown(client, await duplicate(client, wide, includeDescendants=True))
    assert len(copy["descendants"]["edges"]) == MAX_PLANNED
    large = await star(client, cleaner, "large", MAX_DUPLICATED)
    assert await refused(client, large, includeDescendants=True) == [("DUPLICATE_TOO_LARGE", "includeDescendants")]


async def test_what_one_does_not_see_is_not_copied(client: Client) -> None:
    cycle = await client.cycle()
    ids = await planted_tree(client, cycle)
    hidden_kpi = await client.make("kpiCreate", name="Hidden", visibility="PRIVATE")
    await client.make("keyResultLinkKpi", keyResultId=ids["number"], kpiId=hidden_kpi, role="GUARDRAIL")
    follower = {"kind": "REACH", "target": "5", "sourceKpiId": hidden_kpi}
    await client.key_result(ids["root"], "follower", **follower)
    for title in ("company", "child"):
        await client.make("objectiveUpdate", id=ids[title], visibility="PRIVATE")
    await client.make("organizationUpdate", memberEditing="OWN")
    member = await acting(client, "MEMBER")
    # Whoever sees a goal may copy it, and may not change it.
    copy = await shown(client, await duplicate(member, ids["root"], includeDescendants=True))
    assert copy["outgoingAlignments"] == []
    # What is below a hidden one is left out, as `descendants` leaves it out.
    assert copy["descendants"]["edges"] == []
    assert [(each["title"], each["kpiLinks"]) for each in copy["keyResults"]] == [
        ("number", [{"role": "GUARDRAIL", "kpi": {"name": "Quality"}}]),
        ("stages", []),
    ]
    assert await refused(member, ids["child"]) == [("NOT_FOUND", "objectiveId")]
    assert await findings(client) == []


async def test_it_can_be_sent_again_under_an_id_of_ones_own(client: Client) -> None:
    cycle = await client.cycle()
    ids = await planted_tree(client, cycle)
    own = {"id": str(uuid4()), "includeDescendants": True}
    first = await duplicate(client, ids["root"], **own)
    before = await everything(client)
    assert await duplicate(client, ids["root"], **own) == first
    payload = await client.change(
        "objectiveDuplicate", {"objectiveId": ids["root"], **own, "title": "Other"}, "objective { id }"
    )
    assert [error["code"] for error in payload["userErrors"]] == ["TAKEN"]
    assert payload["objective"] == {"id": first}
    assert await everything(client) == before


async def test_a_copy_of_a_tree_has_the_numbers_that_follow_from_it(client: Client) -> None:
    """Also of what counts toward key results, and where nothing is above the first objective."""
    root = await client.objective(await client.cycle(), "root", progressSource="BOTH")
    above = await client.key_result(
        root, "above", kind="REACH", target="5", valueSource="ALIGNED_OBJECTIVES", lifecycle="ACTIVE"
    )
    await client.key_result(root, "own", kind="REACH", target="2")
    children = [await client.objective(await client.cycle(), f"child {number}") for number in range(2)]
    for child in children:
        await client.key_result(child, "below", kind="REACH", target="4")
    await client.make("objectiveAlign", objectiveId=children[0], parentKeyResultId=above)
    await client.make("objectiveAlign", objectiveId=children[1], parentId=root)
    copy = await duplicate(client, root, includeDescendants=True)
    document = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective {
        progress progressReason coverage status keyResults { title progress progressReason } } } }"""
    of_original, of_copy = (await client.data(document, ids=[root, copy]))["nodes"]
    assert of_copy == of_original
    assert (of_copy["progress"], of_copy["coverage"]) == (0, 1)
    assert await findings(client) == []


async def test_copies_are_children_in_the_order_of_their_originals(client: Client) -> None:
    cycle = await client.cycle()
    ids = {title: await client.objective(cycle, title) for title in ("R", "A", "B", "X", "Y", "Z")}
    for child, parent in ("AR", "BR", "XA", "YB", "ZB", "XB"):
        await client.make("objectiveAlign", objectiveId=ids[child], parentId=ids[parent])
    document = (
        """query($id: ID!) { objective(id: $id) { children { nodes { title children { nodes { title } } } } } }"""
    )
    copy = await duplicate(client, ids["R"], includeDescendants=True)
    of_original, of_copy = [(await client.data(document, id=id))["objective"] for id in (ids["R"], copy)]
    below = [[each["title"] for each in node["children"]["nodes"]] for node in of_copy["children"]["nodes"]]
    assert below == [["X"], ["Y", "Z", "X"]]
    assert of_copy == of_original
