"""The input of a carry-over: decisions about many objectives and their key results."""

from collections.abc import Iterator
from decimal import Decimal

import strawberry
from strawberry import Maybe

from schema.descriptions.enums import describe_enum
from schema.mutations.declare import REASON, UNCHANGED, UNCHANGED_OR_REMOVED, optional
from schema.mutations.inputs import facts
from service.carry_overs.decisions import BaselineSource, CarryOverDecision, KeyResultDecision, ObjectiveDecision
from service.objectives.models import Level, ObjectiveKind
from service.pillars.models import Perspective
from service.values.visibility import Visibility

describe_enum(
    BaselineSource,
    "Baseline of the key results of a carried objective.",
    name="CarryOverBaseline",
    SAME="Same baseline as before.",
    LAST_VALUE="Last value of the key result before, if it has one. A key result that follows a KPI begins with the "
    "value of the KPI at the start of the cycle. Kinds without a baseline stay as they are.",
)
ONLY_MODIFY = "Only with the decision MODIFY."
# What is no column of a new objective, and of a new key result.
OF_DECISIONS = frozenset({"objective_id", "decision", "baseline", "key_results"})
OF_KEY_RESULT_DECISIONS = frozenset({"key_result_id", "decision"})


@strawberry.input(description="Decision about a key result of a carried objective, and its changes.")
class CarryOverKeyResultInput:
    key_result_id: strawberry.ID = strawberry.field(description="Id of the key result that is decided about.")
    decision: CarryOverDecision = strawberry.field(description="Decision about the key result.")
    title: Maybe[str] = optional(f"Title of the new key result, 1 to 500 characters. {ONLY_MODIFY} {UNCHANGED}")
    description: Maybe[str | None] = optional(
        f"Description of the new key result, at most 20 000 characters. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    baseline: Maybe[Decimal | None] = optional(
        f"Baseline of the new key result, in its unit. {ONLY_MODIFY} Left out: by `baseline` of the objective. Null: "
        "removed."
    )
    target: Maybe[Decimal | None] = optional(
        f"Target of the new key result, or its limit, in its unit. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    change_by: Maybe[Decimal | None] = optional(
        "Change from the baseline, an amount or a percentage above 0, for kinds with BY in their name. "
        f"{ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    lower: Maybe[Decimal | None] = optional(
        f"Lower bound of a range, itself inside. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    upper: Maybe[Decimal | None] = optional(
        f"Upper bound of a range, itself inside. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    weight: Maybe[float] = optional(f"Weight of the new key result, 0 to 1 000 000. {ONLY_MODIFY} {UNCHANGED}")
    owner_id: Maybe[strawberry.ID | None] = optional(
        f"Id of the person who is responsible for the new key result. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )


@strawberry.input(description="Decision about an objective that is to be carried over, and its changes.")
class CarryOverObjectiveInput:
    objective_id: strawberry.ID = strawberry.field(description="Id of the objective that is decided about.")
    decision: CarryOverDecision = strawberry.field(description="Decision about the objective.")
    baseline: BaselineSource = strawberry.field(
        default=BaselineSource.SAME, description="Baseline of its key results in the next cycle. Left out: SAME."
    )
    title: Maybe[str] = optional(f"Title of the new objective, 1 to 500 characters. {ONLY_MODIFY} {UNCHANGED}")
    description: Maybe[str | None] = optional(
        f"Description of the new objective, at most 20 000 characters. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    level: Maybe[Level] = optional(f"Level of the new objective. {ONLY_MODIFY} {UNCHANGED}")
    kind: Maybe[ObjectiveKind] = optional(f"Kind of the new objective. {ONLY_MODIFY} {UNCHANGED}")
    visibility: Maybe[Visibility] = optional(
        f"Visibility of the new objective: who can read it. {ONLY_MODIFY} {UNCHANGED}"
    )
    perspective: Maybe[Perspective | None] = optional(
        f"Balanced Scorecard perspective of the new objective. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    owner_id: Maybe[strawberry.ID | None] = optional(
        f"Id of the person who is responsible for the new objective. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    team_id: Maybe[strawberry.ID | None] = optional(
        f"Id of the team that the new objective belongs to. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    pillar_id: Maybe[strawberry.ID | None] = optional(
        f"Id of the pillar that the new objective serves. {ONLY_MODIFY} {UNCHANGED_OR_REMOVED}"
    )
    key_results: list[CarryOverKeyResultInput] | None = optional(
        f"Decisions about key results of the objective. {ONLY_MODIFY} Those that are left out go on as they are, but "
        "for cancelled ones, which do not go on."
    )


@strawberry.input(description="Objectives to carry over from one cycle into another, and the choice of a dry run.")
class CycleCarryOverInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle that the objectives are in. It is not PLANNING.")
    to_cycle_id: strawberry.ID = strawberry.field(
        description="Id of the cycle to carry them over into, which is PLANNING or ACTIVE."
    )
    items: list[CarryOverObjectiveInput] = strawberry.field(
        description="Decisions about objectives of the cycle, one for each. At most 10 000."
    )
    dry_run: bool = strawberry.field(
        default=False, description="True to get the results without keeping anything. Left out: false."
    )
    reason: str | None = optional(REASON)


def decisions_of(input: CycleCarryOverInput) -> Iterator[ObjectiveDecision]:
    """The decisions in an input, as commands take them. An id that cannot be one leads nowhere."""
    for item in input.items:
        values = facts(item, "CarryOver")
        yield ObjectiveDecision(
            values["objective_id"],
            CarryOverDecision(item.decision),
            BaselineSource(item.baseline),
            {name: value for name, value in values.items() if name not in OF_DECISIONS},
            [_about_key_result(each) for each in item.key_results or ()],
        )


def _about_key_result(item: CarryOverKeyResultInput) -> KeyResultDecision:
    values = facts(item, "CarryOver")
    changes = {name: value for name, value in values.items() if name not in OF_KEY_RESULT_DECISIONS}
    return KeyResultDecision(values["key_result_id"], CarryOverDecision(item.decision), changes)
