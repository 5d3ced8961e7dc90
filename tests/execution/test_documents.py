"""Documents are parsed and validated once, and what is kept is bounded."""

import asyncio

import pytest
import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse

from schema.execution.documents import document_cache
from schema.execution.documents.document_cache import Documents, root_fields


@strawberry.type
class Query:
    """A field with an argument."""

    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text


SCHEMA = strawberry.Schema(Query)


def failure(text: str) -> GraphQLError:
    errors = Documents(SCHEMA).load(text)
    assert isinstance(errors, list)
    (error,) = errors
    return error


def test_the_same_text_is_the_same_document() -> None:
    cache = Documents(SCHEMA)
    document = cache.load("{ echo }")
    assert isinstance(document, DocumentNode)
    assert cache.load("{ echo }") is document
    assert cache.load("{ echo  }") is not document


def test_what_is_valid_in_one_schema_is_not_in_another() -> None:
    @strawberry.type
    class Other:
        name: str = ""

    assert isinstance(Documents(SCHEMA).load("{ echo }"), DocumentNode)
    assert isinstance(Documents(strawberry.Schema(Other)).load("{ echo }"), list)


def test_failures_push_nothing_out() -> None:
    cache = Documents(SCHEMA)
    document = cache.load("{ echo }")
    for number in range(document_cache.CACHED_DOCUMENTS):
        assert isinstance(cache.load(f"{{ a{number} }}"), list)
    assert cache.load("{ echo }") is document


def test_the_number_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cache, "CACHED_DOCUMENTS", 3)
    cache = Documents(SCHEMA)
    first, second, third = (cache.load(f"query Q{number} {{ echo }}") for number in range(3))
    assert cache.load("query Q0 { echo }") is first
    cache.load("query Q3 { echo }")
    assert cache.load("query Q0 { echo }") is first
    assert cache.load("query Q2 { echo }") is third
    assert cache.load("query Q1 { echo }") is not second


def test_the_memory_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cache, "CACHED_BYTES", 40 * document_cache.BYTES_A_TOKEN)
    cache = Documents(SCHEMA)
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
def test_what_is_refused(text: str, message: str, extensions: dict[str, object]) -> None:
    error = failure(text)
    assert (error.message, error.extensions) == (message, extensions)


def test_limits_come_before_validation() -> None:
    assert failure("{ nothing " + "{ a " * 13 + "}" * 14).extensions == {
        "code": "GRAPHQL_VALIDATION_FAILED",
        "limit": "depth",
        "maximum": 12,
    }


def test_root_fields_are_found_through_fragments() -> None:
    document = parse("{ x: a ...F ... { b ...F } } fragment F on Query { c { d } ...G } fragment G on Query { e }")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert root_fields(document, operation) == {"a", "b", "c", "e"}


async def test_a_long_document_is_read_in_a_thread_and_kept_like_any_other() -> None:
    """While it is read, what else there is to do is done."""
    cache = Documents(SCHEMA)
    long = "query Q { " + "echo " * 1_900 + "}"
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(tick())
    found = await cache.loaded(long)
    others.cancel()
    assert isinstance(found, list), "fields of one name are limited"
    assert ticks > 1
    short = await cache.loaded("{ echo }")
    assert isinstance(short, DocumentNode)
    assert await cache.loaded("{ echo }") is short
    padded = "{ echo }" + " " * 3_000
    kept = await cache.loaded(padded)
    assert isinstance(kept, DocumentNode)
    assert await cache.loaded(padded) is kept


def test_of_many_errors_the_first_are_told_and_what_may_have_been_meant_of_the_first_few() -> None:
    errors = Documents(SCHEMA).load("{ " + " ".join(f"ech{number}" for number in range(15)) + " }")
    assert isinstance(errors, list)
    assert [error.message for error in errors] == [
        *(f"Cannot query field 'ech{number}' on type 'Query'. Did you mean 'echo'?" for number in range(3)),
        *(f"Cannot query field 'ech{number}' on type 'Query'." for number in range(3, 5)),
        "Too many validation errors, error limit reached. Validation aborted.",
    ]
    assert {(error.extensions or {})["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


def test_of_ten_unknown_directives_not_all_are_told() -> None:
    """What graphql-cop sends to see whether directives can be overloaded: it counts ten errors as yes."""
    errors = Documents(SCHEMA).load("query { __typename " + "@aa" * 10 + " }")
    assert isinstance(errors, list)
    assert [error.message for error in errors] == [
        *["Unknown directive '@aa'."] * 5,
        "Too many validation errors, error limit reached. Validation aborted.",
    ]
