"""Why an API key is refused."""

from datetime import datetime
from typing import Any

from service.errors import SignInFailure
from service.people.keys import PresentedKey

KEY = "ApiKey"


def failure_of_key(row: Any, key: PresentedKey, now: datetime) -> SignInFailure:
    """Why a key with this row, whose secret is right, is refused."""
    return SignInFailure(key.organization_id, _reason(row, now), KEY, key.id)


def failure_without_row(key: PresentedKey, *, is_wrong: bool) -> SignInFailure:
    """Why a key without a row is refused: its secret `is_wrong`, or it names nothing."""
    if is_wrong:
        return SignInFailure(key.organization_id, "KEY_WRONG", KEY, key.id)
    return SignInFailure(None, "KEY_UNKNOWN")


def _reason(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "KEY_REVOKED"
    if row.expires_at is not None and row.expires_at <= now:
        return "KEY_EXPIRED"
    return "PERSON_ARCHIVED"
