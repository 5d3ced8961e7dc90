"""Reads the settings of a command: wrong ones end it, unknown ones are named."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from service.cli.console import WRONG_USAGE, fail, report
from service.settings import PREFIX, Settings, variable_of

KNOWN = frozenset(variable_of(field) for field in Settings.model_fields)
# Read by tests and tools only.
OF_TOOLS = frozenset(
    {"OKRGRAPH_FUZZ", "OKRGRAPH_HOSTILE", "OKRGRAPH_LARGE", "OKRGRAPH_TEST_DATABASE_URL", "OKRGRAPH_TEST_PGBOUNCER"}
)
URL_FORM = "postgresql://user:password@host:port/database"


@cache
def settings() -> Settings:
    """The settings of this process; says which variables are unknown. Exits with 2 when values cannot be used."""
    for warning in unknown_variables(os.environ):
        report("Warning:", warning)
    try:
        return Settings()
    except ValidationError as error:
        *others, last = wrong_values(error, os.environ)
        for problem in others:
            report(problem)
        fail(last, code=WRONG_USAGE)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like one of ours and is none, with the one that may be meant."""
    unknown = sorted({name.upper() for name in environment if name.upper().startswith(PREFIX)} - KNOWN - OF_TOOLS)
    return [f"{name} is not a variable of okrgraph.{_suggestion(name)}" for name in unknown]


def wrong_values(error: ValidationError, environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable whose value cannot be used: its value, unless it may be a secret, and what can."""
    given = {name.upper(): value for name, value in environment.items()}
    fields = {variable_of(name): field for name, field in Settings.model_fields.items()}
    sentences = []
    for problem in error.errors():
        name = str(problem["loc"][0])
        name = name if name in fields else variable_of(name)
        if name.endswith("DATABASE_URL"):
            # The value is left out, since it may hold a password.
            sentences.append(f"{name} cannot be used: {problem['ctx']['error']}. Allowed is {URL_FORM}.")
        else:
            sentences.append(f"{name} is {given.get(name)!r}. Allowed is {allowed(fields[name])}.")
    return sentences


def allowed(field: FieldInfo) -> str:
    """What a field may be, in words."""
    if get_origin(field.annotation) is Literal:
        return " or ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true or false"
    kind = {int: "a whole number", float: "a number"}.get(field.annotation, "a text")  # type: ignore[arg-type]
    limits: dict[type, Any] = {type(limit): limit for limit in field.metadata}
    least = f" from {limits[Ge].ge}" if Ge in limits else ""
    most = f" to {limits[Le].le}" if Le in limits else " on" if least else ""
    return kind + least + most


def _suggestion(name: str) -> str:
    # Without the prefix, which makes all names alike, and which HOST and PORT do not have.
    known = {each.removeprefix(PREFIX): each for each in sorted(KNOWN)}
    close = get_close_matches(name.removeprefix(PREFIX), known, 1)
    return f" Did you mean {known[close[0]]}?" if close else ""
