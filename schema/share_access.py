"""What a share token may read of the schema: types, their fields, and what lists are filtered by.

What is not named here is refused. Which objects of the types it shows is decided elsewhere, by the visibility of rows.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_leaf_type,
)

from schema.selections import Selection, selections
from service.errors import Forbidden
from service.reading.relations import Related
from service.values.names import to_camel_case
from service.viewer import Share

MAX_CACHED_OPERATIONS = 1_000
MAX_LISTED_FIELDS = 20


class Fields(NamedTuple):
    """The fields of a type that may be read: those named, or all but the excepted ones."""

    named: Collection[str] | None = None
    excepted: Collection[str] = ()

    def has(self, name: str) -> bool:
        """Whether a field may be read, if what it returns may."""
        return name not in self.excepted if self.named is None else name in self.named


ALL = Fields()
ROOT_FIELDS = frozenset(
    {
        *("alignment", "checkIn", "keyResult", "keyResultStatusReport", "keyResults", "kpi", "kpiLink"),
        *("kpiScorecard", "kpiTarget", "kpis", "milestone", "node", "nodes", "objective", "objectiveStatusReport"),
        *("objectives", "viewer"),
        *(
            f"{name}ByExternalIds"
            for name in ("alignments", "checkIns", "keyResults", "kpiLinks", "kpiTargets", "kpis", "milestones")
        ),
        "objectivesByExternalIds",
    }
)
# What people have written about a goal at its end, for their own organization.
REVIEW = ("retrospective", "scoreReason", "scoreWaiver")
# What was corrected or withdrawn, which the visibility of check-ins hides, too.
TAKEN_BACK = ("checkInHistory",)
READABLE: Mapping[str, Fields] = {
    "Query": Fields(ROOT_FIELDS),
    "Alignment": ALL,
    "CheckIn": ALL,
    "CheckInCadence": ALL,
    # What an objective is read against. `node` does not find it.
    "Cycle": Fields(
        (
            *("id", "name", "kind", "state", "startsOn", "endsOn", "startsAt", "endsAt", "elapsed"),
            "allowsDatesOutside",
        )
    ),
    "GoalDate": ALL,
    "GoalHistoryPoint": ALL,
    "GoalPermissions": ALL,
    "GoalStatusCount": ALL,
    "GoalStatusReport": ALL,
    "KeyResult": Fields(excepted=(*REVIEW, *TAKEN_BACK)),
    # A formula names other KPIs.
    "Kpi": Fields(excepted=("formula",)),
    "KpiCategoryCounts": ALL,
    "KpiForecast": ALL,
    "KpiLink": ALL,
    "KpiMeasurement": Fields(excepted=("reason", "source")),
    "KpiPerspectiveCounts": ALL,
    "KpiScorecard": ALL,
    "KpiSeriesBucket": ALL,
    "KpiTarget": ALL,
    "Milestone": ALL,
    "Node": ALL,
    "Objective": Fields(excepted=("shareTokens", *REVIEW, *TAKEN_BACK)),
    "PageInfo": ALL,
    "Permission": ALL,
    "ShareToken": Fields(("id", "name", "createdAt", "expiresAt", "showsNames", "objective")),
    "Viewer": Fields(("id", "role", "share")),
}
# What may be read besides if the token shows names.
WITH_NAMES: Mapping[str, Fields] = {"Person": Fields(("id", "name"))}
REFUSED = frozenset(
    {
        *(
            "ActivityChange",
            "ActivityEntry",
            "ApiKey",
            "AttentionEntry",
            "AuditEvent",
            "CarryOver",
            "CheckInDue",
            "CycleActivity",
            "CycleKeyResultCounts",
            "CycleObjectiveCounts",
            "CycleReport",
        ),
        *("CycleReportGroup", "KeyResultConfidenceCount", "KeyResultScoreBandCount", "KeyResultStalenessCount"),
        *("KeyResultStatusCount", "ObjectiveAlignmentCount", "ObjectiveConfidenceCount", "ObjectiveKindCount"),
        *("ObjectiveScoreBandCount", "ObjectiveStalenessCount", "ObjectiveStatusCount"),
        *("Event", "GoalStats", "HiddenContributors", "KeyResultStats", "KpiMeasurementDue", "KpiMeasurementRevision"),
        *("KpiStats", "KpiStatusCount", "KpiTeamCounts", "Link"),
        *(
            "Initiative",
            "InitiativeCheckIn",
            "Membership",
            "Mutation",
            "Organization",
            "Participant",
            "Pillar",
            "ServiceAccount",
        ),
        *("StatusPolicy", "Team"),
    }
)
# The types whose objects `node` finds.
NODES = frozenset(
    {
        *("Alignment", "CheckIn", "KeyResult", "Kpi", "KpiLink", "KpiMeasurement", "KpiTarget", "Milestone"),
        "Objective",
    }
)
# The columns of filters that refer to what is shown, and to what is not.
SHOWN_COLUMNS = frozenset({"id", "objective_id", "cycle_id"})
HIDDEN_COLUMNS = frozenset({"parent_id", "pillar_id", "team_id"})
COLUMNS_WITH_NAMES = frozenset({"author_id", "owner_id"})
# What goals refer to, whose filters compare with nothing that is hidden.
SHOWN_RELATIONS = frozenset({"objective"})
# Participants are shown by no share token.
INVOLVEMENT_COLUMNS = frozenset({"involving", "mine"})


class ShareCheck:
    """Refuses operations that read, or change, what no share token may."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        # Each entry holds its operation, so that the id of it is not reused.
        self._refused: LRUCache[tuple[int, bool], tuple[OperationDefinitionNode, list[str]]]
        self._refused = LRUCache(MAX_CACHED_OPERATIONS)

    def check(self, share: Share | None, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        """Raises Forbidden if a share token may not execute an operation. None: these are other credentials."""
        if share is None:
            return
        if operation.operation is not OperationType.QUERY:
            raise Forbidden("A share token only reads, so it cannot send this operation.")
        key = id(operation), share.shows_names
        if key not in self._refused:
            refused = refused_selections(self._schema, document, operation, shows_names=share.shows_names)
            self._refused[key] = (operation, refused)
        refused = self._refused[key][1]
        if refused:
            names = ", ".join(f"`{each}`" for each in refused[:MAX_LISTED_FIELDS])
            raise Forbidden(f"A share token may not read these: {names}. Leave them out.")


def refused_selections(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, *, shows_names: bool
) -> list[str]:
    """The fields and fragments of a valid query that a share token may not read, in alphabetical order.

    What stands below a field that is refused is not among them.
    """
    selected = selections(schema, document, operation)
    return sorted({_title(each) for each in selected if not _is_readable(each, shows_names)})


def fields_of(graphql_type: GraphQLNamedType | None, *, shows_names: bool) -> Fields | None:
    """The fields of a type of objects that may be read; None if none may. A list is as readable as its objects."""
    name = "" if graphql_type is None else graphql_type.name
    own = READABLE.get(name) or (WITH_NAMES.get(name) if shows_names else None)
    if own is None:
        for field in ("nodes", "node"):
            if field in getattr(graphql_type, "fields", {}) and name not in REFUSED:
                listed = fields_of(get_named_type(graphql_type.fields[field].type), shows_names=shows_names)  # type: ignore[union-attr]
                return listed and ALL
    return own


def ensure_filter_readable(share: Share | None, conditions: Mapping[str, Any]) -> None:
    """Raises Forbidden for a filter that compares with what a share token does not show, which would tell it."""
    if share is None:
        return
    shown = SHOWN_COLUMNS | SHOWN_RELATIONS | (COLUMNS_WITH_NAMES if share.shows_names else frozenset())
    for name, refers in _columns(conditions):
        if name in INVOLVEMENT_COLUMNS or (refers and name not in shown):
            raise Forbidden(f"A share token may not filter by `{to_camel_case(name)}`. Leave it out.")


def _columns(conditions: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """What a filter compares with, on all levels, and whether that refers to something."""
    for name, value in conditions.items():
        if name in ("and_", "or_"):
            for each in value:
                yield from _columns(each)
            continue
        yield name, isinstance(value, Related) or (name.endswith("_id") and name != "external_id")
        if isinstance(value, Related):
            yield from _columns(value)


def _is_readable(selection: Selection, shows_names: bool) -> bool:
    parent, returned = selection.parent, selection.returned
    fields = ALL if parent is None else fields_of(parent, shows_names=shows_names)
    if fields is None:
        # What returned the parent is refused.
        return True
    is_returned = is_leaf_type(returned) or fields_of(returned, shows_names=shows_names) is not None
    return is_returned and fields.has(selection.name)


def _title(selection: Selection) -> str:
    if selection.parent is not None:
        return f"{selection.parent.name}.{selection.name}"
    name = "" if selection.returned is None else selection.returned.name
    return f"... on {name}" if selection.name == "... on" else selection.name
