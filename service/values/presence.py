"""Whether there are goals of some kind around another one, and who sees them."""

from enum import StrEnum


class Presence(StrEnum):
    """`RESTRICTED`: there are some, and each has a visibility by which some people only see it. `OPEN`: everybody sees
    one of them."""

    NONE = "NONE"
    RESTRICTED = "RESTRICTED"
    OPEN = "OPEN"
