"""Every update: what is left out stays, null empties, versions are compared, and nothing different changes nothing."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, shown, thing, unchanged
from tests.kit.roles import furnished

KEY = {"externalId": "E-1"}
DONE = "2026-07-01T10:00:00Z"
# The object, new values (names of what `furnished` makes stand for ids), and which of them null empties.
UPDATES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "objectiveUpdate": (
        "root",
        {
            **KEY,
            **{"title": "Other", "description": "Why", "level": "COMPANY", "kind": "LEARNING", "lifecycle": "DRAFT"},
            **{"visibility": "PRIVATE", "perspective": "FINANCIAL", "retrospective": "Well done"},
            **{"ownerId": "person", "teamId": "team", "pillarId": "pillar"},
        },
        {"externalId", "description", "perspective", "ownerId", "teamId", "pillarId", "retrospective"},
    ),
    "keyResultUpdate": (
        "number",
        {**KEY, "title": "Other", "description": "How", "unit": "EUR", "weight": 2.5, "ownerId": "person"}
        | {"retrospective": "Well done"},
        {"externalId", "description", "unit", "ownerId", "retrospective"},
    ),
    "milestoneUpdate": (
        "stage",
        {**KEY, "title": "Other", "weight": 0.0, "doneAt": DONE},
        {"externalId", "doneAt"},
    ),
    "alignmentUpdate": ("edge", {"kind": "SUPPORTS", "weight": 0.5, "isPrimary": False}, set()),
    "cycleUpdate": (
        "cycle",
        {**KEY, "name": "Other", "kind": "CUSTOM", "retrospective": "Well done", "parentId": "decade"},
        {"externalId", "parentId", "retrospective"},
    ),
    "personUpdate": (
        "person",
        {**KEY, "name": "Other", "email": "other@example.com", "role": "VIEWER"},
        {"externalId", "email"},
    ),
    "serviceAccountUpdate": ("account", {**KEY, "name": "Other", "role": "MEMBER"}, {"externalId"}),
    "teamUpdate": ("team", {**KEY, "name": "Other", "parentId": "company"}, {"externalId", "parentId"}),
    "pillarUpdate": ("pillar", {**KEY, "name": "Other", "description": "Why"}, {"externalId", "description"}),
}
every = pytest.mark.parametrize("mutation", UPDATES)


async def prepared(client: Client, mutation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object to change as it is, and the new values with ids in them. A day has passed since it was made."""
    ids = await furnished(client)
    ids["company"] = await client.make("teamCreate", name="Company")
    ids["decade"] = await client.cycle("2020-01-01", "2029-12-31")
    client.clock.advance(days=1)
    place, values, _ = UPDATES[mutation]
    object = await shown(client, thing(mutation), ids[place])
    assert object is not None
    return object, {name: ids.get(value, value) if name.endswith("Id") else value for name, value in values.items()}


def is_reference(name: str) -> bool:
    """Whether an input's field takes the id of something of ours."""
    return name.endswith("Id") and name != "externalId"


def set_to(object: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An object one version later, with these values."""
    ends = {name.removesuffix("Id"): value and {"id": value} for name, value in values.items() if is_reference(name)}
    given = {name: value for name, value in values.items() if not is_reference(name)}
    if values.get("lifecycle") == "DRAFT":
        ends |= {"status": None, "statusReason": None}
    return {**object, **ends, **given, "version": object["version"] + 1, "updatedAt": "2026-07-03T12:00:00Z"}


@every
async def test_all_at_once_one_by_one_and_back(client: Client, mutation: str) -> None:
    object, values = await prepared(client, mutation)
    original = object
    for name, value in values.items():
        object, before = await changed(client, mutation, id=object["id"], **{name: value}), object
        assert object == set_to(before, **{name: value})
        await unchanged(client, mutation, id=object["id"], **{name: value})
    assert await unchanged(client, mutation, id=object["id"], **values) == object
    assert await unchanged(client, mutation, id=object["id"]) == object
    for name in sorted(UPDATES[mutation][2]):
        object, before = await changed(client, mutation, id=object["id"], **{name: None}), object
        assert object == set_to(before, **{name: None})
        await unchanged(client, mutation, id=object["id"], **{name: None})
    if not UPDATES[mutation][2]:
        return
    once = await changed(client, mutation, id=object["id"], expectedVersion=object["version"], **values)
    assert once == {**set_to(original, **values), "version": object["version"] + 1}


@every
async def test_its_event_has_what_was_and_what_is(client: Client, mutation: str) -> None:
    object, values = await prepared(client, mutation)
    await changed(client, mutation, id=object["id"], reason="So be it", **values)
    fields = "verb subjectType subjectId actor { name } reason recordedAt objective { id } changes"
    [event] = (await client.data(f"{{ events(first: 1) {{ nodes {{ {fields} }} }} }}"))["events"]["nodes"]
    before = {name: object[name] for name in values if name in object}
    before |= {name: (object[name.removesuffix("Id")] or {}).get("id") for name in values if is_reference(name)}
    goal = object.get("objective") or object.get("keyResult")
    if mutation == "milestoneUpdate":
        goal = (await shown(client, "keyResult", object["keyResult"]["id"]) or {})["objective"]
    assert event == {
        "verb": "UPDATED",
        "subjectType": thing(mutation)[0].upper() + thing(mutation)[1:],
        "subjectId": object["id"],
        "actor": {"name": "Olive Owner"},
        "reason": "So be it",
        "recordedAt": "2026-07-03T12:00:00Z",
        "objective": {"id": object["id"]} if mutation == "objectiveUpdate" else goal,
        "changes": {name: {"before": before[name], "after": values[name]} for name in values},
    }
