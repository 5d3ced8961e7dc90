"""API keys have scopes, and know the key that they replace."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0130_api_key_scopes"
down_revision = "0110_public_names"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys that there are may do all that the role of their person allows, as before."""
    as_owner()
    op.add_column("api_keys", sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=True))
    op.add_column("api_keys", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_api_keys_organization_id_replaces_id"),
        "api_keys",
        "api_keys",
        ["organization_id", "replaces_id"],
        ["organization_id", "id"],
    )
    op.create_index("ix_api_keys_created", "api_keys", ["organization_id", "created_at", "id"])
    op.create_index("ix_api_keys_person", "api_keys", ["organization_id", "person_id", "created_at", "id"])
