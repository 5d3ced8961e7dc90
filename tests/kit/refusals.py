"""Changes that are made or refused, and what there is afterwards."""

import re
from typing import Any

import asyncpg

from service.all_entities import metadata
from tests.kit.client import Client

BASE = "id externalId version createdAt updatedAt archivedAt"

GOAL = "lifecycle progress progressRaw progressReason confidence position status statusReason pace "

GOAL += "statusDiverges staleness nextCheckInDueAt score scoreReason scoreWaiver retrospective "

GOAL += "startsAt dueAt isPastDue start { on granularity } due { on granularity } "

CADENCE = "checkInCadence { days weekday }"

GOAL += f"{CADENCE} effectiveCheckInCadence {{ days weekday }}"

PROFILE = "avatarUrl color locale timeZone"

UNIT = "unit unitKind currency displayDecimals"

SHOWN = {
    "objective": f"{BASE} {GOAL} title description level kind visibility perspective progressSource statusSource "
    "coverage cycle { id } owner { id } team { id } pillar { id }",
    "keyResult": f"{BASE} {GOAL} title description kind mode valueSource {UNIT} baseline target changeBy lower upper "
    "current hasData regressed weight objective { id } owner { id } milestones { id } sourceKpi { id } "
    "guardrailBreached kpiLinks { id role }",
    "milestone": f"{BASE} title weight doneAt position keyResult {{ id }}",
    "alignment": f"{BASE} kind weight isPrimary position objective {{ id }} parent {{ id }} parentKeyResult {{ id }}",
    "checkIn": "id externalId value confidence status note at recordedAt author { id } recorder { id } "
    "serviceAccount { id } isWithdrawal invalidSince replaces { id } replacedBy { id } objective { id } "
    "keyResult { id }",
    "cycle": f"{BASE} name kind state activation activatedAt retrospective startsOn endsOn startsAt endsAt elapsed "
    f"allowsDatesOutside {CADENCE} parent {{ id }} children {{ id }}",
    "person": f"{BASE} name email role {PROFILE} memberships {{ role team {{ id }} }}",
    "serviceAccount": f"{BASE} name role",
    "team": f"{BASE} name {PROFILE} {CADENCE} parent {{ id }} subteams {{ id }} memberships {{ role person {{ id }} }}",
    "pillar": f"{BASE} name description",
    "kpi": f"{BASE} name definition {UNIT} direction indicator valueType scale frequency cumulative aggregation source "
    "formula timeZone graceDays category perspective weight parent { id } owner { id } team { id } current target",
    "kpiTarget": f"{BASE} startsOn endsOn value lower upper thresholdKind green amber kpi {{ id }}",
    "kpiLink": "id externalId role version createdAt archivedAt keyResult { id } kpi { id }",
    "link": f"{BASE} url title system objective {{ id }} keyResult {{ id }} kpi {{ id }} initiative {{ id }}",
    "initiativeCheckIn": "id externalId progress state note at recordedAt author { id } recorder { id } "
    "serviceAccount { id } isWithdrawal invalidSince replaces { id } replacedBy { id } initiative { id }",
    "initiative": f"{BASE} title description state progress startsOn dueOn visibility owner {{ id }} team {{ id }} "
    "keyResults { id } links { id }",
    "organization": "id name timeZone onTrackPace atRiskPace checkInCadenceDays checkInWeekday "
    "version createdAt updatedAt",
}

NAMES = {
    "objectiveAlign": "alignment",
    "objectiveDuplicate": "objective",
    "objectiveUnalign": "alignment",
    "keyResultCheckIn": "checkIn",
    "objectiveCheckIn": "checkIn",
    "checkInCorrect": "checkIn",
    "checkInWithdraw": "checkIn",
    "teamJoin": "team",
    "teamLeave": "team",
    "keyResultLinkKpi": "kpiLink",
    "keyResultUnlinkKpi": "kpiLink",
    "initiativeCheckInCorrect": "initiativeCheckIn",
    "initiativeCheckInWithdraw": "initiativeCheckIn",
    "initiativeLink": "initiative",
    "initiativeUnlink": "initiative",
    **{f"cycle{step}": "cycle" for step in ("Activate", "BeginClosing", "Extend", "Close", "Reopen")},
}

VERBS = ("Create", "Update", "Archive", "Restore", "Reorder", "Erase", "Score")

# Keys and share tokens note when they were last used, and refusals are recorded in the background.
TABLES = sorted(metadata().tables.keys() - {"api_keys", "audit_events", "share_tokens"})

EVERYTHING = " UNION ALL ".join(f"SELECT '{name}' AS name, t::text AS row FROM {name} t" for name in TABLES)


def thing(mutation: str) -> str:
    """What a mutation's payload calls the object that it changes."""
    stem = next((mutation.removesuffix(verb) for verb in VERBS if mutation.endswith(verb)), mutation)
    return NAMES.get(mutation, stem)


async def everything(client: Client) -> list[asyncpg.Record]:
    """All rows of all tables of all tenants: objects, their versions, events, revisions."""
    async with client.database.primary.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        return list(await raw.fetch(f"{EVERYTHING} ORDER BY 1, 2"))


async def shown(client: Client, name: str, id: str | None) -> dict[str, Any] | None:
    """An object with all its columns and references, as `node` has it."""
    if name == "organization":
        return (await client.data(f"{{ organization {{ {SHOWN[name]} }} }}"))["organization"]
    kind = name[0].upper() + name[1:]
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {SHOWN[name]} }} }} }}"
    return (await client.data(document, id=id))["node"] or None if id else None


async def changed(client: Client, mutation: str, **input: Any) -> dict[str, Any]:
    """What a mutation makes or changes, in full; `node` agrees with the payload."""
    name = thing(mutation)
    payload = await client.change(mutation, input, f"{name} {{ {SHOWN[name]} }}")
    assert payload["userErrors"] == []
    assert payload[name] == await shown(client, name, payload[name]["id"])
    return payload[name]


async def unchanged(client: Client, mutation: str, **input: Any) -> dict[str, Any]:
    """A mutation that finds all as it is to be: no error, no event, no version."""
    before = await everything(client)
    found = await changed(client, mutation, **input)
    assert await everything(client) == before
    return found


async def refused(client: Client, mutation: str, code: str, *field: str, of: str | None = None, **input: Any) -> str:
    """The message of a mutation that comes to this one error, shows the object as it is, and changes nothing.

    `of` is whose state the payload shows when `id` does not say it.
    """
    name = thing(mutation)
    makes = mutation.endswith("Create") or name == "checkIn" or mutation == "objectiveAlign"
    current = None if makes else await shown(client, name, of or input.get("id"))
    before = await everything(client)
    payload = await client.change(mutation, input, f"{name} {{ {SHOWN[name]} }}")
    message = payload["userErrors"][0]["message"] if payload["userErrors"] else ""
    error = {"code": code, "message": message, "field": ["input", *field] if field else None}
    assert payload == {name: current, "userErrors": [error]}
    assert message[0] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ`"
    assert message[-1] in ".:"
    assert "{" not in message
    assert "None" not in message
    assert re.search(r"\b\d[\d.]*E[+-]?\d+\b", message) is None
    assert await everything(client) == before
    return message


async def errors(client: Client, mutation: str, **input: Any) -> list[str]:
    """The codes of a mutation that is an error as a whole; it has no data and changes nothing."""
    before = await everything(client)
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = await client.answer(document, input=input)
    assert answer.get("data") in (None, {mutation: None})
    assert await everything(client) == before
    return [error["extensions"]["code"] for error in answer["errors"]]
