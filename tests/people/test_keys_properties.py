"""An API key is read back as it was made, and nothing that differs from it is read as the same key."""

import hashlib
from base64 import b32encode
from string import ascii_letters, ascii_lowercase, digits, printable
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.people.keys import SHARE, PresentedKey, checksum, generate, parse

quick = settings(deadline=None, max_examples=150)
ORGANIZATION, ID = UUID(int=1), UUID(int=2)
SECRET = "0123456789abcdef" * 4
PLACE = b32encode(ORGANIZATION.bytes + ID.bytes).decode().rstrip("=").lower()
# As keys were made before they had a checksum.
OLD_KEY = f"okr_{PLACE}_{SECRET}"
KEY = f"{OLD_KEY}1PWzud"
ZERO_PLACE = "a" * 52


@quick
@given(st.uuids(), st.uuids())
def test_a_key_is_read_back_as_it_was_made(organization_id: UUID, id: UUID) -> None:
    key, kept = generate(organization_id, id)
    assert parse(key) == PresentedKey(organization_id, id, kept)
    prefix, place, secret = key.split("_")
    assert (prefix, len(place), len(secret)) == ("okr", 52, 70)
    assert set(place) <= set(ascii_lowercase + "234567")
    assert set(secret[:64]) <= set("0123456789abcdef")
    assert set(secret[64:]) <= set(ascii_letters + digits)
    assert kept == hashlib.sha256(secret.encode()).digest()
    assert secret not in repr(parse(key))


def test_no_two_keys_have_the_same_secret() -> None:
    assert len({generate(ORGANIZATION, ID)[1] for _ in range(100)}) == 100


@quick
@given(st.integers(0, 63), st.sampled_from(printable))
def test_another_character_in_the_secret_of_an_old_key_is_another_hash(place: int, character: str) -> None:
    secret = SECRET[:place] + character + SECRET[place + 1 :]
    found, right = parse(f"okr_{PLACE}_{secret}"), parse(OLD_KEY)
    assert right is not None
    assert (found == right) == (secret == SECRET)
    assert found is None or (found.secret_hash == right.secret_hash) == (secret == SECRET)


def test_the_checksum_is_crc_32_in_base_62() -> None:
    # The check value of CRC-32, 3 421 780 262, whose digits to the base of 62 are 3, 45, 35, 27, 22, 14.
    assert checksum("123456789") == "3Jzrme"
    assert parse(KEY) == PresentedKey(ORGANIZATION, ID, hashlib.sha256(KEY.split("_")[2].encode()).digest())


@quick
@example(len(KEY) - 1, "x")
@given(st.integers(0, len(KEY) - 1), st.sampled_from(printable))
def test_a_mistyped_key_is_no_key_at_all(place: int, character: str) -> None:
    changed = KEY[:place] + character + KEY[place + 1 :]
    assert (parse(changed) is None) == (changed != KEY)


def test_an_old_key_is_taken_and_a_key_without_its_checksum_is_another_one() -> None:
    old, new = parse(OLD_KEY), parse(KEY)
    assert old == PresentedKey(ORGANIZATION, ID, hashlib.sha256(SECRET.encode()).digest())
    assert new is not None
    assert new.secret_hash != old.secret_hash


@quick
@example(KEY.index("_", 4) - 1, "b")
@example(6, "A")
@given(st.integers(0, len(KEY) - 1), st.sampled_from(ascii_letters + digits + "_=-"))
def test_a_key_with_another_character_anywhere_is_not_this_key(place: int, character: str) -> None:
    changed = KEY[:place] + character + KEY[place + 1 :]
    assert (parse(changed) == parse(KEY)) == (changed == KEY)


# What Python's base 32 takes for padding inside the place.
@settings(deadline=None, max_examples=150)
@example("a" * 50 + "==")
@example("a" * 51 + "=")
@example("=" * 52)
@given(st.text(ascii_lowercase + "234567=", min_size=52, max_size=52))
def test_a_place_that_is_none_is_no_key(place: str) -> None:
    found = parse(f"okr_{place}_{SECRET}")
    assert found is None or "=" not in place


@quick
@example(KEY.upper())
@example(KEY + "0")
@example(KEY[:-1])
@example(f"okr_{PLACE}_{SECRET[:-1]}é")
@example(f"okr_{'é' + PLACE[1:]}_{SECRET}")
@example(f"okr_{PLACE}{SECRET}")
@example(f"xyz_{PLACE}_{SECRET}")
@given(st.text() | st.text(ascii_letters + digits + "_", max_size=130).map(lambda rest: f"okr_{rest}"))
def test_anything_else_is_no_key(text: str) -> None:
    found = parse(text)
    assert found is None or (len(text) in (len(OLD_KEY), len(KEY)) and text.isascii() and text.startswith("okr_"))


@pytest.mark.parametrize(("place", "organization", "id"), [(ZERO_PLACE, 0, 0), (PLACE, 1, 2)])
def test_the_place_names_organization_and_key(place: str, organization: int, id: int) -> None:
    found = parse(f"okr_{place}_{SECRET}")
    assert found is not None
    assert (found.organization_id.int, found.id.int) == (organization, id)


SHARE_TOKEN = f"okrs_{PLACE}_{SECRET}{checksum(f'okrs_{PLACE}_{SECRET}')}"


@quick
@given(st.uuids(), st.uuids())
def test_a_share_token_is_read_back_as_it_was_made_and_as_no_key(organization_id: UUID, id: UUID) -> None:
    token, kept = generate(organization_id, id, prefix=SHARE)
    assert token.startswith("okrs_")
    assert parse(token, SHARE) == PresentedKey(organization_id, id, kept)
    assert parse(token) is None
    assert parse(generate(organization_id, id)[0], SHARE) is None


@quick
@example(len(SHARE_TOKEN) - 1, "x")
@given(st.integers(0, len(SHARE_TOKEN) - 1), st.sampled_from(printable))
def test_a_mistyped_share_token_is_none_at_all(place: int, character: str) -> None:
    changed = SHARE_TOKEN[:place] + character + SHARE_TOKEN[place + 1 :]
    assert (parse(changed, SHARE) is None) == (changed != SHARE_TOKEN)


def test_a_share_token_without_its_checksum_is_none() -> None:
    assert parse(SHARE_TOKEN, SHARE) is not None
    assert parse(SHARE_TOKEN[:-6], SHARE) is None
