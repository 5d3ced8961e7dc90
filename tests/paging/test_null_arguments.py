"""A variable that is null where an argument must not be fails its own field, also after a request that was fine."""

from tests.kit.client import Client

DOCUMENT = """query($archived: Boolean) { objectives(first: 5) { nodes {
    title children(first: 5, includeArchived: $archived) { totalCount } } } }"""


async def test_the_list_stays(client: Client) -> None:
    await client.objective(await client.cycle(), "Alone")
    fine = {"data": {"objectives": {"nodes": [{"title": "Alone", "children": {"totalCount": 0}}]}}}
    assert await client.answer(DOCUMENT, archived=False) == fine
    answer = await client.answer(DOCUMENT, archived=None)
    assert answer["data"] == {"objectives": {"nodes": [{"title": "Alone", "children": None}]}}
    assert [each["path"] for each in answer["errors"]] == [["objectives", "nodes", 0, "children"]]
    assert await client.answer(DOCUMENT, archived=False) == fine
