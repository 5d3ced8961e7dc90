"""Items of an import that cannot be: each is told by its place, and nothing is kept."""

from typing import Any

import pytest

from tests.bad_input.asking import BAD, Asker, codes_of

IMPORT = """mutation($input: WorkspaceImportInput!) { workspaceImport(input: $input) {
    applied failed results { index outcome } userErrors { code message field } } }"""
GOOD = {"pillar": {"externalId": "good", "name": "Good"}}
YEAR = {"externalId": "bad", "name": "Bad", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
KEY_RESULT = {"externalId": "bad", "title": "Bad", "objective": "Own-root"}
OBJECTIVE = {"externalId": "bad", "title": "Bad", "cycle": "Own-cycle"}
KPI = {"externalId": "bad", "name": "Bad"}
GOAL = {"externalId": "bad", "kpi": "Own-kpi", "startsOn": "2020-01-01", "endsOn": "2020-12-31", "value": "1"}
POINT: dict[str, Any] = {"kpi": "Own-kpi", "on": "2026-04-01", "value": "1"}
CHECK_IN = {"externalId": "bad", "keyResult": "Own-number", "at": "2026-07-01T00:00:00Z", "value": "1"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"pillar": {"externalId": "", "name": "Bad"}}, "externalId"),
    ({"pillar": {"externalId": "x" * 201, "name": "Bad"}}, "externalId"),
    ({"pillar": {"externalId": "bad", "name": ""}}, "name"),
    ({"pillar": {"externalId": "bad", "name": "x" * 201}}, "name"),
    ({"pillar": {"externalId": "bad", "name": "Bad", "description": "x" * 20_001}}, "description"),
    ({"cycle": YEAR | {"endsOn": "2025-12-31"}}, "endsOn"),
    ({"cycle": YEAR | {"parent": "bad"}}, "parent"),
    ({"objective": OBJECTIVE | {"cycle": "nowhere"}}, "cycle"),
    ({"objective": OBJECTIVE | {"title": " "}}, "title"),
    ({"keyResult": KEY_RESULT | {"weight": -1}}, "weight"),
    ({"keyResult": KEY_RESULT | {"weight": 1e308}}, "weight"),
    ({"keyResult": KEY_RESULT | {"lower": "2", "upper": "1"}}, "lower"),
    ({"keyResult": KEY_RESULT | {"kind": "INCREASE_BY", "changeBy": "-1"}}, "changeBy"),
    ({"milestone": {"externalId": "bad", "title": "Bad", "keyResult": "Own-stages", "weight": -1}}, "weight"),
    ({"alignment": {"objective": "Own-child"}}, "parent"),
    ({"alignment": {"objective": "Own-root", "parent": "Own-root"}}, "parent"),
    ({"alignment": {"objective": "Own-child", "parent": "Own-root", "weight": 1e308}}, "weight"),
    ({"checkIn": CHECK_IN | {"at": "1900-01-01T00:00:00Z"}}, "at"),
    ({"checkIn": CHECK_IN | {"at": "2200-01-01T00:00:00Z"}}, "at"),
    ({"checkIn": CHECK_IN | {"confidence": 1.1}}, "confidence"),
    ({"checkIn": CHECK_IN | {"confidence": -1e308}}, "confidence"),
    ({"checkIn": CHECK_IN | {"note": "x" * 20_001}}, "note"),
    ({"checkIn": {"externalId": "bad", "at": "2026-07-01T00:00:00Z", "note": "Of what?"}}, "keyResult"),
    ({"kpi": KPI | {"name": " "}}, "name"),
    ({"kpi": KPI | {"name": "x" * 201}}, "name"),
    ({"kpi": KPI | {"definition": "x" * 20_001}}, "definition"),
    ({"kpi": KPI | {"unit": "x" * 201}}, "unit"),
    ({"kpi": KPI | {"weight": -1}}, "weight"),
    ({"kpi": KPI | {"weight": 1e308}}, "weight"),
    ({"kpi": KPI | {"graceDays": 367}}, "graceDays"),
    ({"kpi": KPI | {"timeZone": "Nowhere"}}, "timeZone"),
    ({"kpi": KPI | {"scale": ["good"]}}, "scale"),
    ({"kpi": KPI | {"formula": "1 +"}}, "formula"),
    ({"kpi": KPI | {"formula": "[nowhere]"}}, "formula"),
    ({"kpi": KPI | {"parent": "nowhere"}}, "parent"),
    ({"kpi": KPI | {"parent": "bad"}}, "parent"),
    ({"kpiTarget": GOAL | {"kpi": "nowhere"}}, "kpi"),
    ({"kpiTarget": GOAL | {"endsOn": "2019-12-31"}}, "endsOn"),
    ({"kpiTarget": GOAL | {"endsOn": None, "startsOn": "2027-06-01"}}, "startsOn"),
    ({"kpiTarget": GOAL | {"value": None}}, "value"),
    ({"kpiTarget": GOAL | {"value": "-1"}}, "thresholdKind"),
    ({"kpiTarget": GOAL | {"green": "0.5"}}, "green"),
    ({"measurement": POINT | {"kpi": "nowhere"}}, "kpi"),
    ({"measurement": POINT | {"kpi": "Own-formula"}}, "kpi"),
    ({"measurement": POINT | {"on": "2026-08-01"}}, "on"),
    ({"measurement": POINT | {"source": "x" * 201}}, "source"),
    ({"measurement": POINT | {"reason": "x" * 2_001}}, "reason"),
    ({"participant": {"kpi": "Own-kpi", "person": "nowhere"}}, "person"),
    ({"participant": {"team": "Own-team"}}, "objective"),
    ({"kpiLink": {"keyResult": "Own-number", "kpi": "nowhere"}}, "kpi"),
    ({"kpiLink": {"keyResult": "nowhere", "kpi": "Own-kpi"}}, "keyResult"),
    ({"keyResult": KEY_RESULT | {"kind": "REACH", "target": "1", "valueSource": "KPI"}}, "sourceKpi"),
]
UNREADABLE: list[Any] = [
    *(
        {},
        None,
        1,
        "x",
        [],
        {"nope": {}},
        {"pillar": None},
        {"pillar": {}},
        {"pillar": {"name": "x"}},
        {**GOOD, "team": None},
    ),
    *({"pillar": {"externalId": 1, "name": "x"}}, {"pillar": {"externalId": "x", "name": "x", "nope": 1}}),
    *(
        {"checkIn": CHECK_IN | {"value": "NaN"}},
        {"checkIn": CHECK_IN | {"at": "2026-07-01T00:00:00"}},
        {"cycle": YEAR | {"endsOn": "2026-02-29"}},
    ),
    *(
        {"keyResult": KEY_RESULT | {"weight": "1"}},
        {"keyResult": KEY_RESULT | {"target": "1e24"}},
        {"keyResult": KEY_RESULT | {"kind": "X"}},
    ),
    *({"measurement": POINT | {"value": value}} for value in ("NaN", "1e24", "", None, True)),
    *({"measurement": POINT | {"on": on}} for on in ("2026-02-29", "2026-04-01T00:00:00Z", "", None)),
    {"participant": {"kpi": "Own-kpi", "person": "Own-person", "role": "WATCHER"}},
    *({"kpiTarget": GOAL | {"startsOn": "1899-12-31"}}, {"kpi": KPI | {"frequency": "HOURLY"}}),
    *({"kpi": KPI | {"graceDays": 2**31}}, {"kpi": KPI | {"scale": [1]}}, {"kpi": KPI | {"name": "x\0"}}),
    *({"pillar": {"externalId": "a\0", "name": "x"}}, {"pillar": {"externalId": "a", "name": "x\0"}}),
]


