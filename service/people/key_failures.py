"""Why an API key or a share token is refused."""

from datetime import datetime
from typing import Any

from service.errors import SignInFailure
from service.people.keys import PresentedKey

KEY, SHARE = "ApiKey", "ShareToken"


def failure_of_key(row: Any, key: PresentedKey, now: datetime, subject_type: str = KEY) -> SignInFailure:
    """Why a key or a share token with this row, whose secret is right, is refused."""
    return SignInFailure(key.organization_id, _reason(row, now), subject_type, key.id)


def failure_without_row(key: PresentedKey, subject_type: str, *, is_wrong: bool) -> SignInFailure:
    """Why a key or a share token without a row is refused: its secret `is_wrong`, or it names nothing."""
    if is_wrong:
        return SignInFailure(key.organization_id, "KEY_WRONG", subject_type, key.id)
    return SignInFailure(None, "KEY_UNKNOWN")


def _reason(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "KEY_REVOKED"
    if row.expires_at is not None and row.expires_at <= now:
        return "KEY_EXPIRED"
    return "PERSON_ARCHIVED"
