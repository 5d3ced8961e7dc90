"""People, cycles, objectives, key results, check-ins, alignment, events, and the history of all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import as_owner, protect

revision = "0002_goal_tree"
down_revision = "0001_roles"


CHANGED = (
    "cycles",
    "people",
    "pillars",
    "teams",
    "api_keys",
    "memberships",
    "objectives",
    "key_results",
    "alignments",
    "milestones",
)
APPENDED = (
    "events",
    "cycle_revisions",
    "objective_revisions",
    "check_ins",
    "key_result_revisions",
    "alignment_revisions",
    "milestone_revisions",
)


def upgrade() -> None:
    as_owner()
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("time_zone", sa.Text(collation="C"), nullable=False),
        sa.Column("on_track_pace", sa.Float(), nullable=False),
        sa.Column("at_risk_pace", sa.Float(), nullable=False),
        sa.Column("check_in_cadence_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("at_risk_pace <= on_track_pace AND at_risk_pace >= 0", name=op.f("ck_organizations_paces")),
        sa.CheckConstraint("check_in_cadence_days BETWEEN 1 AND 366", name=op.f("ck_organizations_cadence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "cycles",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "YEAR", "QUARTER", "CUSTOM", name="cyclekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "PLANNING",
                "ACTIVE",
                "CLOSING",
                "CLOSED",
                "ARCHIVED",
                name="cyclestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on AND starts_at < ends_at", name=op.f("ck_cycles_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["cycles.organization_id", "cycles.id"],
            name=op.f("fk_cycles_organization_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_cycles_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_cycles_organization_id_external_id")),
    )
    op.create_index("ix_cycles_created", "cycles", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_cycles_parent", "cycles", ["organization_id", "parent_id"], unique=False)
    op.create_index("ix_cycles_start", "cycles", ["organization_id", "starts_on", "id"], unique=False)
    op.create_index("ix_cycles_updated", "cycles", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "CREATED",
                "UPDATED",
                "REORDERED",
                "ARCHIVED",
                "RESTORED",
                "CHECKED_IN",
                "ALIGNED",
                "UNALIGNED",
                "REVOKED",
                name="verb",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_type", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(collation="C"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_events_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_objective", "events", ["organization_id", "objective_id", "id"], unique=False)
    op.create_index("ix_events_subject", "events", ["organization_id", "subject_id", "id"], unique=False)
    op.create_table(
        "people",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "OWNER", "ADMIN", "MEMBER", "VIEWER", name="role", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_people_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_people")),
        sa.UniqueConstraint("organization_id", "email", name=op.f("uq_people_organization_id_email")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_people_organization_id_external_id")),
    )
    op.create_index("ix_people_created", "people", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_people_name", "people", ["organization_id", "name", "id"], unique=False)
    op.create_index("ix_people_updated", "people", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "pillars",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_pillars_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_pillars")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_pillars_organization_id_external_id")),
    )
    op.create_index("ix_pillars_created", "pillars", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_pillars_name", "pillars", ["organization_id", "name", "id"], unique=False)
    op.create_index("ix_pillars_updated", "pillars", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["teams.organization_id", "teams.id"],
            name=op.f("fk_teams_organization_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_teams_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_teams")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_teams_organization_id_external_id")),
    )
    op.create_index("ix_teams_created", "teams", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_teams_name", "teams", ["organization_id", "name", "id"], unique=False)
    op.create_index("ix_teams_parent", "teams", ["organization_id", "parent_id"], unique=False)
    op.create_index("ix_teams_updated", "teams", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_api_keys_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_api_keys_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "cycle_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "YEAR", "QUARTER", "CUSTOM", name="cyclekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "PLANNING",
                "ACTIVE",
                "CLOSING",
                "CLOSED",
                "ARCHIVED",
                name="cyclestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["cycles.organization_id", "cycles.id"],
            name=op.f("fk_cycle_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cycle_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_cycle_revisions")),
    )
    op.create_index(
        "ix_cycle_revisions_subject",
        "cycle_revisions",
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
        "memberships",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("LEAD", "MEMBER", name="membershiprole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_memberships_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["teams.organization_id", "teams.id"],
            name=op.f("fk_memberships_organization_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_memberships_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "organization_id", "team_id", "person_id", name=op.f("uq_memberships_organization_id_team_id_person_id")
        ),
    )
    op.create_index("ix_memberships_person", "memberships", ["organization_id", "person_id"], unique=False)
    op.create_table(
        "objectives",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "COMPANY", "TEAM", "INDIVIDUAL", name="level", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "ASPIRATIONAL",
                "COMMITTED",
                "LEARNING",
                name="objectivekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "DRAFT", "ACTIVE", "CANCELLED", name="lifecycle", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "visibility",
            sa.Enum(
                "ORGANIZATION",
                "TEAM",
                "PRIVATE",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
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
        sa.Column(
            "progress_source",
            sa.Enum(
                "KEY_RESULTS",
                "ALIGNED_OBJECTIVES",
                "BOTH",
                "MANUAL",
                name="progresssource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status_source",
            sa.Enum(
                "WORST_CONTRIBUTOR", "PACE", name="statussource", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("pillar_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("progress_raw", sa.Float(), nullable=True),
        sa.Column("progress_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "status_course", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "cycle_id"],
            ["cycles.organization_id", "cycles.id"],
            name=op.f("fk_objectives_organization_id_cycle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_objectives_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "pillar_id"],
            ["pillars.organization_id", "pillars.id"],
            name=op.f("fk_objectives_organization_id_pillar_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["teams.organization_id", "teams.id"],
            name=op.f("fk_objectives_organization_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_objectives_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_objectives")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_objectives_organization_id_external_id")),
    )
    op.create_index("ix_objectives_created", "objectives", ["organization_id", "created_at", "id"], unique=False)
    op.create_index("ix_objectives_cycle", "objectives", ["organization_id", "cycle_id"], unique=False)
    op.create_index("ix_objectives_owner", "objectives", ["organization_id", "owner_id"], unique=False)
    op.create_index("ix_objectives_position", "objectives", ["organization_id", "position", "id"], unique=False)
    op.create_index("ix_objectives_team", "objectives", ["organization_id", "team_id"], unique=False)
    op.create_index("ix_objectives_title", "objectives", ["organization_id", "title", "id"], unique=False)
    op.create_index("ix_objectives_updated", "objectives", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "key_results",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "INCREASE",
                "DECREASE",
                "INCREASE_BY",
                "DECREASE_BY",
                "INCREASE_BY_PERCENT",
                "DECREASE_BY_PERCENT",
                "REACH",
                "AT_LEAST",
                "AT_MOST",
                "WITHIN_RANGE",
                "MILESTONE",
                "BINARY",
                "BASELINE",
                name="keyresultkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "LATEST",
                "ADHERENCE",
                "DISTANCE",
                name="controlmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "value_source",
            sa.Enum(
                "MANUAL",
                "ALIGNED_OBJECTIVES",
                "MILESTONES",
                name="valuesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "DRAFT", "ACTIVE", "CANCELLED", name="lifecycle", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("baseline", sa.Numeric(), nullable=True),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("change_by", sa.Numeric(), nullable=True),
        sa.Column("lower", sa.Numeric(), nullable=True),
        sa.Column("upper", sa.Numeric(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("progress_raw", sa.Float(), nullable=True),
        sa.Column("progress_reason", sa.Text(collation="C"), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "status_course", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("current", sa.Numeric(), nullable=True),
        sa.Column("has_data", sa.Boolean(), nullable=False),
        sa.Column("regressed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weight >= 0 AND weight < 'Infinity'", name=op.f("ck_key_results_weight")),
        sa.CheckConstraint("lower <= upper", name=op.f("ck_key_results_range")),
        sa.ForeignKeyConstraint(
            ["organization_id", "objective_id"],
            ["objectives.organization_id", "objectives.id"],
            name=op.f("fk_key_results_organization_id_objective_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_key_results_organization_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_key_results_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_key_results")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_key_results_organization_id_external_id")),
    )
    op.create_index("ix_key_results_created", "key_results", ["organization_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_key_results_objective", "key_results", ["organization_id", "objective_id", "position", "id"], unique=False
    )
    op.create_index("ix_key_results_position", "key_results", ["organization_id", "position", "id"], unique=False)
    op.create_index("ix_key_results_title", "key_results", ["organization_id", "title", "id"], unique=False)
    op.create_index("ix_key_results_updated", "key_results", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "objective_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "COMPANY", "TEAM", "INDIVIDUAL", name="level", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "ASPIRATIONAL",
                "COMMITTED",
                "LEARNING",
                name="objectivekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "DRAFT", "ACTIVE", "CANCELLED", name="lifecycle", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "visibility",
            sa.Enum(
                "ORGANIZATION",
                "TEAM",
                "PRIVATE",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
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
        sa.Column(
            "progress_source",
            sa.Enum(
                "KEY_RESULTS",
                "ALIGNED_OBJECTIVES",
                "BOTH",
                "MANUAL",
                name="progresssource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status_source",
            sa.Enum(
                "WORST_CONTRIBUTOR", "PACE", name="statussource", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("pillar_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["objectives.organization_id", "objectives.id"],
            name=op.f("fk_objective_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_objective_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_objective_revisions")),
    )
    op.create_index(
        "ix_objective_revisions_subject",
        "objective_revisions",
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
        "alignments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("parent_key_result_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "CONTRIBUTES", "SUPPORTS", name="alignmentkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Float(), nullable=False),
        sa.CheckConstraint("weight >= 0 AND weight < 'Infinity'", name=op.f("ck_alignments_weight")),
        sa.CheckConstraint("objective_id <> parent_id", name=op.f("ck_alignments_self")),
        sa.ForeignKeyConstraint(
            ["organization_id", "objective_id"],
            ["objectives.organization_id", "objectives.id"],
            name=op.f("fk_alignments_organization_id_objective_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["objectives.organization_id", "objectives.id"],
            name=op.f("fk_alignments_organization_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_key_result_id"],
            ["key_results.organization_id", "key_results.id"],
            name=op.f("fk_alignments_organization_id_parent_key_result_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_alignments_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_alignments")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_alignments_organization_id_external_id")),
        sa.UniqueConstraint(
            "organization_id",
            "objective_id",
            "parent_id",
            "parent_key_result_id",
            name="uq_alignments_edge",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_alignments_created", "alignments", ["organization_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_alignments_parent", "alignments", ["organization_id", "parent_id", "position", "id"], unique=False
    )
    op.create_index(
        "ix_alignments_parent_key_result", "alignments", ["organization_id", "parent_key_result_id"], unique=False
    )
    op.create_index(
        "ix_alignments_primary",
        "alignments",
        ["organization_id", "objective_id"],
        unique=True,
        postgresql_where=sa.text("is_primary AND archived_at IS NULL"),
    )
    op.create_index("ix_alignments_updated", "alignments", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "check_ins",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "ON_TRACK",
                "AT_RISK",
                "OFF_TRACK",
                name="saidstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name=op.f("ck_check_ins_value")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_check_ins_confidence")),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_check_ins_organization_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "key_result_id"],
            ["key_results.organization_id", "key_results.id"],
            name=op.f("fk_check_ins_organization_id_key_result_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "objective_id"],
            ["objectives.organization_id", "objectives.id"],
            name=op.f("fk_check_ins_organization_id_objective_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_check_ins_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_check_ins_organization_id_external_id")),
    )
    op.create_index(
        "ix_check_ins_key_result",
        "check_ins",
        ["organization_id", "key_result_id", "at", "recorded_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_check_ins_objective",
        "check_ins",
        ["organization_id", "objective_id", "at", "recorded_at", "id"],
        unique=False,
        postgresql_where=sa.text("key_result_id IS NULL"),
    )
    op.create_table(
        "key_result_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "INCREASE",
                "DECREASE",
                "INCREASE_BY",
                "DECREASE_BY",
                "INCREASE_BY_PERCENT",
                "DECREASE_BY_PERCENT",
                "REACH",
                "AT_LEAST",
                "AT_MOST",
                "WITHIN_RANGE",
                "MILESTONE",
                "BINARY",
                "BASELINE",
                name="keyresultkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "LATEST",
                "ADHERENCE",
                "DISTANCE",
                name="controlmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "value_source",
            sa.Enum(
                "MANUAL",
                "ALIGNED_OBJECTIVES",
                "MILESTONES",
                name="valuesource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "DRAFT", "ACTIVE", "CANCELLED", name="lifecycle", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("baseline", sa.Numeric(), nullable=True),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("change_by", sa.Numeric(), nullable=True),
        sa.Column("lower", sa.Numeric(), nullable=True),
        sa.Column("upper", sa.Numeric(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["key_results.organization_id", "key_results.id"],
            name=op.f("fk_key_result_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_key_result_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_key_result_revisions")),
    )
    op.create_index(
        "ix_key_result_revisions_subject",
        "key_result_revisions",
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
        "milestones",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.CheckConstraint("weight >= 0 AND weight < 'Infinity'", name=op.f("ck_milestones_weight")),
        sa.ForeignKeyConstraint(
            ["organization_id", "key_result_id"],
            ["key_results.organization_id", "key_results.id"],
            name=op.f("fk_milestones_organization_id_key_result_id"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_milestones_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_milestones_organization_id_external_id")),
    )
    op.create_index("ix_milestones_created", "milestones", ["organization_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_milestones_key_result", "milestones", ["organization_id", "key_result_id", "position", "id"], unique=False
    )
    op.create_index("ix_milestones_updated", "milestones", ["organization_id", "updated_at", "id"], unique=False)
    op.create_table(
        "alignment_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("parent_key_result_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "CONTRIBUTES", "SUPPORTS", name="alignmentkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["alignments.organization_id", "alignments.id"],
            name=op.f("fk_alignment_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_alignment_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_alignment_revisions")),
    )
    op.create_index(
        "ix_alignment_revisions_subject",
        "alignment_revisions",
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
        "milestone_revisions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["milestones.organization_id", "milestones.id"],
            name=op.f("fk_milestone_revisions_organization_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_milestone_revisions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_milestone_revisions")),
    )
    op.create_index(
        "ix_milestone_revisions_subject",
        "milestone_revisions",
        [
            "organization_id",
            "subject_id",
            sa.literal_column("valid_from DESC"),
            sa.literal_column("recorded_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    protect("organizations", column="id")
    for table in CHANGED:
        protect(table)
    for table in APPENDED:
        protect(table, append_only=True)
