"""Descriptions of how people and teams are shown."""

AVATAR_URL = (
    "Address of a picture of the {object}, by https or http; at most 2 000 characters. The service does not read it."
)
COLOR = "Colour of the {object}: # and six hexadecimal digits, such as #1A73E8."
LOCALE = "Language of the {object}, a tag of BCP 47 such as de or pt-BR. No text of the service depends on it."
TIME_ZONE = "Time zone of the {object}, by its IANA name such as Europe/Berlin. No date of a goal depends on it."
