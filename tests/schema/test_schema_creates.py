"""Whatever can be made: under an id of one's own, once, and with texts that fit."""

from typing import Any
from uuid import UUID

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, thing
from tests.kit.roles import YEAR, furnished

LONG = 20_000
# Each with what it needs (names of what `furnished` makes stand for ids), and how long its texts may be.
MAKING: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "objectiveCreate": ({"cycleId": "cycle"}, {"title": 500, "description": LONG}),
    "keyResultCreate": ({"objectiveId": "root"}, {"title": 500, "description": LONG, "unit": 50}),
    "milestoneCreate": ({"keyResultId": "stages"}, {"title": 500}),
    "objectiveAlign": ({"objectiveId": "other", "parentId": "child"}, {}),
    "keyResultCheckIn": ({"keyResultId": "number"}, {"note": LONG}),
    "objectiveCheckIn": ({"objectiveId": "root"}, {"note": LONG}),
    "cycleCreate": ({name: value for name, value in YEAR.items() if name != "name"}, {"name": 200}),
    "personCreate": ({}, {"name": 200, "email": 320}),
    "serviceAccountCreate": ({}, {"name": 200}),
    "teamCreate": ({}, {"name": 200}),
    "pillarCreate": ({}, {"name": 200, "description": LONG}),
}
LIMITS = {mutation: {**limits, "externalId": 200} for mutation, (_, limits) in MAKING.items()}


def wanted(mutation: str, ids: dict[str, str], **more: Any) -> dict[str, Any]:
    """An input that works, with short texts."""
    needed, texts = MAKING[mutation]
    found = {name: ids.get(value, value) for name, value in needed.items()}
    short = {name: f"A {name}" for name in texts if name != "description"}
    return {**found, **short, **({"email": "a@example.com"} if "email" in texts else {}), **more}


def elsewhere(mutation: str, ids: dict[str, str]) -> dict[str, Any]:
    """What has to differ so that the same thing can be made a second time: an edge between others, another email."""
    return {"objectiveAlign": {"parentId": ids["root"]}, "personCreate": {"email": "b@example.com"}}.get(mutation, {})


async def test_what_is_no_id_is_not_taken_for_one(client: Client) -> None:
    ids = await furnished(client)
    for mutation in MAKING:
        for id in ("", "1", "not-a-uuid", ids["edge"] if mutation != "objectiveAlign" else ids["root"]):
            message = await refused(client, mutation, "ID_INVALID", "id", **wanted(mutation, ids, id=id))
            assert message.startswith("`id` must be a UUID, such as ")


async def test_an_external_id_is_given_once(client: Client) -> None:
    ids = await furnished(client)
    for mutation in MAKING:
        key = f"A-{thing(mutation)}-{mutation}"
        made = await changed(client, mutation, **wanted(mutation, ids, externalId=key))
        assert made["externalId"] == key
        again = wanted(mutation, ids, **elsewhere(mutation, ids))
        await refused(client, mutation, "TAKEN", "externalId", **{**again, "externalId": key})
        await changed(client, mutation, **{**again, "externalId": key.lower()})


async def test_an_external_id_is_not_empty(client: Client) -> None:
    ids = await furnished(client)
    for mutation in MAKING:
        await refused(client, mutation, "BLANK", "externalId", **wanted(mutation, ids, externalId=""))


def text_of(name: str, length: int) -> str:
    """A text of so many characters that fits a field."""
    return f"{'a' * (length - len('@example.com'))}@example.com" if name == "email" else "ü" * length


@pytest.mark.parametrize("mutation", MAKING)
async def test_a_text_has_as_many_characters_as_fit(client: Client, mutation: str) -> None:
    ids = await furnished(client)
    longest = {name: text_of(name, limit) for name, limit in LIMITS[mutation].items()}
    for name, limit in LIMITS[mutation].items():
        message = await refused(
            client, mutation, "TOO_LONG", name, **wanted(mutation, ids, **{name: text_of(name, limit + 1)})
        )
        assert message == f"`{name}` has {limit + 1} characters; {limit} are allowed."
    made = await changed(client, mutation, **wanted(mutation, ids, **longest))
    assert {name: made[name] for name in longest} == longest


async def test_a_name_is_not_blank(client: Client) -> None:
    ids = await furnished(client)
    for mutation, limits in LIMITS.items():
        for name in limits.keys() & {"title", "name"}:
            for text in ("", " ", "\t\n", "\u3000\u00a0"):
                message = await refused(client, mutation, "BLANK", name, **wanted(mutation, ids, **{name: text}))
                assert message == f"`{name}` must not be empty."


BELONGING = [
    ("objectiveCreate", "cycleId", "cycle"),
    ("objectiveCreate", "ownerId", "person"),
    ("objectiveCreate", "teamId", "team"),
    ("objectiveCreate", "pillarId", "pillar"),
    ("keyResultCreate", "objectiveId", "objective"),
    ("keyResultCreate", "ownerId", "person"),
    ("milestoneCreate", "keyResultId", "key result"),
    ("objectiveAlign", "objectiveId", "objective"),
    ("objectiveAlign", "parentId", "objective"),
    ("keyResultCheckIn", "keyResultId", "key result"),
    ("objectiveCheckIn", "objectiveId", "objective"),
    ("cycleCreate", "parentId", "cycle"),
    ("teamCreate", "parentId", "team"),
]


async def test_what_it_belongs_to_has_to_be_there(client: Client) -> None:
    ids = await furnished(client)
    for mutation, name, what in BELONGING:
        for id in (str(UUID(int=1)), "nonsense", "", ids["stage"]):
            message = await refused(client, mutation, "NOT_FOUND", name, **wanted(mutation, ids, **{name: id}))
            assert message in (f"There is no {what} with this id.", "There is no parent with this id.")


async def test_what_is_made_leaves_one_event(client: Client) -> None:
    ids = await furnished(client)
    document = "{ events(first: 1) { nodes { verb subjectId actor { name } recordedAt reason } } }"
    for mutation in MAKING:
        before = await everything(client)
        made = await changed(client, mutation, **wanted(mutation, ids))
        assert [row["name"] for row in await everything(client) if row not in before].count("events") == 1
        verb = {"objectiveAlign": "ALIGNED"}.get(mutation, "CHECKED_IN" if "CheckIn" in mutation else "CREATED")
        event = {"verb": verb, "subjectId": made["id"], "actor": {"name": "Olive Owner"}, "reason": None}
        assert await client.data(document) == {"events": {"nodes": [{**event, "recordedAt": "2026-07-02T12:00:00Z"}]}}
