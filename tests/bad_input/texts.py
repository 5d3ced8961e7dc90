"""Every field of a mutation's input that takes a text, and what comes of a text in it."""

import json
from collections.abc import Iterator
from typing import Any

from graphql import get_named_type, get_nullable_type

from tests.bad_input.asking import Asker, codes_of, outcome
from tests.tenancy.moves import MOVES, MUTATION, filled


def texts() -> list[tuple[str, str]]:
    """Every field of a mutation's input that takes a text."""
    return list(dict.fromkeys((name, field) for name, _ in MOVES for field in texts_of(name)))


def texts_of(mutation: str) -> Iterator[str]:
    kind: Any = get_named_type(MUTATION.fields[mutation].args["input"].type)
    return (name for name, each in kind.fields.items() if getattr(get_nullable_type(each.type), "name", "") == "String")


async def with_text(asker: Asker, mutation: str, field: str, text: str) -> Any:
    """What comes of a text as a variable, byte for byte as JSON escapes it."""
    input = filled(next(move for name, move in MOVES if name == mutation), asker.estate) | {field: text}
    kind = MUTATION.fields[mutation].args["input"].type
    document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}"
    response = await asker.raw(json.dumps({"query": document, "variables": {"input": input}}).encode())
    return codes_of(response) or outcome(response.json(), mutation)
