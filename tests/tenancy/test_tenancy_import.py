"""An import refers by external ids, and never to what others have under them."""

from typing import Any

import asyncpg
import pytest

from service.database import Database
from service.workspace.items import KINDS
from tests.client import Client
from tests.tenancy.estate import Estate, dump, tenant_tables
from tests.tenancy.regimes import WALLS, Sent, walls

IMPORT = """mutation($items: [WorkspaceItemInput!]!) { workspaceImport(input: {items: $items}) {
    kept created updated unchanged failed userErrors { code field message } } }"""
YEAR = {"name": "2026", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
NEW = {"externalId": "new", "title": "New"}
# An item of each kind and what it refers to, by the name that the estate has for it.
ITEMS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("person", {"externalId": "new", "name": "New"}, {}),
    ("pillar", {"externalId": "new", "name": "New"}, {}),
    ("team", {"externalId": "new", "name": "New"}, {"parent": "team"}),
    ("membership", {}, {"team": "subteam", "person": "person"}),
    ("cycle", {"externalId": "new", **YEAR}, {"parent": "cycle"}),
    ("objective", NEW, {"cycle": "cycle", "owner": "person", "team": "team", "pillar": "pillar"}),
    ("keyResult", NEW, {"objective": "root", "owner": "person"}),
    ("milestone", NEW, {"keyResult": "stages"}),
    ("alignment", {}, {"objective": "child", "parent": "root"}),
    ("alignment", {}, {"objective": "child", "parentKeyResult": "number"}),
    ("checkIn", {"externalId": "new", "at": "2026-07-01T00:00:00Z", "note": "New"}, {"keyResult": "number"}),
    (
        "checkIn",
        {"externalId": "new 2", "at": "2026-07-01T00:00:00Z", "note": "New"},
        {"objective": "root", "author": "person"},
    ),
]


def item(kind: str, facts: dict[str, Any], references: dict[str, str], mark: str, **instead: str) -> dict[str, Any]:
    return {kind: facts | {name: f"{mark}-{what}" for name, what in references.items()} | instead}


async def imported(client: Client, *items: dict[str, Any]) -> dict[str, Any]:
    """The whole response."""
    return await client.answer(IMPORT, items=list(items))


def result(errors: list[dict[str, Any]], **counts: int) -> dict[str, Any]:
    """The whole response that is expected."""
    tally = {"created": 0, "updated": 0, "unchanged": 0, "failed": 0} | counts
    return {"data": {"workspaceImport": {"kept": not errors, **tally, "userErrors": errors}}}


def test_every_reference_of_an_item_has_a_case() -> None:
    cases = {(kind.lower(), name) for kind, _, references in ITEMS for name in references}
    kinds = {(kind, kind.__name__.removesuffix("Item").lower()) for kind in KINDS}
    aliases = {kind: {name: kind.model_fields[name].alias or name for name in kind.REFERENCES} for kind, _ in kinds}
    assert cases == {(name, alias) for kind, name in kinds for alias in aliases[kind].values()}
    assert {kind.lower() for kind, _, _ in ITEMS} == {name for _, name in kinds}


@pytest.mark.parametrize("standing", WALLS.values(), ids=WALLS.keys())
async def test_an_external_id_of_others_does_not_exist(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database, standing: dict[str, bool]
) -> None:
    await Estate(stranger, "Own").furnish()
    theirs = await Estate(client, "Theirs").furnish()
    # Without an external id, a row is known by its own id.
    person = await client.make("personCreate", id=theirs.uuids["leaf"], name="Theirs")
    assert person
    before = await dump(superuser)
    sent = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    wrong = {}
    with walls(database, sent, **standing):
        for kind, facts, references in ITEMS:
            for name, what in references.items():
                for foreign in (f"Theirs-{what}", theirs.uuids["leaf"]):
                    answer = await imported(stranger, item(kind, facts, references, "Own", **{name: foreign}))
                    nowhere = "0" * len(foreign)
                    expected = await imported(stranger, item(kind, facts, references, "Own", **{name: nowhere}))
                    field = ["input", "items", "0", name]
                    errors = (answer.get("data") or {}).get("workspaceImport", {}).get("userErrors", [{}])
                    if (
                        [(each.get("code"), each.get("field")) for each in errors] != [("NOT_FOUND", field)]
                        or str(answer).replace(foreign, nowhere) != str(expected)
                        or answer != result(errors, failed=1)
                    ):
                        wrong[f"{kind}.{name} {foreign}"] = answer
    assert wrong == {}
    assert await dump(superuser) == before


@pytest.mark.parametrize("standing", WALLS.values(), ids=WALLS.keys())
async def test_an_import_by_the_external_ids_of_others_makes_ones_own(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database, standing: dict[str, bool]
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
        {"keyResult": {"externalId": "Same-number", "title": "Own", "objective": "Same-root"}},
        {"alignment": {"objective": "Same-child", "parent": "Same-root"}},
        {"checkIn": {"externalId": "Same-note", "objective": "Same-root", "note": "Own", "at": "2026-07-01T00:00:00Z"}},
    ]
    with walls(database, sent, **standing):
        assert await imported(stranger, *items) == result([], created=len(items))
        assert await imported(stranger, *items) == result([], unchanged=len(items))
    assert await dump(superuser, client.organization_id) == before
    assert sorted(sent.unguarded) == []


async def test_the_cases_are_refused_for_nothing_else(stranger: Client) -> None:
    await Estate(stranger, "Own").furnish()
    for kind, facts, references in ITEMS:
        answer = await imported(stranger, item(kind, facts, references, "Own"))
        count = "updated" if "parent" in references and kind == "alignment" else "created"
        assert answer in (result([], created=1), result([], unchanged=1)), (kind, count)
