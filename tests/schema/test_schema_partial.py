"""An error stays in its field: what takes arguments is nullable, so that other fields keep their data."""

from graphql import GraphQLObjectType, is_non_null_type

from schema.root import schema
from tests.kit.client import Client


def test_every_field_with_arguments_is_nullable() -> None:
    kinds = [kind for name, kind in schema._schema.type_map.items() if not name.startswith("__")]
    fields = [
        f"{kind.name}.{name}"
        for kind in kinds
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if field.args and is_non_null_type(field.type)
    ]
    assert fields == []


async def test_a_bad_argument_empties_its_own_field_only(client: Client) -> None:
    objective = await client.objective(await client.cycle(), "Kept")
    document = """query($id: ID!) {
        roots: objectives(after: "bad") { totalCount }
        objective(id: $id) { title keyResults { id } children(after: "bad") { totalCount } }
        nodes(ids: [$id]) { id }
        viewer { organization { name } } }"""
    answer = await client.answer(document, id=objective)
    assert answer["data"] == {
        "roots": None,
        "objective": {"title": "Kept", "keyResults": [], "children": None},
        "nodes": [{"id": objective}],
        "viewer": {"organization": {"name": answer["data"]["viewer"]["organization"]["name"]}},
    }
    assert sorted((error["path"], error["extensions"]["code"]) for error in answer["errors"]) == [
        (["objective", "children"], "BAD_USER_INPUT"),
        (["roots"], "BAD_USER_INPUT"),
    ]


async def test_the_viewer_has_an_id_of_its_own_that_stays(client: Client) -> None:
    document = "{ viewer { id person { id } } }"
    viewer = (await client.data(document))["viewer"]
    assert viewer == (await client.data(document))["viewer"]
    assert viewer["id"] != viewer["person"]["id"]
