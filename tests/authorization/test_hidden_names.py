"""What a refusal, a taken id or a formula tells of hidden goals."""

from typing import Any
from uuid import uuid4

from tests.authorization.world import World, uuid_of
from tests.kit.client import Client


async def errors(client: Client, mutation: str, **input: Any) -> list[dict[str, Any]]:
    """The errors of a refused change in full."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    fields = "userErrors { code message field parameters }"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} }} }}"
    return (await client.data(document, input=input))[mutation]["userErrors"]


async def test_a_formula_that_names_a_hidden_kpi_is_refused_as_if_there_were_none(world: World) -> None:
    outsider, kpi = await world.acting("outsider"), world.hidden.ids["kpi"]
    names = ["Hidden-kpi", kpi, str(uuid_of(kpi))]
    for mutation, input in (("kpiCreate", {"name": "New"}), ("kpiUpdate", {"id": world.seen.ids["formula"]})):
        for name in names:
            nowhere = await errors(outsider, mutation, formula="1 + [Nowhere]", **input)
            told = await errors(outsider, mutation, formula=f"1 + [{name}]", **input)
            assert [each["code"] for each in told] == ["FORMULA_KPI_UNKNOWN"]
            assert str(told).replace(name, "Nowhere") == str(nowhere)


async def test_a_taken_external_id_is_told_and_nothing_else_of_the_goal(world: World) -> None:
    outsider, own = await world.acting("outsider"), world.seen.ids
    for mutation, input, taken in (
        ("objectiveCreate", {"cycleId": own["cycle"], "title": "New"}, "root"),
        ("objectiveUpdate", {"id": own["root"]}, "root"),
        ("kpiCreate", {"name": "New"}, "kpi"),
        ("keyResultCreate", {"objectiveId": own["root"], "title": "New"}, "number"),
        ("objectiveAlign", {"objectiveId": own["leaf 2"], "parentId": own["root"]}, "edge"),
    ):
        told = await errors(outsider, mutation, externalId=f"Hidden-{taken}", **input)
        assert [(each["code"], each["parameters"]) for each in told] == [("TAKEN", {"name": "externalId"})]


async def test_a_taken_id_does_not_show_the_goal_that_has_it(world: World) -> None:
    outsider, own, theirs = await world.acting("outsider"), world.seen.ids, world.hidden.ids
    for mutation, input, name, payload in (
        ("objectiveCreate", {"cycleId": own["cycle"], "title": "New"}, "root", "objective"),
        ("kpiCreate", {"name": "New"}, "kpi", "kpi"),
        ("keyResultCreate", {"objectiveId": own["root"], "title": "New"}, "number", "keyResult"),
        ("objectiveCheckIn", {"objectiveId": own["root"], "note": "New"}, "note", "checkIn"),
        ("keyResultLinkKpi", {"keyResultId": own["number 2"], "kpiId": own["whole"]}, "measure", "kpiLink"),
    ):
        input = {**input, "id": str(uuid_of(theirs[name]))}
        told = await outsider.change(mutation, input, f"{payload} {{ id }}")
        assert told[payload] is None
        assert [(each["code"], each["field"]) for each in told["userErrors"]] == [("TAKEN", ["input", "id"])], mutation


async def test_what_a_computed_kpi_needs_is_told_without_names_of_hidden_ones(world: World) -> None:
    owner, outsider = world.client, await world.acting("outsider")
    secret = await owner.make("kpiCreate", name="Secret", externalId="secret", visibility="PRIVATE")
    whole = await owner.make("kpiCreate", name="Sum", source="CHILDREN_SUM")
    await owner.make("kpiUpdate", id=secret, parentId=whole)
    formula = await owner.make("kpiCreate", name="Formula", formula="2 * [secret]")
    for kpi in (whole, formula):
        told, of_owner = [await errors(each, "kpiUpdate", id=kpi, frequency="DAILY") for each in (outsider, owner)]
        assert [each["code"] for each in told] == [each["code"] for each in of_owner] == ["INPUT_TOO_COARSE"]
        assert of_owner[0]["parameters"]["name"] == "Secret"
        assert told[0]["parameters"]["name"] == "A hidden KPI"
        assert "Secret" not in str(told)


async def test_a_loop_through_a_hidden_kpi_does_not_name_it(world: World) -> None:
    owner, outsider = world.client, await world.acting("outsider")
    first = await owner.make("kpiCreate", name="First", externalId="first")
    middle = await owner.make("kpiCreate", name="Secret", externalId="x", formula="[first] + 1", visibility="PRIVATE")
    last = await owner.make("kpiCreate", name="Last", externalId="last", formula=f"2 * [{middle}]")
    assert last
    told, of_owner = [
        await errors(each, "kpiUpdate", id=first, source="FORMULA", formula="[last] / 2") for each in (outsider, owner)
    ]
    assert [each["code"] for each in told] == [each["code"] for each in of_owner] == ["KPI_FORMULA_LOOP"]
    assert "Secret" in of_owner[0]["message"]
    assert "Secret" not in str(told)
    # The formula of a visible KPI names it by its id, which is all that is told of it.
    names = told[0]["parameters"]["path"].split(" → ")
    assert (names[0], set(names)) == (names[-1], {"First", "Last", "A hidden KPI"})


async def test_a_parent_of_an_objective_by_a_hidden_way_is_a_loop(world: World) -> None:
    """That an edge would close a loop is told, though the way is hidden: it cannot be made."""
    outsider, own = await world.acting("outsider"), world.seen.ids
    assert await outsider.refused("objectiveAlign", objectiveId=own["root"], parentId=own["leaf 3"]) == (
        "ALIGNMENT_LOOP",
        ["input", "parentId"],
    )


async def test_the_former_parent_of_a_moved_objective_is_null_if_it_is_hidden(world: World) -> None:
    outsider, own = await world.acting("outsider"), world.seen.ids
    input = {"id": own["above"], "parentId": None}
    selection = "objective { id parents { id } } alignment { id } previousParent { id }"
    payload = await outsider.change("objectiveMove", input, selection)
    moved = {"id": own["above"], "parents": []}
    assert payload == {"objective": moved, "alignment": None, "previousParent": None, "userErrors": []}
    assert (await outsider.change("objectiveMove", {"id": str(uuid4()), "parentId": None}, selection))[
        "objective"
    ] is None
