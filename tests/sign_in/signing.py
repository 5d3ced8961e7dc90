"""Tokens by hand: any header and any claims, signed by any algorithm with keys of an issuer, or not at all."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from service.sign_in.key_set import VerificationKey, parse_key_set
from service.sign_in.tokens import Rules

NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
ISSUER = "https://id.example.com/realms/okr"
AUDIENCE = "okrgraph"
LEEWAY = 30
RULES = Rules(ISSUER, (AUDIENCE,), ("RS256", "PS256", "ES256", "EdDSA", "Ed25519"), LEEWAY)
KINDS: dict[str, tuple[Any, Any]] = {
    "RS256": (RSAKey, 2048),
    "PS256": (RSAKey, 2048),
    "ES256": (ECKey, "P-256"),
    "ES384": (ECKey, "P-384"),
    "EdDSA": (OKPKey, "Ed25519"),
    "Ed25519": (OKPKey, "Ed25519"),
}


def key(id: str | None = "one", algorithm: str = "RS256") -> Any:
    """The private key of an id; always the same one, since they take long to make."""
    return _generated(id, algorithm)


@cache
def _generated(id: str | None, algorithm: str) -> Any:
    kind, size = KINDS[algorithm]
    return kind.generate_key(size, {} if id is None else {"kid": id})


def key_set(*keys: Any, **more: Any) -> bytes:
    """The public key set with these keys, and more members in each."""
    members = [each if isinstance(each, dict) else each.as_dict(private=False) for each in keys]
    return orjson.dumps({"keys": [{**each, **more} for each in members]})


def verification_keys(*keys: Any, **more: Any) -> list[VerificationKey]:
    return list(parse_key_set(key_set(*keys, **more)))


def claims(**changed: Any) -> dict[str, Any]:
    """Good claims with some changed; None leaves one out."""
    now = int(NOW.timestamp())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 300}
    return {name: value for name, value in (good | changed).items() if value is not None}


def encode(part: Any) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def sign(message: str, key: Any, algorithm: str) -> str:
    """The message with a signature."""
    return f"{message}.{encode(jws.JWSRegistry.algorithms[algorithm].sign(message.encode(), key))}"


def token(
    payload: Mapping[str, Any] | bytes | None = None,
    *,
    by: Any = None,
    algorithm: str = "RS256",
    header: Mapping[str, Any] | bytes | None = None,
) -> str:
    """A signed token with good claims. `header` changes some names of the header; None leaves one out."""
    by = key("one", algorithm) if by is None else by
    names: Any = {"alg": algorithm, "kid": by.kid, "typ": "at+jwt"}
    if isinstance(header, bytes):
        names = header
    else:
        names = {name: value for name, value in (names | dict(header or {})).items() if value is not None}
    return sign(f"{encode(names)}.{encode(claims() if payload is None else payload)}", by, algorithm)


def unsigned(payload: Mapping[str, Any] | None = None, **header: Any) -> str:
    """A token of the algorithm `none`."""
    return f"{encode({'alg': 'none', **header})}.{encode(payload or claims())}."


def signed_with_public_key(secret: bytes) -> str:
    """A token signed by HS256 with the public key as its secret, which is known to everybody."""
    message = f"{encode({'alg': 'HS256', 'kid': 'one'})}.{encode(claims())}"
    return f"{message}.{encode(hmac.digest(secret, message.encode(), 'sha256'))}"