async def imported(asker: Asker, *items: Any) -> Any:
    response = await asker.post(IMPORT, {"input": {"items": items}})
    return list(dict.fromkeys(codes_of(response))) or response.json()["data"]["workspaceImport"]


@pytest.mark.parametrize(("item", "field"), REFUSED, ids=lambda value: str(value)[:60])
async def test_an_item_that_is_refused(asker: Asker, item: Any, field: str) -> None:
    async with asker.unchanged():
        answer = await imported(asker, GOOD, item)
        [error] = answer["userErrors"]
        [kind] = item
        assert error["field"] == ["input", "items", "1", kind, field]
        outcomes = [{"index": 0, "outcome": "CREATED"}, {"index": 1, "outcome": "FAILED"}]
        assert answer == {"applied": False, "failed": 1, "results": outcomes, "userErrors": [error]}


@pytest.mark.parametrize("item", UNREADABLE, ids=lambda value: ascii(value)[:60])
async def test_an_item_that_cannot_be_read(asker: Asker, item: Any) -> None:
    async with asker.unchanged():
        assert await imported(asker, GOOD, item) == BAD


async def test_items_in_each_other_and_twice(asker: Asker) -> None:
    team = {"externalId": "a", "name": "A", "parent": "b"}
    items = [{"team": team}, {"team": team | {"externalId": "b", "parent": "a"}}, GOOD, GOOD]
    async with asker.unchanged():
        answer = await imported(asker, *items)
        codes = {(error["field"][2], error["code"]) for error in answer["userErrors"]}
        assert codes == {("0", "ITEM_LOOP"), ("1", "ITEM_LOOP"), ("3", "EXTERNAL_ID_DUPLICATE")}


async def test_edges_in_a_ring(asker: Asker) -> None:
    async with asker.unchanged():
        answer = await imported(asker, {"alignment": {"objective": "Own-root", "parent": "Own-child"}})
        assert [error["code"] for error in answer["userErrors"]] == ["ALIGNMENT_LOOP"]


async def test_nothing_at_all(asker: Asker) -> None:
    async with asker.unchanged():
        assert await imported(asker) == {"applied": True, "failed": 0, "results": [], "userErrors": []}
