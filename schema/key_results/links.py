"""Links between key results and KPIs, as the schema shows them and changes them."""

from datetime import datetime
from uuid import UUID

import strawberry

from schema.changes import EXTERNAL_ID, OWN_ID, ArchiveInput, Subject, altering, creating, optional
from schema.errors import USER_ERRORS, UserError
from schema.execution.relation import one
from schema.inputs import facts
from schema.key_results import KeyResult
from schema.kpis import Kpi
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, VERSION
from schema.people import EXTERNAL_ID as KNOWN_AS
from service.key_results import links as commands
from service.key_results import queries
from service.key_results.link_models import KpiLinkRole
from service.kpis import queries as kpis
from service.transaction import Transaction


@strawberry.type(description="That a KPI measures or guards a key result.")
class KpiLink(Entity, Node):
    id: strawberry.ID = identity("KpiLink")
    external_id: str | None = strawberry.field(description=KNOWN_AS)
    role: KpiLinkRole = strawberry.field(description="What the KPI is to the key result.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    key_result: KeyResult = one(queries.KEY_RESULTS, of="key_result_id", description="The key result.")
    kpi: Kpi = one(kpis.KPIS, of="kpi_id", description="The KPI.")


@strawberry.input(description="Which KPI is to measure or to guard which key result.")
class KeyResultLinkKpiInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    key_result_id: strawberry.ID = strawberry.field(description="The key result.")
    kpi_id: strawberry.ID = strawberry.field(description="The KPI.")
    role: KpiLinkRole = strawberry.field(default=KpiLinkRole.MEASURE, description="What the KPI is to the key result.")


@strawberry.type(description="A link after a change, or as it is when the change was refused.")
class KpiLinkPayload:
    kpi_link: KpiLink | None = strawberry.field(description="The link; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


LINK = Subject(KpiLinkPayload, queries.LINKS, "KpiLink")


async def _link(tx: Transaction, input: KeyResultLinkKpiInput) -> UUID:
    row, _ = await commands.link(tx, commands.KpiLinkWish(**facts(input, "KpiLink")))
    return row.id


@strawberry.type
class KpiLinkMutations:
    """Fields of Mutation."""

    key_result_link_kpi: KpiLinkPayload | None = creating(
        LINK,
        KeyResultLinkKpiInput,
        _link,
        "Links a KPI to a key result, as a measure beside its value or as a guardrail; twice changes nothing.",
        argument="What is linked.",
    )
    key_result_unlink_kpi: KpiLinkPayload | None = altering(
        LINK,
        ArchiveInput,
        lambda tx, id, input: commands.unlink(tx, id, input.reason),
        "Takes a link between a KPI and a key result away; it can be made again.",
    )
