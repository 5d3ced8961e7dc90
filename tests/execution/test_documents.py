"""Documents are parsed and validated once, and the cache is bounded."""

import asyncio

import pytest
import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse

from schema.execution.documents import document_cache
from schema.execution.documents.document_cache import DocumentCache, root_field_names


@strawberry.type
class Query:
    """A field with an argument."""

    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text


SCHEMA = strawberry.Schema(Query)


def find_error(text: str) -> GraphQLError:
    errors = DocumentCache(SCHEMA).load(text)
    assert isinstance(errors, list)
    (error,) = errors
    return error


def test_the_same_text_is_the_same_document() -> None:
    cache = DocumentCache(SCHEMA)
    document = cache.load("{ echo }")
    assert isinstance(document, DocumentNode)
    assert cache.load("{ echo }") is document
    assert cache.load("{ echo  }") is not document


def test_a_valid_document_of_one_schema_may_be_invalid_in_another() -> None:
    @strawberry.type
    class Other:
        name: str = ""

    assert isinstance(DocumentCache(SCHEMA).load("{ echo }"), DocumentNode)
    assert isinstance(DocumentCache(strawberry.Schema(Other)).load("{ echo }"), list)


def test_invalid_documents_evict_nothing() -> None:
    cache = DocumentCache(SCHEMA)
    document = cache.load("{ echo }")
    for number in range(document_cache.MAX_CACHED_DOCUMENTS):
        assert isinstance(cache.load(f"{{ a{number} }}"), list)
    assert cache.load("{ echo }") is document


def test_the_number_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cache, "MAX_CACHED_DOCUMENTS", 3)
    cache = DocumentCache(SCHEMA)
    first, second, third = (cache.load(f"query Q{number} {{ echo }}") for number in range(3))
    assert cache.load("query Q0 { echo }") is first
    cache.load("query Q3 { echo }")
    assert cache.load("query Q0 { echo }") is first
    assert cache.load("query Q2 { echo }") is third
    assert cache.load("query Q1 { echo }") is not second


def test_the_memory_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cache, "MAX_CACHED_BYTES", 40 * document_cache.BYTES_PER_TOKEN)
    cache = DocumentCache(SCHEMA)
    twenty_tokens = "query A { " + "echo " * 15 + "}"
    first = cache.load(twenty_tokens)
    cache.load(twenty_tokens.replace("A", "B"))
    assert cache.load(twenty_tokens) is first
    cache.load(twenty_tokens.replace("A", "C"))
    assert cache.load(twenty_tokens) is first
    cache.load("query D { " + "echo " * 20 + "}")
    assert cache.load(twenty_tokens) is not first


@pytest.mark.parametrize(
    ("text", "message", "extensions"),
    [
        (
            '{ echo(text: "' + "é" * 10_000 + '") }',
            "The document is larger than 20000 bytes. Send several operations, and values as variables.",
            {"code": "GRAPHQL_VALIDATION_FAILED", "limit": "document", "maximum": 20_000},
        ),
        (
            "{" + " a" * 2_000,
            "Syntax Error: Document contains more than 2000 tokens. Parsing aborted.",
            {"code": "GRAPHQL_PARSE_FAILED"},
        ),
        (
            "{ a" * 500,
            "Syntax Error: Document is nested too deeply. Parsing aborted.",
            {"code": "GRAPHQL_PARSE_FAILED"},
        ),
        (
            '{ echo(text: "\\ud800") }',
            "Syntax Error: Invalid Unicode escape sequence: '\\ud800'.",
            {"code": "GRAPHQL_PARSE_FAILED"},
        ),
        ('{ echo(text: "\\u{0}") }', "Text cannot hold the character U+0000.", {"code": "BAD_USER_INPUT"}),
        ('{ echo(text: "\0") }', "Text cannot hold the character U+0000.", {"code": "BAD_USER_INPUT"}),
        (
            "{ echo ...F } fragment F on Query { echo @skip(if: 1) }",
            "Boolean cannot represent a non boolean value: 1",
            {"inputPath": ["if"], "code": "GRAPHQL_VALIDATION_FAILED"},
        ),
    ],
)
def test_refused_documents(text: str, message: str, extensions: dict[str, object]) -> None:
    error = find_error(text)
    assert (error.message, error.extensions) == (message, extensions)


def test_limits_come_before_validation() -> None:
    assert find_error("{ nothing " + "{ a " * 13 + "}" * 14).extensions == {
        "code": "GRAPHQL_VALIDATION_FAILED",
        "limit": "depth",
        "maximum": 12,
    }


def test_root_field_names_include_fragments() -> None:
    document = parse("{ x: a ...F ... { b ...F } } fragment F on Query { c { d } ...G } fragment G on Query { e }")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert root_field_names(document, operation) == {"a", "b", "c", "e"}


async def test_a_long_document_is_parsed_in_a_thread_and_cached() -> None:
    """Other tasks run while it is parsed."""
    cache = DocumentCache(SCHEMA)
    long = "query Q { " + "echo " * 1_900 + "}"
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    result = await cache.load_async(long)
    ticking.cancel()
    assert isinstance(result, list), "fields of one name are limited"
    assert ticks > 1
    short = await cache.load_async("{ echo }")
    assert isinstance(short, DocumentNode)
    assert await cache.load_async("{ echo }") is short
    padded = "{ echo }" + " " * 3_000
    padded_document = await cache.load_async(padded)
    assert isinstance(padded_document, DocumentNode)
    assert await cache.load_async(padded) is padded_document


def test_the_first_errors_are_listed_some_with_suggestions() -> None:
    errors = DocumentCache(SCHEMA).load("{ " + " ".join(f"ech{number}" for number in range(15)) + " }")
    assert isinstance(errors, list)
    assert [error.message for error in errors] == [
        *(f"Cannot query field 'ech{number}' on type 'Query'. Did you mean 'echo'?" for number in range(3)),
        *(f"Cannot query field 'ech{number}' on type 'Query'." for number in range(3, 5)),
        "Too many validation errors, error limit reached. Validation aborted.",
    ]
    assert {(error.extensions or {})["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


def test_of_ten_unknown_directives_not_all_are_listed() -> None:
    """graphql-cop sends this document and reports ten errors as a lack of limits."""
    errors = DocumentCache(SCHEMA).load("query { __typename " + "@aa" * 10 + " }")
    assert isinstance(errors, list)
    assert [error.message for error in errors] == [
        *["Unknown directive '@aa'."] * 5,
        "Too many validation errors, error limit reached. Validation aborted.",
    ]
