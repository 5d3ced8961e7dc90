"""Check-ins on initiatives, as the schema shows them."""

import strawberry

from schema.check_ins.record import Record
from schema.execution.fields.relation import to_one
from schema.initiatives import Initiative
from schema.relay.node import Entity, Node, identity
from service.initiatives import queries as initiatives
from service.initiatives.check_ins import queries as check_ins
from service.initiatives.models import InitiativeState


@strawberry.type(
    description="Check-in on an initiative: statement about its progress and state at one moment. It is never changed "
    "afterwards: a correction or a withdrawal is another check-in that replaces it."
)
class InitiativeCheckIn(Record, Entity, Node):
    id: strawberry.ID = identity("InitiativeCheckIn")
    progress: float | None = strawberry.field(
        description="Progress of the work that the check-in states, a fraction from 0 to 1; null if it states none."
    )
    state: InitiativeState | None = strawberry.field(
        description="State of the initiative that the check-in states; null if it states none."
    )
    replaces: "InitiativeCheckIn | None" = to_one(
        check_ins.CHECK_INS,
        key="replaces_id",
        description="Check-in that this one corrects or withdraws; null if it replaces none.",
    )
    replaced_by: "InitiativeCheckIn | None" = to_one(
        check_ins.REPLACEMENTS,
        key="id",
        row_key="replaces_id",
        description="Correction or withdrawal of the check-in; null while the check-in is valid.",
    )
    initiative: Initiative = to_one(
        initiatives.INITIATIVES, key="initiative_id", description="Initiative that the check-in is about."
    )
