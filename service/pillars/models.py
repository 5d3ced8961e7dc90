"""The table of strategic pillars, and the perspectives that all strategy is seen from."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from service.postgres.tables import Changeable, Facts, LongText, Name, changeable_keys, order_index


class Perspective(StrEnum):
    """The four perspectives of the Balanced Scorecard."""

    FINANCIAL = "FINANCIAL"
    CUSTOMER = "CUSTOMER"
    INTERNAL_PROCESS = "INTERNAL_PROCESS"
    LEARNING_AND_GROWTH = "LEARNING_AND_GROWTH"


class PillarFacts(Facts):
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    description: str | None = Field(default=None, sa_type=LongText, max_length=20_000)


class Pillar(PillarFacts, Changeable, table=True):
    __tablename__: ClassVar[str] = "pillars"
    __table_args__ = (order_index("pillars", "name"), *changeable_keys("pillars"))
