"""The largest changes that one request can ask for."""

from bench.documents.document import Json, Targets
from bench.documents.mutations import MEASUREMENTS, MUTATIONS
from bench.holding.questions import Question

RECORDED = 10_000
IMPORTED_ITEMS = 5_000
# With names and quotes, an item is nearly a thousand bytes, and all of them nearly the largest body.
DESCRIPTION = "What this is about, said at length. " * 24


def changes(number: int, targets: Targets) -> dict[str, list[Question]]:
    """The largest requests of each kind, sent one after another; those of another number change something else."""
    documents = {each.name: each for each in MUTATIONS}
    deep, record = documents["check-in-12"], documents[f"record-{MEASUREMENTS}"]
    assert deep.variables is not None
    assert record.variables is not None
    times = RECORDED // MEASUREMENTS
    recordings = [Question(record.query, record.variables(targets, number * times + part)) for part in range(times)]
    return {
        "a check-in twelve levels deep": [Question(deep.query, deep.variables(targets, number))],
        f"10 000 measurements in {times} requests": recordings,
        "an import of 5 MB": [importing(number)],
    }


def importing(number: int) -> Question:
    """An import of new objectives."""
    items: list[Json] = [
        {
            "objective": {
                "externalId": f"imported-{number}-{item}",
                "title": f"Imported {item}",
                "cycle": "2026",
                "description": DESCRIPTION,
            }
        }
        for item in range(IMPORTED_ITEMS)
    ]
    selection = "applied created failed userErrors { code }"
    document = f"mutation($input: WorkspaceImportInput!) {{ workspaceImport(input: $input) {{ {selection} }} }}"
    return Question(document, {"input": {"items": items}})
