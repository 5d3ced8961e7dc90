"""Executes a document both ways and holds the answers against each other."""

from collections import defaultdict
from random import Random
from typing import Any

from graphql import DocumentNode, ExecutionResult

from schema.context import Context
from schema.execution.documents.document_cache import Documents
from schema.execution.running.breadth_first import BreadthFirst
from schema.execution.running.executor import Executor, GraphQLCore
from schema.root import schema
from tests.client import Client
from tests.execution.oracle.spoiling import SpoiledReader
from tests.execution.oracle.writing import Writer

KEPT = 20
Told = tuple[str, tuple[Any, ...], tuple[Any, ...]]


class Oracle:
    """graphql-core beside the executor that has to say the same."""

    def __init__(self, client: Client, ids: dict[str, str]) -> None:
        self.client, self.ids = client, ids
        self.core, self.ours = GraphQLCore(schema), BreadthFirst(schema)
        self._documents = Documents(schema)
        self._cursors: list[str] = []
        self.compared = self.failed = self.discarded = 0

    async def check(self, random: Random, seed: int, operation: str = "query") -> None:
        """Writes a document and compares its answers; rows are spoiled by `seed`, and not at all by 0."""
        found = None
        while not isinstance(found, DocumentNode):
            writer = Writer(random, self.ids, self._cursors)
            text = writer.document(operation)
            found = self._documents.load(text)
            self.discarded += not isinstance(found, DocumentNode)
        await self.compare(text, found, writer.variables, seed)

    async def compare(self, text: str, document: DocumentNode, variables: dict[str, Any], seed: int) -> None:
        """Holds the answers to one document against each other."""
        expected = await self._answer(self.core, document, variables, seed)
        answer = await self._answer(self.ours, document, variables, seed)
        self.compared += 1
        self.failed += bool(expected.errors)
        shown = f"{text}\n{variables}\nseed {seed}"
        assert answer.data == expected.data, f"{answer} instead of {expected}\n{shown}"
        assert in_order(answer.data) == in_order(expected.data), shown
        self._cursors = (self._cursors + cursors(expected.data))[-KEPT:]
        theirs, ours = by_null(expected), by_null(answer)
        assert ours.keys() == theirs.keys(), shown
        for place in theirs:
            # Of several things that make the same place null, which one is told is a matter of time.
            if len(theirs[place]) == len(ours[place]) == 1 and one_way(place, theirs[place][0]):
                assert ours[place] == theirs[place], shown

    async def _answer(
        self, executor: Executor, document: DocumentNode, variables: dict[str, Any], seed: int
    ) -> ExecutionResult:
        context = Context(self.client.database, self.client.viewer, self.client.clock.now)
        context.reader = SpoiledReader(self.client.database, self.client.organization_id, now=self.client.clock.now)
        context.reader.seed = seed
        try:
            return await executor.run(document, variables=variables, operation_name=None, context=context)
        finally:
            await context.close()


def cursors(data: Any, key: str = "") -> list[str]:
    """The cursors in an answer, for documents that follow."""
    if isinstance(data, dict):
        return [each for name, value in data.items() for each in cursors(value, name)]
    if isinstance(data, list):
        return [each for value in data for each in cursors(value, key)]
    return [data] if isinstance(data, str) and key.lower().endswith("cursor") else []


def in_order(data: Any) -> Any:
    """The keys of an answer as they come."""
    if isinstance(data, dict):
        return [(key, in_order(value)) for key, value in data.items()]
    return [in_order(each) for each in data] if isinstance(data, list) else None


def by_null(result: ExecutionResult) -> dict[tuple[Any, ...], list[Told]]:
    """The errors of an answer by the place that is null because of them."""
    found: dict[tuple[Any, ...], list[Told]] = defaultdict(list)
    for error in result.errors or ():
        path, place, here = tuple(error.path or ()), [], result.data
        for key in path:
            if here is None:
                break
            place.append(key)
            here = here[key]
        assert here is None, error
        lines = tuple((each.line, each.column) for each in error.locations or ())
        found[tuple(place)].append((error.message, path, lines))
    return found


def one_way(place: tuple[Any, ...], told: Told) -> bool:
    """Whether nothing but this error can have made the place null: it failed itself."""
    return told[1] == place
