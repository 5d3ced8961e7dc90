"""Reads of the organization, its people and its teams."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import CTE, Uuid, bindparam, literal_column, select, true

from service.people.access_queries import access_columns
from service.people.models import ApiKey, Membership, Organization, Person, StatusPolicy, Team
from service.people.service_accounts.models import ServiceAccount
from service.postgres.tables import columns_of, table_of
from service.reading.branches import equals
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, select_active_by, select_by, visible

_person = columns_of(Person)
_team = columns_of(Team)
_membership = columns_of(Membership)
_organization = columns_of(Organization)
_service_account = columns_of(ServiceAccount)

ORGANIZATION = select(*table_of(Organization).columns).where(
    _organization.id == bindparam("organization_id", type_=_organization.id.type)
)
_policy = columns_of(StatusPolicy)
STATUS_POLICIES = select_by(StatusPolicy)
ALL_STATUS_POLICIES = Listing(
    tuple(columns(StatusPolicy)),
    table_of(StatusPolicy),
    (visible(StatusPolicy),),
    {"NUMBER": _policy.number},
    _policy.id,
)
PEOPLE = select_by(Person)
PEOPLE_BY_EXTERNAL_ID = select_by(Person, "external_id")
TEAMS = select_by(Team)
TEAMS_BY_EXTERNAL_ID = select_by(Team, "external_id")
SUBTEAMS = select_active_by(Team, "parent_id", "name")

_member = (_membership.id, _membership.team_id, _membership.person_id, _membership.role, _membership.created_at)
MEMBERSHIPS = select(*_member).where(visible(Membership), equals_any(_membership.id))
MEMBERSHIPS_OF_TEAMS = (
    select(*_member)
    .join(
        Person,
        visible(Person) & (_person.id == _membership.person_id),
    )
    .where(visible(Membership), equals_any(_membership.team_id), _membership.ended_at.is_(None))
    .order_by(_membership.role, _person.name, _membership.id)
)
MEMBERSHIPS_OF_PEOPLE = (
    select(*_member)
    .join(Team, visible(Team) & (_team.id == _membership.team_id))
    .where(visible(Membership), equals_any(_membership.person_id), _membership.ended_at.is_(None))
    .order_by(_team.name, _membership.id)
)


@cache
def team_and_below(parameter: str = "team_id") -> CTE:
    """The `id` of the team in a parameter, and of all teams below it."""
    top = select(_team.id).where(visible(Team), _team.id == bindparam(parameter, type_=Uuid))
    teams = top.cte(f"{parameter}_and_below", recursive=True)
    below = select(_team.id).where(visible(Team), equals(_team.parent_id, teams.c.id))
    # OFFSET 0: teams are looked up one by one, however many the planner expects.
    each = below.offset(literal_column("0")).lateral("below")
    return teams.union(select(each.c.id).select_from(teams.join(each, true())))


ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "name"}


def _listing(model: Any) -> Listing:
    orders = {name: getattr(model, column) for name, column in ORDERS.items()}
    return Listing(tuple(columns(model)), model.__table__, (visible(model),), orders, model.id)


ALL_PEOPLE = _listing(Person)
ALL_TEAMS = _listing(Team)

_key = columns_of(ApiKey)
API_KEY_COLUMNS = tuple(each for each in table_of(ApiKey).columns if each.name != "secret_hash")
API_KEYS = select(*API_KEY_COLUMNS).where(visible(ApiKey), equals_any(_key.id))
ALL_API_KEYS = Listing(API_KEY_COLUMNS, table_of(ApiKey), (visible(ApiKey),), {"CREATED_AT": _key.created_at}, _key.id)
API_KEYS_OF_PEOPLE = (
    select(*API_KEY_COLUMNS).where(visible(ApiKey), equals_any(_key.person_id)).order_by(_key.created_at, _key.id)
)
API_KEYS_OF_SERVICE_ACCOUNTS = (
    select(*API_KEY_COLUMNS)
    .where(visible(ApiKey), equals_any(_key.service_account_id))
    .order_by(_key.created_at, _key.id)
)
API_KEYS_WITH_NAMES = (
    select(
        *(_key.id, _person.name.label("person"), _service_account.name.label("service_account")),
        *(_key.name, _key.scopes),
        *(_key.created_at, _key.expires_at, _key.revoked_at, _key.last_used_at),
    )
    .outerjoin(Person, visible(Person) & (_person.id == _key.person_id))
    .outerjoin(ServiceAccount, visible(ServiceAccount) & (_service_account.id == _key.service_account_id))
    .where(visible(ApiKey))
    .order_by(_key.created_at, _key.id)
)

_KEY_AND_HOLDER = """k.secret_hash, k.expires_at, k.revoked_at, k.last_used_at, k.scopes, k.person_id,
        k.service_account_id, coalesce(p.role, s.role) AS role, coalesce(p.archived_at, s.archived_at) AS archived_at"""


def _holders(organization: str) -> str:
    return f"""
    LEFT JOIN people p ON p.organization_id = {organization} AND p.id = k.person_id
    LEFT JOIN service_accounts s ON s.organization_id = {organization} AND s.id = k.service_account_id"""


_PRESENTED = """SELECT wanted.organization_id, wanted.id, found.*
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS wanted (organization_id, id, secret_hash)
    CROSS JOIN LATERAL (
        SELECT set_config('app.organization_id', wanted.organization_id::text, true)::uuid AS organization_id OFFSET 0
    ) AS tenant"""


def lookup_of_organization(table: str, person_column: str, columns: str, joins: Callable[[str], str]) -> str:
    """The statement that looks up credentials of one organization, `k`, by id and hash, each with its person, `p`.

    `joins` are those of the person and others, by an expression with the organization. A wrong secret has no row, so
    that it takes as long as an unknown id.
    """
    return f"""
    SELECT k.organization_id, k.id, {columns},
        {access_columns("$1", f"k.{person_column}")}
    FROM {table} k {joins("$1")}
    WHERE k.organization_id = $1 AND k.id = ANY($2::uuid[]) AND k.secret_hash = ANY($3::bytea[])"""


def lookup_of_organizations(table: str, person_column: str, columns: str, joins: Callable[[str], str]) -> str:
    """As `lookup_of_organization`, for several organizations on one machine.

    Row-level security shows the rows of one organization at a time: each row of `wanted` names its own before the rows
    of that are looked for, which the second LATERAL enforces. `wanted` is sorted, so that a plan which remembers the
    answer of the first LATERAL still has the setting of the row before.
    """
    return f"""
    {_PRESENTED}
    CROSS JOIN LATERAL (
        SELECT {columns},
        {access_columns("tenant.organization_id", f"k.{person_column}")}
        FROM {table} k {joins("k.organization_id")}
        WHERE k.organization_id = tenant.organization_id AND k.id = wanted.id AND k.secret_hash = wanted.secret_hash
        OFFSET 0
    ) AS found"""


KEYS_OF_ORGANIZATION = lookup_of_organization("api_keys", "person_id", _KEY_AND_HOLDER, _holders)
KEYS_OF_ORGANIZATIONS = lookup_of_organizations("api_keys", "person_id", _KEY_AND_HOLDER, _holders)


def wrong_secrets(table: str) -> tuple[str, str]:
    """The statements that find the rows that were presented with another secret only, by the same parameters."""
    return (
        f"""
    SELECT k.organization_id, k.id FROM {table} k
    WHERE k.organization_id = $1 AND k.id = ANY($2::uuid[]) AND k.secret_hash <> ALL($3::bytea[])""",
        f"""
    {_PRESENTED}
    CROSS JOIN LATERAL (
        SELECT true AS is_wrong FROM {table} k
        WHERE k.organization_id = tenant.organization_id AND k.id = wanted.id AND k.secret_hash <> wanted.secret_hash
        OFFSET 0
    ) AS found""",
    )


WRONG_KEYS = wrong_secrets("api_keys")
RECORD_KEY_USE = "UPDATE api_keys SET last_used_at = $3 WHERE organization_id = $1 AND id = $2"
