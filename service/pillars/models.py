"""The table of strategic pillars."""

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from service.tables import Changeable, LongText, Name, changeable_keys


class Pillar(Changeable, table=True):
    __tablename__: ClassVar[Any] = "pillars"
    __table_args__ = (Index("ix_pillars_name", "organization_id", "name", "id"), *changeable_keys("pillars"))

    name: str = Field(sa_type=Name)
    description: str | None = Field(default=None, sa_type=LongText)
