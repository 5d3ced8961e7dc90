"""Parses the key set of an issuer: which keys it may sign with, by which algorithms."""

import json
from collections.abc import Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from service.values.record import record

MAX_KEYS = 100
MIN_RSA_BITS, MAX_RSA_BITS = 2_048, 8_192
RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVE_ALGORITHMS = {
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA", "Ed25519"),
    "Ed448": ("EdDSA",),
}
# Secrets are no keys of an issuer: whoever reads the key set could sign with them.
KEY_TYPES: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


class KeySetInvalid(Exception):
    """The document is not a key set that can be used."""


@record
class VerificationKey:
    """A public key, its `kid`, and the algorithms that it is for."""

    id: str | None
    algorithms: tuple[str, ...]
    key: RSAKey | ECKey | OKPKey


def parse_key_set(document: bytes) -> Sequence[VerificationKey]:
    """The keys of a key set that signatures can be verified with. Others are left out. Raises KeySetInvalid."""
    try:
        listed = json.loads(document)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise KeySetInvalid("It is not a JSON Web Key Set.") from None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise KeySetInvalid(f"It is not a list of at most {MAX_KEYS} keys.")
    keys = [key for each in listed if (key := _parse_key(each)) is not None]
    if not keys:
        raise KeySetInvalid("It has no key that signatures can be verified with.")
    return keys


def _parse_key(member: Any) -> VerificationKey | None:
    """A key of a set; None if it is not for signatures, is unknown or weak, or shows its private part."""
    if not isinstance(member, dict) or "d" in member:
        return None
    operations = member.get("key_ops", ["verify"])
    if member.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        # KeyError and TypeError: an unknown type of key, or none.
        key = KEY_TYPES[member["kty"]].import_key(member)
        algorithms = _algorithms_of(key)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if "alg" in member:
        algorithms = tuple(each for each in algorithms if each == member["alg"])
    return VerificationKey(key.kid, algorithms, key) if algorithms else None


def _algorithms_of(key: RSAKey | ECKey | OKPKey) -> tuple[str, ...]:
    if isinstance(key, RSAKey):
        return RSA_ALGORITHMS if MIN_RSA_BITS <= key.public_key.key_size <= MAX_RSA_BITS else ()
    return CURVE_ALGORITHMS.get(key.curve_name, ())
