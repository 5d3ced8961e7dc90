"""Links between key results and KPIs, as the schema shows them and changes them."""

from datetime import datetime
from uuid import UUID

import strawberry

from schema.descriptions.fields import ARCHIVED, CREATED, VERSION
from schema.descriptions.fields import EXTERNAL_ID as KNOWN_AS
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.kpis import Kpi
from schema.mutations.declare import EXTERNAL_ID, OWN_ID, Subject, altering, archive_input, creating, optional
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.relay.node import Entity, Node, identity
from service.key_results import kpi_link_commands as commands
from service.key_results import queries
from service.key_results.kpi_link_entity import KPI_LINK
from service.key_results.kpi_link_models import KpiLinkRole
from service.kpis import queries as kpis
from service.writing.transaction import Transaction


@strawberry.type(description="Link between a KPI and a key result that the KPI measures or guards.")
class KpiLink(Entity, Node):
    id: strawberry.ID = identity("KpiLink")
    external_id: str | None = strawberry.field(description=KNOWN_AS)
    role: KpiLinkRole = strawberry.field(
        description="Role of the KPI: it measures the key result (MEASURE) or guards it (GUARDRAIL)."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    key_result: KeyResult = to_one(
        queries.KEY_RESULTS, key="key_result_id", description="Key result that the KPI measures or guards."
    )
    kpi: Kpi = to_one(kpis.KPIS, key="kpi_id", description="KPI that measures or guards the key result.")


@strawberry.input(description="KPI to link to a key result, and its role there.")
class KeyResultLinkKpiInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    key_result_id: strawberry.ID = strawberry.field(
        description="Id of the key result that the KPI is to measure or to guard."
    )
    kpi_id: strawberry.ID = strawberry.field(description="Id of the KPI that is to measure or to guard the key result.")
    role: KpiLinkRole = strawberry.field(
        default=KpiLinkRole.MEASURE,
        description="Role of the KPI: it measures the key result (MEASURE) or guards it (GUARDRAIL). Left out: "
        "MEASURE.",
    )


@strawberry.type(
    description="Result of a change to a KPI link: the link afterwards, and the reasons if it was refused."
)
class KpiLinkPayload:
    kpi_link: KpiLink | None = strawberry.field(
        description="KPI link after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(KpiLinkPayload, KPI_LINK)


async def _link(tx: Transaction, input: KeyResultLinkKpiInput) -> UUID:
    row, _ = await commands.link(tx, commands.KpiLinkRequest(**facts(input, "KpiLink")))
    return row.id


@strawberry.type
class KpiLinkMutations:
    """Fields of Mutation."""

    key_result_link_kpi: KpiLinkPayload | None = creating(
        SUBJECT,
        KeyResultLinkKpiInput,
        _link,
        "Links a KPI to a key result, as a measure beside its value or as a guardrail. A link that is there already "
        "stays.",
        argument="Key result and KPI to link, and the role of the KPI.",
    )
    key_result_unlink_kpi: KpiLinkPayload | None = altering(
        SUBJECT,
        archive_input("KeyResultUnlinkKpiInput", "KPI link", "remove"),
        lambda tx, id, input: commands.unlink(tx, id, input.reason),
        "Removes the link between a KPI and a key result. `keyResultLinkKpi` makes it again.",
    )
