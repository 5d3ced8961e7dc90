"""Objectives of one level are found without reading the others: a tree starts at those of the company."""

from alembic import op

revision = "0004_levels"
down_revision = "0003_kpis"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index by which objectives of a level come in their order."""
    op.create_index("ix_objectives_level", "objectives", ["organization_id", "level", "position", "id"])
