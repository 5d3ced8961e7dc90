"""Random check-ins on initiatives: state and progress are those of the newest valid one that says them."""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.initiatives.test_initiative_check_ins import day, found, recorded, replaced, values
from tests.kit.client import Client
from tests.kit.roles import acting
from tests.kit.workspace_files import executed, findings

STATES = ("PLANNED", "IN_PROGRESS", "PAUSED", "DONE", "CANCELLED")


def newest(history: list[dict[str, Any]], name: str, initial: Any) -> Any:
    """What the valid statement with the greatest date, and of these the last one, says: as a reader of them would."""
    saying = [each for each in history if each["valid"] and each[name] is not None]
    latest = max((each["at"] for each in saying), default=None)
    return [each[name] for each in saying if each["at"] == latest][-1] if saying else initial


@pytest.mark.parametrize("seed", [1, 2])
async def test_state_and_progress_follow_from_what_is_valid(client: Client, seed: int) -> None:
    random = Random(seed)
    id = await client.make("initiativeCreate", title="Import", state="PAUSED", progress=0.5)
    history: list[dict[str, Any]] = []

    def statement() -> dict[str, Any]:
        return {
            "progress": random.choice([None, random.randrange(101) / 100]),
            "state": random.choice([None, *STATES]),
            "note": "x",
            "at": day(random.randrange(1, 6)),
        }

    async def add(said: dict[str, Any], **ids: Any) -> None:
        [made] = await recorded(client, {"initiativeId": id, **said})
        history.append({**said, **ids, "id": made["id"], "valid": True})

    for _ in range(30):
        valid = [each for each in history if each["valid"]]
        match random.choice(("record", "record", "correct", "withdraw", "update")):
            case "correct" if valid:
                replaced_one, said = random.choice(valid), statement()
                if said == {name: replaced_one[name] for name in said}:
                    continue
                made = await replaced(client, "Correct", replaced_one["id"], **said)
                replaced_one["valid"] = False
                history.append({**said, "id": made["id"], "valid": True})
            case "withdraw" if valid:
                withdrawn = random.choice(valid)
                await replaced(client, "Withdraw", withdrawn["id"])
                withdrawn["valid"] = False
            case "update":
                progress = random.randrange(101) / 100
                if progress != (await values(client, id))[1]:
                    await client.make("initiativeUpdate", id=id, progress=progress)
                    latest = (await found(client, id))["latestCheckIn"]["id"]
                    said = {"progress": progress, "state": None, "at": "2026-07-02T12:00:00Z"}
                    history.append({**said, "note": None, "id": latest, "valid": True})
            case _:
                await add(statement())
        expected = newest(history, "state", "PAUSED"), newest(history, "progress", 0.5)
        assert await values(client, id) == expected
    assert sum(not each["valid"] for each in history) > 5
    assert await findings(client) == []


async def test_many_check_in_and_two_correct_at_once(client: Client) -> None:
    ids = [await client.make("initiativeCreate", title=f"I {number}") for number in range(4)]
    random, others = Random(3), [client, await acting(client, "ADMIN")]
    [said] = await recorded(client, {"initiativeId": ids[0], "progress": 0.5})

    async def correct(actor: Client, progress: float) -> Any:
        input = {"replacesId": said["id"], "progress": progress}
        return await actor.change("initiativeCheckInCorrect", input, "initiativeCheckIn { id }")

    async def record(number: int) -> None:
        about = random.sample(ids, 2)
        await recorded(others[number % 2], *({"initiativeId": id, "progress": number / 20} for id in about))

    work = [correct(each, number / 10) for number, each in enumerate(others)]
    *_, first, second = await asyncio.gather(*(record(number) for number in range(20)), *work)
    won, lost = sorted((first, second), key=lambda each: len(each["userErrors"]))
    assert (won["userErrors"], [each["code"] for each in lost["userErrors"]]) == ([], ["CHECK_IN_CORRECTED"])
    assert await findings(client) == []


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("UPDATE initiatives SET progress = 0.4", "Initiative"),
        ("UPDATE initiatives SET initial_state = 'DONE', state = 'PAUSED'", "Initiative"),
        ("UPDATE initiative_check_ins SET invalid_since = NULL WHERE note = 'wrong'", "InitiativeCheckIn"),
    ],
)
async def test_the_doctor_finds_what_does_not_follow(client: Client, database_url: str, sql: str, wrong: str) -> None:
    id = await client.make("initiativeCreate", title="Import")
    [said] = await recorded(client, {"initiativeId": id, "progress": 0.5, "note": "wrong"})
    await replaced(client, "Correct", said["id"], note="right")
    assert await findings(client) == []
    await executed(database_url, sql)
    assert [each.subject for each in await findings(client)] == [wrong]
