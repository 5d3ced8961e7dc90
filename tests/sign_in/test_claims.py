"""What the claims of a token mean, by the settings of its issuer."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sign_in.claims import MAX_TEAMS, ClaimsUnusable, Profile, Subject, profile_of, subject_of
from service.values.issuer import ROLES, Issuer

ORGANIZATION = UUID("0197e0f0-0000-7000-8000-000000000001")
OTHER = UUID("0197e0f0-0000-7000-8000-000000000002")
EMAIL = {"email": "ada@example.com", "email_verified": True}


def issuer(**more: Any) -> Issuer:
    organization: Any = {} if "organization_claim" in more else {"organization": ORGANIZATION}
    return Issuer(issuer="https://id.example.com", audience=("a",), **organization, **more)


def subject(claims: dict[str, Any], **more: Any) -> Subject:
    return subject_of(claims, issuer(**more))


def reason(claims: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ClaimsUnusable) as unusable:
        subject(claims, **more)
    return str(unusable.value)


def test_the_subject_is_the_external_id() -> None:
    claims = {"sub": "ada", "roles": ["OWNER"], "groups": ["sales"], **EMAIL}
    assert subject(claims) == Subject(ORGANIZATION, "ada", None, None, None)
    assert subject(claims, person_prefix="id:") == Subject(ORGANIZATION, "id:ada", None, None, None)
    assert subject({"oid": "7", "sub": "ada"}, person_claim="oid") == Subject(ORGANIZATION, "7", None, None, None)
    assert subject({"act": {"sub": "8"}}, person_claim="act.sub").external_id == "8"


@pytest.mark.parametrize("value", [None, "", " ", 7, ["ada"], {"a": 1}, True, "a" * 201, "a\0b", "a\nb", "\ud800"])
def test_what_identifies_nobody(value: Any) -> None:
    assert reason({"sub": value}) == "Its claim `sub` does not identify a person."
    assert reason({"email": value, "email_verified": True}, person_claim="email" if value != "a" * 201 else "sub")


def test_a_prefix_counts_in_the_length() -> None:
    assert subject({"sub": "a" * 197}, person_prefix="id:").external_id == f"id:{'a' * 197}"
    assert reason({"sub": "a" * 198}, person_prefix="id:") == "Its claim `sub` does not identify a person."


def test_an_email_address_has_to_be_verified() -> None:
    assert subject(EMAIL, person_claim="email") == Subject(ORGANIZATION, None, "ada@example.com", None, None)
    for verified in (None, False, "true", 1, "false"):
        claims = {**EMAIL, "email_verified": verified, "sub": "ada"}
        assert reason(claims, person_claim="email") == "It has no verified email address."
    assert reason({"email": "ada@example.com"}, person_claim="email") == "It has no verified email address."


def test_organizations() -> None:
    claims = {"sub": "ada", "org": str(OTHER), "realm": {"tenant": str(OTHER)}, "https://a.b/org": "acme"}
    assert subject(claims, organization_claim="org").organization_id == OTHER
    assert subject(claims, organization_claim="realm.tenant").organization_id == OTHER
    named = {"acme": OTHER}
    assert subject(claims, organization_claim="https://a.b/org", organizations=named).organization_id == OTHER
    # Only organizations of the list, even where the token has an id.
    assert reason(claims, organization_claim="org", organizations=named) == "Its claim `org` names no organization."
    for value in (None, "", "acme", 7, [str(OTHER)]):
        assert reason({**claims, "org": value}, organization_claim="org") == "Its claim `org` names no organization."


def role(value: Any, **more: Any) -> str | None:
    return subject({"sub": "ada", "r": value}, role_claim="r", **more).role


def test_the_highest_known_role_counts() -> None:
    assert role("ADMIN") == "ADMIN"
    assert role("admin") == "ADMIN"
    assert role(["staff", "viewer", "member"]) == "MEMBER"
    assert subject({"sub": "a", "realm_access": {"roles": ["owner"]}}, role_claim="realm_access.roles").role == "OWNER"


def test_without_a_known_role_it_is_the_default() -> None:
    for value in (None, "", "boss", [], ["boss", 7, None], {"ADMIN": 1}, True):
        assert role(value) == "MEMBER"
        assert role(value, default_role="VIEWER") == "VIEWER"
    assert subject({"sub": "ada"}, role_claim="r", default_role="VIEWER").role == "VIEWER"


def test_where_values_are_translated_no_other_counts() -> None:
    roles = {"okr-admins": "ADMIN", "OKR Readers": "VIEWER"}
    assert role(["okr-admins", "OKR Readers"], roles=roles) == "ADMIN"
    assert role("OKR Readers", roles=roles) == "VIEWER"
    assert role(["OWNER", "okr-ADMINS"], roles=roles) == "MEMBER"


def teams(value: Any) -> tuple[str, ...] | None:
    return subject({"sub": "ada", "g": value}, teams_claim="g").teams


def test_teams() -> None:
    assert teams(["sales", "it", "sales", 7, "", "a\0"]) == ("it", "sales")
    assert teams("sales") == ("sales",)
    assert teams([]) == ()
    assert subject({"sub": "ada"}, teams_claim="g").teams is None
    assert len(teams([str(number) for number in range(MAX_TEAMS)]) or ()) == MAX_TEAMS
    with pytest.raises(ClaimsUnusable, match="more than 200 teams"):
        teams([str(number) for number in range(MAX_TEAMS + 1)])


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"name": "Ada", **EMAIL}, Profile("Ada", "ada@example.com")),
        ({"preferred_username": "ada", "name": ""}, Profile("ada", None)),
        ({**EMAIL}, Profile("ada@example.com", "ada@example.com")),
        ({"email": "eve@example.com"}, Profile("ada", None)),
        ({"email": "eve@example.com", "email_verified": "true"}, Profile("ada", None)),
        ({"name": "A" * 201, "email_verified": True, "email": "e" * 321}, Profile("ada", None)),
        ({"name": "a\0b"}, Profile("ada", None)),
        ({"name": 7}, Profile("ada", None)),
    ],
)
def test_what_to_call_a_person(claims: dict[str, Any], expected: Profile) -> None:
    assert profile_of(claims, Subject(ORGANIZATION, "ada", None, None, None)) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(ROLES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abr"), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["sub", "r", "g", "a", "email", "email_verified", "name"]), JSON))
def test_any_claims_lead_to_somebody_or_are_refused(claims: dict[str, Any]) -> None:
    settings = issuer(person_prefix="p:", role_claim="r", teams_claim="a.b", default_role="VIEWER")
    try:
        about = subject_of(claims, settings)
    except ClaimsUnusable:
        return
    assert about.external_id == f"p:{claims['sub']}"
    assert about.role in ROLES
    assert all(isinstance(team, str) for team in about.teams or ())
    profile = profile_of(claims, about)
    for text in (about.external_id, profile.name, profile.email or "x"):
        assert text.strip()
        assert "\0" not in text
        text.encode()
