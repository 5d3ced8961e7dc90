"""Participants as tests add, remove and read them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from schema.relay.node import global_id
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting

PARTICIPANT = "role createdAt endedAt objective { id } kpi { id } person { id } team { id }"
GOAL = f"id version updatedAt changedAt participants {{ {PARTICIPANT} }}"
PAYLOAD = f"objective {{ {GOAL} }} kpi {{ {GOAL} }}"
NOON = "2026-07-02T12:00:00Z"


@dataclass(frozen=True)
class Goals:
    """Ids of an objective and a KPI, both PRIVATE, of a person and a team, and the field of an input for each goal."""

    objective: str
    kpi: str
    person: str
    team: str

    def named(self, name: str) -> dict[str, str]:
        """The goal with this name, as an input has it."""
        return {f"{name}Id": getattr(self, name)}


async def prepared(client: Client, **more: Any) -> Goals:
    """Goals of the client, and others who may take part."""
    return Goals(
        await client.objective(await client.cycle(), visibility="PRIVATE", **more),
        await client.make("kpiCreate", name="Cash", visibility="PRIVATE", **more),
        await client.make("personCreate", name="Pat"),
        await client.make("teamCreate", name="Platform"),
    )


def person_of(client: Client) -> str:
    """The id of the person who acts, without a request: the teams of a person are cached with the key."""
    return global_id("Person", client.person_id)


async def member(client: Client, role: str = "MEMBER") -> tuple[Client, str]:
    """Somebody else of the organization, with the person's id."""
    somebody = await acting(client, role)
    return somebody, person_of(somebody)


def participant(role: str = "READER", **ends: str) -> dict[str, Any]:
    """A participant as the API shows it; ends by their names, as `objective`."""
    own = {name: {"id": ends[name]} if name in ends else None for name in ("objective", "kpi", "person", "team")}
    return {"role": role, "createdAt": NOON, "endedAt": None, **own}


async def added(client: Client, role: str = "READER", **ends: str) -> dict[str, Any]:
    """The payload of adding a participant."""
    return await client.change("participantAdd", {**ends, "role": role}, PAYLOAD)


async def removed(client: Client, **ends: str) -> dict[str, Any]:
    """The payload of removing one."""
    return await client.change("participantRemove", ends, PAYLOAD)


async def refused(
    client: Client, mutation: str, *, among: Collection[str] = ("objective", "kpi"), **input: str
) -> list[tuple[str, str | None]]:
    """Code and field of each error of a mutation that changes nothing; the payload shows the goals `among` these."""
    before = await everything(client)
    payload = await client.change(mutation, input, "objective { id } kpi { id }")
    shown = {name: {"id": input[f"{name}Id"]} if name in among and f"{name}Id" in input else None for name in GOALS}
    assert {name: payload[name] for name in GOALS} == shown
    assert await everything(client) == before
    assert all(each["message"] for each in payload["userErrors"])
    return [(each["code"], each["field"] and ".".join(each["field"])) for each in payload["userErrors"]]


GOALS = ("objective", "kpi")


async def events(client: Client) -> list[dict[str, Any]]:
    """The events of participants, the latest first."""
    fields = "verb subject { ... on Participant { role } } objective { id } changes"
    document = f'{{ events(filter: {{ subjectType: {{ eq: "Participant" }} }}) {{ nodes {{ {fields} }} }} }}'
    return (await client.data(document))["events"]["nodes"]
