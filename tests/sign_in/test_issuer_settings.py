"""What an operator sets about issuers: what contradicts itself is refused at the start, with the variable."""

import re
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import ValidationError

from service.settings import PREFIX, Settings
from service.values.issuer import DEFAULT_ALGORITHMS, Issuer
from tests.kit.commands import Ended, run_command
from tests.sign_in.page import PAGE

ORGANIZATION = "0197e0f0-0000-7000-8000-000000000001"
OTHER = "0197e0f0-0000-7000-8000-000000000002"
ONE = {"issuer": "https://id.example.com", "audience": "okrgraph", "organization": ORGANIZATION}
VARIABLES = {f"{PREFIX}OIDC_{name.upper()}": value for name, value in ONE.items()}
ROLES = "OWNER, ADMIN, MEMBER, VIEWER"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str | None) -> tuple[Issuer, ...]:
    for name, value in variables.items():
        if value is not None:
            monkeypatch.setenv(f"{PREFIX}OIDC_{name.upper()}", value)
    return Settings().issuers


def problems(monkeypatch: pytest.MonkeyPatch, **variables: str | None) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        read(monkeypatch, **variables)
    [error] = refused.value.errors()
    return str(error["ctx"]["error"]).replace(f"{PREFIX}OIDC_", "").splitlines()


def test_without_variables_there_is_no_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) == ()


def test_one_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, **ONE) == (
        Issuer(
            issuer="https://id.example.com",
            audience=("okrgraph",),
            jwks_url=None,
            algorithms=DEFAULT_ALGORITHMS,
            leeway=30,
            jwks_cache_seconds=3600,
            organization=UUID(ORGANIZATION),
            organization_claim=None,
            organizations={},
            person_claim="sub",
            person_prefix="",
            role_claim=None,
            roles={},
            teams_claim=None,
            create_people=False,
            default_role=None,
        ),
    )


def test_all_variables_of_one_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "issuer": "http://127.0.0.1:9000/",
        "audience": "okrgraph, https://okr.example.com",
        "jwks_url": "https://keys.example.com/jwks",
        "algorithms": "ES256,RS512",
        "leeway": "0",
        "jwks_cache_seconds": "60.5",
        "organization_claim": "org_id",
        "organizations": orjson.dumps({"acme": ORGANIZATION}).decode(),
        "person_claim": "oid",
        "person_prefix": "entra:",
        "role_claim": "realm_access.roles",
        "roles": '{"okr-admins": "ADMIN"}',
        "teams_claim": "groups",
        "create_people": "true",
        "default_role": "VIEWER",
    }
    assert read(monkeypatch, **variables) == (
        Issuer(
            issuer="http://127.0.0.1:9000/",
            audience=("okrgraph", "https://okr.example.com"),
            jwks_url="https://keys.example.com/jwks",
            algorithms=("ES256", "RS512"),
            leeway=0,
            jwks_cache_seconds=60.5,
            organization=None,
            organization_claim="org_id",
            organizations={"acme": UUID(ORGANIZATION)},
            person_claim="oid",
            person_prefix="entra:",
            role_claim="realm_access.roles",
            roles={"okr-admins": "ADMIN"},
            teams_claim="groups",
            create_people=True,
            default_role="VIEWER",
        ),
    )


def test_several_issuers(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"issuer": "https://other.example.com", "audience": ["a", "b"], "organization": OTHER, "leeway": 5}
    first, second = read(monkeypatch, issuers=orjson.dumps([ONE, other]).decode())
    assert (first.issuer, first.audience, first.organization) == (ONE["issuer"], ("okrgraph",), UUID(ORGANIZATION))
    assert (second.audience, second.leeway, second.algorithms) == (("a", "b"), 5, DEFAULT_ALGORITHMS)


def test_the_example_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = re.findall(r"OKRGRAPH_OIDC_ISSUERS='(.*?)'", PAGE.read_text(), re.DOTALL)
    first, second = read(monkeypatch, issuers=text)
    assert (first.issuer, first.person_prefix) == ("https://id.example.com", "id:")
    assert (second.issuer, second.person_prefix) == ("https://login.example.org", "org:")


