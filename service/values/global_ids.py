"""Encodes and decodes global ids: the name of a GraphQL type and the id of a row in one opaque string."""

import base64
from binascii import b2a_base64
from datetime import date
from uuid import UUID


def encode(type_name: str, id: UUID | str) -> str:
    """The global id of a row: base64url of `<type>:<uuid>`, without padding."""
    # base64 and base64url encode letters, digits, `:` and `-` alike.
    return b2a_base64(f"{type_name}:{id}".encode(), newline=False).decode().rstrip("=")


def encode_measurement(kpi_id: UUID, starts_on: date) -> str:
    """The global id of a measurement: KPI id and first day of the period. A correction does not change it."""
    return encode("KpiMeasurement", f"{kpi_id}:{starts_on}")


def decode(text: str) -> tuple[str, UUID] | None:
    """The type name and the row id of a global id; None if the string is not one."""
    try:
        name, raw = _split(text)
        return name, UUID(raw)
    except ValueError:
        return None


def decode_measurement(text: str) -> tuple[UUID, date] | None:
    """The KPI id and the first day of the period of a measurement's global id; None if the string is not one."""
    try:
        name, raw = _split(text)
        id, _, day = raw.partition(":")
        return (UUID(id), date.fromisoformat(day)) if name == "KpiMeasurement" else None
    except ValueError:
        return None


def _split(text: str) -> tuple[str, str]:
    name, _, raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    return name, raw
