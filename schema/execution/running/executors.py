"""The executors there are, by name."""

from typing import Literal

import strawberry

from schema.execution.running.breadth_first import BreadthFirst
from schema.execution.running.executor import Executor, GraphQLCore

Name = Literal["breadth-first", "graphql-core"]


def executor(name: Name, schema: strawberry.Schema) -> Executor:
    """The executor of that name, for documents of a schema."""
    return BreadthFirst(schema) if name == "breadth-first" else GraphQLCore(schema)
