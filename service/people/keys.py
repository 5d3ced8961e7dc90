"""Generates and parses API keys, and what is written like them: share tokens."""

import hashlib
import secrets
from base64 import b32decode, b32encode
from string import ascii_letters, digits
from uuid import UUID
from zlib import crc32

from service.values.record import record

KEY, SHARE = "okr", "okrs"
SECRET_LENGTH = 64
CHECKSUM_LENGTH = 6
BASE_62 = digits + ascii_letters
HEX = frozenset("0123456789abcdef")


@record
class PresentedKey:
    """A parsed API key or share token: the ids of its row, and the hash of its secret."""

    organization_id: UUID
    id: UUID
    secret_hash: bytes


def generate(organization_id: UUID, id: UUID, *, prefix: str = KEY) -> tuple[str, bytes]:
    """A new key, `okr_<ids>_<256 random bits><checksum>`, and the hash to store. The ids contain the organization, so
    that the lookup of a key obeys row-level security."""
    unchecked = f"{prefix}_{_encode_ids(organization_id.bytes + id.bytes)}_{secrets.token_hex(SECRET_LENGTH // 2)}"
    key = unchecked + checksum(unchecked)
    return key, _hash(key.rpartition("_")[2])


def parse(key: str, prefix: str = KEY) -> PresentedKey | None:
    """The parts of a key; None if its format or its checksum is wrong. Then no database query is needed.

    Older API keys have no checksum, which is accepted.
    """
    secret = key.rpartition("_")[2]
    lengths = (SECRET_LENGTH,) if prefix == KEY else ()
    if len(secret) not in (*lengths, SECRET_LENGTH + CHECKSUM_LENGTH) or not HEX.issuperset(secret[:SECRET_LENGTH]):
        return None
    ids = parse_ids(key.removesuffix(f"_{secret}"), prefix)
    if ids is None or (len(secret) > SECRET_LENGTH and checksum(key[:-CHECKSUM_LENGTH]) != key[-CHECKSUM_LENGTH:]):
        return None
    # The checksum is hashed with the secret, so that a key without its end is not the same key in the older form.
    return PresentedKey(*ids, _hash(secret))


def checksum(text: str) -> str:
    """CRC-32 of an ASCII text in base 62, six characters."""
    rest, characters = crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, 62)
        characters = BASE_62[digit] + characters
    return characters


def parse_ids(key: str, prefix: str = KEY) -> tuple[UUID, UUID] | None:
    """Organization and id of a key, complete or without its secret; None if its format is wrong."""
    own_prefix, _, rest = key.partition("_")
    encoded_ids = rest.partition("_")[0]
    if own_prefix != prefix or len(encoded_ids) != 52 or not encoded_ids.isascii():
        return None
    try:
        raw = b32decode(encoded_ids.upper() + "====")
    except ValueError:
        return None
    if len(raw) != 32 or _encode_ids(raw) != encoded_ids:
        # The last letter has unused bits, which have to be 0.
        return None
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])


def _encode_ids(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _hash(secret: str) -> bytes:
    # 256 random bits cannot be guessed, so a slow hash would only slow down the service.
    return hashlib.sha256(secret.encode()).digest()
