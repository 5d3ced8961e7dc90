"""Reads of share tokens."""

from sqlalchemy import select

from service.people.models import Person
from service.people.queries import lookup_of_organization, lookup_of_organizations, wrong_secrets
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.reader import NOW
from service.reading.statements import columns, select_by, visible
from service.share_tokens.models import ShareToken

_token = columns_of(ShareToken)
_person = columns_of(Person)

SHARE_TOKENS = select_by(ShareToken)
ALL_SHARE_TOKENS = Listing(
    tuple(columns(ShareToken)),
    table_of(ShareToken),
    (visible(ShareToken),),
    {"CREATED_AT": _token.created_at},
    _token.id,
)
# Those that still show something.
OF_OBJECTIVES = (
    select_by(ShareToken, "objective_id")
    .where(_token.revoked_at.is_(None), _token.expires_at > NOW)
    .order_by(_token.created_at, _token.id)
)
OF_CREATORS = select_by(ShareToken, "creator_id").order_by(_token.created_at, _token.id)
SHARE_TOKENS_WITH_NAMES = (
    select(
        *(_token.id, _person.name.label("creator"), _token.name, _token.objective_id, _token.created_at),
        *(_token.expires_at, _token.revoked_at, _token.last_used_at),
    )
    .join(Person, visible(Person) & (_person.id == _token.creator_id))
    .where(visible(ShareToken))
    .order_by(_token.created_at, _token.id)
)
_SHARE_AND_CREATOR = """k.secret_hash, k.expires_at, k.revoked_at, k.last_used_at, k.shows_names, k.objective_id,
        k.kpi_filter, k.creator_id, p.role, p.archived_at"""


def _creator(organization: str) -> str:
    return f"JOIN people p ON p.organization_id = {organization} AND p.id = k.creator_id"


_SHARES = ("share_tokens", "creator_id", _SHARE_AND_CREATOR, _creator)
SHARES_OF_ORGANIZATION = lookup_of_organization(*_SHARES)
SHARES_OF_ORGANIZATIONS = lookup_of_organizations(*_SHARES)
WRONG_SHARES = wrong_secrets("share_tokens")
RECORD_SHARE_USE = "UPDATE share_tokens SET last_used_at = $3 WHERE organization_id = $1 AND id = $2"
