"""API keys: how they look, and how one is made."""

import hashlib
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass
from string import ascii_letters, digits
from uuid import UUID
from zlib import crc32

SECRET_LENGTH = 64
CHECKSUM_LENGTH = 6
BASE_62 = digits + ascii_letters
HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """What a client sent: the key's place in the database, and the hash of its secret."""

    organization_id: UUID
    id: UUID
    secret_hash: bytes


def make(organization_id: UUID, id: UUID) -> tuple[str, bytes]:
    """A new key, `okr_<id>_<256 random bits><checksum>`, and the hash to keep. The id names the tenant too, so that
    a key is looked up inside its organization and needs no hole in row-level security."""
    unchecked = f"okr_{_place(organization_id.bytes + id.bytes)}_{secrets.token_hex(SECRET_LENGTH // 2)}"
    key = unchecked + checksum(unchecked)
    return key, _hash(key.rpartition("_")[2])


def parse(key: str) -> PresentedKey | None:
    """The parts of a key; None when it does not look like one, or was mistyped: then no database need be asked.

    Keys made before there were checksums have none, and are taken as they are.
    """
    secret = key.rpartition("_")[2]
    if len(secret) not in (SECRET_LENGTH, SECRET_LENGTH + CHECKSUM_LENGTH) or not HEX.issuperset(
        secret[:SECRET_LENGTH]
    ):
        return None
    found = identified(key.removesuffix(f"_{secret}"))
    if found is None or (len(secret) > SECRET_LENGTH and checksum(key[:-CHECKSUM_LENGTH]) != key[-CHECKSUM_LENGTH:]):
        return None
    # The checksum is hashed with the secret, so that a key without its end is not the same key in the older form.
    return PresentedKey(*found, _hash(secret))


def checksum(text: str) -> str:
    """CRC-32 of an ASCII text in base 62, six characters."""
    rest, characters = crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, 62)
        characters = BASE_62[digit] + characters
    return characters


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
