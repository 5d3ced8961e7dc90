"""Descriptions in the schema: each begins with its noun, stands alone in a tooltip, and names its object."""

import gc
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from graphql import GraphQLEnumType, GraphQLNamedType

import schema as schema_package
import service
from schema.descriptions.nouns import PLACEHOLDER
from schema.mutations.user_errors import UserErrorCode
from schema.root import schema, sdl
from service.errors import FileRefusal, Refusal, Refusals, refusal_kinds

# A description that begins like this leans on the name of its type or field, which a tooltip need not show.
LEANING = frozenset(
    [
        "its",
        "it",
        "what",
        "which",
        "whether",
        "who",
        "how",
        "when",
        "why",
        "by",
        "where",
        "those",
        "they",
        "these",
        "this",
        "that",
    ]
)
MIN_WORDS = 4


def described(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """A type and all that it holds, by coordinates, with their descriptions."""
    yield kind.name, kind.description
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
    for name, field in getattr(kind, "fields", {}).items():
        yield f"{kind.name}.{name}", field.description
        for argument, value in getattr(field, "args", {}).items():
            yield f"{kind.name}.{name}({argument}:)", value.description


TYPES = [kind for name, kind in schema._schema.type_map.items() if not name.startswith("__")]
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String", "JSON"}
DESCRIPTIONS = {where: text for kind in TYPES if kind.name not in BUILT_IN for where, text in described(kind)}


def first_word(text: str) -> str:
    return text.split()[0].strip("`.,:;").lower()


def test_all_are_described() -> None:
    assert len(DESCRIPTIONS) > 1_900
    assert [where for where, text in DESCRIPTIONS.items() if not text] == []


def test_each_begins_with_its_noun() -> None:
    assert [where for where, text in DESCRIPTIONS.items() if text and first_word(text) in LEANING] == []


def test_each_says_more_than_its_name() -> None:
    assert [where for where, text in DESCRIPTIONS.items() if text and len(text.split()) < MIN_WORDS] == []


def test_each_is_a_sentence_with_all_of_its_nouns() -> None:
    wrong = [where for where, text in DESCRIPTIONS.items() if text and (PLACEHOLDER.search(text) or text[-1] != ".")]
    assert wrong == []


def test_every_refusal_that_a_mutation_can_come_to_is_a_code_with_a_meaning() -> None:
    for package in (service, schema_package):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    with_meaning = {kind.code for kind in refusal_kinds() if kind.meaning is not None}
    assert with_meaning == {code.name for code in UserErrorCode}
    assert all(kind.meaning for kind in refusal_kinds() if not issubclass(kind, FileRefusal | Refusals))


def test_a_refusal_without_a_meaning_is_found() -> None:
    class Forgotten(Refusal):
        """Nobody said what it means."""

    with pytest.raises(TypeError, match="Forgotten"):
        refusal_kinds()
    del Forgotten
    # A class refers to itself, so it stays known until it is collected.
    gc.collect()
    assert refusal_kinds()


def test_what_may_be_left_out_has_no_default_of_null() -> None:
    assert "= null" not in sdl()
    assert "= false" in sdl()
