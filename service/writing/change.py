"""Change of an existing row, as a client requests it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from service.values.record import record


@record
class Change:
    """What a client wants of an existing row: only the fields given, and what it believes to be there.

    `effective_at` is from when on the change holds; None is now.
    """

    id: UUID
    values: Mapping[str, Any]
    expected_version: int | None = None
    effective_at: datetime | None = None
    reason: str | None = None
