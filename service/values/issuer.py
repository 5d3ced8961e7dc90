"""An issuer of tokens as an operator configures it, and the contradictions in such a configuration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

# Signatures by a public key: a secret that both sides have could be taken for one (RFC 8725, 2.1).
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
DEFAULT_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
ROLES = ("OWNER", "ADMIN", "MEMBER", "VIEWER")
# Everybody with an account at the issuer can get the default role.
DEFAULT_ROLES = ROLES[1:]
DEFAULT_ROLE = "MEMBER"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
SUBJECT_CLAIM = "sub"
# The claim by which people are found by their verified email address instead of their external id.
EMAIL_CLAIM = "email"
MAX_LEEWAY_SECONDS = 300
MIN_CACHE_SECONDS, MAX_CACHE_SECONDS = 1, 86_400


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An OpenID Connect issuer, and what its claims mean.

    `organization` is that of all its people, or `organization_claim` names the claim with the id of the organization,
    which `organizations` translates. `person_claim` has the external id of the person, without `person_prefix`; the
    claim `email` has the verified email address. `roles` translates values of `role_claim`. Without `jwks_url` the
    issuer is asked where its keys are.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}

    issuer: str
    audience: tuple[str, ...]
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    leeway: float = 30
    jwks_cache_seconds: float = 3600
    organization: UUID | None = None
    organization_claim: str | None = None
    organizations: Mapping[str, UUID] = field(default_factory=dict)
    person_claim: str = SUBJECT_CLAIM
    person_prefix: str = ""
    role_claim: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    teams_claim: str | None = None
    create_people: bool = False
    default_role: str | None = None

    @property
    def is_by_email(self) -> bool:
        """Whether its people are found by their email addresses."""
        return self.person_claim == EMAIL_CLAIM

    @property
    def role_by_default(self) -> str:
        """The role of new people, and of tokens without a known role."""
        return self.default_role or DEFAULT_ROLE


def contradictions(issuers: Sequence[Issuer]) -> Iterator[tuple[str, str]]:
    """What cannot be meant: the name of a setting, and a sentence about it."""
    for each in issuers:
        yield from _of_urls(each)
        yield from _of_values(each)
        yield from _of_claims(each)
    for one, other in combinations(issuers, 2):
        if one.issuer == other.issuer:
            yield "issuer", f"{one.issuer} is configured twice."
        elif _may_confuse(one, other):
            yield (
                "person_prefix",
                f"{one.issuer} and {other.issuer} can mean different people by the same external id. Give each a"
                " prefix that the other one does not begin with.",
            )


def _of_urls(issuer: Issuer) -> Iterator[tuple[str, str]]:
    for name, url in (("issuer", issuer.issuer), ("jwks_url", issuer.jwks_url)):
        if url is not None and not is_secure(url):
            yield name, f"{url!r} is not a URL with https, which may be http only for this machine."


def _of_values(issuer: Issuer) -> Iterator[tuple[str, str]]:
    if not issuer.audience or not all(issuer.audience):
        yield "audience", "It is empty: tokens for other services of the issuer would be taken."
    if unknown := [each for each in issuer.algorithms if each not in ALGORITHMS]:
        yield "algorithms", f"{unknown[0]!r} is none of {', '.join(ALGORITHMS)}."
    if not issuer.algorithms:
        yield "algorithms", "It is empty, so that no token could be valid."
    if not 0 <= issuer.leeway <= MAX_LEEWAY_SECONDS:
        yield "leeway", f"It is not from 0 to {MAX_LEEWAY_SECONDS} seconds."
    if not MIN_CACHE_SECONDS <= issuer.jwks_cache_seconds <= MAX_CACHE_SECONDS:
        yield "jwks_cache_seconds", f"It is not from {MIN_CACHE_SECONDS} to {MAX_CACHE_SECONDS} seconds."
    if unknown := [each for each in issuer.roles.values() if each not in ROLES]:
        yield "roles", f"{unknown[0]!r} is none of {', '.join(ROLES)}."
    if issuer.default_role not in (None, *DEFAULT_ROLES):
        yield "default_role", f"{issuer.default_role!r} is none of {', '.join(DEFAULT_ROLES)}."


def _of_claims(issuer: Issuer) -> Iterator[tuple[str, str]]:
    if (issuer.organization is None) == (issuer.organization_claim is None):
        yield "organization", "Set either an organization for all, or the claim that has it."
    if issuer.organizations and issuer.organization_claim is None:
        yield "organizations", "It has no use without an organization claim."
    if not issuer.person_claim:
        yield "person_claim", "It is empty."
    if issuer.person_prefix and issuer.is_by_email:
        yield "person_prefix", "It has no use where people are found by their email addresses."
    if issuer.roles and issuer.role_claim is None:
        yield "roles", "It has no use without a role claim."
    if issuer.default_role is not None and issuer.role_claim is None and not issuer.create_people:
        yield "default_role", "It has no use without a role claim, and where no people are created."


def is_secure(url: str) -> bool:
    """Whether a URL is one of https, or of http to this machine; without credentials, query and fragment."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.query or parts.fragment or not parts.hostname or url != url.strip():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)


def _may_confuse(one: Issuer, other: Issuer) -> bool:
    """Whether two issuers could mean different people of an organization by one external id."""
    if one.is_by_email or other.is_by_email:
        return False
    fixed = {one.organization, other.organization}
    if None not in fixed and len(fixed) == 2:
        return False
    prefixes = sorted((one.person_prefix, other.person_prefix))
    return prefixes[1].startswith(prefixes[0])
