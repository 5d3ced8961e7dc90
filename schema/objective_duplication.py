"""Copying an objective, alone or with all below it."""

from uuid import UUID

import strawberry

from schema.mutations.declare import OWN_ID, creating, optional
from schema.mutations.inputs import facts
from schema.objectives.mutations import OWNER, SUBJECT, TEAM, TITLE, ObjectivePayload
from service.objective_duplication import MAX_DUPLICATED, DuplicateRequest, duplicate
from service.writing.transaction import Transaction

OF_EACH = "Left out: that of each original."
# The fields of the input that are columns of the first copy.
OF_COPIES = frozenset({"id", "title", "owner_id", "team_id"})


@strawberry.input(description="Objective to copy, and what is to be different.")
class ObjectiveDuplicateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    objective_id: strawberry.ID = strawberry.field(description="Id of the objective to copy.")
    cycle_id: strawberry.ID | None = optional(f"Id of the cycle that the new objectives belong to. {OF_EACH}")
    title: str | None = optional(f"{TITLE} Of the copy of `objectiveId`. Left out: that of the original.")
    owner_id: strawberry.ID | None = optional(f"{OWNER} Of all copies and of their key results. {OF_EACH}")
    team_id: strawberry.ID | None = optional(f"{TEAM} Of all copies. {OF_EACH}")
    include_descendants: bool = strawberry.field(
        default=False,
        description="True to copy all objectives below, too, by their primary parents: those that you see, without "
        f"archived and cancelled ones and what is below them. At most {MAX_DUPLICATED} objectives in all.",
    )
    include_kpi_links: bool = strawberry.field(
        default=True, description="True to copy the links of key results with KPIs that you see."
    )


async def _duplicate(tx: Transaction, input: ObjectiveDuplicateInput) -> UUID:
    values = facts(input, "Objective")
    request = DuplicateRequest(
        values["objective_id"],
        values.get("cycle_id"),
        {name: value for name, value in values.items() if name in OF_COPIES},
        includes_descendants=input.include_descendants,
        includes_kpi_links=input.include_kpi_links,
    )
    return await duplicate(tx, request)


@strawberry.type
class ObjectiveDuplicationMutations:
    """Fields of Mutation."""

    objective_duplicate: ObjectivePayload | None = creating(
        SUBJECT,
        ObjectiveDuplicateInput,
        _duplicate,
        "Copies an objective with its key results, alone or with all objectives below it, in one transaction. Copies "
        "begin without progress, check-ins, scores, participants and external ids; their baselines stay. Lifecycles "
        "are those of new goals. The copy is aligned with the parents of the original that you see and whose cycles "
        "allow it; in another cycle, not with those in the cycle of the original. Links to other systems and "
        "initiatives are not copied.",
        argument="Objective to copy, what is copied with it, and what is to be different.",
        exclusive=True,
    )
