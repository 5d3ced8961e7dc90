"""Scopes of API keys: which areas of the API a key may read or write, and whether it acts on behalf of people."""

from collections.abc import Iterable
from enum import StrEnum

READ, WRITE = "READ", "WRITE"


class ApiKeyScope(StrEnum):
    ACT_AS = "ACT_AS"
    API_KEYS_READ = "API_KEYS_READ"
    API_KEYS_WRITE = "API_KEYS_WRITE"
    AUDIT_READ = "AUDIT_READ"
    EVENTS_READ = "EVENTS_READ"
    GOALS_READ = "GOALS_READ"
    GOALS_WRITE = "GOALS_WRITE"
    KPIS_READ = "KPIS_READ"
    KPIS_WRITE = "KPIS_WRITE"
    PEOPLE_READ = "PEOPLE_READ"
    PEOPLE_WRITE = "PEOPLE_WRITE"
    SHARE_TOKENS_READ = "SHARE_TOKENS_READ"
    SHARE_TOKENS_WRITE = "SHARE_TOKENS_WRITE"
    WORKSPACE_WRITE = "WORKSPACE_WRITE"


Scopes = frozenset[str]
ALL_SCOPES: Scopes = frozenset(ApiKeyScope)
# A key without a list of scopes may do all that the role of its holder allows. To act on behalf of people has to be
# granted by name.
IMPLIED_SCOPES: Scopes = ALL_SCOPES - {ApiKeyScope.ACT_AS}


def granted(scopes: Iterable[str]) -> Scopes:
    """The scopes of a key with those that they include: who may write an area may read it."""
    held = frozenset(scopes)
    return held | {read for scope in held if (read := scope.replace(WRITE, READ)) in ALL_SCOPES}
