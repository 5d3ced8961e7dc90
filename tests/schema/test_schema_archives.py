"""Whatever can be archived: once, with its reason, out of the lists and back again."""

from typing import Any
from uuid import UUID

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown, thing, unchanged
from tests.kit.roles import furnished

# The object, and where it is listed: a document with a connection or list, and the way to it.
KINDS: dict[str, tuple[str, str, str | None]] = {
    "objective": ("root", "objectives", "title"),
    "keyResult": ("number", "keyResults", "title"),
    "milestone": ("stage", "", "title"),
    "cycle": ("cycle", "cycles", "name"),
    "person": ("person", "people", "name"),
    "serviceAccount": ("account", "serviceAccounts", "name"),
    "team": ("team", "teams", "name"),
    "pillar": ("pillar", "pillars", "name"),
}
every = pytest.mark.parametrize("kind", KINDS)
EVENT = "verb subjectType subjectId actor { name } reason recordedAt changes"


async def listed(client: Client, kind: str, id: str) -> tuple[bool, bool]:
    """Whether it is listed without archived ones, and with them."""
    name = KINDS[kind][1]
    if not name:
        data = await client.data("{ keyResults { nodes { milestones { id } } } }")
        present = {"id": id} in [each for node in data["keyResults"]["nodes"] for each in node["milestones"]]
        return present, True
    data = await client.data(
        f"{{ {name} {{ nodes {{ id }} }} all: {name}(includeArchived: true) {{ nodes {{ id }} }} }}"
    )
    return {"id": id} in data[name]["nodes"], {"id": id} in data["all"]["nodes"]


async def last_event(client: Client) -> dict[str, Any]:
    [event] = (await client.data(f"{{ events(first: 1) {{ nodes {{ {EVENT} }} }} }}"))["events"]["nodes"]
    return event


@every
async def test_archived_and_brought_back(client: Client, kind: str) -> None:
    ids = await furnished(client)
    id = ids[KINDS[kind][0]]
    assert await listed(client, kind, id) == (True, True)
    client.clock.advance(days=1)
    original = await shown(client, kind, id)
    assert original is not None
    archived = await changed(client, f"{kind}Archive", id=id, reason="Over")
    marks = {"archivedAt": "2026-07-03T12:00:00Z", "updatedAt": "2026-07-03T12:00:00Z", "version": 2}
    # Nobody has to check in on what is archived.
    idle = {"staleness": None, "nextCheckInDueAt": None} if kind == "keyResult" else {}
    assert archived == {**original, **marks, **idle}
    event = {
        "verb": "ARCHIVED",
        "subjectType": kind[0].upper() + kind[1:],
        "subjectId": id,
        "actor": {"name": "Olive Owner"},
        "reason": "Over",
        "recordedAt": "2026-07-03T12:00:00Z",
        "changes": {},
    }
    assert {**await last_event(client), "reason": "Over"} == event
    assert await listed(client, kind, id) == (False, True)
    assert await unchanged(client, f"{kind}Archive", id=id, reason="Again") == archived
    client.clock.advance(days=1)
    await refused(client, f"{kind}Update", "ARCHIVED", "id", id=id, **{str(KINDS[kind][2]): "Other"})
    back = await changed(client, f"{kind}Restore", id=id, reason="After all")
    later = await shown(client, kind, id)
    assert back == later
    assert {name: back[name] for name in marks} == {
        "archivedAt": None,
        "updatedAt": "2026-07-04T12:00:00Z",
        "version": 3,
    }
    assert {**await last_event(client), "reason": None} == {
        **event,
        "verb": "RESTORED",
        "reason": None,
        "recordedAt": "2026-07-04T12:00:00Z",
    }
    assert await listed(client, kind, id) == (True, True)
    assert await unchanged(client, f"{kind}Restore", id=id) == back


async def test_the_reason_is_kept_with_the_event(client: Client) -> None:
    ids = await furnished(client)
    kept = {}
    for kind, (name, _, _) in KINDS.items():
        for verb in ("Archive", "Restore"):
            await changed(client, f"{kind}{verb}", id=ids[name], reason=f"{verb} it")
            kept[f"{kind}{verb}"] = (await last_event(client))["reason"]
    assert kept == {f"{kind}{verb}": f"{verb} it" for kind in KINDS for verb in ("Archive", "Restore")}


async def test_what_is_not_there_is_neither_archived_nor_restored(client: Client) -> None:
    ids = await furnished(client)
    for mutation in [f"{kind}{verb}" for kind in KINDS for verb in ("Archive", "Restore")] + ["objectiveUnalign"]:
        other = ids["pillar"] if thing(mutation) != "pillar" else ids["root"]
        for id in (str(UUID(int=1)), "nonsense", "", other):
            await refused(client, mutation, "NOT_FOUND", "id", id=id)


BELOW: list[tuple[str, dict[str, str], str]] = [
    ("keyResultCreate", {"objectiveId": "root", "title": "New"}, "objectiveId"),
    ("objectiveAlign", {"objectiveId": "root", "parentId": "other"}, "objectiveId"),
    ("objectiveAlign", {"objectiveId": "other", "parentId": "root"}, "parentId"),
    ("objectiveCheckIn", {"objectiveId": "root", "note": "Well"}, "objectiveId"),
    ("keyResultCheckIn", {"keyResultId": "number", "value": "1"}, "keyResultId"),
    ("milestoneCreate", {"keyResultId": "stages", "title": "New"}, "keyResultId"),
    ("objectiveReorder", {"id": "root"}, "id"),
    ("keyResultReorder", {"id": "number"}, "id"),
    ("keyResultUpdate", {"id": "number", "title": "New"}, "id"),
    ("milestoneReorder", {"id": "stage"}, "id"),
    ("milestoneUpdate", {"id": "stage", "title": "New"}, "id"),
]


async def test_below_an_archived_objective_nothing_changes(client: Client) -> None:
    ids = await furnished(client)
    await client.make("objectiveArchive", id=ids["root"])
    for mutation, input, field in BELOW:
        wanted = {name: ids.get(value, value) for name, value in input.items()}
        await refused(client, mutation, "ARCHIVED", field, **wanted)


async def test_archiving_takes_nothing_else_along(client: Client) -> None:
    ids = await furnished(client)
    before = await everything(client)
    for kind, (name, _, _) in KINDS.items():
        await changed(client, f"{kind}Archive", id=ids[name])
        await changed(client, f"{kind}Restore", id=ids[name])
    gone = [row["name"] for row in before if row not in await everything(client)]
    tables = ["cycles", "key_results", "milestones", "objectives", "people", "pillars", "service_accounts", "teams"]
    # Each row alone has a new version; the objective is above the key result and the milestone.
    assert sorted(gone) == tables
