"""Executes a document with both executors and compares the results."""

from collections import defaultdict
from random import Random
from typing import Any

from graphql import DocumentNode, ExecutionResult

from schema.context import Context
from schema.execution.documents.document_cache import DocumentCache
from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.executor import Executor, GraphQLCoreExecutor
from schema.root import schema
from tests.execution.oracle.spoiling import SpoiledReader
from tests.execution.oracle.writing import Writer
from tests.kit.client import Client

MAX_CURSORS = 20
ErrorFacts = tuple[str, tuple[Any, ...], tuple[Any, ...]]


class Oracle:
    """Compares the breadth-first executor with graphql-core."""

    def __init__(self, client: Client, ids: dict[str, str]) -> None:
        self.client, self.ids = client, ids
        self.graphql_core, self.breadth_first = GraphQLCoreExecutor(schema), BreadthFirstExecutor(schema)
        self._documents = DocumentCache(schema)
        self._cursors: list[str] = []
        self.compared = self.failed = self.discarded = 0

    async def check(self, random: Random, seed: int, operation: str = "query") -> None:
        """Writes a document and compares its results; rows are spoiled by `seed`, and not at all by 0."""
        document = None
        while not isinstance(document, DocumentNode):
            writer = Writer(random, self.ids, self._cursors)
            text = writer.document(operation)
            document = self._documents.load(text)
            self.discarded += not isinstance(document, DocumentNode)
        await self.compare(text, document, writer.variables, seed)

    async def compare(self, text: str, document: DocumentNode, variables: dict[str, Any], seed: int) -> None:
        """Compares the results of one document."""
        expected = await self._execute(self.graphql_core, document, variables, seed)
        actual = await self._execute(self.breadth_first, document, variables, seed)
        self.compared += 1
        self.failed += bool(expected.errors)
        description = f"{text}\n{variables}\nseed {seed}"
        assert actual.data == expected.data, f"{actual} instead of {expected}\n{description}"
        assert ordered_keys(actual.data) == ordered_keys(expected.data), description
        self._cursors = (self._cursors + find_cursors(expected.data))[-MAX_CURSORS:]
        expected_errors, actual_errors = errors_by_null_path(expected), errors_by_null_path(actual)
        assert actual_errors.keys() == expected_errors.keys(), description
        for null_path in expected_errors:
            # If several errors null the same value, the reported one depends on time.
            if len(expected_errors[null_path]) == len(actual_errors[null_path]) == 1 and has_failed_itself(
                null_path, expected_errors[null_path][0]
            ):
                assert actual_errors[null_path] == expected_errors[null_path], description

    async def _execute(
        self, executor: Executor, document: DocumentNode, variables: dict[str, Any], seed: int
    ) -> ExecutionResult:
        context = Context(self.client.database, self.client.viewer, self.client.clock.now)
        context.reader = SpoiledReader(self.client.database, self.client.organization_id, now=self.client.clock.now)
        context.reader.seed = seed
        try:
            return await executor.run(document, variables=variables, operation_name=None, context=context)
        finally:
            await context.close()


def find_cursors(data: Any, key: str = "") -> list[str]:
    """The cursors in a result, for later documents."""
    if isinstance(data, dict):
        return [each for name, value in data.items() for each in find_cursors(value, name)]
    if isinstance(data, list):
        return [each for value in data for each in find_cursors(value, key)]
    return [data] if isinstance(data, str) and key.lower().endswith("cursor") else []


def ordered_keys(data: Any) -> Any:
    """The keys of a result in their order."""
    if isinstance(data, dict):
        return [(key, ordered_keys(value)) for key, value in data.items()]
    return [ordered_keys(each) for each in data] if isinstance(data, list) else None


def errors_by_null_path(result: ExecutionResult) -> dict[tuple[Any, ...], list[ErrorFacts]]:
    """The errors of a result by the path of the value that became null because of them."""
    errors: dict[tuple[Any, ...], list[ErrorFacts]] = defaultdict(list)
    for error in result.errors or ():
        path, null_path = tuple(error.path or ()), []
        current: Any = result.data
        for key in path:
            if current is None:
                break
            null_path.append(key)
            current = current[key]
        assert current is None, error
        lines = tuple((location.line, location.column) for location in error.locations or ())
        errors[tuple(null_path)].append((error.message, path, lines))
    return errors


def has_failed_itself(null_path: tuple[Any, ...], facts: ErrorFacts) -> bool:
    """Whether the null value is the one that failed, so that no other error can have caused it."""
    return facts[1] == null_path
