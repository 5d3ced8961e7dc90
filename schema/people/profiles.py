"""How people and teams are shown."""

import strawberry

from schema.descriptions.profiles import AVATAR_URL, COLOR, LOCALE, TIME_ZONE


@strawberry.type
class Profile:
    """Picture, colour, language and time zone of a person or a team."""

    avatar_url: str | None = strawberry.field(description=f"{AVATAR_URL} Null if there is none.")
    color: str | None = strawberry.field(description=f"{COLOR} Null if none was chosen.")
    locale: str | None = strawberry.field(description=f"{LOCALE} Null if unknown.")
    time_zone: str | None = strawberry.field(description=f"{TIME_ZONE} Null if unknown: that of the organization.")
