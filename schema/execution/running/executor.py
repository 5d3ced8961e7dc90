"""The interface of executors, and the executor of graphql-core."""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any, Protocol

import strawberry
from graphql import DocumentNode, ExecutionResult, execute
from strawberry.execution import optimized_is_awaitable


class Executor(Protocol):
    """Executes documents of one schema."""

    async def run(
        self,
        document: DocumentNode,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult:
        """The result of one operation of a valid document; schema extensions are not run."""
        ...


class GraphQLCoreExecutor:
    """Executes as `strawberry.Schema.execute`, which accepts no parsed document."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema

    async def run(
        self,
        document: DocumentNode,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult:
        """The result of one operation of a valid document; schema extensions are not run."""
        result = execute(
            self._schema._schema,
            document,
            root_value=root,
            context_value=context,
            variable_values=dict(variables or {}),
            operation_name=operation_name,
            executor_class=self._schema.execution_context_class,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        )
        return await result if isawaitable(result) else result
