"""The most expensive queries within the limits. No document is sent twice, so that nothing comes from a cache."""

from collections.abc import Mapping
from typing import NamedTuple

from bench.documents.document import Json

ALIASES = 28
ROOT_FIELDS = 20
PAGES = 100
COMPARISONS = 57
# More copies of the schema would exceed the limit of a response.
SCHEMAS = 20
BOARDS = 10
# As many comparisons of this kind as a request may make, of lists that are counted.
CONTAINS = 5
OPERATORS = ("neq", "eq")
LEAVES = """id externalId title level kind lifecycle perspective position progress progressRaw progressReason
    progressSource status statusReason statusSource version visibility createdAt updatedAt archivedAt description"""
LEAVES_OF_RESULTS = """id externalId title kind lifecycle position unit baseline target current progress progressRaw
    progressReason status statusReason version createdAt updatedAt archivedAt"""


class Question(NamedTuple):
    """A document and its variables."""

    document: str
    variables: Mapping[str, Json] = {}
    encoding: str = "identity"


def questions(number: int) -> dict[str, Question]:
    """The most expensive request of each kind within the limits. Numbers below 20 give different documents."""
    return {
        "a large response": Question(large_document(2 * number)),
        "a large response, compressed": Question(large_document(2 * number + 1), encoding="gzip"),
        f"{ALIASES} new relations": Question(relations_document(number)),
        f"{ROOT_FIELDS} new filters": filters_question(number),
        "a document of 1 600 tokens": Question(long_document(number)),
        "fragments of fragments": Question(doubling_document(number)),
        f"the schema, {SCHEMAS} times": Question(introspection_document(number)),
        "all days of a KPI in ten years": Question(series_document(number)),
        f"{BOARDS} boards of KPIs": Question(boards_document(number)),
        f"{ROOT_FIELDS} counts of filtered goals": Question(counts_document(number)),
    }


def large_document(number: int) -> str:
    """Three thousand objectives with all scalar fields, and three times as many key results."""
    nodes = f"nodes {{ {LEAVES} keyResults {{ {LEAVES_OF_RESULTS} }}"
    pages = f"children(first: {PAGES - number}) {{ {nodes}"
    return f"{{ objectives(first: {PAGES}) {{ {nodes} {pages} {pages} }} }} }} }} }} }} }}"


def relations_document(number: int) -> str:
    """Pages of children of five objectives, each of another size, with a field that depends on the number."""
    field = LEAVES.split()[number]
    aliased = (
        f"a{size}: children(first: {size}) {{ totalCount nodes {{ {field} }} }}" for size in range(1, ALIASES + 1)
    )
    return f"{{ objectives(first: 5) {{ nodes {{ {' '.join(aliased)} }} }} }}"


def filters_question(number: int) -> Question:
    """Twenty lists of objectives, each with another filter: the bits of a number determine its comparisons."""
    shapes: dict[str, Json] = {}
    for shape in range(number * ROOT_FIELDS, (number + 1) * ROOT_FIELDS):
        operators = [OPERATORS[shape >> bit & 1] for bit in range(COMPARISONS)]
        shapes[f"f{shape}"] = {"and": [{"title": {operator: "a"}} for operator in operators]}
    fields = (f"{name}: objectives(first: 5, filter: ${name}) {{ nodes {{ title }} totalCount }}" for name in shapes)
    return Question(
        f"query({', '.join(f'${name}: ObjectiveFilter' for name in shapes)}) {{ {' '.join(fields)} }}", shapes
    )


def long_document(number: int) -> str:
    """A document of nearly the maximum number of tokens, with nested parents and ancestors."""

    def above(levels: int) -> str:
        return f"{LEAVES} parents {{ {above(levels - 1)} }} ancestors {{ {above(levels - 1)} }}" if levels else LEAVES

    return f"{{ objectives(first: {number + 1}) {{ nodes {{ {above(5)} }} }} }}"


def introspection_document(number: int) -> str:
    """Introspection of all types with fields, arguments and their types."""
    types = " ".join(f"t{number}_{alias}: types {{ ...Type }}" for alias in range(SCHEMAS))
    typed = "name description type { ofType { name ofType { name ofType { name } } } }"
    fields = f"fields {{ args {{ defaultValue {typed} }} {typed} }} inputFields {{ {typed} }}"
    return f"{{ __schema {{ {types} }} }} fragment Type on __Type {{ {fields} }}"


def doubling_document(number: int) -> str:
    """Fragments that spread the next one twice, which expand to a thousand selections."""
    fragments = (
        f"fragment F{level} on Objective {{ parents {{ ...F{level + 1} }} ancestors {{ ...F{level + 1} }} }}"
        for level in range(9)
    )
    last = "fragment F9 on Objective { title }"
    return f"{{ objectives(first: {number + 1}) {{ nodes {{ ...F0 }} }} }} {' '.join(fragments)} {last}"


def series_document(number: int) -> str:
    """The series of the largest KPI by day, week and month, from another day on."""
    fields = "startsOn endsOn value target attainment status statusReason count expectedCount isComplete nullReason"
    series = " ".join(
        f'{bucket.lower()}: series(bucket: {bucket}, from: "2017-01-{number + 1:02}", to: "2026-10-31") {{ {fields} }}'
        for bucket in ("DAILY", "WEEKLY", "MONTHLY")
    )
    return f'{{ kpi(externalId: "daily") {{ name {series} }} }}'


def boards_document(number: int) -> str:
    """Boards of all KPIs that have measurements, with what is computed from them, and another size of pages."""
    fields = "name current previous change target attainment status statusReason trend freshness changePerPeriod"
    boards = (
        f'b{alias}: kpis(first: {99 - number}, filter: {{category: {{neq: "{alias}"}}}}) {{ nodes {{ {fields} }} }}'
        for alias in range(BOARDS)
    )
    return f"{{ {' '.join(boards)} }}"


def counts_document(number: int) -> str:
    """Counts for which all objectives or key results are read, a few of them for their titles."""
    filters = [f'title: {{contains: "{alias + number * CONTAINS}"}}' for alias in range(CONTAINS)]
    filters += [
        f'progress: {{gte: {alias / 20:.2f}}}, updatedAt: {{gt: "2020-01-{number + 1:02}T00:00:00Z"}}'
        for alias in range(ROOT_FIELDS - CONTAINS)
    ]
    counts = (
        f"c{alias}: {'objectives' if alias % 2 else 'keyResults'}(first: 1, filter: {{{each}}}) {{ totalCount }}"
        for alias, each in enumerate(filters)
    )
    return f"{{ {' '.join(counts)} }}"
