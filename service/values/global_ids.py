"""Global ids: the name of a GraphQL type and a row's id, in one opaque text."""

import base64
from binascii import b2a_base64
from datetime import date
from uuid import UUID


def encode(type_name: str, id: UUID | str) -> str:
    """The global id of a row: base64url of `<type>:<uuid>`, without padding."""
    # The alphabets of base64 and base64url differ in characters that letters, digits and these signs never lead to.
    return b2a_base64(f"{type_name}:{id}".encode(), newline=False).decode().rstrip("=")


def encode_measurement(kpi_id: UUID, starts_on: date) -> str:
    """The global id of a measurement: the KPI's id and the first day of the period, which stay when it is corrected."""
    return encode("KpiMeasurement", f"{kpi_id}:{starts_on}")


def decode(text: str) -> tuple[str, UUID] | None:
    """The type's name and the row's id in a global id; None when the text is not one."""
    try:
        name, raw = _parts(text)
        return name, UUID(raw)
    except ValueError:
        return None


def decode_measurement(text: str) -> tuple[UUID, date] | None:
    """The KPI's id and the first day of the period in the global id of a measurement; None when it is not one."""
    try:
        name, raw = _parts(text)
        id, _, day = raw.partition(":")
        return (UUID(id), date.fromisoformat(day)) if name == "KpiMeasurement" else None
    except ValueError:
        return None


def _parts(text: str) -> tuple[str, str]:
    name, _, raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    return name, raw
