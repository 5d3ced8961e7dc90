"""The two kinds of errors: a request error becomes a GraphQL error, a refusal becomes a user error."""

import re
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple, Self, TypeAlias
from uuid import UUID


class RequestError(Exception):
    """The request is invalid or cannot be served now. It becomes a top-level GraphQL error.

    `code` becomes `extensions.code`. `status` is the HTTP status if the whole request fails. `retry_after` is in
    seconds and becomes the header `Retry-After`. `closes` means that the body is not read to its end, so that the
    connection is closed. `reason` is for the log only.
    """

    code: ClassVar[str] = "BAD_USER_INPUT"
    status: ClassVar[int] = 400
    retry_after: ClassVar[int | None] = None
    closes = False

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.message, self.reason = message, reason


class BadUserInput(RequestError):
    """An argument has a value that cannot be meant."""


class SignInFailure(NamedTuple):
    """Whose credentials were refused, and why: for the audit trail, never for the client.

    `organization_id` is None if the credentials name no organization that is known to exist.
    """

    organization_id: UUID | None
    code: str
    subject_type: str | None = None
    subject_id: UUID | None = None


# Looks up why credentials were refused, after the answer, whose time would tell it. Raises RequestError.
FindFailure: TypeAlias = Callable[[], Awaitable[SignInFailure]]


class Unauthenticated(RequestError):
    """No credentials, or credentials that are not valid; `failure` if it is known whose, or can be found later."""

    code = "UNAUTHENTICATED"
    status = 401
    failure: SignInFailure | FindFailure | None = None

    def because(self, failure: SignInFailure | FindFailure) -> Self:
        """The same error with a failure to record."""
        self.failure = failure
        return self


class CredentialsExpired(Unauthenticated):
    """Credentials that were valid once, so that nobody has guessed them."""


class TooManyFailures(RequestError):
    """Too many credentials that are not valid came from one address; those that were valid before are still taken."""

    code = "TOO_MANY_AUTHENTICATION_FAILURES"
    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.retry_after = seconds  # type: ignore[misc]


class Forbidden(RequestError):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    status = 403


class ActAsInvalid(RequestError):
    """The header that names the person to act for has no id."""

    code = "ACT_AS_INVALID"


class ActAsForbidden(Forbidden):
    """The credentials may not act on behalf of people."""

    code = "ACT_AS_FORBIDDEN"


class ActAsPersonUnknown(Forbidden):
    """The person to act for is not in the organization, or is archived; `archived_id` if archived, for the audit
    trail, never for the client."""

    code = "ACT_AS_PERSON_UNKNOWN"

    def __init__(self, archived_id: UUID | None = None) -> None:
        self.archived_id = archived_id
        super().__init__("Your organization has no person with this id to act for, or the person is archived.")


class Overloaded(RequestError):
    """No database connection came free in time; nothing was done, try again."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    retry_after = 1


class Unavailable(RequestError):
    """The database cannot do it now; nothing was done, try again."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    retry_after = 1


class ConnectionLost(Unavailable):
    """The connection to the database has ended, or there is none to be had; on another one it may do."""


class IssuerUnavailable(RequestError):
    """The issuer of a token does not answer, so that the token can be neither accepted nor refused."""

    code = "SERVICE_UNAVAILABLE"
    status = 503

    def __init__(self, seconds: int) -> None:
        super().__init__("The issuer of this token cannot be reached. Send the request again later.")
        self.retry_after = seconds  # type: ignore[misc]


class Unconfirmed(RequestError):
    """The connection ended while the change was being committed, which is done or is not."""

    code = "COMMIT_UNCONFIRMED"
    status = 500

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The connection to the database was lost while the change was committed: read whether it is there, before"
            " you send it again.",
            reason,
        )


class CommittedWithoutResult(RequestError):
    """Something that the request asked for is committed, and its result is not available; sending it again could do
    it twice."""

    code = "COMMITTED_WITHOUT_RESULT"
    status = 500

    def __init__(self, reason: RequestError) -> None:
        super().__init__(
            f"{reason.message} Something that the request asked for is changed already: read what, before you send it"
            " again.",
            reason.reason,
        )


class OperationTimeout(RequestError):
    """The operation or one of its statements ran past its time; nothing was changed."""

    code = "OPERATION_TIMEOUT"
    status = 503
    retry_after = 1


class BulkTimeout(RequestError):
    """A bulk operation ran past its time; nothing was changed, and the same again would take as long."""

    code = "OPERATION_TIMEOUT"
    status = 503

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} Send fewer items at once, or let the operator do it on the command line.")


class Refusal(Exception):
    """A rule refuses the change. It becomes one of the `userErrors` of the payload.

    The docstring of a subclass is its message, formatted with the `facts`. Its code is the class name in upper snake
    case. `field` is the path of the invalid input field. `meaning` describes the code in the schema: the message is
    about one case, the meaning about all of them. Names in angle brackets are those of the facts, as `parameters` has
    them. It is None for a refusal that no mutation raises. `is_about_rights` means that the caller may not do this, so
    that the refusal is an audit event.
    """

    code: ClassVar[str]
    meaning: ClassVar[str | None]
    is_about_rights: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).upper()

    def __init__(self, field: tuple[str, ...] = (), **facts: object) -> None:
        self.field = field
        self.facts = facts
        formatted = {name: format(fact, "f") if isinstance(fact, Decimal) else fact for name, fact in facts.items()}
        self.message = " ".join((type(self).__doc__ or "").split()).format(**formatted)
        super().__init__(self.message)

    @property
    def all(self) -> list["Refusal"]:
        """The refusals that it contains: only itself."""
        return [self]

    def within(self, *path: str) -> Self:
        """The same refusal in a part of the input that has this path."""
        moved = type(self).__new__(type(self), *self.args)
        moved.__dict__ = {**self.__dict__, "field": (*path, *self.field)}
        return moved


class Refusals(Refusal):
    """Several rules refuse the change."""

    meaning = None

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].field)
        self._refusals = [each for refusal in refusals for each in refusal.all]

    @property
    def all(self) -> list[Refusal]:
        """All refusals, in the order of their detection."""
        return self._refusals


class FileRefusal(Refusal):
    """A file that a command cannot use. No mutation takes such a file."""

    meaning = None


def refusal_kinds() -> list[type[Refusal]]:
    """All kinds of refusals that were imported so far. Raises TypeError for kinds without a meaning."""
    kinds = [Refusal]
    for kind in kinds:
        kinds += kind.__subclasses__()
    if without := [kind.__qualname__ for kind in kinds[1:] if not hasattr(kind, "meaning")]:
        raise TypeError(f"Refusals without a `meaning`: {', '.join(without)}")
    return kinds[1:]
