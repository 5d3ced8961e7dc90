"""Declaration of links between key results and KPIs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Entity, Omission
from service.entities.export import LIVE, Export, join
from service.entities.items import Item, Key, ref
from service.key_results import queries
from service.key_results.kpi_link_models import KpiLink, KpiLinkRole


class KpiLinkItem(Item):
    """Link of a KPI to a key result that it measures or guards; matched by these two and the role."""

    type: Literal["KpiLink"] = "KpiLink"
    REFERENCES: ClassVar[Mapping[str, str]] = {"key_result": "KeyResult", "kpi": "Kpi"}
    IDENTITY: ClassVar[tuple[str, ...]] = ("key_result", "kpi", "role")
    external_id: Key | None = Field(
        None, description="External id of the KPI link in your own system, if it has one; 1 to 200 characters."
    )
    key_result: Key = ref("key result that the KPI measures or guards", ...)
    kpi: Key = ref("KPI that measures or guards the key result", ...)
    role: KpiLinkRole = Field(
        KpiLinkRole.MEASURE, description="Role of the KPI: MEASURE or GUARDRAIL of the key result. Left out: MEASURE."
    )


KPI_LINK = Entity(
    model=KpiLink,
    by_id=queries.LINKS,
    by_external_id=queries.LINKS_BY_EXTERNAL_ID,
    item=KpiLinkItem,
    export=Export(
        where=f"{LIVE} AND o.archived_at IS NULL AND key_result.archived_at IS NULL AND kpi.archived_at IS NULL",
        joins=(join("objectives", "o", "key_result.objective_id"),),
    ),
    omitted=(Omission((), ("update",), "Another link is another object; nothing of one can be changed."),),
)
