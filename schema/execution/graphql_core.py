"""graphql-core's executor of one operation: it has the operation, its fragments and its coerced variables."""

from typing import Any, TypeAlias

from graphql.execution import Executor

ExecutionContext: TypeAlias = Executor[Any]
