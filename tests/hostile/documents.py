"""Documents made to hurt: each function returns the body of a request."""

from itertools import cycle, islice
from typing import Any

Body = dict[str, Any]
SOME_ID = "T2JqZWN0aXZlOjAxYTIwNTM1LTFmY2QtNzRhZS04ZWMyLTk3MjA3MTM5YmU4OA"
NULL, BIDI, LONE_SURROGATE = "\\u0000", "\u202e\u2066evil\u2069\u202c", "\\uD800"
DESCRIBED = (
    "kind name description fields(includeDeprecated: true) { name description args { name } type { name kind } }"
)


def nested(depth: int) -> Body:
    """Selection sets so many levels deep."""
    names = islice(cycle(["objectives", "nodes", "cycle"]), depth - 1)
    return {"query": "{ " + "".join(f"{name} {{" for name in names) + " id " + "}" * depth}


def fragment_chain(length: int) -> Body:
    """Fragments of which each spreads the next one twice: 2 to the power of their number fields."""
    links = [f"fragment F{number} on Query {{ ...F{number + 1} ...F{number + 1} }}" for number in range(length)]
    return {"query": " ".join(["{ ...F0 }", *links, f"fragment F{length} on Query {{ __typename }}"])}


def cyclic_fragments(length: int) -> Body:
    """Fragments that spread each other in a ring."""
    links = [f"fragment F{number} on Query {{ ...F{(number + 1) % length} }}" for number in range(length)]
    return {"query": " ".join(["{ ...F0 }", *links])}


def unknown_fragments(count: int) -> Body:
    """Spreads of fragments that are nowhere."""
    return {"query": "{ " + " ".join(f"...F{number}" for number in range(count)) + " }"}


def aliases(count: int) -> Body:
    """One field under many names."""
    return {"query": "{ " + " ".join(f"a{number}: __typename" for number in range(count)) + " }"}


def duplicates(count: int) -> Body:
    """One field again and again."""
    return {"query": "{ " + "__typename " * count + "}"}


def directives(count: int, directive: str = "@a") -> Body:
    """Many directives on one field."""
    return {"query": "{ __typename " + f"{directive} " * count + "}"}


def overlapping(count: int) -> Body:
    """Fields of one name and different arguments, which may not be merged."""
    return {"query": "{ " + " ".join(f"viewer(a: {number}) {{ role }}" for number in range(count)) + " }"}


def overlapping_fragments(count: int) -> Body:
    """Fragments beside each other that have a field of one name: each is compared with each."""
    spreads = " ".join(f"...F{number}" for number in range(count))
    fragments = (f"fragment F{number} on Objective {{ cycle {{ id name }} }}" for number in range(count))
    return {"query": " ".join(["{ objectives { nodes {", spreads, "} } }", *fragments])}


def comment(size: int) -> Body:
    """A comment of so many bytes."""
    return {"query": "{ __typename } #" + "a" * size}


def nested_list(depth: int) -> Body:
    """A list literal so many levels deep."""
    return {"query": "{ nodes(ids: " + "[" * depth + "]" * depth + ") { id } }"}


def number(digits: int, field: str = "first") -> Body:
    """An integer of so many digits."""
    return {"query": f"{{ objectives({field}: {'9' * digits}) {{ nodes {{ id }} }} }}"}


def operations(count: int) -> Body:
    """A document with many operations that does not say which one is meant."""
    return {"query": " ".join(f"query Q{number} {{ __typename }}" for number in range(count))}


def circular_introspection(depth: int) -> Body:
    """The types of the fields of the types of the fields of all types."""
    inner = "name"
    for _ in range(depth):
        inner = f"fields {{ type {{ {inner} }} }}"
    return {"query": f"{{ __schema {{ types {{ name {inner} }} }} }}"}


def introspection(count: int) -> Body:
    """The whole schema under so many aliases."""
    inner = f"__schema {{ types {{ {DESCRIBED} }} directives {{ name description }} }}"
    return {"query": "{ " + " ".join(f"a{number}: {inner}" for number in range(count)) + " }"}


def unused_variables(count: int) -> Body:
    """Variables that are declared and not used."""
    return {"query": f"query({' '.join(f'$v{number}: Int' for number in range(count))}) {{ __typename }}"}


def undeclared_variables(count: int) -> Body:
    """Values of variables that the document does not declare."""
    return {"query": "{ __typename }", "variables": {f"v{number}": number for number in range(count)}}


def values(count: int, uses: int) -> Body:
    """A list of so many ids that is used so many times."""
    fields = " ".join(f"a{number}: objectives(filter: {{id: {{in: $ids}}}}) {{ totalCount }}" for number in range(uses))
    return {"query": f"query($ids: [ID!]) {{ {fields} }}", "variables": {"ids": [SOME_ID] * count}}


def default_values(count: int) -> Body:
    """A variable whose default value is a long list of objects."""
    value = "[" + "{title: {eq: 1}} " * count + "]"
    return {"query": f"query($a: [ObjectiveFilter!] = {value}) {{ objectives(filter: {{and: $a}}) {{ totalCount }} }}"}


def nested_filter_literal(depth: int) -> Body:
    """A filter so many levels deep, in the document."""
    return {"query": "{ objectives(filter: " + "{and: [" * depth + "]}" * depth + ") { totalCount } }"}


def nested_filter(depth: int) -> Body:
    """A filter so many levels deep, as a variable."""
    value: Body = {"title": {"eq": "x"}}
    for _ in range(depth):
        value = {"and": [value]}
    return {
        "query": "query($filter: ObjectiveFilter) { objectives(filter: $filter) { totalCount } }",
        "variables": {"filter": value},
    }


def new_filters(count: int, seed: int) -> Body:
    """Filters of a form that was not sent before, so that a statement has to be made for each."""
    parts = [
        *('{title: {eq: "x"}}', '{title: {neq: "x"}}', '{title: {in: ["x"]}}', "{title: {isNull: true}}"),
        *('{externalId: {eq: "x"}}', '{externalId: {neq: "x"}}', '{externalId: {in: ["x"]}}'),
        *("{progress: {gt: 0}}", "{progress: {lte: 1}}", "{progress: {isNull: true}}", "{progress: {eq: 0}}"),
    ]
    fields = []
    for number in range(seed * count + 1, seed * count + count + 1):
        some = " ".join(part for bit, part in enumerate(parts) if number >> bit & 1)
        fields.append(f"a{number}: objectives(filter: {{or: [{some}]}}) {{ totalCount }}")
    return {"query": "{ " + " ".join(fields) + " }"}


def searched(text: str) -> Body:
    """A search for a text, as it stands in the document between quotes."""
    return {"query": f"{{ objectives(filter: {{title: {{contains: {text}}}}}) {{ totalCount }} }}"}
