"""`@skip` and `@include` with null: both executors say the same, wherever rows are read beforehand."""

import pytest

from tests.door.conftest import Door


@pytest.mark.parametrize(
    "document",
    [
        "query($x: Boolean = true) { objectives { nodes { id title @skip(if: $x) } } }",
        'query($x: Boolean = true) { objective(externalId: "a") { owner { name @include(if: $x) } } }',
        'query($x: Boolean = true) { objective(externalId: "a") { id keyResults { title @include(if: $x) } } }',
    ],
)
@pytest.mark.parametrize("rows", [False, True])
async def test_conditions_that_are_null(door: Door, document: str, rows: bool) -> None:
    """What is read beforehand does not fail where nothing is there, and fails where graphql-core says it does."""
    ours, theirs = await door(executor="breadth-first"), await door(executor="graphql-core")
    cycle = await ours.cycle()
    if rows:
        await ours.key_result(await ours.objective(cycle, "a", externalId="a"))
    assert await ours.answer(document, x=None) == await theirs.answer(document, x=None)
