"""Which keys of a key set signatures are verified with."""

from typing import Any
from warnings import catch_warnings

import orjson
import pytest
from joserfc.jwk import RSAKey

from service.sign_in.key_set import KeySetInvalid, parse_key_set
from tests.sign_in.signing import key, key_set

RSA = key().as_dict(private=False)
with catch_warnings(action="ignore"):
    SHORT = RSAKey.generate_key(1024)
P256 = key("two", "ES256").as_dict(private=False)


def read(*members: Any) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(each.id, each.algorithms) for each in parse_key_set(orjson.dumps({"keys": members}))]


def test_keys_of_all_types() -> None:
    ed25519 = key("three", "EdDSA").as_dict(private=False)
    assert read(RSA, P256, ed25519) == [
        ("one", ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        ("two", ("ES256",)),
        ("three", ("EdDSA", "Ed25519")),
    ]


def test_what_a_key_says_of_its_use_is_obeyed() -> None:
    assert read({**RSA, "use": "sig", "alg": "RS256", "x5c": ["MII"]}) == [("one", ("RS256",))]
    assert read({**P256, "key_ops": ["verify"]}) == [("two", ("ES256",))]
    assert read({name: value for name, value in P256.items() if name != "kid"}) == [(None, ("ES256",))]


LEFT_OUT = {
    "for encryption": {**RSA, "use": "enc"},
    "use that is no text": {**RSA, "use": 1},
    "other operations": {**RSA, "key_ops": ["encrypt"]},
    "operations that are no list": {**RSA, "key_ops": "verify"},
    "algorithm with a secret": {**RSA, "alg": "HS256"},
    "algorithm of another type": {**RSA, "alg": "ES256"},
    "modulus that is no number": {**RSA, "n": "!"},
    "modulus of another type": {**RSA, "n": 7},
    "id that is no text": {**RSA, "kid": 7},
    "unknown curve": {**P256, "crv": "P-999"},
    "point that is not on its curve": {**P256, "x": P256["y"]},
    "only a type": {"kty": "RSA"},
    "no type": {"kid": "one"},
    "type in a list": {"kty": ["RSA"]},
    "secret": {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
    "private key": key().as_dict(private=True),
    "text": "key",
    "null": None,
    "RSA of 1024 bits": SHORT.as_dict(private=False),
}


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize("member", LEFT_OUT.values(), ids=LEFT_OUT)
def test_keys_that_are_left_out(member: Any) -> None:
    assert read(member, P256) == [("two", ("ES256",))]
    with pytest.raises(KeySetInvalid):
        read(member)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b"null",
        b'{"keys": null}',
        b"\xff",
        b"[" * 99_999,
    ],
)
def test_documents_that_are_no_key_sets(document: bytes) -> None:
    with pytest.raises(KeySetInvalid):
        parse_key_set(document)


def test_more_keys_than_an_issuer_has() -> None:
    assert len(parse_key_set(key_set(*[RSA] * 100))) == 100
    with pytest.raises(KeySetInvalid):
        parse_key_set(key_set(*[RSA] * 101))
