"""What docs/numbers.md says in 8, 10, 18 and 21 of more than one object, through GraphQL."""

from typing import Any

from tests.docs.numbers_goals import at
from tests.docs.numbers_page import NULL, Row, executes, executes_whole, told
from tests.kit.client import Client
from tests.kit.kpis import goal, kpi, link, read, record, target

PLACES = ("first", "second")


@executes("latest")
async def test_the_latest_check_in(client: Client, row: Row) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="10")
    inputs: dict[str, Any] = {}
    for name, each in zip(PLACES, row.list("check-ins: day, value, confidence", "; "), strict=True):
        day, value, *confidence = each.split()
        said = {"keyResultId": key_result, "at": f"2026-{day}T00:00:00Z", "value": value}
        inputs[name] = said | ({"confidence": float(confidence[0])} if confidence else {})
    fields = " ".join(f"{name}: keyResultCheckIn(input: ${name}) {{ userErrors {{ code }} }}" for name in PLACES)
    await client.data(
        f"mutation($first: KeyResultCheckInInput!, $second: KeyResultCheckInInput!) {{ {fields} }}", **inputs
    )
    found = await goal(client, key_result, "current confidence")
    assert (found["current"], told(found["confidence"], row["confidence"])) == (row["current"], row["confidence"])


@executes("moved")
async def test_a_goal_that_was_moved(client: Client, row: Row) -> None:
    client.clock.now = at("2026-01-01")
    first = await client.cycle("2026-01-01", "2026-03-31", name="First")
    second = await client.cycle(row["cycle from"], "2026-06-30", name="Second")
    objective = await client.objective(first)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    day, before = row["check-in at"], row["check-in at"] < row["cycle from"]
    said = {"status": row["stated"], "confidence": 0.6, "at": f"{day}T00:00:00Z"}
    for move in (not before, before):
        if move:
            client.clock.now = at(row["cycle from"])
            await client.make("objectiveUpdate", id=objective, cycleId=second)
        else:
            client.clock.now = at(day)
            await client.check_in(key_result, row["value"], **said)
    client.clock.now = at(row["asked on"])
    found = await goal(client, key_result, "current progress confidence status nextCheckInDueAt")
    due = found.pop("nextCheckInDueAt")
    assert due == f"{row['nextCheckInDueAt']}T00:00:00Z"
    for name, value in found.items():
        assert (name, told(value, row[name])) == (name, row[name])


@executes("guardrails")
async def test_guardrails(client: Client, row: Row) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="1")
    await client.check_in(key_result, "1")
    made = {name: await kpi(client, name, externalId=name) for name in ("complaints", "orders")}
    guard = await kpi(client, "Guard", formula="complaints / orders", direction="LOWER")
    if row["target"]:
        await target(client, guard, row["target"])
    await link(client, key_result, guard)
    for day, column in (("2026-05-01", "complaints / orders in May"), ("2026-06-01", "in June")):
        for name, value in zip(made, row.list(column, " / "), strict=False):
            await record(client, made[name], {day: value})
    found = await goal(client, key_result, "status statusReason guardrailBreached")
    assert {name: told(value, row[name]) for name, value in found.items()} == {name: row[name] for name in found}


@executes_whole("longer")
async def test_formulas_over_longer_periods(client: Client, rows: list[Row]) -> None:
    months = {"2025-01-01": "January", "2025-02-01": "February", "2025-03-01": "March"}
    span = 'from: "2025-01-01", to: "2025-03-31"'
    for row in rows:
        name, formula = row["KPI"], row["formula"] or None
        made = await kpi(client, name, externalId=name, formula=formula, aggregation=row["aggregation"])
        if formula is None:
            await record(client, made, {day: row[month] for day, month in months.items()})
        fields = f"own: series({span}) {{ value }} longer: series({span}, bucket: QUARTERLY) {{ value }}"
        found = await read(client, made, fields)
        values = [each["value"] or NULL for each in (*found["own"], *found["longer"])]
        assert (name, values) == (name, [row[column] for column in (*months.values(), "Q1")])


@executes("effective")
async def test_a_change_that_holds_from_earlier_on(client: Client, row: Row) -> None:
    client.clock.now = at(row["last change"])
    facts = {"kind": "REACH", "target": "10", "lifecycle": "DRAFT"}
    key_result = await client.key_result(await client.objective(await client.cycle()), **facts)
    client.clock.now = at(row["activation sent at"])
    effective = {"effectiveAt": f"{row['effectiveAt']}T00:00:00Z"} if row["effectiveAt"] else {}
    payload = await client.change("keyResultUpdate", {"id": key_result, "lifecycle": "ACTIVE", **effective}, "")
    codes = [each["code"] for each in payload["userErrors"]]
    assert codes == ([] if row["answer"] == "accepted" else [row["answer"]])
    due = (await goal(client, key_result, "nextCheckInDueAt"))["nextCheckInDueAt"]
    assert (due or NULL) == (row["nextCheckInDueAt"] if codes else f"{row['nextCheckInDueAt']}T00:00:00Z")
