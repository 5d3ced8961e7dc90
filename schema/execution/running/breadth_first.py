"""Executes operations level by level, over the same schema as graphql-core and with the same answers."""

from collections.abc import Mapping
from typing import Any

import strawberry
from cachetools import LRUCache
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationType
from strawberry.execution import optimized_is_awaitable

from schema.execution.documents.document_cache import weight as document_weight
from schema.execution.documents.facts import Outline
from schema.execution.documents.variables import are_many
from schema.execution.graphql_core import Core
from schema.execution.offload import aside
from schema.execution.planning.plan import Plan
from schema.execution.planning.resolution import Resolution
from schema.execution.running.errors import NothingLeft
from schema.execution.running.executor import GraphQLCore
from schema.execution.running.levels import Levels
from schema.execution.running.response_size import TooLarge
from schema.execution.traceback_release import let_go

CACHED_PLANS = 1_000
CACHED_BYTES = 64_000_000
BYTES_A_PLAN = 2_000
BYTES_A_FIELD = 2_500


class BreadthFirst:
    """Executes documents of one schema; `handed_over` counts those that graphql-core executed instead."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema, self._core = schema, GraphQLCore(schema)
        self._outlines: LRUCache[int, Outline] = LRUCache(
            CACHED_BYTES, lambda outline: document_weight(outline.document)
        )
        self._plans: LRUCache[tuple[Any, ...], Plan] = LRUCache(CACHED_BYTES, weight)
        self._resolutions: dict[int, Resolution] = {}
        self._supported = Outline.supports(schema._schema)
        self.handed_over = 0

    async def run(
        self,
        document: DocumentNode,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult:
        """What an operation of a valid document comes to."""
        outline = self._outline(document)
        is_much = are_many(variables or {}, outline.most_uses)
        core = await aside(
            is_much,
            Core.build,
            self._schema._schema,
            document,
            root,
            context,
            dict(variables or {}),
            operation_name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        )
        if isinstance(core, list):
            return ExecutionResult(None, core)
        conditions = outline.conditions(core)
        if not self._supported or conditions is None:
            self.handed_over += 1
            return await self._core.run(
                document, variables=variables, operation_name=operation_name, context=context, root=root
            )
        try:
            plan = self._plan(core, outline, conditions)
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        size = plan.fields
        try:
            return await executed(Levels(self._schema, core, is_much), core, plan)
        finally:
            if plan.fields != size:
                # What objects reached for the first time was compiled meanwhile.
                self._keep(core, outline, conditions, plan)

    def _outline(self, document: DocumentNode) -> Outline:
        found = self._outlines.get(id(document))
        if found is None:
            found = self._outlines[id(document)] = Outline(document)
        return found

    def _plan(self, core: Core, outline: Outline, conditions: dict[str, bool | None]) -> Plan:
        plan = self._plans.get(_key(core, outline, conditions))
        if plan is None:
            plan = Plan(core, conditions, self._resolutions, document_weight(outline.document))
            self._keep(core, outline, conditions, plan)
        return plan

    def _keep(self, core: Core, outline: Outline, conditions: dict[str, bool | None], plan: Plan) -> None:
        # The outline holds its document, so that no other can come to have its identity.
        if weight(plan) <= CACHED_BYTES:
            self._plans[_key(core, outline, conditions)] = plan


def _key(core: Core, outline: Outline, conditions: dict[str, bool | None]) -> tuple[Any, ...]:
    return outline, id(core.operation), tuple(conditions.items())


async def executed(levels: Levels, core: Core, plan: Plan) -> ExecutionResult:
    """The response of a plan: the fields of a mutation one after another, those of a query together."""
    serial = core.operation.operation is OperationType.MUTATION
    parts = plan.alone if serial else [plan.root]
    data: dict[str, Any] = {}
    try:
        for part in parts:
            [result] = levels.enter(part, [core.root_value], None, [0])
            await levels.finish()
            data.update(result)
    except NothingLeft as reason:
        let_go(reason)
        return ExecutionResult(None, levels.failures.errors)
    except TooLarge as reason:
        for error in levels.failures.errors:
            let_go(error)
        let_go(reason)
        return ExecutionResult(None, [reason.told(core.operation)])
    finally:
        levels.over()
        # It holds itself by these, and with it the variables and the context.
        del core.async_helpers
    return ExecutionResult(data, levels.failures.errors or None)


def weight(plan: Plan) -> int:
    """About the bytes of a plan and its document, and never so few that more than the wanted number fit."""
    return max(CACHED_BYTES // CACHED_PLANS, BYTES_A_PLAN + plan.keeps + plan.fields * BYTES_A_FIELD)
