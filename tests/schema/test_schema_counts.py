"""Lists are counted up to ten thousand, and say so."""

import asyncpg
import pytest

from schema.relay.node import parsed
from tests.kit.client import Client, Statements
from tests.kit.multiplied import multiplied

COUNTED = "totalCount totalCountIsExact"


@pytest.mark.parametrize(("number", "expected"), [(9_999, (10_000, True)), (10_000, (10_000, False))])
async def test_counts_end_at_ten_thousand(
    client: Client, cleaner: asyncpg.Connection, statements: Statements, number: int, expected: tuple[int, bool]
) -> None:
    cycle, other = await client.cycle(), await client.cycle(name="Another")
    await client.objective(other)
    key = parsed(await client.objective(cycle))
    assert key is not None
    await multiplied(cleaner, "objectives", number, key[1])
    document = f"""query($id: ID!) {{
        objectives(first: 1, filter: {{cycleId: {{eq: $id}}}}) {{ {COUNTED} }}
        live: objectives(first: 1, filter: {{lifecycle: {{neq: DRAFT}}, cycleId: {{eq: $id}}}}) {{ {COUNTED} }}
        cycles {{ {COUNTED} nodes {{ name objectives(first: 1) {{ {COUNTED} }} }} }} }}"""
    count, is_exact = expected
    many = {"totalCount": count, "totalCountIsExact": is_exact}
    assert await client.data(document, id=cycle) == {
        "objectives": many,
        "live": many,
        "cycles": {
            **{"totalCount": 2, "totalCountIsExact": True},
            "nodes": [
                {"name": "2026", "objectives": many},
                {"name": "Another", "objectives": {"totalCount": 1, "totalCountIsExact": True}},
            ],
        },
    }
    # Both fields are answered by one statement.
    sent = "".join(await statements.of(client.data(document, id=cycle)))
    assert sent.count("AS counted") == 4
