"""The table of service accounts."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from service.postgres.tables import (
    Changeable,
    Facts,
    Name,
    changeable_keys,
    choice,
    filter_indexes,
    order_index,
)


class ServiceAccountRole(StrEnum):
    """The roles of people without OWNER: a person answers for the organization."""

    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"


class ServiceAccountFacts(Facts):
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    role: ServiceAccountRole = Field(default=ServiceAccountRole.VIEWER, sa_type=choice(ServiceAccountRole))


class ServiceAccount(ServiceAccountFacts, Changeable, table=True):
    """A caller that is no person. It owns nothing and is in no team."""

    __tablename__: ClassVar[str] = "service_accounts"
    __table_args__ = (
        order_index("service_accounts", "name"),
        *filter_indexes("service_accounts", "name", role="role"),
        *changeable_keys("service_accounts"),
    )
