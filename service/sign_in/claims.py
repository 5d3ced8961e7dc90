"""What the claims of a checked token mean: the organization and the person, and what to know of the person."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.values.issuer import EMAIL_CLAIM, ROLES, Issuer
from service.values.record import record

MAX_EXTERNAL_ID_LENGTH = 200
MAX_NAME_LENGTH = 200
MAX_EMAIL_LENGTH = 320
MAX_TEAMS = 200
NAME_CLAIMS = ("name", "preferred_username")


class ClaimsUnusable(Exception):
    """The token is valid, and its claims do not say who it is. The message is for the log."""


@record
class Subject:
    """Whom a token is about. `external_id` or `email` identifies the person; the other one is None.

    `role` and `teams` are what the claims decide; None if no claim does. `teams` are sorted external ids.
    """

    organization_id: UUID
    external_id: str | None
    email: str | None
    role: str | None
    teams: tuple[str, ...] | None


@record
class Profile:
    """Name and verified email address of a person to create."""

    name: str
    email: str | None


def subject_of(claims: Mapping[str, Any], issuer: Issuer) -> Subject:
    """Whom the claims of an issuer are about. Raises ClaimsUnusable."""
    organization_id = _organization_of(claims, issuer)
    external_id = email = None
    if issuer.is_by_email:
        email = _verified_email(claims)
        if email is None:
            raise ClaimsUnusable("It has no verified email address.")
    else:
        external_id = _text(claim_at(claims, issuer.person_claim), MAX_EXTERNAL_ID_LENGTH - len(issuer.person_prefix))
        if external_id is None:
            raise ClaimsUnusable(f"Its claim `{issuer.person_claim}` does not identify a person.")
        external_id = issuer.person_prefix + external_id
    return Subject(organization_id, external_id, email, _role_of(claims, issuer), _teams_of(claims, issuer))


def profile_of(claims: Mapping[str, Any], subject: Subject) -> Profile:
    """What to call the person."""
    email = subject.email or _verified_email(claims)
    names = (_text(claims.get(name), MAX_NAME_LENGTH) for name in NAME_CLAIMS)
    known = next(filter(None, names), None)
    return Profile(known or (email or subject.external_id or "")[:MAX_NAME_LENGTH], email)


def claim_at(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of a name, or of a path with dots, such as `realm_access.roles`; None if there is none."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _organization_of(claims: Mapping[str, Any], issuer: Issuer) -> UUID:
    if issuer.organization is not None:
        return issuer.organization
    name = issuer.organization_claim or ""
    value = claim_at(claims, name)
    if isinstance(value, str) and value in issuer.organizations:
        return issuer.organizations[value]
    if isinstance(value, str) and not issuer.organizations:
        try:
            return UUID(value)
        except ValueError:
            pass
    raise ClaimsUnusable(f"Its claim `{name}` names no organization.")


def _role_of(claims: Mapping[str, Any], issuer: Issuer) -> str | None:
    """The highest role that the claim names, or the default role; None if no claim decides."""
    if issuer.role_claim is None:
        return None
    names = _listed(claim_at(claims, issuer.role_claim))
    # Where values are translated, no other one counts: a group that happens to be called OWNER is no role.
    known = {issuer.roles.get(each) for each in names} if issuer.roles else {each.upper() for each in names}
    return next((role for role in ROLES if role in known), issuer.role_by_default)


def _teams_of(claims: Mapping[str, Any], issuer: Issuer) -> tuple[str, ...] | None:
    """The teams that the claim names; None if no claim decides, or the token is without it."""
    if issuer.teams_claim is None:
        return None
    value = claim_at(claims, issuer.teams_claim)
    if value is None:
        return None
    names = {name for each in _listed(value) if (name := _text(each, MAX_EXTERNAL_ID_LENGTH)) is not None}
    if len(names) > MAX_TEAMS:
        raise ClaimsUnusable(f"Its claim `{issuer.teams_claim}` names more than {MAX_TEAMS} teams.")
    return tuple(sorted(names))


def _listed(value: Any) -> list[str]:
    """The texts of a claim that is a list, or one text."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """The email address, if the issuer says that it belongs to the person."""
    if claims.get("email_verified") is not True:
        return None
    return _text(claims.get(EMAIL_CLAIM), MAX_EMAIL_LENGTH)


def _text(value: Any, max_length: int) -> str | None:
    """A text that the database can hold; None for anything else."""
    if not isinstance(value, str) or not value.strip() or len(value) > max_length:
        return None
    # Control characters make what looks the same differ; NUL and halves of characters Postgres does not take.
    return None if any(each < " " or "\ud800" <= each <= "\udfff" for each in value) else value
