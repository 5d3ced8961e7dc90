"""API keys: how they look, and how one is made."""

import hashlib
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """What a client sent: the key's place in the database, and the hash of its secret."""

    organization_id: UUID
    id: UUID
    secret_hash: bytes


def make(organization_id: UUID, id: UUID) -> tuple[str, bytes]:
    """A new key, `okr_<id>_<256 random bits>`, and the hash to keep. The id names the tenant too, so that
    a key is looked up inside its organization and needs no hole in row-level security."""
    secret = secrets.token_hex(32)
    place = _place(organization_id.bytes + id.bytes)
    return f"okr_{place}_{secret}", _hash(secret)


def parse(key: str) -> PresentedKey | None:
    """The parts of a key; None when it does not look like one."""
    secret = key.rpartition("_")[2]
    found = identified(key.removesuffix(f"_{secret}"))
    if found is None or len(secret) != 64 or not key.isascii():
        return None
    return PresentedKey(*found, _hash(secret))


def identified(key: str) -> tuple[UUID, UUID] | None:
    """Organization and id of a key, given whole or without its secret; None when it does not look like one."""
    prefix, _, rest = key.partition("_")
    place = rest.partition("_")[0]
    if prefix != "okr" or len(place) != 52 or not place.isascii():
        return None
    try:
        raw = b32decode(place.upper() + "====")
    except ValueError:
        return None
    if len(raw) != 32 or _place(raw) != place:
        # The last letter has bits to spare; only one way to write a key is the key.
        return None
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])


def _place(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _hash(secret: str) -> bytes:
    # 256 random bits cannot be guessed, so a slow hash would only slow down the service.
    return hashlib.sha256(secret.encode()).digest()
