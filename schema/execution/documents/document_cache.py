"""Parses and validates documents, once for each text that keeps coming."""

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
from schema.execution.documents.limits import over_limits
from schema.execution.offload import read_aside

MAX_BYTES = 20_000
MAX_TOKENS = 2_000
LONG = 1_000
# Errors of validation that are listed. Audits take a list of ten for a server that looks at everything it is sent.
MAX_ERRORS = 5
MAX_SUGGESTIONS = 3
CACHED_DOCUMENTS = 1_000
CACHED_BYTES = 64_000_000
BYTES_A_TOKEN = 400

RULES = (
    *(InputValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    OneOfVariablesRule,
    NonNullFieldsRule,
)


class Documents:
    """The valid documents of a schema by their exact text, least recently used ones forgotten."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema._schema
        complete_input_types(self._schema)
        self._valid: LRUCache[str, DocumentNode] = LRUCache(CACHED_BYTES, weight)

    async def loaded(self, text: str) -> DocumentNode | list[GraphQLError]:
        """As `load`; what is long is read in a thread, so that it holds up nobody else's request."""
        return self._valid.get(text) or self._kept(text, await read_aside(len(text) > LONG, self._examined, text))

    def load(self, text: str) -> DocumentNode | list[GraphQLError]:
        """The document of this text, fit to be executed, or what is wrong with it."""
        return self._valid.get(text) or self._kept(text, self._examined(text))

    def _kept(self, text: str, found: DocumentNode | list[GraphQLError]) -> DocumentNode | list[GraphQLError]:
        if isinstance(found, DocumentNode):
            # Failures are not kept: anyone can make them, and they would push out what is in use.
            self._valid[text] = found
        return found

    def _examined(self, text: str) -> DocumentNode | list[GraphQLError]:
        if len(text.encode()) > MAX_BYTES:
            return [too_large()]
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLSyntaxError as error:
            return [coded(error, "GRAPHQL_PARSE_FAILED")]
        if errors := over_limits(document):
            return errors
        if errors := self._invalid(document):
            return [coded(error, validation_code(error)) for error in errors]
        if errors := unstorable(document, text):
            return errors
        unlink(document)
        return document

    def _invalid(self, document: DocumentNode) -> list[GraphQLError]:
        """What validation has against a document. Whether something else was meant is looked up for the first few.

        It takes milliseconds for each, since the unknown name is compared with all that there are.
        """
        errors = validate(self._schema, document, RULES, max_errors=MAX_ERRORS, hide_suggestions=True)
        if not errors:
            return []
        helpful = validate(self._schema, document, RULES, max_errors=MAX_SUGGESTIONS)
        return [*helpful[:MAX_SUGGESTIONS], *errors[MAX_SUGGESTIONS:]]


def unlink(document: DocumentNode) -> None:
    """Lets tokens go of their neighbours, since a document that is forgotten would wait for the garbage collector."""
    token = document.loc.start_token if document.loc else None
    while token:
        token.prev, token.next, token = None, None, token.next


def weight(document: DocumentNode) -> int:
    """About the bytes of a parsed document, and never so few that more than the wanted number fit."""
    return max(CACHED_BYTES // CACHED_DOCUMENTS, document.token_count * BYTES_A_TOKEN)


def too_large() -> GraphQLError:
    """The error for a document that is not even parsed."""
    return GraphQLError(
        f"The document is larger than {MAX_BYTES} bytes. Send several operations, and values as variables.",
        extensions={"code": "GRAPHQL_VALIDATION_FAILED", "limit": "document", "maximum": MAX_BYTES},
    )


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The error with its code."""
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def validation_code(error: GraphQLError) -> str:
    """A literal that its scalar cannot read is bad input, as the same value in a variable is."""
    from_scalar = isinstance(error, StrawberryInputCoercionError) or error.original_error is not None
    return "BAD_USER_INPUT" if from_scalar else "GRAPHQL_VALIDATION_FAILED"


def unstorable(document: DocumentNode, text: str) -> list[GraphQLError]:
    """Errors for strings with a NUL, which Postgres cannot hold."""
    if "\\u" not in text and "\0" not in text:
        return []
    finder = NulFinder()
    visit(document, finder)
    return finder.errors


class NulFinder(Visitor):
    """Collects an error for each string that holds a NUL."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[GraphQLError] = []

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if "\0" in node.value:
            message = "Text cannot hold the character U+0000."
            self.errors.append(GraphQLError(message, node, extensions={"code": "BAD_USER_INPUT"}))


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The names of the fields that an operation of a valid document selects at its root."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    names = set()
    spread = set()
    pending: list[SelectionSetNode] = [operation.selection_set]
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                pending.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                spread.add(selection.name.value)
                pending.append(fragments[selection.name.value].selection_set)
    return frozenset(names)
