"""Acting on behalf of a person: who may, for whom, and as what. No database, no clock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote
from uuid import UUID

from service.errors import ActAsForbidden, ActAsInvalid
from service.people.scopes import ApiKeyScope
from service.values import global_ids
from service.values.parsing import parse_uuid
from service.viewer import Access, Viewer, lower_role

HEADER = "Okrgraph-Act-As"
EXTERNAL_ID_PREFIX = "externalId:"
FORM = f"Send the id of a person, or `{EXTERNAL_ID_PREFIX}` and the external id in percent-encoding."


class PersonReference(NamedTuple):
    """A person by id or by external id; the other one is None."""

    id: UUID | None = None
    external_id: str | None = None


def parse_reference(values: Sequence[str]) -> PersonReference:
    """The person that the header means, from all values that it has. Raises ActAsInvalid."""
    if len(values) != 1:
        raise ActAsInvalid(f"`{HEADER}` was sent {len(values)} times. Send it once.")
    [text] = values
    if text.startswith(EXTERNAL_ID_PREFIX):
        return PersonReference(external_id=_parse_external_id(text.removeprefix(EXTERNAL_ID_PREFIX)))
    type_name, id = global_ids.decode(text) or ("Person", parse_uuid(text))
    if id is None:
        raise ActAsInvalid(f"`{HEADER}` has no id. {FORM}")
    if type_name != "Person":
        raise ActAsInvalid(f"`{HEADER}` has the id of something that is no person. {FORM}")
    return PersonReference(id=id)


def _parse_external_id(encoded: str) -> str:
    try:
        external_id = unquote(encoded, errors="strict") if encoded.isascii() else ""
    except UnicodeDecodeError:
        external_id = ""
    if not external_id or "\0" in external_id:
        raise ActAsInvalid(f"`{HEADER}` has no external id in percent-encoded UTF-8. {FORM}")
    return external_id


def ensure_may_act(viewer: Viewer) -> None:
    """Raises ActAsForbidden unless the credentials of a viewer may act on behalf of people."""
    if viewer.service_account_id is None:
        raise ActAsForbidden(f"Only API keys of service accounts may send `{HEADER}`.")
    if viewer.scopes is None or ApiKeyScope.ACT_AS not in viewer.scopes:
        raise ActAsForbidden(f"This API key may not send `{HEADER}`: it lacks the scope {ApiKeyScope.ACT_AS}.")


def acting_viewer(service_account: Viewer, person_id: UUID, role: str, access: Access) -> Viewer:
    """A service account on behalf of a person with a role and an access."""
    return replace(service_account, person_id=person_id, role=lower_role(service_account.role, role), access=access)
