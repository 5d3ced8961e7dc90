"""Creates executors by name."""

from typing import Literal

import strawberry

from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.executor import Executor, GraphQLCoreExecutor

ExecutorName = Literal["breadth-first", "graphql-core"]


def create_executor(name: ExecutorName, schema: strawberry.Schema) -> Executor:
    """The named executor, for documents of a schema."""
    return BreadthFirstExecutor(schema) if name == "breadth-first" else GraphQLCoreExecutor(schema)
