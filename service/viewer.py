"""The viewer: the authenticated caller of a request."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person of one organization, or the operator (no person) at the command line.

    `role` is OWNER, ADMIN, MEMBER or VIEWER. `scopes` limit what an API key may do of what the role allows; None: they
    do not. `api_key_id` is the key of the request, None without one, and `client_address` where it came from.
    """

    organization_id: UUID
    person_id: UUID | None
    role: str
    request_id: str | None = None
    scopes: frozenset[str] | None = None
    api_key_id: UUID | None = None
    client_address: str | None = None
