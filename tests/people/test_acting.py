"""Who acts on behalf of whom, by pure functions: the header, the scopes, and the lower of two roles."""

from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import ActAsForbidden, ActAsInvalid
from service.people.acting import PersonReference, acting_viewer, ensure_may_act, parse_reference
from service.people.scopes import IMPLIED_SCOPES, granted
from service.values import global_ids
from service.viewer import ROLES, Access, Viewer, lower_role, roles_from

# The same in every process that collects the tests.
ID = UUID("0197e0f0-0000-7000-8000-0000000000ab")
ORGANIZATION = UUID("0197e0f0-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (global_ids.encode("Person", ID), PersonReference(id=ID)),
        (str(ID), PersonReference(id=ID)),
        (str(ID).upper(), PersonReference(id=ID)),
        ("externalId:ada", PersonReference(external_id="ada")),
        ("externalId:a%20b", PersonReference(external_id="a b")),
        ("externalId:%C5%81ukasz", PersonReference(external_id="Łukasz")),
        ("externalId:externalId:x", PersonReference(external_id="externalId:x")),
        ("externalId:a+b", PersonReference(external_id="a+b")),
        (f"externalId:{ID}", PersonReference(external_id=str(ID))),
    ],
)
def test_what_the_header_means(text: str, expected: PersonReference) -> None:
    assert parse_reference([text]) == expected


@given(st.text(st.characters(blacklist_characters="\0", codec="utf-8"), min_size=1, max_size=200))
def test_every_external_id_can_be_sent(external_id: str) -> None:
    sent = f"externalId:{quote(external_id, safe='')}"
    assert sent.isascii()
    assert parse_reference([sent]) == PersonReference(external_id=external_id)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([""], "has no id"),
        (["ada"], "has no id"),
        (["None"], "has no id"),
        ([f"{{{ID}}}"], "has no id"),
        ([str(ID)[:-1]], "has no id"),
        (["externalid:ada"], "has no id"),
        ([global_ids.encode("Team", ID)], "the id of something that is no person"),
        (["externalId:"], "no external id in percent-encoded UTF-8"),
        (["externalId:%FF"], "no external id in percent-encoded UTF-8"),
        (["externalId:\xc5\x81ukasz"], "no external id in percent-encoded UTF-8"),
        (["externalId:a%00b"], "no external id in percent-encoded UTF-8"),
        ([str(ID), str(ID)], "was sent 2 times"),
    ],
)
def test_a_header_that_means_nobody(values: list[str], reason: str) -> None:
    with pytest.raises(ActAsInvalid) as raised:
        parse_reference(values)
    assert reason in raised.value.message
    assert raised.value.message.startswith("`Okrgraph-Act-As` ")


@pytest.mark.parametrize(
    ("viewer", "reason"),
    [
        (Viewer(ORGANIZATION, ID, "OWNER"), "Only API keys of service accounts"),
        (Viewer(ORGANIZATION, ID, "OWNER", scopes=frozenset({"ACT_AS"})), "Only API keys of service accounts"),
        (Viewer(ORGANIZATION, None, "OWNER"), "Only API keys of service accounts"),
        (Viewer(ORGANIZATION, None, "ADMIN", service_account_id=ID), "lacks the scope ACT_AS"),
        (Viewer(ORGANIZATION, None, "ADMIN", scopes=IMPLIED_SCOPES, service_account_id=ID), "lacks the scope ACT_AS"),
    ],
)
def test_who_may_not_act(viewer: Viewer, reason: str) -> None:
    with pytest.raises(ActAsForbidden) as raised:
        ensure_may_act(viewer)
    assert reason in raised.value.message


def test_who_may_act() -> None:
    ensure_may_act(
        Viewer(ORGANIZATION, None, "VIEWER", scopes=granted(["ACT_AS", "GOALS_READ"]), service_account_id=ID)
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("own", ["VIEWER", "MEMBER", "ADMIN"])
def test_the_lower_role_counts(own: str, role: str) -> None:
    key_id, person_id, access = uuid4(), uuid4(), Access("OWN", frozenset({uuid4()}))
    account = Viewer(*(ORGANIZATION, None, own), scopes=frozenset({"ACT_AS"}), api_key_id=key_id, service_account_id=ID)
    viewer = acting_viewer(account, person_id, role, access)
    lower = own if ROLES.index(own) < ROLES.index(role) else role
    assert viewer == Viewer(
        *(ORGANIZATION, person_id, lower),
        scopes=frozenset({"ACT_AS"}),
        api_key_id=key_id,
        access=access,
        service_account_id=ID,
    )
    assert (account.acts_for_person, viewer.acts_for_person) == (False, True)


def test_roles_have_an_order() -> None:
    assert [lower_role(*ROLES[number:]) for number in range(4)] == list(ROLES)
    assert roles_from("ADMIN") == ("ADMIN", "OWNER")
    assert [len(roles_from(role)) for role in ROLES] == [4, 3, 2, 1]
