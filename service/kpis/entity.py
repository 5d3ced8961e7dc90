"""Declaration of KPIs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert, filters, involvements
from service.entities.export import Export
from service.entities.items import IdentifiedItem, Key, Text, Weight, ref
from service.kpis import commands, queries
from service.kpis.enums import Aggregation, Direction, Frequency, Indicator, KpiSource, KpiValueType
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.pillars.models import Perspective
from service.values.unit_kinds import UnitKind
from service.values.visibility import Visibility


class KpiItem(IdentifiedItem):
    """KPI to create or update: a measure that is followed over years."""

    type: Literal["Kpi"] = "Kpi"
    REFERENCES: ClassVar[Mapping[str, str]] = {"parent": "Kpi", "owner": "Person", "team": "Team"}
    name: Text = Field(description="Name of the KPI, 1 to 200 characters.")
    definition: Text | None = Field(
        None, description="Definition of what exactly the KPI measures, and how; at most 20 000 characters."
    )
    unit: Text | None = Field(
        None, description="Unit of the KPI's values as free text, such as EUR, % or hours; at most 50 characters."
    )
    unit_kind: UnitKind | None = Field(
        None,
        description="Kind of unit of the KPI's values, by which clients show them: NUMBER, PERCENT (20 is 20 "
        "%), CURRENCY, or DURATION in what `unit` says.",
    )
    currency: Text | None = Field(
        None,
        description="Currency of the KPI's values, by its code of ISO 4217 such as EUR; for the unit kind "
        "CURRENCY, and only for it.",
    )
    display_decimals: int | None = Field(
        None, description="Digits after the decimal point that clients show of the KPI's values, 0 to 12."
    )
    direction: Direction = Field(
        Direction.HIGHER,
        description="Direction in which the KPI's values are good. Left out of a new KPI: HIGHER.",
    )
    indicator: Indicator | None = Field(None, description="Kind of indicator that the KPI is: LEADING or LAGGING.")
    value_type: KpiValueType = Field(
        KpiValueType.QUANTITATIVE,
        description="Type of the KPI's values: numbers or labels of a scale. Left out of a new KPI: QUANTITATIVE.",
    )
    scale: list[Text] = Field(
        [], description="Labels of a qualitative KPI's scale from worst to best, 2 to 50; empty for a quantitative KPI."
    )
    frequency: Frequency = Field(
        Frequency.MONTHLY, description="Frequency at which the KPI is measured. Left out of a new KPI: MONTHLY."
    )
    cumulative: bool = Field(
        False,
        description="True if each value of the KPI contains those before it in the fiscal year (year to date). "
        "Left out of a new KPI: false.",
    )
    aggregation: Aggregation = Field(
        Aggregation.LAST,
        description="Function by which several values of the KPI become one value of a longer period. Left out of "
        "a new KPI: LAST.",
    )
    source: KpiSource | None = Field(
        None,
        description="Source of the KPI's measurements. Left out of a new KPI: FORMULA with a formula, else "
        "MEASURED. Null: as if left out.",
    )
    formula: Text | None = Field(
        None,
        description="Formula that the KPI is computed by, such as [sales] / [orders]; it names other KPIs by "
        "external id. For the source FORMULA, and only for it.",
    )
    time_zone: Text | None = Field(
        None,
        description="Time zone in which the KPI's days begin and end, by its IANA name such as Europe/Berlin. "
        "Without one, that of the organization.",
    )
    grace_days: int | None = Field(
        None,
        description="Days of grace after a measurement of the KPI is due before it is LATE, 0 to 366. Without them, a "
        "default by frequency.",
    )
    visibility: Visibility = Field(
        Visibility.ORGANIZATION,
        description="Visibility of the KPI: who can read it. Left out of a new KPI: ORGANIZATION.",
    )
    category: Text | None = Field(
        None, description="Category of the KPI, a free text to group and find it by; at most 200 characters."
    )
    perspective: Perspective | None = Field(None, description="Balanced Scorecard perspective of the KPI.")
    weight: Weight = Field(
        1.0,
        description="Weight of the KPI in the mean of its parent, 0 to 1 000 000. Left out of a new KPI: 1.",
    )
    parent: Key | None = ref("parent KPI that the KPI is a part of")
    owner: Key | None = ref("person who is responsible for the KPI")
    team: Key | None = ref("team that the KPI belongs to")


KPI = Entity(
    model=Kpi,
    by_id=queries.KPIS,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_KPIS,
    filters=filters(
        Kpi,
        *("id", "external_id", "name", "category", "perspective", "direction", "indicator", "frequency", "source"),
        *("visibility", "unit", "unit_kind", "currency", "parent_id", "owner_id", "team_id"),
        *("created_at", "updated_at", "changed_at"),
        **involvements(Kpi, "id", "kpi_id"),
    ),
    item=KpiItem,
    export=Export(
        # A key result needs the KPI that it follows, also an archived one.
        where="AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM key_results r WHERE r.archived_at IS NULL "
        "AND r.organization_id = :organization_id AND r.source_kpi_id = t.id))",
    ),
    upsert=Upsert(
        create=commands.create,
        change=commands.change,
        create_by="id",
        drafting=commands.drafting,
        inferred=frozenset({"source"}),
    ),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive, settle=commands.settle_archived),
    omitted=(
        Omission(("input_names", "input_ids"), ("type", "create", "update", "item"), "They follow from the formula."),
    ),
)
