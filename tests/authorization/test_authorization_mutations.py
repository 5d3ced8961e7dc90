"""Every mutation by everybody on visible and hidden goals: what the table says, and nothing else."""

from typing import Any

from graphql import get_named_type

from tests.authorization.actors import ACTORS, TEAM, Actor, is_visible_to, may_check_in, may_edit
from tests.authorization.asking import fields_of
from tests.authorization.expected_mutations import MUTATIONS, OK, outcome
from tests.authorization.world import World
from tests.kit.client import Client
from tests.kit.estate import dump
from tests.kit.examples import IS_FUZZ
from tests.kit.inputs import MOVES, MUTATION, Own, filled
from tests.kit.stored import Stored

# What takes no ids of the estate.
MORE: list[tuple[str, dict[str, Any]]] = [
    ("organizationUpdate", {"name": "Changed"}),
    # That it deletes is in tests/workspace: nothing would be left to try.
    ("organizationDelete", {"name": "Another"}),
    ("workspaceImport", {"items": [{"pillar": {"externalId": "new", "name": "New"}}]}),
]
ALL = [*MOVES, *MORE]
# Visibility, who may edit, and an actor.
Regime = tuple[str, str, str]
# What people with these relations do differs with `memberEditing`; under ALL whoever sees a goal edits it.
UNDER_ALL = {"outsider", "reader", "owner", "lead above", "administrator"}
# Who sees goals under TEAM by a team; the others see them as under PRIVATE.
UNDER_TEAM = {name for name, actor in ACTORS.items() if actor.sees == TEAM} | {"lead below", "member below"}
REGIMES: list[Regime] = [
    *((visibility, "OWN", name) for visibility in ("ORGANIZATION", "PRIVATE") for name in ACTORS),
    *(("TEAM", "OWN", name) for name in ACTORS if name in UNDER_TEAM),
    *((visibility, "ALL", name) for visibility in ("ORGANIZATION", "PRIVATE") for name in ACTORS if name in UNDER_ALL),
]


def test_every_mutation_has_a_line_and_a_case() -> None:
    assert sorted(MUTATIONS) == sorted(MUTATION.fields)
    assert {name for name, _ in ALL} == MUTATIONS.keys()


async def came_to(client: Client, mutation: str, input: dict[str, Any]) -> tuple[str, Any]:
    """OK or the code of the error, and the whole response."""
    each = MUTATION.fields[mutation]
    payload = get_named_type(each.type).name
    document = f"mutation($input: {each.args['input'].type}) {{ {mutation}(input: $input) {{ {fields_of(payload)} }} }}"
    answer = await client.answer(document, input=input)
    if "errors" in answer:
        [error] = answer["errors"]
        assert (answer.get("data") or {}).get(mutation) is None
        return error["extensions"]["code"], answer
    errors = answer["data"][mutation]["userErrors"]
    return (errors[0]["code"] if errors else OK), answer


def chosen(expected: dict[Regime, list[str]]) -> dict[Regime, list[int]]:
    """The numbers of the mutations to try under each regime: all that are refused for their goals; what an actor makes
    under one of the regimes in which it makes the same, as a whole, since one may need what another has made; and what
    it is forbidden by role or scopes under one of those in which it is, in turn. In `make fuzz` all."""
    alike: dict[tuple[str, tuple[str, ...]], list[Regime]] = {}
    forbidding: dict[tuple[str, int], list[Regime]] = {}
    for regime, codes in expected.items():
        alike.setdefault((regime[2], tuple(codes)), []).append(regime)
        for number in [number for number, code in enumerate(codes) if code == "FORBIDDEN"]:
            forbidding.setdefault((regime[2], number), []).append(regime)
    making = {regimes[turn % len(regimes)] for turn, regimes in enumerate(alike.values())}

    def is_tried(regime: Regime, number: int, code: str) -> bool:
        if code == "FORBIDDEN":
            regimes = forbidding[regime[2], number]
            return regime == regimes[number % len(regimes)]
        return code != OK or regime in making

    return {
        regime: [number for number, code in enumerate(codes) if IS_FUZZ or is_tried(regime, number, code)]
        for regime, codes in expected.items()
    }


