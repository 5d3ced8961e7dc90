"""Every place in a mutation's input that takes a text, however deep, and what comes of a text in it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from graphql import get_named_type, get_nullable_type, is_input_object_type, is_list_type

from tests.bad_input.asking import Asker, codes_of, outcome
from tests.kit.inputs import MOVES, MUTATION, WHOLE, filled, put, without_places


def texts() -> list[tuple[str, str]]:
    """Every place in a mutation's input that takes a text, by its path: `name`, `scale.0`, `measurements.0.source`; not
    in a filter, where it is compared."""
    found = ((name, place) for name, _ in MOVES for place in _texts_in(input_of(name), ""))
    return list(dict.fromkeys(found))


def input_of(mutation: str) -> Any:
    """The type of a mutation's input."""
    return get_named_type(MUTATION.fields[mutation].args["input"].type)


def description_of(mutation: str, path: str) -> str:
    """What the schema says of a place in an input."""
    kind, found = input_of(mutation), None
    for name in without_places(path).split("."):
        found = kind.fields[name]
        kind = get_named_type(found.type)
    assert found is not None
    return str(found.description)


def _texts_in(kind: Any, above: str) -> Iterator[str]:
    for name, each in kind.fields.items():
        place = f"{above}{name}.0" if is_list_type(get_nullable_type(each.type)) else f"{above}{name}"
        inner = get_named_type(each.type)
        if inner.name == "String":
            yield place
        elif is_input_object_type(inner) and not inner.name.endswith("Filter"):
            yield from _texts_in(inner, f"{place}.")


async def with_text(asker: Asker, mutation: str, field: str, text: str) -> Any:
    """What comes of a text as a variable, byte for byte as JSON escapes it."""
    input = put(filled(next(move for name, move in (*WHOLE, *MOVES) if name == mutation), asker.estate), field, text)
    kind = MUTATION.fields[mutation].args["input"].type
    document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}"
    response = await asker.raw(json.dumps({"query": document, "variables": {"input": input}}).encode())
    return codes_of(response) or outcome(response.json(), mutation)


def part_of(path: str) -> tuple[str, str]:
    """The path to the item of a list in which a text stands, with a dot, and the text's path in the item."""
    found = re.fullmatch(r"((?:objectives|keyResults|kpis|alignments|links)\.0\.)(.*)", path)
    return (found[1], found[2]) if found else ("", path)
