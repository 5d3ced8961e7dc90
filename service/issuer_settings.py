"""The settings of an operator about issuers of tokens: of one by variables of its own, of several as JSON."""

from typing import Any, Self

import orjson
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_settings import BaseSettings

from service.values.issuer import DEFAULT_ALGORITHMS, DEFAULT_ROLE, SUBJECT_CLAIM, Issuer, contradictions

PREFIX = "oidc_"
SEVERAL = "OKRGRAPH_OIDC_ISSUERS"
LISTS = ("audience", "algorithms")
MAPS = ("organizations", "roles")
_ISSUER = TypeAdapter(Issuer)


def _variable(description: str, default: str | None = None) -> Any:
    return Field(default=default, description=description)


class IssuerSettings(BaseSettings):
    """The texts of the variables; `issuers` is what they mean. Raises ValueError with a line for each problem."""

    oidc_issuer: str | None = _variable("OpenID Connect issuer whose tokens are accepted, as in their claim `iss`")
    oidc_audience: str | None = _variable("audiences of accepted tokens, separated by commas")
    oidc_jwks_url: str | None = _variable("where the keys of the issuer are; default: where it says they are")
    oidc_algorithms: str = _variable("allowed algorithms of signatures", ",".join(DEFAULT_ALGORITHMS))
    oidc_leeway: str = _variable("seconds that the clock of the issuer may differ", "30")
    oidc_jwks_cache_seconds: str = _variable("how long keys of the issuer are cached", "3600")
    oidc_organization: str | None = _variable("id of the organization that all people of the issuer belong to")
    oidc_organization_claim: str | None = _variable("claim with the organization of the person, instead")
    oidc_organizations: str | None = _variable("JSON object from values of that claim to ids of organizations")
    oidc_person_claim: str = _variable(
        "claim with the external id of the person, or `email` for the verified email address", SUBJECT_CLAIM
    )
    oidc_person_prefix: str | None = _variable("what external ids of people of the issuer begin with")
    oidc_role_claim: str | None = _variable("claim that decides the role of the person")
    oidc_roles: str | None = _variable("JSON object from values of that claim to roles")
    oidc_teams_claim: str | None = _variable("claim with external ids of teams, which decides the memberships")
    oidc_create_people: str = _variable("whether people are created at their first sign-in", "False")
    oidc_default_role: str = _variable(
        "role of created people, and of tokens without a known value in the role claim", DEFAULT_ROLE
    )
    oidc_issuers: str | None = _variable("several issuers: a JSON list of objects with the names of these variables")

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The issuers whose tokens are accepted."""
        values = {
            name.removeprefix(PREFIX): value
            for name, field in IssuerSettings.model_fields.items()
            if (value := getattr(self, name)) != field.default
        }
        several = values.pop("issuers", None)
        if several is not None:
            if values:
                raise ValueError(f"{_name(next(iter(values)))} is set, and {SEVERAL} as well. Set one of them.")
            return _checked([_issuer(each, f"{SEVERAL}: ") for each in _listed(several)], f"{SEVERAL}: ")
        if not values:
            return ()
        if "issuer" not in values:
            raise ValueError(f"{_name(next(iter(values)))} is set without {_name('issuer')}.")
        lists = {name: _split(values[name]) for name in LISTS if name in values}
        maps = {name: _object(values[name], _name(name)) for name in MAPS if name in values}
        return _checked([_issuer(values | lists | maps)])

    @model_validator(mode="after")
    def _check_issuers(self) -> Self:
        _ = self.issuers
        return self


def _listed(text: str) -> list[Any]:
    try:
        issuers = orjson.loads(text)
    except ValueError:
        raise ValueError(f"{SEVERAL} is not JSON.") from None
    if not isinstance(issuers, list) or not issuers:
        raise ValueError(f"{SEVERAL} is not a JSON list of objects.")
    return [
        {name: [value] if name in LISTS and isinstance(value, str) else value for name, value in each.items()}
        if isinstance(each, dict)
        else each
        for each in issuers
    ]


def _object(text: str, variable: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise ValueError(f'{variable} is not a JSON object, such as {{"value": "meaning"}}.') from None


def _split(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _issuer(values: Any, of: str = "") -> Issuer:
    try:
        return _ISSUER.validate_python(values)
    except ValidationError as error:
        problems = [(".".join(map(str, each["loc"])) or "an issuer", each["msg"]) for each in error.errors()]
        lines = [f"{of}{name if of else _name(name)}: {message}." for name, message in problems]
        raise ValueError("\n".join(lines)) from None


def _checked(issuers: list[Issuer], of: str = "") -> tuple[Issuer, ...]:
    lines = [f"{of}{name if of else _name(name)}: {problem}" for name, problem in contradictions(issuers)]
    if lines:
        raise ValueError("\n".join(lines))
    return tuple(issuers)


def _name(setting: str) -> str:
    return f"OKRGRAPH_{PREFIX}{setting}".upper()
