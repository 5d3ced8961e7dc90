"""Checks a JSON Web Token against keys, the time and rules, without network and clock (RFC 8725, RFC 9068)."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from service.sign_in.key_set import VerificationKey
from service.values.record import record

MAX_TOKEN_BYTES = 8_000
MAX_KEY_ID_LENGTH = 512
# A time beyond is no time of a token, and no datetime could have it.
MAX_TIME = 253_402_300_799
# The token brings or names its own key, which anybody could have made.
KEY_HEADERS = ("jku", "jwk", "x5u", "x5c")
# An access token (RFC 9068), or a JWT of no declared type, as ID tokens are. Others are not for signing in.
TOKEN_TYPES = ("at+jwt", "application/at+jwt", "jwt", "application/jwt")
PART = re.compile(r"[A-Za-z0-9_-]+")


class TokenInvalid(Exception):
    """The token must not be accepted. The message is for the log."""


class KeyUnknown(TokenInvalid):
    """The issuer has no such key, as far as is known: it may be new."""


class TokenExpired(TokenInvalid):
    """The token was valid once."""


@record
class Rules:
    """What a token has to comply with. `leeway` are the seconds that clocks may differ."""

    issuer: str
    audience: tuple[str, ...]
    algorithms: tuple[str, ...]
    leeway: float


@record
class PresentedToken:
    """A token that was parsed, but not checked: nothing in it may be believed."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class _OneAlgorithm(jws.JWSRegistry):
    """Verifies by one algorithm. Headers that are not known are allowed, as RFC 7515 demands."""

    max_header_length = MAX_TOKEN_BYTES

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm], strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        # As in the base class, but for a warning of EdDSA, which has other names since RFC 9864.
        if self.allowed != [name]:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


def parse(text: str) -> PresentedToken:
    """The parts of a token. Raises TokenInvalid if its form is wrong."""
    if len(text) > MAX_TOKEN_BYTES:
        raise TokenInvalid(f"It has more than {MAX_TOKEN_BYTES} bytes.")
    parts = text.split(".")
    if len(parts) != 3 or not all(PART.fullmatch(part) for part in parts):
        raise TokenInvalid("It is not a signed JSON Web Token in compact form.")
    return PresentedToken(text, _parse_object(parts[0], "header"), _parse_object(parts[1], "payload"))


def _parse_object(part: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(
            urlsafe_b64decode(part + "=" * (-len(part) % 4)),
            object_pairs_hook=_unique_names,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise TokenInvalid(f"Its {name} is not JSON with unique names.") from None
    if not isinstance(value, dict):
        raise TokenInvalid(f"Its {name} is not a JSON object.")
    return value


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises ValueError for a name that occurs twice: parsers differ in which one counts."""
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("A name occurs twice.")
    return names


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def check(token: PresentedToken, keys: Sequence[VerificationKey], now: datetime, rules: Rules) -> datetime:
    """When a valid token expires. Raises TokenInvalid, KeyUnknown if its key is not among `keys`, and TokenExpired if
    nothing else is wrong with it."""
    algorithm = _check_header(token.header, rules)
    _check_parties(token.claims, rules)
    expires_at = _check_times(token.claims, now, rules.leeway)
    key = _choose_key(token.header.get("kid"), algorithm, keys)
    try:
        jws.deserialize_compact(token.text, key.key, registry=_OneAlgorithm(algorithm))
    except (JoseError, ValueError, TypeError):
        raise TokenInvalid("Its signature or its header is not valid.") from None
    if expires_at.timestamp() + rules.leeway <= now.timestamp():
        raise TokenExpired("It has expired.")
    return expires_at


def _check_header(header: Mapping[str, Any], rules: Rules) -> str:
    """The algorithm of the token."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in rules.algorithms:
        raise TokenInvalid("Its algorithm is not allowed.")
    if own := [name for name in KEY_HEADERS if name in header]:
        raise TokenInvalid(f"It brings its own key by `{own[0]}`.")
    if "crit" in header or "b64" in header:
        raise TokenInvalid("It demands extensions by `crit` or `b64`.")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in TOKEN_TYPES:
        raise TokenInvalid("Its `typ` is not that of an access token or ID token.")
    return algorithm


def _check_parties(claims: Mapping[str, Any], rules: Rules) -> None:
    if claims.get("iss") != rules.issuer:
        raise TokenInvalid("Its issuer is another one.")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(each, str) for each in audiences):
        raise TokenInvalid("It has no audience, or one that is not text.")
    if not set(audiences) & set(rules.audience):
        raise TokenInvalid("It is for another audience.")
    if "events" in claims:
        raise TokenInvalid("It tells of events, such as a logout, and is not for signing in.")
    if "cnf" in claims:
        raise TokenInvalid("It is bound to a key of its client, which a bearer token does not prove.")


def _check_times(claims: Mapping[str, Any], now: datetime, leeway: float) -> datetime:
    """When the token expires, which may have been."""
    expires, begins, issued = (_time(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise TokenInvalid("It has no expiry.")
    if begins is not None and begins > now.timestamp() + leeway:
        raise TokenInvalid("It is not valid yet.")
    if issued is not None and issued > now.timestamp() + leeway:
        raise TokenInvalid("It was issued in the future.")
    return datetime.fromtimestamp(expires, UTC)


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_TIME:
        raise TokenInvalid(f"Its `{name}` is not a time.")
    return float(value)


def _choose_key(id: object, algorithm: str, keys: Sequence[VerificationKey]) -> VerificationKey:
    if id is not None and (not isinstance(id, str) or len(id) > MAX_KEY_ID_LENGTH):
        raise TokenInvalid("Its `kid` is not an id of a key.")
    named = [key for key in keys if id is None or key.id == id]
    if not named:
        raise KeyUnknown("The issuer has no key with its `kid`.")
    suitable = [key for key in named if algorithm in key.algorithms]
    if not suitable:
        raise TokenInvalid("The key of the issuer is not for its algorithm.")
    if len(suitable) > 1:
        raise TokenInvalid("The issuer has several keys that it could mean.")
    return suitable[0]
