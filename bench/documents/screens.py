"""The named operations that read, and the weekly check-in, each with the variables of its requests.

`screen_statements` has most by hand.
"""

from collections.abc import Callable, Mapping

from bench.documents.document import Document, Json, Targets
from service.settings import ROOT

FOLDER = ROOT / "docs" / "operations"
PERIOD: Mapping[str, Json] = {"from": "2026-01-01", "to": "2026-10-31"}
NOW = "2026-11-30T12:00:00Z"
Variables = Callable[[Targets, int], Mapping[str, Json]]

# How many requests are sent in a round, and the variables.
SCREENS: Mapping[str, tuple[int, Variables | None]] = {
    "company-tree": (40, lambda targets, _: {"kind": "YEAR"}),
    "company-tree-branch": (100, lambda targets, _: {"id": targets.parents[0]}),
    "key-result-history": (40, lambda targets, _: {"id": targets.key_results[0], **PERIOD}),
    "kpi-dashboard": (20, lambda targets, _: {"filter": {"category": {"eq": "board"}}, **PERIOD}),
    "my-goals": (80, lambda targets, _: {"kind": "YEAR"}),
    "needs-attention": (20, lambda targets, _: {"teamId": targets.lowest_team}),
    "not-checked-in": (40, lambda targets, _: {"teamId": targets.team}),
    "objective-page": (80, lambda targets, _: {"id": targets.parents[0]}),
    "overdue": (5, lambda targets, _: {"now": NOW}),
    "person-page": (80, lambda targets, _: {"id": targets.person}),
    "quarter-report": (5, lambda targets, _: {"cycleId": targets.cycle}),
    "search": (40, lambda targets, _: {"text": "retention 15"}),
    "settings": (40, None),
    "team-board": (40, lambda targets, _: {"id": targets.team}),
    "team-feed": (40, lambda targets, _: {"filter": {"teamId": targets.team, "includeSubteams": True}}),
    "weekly-check-in": (60, lambda targets, _: {"personId": targets.person}),
    "weekly-check-in-record": (20, lambda targets, number: {"checkIns": _check_ins(targets, number)}),
}


def _check_ins(targets: Targets, number: int) -> Json:
    """Check-ins on five key results, which are others in each request."""
    first = number * 5 % (len(targets.key_results) - 5)
    return [
        {"keyResultId": id, "value": str(20 + number % 70), "confidence": 0.7, "note": f"Week {number}"}
        for id in targets.key_results[first : first + 5]
    ]


def screens() -> list[Document]:
    """The documents, in the order of their names."""
    return [
        Document(name, (FOLDER / f"{name}.graphql").read_text(), requests, variables)
        for name, (requests, variables) in SCREENS.items()
    ]
