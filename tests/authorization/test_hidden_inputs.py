"""A hidden goal in an input is refused as one that does not exist is, to the letter, and nothing changes."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from schema.relay.node import global_id
from tests.authorization.expected_mutations import MUTATIONS
from tests.authorization.test_authorization_mutations import came_to, unarranged
from tests.authorization.world import NO_GOALS, World, kind_of, uuid_of
from tests.kit.client import Client
from tests.kit.estate import dump
from tests.kit.inputs import MOVES, MUTATION, Own, filled, ids_of, put, spellings

TOO_LONG = "x" * 20_001
# Something else that is wrong with an input: all of it is told, whether a goal is hidden or not there.
MISTAKES = ("reason", "externalId", "note", "title", "name")
Case = tuple[str, dict[str, Any], str, str]


def cases(world: World) -> Iterator[Case]:
    """Mutations on visible goals, each with the place of one id and a hidden goal to put there. Not those of
    administrators, who see all goals."""
    for mutation, move in [each for each in MOVES if MUTATIONS[each[0]].needs == "MEMBER"]:
        for path, own in ids_of(move, Own):
            if own.name not in NO_GOALS:
                yield mutation, filled(move, world.seen), path, world.hidden.ids[own.name]
    yield from beside(world)


def beside(world: World) -> Iterator[Case]:
    """Hidden goals right beside or above visible ones, where a statement could find them."""
    seen, hidden, crossing = world.seen.ids, world.hidden.ids, world.crossing
    root, number, kpi = seen["root"], seen["number"], seen["kpi"]
    new, nobody = {"title": "New", "kind": "REACH", "target": "1"}, str(UUID(int=7))
    near: list[Case] = [
        # In the same cycle, below the same parent, linked with the same key result or KPI.
        ("objectiveReorder", {"id": root}, "afterId", hidden["root"]),
        ("alignmentReorder", {"id": seen["edge"]}, "afterId", crossing["child"]),
        ("alignmentReorder", {}, "id", crossing["child"]),
        ("alignmentUpdate", {"weight": 2.0}, "id", crossing["child"]),
        ("alignmentUpdate", {"weight": 2.0}, "id", crossing["grandchild"]),
        ("objectiveUnalign", {}, "id", crossing["parent"]),
        ("objectiveUnalign", {}, "id", crossing["parent key result"]),
        ("objectiveMove", {"id": seen["leaf 2"], "parentId": root}, "afterId", hidden["leaf"]),
        ("objectiveMove", {"id": seen["leaf 2"], "parentKeyResultId": number}, "afterId", hidden["leaf 2"]),
        # It would be a loop, or is aligned already.
        ("objectiveAlign", {"objectiveId": root}, "parentId", hidden["leaf"]),
        ("objectiveAlign", {"objectiveId": seen["above"]}, "parentId", hidden["root"]),
        ("objectiveAlign", {"objectiveId": seen["child"]}, "parentKeyResultId", hidden["number"]),
        ("keyResultUnlinkKpi", {}, "id", crossing["measure of seen"]),
        ("keyResultUnlinkKpi", {}, "id", crossing["measure of hidden"]),
        ("keyResultLinkKpi", {"keyResultId": number}, "kpiId", hidden["kpi"]),
        ("keyResultLinkKpi", {"kpiId": kpi}, "keyResultId", hidden["number"]),
        # Its own parent, which is hidden; and one that is computed from it.
        ("kpiUpdate", {"id": seen["whole"]}, "parentId", hidden["whole"]),
        ("kpiUpdate", {"id": seen["whole"]}, "parentId", hidden["kpi 2"]),
        ("keyResultUpdate", {"id": seen["follower 2"]}, "sourceKpiId", hidden["kpi"]),
        # With what the database tells of at the end.
        ("keyResultCreate", new | {"sourceKpiId": nobody}, "objectiveId", hidden["root"]),
        ("keyResultCreate", new | {"externalId": "Seen-number"}, "objectiveId", hidden["root"]),
        ("keyResultCreate", new | {"objectiveId": root, "externalId": "Seen-number"}, "sourceKpiId", hidden["kpi"]),
        ("keyResultCreate", new | {"objectiveId": root, "ownerId": nobody}, "sourceKpiId", hidden["kpi"]),
        ("keyResultCreate", new | {"objectiveId": nobody}, "sourceKpiId", hidden["kpi"]),
    ]
    for mutation, input, path, id in near:
        yield mutation, {**input, path: id}, path, id


async def told(client: Client, case: Case, id: str, mistake: str | None = None) -> Any:
    """The response to a case with this id, without the id itself."""
    mutation, input, path, _ = case
    given = put(input, path, id)
    if mistake is not None:
        given = {**given, mistake: TOO_LONG}
    _, answer = await came_to(client, mutation, given)
    return json.loads(
        json.dumps(answer).replace(id, "this id").replace(str(uuid_of(id)) if "-" not in id else id, "it")
    )


def mistakes_of(mutation: str) -> list[str | None]:
    """None, and the field of the input in which something else can be wrong."""
    fields = MUTATION.fields[mutation].args["input"].type.of_type.fields
    return [None, *[name for name in MISTAKES if name in fields][:1]]


async def differing(world: World, client: Client) -> dict[str, Any]:
    """The cases in which a hidden goal is told from one that is not there."""
    found: dict[str, Any] = {}
    for case in cases(world):
        mutation, _, path, id = case
        for mistake in mistakes_of(mutation):
            nowhere = await told(client, case, global_id(kind_of(id), uuid4()), mistake)
            assert mistake is not None or "NOT_FOUND" in str(nowhere), (mutation, path, nowhere)
            for spelling in spellings(id):
                answer = await told(client, case, spelling, mistake)
                if answer != nowhere:
                    found[f"{mutation} {path} {mistake}"] = (answer, nowhere)
    return found


async def test_a_hidden_goal_is_refused_as_if_it_did_not_exist(world: World) -> None:
    client = await world.acting("outsider")
    before = await dump(world.superuser, world.client.organization_id)
    assert len(list(cases(world))) > 60
    found = await differing(world, client)
    assert found == {}, "\n".join(f"{k}: {v[0]} -- {v[1]}" for k, v in found.items())
    assert unarranged(await dump(world.superuser, world.client.organization_id)) == unarranged(before)


async def test_nor_is_told_that_a_hidden_goal_is_archived(world: World) -> None:
    client = await world.acting("outsider")
    for table in ("objectives", "key_results", "milestones", "alignments", "kpis", "kpi_targets", "kpi_links"):
        await world.superuser.execute(
            f"UPDATE {table} SET archived_at = now() WHERE organization_id = $1 AND external_id LIKE 'Hidden-%'",
            world.client.organization_id,
        )
    found = await differing(world, client)
    assert found == {}, "\n".join(f"{k}: {v[0]} -- {v[1]}" for k, v in found.items())
