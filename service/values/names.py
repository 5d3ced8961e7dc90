"""Names of columns and types, as the schema and as sentences write them."""

from functools import lru_cache


@lru_cache(4_096)
def to_camel_case(name: str) -> str:
    """A name in snake case as the schema writes it: `starts_on` is `startsOn`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def to_words(type_name: str) -> str:
    """The name of a type as words of a sentence: `KeyResult` is `key result`, and `KpiLink` is `KPI link`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type_name).strip()
    return words.replace("kpi", "KPI")
