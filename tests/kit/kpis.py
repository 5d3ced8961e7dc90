"""What tests of KPIs do over and over."""

from collections.abc import Mapping
from typing import Any

from service.reading.reader import Reader
from service.rollup.doctor import examine
from tests.kit.client import Client

STANDING = "current previous change attainment status statusReason freshness"


async def kpi(client: Client, name: str = "Net promoter score", **facts: Any) -> str:
    """The id of a new KPI."""
    return await client.make("kpiCreate", name=name, **facts)


async def target(client: Client, kpi_id: str, value: str | None = None, **facts: Any) -> str:
    """The id of a new target, from 2025 on unless said otherwise."""
    return await client.make("kpiTargetCreate", kpiId=kpi_id, value=value, **{"startsOn": "2025-01-01", **facts})


async def record(client: Client, kpi_id: str, values: Mapping[str, str | None], **more: Any) -> dict[str, Any]:
    """The payload of recording values by day."""
    points = [{"kpiId": kpi_id, "on": day, "value": value} for day, value in values.items()]
    return await recorded(client, points, **more)


async def recorded(client: Client, points: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The payload of recording points."""
    selection = "changed failed results { index outcome startsOn userErrors { code field } }"
    return await client.change("kpiMeasurementsRecord", {"measurements": points, **more}, selection)


async def read(client: Client, kpi_id: str, selection: str = STANDING) -> dict[str, Any]:
    """A KPI as it is now."""
    data = await client.data(f"query($id: ID!) {{ kpi(id: $id) {{ {selection} }} }}", id=kpi_id)
    return data["kpi"]


async def goal(client: Client, key_result: str, selection: str) -> dict[str, Any]:
    """A key result as it is now."""
    data = await client.data(f"query($id: ID!) {{ keyResult(id: $id) {{ {selection} }} }}", id=key_result)
    return data["keyResult"]


async def deleted(client: Client, points: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The payload of deleting points."""
    selection = "changed failed results { index outcome startsOn userErrors { code field } }"
    return await client.change("kpiMeasurementsDelete", {"measurements": points, **more}, selection)


async def link(client: Client, key_result: str, kpi_id: str, role: str = "GUARDRAIL") -> str:
    """The id of a link between a key result and a KPI."""
    given = {"keyResultId": key_result, "kpiId": kpi_id, "role": role}
    payload = await client.change("keyResultLinkKpi", given, "kpiLink { id }")
    assert payload["userErrors"] == []
    return payload["kpiLink"]["id"]


async def refusal(client: Client, mutation: str, **input: Any) -> tuple[str, list[str] | None, str]:
    """Code, field and message of the one user error that a mutation comes to."""
    [error] = (await client.change(mutation, input, ""))["userErrors"]
    return error["code"], error["field"], error["message"]


async def findings(client: Client) -> list[Any]:
    """What doctor finds to be different from what the facts say."""
    reader = Reader(client.database, client.organization_id)
    try:
        return [finding async for finding in examine(reader)]
    finally:
        await reader.close()


async def values(client: Client, kpi_id: str, first: str = "2026-01-01", last: str = "2026-06-30") -> list[Any]:
    """The values of a series, or why there are none."""
    found = await read(client, kpi_id, f'series(from: "{first}", to: "{last}") {{ value nullReason }}')
    return [point["value"] or point["nullReason"] for point in found["series"]]
