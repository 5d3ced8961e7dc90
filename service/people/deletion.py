"""Deletes an organization with everything that belongs to it."""

from sqlalchemy import text

from service.errors import Forbidden, Refusal
from service.people.models import Role
from service.people.scopes import IMPLIED_SCOPES
from service.viewer import Viewer
from service.writing.transaction import Transaction

# The role of the application may delete no row. This function deletes all rows of an organization, or none.
DELETE_ORGANIZATION = text(
    "SELECT delete_organization(CAST(:organization_id AS uuid), CAST(:name AS text)) AS row_count"
)


class OrganizationNameMismatch(Refusal):
    """`name` is not the name of the organization. Repeat its name exactly to delete it."""

    meaning = (
        "Text in `name` that is not the name of the organization. Nothing was deleted. Repeat the name exactly, which "
        "confirms that this organization is meant."
    )


async def delete_organization(tx: Transaction, name: str) -> int:
    """Deletes the organization of the transaction, which is exclusive; the number of rows. `name` repeats its name.

    Nothing of the organization can be read or written afterwards. Raises Forbidden and OrganizationNameMismatch.
    """
    ensure_may_delete(tx.viewer)
    [result] = await tx.rows(DELETE_ORGANIZATION, name=name)
    if result.row_count is None:
        raise OrganizationNameMismatch(("name",))
    return int(result.row_count)


def ensure_may_delete(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer is an OWNER whose credentials have all scopes: everything is deleted."""
    if viewer.role != Role.OWNER:
        raise Forbidden(f"Your role is {viewer.role}; to delete the organization needs OWNER.")
    if viewer.scopes is not None and not viewer.scopes >= IMPLIED_SCOPES:
        raise Forbidden("Your API key is limited by scopes; to delete the organization needs one that is not.")
