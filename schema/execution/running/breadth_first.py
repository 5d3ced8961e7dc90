"""Executes operations breadth-first over a Strawberry schema, with the same results as graphql-core."""

from collections.abc import Mapping
from typing import Any

import strawberry
from cachetools import LRUCache
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationType
from strawberry.execution import optimized_is_awaitable

from schema.execution.documents.document_cache import size_in_bytes as document_size_in_bytes
from schema.execution.documents.facts import DocumentFacts
from schema.execution.documents.item_columns import build_execution
from schema.execution.documents.variables import has_many_values
from schema.execution.graphql_core import ExecutionContext
from schema.execution.offload import run_in_thread_if
from schema.execution.planning.plan import Plan
from schema.execution.planning.resolution import Resolution
from schema.execution.running.errors import ResponseIsNull
from schema.execution.running.executor import GraphQLCoreExecutor
from schema.execution.running.levels import LevelExecution
from schema.execution.running.response_size import ResponseTooLarge
from schema.execution.traceback_release import release_tracebacks

MAX_CACHED_PLANS = 1_000
MAX_CACHED_BYTES = 64_000_000
BYTES_PER_PLAN = 2_000
BYTES_PER_FIELD = 2_500


class BreadthFirstExecutor:
    """Executes documents of one schema; `fallback_count` counts the documents that graphql-core executed instead."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema, self._fallback = schema, GraphQLCoreExecutor(schema)
        self._facts: LRUCache[int, DocumentFacts] = LRUCache(
            MAX_CACHED_BYTES, lambda facts: document_size_in_bytes(facts.document)
        )
        self._plans: LRUCache[tuple[Any, ...], Plan] = LRUCache(MAX_CACHED_BYTES, plan_size_in_bytes)
        self._resolutions: dict[int, Resolution] = {}
        self._is_supported = DocumentFacts.supports_schema(schema._schema)
        self.fallback_count = 0

    async def run(
        self,
        document: DocumentNode,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult:
        """The result of one operation of a valid document."""
        facts = self._find_facts(document)
        has_many_variables = has_many_values(variables or {}, facts.max_variable_uses)
        execution = await run_in_thread_if(
            has_many_variables,
            build_execution,
            self._schema._schema,
            document,
            root,
            context,
            dict(variables or {}),
            operation_name,
            is_awaitable=optimized_is_awaitable,
        )
        if isinstance(execution, list):
            return ExecutionResult(None, execution)
        conditions = facts.condition_values(execution)
        if not self._is_supported or conditions is None:
            self.fallback_count += 1
            return await self._fallback.run(
                document, variables=variables, operation_name=operation_name, context=context, root=root
            )
        try:
            plan = self._find_plan(execution, facts, conditions)
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        field_count = plan.field_count
        try:
            return await execute_plan(LevelExecution(self._schema, execution, has_many_variables), execution, plan)
        finally:
            if plan.field_count != field_count:
                # Selections that objects reached for the first time were compiled meanwhile.
                self._cache_plan(execution, facts, conditions, plan)

    def _find_facts(self, document: DocumentNode) -> DocumentFacts:
        facts = self._facts.get(id(document))
        if facts is None:
            facts = self._facts[id(document)] = DocumentFacts(document)
        return facts

    def _find_plan(self, execution: ExecutionContext, facts: DocumentFacts, conditions: dict[str, bool | None]) -> Plan:
        plan = self._plans.get(_plan_key(execution, facts, conditions))
        if plan is None:
            plan = Plan(execution, conditions, self._resolutions, document_size_in_bytes(facts.document))
            self._cache_plan(execution, facts, conditions, plan)
        return plan

    def _cache_plan(
        self, execution: ExecutionContext, facts: DocumentFacts, conditions: dict[str, bool | None], plan: Plan
    ) -> None:
        # The facts in the key refer to their document, so its `id` is not reused.
        if plan_size_in_bytes(plan) <= MAX_CACHED_BYTES:
            self._plans[_plan_key(execution, facts, conditions)] = plan


def _plan_key(execution: ExecutionContext, facts: DocumentFacts, conditions: dict[str, bool | None]) -> tuple[Any, ...]:
    return facts, id(execution.operation), tuple(conditions.items())


async def execute_plan(levels: LevelExecution, execution: ExecutionContext, plan: Plan) -> ExecutionResult:
    """The result of a plan: a mutation's root fields are executed one after another, a query's together."""
    is_mutation = execution.operation.operation is OperationType.MUTATION
    selections = plan.serial_selections if is_mutation else [plan.root]
    data: dict[str, Any] = {}
    try:
        for selection in selections:
            [result] = levels.enter_selection(selection, [execution.root_value], None, [0])
            await levels.run_levels()
            data.update(result)
    except ResponseIsNull as reason:
        release_tracebacks(reason)
        return ExecutionResult(None, levels.field_errors.errors)
    except ResponseTooLarge as reason:
        for error in levels.field_errors.errors:
            release_tracebacks(error)
        release_tracebacks(reason)
        return ExecutionResult(None, [reason.to_graphql_error(execution.operation)])
    finally:
        levels.close()
        # They refer back to the execution, which would keep the variables and the context alive.
        del execution.async_helpers
    return ExecutionResult(data, levels.field_errors.errors or None)


def plan_size_in_bytes(plan: Plan) -> int:
    """The approximate size of a plan and its document.

    Its minimum ensures that at most MAX_CACHED_PLANS plans fit into the cache.
    """
    return max(
        MAX_CACHED_BYTES // MAX_CACHED_PLANS, BYTES_PER_PLAN + plan.document_bytes + plan.field_count * BYTES_PER_FIELD
    )
