"""The types of entries of a feed, by the verbs and the subjects of events."""

from collections.abc import Collection
from enum import StrEnum


class EntryType(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    REORDERED = "REORDERED"
    ARCHIVED = "ARCHIVED"
    RESTORED = "RESTORED"
    CHECKED_IN = "CHECKED_IN"
    CHECK_IN_CORRECTED = "CHECK_IN_CORRECTED"
    CHECK_IN_WITHDRAWN = "CHECK_IN_WITHDRAWN"
    ALIGNED = "ALIGNED"
    UNALIGNED = "UNALIGNED"
    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    MEASURED = "MEASURED"
    MEASUREMENTS_DELETED = "MEASUREMENTS_DELETED"
    TARGET_SET = "TARGET_SET"
    SCORED = "SCORED"
    CARRIED_OVER = "CARRIED_OVER"
    CYCLE_STEP = "CYCLE_STEP"
    JOINED = "JOINED"
    LEFT = "LEFT"
    REVOKED = "REVOKED"
    ERASED = "ERASED"


BY_VERB = {
    "CREATED": EntryType.CREATED,
    "UPDATED": EntryType.UPDATED,
    "REORDERED": EntryType.REORDERED,
    "ARCHIVED": EntryType.ARCHIVED,
    "RESTORED": EntryType.RESTORED,
    "CHECKED_IN": EntryType.CHECKED_IN,
    "CORRECTED": EntryType.CHECK_IN_CORRECTED,
    "WITHDRAWN": EntryType.CHECK_IN_WITHDRAWN,
    "ALIGNED": EntryType.ALIGNED,
    "UNALIGNED": EntryType.UNALIGNED,
    "LINKED": EntryType.LINKED,
    "UNLINKED": EntryType.UNLINKED,
    "RECORDED": EntryType.MEASURED,
    "DELETED": EntryType.MEASUREMENTS_DELETED,
    "SCORED": EntryType.SCORED,
    "CARRIED_OVER": EntryType.CARRIED_OVER,
    **dict.fromkeys(("ACTIVATED", "CLOSING_BEGUN", "EXTENDED", "CLOSED", "REOPENED"), EntryType.CYCLE_STEP),
    "REVOKED": EntryType.REVOKED,
    "ERASED": EntryType.ERASED,
}
# What these verbs mean of these subjects; of others, what they mean in general.
BY_SUBJECT = {
    **{(each, "CREATED"): EntryType.JOINED for each in ("Membership", "Participant")},
    **{(each, "RESTORED"): EntryType.JOINED for each in ("Membership", "Participant")},
    **{(each, "ARCHIVED"): EntryType.LEFT for each in ("Membership", "Participant")},
    ("KpiTarget", "CREATED"): EntryType.TARGET_SET,
    ("KpiTarget", "UPDATED"): EntryType.TARGET_SET,
}


def entry_type(verb: str, subject_type: str) -> EntryType:
    """The type of the entry of an event."""
    return BY_SUBJECT.get((subject_type, verb)) or BY_VERB[verb]


def verbs_of(types: Collection[EntryType]) -> list[str]:
    """The verbs of the events that may have entries of these types."""
    special = {verb for (_, verb), each in BY_SUBJECT.items() if each in types}
    return [verb for verb, each in BY_VERB.items() if each in types or verb in special]
