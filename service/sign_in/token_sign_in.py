"""Resolves the token of a request to a viewer: checks it, finds its person, and changes what the claims decide."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from cachetools import TTLCache

from service.errors import CredentialsExpired, Refusal, SignInFailure, Unauthenticated
from service.people.access_queries import access_of
from service.postgres.database import Database
from service.sign_in import tokens
from service.sign_in.claims import ClaimsUnusable, Subject, profile_of, subject_of
from service.sign_in.commands import SignedIn, sign_in
from service.sign_in.fetching import FetchKeys, KeyFetcher
from service.sign_in.key_cache import KeyCache
from service.sign_in.person_lookup import person_lookup
from service.unit_of_work import write
from service.values.issuer import Issuer
from service.viewer import Viewer

NOT_VALID = "This token is not valid, or not any more."
# A change that was refused is tried again after this time, not at each request.
REFUSED_SECONDS = 60.0
MAX_REFUSED = 10_000

log = structlog.get_logger(__name__)


class _KnownIssuer(NamedTuple):
    settings: Issuer
    rules: tokens.Rules
    keys: KeyCache


class TokenSignIn:
    """Checks tokens of the configured issuers. Whatever is wrong with a token, the client gets the same answer, and
    the log the reason. `fetcher` makes the function that fetches the keys of an issuer."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        database: Database,
        patience: float,
        fetcher: Callable[[Issuer], FetchKeys] = lambda issuer: KeyFetcher(issuer).fetch,
    ) -> None:
        self._issuers = {each.issuer: _known_issuer(each, fetcher(each)) for each in issuers}
        self._database = database
        self._people = person_lookup(database, patience)
        self._changing: dict[Subject, asyncio.Task[SignedIn | None]] = {}
        self._refused: TTLCache[Subject, bool] = TTLCache(MAX_REFUSED, REFUSED_SECONDS)

    async def viewer(self, text: str, now: datetime) -> tuple[Viewer, datetime]:
        """The viewer of a token, and when the token expires.

        Raises Unauthenticated, CredentialsExpired if it was valid once, IssuerUnavailable if its issuer does not tell
        its keys, and Overloaded.
        """
        issuer: _KnownIssuer | None = None
        try:
            token = tokens.parse(text)
            issuer = self._issuer_of(token.claims)
            expires_at = await _check(token, issuer, now)
            subject = subject_of(token.claims, issuer.settings)
        except tokens.TokenExpired as error:
            self._log_refusal(issuer, str(error))
            expired = CredentialsExpired(NOT_VALID)
            expired.failure = _failure_of_expired(token.claims, issuer.settings) if issuer else None
            raise expired from None
        except (tokens.TokenInvalid, ClaimsUnusable) as error:
            self._log_refusal(issuer, str(error))
            raise Unauthenticated(NOT_VALID) from None
        person = await self._person(subject, token.claims, issuer.settings, now)
        viewer = Viewer(subject.organization_id, person.person_id, person.role, access=person.access)
        return viewer, expires_at

    def _issuer_of(self, claims: Mapping[str, Any]) -> _KnownIssuer:
        name = claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise tokens.TokenInvalid("Its issuer is not configured.")
        return issuer

    async def _person(self, subject: Subject, claims: Mapping[str, Any], issuer: Issuer, now: datetime) -> SignedIn:
        """The person of a subject. Raises Unauthenticated for one that may not sign in."""
        row = await self._people.find(subject)
        if row is not None and row.archived_at is not None:
            raise self._refusal(issuer, subject, "The person is archived.", "PERSON_ARCHIVED", row.id)
        if row is not None and (_is_as_claimed(row, subject) or subject in self._refused):
            return SignedIn(row.id, row.role, access_of(row))
        if row is None and (not issuer.create_people or subject in self._refused):
            hint = "Create the person whom the token claims, or set OKRGRAPH_OIDC_CREATE_PEOPLE."
            reason = f"There is no such person in the organization. {hint}"
            raise self._refusal(issuer, subject, reason, "PERSON_UNKNOWN")
        person = await self._change(subject, claims, issuer, now, row and row.id)
        if person is None:
            reason = "There is no such organization, or the person is archived."
            raise self._refusal(issuer, subject, reason, "PERSON_UNKNOWN")
        return person

    async def _change(
        self, subject: Subject, claims: Mapping[str, Any], issuer: Issuer, now: datetime, person_id: UUID | None
    ) -> SignedIn | None:
        """The person after what the claims decide. Concurrent requests of one person share the change."""
        if subject not in self._changing:
            self._changing[subject] = asyncio.create_task(self._run_change(subject, claims, issuer, now, person_id))
            self._changing[subject].add_done_callback(partial(self._forget_change, subject))
        # The change goes on when its first caller gives up.
        return await asyncio.shield(self._changing[subject])

    def _forget_change(self, subject: Subject, task: asyncio.Task[SignedIn | None]) -> None:
        del self._changing[subject]
        if not task.cancelled():
            # Retrieves the exception, which asyncio would log if no caller waits any more.
            task.exception()

    async def _run_change(
        self, subject: Subject, claims: Mapping[str, Any], issuer: Issuer, now: datetime, person_id: UUID | None
    ) -> SignedIn | None:
        profile = profile_of(claims, subject) if issuer.create_people else None
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        operator = Viewer(subject.organization_id, None, "OWNER", request_id=request_id)
        command = partial(
            sign_in,
            subject=subject,
            profile=profile,
            new_role=issuer.role_by_default,
            reason=f"Sign-in with {issuer.issuer}",
        )
        # Exclusive, as whatever takes a role away; so two first sign-ins make one person.
        try:
            return await write(self._database, operator, now, lambda tx: command(tx, changes_role=True), exclusive=True)
        except Refusal as refusal:
            self._refused[subject] = True
            self._log_change_refused(issuer, subject, refusal, person_id)
        try:
            # The role stays, such as that of the last owner.
            return await write(
                self._database, operator, now, lambda tx: command(tx, changes_role=False), exclusive=True
            )
        except Refusal as refusal:
            # Without the messages, which may repeat what the claims say.
            problems = ", ".join(f"{each.code} in {'.'.join(each.field)}" for each in refusal.all)
            reason = f"The person cannot be created: {problems}."
            raise self._refusal(issuer, subject, reason, "PERSON_REFUSED", person_id) from None

    def _log_change_refused(self, issuer: Issuer, subject: Subject, refusal: Refusal, person_id: UUID | None) -> None:
        log.warning(
            "claims not applied",
            issuer=issuer.issuer,
            organization=str(subject.organization_id),
            person=person_id and str(person_id),
            codes=[each.code for each in refusal.all],
        )

    def _log_refusal(self, issuer: _KnownIssuer | None, reason: str) -> None:
        log.info("token refused", issuer=issuer.settings.issuer if issuer else None, reason=reason)

    def _refusal(
        self, issuer: Issuer, subject: Subject, reason: str, code: str, person_id: UUID | None = None
    ) -> Unauthenticated:
        log.warning(
            "sign-in refused",
            issuer=issuer.issuer,
            organization=str(subject.organization_id),
            person=person_id and str(person_id),
            reason=reason,
        )
        named = ("Person", person_id) if person_id else (None, None)
        return Unauthenticated(NOT_VALID).because(SignInFailure(subject.organization_id, code, *named))


def _known_issuer(settings: Issuer, fetch: FetchKeys) -> _KnownIssuer:
    rules = tokens.Rules(settings.issuer, settings.audience, settings.algorithms, settings.leeway)
    return _KnownIssuer(settings, rules, KeyCache(settings.issuer, fetch, settings.jwks_cache_seconds))


async def _check(token: tokens.PresentedToken, issuer: _KnownIssuer, now: datetime) -> datetime:
    try:
        return tokens.check(token, await issuer.keys.keys(), now, issuer.rules)
    except tokens.KeyUnknown:
        return tokens.check(token, await issuer.keys.newer_keys(), now, issuer.rules)


def _failure_of_expired(claims: Mapping[str, Any], issuer: Issuer) -> SignInFailure | None:
    """The failure of a token that was valid once, so that its claims are those of the issuer."""
    try:
        return SignInFailure(subject_of(claims, issuer).organization_id, "TOKEN_EXPIRED")
    except ClaimsUnusable:
        return None


def _is_as_claimed(row: Any, subject: Subject) -> bool:
    has_role = subject.role in (None, row.role)
    return has_role and (subject.teams is None or set(row.claimed_teams) == set(row.current_teams))
