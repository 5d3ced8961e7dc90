"""Scopes of API keys as an enum of the schema."""

from schema.descriptions.enums import describe_enum
from service.people.scopes import ApiKeyScope

__all__ = ["ApiKeyScope"]

describe_enum(
    ApiKeyScope,
    "Scope of an API key: an area of the API that the key may read or write, within what the role of its holder "
    "allows. A scope to write an area includes the scope to read it.",
    ACT_AS="Acting on behalf of people by the header `Okrgraph-Act-As`; for API keys of service accounts only, and "
    "only if it is named.",
    API_KEYS_READ="Reading API keys: names, scopes and times, never the secrets.",
    API_KEYS_WRITE="Creating, rotating and revoking API keys, and reading them.",
    AUDIT_READ="Reading audit events, which takes the role ADMIN or OWNER, too.",
    EVENTS_READ="Reading events: what was changed, with the values before and after, of all areas.",
    GOALS_READ="Reading objectives, key results, alignments, check-ins, milestones, cycles and pillars.",
    GOALS_WRITE="Changing objectives, key results, alignments, check-ins, milestones, cycles and pillars, and reading "
    "them.",
    KPIS_READ="Reading KPIs, their measurements, series and targets.",
    KPIS_WRITE="Changing KPIs, recording their measurements and targets, and reading them.",
    PEOPLE_READ="Reading people, service accounts, teams and memberships.",
    PEOPLE_WRITE="Changing people, service accounts, teams, memberships and the organization, and reading them.",
    SHARE_TOKENS_READ="Reading share tokens: names, times and what they show, never the secrets.",
    SHARE_TOKENS_WRITE="Creating and revoking share tokens, and reading them. A share token shows nothing that the API "
    "key may not read itself.",
    WORKSPACE_WRITE="Importing by `workspaceImport`, which creates and changes objects of all areas but API keys and "
    "share tokens.",
)
