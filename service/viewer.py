"""The viewer: the authenticated caller of a request."""

from dataclasses import dataclass, field
from uuid import UUID

ADMINISTRATORS = frozenset({"OWNER", "ADMIN"})
# From the lowest to the highest.
ROLES = ("VIEWER", "MEMBER", "ADMIN", "OWNER")
NO_IDS: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """What decides which goals a person may see and edit, besides the role.

    `member_editing` is ALL or OWN: which goals a MEMBER may edit. `own_team_ids` are the teams that the person is in,
    `team_ids` those with all teams below them, and `led_team_ids` the teams that the person leads with all below them.
    `objective_ids` and `kpi_ids` are the goals that the person is a participant of, itself or by a team; None: they
    are unknown, or too many to be listed.
    """

    member_editing: str = "ALL"
    own_team_ids: frozenset[UUID] = NO_IDS
    team_ids: frozenset[UUID] = NO_IDS
    led_team_ids: frozenset[UUID] = NO_IDS
    objective_ids: frozenset[UUID] | None = None
    kpi_ids: frozenset[UUID] | None = None

    @property
    def listed_goals(self) -> int:
        """How many goals are listed."""
        return len(self.objective_ids or ()) + len(self.kpi_ids or ())


@dataclass(frozen=True, slots=True)
class Share:
    """What a share token shows, and nothing else: objectives and KPIs by their ids, with what belongs to them.

    The ids are apart, since an objective and a KPI may have the same one. `shows_names` tells whether the names of
    owners and authors are shown, too.
    """

    token_id: UUID
    objective_ids: frozenset[UUID]
    kpi_ids: frozenset[UUID]
    shows_names: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person of one organization, a service account, a service account that acts on behalf of a person, or a share
    token; the operator at the command line is none of them.

    `role` is OWNER, ADMIN, MEMBER or VIEWER, of both the lower one. `scopes` limit what an API key may do of what the
    role allows; None: they do not. `api_key_id` is the key of the request, None without one, and `client_address` where
    it came from. `share` is what a share token shows; None: these are no credentials of a share.
    """

    organization_id: UUID
    person_id: UUID | None
    role: str
    request_id: str | None = None
    scopes: frozenset[str] | None = None
    api_key_id: UUID | None = None
    access: Access = field(default_factory=Access)
    share: Share | None = None
    client_address: str | None = None
    service_account_id: UUID | None = None

    @property
    def acts_for_person(self) -> bool:
        """Whether a service account acts on behalf of a person."""
        return self.person_id is not None and self.service_account_id is not None

    @property
    def sees_all(self) -> bool:
        """Whether no visibility hides anything from the viewer."""
        return self.role in ADMINISTRATORS and self.share is None


def lower_role(*roles: str) -> str:
    """The role that may do least."""
    return min(roles, key=ROLES.index)


def roles_from(role: str) -> tuple[str, ...]:
    """A role and those that may do more."""
    return ROLES[ROLES.index(role) :]
