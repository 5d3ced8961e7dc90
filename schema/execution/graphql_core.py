"""graphql-core's own executor, which knows the operation and its variables whoever executes it."""

from typing import Any, TypeAlias

from graphql.execution import Executor

Core: TypeAlias = Executor[Any]
