"""Who may see a goal."""

from enum import StrEnum


class Visibility(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    TEAM = "TEAM"
    PRIVATE = "PRIVATE"
