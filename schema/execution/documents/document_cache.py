"""Parses and validates documents, and caches the valid ones by their text."""

import strawberry
from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValuesOfCorrectTypeRule,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.exceptions import StrawberryInputCoercionError

from schema.execution.documents.input_values import (
    InputValuesRule,
    NonNullFieldsRule,
    OneOfVariablesRule,
    complete_input_types,
)
from schema.execution.documents.limits import find_limit_errors
from schema.execution.offload import run_short_job_in_thread_if

MAX_DOCUMENT_BYTES = 20_000
MAX_DOCUMENT_TOKENS = 2_000
# Longer documents are parsed in a thread.
MAX_INLINE_CHARACTERS = 1_000
# Validation errors that are listed; security audits count ten as a lack of limits.
MAX_VALIDATION_ERRORS = 5
MAX_ERRORS_WITH_SUGGESTIONS = 3
MAX_CACHED_DOCUMENTS = 1_000
MAX_CACHED_BYTES = 64_000_000
BYTES_PER_TOKEN = 400

VALIDATION_RULES = (
    *(InputValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    OneOfVariablesRule,
    NonNullFieldsRule,
)


class DocumentCache:
    """The valid documents of a schema by their exact text, with the least recently used ones evicted."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema._schema
        complete_input_types(self._schema)
        self._valid: LRUCache[str, DocumentNode] = LRUCache(MAX_CACHED_BYTES, size_in_bytes)

    async def load_async(self, text: str) -> DocumentNode | list[GraphQLError]:
        """As `load`; a long document is parsed in a thread, so that it does not block the event loop."""
        return self._valid.get(text) or self._cache_if_valid(
            text, await run_short_job_in_thread_if(len(text) > MAX_INLINE_CHARACTERS, self._parse_and_validate, text)
        )

    def load(self, text: str) -> DocumentNode | list[GraphQLError]:
        """The valid document of this text, or its errors."""
        return self._valid.get(text) or self._cache_if_valid(text, self._parse_and_validate(text))

    def _cache_if_valid(
        self, text: str, result: DocumentNode | list[GraphQLError]
    ) -> DocumentNode | list[GraphQLError]:
        if isinstance(result, DocumentNode):
            # Invalid documents are not cached: anyone can send them, and they would evict those in use.
            self._valid[text] = result
        return result

    def _parse_and_validate(self, text: str) -> DocumentNode | list[GraphQLError]:
        if len(text.encode()) > MAX_DOCUMENT_BYTES:
            return [document_too_large_error()]
        try:
            document = parse(text, max_tokens=MAX_DOCUMENT_TOKENS)
        except GraphQLSyntaxError as error:
            return [set_error_code(error, "GRAPHQL_PARSE_FAILED")]
        if errors := find_limit_errors(document):
            return errors
        if errors := self._validate(document):
            return [set_error_code(error, validation_error_code(error)) for error in errors]
        if errors := find_nul_errors(document, text):
            return errors
        unlink_tokens(document)
        return document

    def _validate(self, document: DocumentNode) -> list[GraphQLError]:
        """The validation errors of a document, the first few with suggestions.

        A suggestion takes milliseconds, since the unknown name is compared with all names.
        """
        errors = validate(
            self._schema, document, VALIDATION_RULES, max_errors=MAX_VALIDATION_ERRORS, hide_suggestions=True
        )
        if not errors:
            return []
        with_suggestions = validate(self._schema, document, VALIDATION_RULES, max_errors=MAX_ERRORS_WITH_SUGGESTIONS)
        return [*with_suggestions[:MAX_ERRORS_WITH_SUGGESTIONS], *errors[MAX_ERRORS_WITH_SUGGESTIONS:]]


def unlink_tokens(document: DocumentNode) -> None:
    """Removes the links between tokens: their cycles would keep an evicted document until a garbage collection."""
    token = document.loc.start_token if document.loc else None
    while token:
        token.prev, token.next, token = None, None, token.next


def size_in_bytes(document: DocumentNode) -> int:
    """The approximate size of a parsed document.

    Its minimum ensures that at most MAX_CACHED_DOCUMENTS documents fit into the cache.
    """
    return max(MAX_CACHED_BYTES // MAX_CACHED_DOCUMENTS, document.token_count * BYTES_PER_TOKEN)


def document_too_large_error() -> GraphQLError:
    """The error for a document that is too large to be parsed."""
    return GraphQLError(
        f"The document is larger than {MAX_DOCUMENT_BYTES} bytes. Send several operations, and values as variables.",
        extensions={"code": "GRAPHQL_VALIDATION_FAILED", "limit": "document", "maximum": MAX_DOCUMENT_BYTES},
    )


def set_error_code(error: GraphQLError, code: str) -> GraphQLError:
    """Sets the code of an error and returns the error."""
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def validation_error_code(error: GraphQLError) -> str:
    """The code of a validation error: BAD_USER_INPUT for a literal that its scalar cannot read, as in a variable."""
    from_scalar = isinstance(error, StrawberryInputCoercionError) or error.original_error is not None
    return "BAD_USER_INPUT" if from_scalar else "GRAPHQL_VALIDATION_FAILED"


def find_nul_errors(document: DocumentNode, text: str) -> list[GraphQLError]:
    """Errors for strings that contain NUL, which Postgres cannot store."""
    if "\\u" not in text and "\0" not in text:
        return []
    visitor = NulStringVisitor()
    visit(document, visitor)
    return visitor.errors


class NulStringVisitor(Visitor):
    """Collects an error for each string that contains NUL."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[GraphQLError] = []

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if "\0" in node.value:
            message = "Text cannot hold the character U+0000."
            self.errors.append(GraphQLError(message, node, extensions={"code": "BAD_USER_INPUT"}))


def root_field_names(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The names of the fields that an operation of a valid document selects at its root."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    names = set()
    spread_names = set()
    pending: list[SelectionSetNode] = [operation.selection_set]
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                pending.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread_names:
                spread_names.add(selection.name.value)
                pending.append(fragments[selection.name.value].selection_set)
    return frozenset(names)
