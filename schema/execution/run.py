"""Executes one operation of a valid document."""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, execute
from strawberry.execution import optimized_is_awaitable


async def run(
    schema: strawberry.Schema,
    document: DocumentNode,
    *,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    context: object,
    root: object = None,
) -> ExecutionResult:
    """As `strawberry.Schema.execute`, which takes no parsed document; schema extensions are not run."""
    result = execute(
        schema._schema,
        document,
        root_value=root,
        context_value=context,
        variable_values=dict(variables or {}),
        operation_name=operation_name,
        executor_class=schema.execution_context_class,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    return await result if isawaitable(result) else result
