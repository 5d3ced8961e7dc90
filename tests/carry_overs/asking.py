"""Asks to carry objectives over."""

from typing import Any

from tests.kit.client import Client

DOCUMENT = """mutation($input: CycleCarryOverInput!) { cycleCarryOver(input: $input) {
    applied created abandoned unchanged refused
    results { index decision outcome title alignments objective { id } successor { id }
        keyResults { decision title baseline target keyResult { id } successor { id } } }
    userErrors { code field message parameters } } }"""


async def carried(client: Client, source: str, target: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The payload of a carry-over."""
    input = {"id": source, "toCycleId": target, "items": list(items), **more}
    return (await client.data(DOCUMENT, input=input))["cycleCarryOver"]


def item(objective: str, decision: str = "KEEP", **more: Any) -> dict[str, Any]:
    return {"objectiveId": objective, "decision": decision, **more}


async def successor(client: Client, source: str, target: str, *args: Any, **more: Any) -> str:
    """The id of the one successor that is created."""
    payload = await carried(client, source, target, item(*args, **more))
    assert payload["userErrors"] == []
    [result] = payload["results"]
    return result["successor"]["id"]


async def cycles(client: Client) -> tuple[str, str]:
    """The third quarter of 2026, which is ACTIVE, and the fourth, which is PLANNING."""
    third = await client.cycle("2026-07-01", "2026-09-30", name="Q3")
    return third, await client.cycle("2026-10-01", "2026-12-31", name="Q4")
