"""Hand-made tokens of every kind: what RFC 8725 and RFC 9068 refuse is refused, each for its own reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sign_in.tokens import MAX_TOKEN_BYTES, KeyUnknown, TokenExpired, TokenInvalid, check, parse
from tests.sign_in.signing import (
    ISSUER,
    KINDS,
    LEEWAY,
    NOW,
    RULES,
    claims,
    encode,
    key,
    sign,
    signed_with_public_key,
    token,
    unsigned,
    verification_keys,
)

ALGORITHM = "Its algorithm is not allowed."
SIGNATURE = "Its signature or its header is not valid."
FORM = "It is not a signed JSON Web Token in compact form."
AUDIENCE = "It is for another audience."
NO_AUDIENCE = "It has no audience, or one that is not text."
TYPE = "Its `typ` is not that of an access token or ID token."
CRITICAL = "It demands extensions by `crit` or `b64`."
HEADER = "Its header is not JSON with unique names."
PAYLOAD = "Its payload is not JSON with unique names."
seconds = int(NOW.timestamp())


def accepted(text: str, keys: Any = None, now: datetime = NOW, rules: Any = RULES) -> datetime:
    return check(parse(text), verification_keys(key()) if keys is None else keys, now, rules)


def reason(text: str, keys: Any = None, now: datetime = NOW, rules: Any = RULES) -> str:
    with pytest.raises(TokenInvalid) as refused:
        accepted(text, keys, now, rules)
    return str(refused.value)


def swapped(text: str, **parts: str) -> str:
    """A token with another part under the same signature."""
    header, payload, signature = text.split(".")
    return f"{parts.get('header', header)}.{parts.get('payload', payload)}.{parts.get('signature', signature)}"


@pytest.mark.parametrize("algorithm", [each for each in KINDS if each in RULES.algorithms])
def test_a_good_token_of_each_algorithm_is_accepted_until_it_expires(algorithm: str) -> None:
    keys = verification_keys(key("one", algorithm))
    assert accepted(token(algorithm=algorithm), keys) == NOW + timedelta(seconds=300)
    other = token(by=key("another", algorithm), algorithm=algorithm, header={"kid": "one"})
    assert reason(other, keys) == SIGNATURE


GOOD: dict[str, str] = {
    "ID token without typ": token(header={"typ": None}),
    "JWT": token(header={"typ": "JWT"}),
    "type in full": token(header={"typ": "application/at+jwt"}),
    "type in capitals": token(header={"typ": "AT+JWT"}),
    "no kid and one key": token(header={"kid": None}),
    "list of audiences": token(claims(aud=["files", "okrgraph"])),
    "list of one audience": token(claims(aud=["okrgraph"])),
    "unknown header": token(header={"x-tenant": {"a": 1}, "x5t": "abc"}),
    "not before now": token(claims(nbf=seconds)),
    "not before, within the leeway": token(claims(nbf=seconds + LEEWAY)),
    "issued within the leeway": token(claims(iat=seconds + LEEWAY)),
    "no time of issue": token(claims(iat=None)),
    "expired within the leeway": token(claims(exp=seconds - LEEWAY + 1)),
    "fraction of a second": token(claims(exp=seconds + 0.5)),
    "unknown claims": token(claims(nonce="n", scope="openid", realm_access={"roles": ["a"]})),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_else_is_good(text: str) -> None:
    assert accepted(text) == datetime.fromtimestamp(parse(text).claims["exp"], UTC)


BAD: dict[str, tuple[str, str]] = {
    # The algorithm (RFC 8725, 3.1, 3.2).
    "none": (unsigned(kid="one"), FORM),
    "none with a signature": (swapped(token(), header=encode({"alg": "none", "kid": "one"})), ALGORITHM),
    "none in other letters": (swapped(token(), header=encode({"alg": "nOnE", "kid": "one"})), ALGORITHM),
    "HS256 with the public key in PEM": (signed_with_public_key(key().as_pem(private=False)), ALGORITHM),
    "HS256 with the public key in DER": (signed_with_public_key(key().as_der(private=False)), ALGORITHM),
    "HS256 with the modulus": (signed_with_public_key(key().as_dict(private=False)["n"].encode()), ALGORITHM),
    "an algorithm that is not in the list": (token(by=key("one", "ES384"), algorithm="ES384"), ALGORITHM),
    "no algorithm": (token(header={"alg": None}), ALGORITHM),
    "a list of algorithms": (token(header={"alg": ["RS256"]}), ALGORITHM),
    "another algorithm of the same key": (token(header={"alg": "PS256"}), SIGNATURE),
    "an algorithm of another type of key": (
        token(header={"alg": "ES256"}),
        "The key of the issuer is not for its algorithm.",
    ),
    # The key (RFC 8725, 3.10).
    "unknown kid": (token(header={"kid": "two"}), "The issuer has no key with its `kid`."),
    "kid with SQL": (token(header={"kid": "' OR '1'='1"}), "The issuer has no key with its `kid`."),
    "kid with a path": (token(header={"kid": "../../dev/null"}), "The issuer has no key with its `kid`."),
    "kid of another type": (token(header={"kid": 1}), "Its `kid` is not an id of a key."),
    "long kid": (token(header={"kid": "k" * 513}), "Its `kid` is not an id of a key."),
    "jku": (
        token(by=key("theirs"), header={"jku": "https://evil.example/jwks", "kid": "one"}),
        "It brings its own key by `jku`.",
    ),
    "x5u": (token(header={"x5u": "https://evil.example/cert"}), "It brings its own key by `x5u`."),
    "x5c": (token(header={"x5c": ["MII"]}), "It brings its own key by `x5c`."),
    "jwk": (
        token(by=key("theirs"), header={"kid": None, "jwk": key("theirs").as_dict(private=False)}),
        "It brings its own key by `jwk`.",
    ),
    "crit": (token(header={"crit": ["exp"], "exp": 1}), CRITICAL),
    "empty crit": (token(header={"crit": []}), CRITICAL),
    "b64": (token(header={"b64": False, "crit": ["b64"]}), CRITICAL),
    # The type (RFC 8725, 3.11; RFC 9068, 4).
    "logout token": (token(header={"typ": "logout+jwt"}), TYPE),
    "security event": (token(header={"typ": "secevent+jwt"}), TYPE),
    "proof of possession": (token(header={"typ": "dpop+jwt"}), TYPE),
    "refresh token": (token(header={"typ": "rt+jwt"}), TYPE),
    "type that is no text": (token(header={"typ": ["JWT"]}), TYPE),
    "logout token without its type": (
        token(claims(events={"http://schemas.openid.net/event/backchannel-logout": {}}), header={"typ": None}),
        "It tells of events, such as a logout, and is not for signing in.",
    ),
    "bound to a key of the client": (
        token(claims(cnf={"jkt": "0ZcOCORZNYy"})),
        "It is bound to a key of its client, which a bearer token does not prove.",
    ),
    # The parties (RFC 8725, 3.8, 3.9).
    "another issuer": (token(claims(iss="https://evil.example")), "Its issuer is another one."),
    "issuer with a slash": (token(claims(iss=f"{ISSUER}/")), "Its issuer is another one."),
    "no issuer": (token(claims(iss=None)), "Its issuer is another one."),
    "issuer in a list": (token(claims(iss=[ISSUER])), "Its issuer is another one."),
    "another audience": (token(claims(aud="files")), AUDIENCE),
    "audience in other letters": (token(claims(aud="OKRGRAPH")), AUDIENCE),
    "part of the audience": (token(claims(aud="okrgraph2")), AUDIENCE),
    "list of other audiences": (token(claims(aud=["files", "mail"])), AUDIENCE),
    "empty list of audiences": (token(claims(aud=[])), AUDIENCE),
    "no audience": (token(claims(aud=None)), NO_AUDIENCE),
    "audience that is no text": (token(claims(aud=7)), NO_AUDIENCE),
    "audience in an object": (token(claims(aud={"okrgraph": 1})), NO_AUDIENCE),
    "list with what is no text": (token(claims(aud=["okrgraph", 7])), NO_AUDIENCE),
    # The times.
    "no expiry": (token(claims(exp=None)), "It has no expiry."),
    "expired": (token(claims(exp=seconds - LEEWAY)), "It has expired."),
    "expired long ago": (token(claims(exp=1)), "It has expired."),
    "expiry as text": (token(claims(exp=str(seconds + 300))), "Its `exp` is not a time."),
    "expiry as truth": (token(claims(exp=True)), "Its `exp` is not a time."),
    "expiry of null": (token(json.dumps({**claims(), "exp": None}).encode()), "Its `exp` is not a time."),
    "expiry beyond all calendars": (token(claims(exp=10**18)), "Its `exp` is not a time."),
    "negative expiry": (token(claims(exp=-1)), "Its `exp` is not a time."),
    "not valid yet": (token(claims(nbf=seconds + LEEWAY + 1)), "It is not valid yet."),
    "not before as text": (token(claims(nbf="now")), "Its `nbf` is not a time."),
    "issued in the future": (token(claims(iat=seconds + LEEWAY + 1)), "It was issued in the future."),
    # The form.
    "too large": (token(claims(padding="x" * MAX_TOKEN_BYTES)), f"It has more than {MAX_TOKEN_BYTES} bytes."),
    "no token": ("nonsense", FORM),
    "two parts": (token().rpartition(".")[0], FORM),
    "four parts": (f"{token()}.abc", FORM),
    "encrypted, in five parts": ("a.b.c.d.e", FORM),
    "empty payload": (swapped(token(), payload=""), FORM),
    "padding": (f"{token()}=", FORM),
    "blanks within": (token().replace(".", " .", 1), FORM),
    "letters of other alphabets": (token().replace(".", ".é", 1), FORM),
    "line at its end": (f"{token()}\n", FORM),
    "header that is no JSON": (token(header=b"{alg: RS256}"), HEADER),
    "header that is a list": (token(header=b'["RS256"]'), "Its header is not a JSON object."),
    "algorithm twice": (token(header=b'{"alg":"none","alg":"RS256","kid":"one"}'), HEADER),
    "kid twice": (token(header=b'{"alg":"RS256","kid":"two","kid":"one"}'), HEADER),
    "subject twice": (token(json.dumps(claims()).replace("{", '{"sub": "eve", ').encode()), PAYLOAD),
    "payload that is no JSON": (token(b"ada"), PAYLOAD),
    "payload that is a list": (token(b"[]"), "Its payload is not a JSON object."),
    "payload that is not UTF-8": (token(b'{"sub": "\xff"}'), PAYLOAD),
    "not a number": (token(b'{"exp": NaN}'), PAYLOAD),
    "infinity": (token(b'{"exp": Infinity}'), PAYLOAD),
    "too many digits": (token(b'{"exp": ' + b"9" * 5_000 + b"}"), PAYLOAD),
    "deep nesting": (token(b'{"a":' + b"[" * 2_500 + b"]" * 2_500 + b"}"), PAYLOAD),
    # The signature.
    "signature of another token": (swapped(token(), payload=encode(claims(sub="eve"))), SIGNATURE),
    "half of a signature": (token()[:-100], SIGNATURE),
    "signature of one byte": (swapped(token(), signature="AA"), SIGNATURE),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_what_is_refused(text: str, expected: str) -> None:
    assert reason(text) == expected


def kind_of(name: str) -> type[TokenInvalid]:
    if name.startswith("expired"):
        return TokenExpired
    return KeyUnknown if name == "unknown kid" or name.startswith("kid with") else TokenInvalid


@pytest.mark.parametrize("name", BAD)
def test_only_an_unknown_key_is_worth_a_look_at_the_issuer_and_only_expiry_is_no_guess(name: str) -> None:
    with pytest.raises(TokenInvalid) as refused:
        accepted(BAD[name][0])
    assert type(refused.value) is kind_of(name)


def test_what_is_expired_and_forged_is_forged() -> None:
    forged = swapped(token(claims(exp=seconds - 60)), payload=encode(claims(exp=seconds - 60, sub="eve")))
    with pytest.raises(TokenInvalid, match="signature") as refused:
        accepted(forged)
    assert not isinstance(refused.value, TokenExpired)


def test_a_token_that_is_too_large_is_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    text = token(claims(padding="x" * MAX_TOKEN_BYTES))
    monkeypatch.setattr("service.sign_in.tokens.urlsafe_b64decode", None)
    assert reason(text) == f"It has more than {MAX_TOKEN_BYTES} bytes."
    monkeypatch.undo()
    fitting = token(claims(padding="x" * 5_000))
    assert len(fitting) < MAX_TOKEN_BYTES
    assert accepted(fitting)


def test_two_keys_of_one_kid_are_told_apart_by_their_algorithms_or_not_at_all() -> None:
    two_types = verification_keys(key("one"), key("one", "ES256"))
    assert accepted(token(), two_types)
    assert accepted(token(algorithm="ES256"), two_types)
    ambiguous = verification_keys(key("one"), {**key("two").as_dict(private=False), "kid": "one"})
    assert reason(token(), ambiguous) == "The issuer has several keys that it could mean."
    limited = verification_keys(
        {**key("one").as_dict(private=False), "alg": "RS256"},
        {**key("two").as_dict(private=False), "kid": "one", "alg": "PS256"},
    )
    assert accepted(token(), limited)


def test_a_token_without_kid_needs_a_set_that_leaves_no_choice() -> None:
    anonymous = token(header={"kid": None})
    assert (
        reason(anonymous, verification_keys(key("one"), key("two")))
        == "The issuer has several keys that it could mean."
    )
    assert accepted(anonymous, verification_keys(key("one"), key("two", "ES256")))
    assert reason(anonymous, []) == "The issuer has no key with its `kid`."


def test_a_key_is_used_for_its_own_algorithm_only() -> None:
    only_pss = verification_keys(key(), alg="PS256")
    assert reason(token(), only_pss) == "The key of the issuer is not for its algorithm."
    assert accepted(token(algorithm="PS256", by=key()), only_pss)


@given(st.binary(max_size=300), st.sampled_from(["header", "payload", "signature"]))
def test_no_part_can_be_replaced_by_other_bytes(other: bytes, part: str) -> None:
    good = token()
    text = swapped(good, **{part: encode(other)})
    if text != good:
        with pytest.raises(TokenInvalid):
            accepted(text)


@given(st.text(max_size=400))
def test_no_text_is_a_token_or_a_bug(text: str) -> None:
    with pytest.raises(TokenInvalid):
        accepted(text)


@given(st.integers(0, len(token()) - 1), st.sampled_from("AZaz09-_."))
def test_no_letter_can_be_changed(at: int, letter: str) -> None:
    good = token()
    text = good[:at] + letter + good[at + 1 :]
    # The last letter of a part has bits that mean nothing.
    if (
        text.rpartition(".")[2][:-1] != good.rpartition(".")[2][:-1]
        or text.rpartition(".")[0] != good.rpartition(".")[0]
    ):
        with pytest.raises(TokenInvalid):
            accepted(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["iss", "aud", "exp", "nbf", "iat", "events", "cnf"]), JSON),
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "x5t", "cty", "b64", "jwk"]), JSON),
)
def test_signed_claims_of_any_types_are_accepted_by_the_rules_or_refused(
    changed: dict[str, Any], header: dict[str, Any]
) -> None:
    names = {"alg": "RS256", "kid": "one", **header}
    payload = {**claims(), **changed}
    text = sign(f"{encode(names)}.{encode(payload)}", key(), "RS256")
    try:
        expires_at = accepted(text)
    except TokenInvalid:
        assert changed or header
    else:
        audience = payload["aud"] if isinstance(payload["aud"], list) else [payload["aud"]]
        assert payload["iss"] == ISSUER
        assert "okrgraph" in audience
        assert expires_at.timestamp() == payload["exp"] > seconds - LEEWAY
        assert max(payload.get("nbf", 0), payload.get("iat", 0)) <= seconds + LEEWAY
        assert not {"crit", "b64", "jwk"} & names.keys()
        assert not {"events", "cnf"} & payload.keys()
