"""Reads the settings of a command. Invalid values end it, unknown variables cause a warning."""

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

KNOWN_VARIABLES = frozenset(variable_of(field) for field in Settings.model_fields)
# Variables of tests and tools.
TOOL_VARIABLES = frozenset(
    {
        *("OKRGRAPH_FUZZ", "OKRGRAPH_HOSTILE", "OKRGRAPH_LARGE", "OKRGRAPH_WRITE_ANSWERS"),
        *("OKRGRAPH_TEST_DATABASE_URL", "OKRGRAPH_TEST_PGBOUNCER"),
    }
)
URL_FORM = "postgresql://user:password@host:port/database"


@cache
def settings() -> Settings:
    """The settings of this process. Warns of unknown variables. Exits with 2 if a value is invalid."""
    for warning in describe_unknown_variables(os.environ):
        report("Warning:", warning)
    try:
        return Settings()
    except ValidationError as error:
        *earlier, last = describe_wrong_values(error, os.environ)
        for problem in earlier:
            report(problem)
        fail(last, code=WRONG_USAGE)


def describe_unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A warning for each unknown variable with the prefix of okrgraph, with the most similar known variable."""
    unknown = sorted(
        {name.upper() for name in environment if name.upper().startswith(PREFIX)} - KNOWN_VARIABLES - TOOL_VARIABLES
    )
    return [f"{name} is not a variable of okrgraph.{_suggestion(name)}" for name in unknown]


def describe_wrong_values(error: ValidationError, environment: Mapping[str, str]) -> list[str]:
    """A message for each invalid variable: its value, unless it may be a secret, and the allowed values."""
    values = {name.upper(): value for name, value in environment.items()}
    fields = {variable_of(name): field for name, field in Settings.model_fields.items()}
    sentences = []
    for problem in error.errors():
        if not problem["loc"]:
            # Of several variables together, which it names.
            sentences += str(problem["ctx"]["error"]).splitlines()
            continue
        name = str(problem["loc"][0])
        name = name if name in fields else variable_of(name)
        if name.endswith("DATABASE_URL"):
            # The value is omitted, since it may contain a password.
            sentences.append(f"{name} cannot be used: {problem['ctx']['error']}. Allowed is {URL_FORM}.")
        else:
            sentences.append(f"{name} is {values.get(name)!r}. Allowed is {describe_allowed(fields[name])}.")
    return sentences


def describe_allowed(field: FieldInfo) -> str:
    """A description of the allowed values of a field."""
    if get_origin(field.annotation) is Literal:
        return " or ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true or false"
    kind = {int: "a whole number", float: "a number"}.get(field.annotation, "a text")  # type: ignore[arg-type]
    limits: dict[type, Any] = {type(limit): limit for limit in field.metadata}
    minimum = f" from {limits[Ge].ge}" if Ge in limits else ""
    maximum = f" to {limits[Le].le}" if Le in limits else " on" if minimum else ""
    return kind + minimum + maximum


def _suggestion(name: str) -> str:
    # Compared without the prefix, which would make all names similar and which HOST and PORT lack.
    known = {each.removeprefix(PREFIX): each for each in sorted(KNOWN_VARIABLES)}
    close = get_close_matches(name.removeprefix(PREFIX), known, 1)
    return f" Did you mean {known[close[0]]}?" if close else ""
