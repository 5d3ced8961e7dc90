"""Serves GraphQL over HTTP; Strawberry's view takes no parsed document and answers in one media type only."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.execution.documents.document_cache import Documents, root_fields
from schema.execution.documents.input_values import null_variable_errors
from schema.execution.documents.limits import INTROSPECTION
from schema.execution.documents.variable_errors import MAX_TOLD_ERRORS, variable_errors, with_unreadable
from schema.execution.documents.variables import AN_OBJECT, MOST_BULK_VALUES, MOST_VALUES, values_in
from schema.execution.offload import aside, read_aside
from schema.execution.running.executor import Executor
from schema.execution.traceback_release import let_go
from service.errors import (
    BadUserInput,
    BulkTimeout,
    ConnectionLost,
    HalfDone,
    OperationTimeout,
    Overloaded,
    RequestError,
)
from service.http.deadline import deadline
from service.http.errors import note_outage, root_cause
from service.http.negotiation import JSON, answer_type, prefers_html, require_json, require_preflight
from service.http.request import Params, from_body, from_query_string, read_body
from service.http.request_errors import Fault, MethodNotAllowed, PayloadTooLarge, PostOnly
from service.http.responses import answer, failure, refusal
from service.http.write_position import add_position

# Bytes of a body that takes long to read.
LARGE = 50_000
PUBLIC = INTROSPECTION | {"__typename"}


class GraphQLEndpoint:
    """An ASGI application for one schema; `open_context` authenticates and holds what resolvers read from.

    It says by `request.state.is_repeatable` whether the request can be sent again, having changed nothing.

    `browser_page` makes what a browser gets that opens the URL; without it, a browser gets what every client gets.

    `authenticate` raises RequestError for a request whose body is not to be read beyond what anybody may send.

    A body may have `bulk_body_limit` bytes if it is for a mutation with one of the `bulk_fields`: only the
    body says which, so it is read up to the larger limit, and held to its own once its document is known.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        executor: Executor,
        open_context: Callable[[Request], AbstractAsyncContextManager[Any]],
        *,
        operation_timeout: float,
        bulk_timeout: float,
        body_timeout: float,
        body_limit: int,
        bulk_body_limit: int,
        bulk_fields: frozenset[str] = frozenset(),
        browser_page: Callable[[Request], Response] | None = None,
        authenticate: Callable[[Request], Awaitable[object]] | None = None,
    ) -> None:
        self._schema = schema._schema
        self._executor = executor
        self._documents = Documents(schema)
        self._open_context = open_context
        self._operation_timeout = operation_timeout
        self._bulk_timeout = bulk_timeout
        self._body_timeout = body_timeout
        self._body_limit = body_limit
        self._read_limit = max(body_limit, bulk_body_limit) if bulk_fields else body_limit
        self._bulk_fields = bulk_fields
        self._browser_page = browser_page
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        add_position(request, response)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        media_type = JSON
        try:
            if request.method not in ("GET", "POST"):
                raise MethodNotAllowed("Send queries by GET or POST, and mutations by POST.")
            if self._browser_page and request.method == "GET" and prefers_html(request.headers):
                return self._browser_page(request)
            media_type = answer_type(request.headers)
            result = await self._result(request)
            note_outage(map(root_cause, result.errors or ()))
            return answer(result, media_type, repeatable=is_repeatable(request))
        except ClientDisconnect as error:
            let_go(error)
            raise
        except asyncio.CancelledError as error:
            let_go(error)
            return refusal(told(request, Overloaded("The service is stopping.")), media_type)
        except RequestError as error:
            note_outage([error])
            let_go(error)
            return refusal(told(request, error), media_type)
        except Exception as error:
            response = failure(error, media_type)
            let_go(error)
            return response

    async def _result(self, request: Request) -> ExecutionResult:
        params, size = await self._params(request)
        document = await self._documents.loaded(params.query)
        if not isinstance(document, DocumentNode):
            return ExecutionResult(None, document)
        operation = get_operation_ast(document, params.operation_name)
        if operation is None:
            return ExecutionResult(None, [unresolved(params.operation_name)])
        request.state.operation = operation.name.value if operation.name else None
        request.state.is_query = operation.operation is OperationType.QUERY
        fields = root_fields(document, operation)
        bulk = operation.operation is OperationType.MUTATION and bool(fields & self._bulk_fields)
        self._refuse_unfit(request, operation, size, bulk)
        most = MOST_BULK_VALUES if bulk else MOST_VALUES
        await read_aside(size > LARGE, refuse_many, document, params.variables or {}, most)
        if operation.operation is OperationType.MUTATION and (
            errors := null_variable_errors(self._schema, document, params.variables or {})
        ):
            return ExecutionResult(None, errors)
        # The schema is public, and what reads nothing else needs neither credentials nor a connection.
        if fields <= PUBLIC:
            return await self._run(document, operation, params, None)
        seconds = self._bulk_timeout if bulk else self._operation_timeout
        late = BulkTimeout if bulk else OperationTimeout
        async with deadline(request.receive, seconds, late):
            return await self._served(request, document, operation, params)

    async def _served(
        self, request: Request, document: DocumentNode, operation: OperationDefinitionNode, params: Params
    ) -> ExecutionResult:
        """What an operation comes to; a query is run once more if it loses its connection, and its snapshot with it."""
        if request.state.is_query:
            with suppress(ConnectionLost):
                async with self._open_context(request) as context:
                    result = await self._run(document, operation, params, context)
                if not any(isinstance(root_cause(error), ConnectionLost) for error in result.errors or ()):
                    return result
        async with self._open_context(request) as context:
            return await self._run(document, operation, params, context)

    async def _params(self, request: Request) -> tuple[Params, int]:
        if request.method == "GET":
            require_preflight(request.headers)
            return from_query_string(request.query_params), 0
        require_json(request.headers)
        known = partial(self._authenticate, request) if self._authenticate else None
        body = await read_body(request, limit=self._read_limit, seconds=self._body_timeout, authenticate=known)
        return await read_aside(len(body) > LARGE, from_body, body), len(body)

    def _refuse_unfit(self, request: Request, operation: OperationDefinitionNode, size: int, bulk: bool) -> None:
        kind = operation.operation
        if request.method == "GET" and kind is not OperationType.QUERY:
            raise PostOnly("Only queries can be sent by GET; send this by POST.")
        if kind is OperationType.SUBSCRIPTION:
            raise Fault("Subscriptions are not served in a single response.")
        if size > self._body_limit and not bulk:
            raise PayloadTooLarge(f"The request body is larger than {self._body_limit} bytes.")

    async def _run(
        self, document: DocumentNode, operation: OperationDefinitionNode, params: Params, context: object
    ) -> ExecutionResult:
        result = await self._executed(document, params, params.variables, context)
        if result.data is not None or not result.errors or any(error.path for error in result.errors):
            return result
        # Nothing was executed, perhaps since variables could not be coerced: then each is told with its path.
        variables = params.variables or {}
        found = await aside(True, variable_errors, self._schema, operation, variables)
        if not found:
            return result
        for error in result.errors:
            let_go(error)
        readable = await aside(True, with_unreadable, self._schema, operation, variables, found)
        if readable is None:
            return ExecutionResult(None, found[:MAX_TOLD_ERRORS])
        return await self._executed(document, params, readable, context)

    async def _executed(
        self, document: DocumentNode, params: Params, variables: dict[str, Any] | None, context: object
    ) -> ExecutionResult:
        return await self._executor.run(
            document, variables=variables, operation_name=params.operation_name, context=context
        )


def is_repeatable(request: Request) -> bool:
    """Whether nothing was done by a request, so that it can be sent again; `open_context` knows."""
    return getattr(request.state, "is_repeatable", True)


def told(request: Request, error: RequestError) -> RequestError:
    """What a client is told of an error that ended its request as a whole."""
    return error if is_repeatable(request) else HalfDone(error)


def refuse_many(document: DocumentNode, variables: dict[str, Any], most: int) -> None:
    """Refuse variables that would hold up everybody while they are read. Raises BadUserInput."""
    found = values_in(document, variables)
    if found > most:
        raise BadUserInput(
            f"The variables hold {found} values, counted wherever they are used, an object for {AN_OBJECT}; the limit"
            f" is {most}. Send several operations."
        )


def unresolved(operation_name: str | None) -> GraphQLError:
    """The error for a document that does not say which operation is meant."""
    message = (
        "The document has several operations; say which by `operationName`."
        if operation_name is None
        else f'The document has no operation "{operation_name}".'
    )
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})
