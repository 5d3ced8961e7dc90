"""Checks how people and teams are shown: picture, colour, language and time zone."""

import re
from collections.abc import Iterator
from typing import Any

from service.errors import Refusal
from service.people.time_zones import check_time_zone
from service.values.urls import check_url

MAX_LOCALE_LENGTH = 100
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
# A tag that is well-formed by RFC 5646: language, script, region, variants, extensions and private use.
LOCALE = re.compile(
    r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[A-WY-Za-wy-z0-9](?:-[A-Za-z0-9]{2,8})+)*"
    r"(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?"
)


class ColorInvalid(Refusal):
    """`{color}` is no colour: send `#` and six hexadecimal digits, such as #1A73E8."""

    meaning = "Text `<color>` that is no colour. Send # and six hexadecimal digits, such as #1A73E8."


class LocaleInvalid(Refusal):
    """`{locale}` is no language tag of BCP 47, such as de or pt-BR."""

    meaning = "Text `<locale>` that is no language tag of BCP 47. Send one such as de or pt-BR."


def check_profile(profile: Any) -> Iterator[Refusal]:
    """Yields what is wrong with the picture, the colour, the language or the time zone of a person or a team."""
    if profile.avatar_url is not None:
        yield from check_url(profile.avatar_url, "avatarUrl")
    if profile.color is not None and not COLOR.fullmatch(profile.color):
        yield ColorInvalid(("color",), color=profile.color)
    locale = profile.locale
    if locale is not None and (len(locale) > MAX_LOCALE_LENGTH or not LOCALE.fullmatch(locale)):
        yield LocaleInvalid(("locale",), locale=locale)
    if profile.time_zone is not None:
        yield from check_time_zone(profile.time_zone)
