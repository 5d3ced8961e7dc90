"""Permissions by role."""

from service.errors import Forbidden
from service.viewer import Viewer

EDITORS = frozenset({"OWNER", "ADMIN", "MEMBER"})
ADMINISTRATORS = frozenset({"OWNER", "ADMIN"})


def ensure_editor(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer may change goals."""
    if viewer.role not in EDITORS:
        raise Forbidden("Your role is VIEWER, which can read but not change. Ask an administrator for MEMBER.")


def ensure_administrator(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer may change people, teams, cycles and the organization."""
    if viewer.role not in ADMINISTRATORS:
        raise Forbidden(f"Your role is {viewer.role}; this needs ADMIN or OWNER.")
