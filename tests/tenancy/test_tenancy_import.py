"""An import refers by external ids, and never to what others have under them."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from schema.relay.node import parsed
from service.postgres.database import Database
from service.workspace.items import ITEM_TYPES
from tests.kit.client import Client, Clock
from tests.kit.estate import Estate, dump, tenant_tables
from tests.tenancy.regimes import WALLS, Sent, walls

IMPORT = """mutation($items: [WorkspaceItemInput!]!) { workspaceImport(input: {items: $items}) {
    applied created updated unchanged failed userErrors { code field message } } }"""
YEAR = {"name": "2026", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
NEW = {"externalId": "new", "title": "New"}
STAGES = {"objective": "root", "keyResult": "stages", "cycle": "part", "successor": "child"}
# An item of each kind and what it refers to, by the name that the estate has for it.
ITEMS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("person", {"externalId": "new", "name": "New"}, {}),
    ("pillar", {"externalId": "new", "name": "New"}, {}),
    ("serviceAccount", {"externalId": "new", "name": "New"}, {}),
    ("team", {"externalId": "new", "name": "New"}, {"parent": "team"}),
    ("membership", {}, {"team": "subteam", "person": "person"}),
    ("cycle", {"externalId": "new", **YEAR}, {"parent": "cycle"}),
    ("objective", NEW, {"cycle": "cycle", "owner": "person", "team": "team", "pillar": "pillar"}),
    ("participant", {}, {"objective": "child", "person": "person"}),
    ("keyResult", NEW, {"objective": "root", "owner": "person"}),
    ("milestone", NEW, {"keyResult": "stages"}),
    ("alignment", {}, {"objective": "leaf", "parent": "root"}),
    ("alignment", {}, {"objective": "child", "parentKeyResult": "number"}),
    ("checkIn", {"externalId": "new", "at": "2026-07-01T00:00:00Z", "note": "New"}, {"keyResult": "number"}),
    (
        "checkIn",
        {"externalId": "new 2", "at": "2026-07-01T00:00:00Z", "note": "New"},
        {"objective": "root", "author": "person", "recorder": "person", "serviceAccount": "account"},
    ),
    ("kpi", {"externalId": "new", "name": "New"}, {"parent": "whole", "owner": "person", "team": "team"}),
    ("participant", {}, {"kpi": "whole", "team": "team"}),
    ("participant", {}, {"initiative": "work", "person": "person"}),
    ("kpiTarget", {"externalId": "new", "startsOn": "2027-01-01", "value": "1"}, {"kpi": "kpi"}),
    ("measurement", {"on": "2026-04-01", "value": "1"}, {"kpi": "kpi"}),
    (
        "keyResult",
        {"externalId": "new 2", "title": "New", "kind": "REACH", "target": "1", "valueSource": "KPI"},
        {"objective": "root", "sourceKpi": "kpi"},
    ),
    ("kpiLink", {}, {"keyResult": "number", "kpi": "whole"}),
    *(
        ("link", {"externalId": f"new {name}", "title": "New", "url": "https://example.com"}, {name: what})
        for name, what in (("objective", "root"), ("keyResult", "number"), ("kpi", "kpi"), ("initiative", "work"))
    ),
    ("initiative", {"externalId": "new", "title": "New"}, {"owner": "person", "team": "team"}),
    (
        "initiativeCheckIn",
        {"externalId": "new", "at": "2026-07-01T00:00:00Z", "note": "New"},
        {"initiative": "work", "author": "person", "recorder": "person", "serviceAccount": "account"},
    ),
    ("initiativeKeyResult", {}, {"initiative": "work", "keyResult": "stages"}),
    ("carryOver", {"decision": "KEEP"}, {"objective": "leaf", "cycle": "part", "successor": "child"}),
    (
        "carryOver",
        {"decision": "KEEP", "successorKeyResult": "Own-carried"},
        {"objective": "root", "keyResult": "number", "cycle": "part", "successor": "child"},
    ),
    # Of another key result: one is decided about once for a cycle.
    (
        "carryOver",
        {"decision": "KEEP"} | {name: f"Own-{what}" for name, what in STAGES.items()},
        {"successorKeyResult": "carried 2"},
    ),
]


def item(kind: str, facts: dict[str, Any], references: dict[str, str], mark: str, **instead: str) -> dict[str, Any]:
    return {kind: facts | {name: f"{mark}-{what}" for name, what in references.items()} | instead}


async def furnished(client: Client, mark: str) -> Estate:
    """An estate with key results that others may be carried over into."""
    estate = await Estate(client, mark).furnish()
    for name in ("carried", "carried 2"):
        await estate.add(name, "keyResultCreate", objectiveId=estate.ids["child"], title=mark)
    return estate


async def imported(client: Client, *items: dict[str, Any]) -> dict[str, Any]:
    """The whole response."""
    return await client.answer(IMPORT, items=list(items))


def result(errors: list[dict[str, Any]], **counts: int) -> dict[str, Any]:
    """The whole response that is expected."""
    tally = {"created": 0, "updated": 0, "unchanged": 0, "failed": 0} | counts
    return {"data": {"workspaceImport": {"applied": not errors, **tally, "userErrors": errors}}}


def test_every_reference_of_an_item_has_a_case() -> None:
    cases = {(kind.lower(), name) for kind, _, references in ITEMS for name in references}
    kinds = {(kind, kind.__name__.removesuffix("Item").lower()) for kind in ITEM_TYPES}
    aliases = {kind: {name: kind.model_fields[name].alias or name for name in kind.REFERENCES} for kind, _ in kinds}
    assert cases == {(name, alias) for kind, name in kinds for alias in aliases[kind].values()}
    assert {kind.lower() for kind, _, _ in ITEMS} == {name for _, name in kinds}


async def test_an_external_id_of_others_does_not_exist(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database
) -> None:
    await furnished(stranger, "Own")
    theirs = await furnished(client, "Theirs")
    # Without an external id, a row is known by its own id.
    person = await client.make("personCreate", id=theirs.uuids["leaf"], name="Theirs")
    kpi = await client.make("kpiCreate", id=theirs.uuids["leaf"], name="Theirs")
    assert (parsed(person), parsed(kpi)) == tuple((kind, UUID(theirs.uuids["leaf"])) for kind in ("Person", "Kpi"))
    before = await dump(superuser)
    sent = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    wrong = [(kind, facts, references, name) for kind, facts, references in ITEMS for name in references]

    async def answer(foreign: Callable[[str], str]) -> dict[str, Any]:
        items = []
        for number, (kind, facts, references, name) in enumerate(wrong):
            fresh = {"externalId": f"new {number}"} if "externalId" in facts else {}
            items.append(item(kind, facts | fresh, references, "Own", **{name: foreign(references[name])}))
        return await imported(stranger, *items)

    for standing in WALLS.values():
        with walls(database, sent, **standing):
            by_key = await answer(lambda name: f"Theirs-{name}")
            by_id = await answer(lambda _: theirs.uuids["leaf"])
            nowhere = await answer(lambda _: "Nowhere")
        errors = nowhere["data"]["workspaceImport"]["userErrors"]
        fields = {("NOT_FOUND", ("input", "items", str(number), each[0], each[3])) for number, each in enumerate(wrong)}
        assert {(error["code"], tuple(error["field"])) for error in errors} == fields
        assert nowhere == result(errors, failed=len(wrong))
        assert json.loads(re.sub(r"Theirs-[\w ]+", "Nowhere", json.dumps(by_key))) == nowhere
        assert json.loads(json.dumps(by_id).replace(theirs.uuids["leaf"], "Nowhere")) == nowhere
    assert await dump(superuser) == before


@pytest.mark.parametrize("standing", WALLS.values(), ids=WALLS.keys())
async def test_an_import_by_the_external_ids_of_others_makes_ones_own(
    client: Client,
    stranger: Client,
    superuser: asyncpg.Connection,
    database: Database,
    clock: Clock,
    standing: dict[str, bool],
) -> None:
    await Estate(client, "Same").furnish()
    before = await dump(superuser, client.organization_id)
    sent = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    places = {"cycle": "Same-cycle", "owner": "Same-person", "team": "Same-team", "pillar": "Same-pillar"}
    items = [
        {"person": {"externalId": "Same-person", "name": "Own"}},
        {"team": {"externalId": "Same-team", "name": "Own"}},
        {"membership": {"team": "Same-team", "person": "Same-person"}},
        {"pillar": {"externalId": "Same-pillar", "name": "Own"}},
        {"cycle": {"externalId": "Same-cycle", **YEAR}},
        {"objective": {"externalId": "Same-root", "title": "Own", **places}},
        {"objective": {"externalId": "Same-child", "title": "Own", **places}},
        {"participant": {"objective": "Same-root", "person": "Same-person", "role": "CO_OWNER"}},
        {"keyResult": {"externalId": "Same-number", "title": "Own", "objective": "Same-root"}},
        {"alignment": {"objective": "Same-child", "parent": "Same-root"}},
        {"checkIn": {"externalId": "Same-note", "objective": "Same-root", "note": "Own", "at": "2026-07-01T00:00:00Z"}},
        {"kpi": {"externalId": "Same-kpi", "name": "Own"}},
        {"kpi": {"externalId": "Same-formula", "name": "Own", "formula": "[Same-kpi] + 1"}},
        {"kpiTarget": {"externalId": "Same-goal", "kpi": "Same-kpi", "startsOn": "2026-01-01", "value": "1"}},
        {"measurement": {"kpi": "Same-kpi", "on": "2026-02-01", "value": "9"}},
        {"participant": {"kpi": "Same-kpi", "team": "Same-team"}},
        {"kpiLink": {"keyResult": "Same-number", "kpi": "Same-kpi", "role": "GUARDRAIL"}},
    ]
    with walls(database, sent, **standing):
        assert await imported(stranger, *items) == result([], created=len(items))
        clock.advance(seconds=1)
        assert await imported(stranger, *items) == result([], unchanged=len(items))
    assert await dump(superuser, client.organization_id) == before
    assert sorted(sent.unguarded) == []


async def test_the_cases_are_refused_for_nothing_else(stranger: Client) -> None:
    await furnished(stranger, "Own")
    for kind, facts, references in ITEMS:
        answer = await imported(stranger, item(kind, facts, references, "Own"))
        assert (kind, answer) == (kind, result([], created=1))
