"""Texts that are longer than their descriptions say."""

import re
import secrets
from typing import Any

from graphql import get_named_type

from tests.bad_input.asking import Asker
from tests.bad_input.texts import texts, with_text
from tests.tenancy.moves import MUTATION

# Texts with a grammar of their own; what is wrong with one is told by tests/kpis.
SPOKEN = {"formula", "timeZone"}


def plain_texts() -> list[tuple[str, str]]:
    return [(mutation, field) for mutation, field in texts() if field not in SPOKEN]


def limit_of(mutation: str, field: str) -> int | None:
    """How many characters a text may have, as its description says."""
    kind: Any = get_named_type(MUTATION.fields[mutation].args["input"].type)
    found = re.search(r"(?:at most|1 to) ([\d ]+) characters", kind.fields[field].description)
    return int(found[1].replace(" ", "")) if found else None


async def test_a_text_is_as_long_as_its_description_says(asker: Asker) -> None:
    """The noise does not compress: an index could not hold it."""
    noise = secrets.token_urlsafe(100_000)
    wrong = {}
    async with asker.unchanged():
        for mutation, field in plain_texts():
            limit = limit_of(mutation, field)
            for length in () if limit is None else {limit + 1, 10_000, 100_000}:
                if length > limit:
                    wrong[f"{mutation}.{field} of {length}"] = await attempt(asker, mutation, field, noise[:length])
    refused = {name for name, seen in wrong.items() if seen == [("TOO_LONG", f"input.{name.split('.')[1].split()[0]}")]}
    assert {name: seen for name, seen in wrong.items() if name not in refused} == {}


async def attempt(asker: Asker, mutation: str, field: str, text: str) -> Any:
    try:
        return await with_text(asker, mutation, field, text)
    except AssertionError as error:
        return str(error)[:500]


def test_every_text_that_is_kept_has_a_limit() -> None:
    assert {field for mutation, field in plain_texts() if limit_of(mutation, field) is None} <= {"reason", "unit"}


async def test_a_text_without_a_told_limit_is_taken_or_too_long(asker: Asker) -> None:
    noise = secrets.token_urlsafe(100_000)
    for mutation, field in plain_texts():
        if limit_of(mutation, field) is None:
            assert await with_text(asker, mutation, field, noise) in (None, [("TOO_LONG", f"input.{field}")])


async def test_the_longest_texts_are_taken(asker: Asker) -> None:
    wrong = {}
    for mutation, field in plain_texts():
        text = "🦄" * (limit_of(mutation, field) or 50)
        seen = await attempt(asker, mutation, field, text)
        if seen is not None and seen != [("TAKEN", f"input.{field}")]:
            wrong[f"{mutation}.{field}"] = seen
    assert wrong == {}
