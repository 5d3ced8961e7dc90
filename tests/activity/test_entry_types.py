"""The table of the types of entries: whole, and the same in Python and in SQL."""

from collections import Counter
from itertools import product
from typing import Any

import asyncpg
from sqlalchemy.dialects import postgresql

from service.activity.entry_types import BY_SUBJECT, BY_VERB, EntryType, entry_type, verbs_of
from service.activity.queries import FILTERS
from service.all_entities import ENTITIES
from service.events.models import Verb


def test_every_verb_has_a_type_and_every_type_a_verb() -> None:
    assert BY_VERB.keys() == {verb.value for verb in Verb}
    assert {*BY_VERB.values(), *BY_SUBJECT.values()} == {*EntryType}
    names = {entity.name for entity in ENTITIES}
    assert {(subject in names, verb in BY_VERB) for subject, verb in BY_SUBJECT} == {(True, True)}


async def test_sql_has_the_type_of_each_pair(cleaner: asyncpg.Connection) -> None:
    subjects = sorted({entity.name for entity in ENTITIES} | {"Other"})
    pairs = list(product(BY_VERB, subjects))
    expression: Any = FILTERS["type"]
    case = expression.compile(dialect=postgresql.dialect())
    assert case.params == {}
    values = ", ".join(f"('{verb}', '{subject}')" for verb, subject in pairs)
    rows = await cleaner.fetch(
        f"SELECT verb, subject_type, {case} AS type FROM (VALUES {values}) events (verb, subject_type)"
    )
    found = {(row["verb"], row["subject_type"]): row["type"] for row in rows}
    assert found == {pair: entry_type(*pair) for pair in pairs}
    # An entry of each type is looked for among the verbs that it may have, and no others.
    verbs: dict[str, Counter[str]] = {}
    for (verb, _), type in found.items():
        verbs.setdefault(type, Counter())[verb] += 1
    assert {each.value: set(verbs_of([each])) for each in EntryType} == {each: set(own) for each, own in verbs.items()}
    assert sum(own.total() for own in verbs.values()) == len(pairs) == len(rows)
