"""Nouns of descriptions: a text that many types share names the object of the type that it stands in."""

import re
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, get_named_type

# What the name of a type has besides the name of its object.
ENDINGS = re.compile(
    r"(Connection|Edge|Filter|OrderField|Order|(Upsert)?Payload|(Create|Update|Upsert|Duplicate|Archive|Restore|Reorder|Item)?Input)$"
)
# Objects that a type's name does not tell, or tells in another way than people do.
NOUNS = {
    "ActivityEntry": "entry",
    "AttentionEntry": "entry",
    "ApiKey": "API key",
    "ApiKeyRevoke": "API key",
    "ApiKeyRotate": "API key",
    "CheckIn": "check-in",
    "CheckInCorrect": "check-in",
    "CheckInRecord": "check-in",
    "CheckInWithdraw": "check-in",
    "CheckInDue": "due check-in",
    "GoalStatusReport": "goal",
    **dict.fromkeys(
        ["InitiativeCheckIn", "InitiativeCheckInCorrect", "InitiativeCheckInRecord", "InitiativeCheckInWithdraw"],
        "check-in",
    ),
    "KeyResultCheckIn": "check-in",
    "KeyResultLinkKpi": "KPI link",
    "KeyResultUnlinkKpi": "KPI link",
    "KpiMeasurementDue": "due measurement",
    "KpiMeasurementRevision": "measurement revision",
    "Node": "object",
    "ObjectiveAlign": "alignment",
    "ObjectiveCheckIn": "check-in",
    "ObjectiveDescendant": "descendant",
    "ObjectiveKeyResult": "key result",
    "ObjectiveLink": "link",
    "ObjectiveParent": "alignment",
    "ObjectiveUnalign": "alignment",
    "ShareTokenRevoke": "share token",
}
PLURALS = {"entry": "entries", "person": "people"}
PLACEHOLDER = re.compile(r"\{(an )?(objects?|Object)\}")


def noun(type_name: str) -> str:
    """The object that a type is about: of KpiTargetUpdateInput a KPI target."""
    name = ENDINGS.sub("", type_name)
    return NOUNS.get(name) or " ".join(
        "KPI" if part == "Kpi" else part.lower() for part in re.findall("[A-Z][^A-Z]*", name)
    )


def name_objects(types: Iterable[GraphQLNamedType]) -> None:
    """Puts the noun of its type into each description that has a place for it, `{object}`.

    Arguments are about what their field answers with. `{objects}` are several, `{an object}` has its article, and
    `{Object}` begins a sentence.
    """
    for type in types:
        _name(type, type.name)
        if isinstance(type, GraphQLEnumType):
            for value in type.values.values():
                _name(value, type.name)
        for field in getattr(type, "fields", {}).values():
            _name(field, type.name)
            if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
                for argument in field.args.values():
                    _name(argument, get_named_type(field.type).name)


def _name(described: Any, type_name: str) -> None:
    if described.description:
        described.description = named(described.description, noun(type_name))


def named(text: str, noun: str) -> str:
    """A text with a noun in its places."""

    def fill(placeholder: re.Match[str]) -> str:
        if placeholder[1]:
            return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
        if placeholder[2] == "Object":
            return noun[0].upper() + noun[1:]
        return noun if placeholder[2] == "object" else PLURALS.get(noun, f"{noun}s")

    return PLACEHOLDER.sub(fill, text)
