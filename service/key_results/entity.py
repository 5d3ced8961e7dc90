"""Declaration of key results."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.cadence.items import CADENCE_INPUT_NAMES, CADENCE_OMITTED, CadenceFields
from service.cycles.granules import DateGranularity
from service.entities.entity import Archiving, Entity, Omission, Upsert, filters, involvements
from service.entities.export import LIVE, Export, external_id_of
from service.entities.items import Day, IdentifiedItem, Key, Number, Text, Weight, ref
from service.key_results import commands, queries
from service.key_results.models import ControlMode, KeyResult, KeyResultKind, ValueSource
from service.key_results.progress import CHANGES
from service.objectives import date_commands
from service.objectives.entity import OWN_DATES_OMITTED
from service.objectives.models import Lifecycle
from service.people.permissions import ensure_editor
from service.values.unit_kinds import UnitKind

_CHANGES = ", ".join(f"'{kind}'" for kind in sorted(CHANGES))


class KeyResultItem(CadenceFields, IdentifiedItem):
    """Key result to create or update: a measurable outcome of an objective."""

    INPUT_NAMES: ClassVar[Mapping[str, str]] = {"start": "startsOn", "due": "dueOn", **CADENCE_INPUT_NAMES}
    type: Literal["KeyResult"] = "KeyResult"
    REFERENCES: ClassVar[Mapping[str, str]] = {"objective": "Objective", "owner": "Person", "source_kpi": "Kpi"}
    objective: Key = ref("objective that the key result measures", ...)
    title: Text = Field(description="Title of the key result: what is measured, 1 to 500 characters.")
    description: Text | None = Field(
        None, description="Description of how the key result is measured, at most 20 000 characters."
    )
    kind: KeyResultKind | None = Field(
        None,
        description="Kind of the key result: how its value becomes progress. A key result without kind is a draft.",
    )
    mode: ControlMode = Field(
        ControlMode.LATEST,
        description="Mode in which a limit (AT_LEAST, AT_MOST, WITHIN_RANGE) becomes progress; LATEST for other kinds. "
        "Left out of a new key result: LATEST.",
    )
    value_source: ValueSource | None = Field(
        None,
        description="Source of the key result's value. Left out of a new key result: KPI with `sourceKpi`, MILESTONES "
        "for the kind MILESTONE, else MANUAL. Null: as if left out.",
    )
    source_kpi: Key | None = ref("KPI that the key result takes its value from", more="For the value source KPI only.")
    lifecycle: Lifecycle = Field(
        Lifecycle.ACTIVE,
        description="Lifecycle of the key result; only ACTIVE counts. Left out of a new key result: ACTIVE. DRAFT "
        "instead of ACTIVE while something is missing that its kind needs.",
    )
    unit: Text | None = Field(
        None, description="Unit of the key result's values as free text, such as EUR or %; at most 50 characters."
    )
    unit_kind: UnitKind | None = Field(
        None,
        description="Kind of unit of the key result's values, by which clients show them: NUMBER, PERCENT (20 is 20 "
        "%), CURRENCY, or DURATION in what `unit` says.",
    )
    currency: Text | None = Field(
        None,
        description="Currency of the key result's values, by its code of ISO 4217 such as EUR; for the unit kind "
        "CURRENCY, and only for it.",
    )
    display_decimals: int | None = Field(
        None, description="Digits after the decimal point that clients show of the key result's values, 0 to 12."
    )
    baseline: Number | None = Field(None, description="Baseline: value where the key result begins, in its unit.")
    target: Number | None = Field(
        None,
        description="Target value of the key result, or its limit, in its unit. Not for kinds with BY in their name.",
    )
    change_by: Number | None = Field(
        None,
        description="Change from the baseline, an amount or a percentage above 0; for kinds with BY in their name.",
    )
    lower: Number | None = Field(
        None, description="Lower bound of the key result's range, itself inside; for the kind WITHIN_RANGE."
    )
    upper: Number | None = Field(
        None, description="Upper bound of the key result's range, itself inside; for the kind WITHIN_RANGE."
    )
    weight: Weight = Field(
        1.0,
        description="Weight of the key result among the contributors of its objective, 0 to 1 000 000; 0: not "
        "counted. Left out of a new key result: 1.",
    )
    final_score: Number | None = Field(
        None, description="Final score of the key result, 0 to 1; for cycles that are CLOSING, or new with their goals."
    )
    score_reason: Text | None = Field(
        None, description="Reason why the final score of the key result differs from the proposed one."
    )
    score_waiver: Text | None = Field(None, description="Reason why the key result has no score.")
    retrospective: Text | None = Field(
        None, description="Retrospective of the key result: what was learned; at most 20 000 characters."
    )
    starts_on: Day | None = Field(
        None,
        description="First day of the key result itself, inside its cycle; any day of what "
        "`startGranularity` names. Empty: that of the cycle.",
    )
    start_granularity: DateGranularity | None = Field(
        None, description="Granularity of the first day: what begins with it. Left out of a new date: DAY."
    )
    due_on: Day | None = Field(
        None,
        description="Day that the key result itself is due on, inside its cycle; any day of what "
        "`dueGranularity` names. Empty: that of the cycle.",
    )
    due_granularity: DateGranularity | None = Field(
        None, description="Granularity of the due date: what ends with it. Left out of a new date: DAY."
    )
    owner: Key | None = ref("person who is responsible for the key result")


KEY_RESULT = Entity(
    model=KeyResult,
    by_id=queries.KEY_RESULTS,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_KEY_RESULTS,
    filters=filters(
        KeyResult,
        *("id", "external_id", "title", "kind", "lifecycle", "objective_id", "owner_id", "unit"),
        *("unit_kind", "currency"),
        *("progress", "current", "target", "created_at", "updated_at", "changed_at"),
        *("starts_at", "due_at", "confidence", "guardrail_breached"),
        **queries.STATUS_FILTERS,
        **involvements(KeyResult, "objective_id", "objective_id"),
    ),
    item=KeyResultItem,
    export=Export(
        where=f"{LIVE} AND objective.archived_at IS NULL",
        expressions={
            "target": f"CASE WHEN t.change_by IS NULL OR t.kind NOT IN ({_CHANGES}) THEN t.target END",
            # Also of an archived KPI, without which the key result has no value.
            "source_kpi": f"CASE WHEN source_kpi.id IS NOT NULL THEN {external_id_of('source_kpi')} END",
        },
        order=("position",),
    ),
    upsert=Upsert(
        create=commands.create,
        creating=commands.creating_imported,
        change=commands.change,
        create_by="objective_id",
        drafting=commands.drafting_imported,
        completing=date_commands.complete_key_results,
        adjust=commands.as_far_as_measurable,
        inferred=frozenset({"value_source"}),
    ),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive),
    omitted=(
        Omission(("final_score", "score_reason", "score_waiver"), ("create", "update"), "keyResultScore sets them."),
        Omission(("final_score",), ("type",), "It is the `score` of a key result."),
        Omission(("retrospective",), ("create",), "A goal is looked back on when its cycle is ending."),
        *OWN_DATES_OMITTED,
        CADENCE_OMITTED,
        Omission(
            ("position",), ("create", "update", "item"), "keyResultReorder sets it; lines of a file keep their order."
        ),
        Omission(("objective_id",), ("update",), "A key result stays with its objective."),
    ),
)
