"""Events of creation keep a digest of the input, so that a create that is sent again is answered with its object."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0006_input_digest"
down_revision = "0005_status"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older events have none: their objects can still be told from others by their ids, and not by their input."""
    as_owner()
    op.execute("ALTER TABLE events ADD COLUMN input_digest bytea")
