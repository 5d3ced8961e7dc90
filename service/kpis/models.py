"""The tables of KPIs, of what they are computed from, of their targets, and of their history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from service.kpis.enums import Aggregation, Direction, Frequency, Indicator, KpiSource, KpiValueType, ThresholdKind
from service.kpis.unit_models import UnitFacts, unit_checks
from service.pillars.models import Perspective
from service.postgres.tables import (
    HIDDEN_WITH,
    Changeable,
    Facts,
    Instant,
    LongText,
    Name,
    Revision,
    changeable_keys,
    choice,
    filter_indexes,
    order_index,
    reference,
    revision_keys,
    uncommon_indexes,
)
from service.values.visibility import Visibility


def _several(kind: Any) -> Any:
    """A column with a list, empty at first."""
    return Field(
        default_factory=list, sa_type=cast(Any, ARRAY(kind)), sa_column_kwargs={"server_default": text("'{}'")}
    )


class KpiFacts(UnitFacts, Facts):
    """`scale` are the labels of a qualitative KPI from worst to best, whose values are places on it from 1.
    `time_zone` and `grace_days` are the organization's and the frequency's when empty; `weight` counts among
    the children of a parent; `formula` names other KPIs: `input_names` are their names there, `input_ids` their
    ids in the same order."""

    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    definition: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    direction: Direction = Field(default=Direction.HIGHER, sa_type=choice(Direction))
    indicator: Indicator | None = Field(default=None, sa_type=choice(Indicator))
    value_type: KpiValueType = Field(default=KpiValueType.QUANTITATIVE, sa_type=choice(KpiValueType))
    scale: list[str] = _several(Text)
    frequency: Frequency = Field(default=Frequency.MONTHLY, sa_type=choice(Frequency))
    cumulative: bool = False
    aggregation: Aggregation = Field(default=Aggregation.LAST, sa_type=choice(Aggregation))
    source: KpiSource = Field(default=KpiSource.MEASURED, sa_type=choice(KpiSource))
    formula: str | None = Field(default=None, sa_type=LongText)
    input_names: list[str] = _several(Text)
    input_ids: list[UUID] = _several(Uuid)
    time_zone: str | None = Field(default=None, sa_type=Name)
    grace_days: int | None = None
    category: str | None = Field(default=None, sa_type=Name, max_length=200)
    visibility: Visibility = Field(
        default=Visibility.ORGANIZATION,
        sa_type=choice(Visibility),
        sa_column_kwargs={"server_default": text("'ORGANIZATION'")},
    )
    perspective: Perspective | None = Field(default=None, sa_type=choice(Perspective))
    weight: float = 1.0
    parent_id: UUID | None = Field(default=None, sa_column_kwargs={"info": {HIDDEN_WITH: "kpis"}})
    owner_id: UUID | None = None
    team_id: UUID | None = None


class Kpi(KpiFacts, Changeable, table=True):
    """`changed_at` is the last write that changed anything the KPI shows: its own columns, or what belongs to it."""

    __tablename__: ClassVar[str] = "kpis"
    __table_args__ = (
        CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),
        CheckConstraint("grace_days BETWEEN 0 AND 366", name="grace"),
        *unit_checks(),
        reference("parent_id", "kpis"),
        reference("owner_id", "people"),
        reference("team_id", "teams"),
        order_index("kpis", "name"),
        order_index("kpis", "changed_at", "changed"),
        *filter_indexes(
            *("kpis", "name"),
            **{"parent": "parent_id", "owner": "owner_id", "team": "team_id"},
            **{each: each for each in ("category", "perspective", "direction", "indicator", "frequency", "source")},
            unit="unit",
        ),
        *uncommon_indexes("kpis", "name", visibility=Visibility.ORGANIZATION, unit_kind=None, currency=None),
        Index("ix_kpis_computed", "organization_id", "id", postgresql_where=text("source <> 'MEASURED'")),
        *changeable_keys("kpis"),
    )

    changed_at: datetime = Field(sa_type=Instant)


class KpiRevision(KpiFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "kpi_revisions"
    __table_args__ = revision_keys("kpi_revisions", "kpis")


class KpiTargetFacts(Facts):
    """What a KPI should be from `starts_on` to `ends_on`, both inside; open at the end without `ends_on`.

    `value` for HIGHER and LOWER, `lower` and `upper` for RANGE. `green` and `amber` are attainments, or for
    ABSOLUTE thresholds values of the KPI (for RANGE distances outside of the band)."""

    kpi_id: UUID
    starts_on: date
    ends_on: date | None = None
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    lower: Decimal | None = Field(default=None, sa_type=Numeric)
    upper: Decimal | None = Field(default=None, sa_type=Numeric)
    threshold_kind: ThresholdKind = Field(default=ThresholdKind.RATIO, sa_type=choice(ThresholdKind))
    green: Decimal | None = Field(default=None, sa_type=Numeric)
    amber: Decimal | None = Field(default=None, sa_type=Numeric)


class KpiTarget(KpiTargetFacts, Changeable, table=True):
    __tablename__: ClassVar[str] = "kpi_targets"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="order"),
        CheckConstraint("lower <= upper", name="range"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("kpi_id", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_kpi_targets_overlap",
            using="gist",
            where=text("archived_at IS NULL"),
        ),
        reference("kpi_id", "kpis"),
        Index("ix_kpi_targets_kpi", "organization_id", "kpi_id", "starts_on", "id"),
        *changeable_keys("kpi_targets"),
    )


class KpiTargetRevision(KpiTargetFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "kpi_target_revisions"
    __table_args__ = revision_keys("kpi_target_revisions", "kpi_targets")
