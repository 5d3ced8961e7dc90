"""Whether the time of an answer tells what is wrong: keys and ids that are unknown, against those that are hidden."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from bench.data import DataSet, copied
from bench.intervals import Estimate, estimate
from bench.servers import OURS, Server, server
from bench.tables import table
from bench.targets import Target
from service.people import keys
from service.values.global_ids import encode

# Fewer than the failures a minute after which an address is refused.
REQUESTS_AN_ADDRESS = 40
ADDRESSES_A_ROUND = 5
# Medians of rounds that are nearer than this cannot be told apart over a network.
NOISE = 0.02
NODE = "query($id: ID!) { node(id: $id) { id } }"
CREATE_PERSON = 'mutation { personCreate(input: {name: "Mia", role: MEMBER}) { person { id } } }'
CREATE_KEY = 'mutation($id: ID!) { apiKeyCreate(input: {personId: $id, name: "bench"}) { key } }'
HIDE = "mutation($id: ID!) { objectiveUpdate(input: {id: $id, visibility: PRIVATE}) { userErrors { code } } }"


class KeyedRequest(NamedTuple):
    """A request: its credentials, and the id that it asks for."""

    key: str
    id: str


class Pair(NamedTuple):
    """Two requests that are to be answered alike, in the same time: one for what is unknown, and another."""

    title: str
    requests: tuple[KeyedRequest, KeyedRequest]


def measure(data: DataSet, rounds: int) -> Mapping[str, Estimate]:
    """The ratios of the times of the other request and of the unknown one, by title; medians of rounds."""
    with copied(data, "refusals") as copy, server(OURS, copy, log="refusals") as ours:
        return asyncio.run(_measure(ours, rounds))


async def _measure(ours: Server, rounds: int) -> Mapping[str, Estimate]:
    pairs, ratios = await _pairs(ours), dict[str, list[float]]()
    for number in range(rounds + 1):
        for pair_number, pair in enumerate(pairs):
            times = await _round(ours, pair, f"127.{1 + number}.{pair_number}")
            # The first round warms up.
            if number:
                ratios.setdefault(pair.title, []).append(median(times[1]) / median(times[0]))
    return {title: estimate(each) for title, each in ratios.items()}


async def _pairs(ours: Server) -> list[Pair]:
    own = keys.parse(ours.key)
    assert own is not None
    organization = own.organization_id
    hidden = encode("Objective", UUID(ours.targets.leaves[0]))
    nowhere = encode("Objective", uuid7())
    person = await _data(ours, CREATE_PERSON, {})
    created = await _data(ours, CREATE_KEY, {"id": person["personCreate"]["person"]["id"]})
    member: str = created["apiKeyCreate"]["key"]
    await _data(ours, HIDE, {"id": hidden})
    unknown = KeyedRequest(keys.generate(organization, uuid7())[0], nowhere)
    return [
        Pair("a key with a wrong secret", (unknown, KeyedRequest(keys.generate(organization, own.id)[0], nowhere))),
        Pair("a key of no organization", (unknown, KeyedRequest(keys.generate(uuid7(), uuid7())[0], nowhere))),
        Pair("the id of a hidden objective", (KeyedRequest(member, nowhere), KeyedRequest(member, hidden))),
    ]


async def _round(ours: Server, pair: Pair, network: str) -> tuple[list[float], list[float]]:
    """The times of both requests, in random order, from addresses of a network of the loopback device."""
    times: tuple[list[float], list[float]] = ([], [])
    for host in range(1, 1 + ADDRESSES_A_ROUND):
        reader, writer = await asyncio.open_connection("127.0.0.1", ours.port, local_addr=(f"{network}.{host}", 0))
        order = [0, 1] * (REQUESTS_AN_ADDRESS // 2)
        random.shuffle(order)
        for which in order:
            started_at = time.perf_counter()
            await _ask(reader, writer, pair.requests[which], NODE)
            times[which].append(time.perf_counter() - started_at)
        writer.close()
    return times


async def _data(ours: Server, query: str, variables: Mapping[str, str]) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", ours.port)
    answer = orjson.loads(await _ask(reader, writer, KeyedRequest(ours.key, variables.get("id", "")), query))
    writer.close()
    return answer["data"]


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: KeyedRequest, query: str) -> bytes:
    variables = {"id": request.id} if "$id" in query else {}
    body = orjson.dumps({"query": query, "variables": variables})
    lines = ["POST /graphql HTTP/1.1", "host: bench", "content-type: application/json", "accept: application/json"]
    lines += [f"authorization: Bearer {request.key}", f"content-length: {len(body)}", "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    [length] = [line.partition(":")[2] for line in head.split("\r\n") if line.startswith("content-length:")]
    return await reader.readexactly(int(length))


def refusals_table(ratios: Mapping[str, Estimate]) -> str:
    """The table of the ratios."""
    return table(
        ["against what is unknown", "time of the answer"], [[title, str(each)] for title, each in ratios.items()]
    )


def refusal_targets(ratios: Mapping[str, Estimate]) -> Sequence[Target]:
    """The ratio that is farthest from 1, which is reached if it is within the noise."""
    title, worst = max(ratios.items(), key=lambda item: abs(item[1].median - 1))
    is_noise = worst.low <= 1 <= worst.high or abs(worst.median - 1) <= NOISE
    return [Target("time of refusals, against what is unknown", "1 within noise", f"{worst}, {title}", is_noise)]
