"""Locks initiatives before they are changed."""

from uuid import UUID

from service.initiatives.models import Initiative
from service.people.goal_access import GoalCheck, ensure_access
from service.people.permissions import ensure_editor
from service.writing.rows import ensure_not_archived, lock_row
from service.writing.transaction import Transaction


async def lock_initiative(tx: Transaction, id: UUID, field: str = "id", *, allow_archived: bool = False) -> Initiative:
    """An initiative to change. Raises Forbidden, NotFound, NotEditable, and Archived unless archived ones are
    allowed."""
    ensure_editor(tx.viewer)
    initiative = await lock_row(tx, Initiative, id, field=field, allow_archived=True)
    await ensure_access(tx, check_of(initiative, field))
    ensure_not_archived(initiative, field, allow_archived)
    return initiative


def check_of(initiative: Initiative, field: str, *, is_check_in: bool = False) -> GoalCheck:
    """The check whether the viewer may change an initiative, or check in on it."""
    return GoalCheck(initiative, field, "initiative", named_by="initiative_id", is_check_in=is_check_in)
