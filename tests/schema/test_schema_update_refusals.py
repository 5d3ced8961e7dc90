"""Every update that is refused says why, shows the object as it is, and changes nothing."""

from typing import Any
from uuid import UUID

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused
from tests.kit.roles import furnished
from tests.schema.test_schema_creates import LONG
from tests.schema.test_schema_updates import UPDATES, is_reference, prepared

TEXTS = {"title": 500, "name": 200, "description": LONG, "unit": 50, "email": 320, "externalId": 200}
WITH_KEYS = [name for name, (_, values, _) in UPDATES.items() if "externalId" in values]


@pytest.mark.parametrize("mutation", UPDATES)
async def test_refusals(client: Client, mutation: str) -> None:
    object, values = await prepared(client, mutation)
    id = object["id"]
    for version in (0, 2, -1):
        wanted = {**values, "expectedVersion": version}
        message = await refused(client, mutation, "CONFLICT", "expectedVersion", id=id, **wanted)
        assert f"has version 1 now, and you sent `expectedVersion` {version}." in message
        await refused(client, mutation, "CONFLICT", "expectedVersion", id=id, expectedVersion=version)
    for unknown in (str(UUID(int=1)), "nonsense", ""):
        await refused(client, mutation, "NOT_FOUND", "id", id=unknown, **values)
    for name in values.keys() & TEXTS.keys():
        await refused(client, mutation, "TOO_LONG", name, id=id, **{name: "x" * (TEXTS[name] + 1)})
    for name in values.keys() & {"title", "name"}:
        await refused(client, mutation, "BLANK", name, id=id, **{**values, name: " \n"})
    for name in filter(is_reference, values):
        for unknown in (str(UUID(int=1)), "nonsense", ""):
            await refused(client, mutation, "NOT_FOUND", name, id=id, **{**values, name: unknown})
    for name in values.keys() - UPDATES[mutation][2]:
        assert await errors(client, mutation, id=id, **{**values, name: None}) == ["BAD_USER_INPUT"]
    assert (await changed(client, mutation, id=id, expectedVersion=1, **values))["version"] == 2
    await refused(client, mutation, "CONFLICT", "expectedVersion", id=id, expectedVersion=1, **values)


def another(mutation: str, object: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """How to make a second object beside this one."""
    span = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    needed: dict[str, Any] = {
        "objectiveUpdate": {"title": "x", "cycleId": object.get("cycle", {}).get("id")},
        "keyResultUpdate": {"title": "x", "objectiveId": object.get("objective", {}).get("id")},
        "milestoneUpdate": {"title": "x", "keyResultId": object.get("keyResult", {}).get("id")},
        "cycleUpdate": {"name": "x", **span},
    }
    return mutation.replace("Update", "Create"), needed.get(mutation, {"name": "x"})


async def test_an_external_id_is_free_once_nobody_has_it(client: Client) -> None:
    ids = await furnished(client)
    for mutation in WITH_KEYS:
        object = await changed(client, mutation, id=ids[UPDATES[mutation][0]], externalId="E-1")
        create, input = another(mutation, object)
        second = await client.make(create, **input)
        await refused(client, mutation, "TAKEN", "externalId", id=second, externalId="E-1")
        await changed(client, mutation, id=object["id"], externalId=None)
        assert (await changed(client, mutation, id=second, externalId="E-1"))["externalId"] == "E-1"


async def test_an_external_id_is_not_emptied_by_an_empty_text(client: Client) -> None:
    ids = await furnished(client)
    for mutation in WITH_KEYS:
        await refused(client, mutation, "BLANK", "externalId", id=ids[UPDATES[mutation][0]], externalId="")


async def test_a_reason_has_2000_characters_at_most(client: Client) -> None:
    ids = await furnished(client)
    for mutation, (place, values, _) in UPDATES.items():
        wanted = {"id": ids[place], **{name: value for name, value in values.items() if not is_reference(name)}}
        await refused(client, mutation, "TOO_LONG", "reason", **wanted, reason="ü" * 2001)
        await changed(client, mutation, **wanted, reason="ü" * 2000)
    kinds = {mutation.removesuffix("Update"): place for mutation, (place, _, _) in UPDATES.items()}
    away = {f"{kind}Archive": place for kind, place in kinds.items()}
    away["objectiveUnalign"] = away.pop("alignmentArchive")
    for mutation, place in away.items():
        await refused(client, mutation, "TOO_LONG", "reason", id=ids[place], reason="ü" * 2001)


HISTORIC = ("objectiveUpdate", "keyResultUpdate", "milestoneUpdate", "alignmentUpdate", "cycleUpdate")


async def test_a_change_holds_from_its_last_change_at_the_earliest_and_now_at_the_latest(client: Client) -> None:
    ids = await furnished(client)
    client.clock.advance(days=1)
    for mutation in HISTORIC:
        place, values, _ = UPDATES[mutation]
        wanted = {name: value for name, value in values.items() if not is_reference(name)}
        for at in ("2026-07-02T11:59:59.999999Z", "2026-07-03T12:00:00.000001Z"):
            code = "EFFECTIVE_AT_OUT_OF_RANGE"
            await refused(client, mutation, code, "effectiveAt", id=ids[place], effectiveAt=at, **wanted)
        await changed(client, mutation, id=ids[place], effectiveAt="2026-07-02T12:00:00Z", **wanted)
