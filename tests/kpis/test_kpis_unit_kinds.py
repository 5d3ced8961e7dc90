"""The kind of unit, the currency and the shown decimals of key results and KPIs."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused, unchanged

EURO = {"unitKind": "CURRENCY", "currency": "EUR", "displayDecimals": 2}
NOTHING = {"unitKind": None, "currency": None, "displayDecimals": None}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"unitKind": "CURRENCY"}, "CURRENCY_MISMATCH", "currency"),
    ({"currency": "EUR"}, "CURRENCY_MISMATCH", "currency"),
    ({"unitKind": "PERCENT", "currency": "EUR"}, "CURRENCY_MISMATCH", "currency"),
    ({"unitKind": "CURRENCY", "currency": "eur"}, "CURRENCY_UNKNOWN", "currency"),
    ({"unitKind": "CURRENCY", "currency": "XXX"}, "CURRENCY_UNKNOWN", "currency"),
    ({"unitKind": "CURRENCY", "currency": "EUROS"}, "CURRENCY_UNKNOWN", "currency"),
    ({"displayDecimals": -1}, "DECIMALS_OUT_OF_RANGE", "displayDecimals"),
    ({"displayDecimals": 13}, "DECIMALS_OUT_OF_RANGE", "displayDecimals"),
]
QUERY = """query($kpis: KpiFilter, $keyResults: KeyResultFilter) {
  kpis(filter: $kpis) { totalCount nodes { name } } keyResults(filter: $keyResults) { totalCount nodes { title } } }"""


async def make(client: Client, what: str, **facts: Any) -> dict[str, Any]:
    """A key result or a KPI, in full."""
    if what == "kpi":
        return await changed(client, "kpiCreate", name="Sales", **facts)
    objective = await client.objective(await client.cycle())
    return await changed(
        client, "keyResultCreate", objectiveId=objective, title="Sales", kind="REACH", target="10", **facts
    )


def unit(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in NOTHING}


@pytest.mark.parametrize("what", ["kpi", "keyResult"])
async def test_a_unit_kind_is_set_changed_and_removed(client: Client, what: str) -> None:
    made = await make(client, what, unit="thousands", **EURO)
    id, update = made["id"], f"{what}Update"
    assert unit(made) == EURO
    assert made["unit"] == "thousands"
    await unchanged(client, update, id=id, **EURO)
    percent = {"unitKind": "PERCENT", "currency": None, "displayDecimals": 0}
    assert unit(await changed(client, update, id=id, **percent)) == percent
    assert unit(await changed(client, update, id=id, currency="JPY", unitKind="CURRENCY")) == {
        **percent,
        "unitKind": "CURRENCY",
        "currency": "JPY",
    }
    assert unit(await changed(client, update, id=id, **NOTHING)) == NOTHING
    document = "query($ids: [ID!]!) { events(filter: {subjectId: {in: $ids}}) { nodes { verb changes } } }"
    events = (await client.data(document, ids=[id]))["events"]["nodes"]
    assert {"verb": "UPDATED", "changes": {
        "unitKind": {"before": "CURRENCY", "after": None},
        "currency": {"before": "JPY", "after": None},
        "displayDecimals": {"before": 0, "after": None},
    }} in events  # fmt: skip


@pytest.mark.parametrize("what", ["kpi", "keyResult"])
async def test_wrong_units_are_refused_when_made_and_changed(client: Client, what: str) -> None:
    made = await make(client, what)
    facts = {"name": "New"} if what == "kpi" else {"title": "New", "objectiveId": made["objective"]["id"]}
    for wrong, code, field in WRONG:
        message = await refused(client, f"{what}Create", code, field, **facts, **wrong)
        assert await refused(client, f"{what}Update", code, field, id=made["id"], **wrong) == message
    for wrong in ({"displayDecimals": 1.5}, {"unitKind": "MONEY"}, {"unitKind": "CURRENCY", "currency": 978}):
        assert await errors(client, f"{what}Create", **facts, **wrong) == ["BAD_USER_INPUT"]


async def test_a_currency_is_held_against_the_kind_that_is_there(client: Client) -> None:
    for what in ("kpi", "keyResult"):
        id = (await make(client, what, **EURO))["id"]
        for change in ({"unitKind": "NUMBER"}, {"currency": None}, {"unitKind": None}):
            await refused(client, f"{what}Update", "CURRENCY_MISMATCH", "currency", id=id, **change)
        assert (await changed(client, f"{what}Update", id=id, currency="USD"))["currency"] == "USD"


async def test_lists_are_filtered_by_kind_and_currency(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    units: dict[str, dict[str, Any]] = {
        "a": EURO,
        "b": {**EURO, "currency": "USD"},
        "c": {"unitKind": "PERCENT"},
        "d": {},
    }
    for name, facts in units.items():
        await client.make("kpiCreate", name=name, **facts)
        await client.make("keyResultCreate", objectiveId=objective, title=name, kind="BINARY", **facts)
    for condition, names in (
        ({"unitKind": {"eq": "CURRENCY"}}, "ab"),
        ({"unitKind": {"in": ["PERCENT"]}}, "c"),
        ({"unitKind": {"isNull": True}}, "d"),
        ({"unitKind": {"neq": "PERCENT"}}, "abd"),
        ({"currency": {"eq": "EUR"}}, "a"),
        ({"currency": {"isNull": False}}, "ab"),
        ({"currency": {"eq": "EUR"}, "unitKind": {"eq": "PERCENT"}}, ""),
    ):
        found = await client.data(QUERY, kpis=condition, keyResults=condition)
        assert found == {
            "kpis": {"totalCount": len(names), "nodes": [{"name": name} for name in names]},
            "keyResults": {"totalCount": len(names), "nodes": [{"title": name} for name in names]},
        }
