"""The table of links."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from service.postgres.tables import Changeable, Facts, Name, filter_indexes, order_index, reference
from service.values.urls import MAX_URL_LENGTH

# The system of links that are given none.
WEB = "web"


class LinkFacts(Facts):
    objective_id: UUID | None = None
    key_result_id: UUID | None = None
    kpi_id: UUID | None = None
    initiative_id: UUID | None = None
    url: str = Field(sa_type=Name, max_length=MAX_URL_LENGTH)
    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    system: str = Field(default=WEB, sa_type=Name)


class Link(LinkFacts, Changeable, table=True):
    """A link of an objective, a key result, a KPI or an initiative. `external_id` is the id of the work in its
    `system`, unique among the links there; without one that system is known by, it is the id of the link."""

    __tablename__: ClassVar[str] = "links"
    __table_args__ = (
        CheckConstraint("num_nonnulls(objective_id, key_result_id, kpi_id, initiative_id) = 1", name="goal"),
        CheckConstraint("external_id IS NOT NULL", name="external_id"),
        # The name tells which field is taken.
        UniqueConstraint("organization_id", "external_id", "system", name="uq_links_organization_id_external_id"),
        reference("objective_id", "objectives"),
        reference("key_result_id", "key_results"),
        reference("kpi_id", "kpis"),
        reference("initiative_id", "initiatives"),
        order_index("links", "created_at", "created"),
        order_index("links", "updated_at", "updated"),
        *filter_indexes(
            *("links", "created_at"),
            **{"objective": "objective_id", "key_result": "key_result_id", "kpi": "kpi_id", "system": "system"},
            initiative="initiative_id",
        ),
    )
