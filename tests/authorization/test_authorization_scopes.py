"""Each scope of API keys alone, for each type and each mutation: what the tables say, and nothing else."""

from collections.abc import Iterable

from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_operation_ast,
    parse,
    visit,
)

from schema.root import schema
from schema.scopes import needed_scopes
from service.people.scopes import ALL_SCOPES, ApiKeyScope
from tests.authorization.asking import asked
from tests.authorization.expected_mutations import OF_GOALS, area_of
from tests.authorization.expected_reads import NODES
from tests.authorization.expected_reads import TYPES as EXPECTED
from tests.authorization.test_authorization_mutations import MORE
from tests.authorization.world import World, rows_of
from tests.kit.inputs import MOVES, filled
from tests.kit.reads import TYPES
from tests.kit.service_accounts import acting_for, service_account

# A person acts as that person; what the scope does for service accounts is in tests/people/test_acting.py.
OF_PEOPLE = [scope for scope in ApiKeyScope if scope != ApiKeyScope.ACT_AS]


def reading(*areas: str | None) -> set[str]:
    """The scopes to read areas, of those that there are."""
    return {f"{area}_READ" for area in areas if area} & ALL_SCOPES


def needed(document: str) -> set[str]:
    parsed = parse(document)
    operation = get_operation_ast(parsed)
    assert isinstance(operation, OperationDefinitionNode)
    return set(needed_scopes(schema._schema, parsed, operation))


def areas_in(selection: str, kind: str) -> Iterable[str | None]:
    """The areas of the types of a selection on a type, by the table."""
    types = TypeInfo(schema._schema)
    areas: list[str | None] = [EXPECTED[kind].area]

    class Noted(Visitor):
        def enter_field(self, *_: object) -> None:
            own = get_named_type(types.get_type())
            if isinstance(own, GraphQLObjectType):
                areas.append(EXPECTED[own.name].area)

    document = parse(f'{{ node(id: "x") {{ ... on {kind} {{ {selection} }} }} }}')
    visit(document, TypeInfoVisitor(types, Noted()))
    return areas


def test_every_field_needs_the_scopes_that_the_table_says() -> None:
    for kind in NODES:
        for name, each in TYPES[kind].fields.items():
            selection = asked(name, each)
            document = f'{{ node(id: "x") {{ ... on {kind} {{ {selection} }} }} }}'
            assert needed(document) == reading(*areas_in(selection, kind)), (kind, name)


async def test_each_scope_alone_reads_its_area_and_no_other(world: World) -> None:
    rows = await rows_of(world)
    for scope in OF_PEOPLE:
        client = await world.acting("owner of all", [scope])
        area = scope.rpartition("_")[0]
        for kind in NODES:
            document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ __typename id }} }} }}"
            answer = await client.answer(document, id=rows.seen[kind][0])
            # A scope to write includes that to read.
            if EXPECTED[kind].area in (None, area) or not reading(EXPECTED[kind].area):
                assert answer == {"data": {"node": {"__typename": kind, "id": rows.seen[kind][0]}}}
            else:
                [error] = answer["errors"]
                assert (error["extensions"]["code"], "data" in answer) == ("FORBIDDEN", False), (scope, kind)
                assert f"{EXPECTED[kind].area}_READ (needed by `... on`)" in error["message"]


async def test_each_scope_alone_changes_its_area_and_no_other(world: World) -> None:
    for scope in OF_PEOPLE:
        client = await world.acting("owner of all", [scope])
        for mutation, move in [*MOVES, *MORE]:
            kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
            document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
            answer = await client.answer(document, input=filled(move, world.seen))
            needs = f"{area_of(mutation, move)}_WRITE"
            data = answer.get("data")
            if scope == needs:
                assert data is not None, (scope, mutation)
                assert "lacks scopes" not in str(answer), (scope, mutation)
            else:
                assert data == ({mutation: None} if mutation in OF_GOALS else None), (scope, mutation)
                [error] = answer["errors"]
                assert error["extensions"]["code"] == "FORBIDDEN"
                assert f"{needs} (needed by `{mutation}`)" in error["message"]


async def test_to_act_on_behalf_of_people_is_a_scope_to_nothing_by_itself(world: World) -> None:
    account, rows = await service_account(world.client, "ADMIN", [ApiKeyScope.ACT_AS]), await rows_of(world)
    for client in (account, acting_for(account, world.people["administrator"])):
        for kind in NODES:
            document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ __typename id }} }} }}"
            answer = await client.answer(document, id=rows.seen[kind][0])
            assert ("errors" in answer) == bool(reading(EXPECTED[kind].area)), kind
        for mutation, move in [*MOVES, *MORE]:
            kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
            document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
            answer = await client.answer(document, input=filled(move, world.seen))
            assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"], mutation
            assert answer.get("data") == ({mutation: None} if mutation in OF_GOALS else None), mutation
