"""The GraphQL endpoint over HTTP, with cached documents and both media types, which the view of Strawberry lacks."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
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

from schema.execution.documents.document_cache import DocumentCache, root_field_names
from schema.execution.documents.input_values import find_null_variable_errors
from schema.execution.documents.limits import INTROSPECTION_FIELDS
from schema.execution.documents.variable_errors import (
    MAX_LISTED_ERRORS,
    find_variable_errors,
    replace_unreadable_values,
)
from schema.execution.documents.variables import MAX_BULK_VALUES, MAX_VALUES, VALUES_PER_OBJECT, count_variable_values
from schema.execution.offload import run_in_thread_if, run_short_job_in_thread_if
from schema.execution.running.executor import Executor
from schema.execution.traceback_release import release_tracebacks
from service.errors import (
    BadUserInput,
    BulkTimeout,
    CommittedWithoutResult,
    ConnectionLost,
    OperationTimeout,
    Overloaded,
    RequestError,
)
from service.http.deadline import Deadline
from service.http.errors import log_outage, root_cause
from service.http.negotiation import JSON, choose_media_type, prefers_html, require_json, require_preflight
from service.http.request import Params, parse_body, parse_query_string, read_body
from service.http.request_errors import BadRequest, MethodNotAllowed, PayloadTooLarge, PostOnly
from service.http.responses import bug_response, compressed, error_response, result_response
from service.http.write_position import add_position
from service.reading.reader import SnapshotNeeded

# A body of more bytes is parsed in a thread.
MIN_OFFLOADED_BYTES = 50_000
# Errors of reads after which a query is executed again.
REPEATED_ERRORS = (ConnectionLost, SnapshotNeeded)
PUBLIC_FIELDS = INTROSPECTION_FIELDS | {"__typename"}


class GraphQLEndpoint:
    """An ASGI application for one schema.

    `open_context` authenticates and yields the context of the resolvers. It sets `request.state.is_repeatable`:
    whether the request has changed nothing, so that it can be sent again.

    `browser_page` renders the page for a browser that opens the URL. Without it, browsers are like other clients.

    `authenticate` raises RequestError. It is called before a body is read beyond MAX_ANONYMOUS_BODY_BYTES.

    `authorize` raises RequestError if the context may not execute an operation. `note_errors` is told of the errors of
    each request.

    A body may have `bulk_body_limit` bytes if its mutation has one of the `bulk_fields`. Every body is read up to the
    larger limit, and checked against its own limit once its document is parsed.
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
        authorize: Callable[[Any, DocumentNode, OperationDefinitionNode], None] = lambda *_: None,
        note_errors: Callable[[Request, Iterable[Exception]], None] = lambda *_: None,
    ) -> None:
        self._schema = schema._schema
        self._executor = executor
        self._documents = DocumentCache(schema)
        self._open_context = open_context
        self._operation_timeout = operation_timeout
        self._bulk_timeout = bulk_timeout
        self._body_timeout = body_timeout
        self._body_limit = body_limit
        self._read_limit = max(body_limit, bulk_body_limit) if bulk_fields else body_limit
        self._bulk_fields = bulk_fields
        self._browser_page = browser_page
        self._authenticate, self._authorize, self._note_errors = authenticate, authorize, note_errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        add_position(request, response)
        await compressed(response)(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        media_type = JSON
        try:
            if request.method not in ("GET", "POST"):
                raise MethodNotAllowed("Send queries by GET or POST, and mutations by POST.")
            if self._browser_page and request.method == "GET" and prefers_html(request.headers):
                return self._browser_page(request)
            media_type = choose_media_type(request.headers)
            result = await self._execute_request(request)
            self._note_errors(request, result.errors or ())
            log_outage(map(root_cause, result.errors or ()))
            return result_response(result, media_type, is_repeatable=is_repeatable(request))
        except ClientDisconnect as error:
            release_tracebacks(error)
            raise
        except asyncio.CancelledError as error:
            release_tracebacks(error)
            return error_response(client_error(request, Overloaded("The service is stopping.")), media_type)
        except RequestError as error:
            self._note_errors(request, [error])
            log_outage([error])
            release_tracebacks(error)
            return error_response(client_error(request, error), media_type)
        except Exception as error:
            response = bug_response(error, media_type)
            release_tracebacks(error)
            return response

    async def _execute_request(self, request: Request) -> ExecutionResult:
        params, size = await self._read_params(request)
        document = await self._documents.load_async(params.query)
        if not isinstance(document, DocumentNode):
            return ExecutionResult(None, document)
        operation = get_operation_ast(document, params.operation_name)
        if operation is None:
            return ExecutionResult(None, [unresolved_operation(params.operation_name)])
        state = request.state
        state.operation = operation.name.value if operation.name else None
        state.is_query = operation.operation is OperationType.QUERY
        fields = root_field_names(document, operation)
        is_bulk = operation.operation is OperationType.MUTATION and bool(fields & self._bulk_fields)
        self._check_operation(request, operation, size, is_bulk)
        max_values = MAX_BULK_VALUES if is_bulk else MAX_VALUES
        variables = params.variables or {}
        await run_short_job_in_thread_if(size > MIN_OFFLOADED_BYTES, check_value_count, document, variables, max_values)
        if operation.operation is OperationType.MUTATION and (
            errors := find_null_variable_errors(self._schema, document, params.variables or {})
        ):
            return ExecutionResult(None, errors)
        # The schema is public: a query of nothing else needs neither credentials nor a connection.
        if fields <= PUBLIC_FIELDS:
            return await self._execute(document, operation, params, None)
        seconds = self._bulk_timeout if is_bulk else self._operation_timeout
        timeout_error = BulkTimeout if is_bulk else OperationTimeout
        async with Deadline(request.receive, seconds, timeout_error):
            return await self._execute_with_context(request, document, operation, params)

    async def _execute_with_context(
        self, request: Request, document: DocumentNode, operation: OperationDefinitionNode, params: Params
    ) -> ExecutionResult:
        """The result of an operation. A query is executed again, in a new snapshot, if its reads have failed."""
        state = request.state
        state.operation_key, state.is_repeated = (params.query, params.operation_name), False
        if state.is_query:
            with suppress(*REPEATED_ERRORS):
                async with self._open_context(request) as context:
                    self._authorize(context, document, operation)
                    result = await self._execute(document, operation, params, context)
                if not any(isinstance(root_cause(error), REPEATED_ERRORS) for error in result.errors or ()):
                    return result
            state.is_repeated = True
        async with self._open_context(request) as context:
            self._authorize(context, document, operation)
            return await self._execute(document, operation, params, context)

    async def _read_params(self, request: Request) -> tuple[Params, int]:
        if request.method == "GET":
            require_preflight(request.headers)
            return parse_query_string(request.query_params), 0
        require_json(request.headers)
        authenticate = partial(self._authenticate, request) if self._authenticate else None
        body = await read_body(request, limit=self._read_limit, seconds=self._body_timeout, authenticate=authenticate)
        return await run_short_job_in_thread_if(len(body) > MIN_OFFLOADED_BYTES, parse_body, body), len(body)

    def _check_operation(self, request: Request, operation: OperationDefinitionNode, size: int, is_bulk: bool) -> None:
        kind = operation.operation
        if request.method == "GET" and kind is not OperationType.QUERY:
            raise PostOnly("Only queries can be sent by GET; send this by POST.")
        if kind is OperationType.SUBSCRIPTION:
            raise BadRequest("Subscriptions are not served in a single response.")
        if size > self._body_limit and not is_bulk:
            raise PayloadTooLarge(f"The request body is larger than {self._body_limit} bytes.")

    async def _execute(
        self, document: DocumentNode, operation: OperationDefinitionNode, params: Params, context: object
    ) -> ExecutionResult:
        result = await self._execute_once(document, params, params.variables, context)
        if result.data is not None or not result.errors or any(error.path for error in result.errors):
            return result
        # Nothing was executed. If variables could not be coerced, every error is reported with its path.
        variables = params.variables or {}
        coercion_errors = await run_in_thread_if(True, find_variable_errors, self._schema, operation, variables)
        if not coercion_errors:
            return result
        for error in result.errors:
            release_tracebacks(error)
        readable = await run_in_thread_if(
            True, replace_unreadable_values, self._schema, operation, variables, coercion_errors
        )
        if readable is None:
            return ExecutionResult(None, coercion_errors[:MAX_LISTED_ERRORS])
        return await self._execute_once(document, params, readable, context)

    async def _execute_once(
        self, document: DocumentNode, params: Params, variables: dict[str, Any] | None, context: object
    ) -> ExecutionResult:
        return await self._executor.run(
            document, variables=variables, operation_name=params.operation_name, context=context
        )


def is_repeatable(request: Request) -> bool:
    """Whether a request has changed nothing, so that it can be sent again. See `open_context`."""
    return getattr(request.state, "is_repeatable", True)


def client_error(request: Request, error: RequestError) -> RequestError:
    """The error for the client when a whole request fails: it says so if something is committed already."""
    return error if is_repeatable(request) else CommittedWithoutResult(error)


def check_value_count(document: DocumentNode, variables: dict[str, Any], max_values: int) -> None:
    """Raises BadUserInput for more than `max_values` values in variables: reading them would block other requests."""
    count = count_variable_values(document, variables)
    if count > max_values:
        raise BadUserInput(
            f"The variables hold {count} values, counted wherever they are used, an object for {VALUES_PER_OBJECT};"
            f" the limit is {max_values}. Send several operations."
        )


def unresolved_operation(operation_name: str | None) -> GraphQLError:
    """The error for a document with several operations, or without the named one."""
    message = (
        "The document has several operations; say which by `operationName`."
        if operation_name is None
        else f'The document has no operation "{operation_name}".'
    )
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})
