"""What each role may do, for docs/visibility.md: as service/people/permissions.py decides it."""

from collections.abc import Collection, Mapping

from service.people.models import Role
from service.people.permissions import ACTIONS_BY_ROLE
from tests.docs.page import table


def roles(actions: Mapping[str, Collection[str]] = ACTIONS_BY_ROLE) -> str:
    """The table of actions by role, the role with the fewest rights first."""
    names = [role.value for role in reversed(Role)]
    rows = [(action, *("yes" if name in may else "no" for name in names)) for action, may in actions.items()]
    return table(("", *(f"`{name}`" for name in names)), rows)
