"""The tables of links between key results and KPIs, and of their history."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from service.postgres.tables import Changeable, Facts, Revision, changeable_keys, choice, reference, revision_keys


class KpiLinkRole(StrEnum):
    MEASURE = "MEASURE"
    GUARDRAIL = "GUARDRAIL"


class KpiLinkFacts(Facts):
    key_result_id: UUID
    kpi_id: UUID
    role: KpiLinkRole = Field(default=KpiLinkRole.MEASURE, sa_type=choice(KpiLinkRole))


class KpiLink(KpiLinkFacts, Changeable, table=True):
    """An archived row is a removed link; linking again restores the row."""

    __tablename__: ClassVar[str] = "kpi_links"
    __table_args__ = (
        UniqueConstraint("organization_id", "key_result_id", "kpi_id", "role", name="uq_kpi_links_ends"),
        reference("key_result_id", "key_results"),
        reference("kpi_id", "kpis"),
        Index("ix_kpi_links_kpi", "organization_id", "kpi_id"),
        *changeable_keys("kpi_links"),
    )


class KpiLinkRevision(KpiLinkFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "kpi_link_revisions"
    __table_args__ = revision_keys("kpi_link_revisions", "kpi_links")