NO_URL = "is not a URL with https, which may be http only for this machine."
ALGORITHMS = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519"
EITHER = "ORGANIZATION: Set either an organization for all, or the claim that has it."
WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "http": ({"issuer": "http://id.example.com"}, f"ISSUER: 'http://id.example.com' {NO_URL}"),
    "no URL": ({"issuer": "id.example.com"}, f"ISSUER: 'id.example.com' {NO_URL}"),
    "password": ({"issuer": "https://u:p@id.example.com"}, f"ISSUER: 'https://u:p@id.example.com' {NO_URL}"),
    "keys by http": ({"jwks_url": "http://id.example.com/k"}, f"JWKS_URL: 'http://id.example.com/k' {NO_URL}"),
    "keys in a file": ({"jwks_url": "file:///etc/keys"}, f"JWKS_URL: 'file:///etc/keys' {NO_URL}"),
    "no audience": ({"audience": None}, "AUDIENCE: Field required."),
    "empty audience": (
        {"audience": ","},
        "AUDIENCE: It is empty: tokens for other services of the issuer would be taken.",
    ),
    "none": ({"algorithms": "RS256,none"}, f"ALGORITHMS: 'none' is none of {ALGORITHMS}."),
    "HS256": ({"algorithms": "HS256"}, f"ALGORITHMS: 'HS256' is none of {ALGORITHMS}."),
    "no algorithm": ({"algorithms": ","}, "ALGORITHMS: It is empty, so that no token could be valid."),
    "leeway": ({"leeway": "301"}, "LEEWAY: It is not from 0 to 300 seconds."),
    "leeway of no number": ({"leeway": "nan"}, "LEEWAY: It is not from 0 to 300 seconds."),
    "cache": ({"jwks_cache_seconds": "0"}, "JWKS_CACHE_SECONDS: It is not from 1 to 86400 seconds."),
    "both organizations": ({"organization_claim": "org"}, EITHER),
    "no organization": ({"organization": None}, EITHER),
    "organizations without their claim": (
        {"organizations": orjson.dumps({"a": ORGANIZATION}).decode()},
        "ORGANIZATIONS: It has no use without an organization claim.",
    ),
    "organizations that are no JSON": (
        {"organizations": "acme"},
        'ORGANIZATIONS is not a JSON object, such as {"value": "meaning"}.',
    ),
    "roles without their claim": ({"roles": '{"a": "ADMIN"}'}, "ROLES: It has no use without a role claim."),
    "unknown role": ({"role_claim": "r", "roles": '{"a": "BOSS"}'}, f"ROLES: 'BOSS' is none of {ROLES}."),
    "default role of an owner": (
        {"create_people": "true", "default_role": "OWNER"},
        "DEFAULT_ROLE: 'OWNER' is none of ADMIN, MEMBER, VIEWER.",
    ),
    "default role for nobody": (
        {"default_role": "VIEWER"},
        "DEFAULT_ROLE: It has no use without a role claim, and where no people are created.",
    ),
    "prefix of emails": (
        {"person_claim": "email", "person_prefix": "a:"},
        "PERSON_PREFIX: It has no use where people are found by their email addresses.",
    ),
    "no issuer": ({"issuer": None}, "AUDIENCE is set without OKRGRAPH_OIDC_ISSUER."),
    "one and several": ({"issuers": "[]"}, "ISSUER is set, and OKRGRAPH_OIDC_ISSUERS as well. Set one of them."),
}


@pytest.mark.parametrize(("changed", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_refused(monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], expected: str) -> None:
    assert problems(monkeypatch, **(ONE | changed)) == [expected.replace(f"{PREFIX}OIDC_", "")]


@pytest.mark.parametrize("text", ["leeway", "jwks_cache_seconds", "create_people", "organization"])
def test_values_of_other_types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    [line] = problems(monkeypatch, **(ONE | {text: "soon"}))
    assert line.startswith(f"{text.upper()}: Input should be a valid ")


def several(*changed: dict[str, Any]) -> str:
    return orjson.dumps(
        [{**ONE, "issuer": f"https://{n}.example.com", **each} for n, each in enumerate(changed)]
    ).decode()


CONFUSED = (
    "ISSUERS: person_prefix: https://0.example.com and https://1.example.com can mean different people by the same"
    " external id. Give each a prefix that the other one does not begin with."
)
CLAIM = {"organization": None, "organization_claim": "org"}


@pytest.mark.parametrize(
    "changed",
    [
        ({}, {}),
        ({"person_prefix": "a"}, {"person_prefix": "ab"}),
        ({"person_prefix": "a"}, {}),
        (CLAIM, {"organization": OTHER}),
    ],
)
def test_issuers_that_could_mean_different_people_by_one_id(
    monkeypatch: pytest.MonkeyPatch, changed: tuple[dict[str, Any], ...]
) -> None:
    assert problems(monkeypatch, issuers=several(*changed)) == [CONFUSED]


@pytest.mark.parametrize(
    "changed",
    [
        ({}, {"organization": OTHER}),
        ({"person_prefix": "a:"}, {"person_prefix": "b:"}),
        ({"person_claim": "email"}, {}),
        ({**CLAIM, "person_prefix": "a:"}, {**CLAIM, "person_prefix": "b:"}),
    ],
)
def test_issuers_side_by_side(monkeypatch: pytest.MonkeyPatch, changed: tuple[dict[str, Any], ...]) -> None:
    assert len(read(monkeypatch, issuers=several(*changed))) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no JSON", "ISSUERS is not JSON."),
        ("{}", "ISSUERS is not a JSON list of objects."),
        ("[]", "ISSUERS is not a JSON list of objects."),
        ("[7]", "ISSUERS: an issuer: "),
        (several({"secret": 1}), "ISSUERS: secret: Unexpected keyword argument."),
        (
            several({}, {"issuer": "https://0.example.com"}),
            "ISSUERS: issuer: https://0.example.com is configured twice.",
        ),
    ],
)
def test_lists_that_are_refused(monkeypatch: pytest.MonkeyPatch, text: str, expected: str) -> None:
    [line] = problems(monkeypatch, issuers=text)
    assert line.startswith(expected)


def test_a_command_ends_with_a_line_for_each_problem() -> None:
    wrong = {**VARIABLES, "OKRGRAPH_OIDC_ISSUER": "http://id.example.com", "OKRGRAPH_OIDC_ALGORITHMS": "none"}
    stderr = (
        f"OKRGRAPH_OIDC_ISSUER: 'http://id.example.com' {NO_URL}\n"
        f"OKRGRAPH_OIDC_ALGORITHMS: 'none' is none of {ALGORITHMS}.\n"
    )
    assert run_command("serve", **wrong) == Ended(2, "", stderr)
