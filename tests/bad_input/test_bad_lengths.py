"""Texts that are longer than their descriptions say."""

import re
import secrets
from typing import Any

from tests.bad_input.asking import Asker
from tests.bad_input.texts import description_of, part_of, texts, with_text

# Texts that are read rather than kept as they are, and what comes of one that says nothing.
READ = {
    "scale.0": [("SCALE_INVALID", "input.scale")],
    "timeZone": [("TIME_ZONE_UNKNOWN", "input.timeZone")],
    "avatarUrl": [("URL_INVALID", "input.avatarUrl")],
    "url": [("URL_INVALID", "input.url")],
    "color": [("COLOR_INVALID", "input.color")],
    "locale": [("LOCALE_INVALID", "input.locale")],
    "system": [("LINK_SYSTEM_INVALID", "input.system")],
    "currency": [("CURRENCY_MISMATCH", "input.currency"), ("CURRENCY_UNKNOWN", "input.currency")],
    "measurements.0.externalId": [("KPI_MISSING", "input.measurements.0.kpiId")],
    "measurements.0.label": [("VALUE_MISSING", "input.measurements.0.value")],
}
# A measured KPI has no formula at all.
FORMULAS = {
    "kpiCreate": [("FORMULA_TOO_LARGE", "input.formula")],
    "kpiUpdate": [("FORMULA_SOURCE_MISMATCH", "input.formula")],
    "kpisUpdate": [("FORMULA_SOURCE_MISMATCH", "input.formula")],
    "kpisUpsert": [("FORMULA_TOO_LARGE", "input.formula")],
}
UNREADABLE = {
    **FORMULAS,
    "kpiCreate": [("FORMULA_INVALID", "input.formula")],
    # It was created meanwhile, without a formula.
    "kpisUpsert": FORMULAS["kpisUpdate"],
}
# What comes of an external id that another object was given.
KNOWN = {"keyResultsUpsert": [("OBJECTIVE_FIXED", "input.keyResults.0.objectiveId")]}


def limit_of(mutation: str, field: str) -> int | None:
    """How many characters a text may have, as its description says."""
    found = re.search(r"(?:at most|1 to) ([\d ]+) characters", description_of(mutation, field), re.IGNORECASE)
    return int(found[1].replace(" ", "")) if found else None


def too_long(mutation: str, field: str) -> Any:
    """What comes of a text that is longer than it may be."""
    item, name = part_of(field)
    if name == "formula":
        return within(item, FORMULAS[mutation])
    if name == "scale.0":
        return within(item, READ[name])
    if name in ("avatarUrl", "url"):
        return [("TOO_LONG", f"input.{field}"), *within(item, READ[name])]
    return [("TOO_LONG", f"input.{field}")]


def within(item: str, errors: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The errors of an input, as those of an item in a list."""
    return [(code, path.replace("input.", f"input.{item}", 1)) for code, path in errors]


async def test_a_text_is_as_long_as_its_description_says(asker: Asker) -> None:
    """The noise does not compress: an index could not hold it."""
    noise = secrets.token_urlsafe(100_000)
    wrong = {}
    async with asker.unchanged():
        for mutation, field in texts():
            limit = limit_of(mutation, field)
            if limit is None:
                continue
            for length in {limit + 1, 10_000, 100_000}:
                expected = too_long(mutation, field)
                seen = await attempt(asker, mutation, field, noise[:length]) if length > limit else expected
                if seen != expected:
                    wrong[f"{mutation}.{field} of {length}"] = seen
    assert wrong == {}


async def attempt(asker: Asker, mutation: str, field: str, text: str) -> Any:
    try:
        return await with_text(asker, mutation, field, text)
    except AssertionError as error:
        return str(error)[:500]


def test_every_text_that_is_kept_has_a_limit() -> None:
    assert {part_of(field)[1] for mutation, field in texts() if limit_of(mutation, field) is None} <= {"unit", *READ}


async def test_a_text_without_a_told_limit_is_taken_or_too_long(asker: Asker) -> None:
    noise = secrets.token_urlsafe(100_000)
    for mutation, field in texts():
        if limit_of(mutation, field) is None:
            item, name = part_of(field)
            expected = [within(item, READ[name])] if name in READ else [None, [("TOO_LONG", f"input.{field}")]]
            assert await with_text(asker, mutation, field, noise) in expected


async def test_the_longest_texts_are_taken(asker: Asker) -> None:
    wrong = {}
    for mutation, field in texts():
        limit = limit_of(mutation, field) or 50
        text = f"{'a' * (limit - len('@example.com'))}@example.com" if part_of(field)[1] == "email" else "🦄" * limit
        seen = await attempt(asker, mutation, field, text)
        item, name = part_of(field)
        expected = within(item, UNREADABLE[mutation] if name == "formula" else READ.get(name, []))
        if mutation == "checkInCorrect":
            # It was corrected, and so is the next one.
            said = {"keyResultId": asker.estate.ids["number"], "value": "5"}
            asker.estate.ids["value"] = await asker.client.make("keyResultCheckIn", **said)
        if mutation == "initiativeCheckInCorrect":
            work = {"checkIns": [{"initiativeId": asker.estate.ids["work"], "note": "Another"}]}
            again = await asker.client.change("initiativeCheckInsRecord", work, "checkIns { id }")
            asker.estate.ids["said of work 0"] = again["checkIns"][0]["id"]
        if seen is not None and seen not in ([("TAKEN", f"input.{field}")], expected, KNOWN.get(mutation)):
            wrong[f"{mutation}.{field}"] = seen
    assert wrong == {}