async def run(
    world: World, client: Client, regime: tuple[str, str], owner: str, numbers: list[int]
) -> dict[int, tuple[str, Any]]:
    """What mutations on the hidden estate come to. Their goals are arranged again after each that was made."""
    visibility, member_editing = regime
    results: dict[int, tuple[str, Any]] = {}
    was_made = True
    for number in numbers:
        mutation, move = ALL[number]
        if was_made:
            await world.arrange(visibility, owner=owner, member_editing=member_editing)
        results[number] = await came_to(client, mutation, filled(move, world.hidden))
        was_made = results[number][0] == OK
    return results


async def test_everybody_comes_to_what_the_table_says(world: World, stored: Stored) -> None:
    wrong: dict[str, Any] = {}
    expected = {
        (visibility, member_editing, name): [
            outcome(mutation, input, ACTORS[name], visibility, member_editing) for mutation, input in ALL
        ]
        for visibility, member_editing, name in REGIMES
    }
    for regime, numbers in chosen(expected).items():
        visibility, member_editing, name = regime
        actor = ACTORS[name]
        await stored.take_back()
        owner = name if actor.relation == "owner" else "owner"
        await world.arrange(visibility, owner=owner, member_editing=member_editing)
        client = await world.acting(name)
        before = await dump(world.superuser, world.client.organization_id)
        results = await run(world, client, (visibility, member_editing), owner, numbers)
        for number, (code, answer) in results.items():
            if code != expected[regime][number]:
                wrong[f"{regime}: {number} {ALL[number][0]} is to be {expected[regime][number]}"] = answer
            if code == "NOT_FOUND" and not is_visible_to(actor, visibility):
                assert world.hidden.ids["root"] not in str(answer)
        if all(code != OK for code, _ in results.values()):
            assert unarranged(await dump(world.superuser, world.client.organization_id)) == unarranged(before)
    assert wrong == {}, "\n".join(wrong)


async def test_viewer_can_says_what_mutations_come_to(world: World) -> None:
    document = """query($ids: [ID!]!) { nodes(ids: $ids) {
        ... on Objective { viewerCan { ...all } } ... on KeyResult { viewerCan { ...all } }
        ... on Kpi { viewerCan { ...all } } ... on Initiative { viewerCan { ...all } } } }
        fragment all on GoalPermissions { edit { ...one } checkIn { ...one } archive { ...one } share { ...one } }
        fragment one on Permission { allowed denial }"""
    ids = [world.hidden.ids[name] for name in ("root", "number", "kpi", "work")]
    for visibility, member_editing, name in REGIMES:
        actor = ACTORS[name]
        owner = name if actor.relation == "owner" else "owner"
        await world.arrange(visibility, owner=owner, member_editing=member_editing)
        found = (await (await world.acting(name)).data(document, ids=ids))["nodes"]
        if not is_visible_to(actor, visibility):
            assert found == [None] * 4
            continue
        one, check_in = (
            {"allowed": allowed, "denial": None if allowed else denial(actor)}
            for allowed in (may(actor, visibility, member_editing) for may in (may_edit, may_check_in))
        )
        can = {**dict.fromkeys(("edit", "archive", "share"), one), "checkIn": check_in}
        assert found == [{"viewerCan": can}] * 4, (visibility, member_editing, name)


def denial(actor: Actor) -> str:
    return "ROLE_VIEWER" if actor.role == "VIEWER" else "NOT_OWNER_OR_LEAD"


def unarranged(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows but for keys, which note when they are used, and audit events, which note refusals."""
    return {table: own for table, own in rows.items() if table not in ("api_keys", "audit_events")}


async def test_strangers_and_whoever_sends_no_valid_key_change_nothing(world: World) -> None:
    anonymous = await world.anonymous()
    before = await dump(world.superuser, world.client.organization_id)
    for mutation, move in MOVES:
        input = filled(move, world.hidden)
        assert (await came_to(anonymous, mutation, input))[0] == "UNAUTHENTICATED"
        if any(isinstance(each, Own) for each in move.values()) or {"measurements", "checkIns"} & move.keys():
            assert (await came_to(world.stranger, mutation, input))[0] == "NOT_FOUND", mutation
    for mutation, move in MORE:
        assert (await came_to(anonymous, mutation, move))[0] == "UNAUTHENTICATED"
    assert await dump(world.superuser, world.client.organization_id) == before
