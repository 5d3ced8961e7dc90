"""Whether objectives serve others."""

from enum import StrEnum


class AlignmentState(StrEnum):
    """Whether an objective serves another one; objectives of the level COMPANY need not."""

    ALIGNED = "ALIGNED"
    UNALIGNED = "UNALIGNED"
    TOP = "TOP"
