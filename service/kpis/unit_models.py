"""The columns that tell how values of a KPI or a key result are shown, beside the free text of their unit."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from service.postgres.tables import Name, choice
from service.values.unit_kinds import UnitKind


class UnitFacts(SQLModel):
    """`unit` is a free text, which nothing is computed from; `currency` is a code of ISO 4217."""

    unit: str | None = Field(default=None, sa_type=Name, max_length=50)
    unit_kind: UnitKind | None = Field(default=None, sa_type=choice(UnitKind))
    currency: str | None = Field(default=None, sa_type=Name)
    display_decimals: int | None = None


def unit_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of units: a currency has the kind CURRENCY, which has a currency."""
    return (
        CheckConstraint("(unit_kind IS NOT DISTINCT FROM 'CURRENCY') = (currency IS NOT NULL)", name="currency"),
        CheckConstraint("display_decimals BETWEEN 0 AND 12", name="display_decimals"),
    )
