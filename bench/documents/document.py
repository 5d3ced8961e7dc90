"""A document of GraphQL with its variables."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import asyncpg

from bench.data import DataSet, plain_url

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
FIND_TARGETS = """
    SELECT external_id, id::text AS id FROM {table}
    WHERE external_id ~ '{pattern}' ORDER BY length(external_id), external_id"""


class Targets(NamedTuple):
    """The ids of the objects that mutations change, in the order of their numbers: objectives without children with
    their first key results, the objectives above them, the recorded KPIs, the cycle, the key results at both ends of
    the chain of objectives, a person with goals, a team in the middle of the tree, and one without subteams."""

    leaves: list[str]
    key_results: list[str]
    parents: list[str]
    kpis: list[str]
    cycle: str
    root_key_result: str
    chain_key_result: str
    person: str
    team: str
    lowest_team: str


class Document(NamedTuple):
    """A document, the variables of its request of some number, and how many requests are sent in a round.

    A mutation changes something else with each number. `objects` is what the costs are divided by where one request
    does the same many times.
    """

    name: str
    query: str
    requests: int
    variables: Callable[[Targets, int], Mapping[str, Json]] | None = None
    objects: int = 1

    @property
    def is_mutation(self) -> bool:
        """Whether it changes data."""
        return self.query.startswith("mutation")


async def find_targets(data: DataSet) -> Targets:
    """The ids of a data set, which differ between data sets."""
    connection = await asyncpg.connect(plain_url(data.url))

    async def ids(table: str, pattern: str) -> list[str]:
        rows = await connection.fetch(FIND_TARGETS.format(table=table, pattern=pattern))
        return [row["id"] for row in rows]

    try:
        objectives = await ids("objectives", "^objective-[0-9]+$")
        key_results = await ids("key_results", "^objective-[0-9]+-kr-0$")
        # Of 15 620 objectives the last 12 500 have no children, and 2 500 are above these.
        first_leaf, first_parent = len(objectives) * 4 // 5, len(objectives) * 4 // 25
        [cycle] = await ids("cycles", "^2026$")
        root_key_result, chain_key_result = await ids("key_results", "^chain-[0-9]+-kr$")
        kpis = await ids("kpis", "^recorded-[0-9]+$")
        [person] = await ids("people", "^person-7$")
        teams = await ids("teams", "^team-[0-9]+$")
    finally:
        await connection.close()
    leaves, above = objectives[-first_leaf:], objectives[-first_leaf - first_parent : -first_leaf]
    return Targets(
        *(leaves, key_results[-first_leaf:], above, kpis, cycle, root_key_result, chain_key_result, person),
        *(teams[7], teams[-1]),
    )
