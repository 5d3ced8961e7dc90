"""KPIs, their targets and measurements, and what links them to key results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import as_owner, protect

revision = "0003_kpis"
down_revision = "0002_goal_tree"


CHANGED = ("kpis", "kpi_targets", "kpi_measurements", "kpi_links")
APPENDED = ("kpi_revisions", "kpi_target_revisions", "kpi_measurement_revisions", "kpi_link_revisions")
SOURCES = ("MANUAL", "ALIGNED_OBJECTIVES", "MILESTONES", "KPI")
VERBS = (
    *("CREATED", "UPDATED", "REORDERED", "ARCHIVED", "RESTORED", "CHECKED_IN", "ALIGNED", "UNALIGNED", "REVOKED"),
    *("RECORDED", "DELETED", "LINKED", "UNLINKED"),
)
ENUMS = (
    ("key_results", "valuesource", "value_source", SOURCES),
    ("key_result_revisions", "valuesource", "value_source", SOURCES),
    ("events", "verb", "verb", VERBS),
)


def upgrade() -> None:
    # A trusted extension: the login needs CREATE on the database, or somebody has created it before.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    as_owner()
    op.create_table(
        "kpis",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "direction",
            sa.Enum("HIGHER", "LOWER", "RANGE", name="direction", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "indicator",
            sa.Enum("LEADING", "LAGGING", name="indicator", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "nature",
            sa.Enum(
                "QUANTITATIVE", "QUALITATIVE", name="kpinature", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("scale", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "IRREGULAR",
                "DAILY",
                "WEEKLY",
                "MONTHLY",
                "QUARTERLY",
                "YEARLY",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cumulative", sa.Boolean(), nullable=False),
        sa.Column(
            "aggregation",
            sa.Enum(
                "LAST",
                "SUM",
                "AVERAGE",
                "MIN",
                "MAX",
                "COUNT",
                name="aggregation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "MEASURED",
                "FORMULA",
                "CHILDREN_SUM",
                "CHILDREN_MEAN",
                name="kpisource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("formula", sa.Text(), nullable=True),
        sa.Column("input_names", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("input_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("time_zone", sa.Text(collation="C"), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "perspective",
            sa.Enum(
                "FINANCIAL",
                "CUSTOMER",
                "INTERNAL_PROCESS",
                "LEARNING_AND_GROWTH",
                name="perspective",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("weight >= 0 AND weight < 'Infinity'", name=op.f("ck_kpis_weight")),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 366", name=op.f("ck_kpis_grace")),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_kpis_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpis_organization_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["teams.organization_id", "teams.id"],
            name=op.f("fk_kpis_organization_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_kpis_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpis")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_kpis_organization_id_external_id")),
    )
    op.create_index(
        "ix_kpis_computed",
        "kpis",
        ["organization_id", "id"],
        unique=False,
        postgresql_where=sa.text("source <> 'MEASURED'"),
    )
    op.create_index("ix_kpis_created", "kpis", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_kpis_name", "kpis", ["organization_id", "name", "id"], unique=False)
    op.create_index("ix_kpis_owner", "kpis", ["organization_id", "owner_id"], unique=False)
    op.create_index("ix_kpis_parent", "kpis", ["organization_id", "parent_id"], unique=False)
    op.create_index("ix_kpis_team", "kpis", ["organization_id", "team_id"], unique=False)
    op.create_index("ix_kpis_updated", "kpis", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "kpi_measurement_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column(
            "null_reason",
            sa.Enum(
                "DELETED",
                "DIVIDE_BY_ZERO",
                "INPUT_MISSING",
                "OUT_OF_RANGE",
                name="nullreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(collation="C"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_measurement_revisions_organization_id_kpi_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "kpi_id", "starts_on", "version", name=op.f("pk_kpi_measurement_revisions")
        ),
    )
    op.create_index(
        "ix_kpi_measurement_revisions_recorded",
        "kpi_measurement_revisions",
        ["organization_id", "kpi_id", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "kpi_measurements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column(
            "null_reason",
            sa.Enum(
                "DELETED",
                "DIVIDE_BY_ZERO",
                "INPUT_MISSING",
                "OUT_OF_RANGE",
                name="nullreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(collation="C"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name=op.f("ck_kpi_measurements_value")),
        sa.CheckConstraint("(value IS NULL) = (null_reason IS NOT NULL)", name=op.f("ck_kpi_measurements_reason")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_measurements_organization_id_kpi_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "kpi_id", "starts_on", name=op.f("pk_kpi_measurements")),
    )
    op.create_table(
        "kpi_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "direction",
            sa.Enum("HIGHER", "LOWER", "RANGE", name="direction", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "indicator",
            sa.Enum("LEADING", "LAGGING", name="indicator", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "nature",
            sa.Enum(
                "QUANTITATIVE", "QUALITATIVE", name="kpinature", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("scale", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "IRREGULAR",
                "DAILY",
                "WEEKLY",
                "MONTHLY",
                "QUARTERLY",
                "YEARLY",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cumulative", sa.Boolean(), nullable=False),
        sa.Column(
            "aggregation",
            sa.Enum(
                "LAST",
                "SUM",
                "AVERAGE",
                "MIN",
                "MAX",
                "COUNT",
                name="aggregation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "MEASURED",
                "FORMULA",
                "CHILDREN_SUM",
                "CHILDREN_MEAN",
                name="kpisource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("formula", sa.Text(), nullable=True),
        sa.Column("input_names", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("input_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("time_zone", sa.Text(collation="C"), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "perspective",
            sa.Enum(
                "FINANCIAL",
                "CUSTOMER",
                "INTERNAL_PROCESS",
                "LEARNING_AND_GROWTH",
                name="perspective",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_kpi_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_revisions")),
    )
    op.create_index(
        "ix_kpi_revisions_subject",
        "kpi_revisions",
        [
            "organization_id",
            "subject_id",
            sa.literal_column("valid_from DESC"),
            sa.literal_column("recorded_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_table(
        "kpi_targets",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("lower", sa.Numeric(), nullable=True),
        sa.Column("upper", sa.Numeric(), nullable=True),
        sa.Column(
            "threshold_kind",
            sa.Enum("RATIO", "ABSOLUTE", name="thresholdkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("green", sa.Numeric(), nullable=True),
        sa.Column("amber", sa.Numeric(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("kpi_id"), "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            where=sa.text("archived_at IS NULL"),
            using="gist",
            name="ex_kpi_targets_overlap",
        ),
        sa.CheckConstraint("lower <= upper", name=op.f("ck_kpi_targets_range")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_kpi_targets_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_targets_organization_id_kpi_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_kpi_targets_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_targets")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_kpi_targets_organization_id_external_id")),
    )
    op.create_index("ix_kpi_targets_created", "kpi_targets", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_kpi_targets_kpi", "kpi_targets", ["organization_id", "kpi_id", "starts_on", "id"], unique=False)
    op.create_index("ix_kpi_targets_updated", "kpi_targets", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "kpi_links",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("MEASURE", "GUARDRAIL", name="kpilinkrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "key_result_id"],
            ["key_results.organization_id", "key_results.id"],
            name=op.f("fk_kpi_links_organization_id_key_result_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_links_organization_id_kpi_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_kpi_links_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_links")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_kpi_links_organization_id_external_id")),
        sa.UniqueConstraint("organization_id", "key_result_id", "kpi_id", "role", name="uq_kpi_links_ends"),
    )
    op.create_index("ix_kpi_links_created", "kpi_links", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_kpi_links_kpi", "kpi_links", ["organization_id", "kpi_id"], unique=False)
    op.create_index("ix_kpi_links_updated", "kpi_links", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "kpi_target_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("lower", sa.Numeric(), nullable=True),
        sa.Column("upper", sa.Numeric(), nullable=True),
        sa.Column(
            "threshold_kind",
            sa.Enum("RATIO", "ABSOLUTE", name="thresholdkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("green", sa.Numeric(), nullable=True),
        sa.Column("amber", sa.Numeric(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["kpi_targets.organization_id", "kpi_targets.id"],
            name=op.f("fk_kpi_target_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_kpi_target_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_target_revisions")),
    )
    op.create_index(
        "ix_kpi_target_revisions_subject",
        "kpi_target_revisions",
        [
            "organization_id",
            "subject_id",
            sa.literal_column("valid_from DESC"),
            sa.literal_column("recorded_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_table(
        "kpi_link_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("MEASURE", "GUARDRAIL", name="kpilinkrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["kpi_links.organization_id", "kpi_links.id"],
            name=op.f("fk_kpi_link_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_kpi_link_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_link_revisions")),
    )
    op.create_index(
        "ix_kpi_link_revisions_subject",
        "kpi_link_revisions",
        [
            "organization_id",
            "subject_id",
            sa.literal_column("valid_from DESC"),
            sa.literal_column("recorded_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.add_column("key_result_revisions", sa.Column("source_kpi_id", sa.Uuid(), nullable=True))
    op.add_column("key_results", sa.Column("source_kpi_id", sa.Uuid(), nullable=True))
    op.add_column("key_results", sa.Column("measured_baseline", sa.Numeric(), nullable=True))
    op.add_column("key_results", sa.Column("measured_target", sa.Numeric(), nullable=True))
    op.add_column(
        "key_results", sa.Column("guardrail_breached", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index("ix_key_results_source_kpi", "key_results", ["organization_id", "source_kpi_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_key_results_organization_id_source_kpi_id"),
        "key_results",
        "kpis",
        ["organization_id", "source_kpi_id"],
        ["organization_id", "id"],
    )
    op.add_column("organizations", sa.Column("fiscal_month", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(op.f("ck_organizations_fiscal_month"), "organizations", "fiscal_month BETWEEN 1 AND 12")
    for table, name, column, values in ENUMS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, sa.column(column).in_(values))
    for table in CHANGED:
        protect(table)
    for table in APPENDED:
        protect(table, append_only=True)
