"""Why an API key or a share token is refused."""

import hmac
from datetime import datetime
from typing import Any

from service.errors import SignInFailure
from service.people.keys import PresentedKey

KEY, SHARE = "ApiKey", "ShareToken"


def failure_of_key(row: Any, key: PresentedKey, now: datetime, subject_type: str = KEY) -> SignInFailure:
    """Why a key or a share token with this row is refused. Without a row it names nothing that is known."""
    if row is None:
        return SignInFailure(None, "KEY_UNKNOWN")
    return SignInFailure(key.organization_id, _reason(row, key, now), subject_type, key.id)


def _reason(row: Any, key: PresentedKey, now: datetime) -> str:
    # Whoever has not the secret may have any reason.
    if not hmac.compare_digest(row.secret_hash, key.secret_hash):
        return "KEY_WRONG"
    if row.revoked_at is not None:
        return "KEY_REVOKED"
    if row.expires_at is not None and row.expires_at <= now:
        return "KEY_EXPIRED"
    return "PERSON_ARCHIVED"
