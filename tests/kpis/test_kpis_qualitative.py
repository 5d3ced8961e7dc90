"""Qualitative KPIs: labels from worst to best, which have an order and no distances."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import kpi, read, record, refusal, target

SCALE = ["bad", "poor", "fair", "good", "great"]


async def mood(client: Client, name: str = "Mood", **facts: Any) -> str:
    return await kpi(client, name, valueType="QUALITATIVE", scale=SCALE, **facts)


async def test_a_label_is_judged_by_that_of_the_target(client: Client) -> None:
    id = await mood(client)
    await target(client, id, "4")
    judged = "target status statusReason attainment varianceToTarget"
    shown = f"currentLabel targetLabel {judged} trend changePerPeriod changeRatio"
    nothing = {"attainment": None, "trend": None, "changePerPeriod": None, "changeRatio": None}
    for value, status, variance_to_target in (
        ("5", "GREEN", "1"),
        ("4", "GREEN", "0"),
        ("3", "AMBER", "-1"),
        ("2", "RED", "-2"),
    ):
        await record(client, id, {"2026-04-01": "1", "2026-05-01": "2", "2026-06-01": value})
        assert await read(client, id, shown) == {
            **{"currentLabel": SCALE[int(value) - 1], "targetLabel": "good", "target": "4", **nothing},
            **{"status": status, "statusReason": "TARGET_LABEL", "varianceToTarget": variance_to_target},
        }
    forecast = await read(client, id, 'forecast(at: "2026-12-31") { value reason requiredPerPeriod target }')
    assert forecast["forecast"] == {
        **{"value": None, "reason": "QUALITATIVE", "requiredPerPeriod": None, "target": "4"}
    }
    board = (await client.data("{ kpiScorecard { total red score coverage } }"))["kpiScorecard"]
    assert board == {"total": 1, "red": 1, "score": None, "coverage": 0}


@pytest.mark.parametrize(
    ("function", "value", "status"), [("LAST", "3", "AMBER"), ("MIN", "2", "RED"), ("MAX", "5", "GREEN")]
)
async def test_over_longer_periods_there_is_a_last_a_worst_and_a_best(
    client: Client, function: str, value: str, status: str
) -> None:
    id = await mood(client, aggregation=function)
    await target(client, id, "4")
    await record(client, id, {"2026-04-01": "5", "2026-05-01": "2", "2026-06-01": "3"})
    series = 'series(from: "2026-04-01", to: "2026-06-30", bucket: QUARTERLY) { value status attainment isComplete }'
    assert (await read(client, id, series))["series"] == [
        {"value": value, "status": status, "attainment": None, "isComplete": True}
    ]


async def test_what_needs_numbers_is_refused(client: Client) -> None:
    id = await mood(client, externalId="mood")
    for facts, code, field in (
        ({"aggregation": "SUM"}, "AGGREGATION_NOT_ALLOWED", "aggregation"),
        ({"aggregation": "AVERAGE"}, "AGGREGATION_NOT_ALLOWED", "aggregation"),
        ({"aggregation": "COUNT"}, "AGGREGATION_NOT_ALLOWED", "aggregation"),
        ({"direction": "LOWER"}, "DIRECTION_NOT_ALLOWED", "direction"),
        ({"source": "CHILDREN_MEAN"}, "KPI_SOURCE_NOT_ALLOWED", "source"),
    ):
        assert await client.refused("kpiUpdate", id=id, **facts) == (code, ["input", field])
    code, path, message = await refusal(client, "kpiCreate", name="Twice", formula="mood * 2")
    assert (code, path) == ("INPUT_QUALITATIVE", ["input", "formula"])
    assert message.startswith("Mood is qualitative")
    parent = await kpi(client, "Parent", source="CHILDREN_MEAN")
    assert await client.refused("kpiUpdate", id=id, parentId=parent) == ("INPUT_QUALITATIVE", ["input", "parentId"])
    for value in ("0", "6", "1.5"):
        refused = await client.refused("kpiTargetCreate", kpiId=id, startsOn="2026-01-01", value=value)
        assert refused == ("TARGET_OFF_SCALE", ["input", "value"])
    ratio = {"kpiId": id, "startsOn": "2026-01-01", "value": "3", "green": "1"}
    assert await client.refused("kpiTargetCreate", **ratio) == ("THRESHOLDS_NOT_ALLOWED", ["input", "thresholdKind"])
    document = "query($id: ID!) { kpi(id: $id) { series(bucket: YEARLY, aggregation: AVERAGE) { value } } }"
    [error] = (await client.answer(document, id=id))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "Mood is qualitative" in error["message"]
    assert await read(client, id, "aggregation direction source status") == {
        **{"aggregation": "LAST", "direction": "HIGHER", "source": "MEASURED", "status": "NO_DATA"}
    }
