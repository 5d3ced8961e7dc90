"""Refusals that every type of object can come to."""

from service.errors import Refusal


class NotFound(Refusal):
    """There is no {thing} with {known_by}."""

    meaning = "Missing object: your organization has no <thing> with <knownBy>. Check the id that you sent."

    def __init__(self, field: tuple[str, ...] = (), *, thing: str, known_by: str = "this id") -> None:
        super().__init__(field, thing=thing, known_by=known_by)


class Conflict(Refusal):
    """The object has version {version} now, and you sent `expectedVersion` {expected}. Read it again."""

    meaning = (
        "Conflict: the object has version <version>, and you sent `expectedVersion` <expected>, so it was changed "
        "since you read it. Read it again, check that your change still applies, and send the current version."
    )


class Archived(Refusal):
    """This {thing} is archived. Restore it first."""

    meaning = "Archived <thing>, which cannot be changed or referred to. Restore it first."


class Erased(Refusal):
    """This {thing} is erased, which nothing undoes. Create another one."""

    meaning = (
        "Erased <thing>, whose personal data is a placeholder for good: it cannot be changed, restored or referred to. "
        "Create another one."
    )


class Blank(Refusal):
    """`{name}` must not be empty."""

    meaning = "Empty text in `<name>`. Send at least one character that is not a space."


class TooLong(Refusal):
    """`{name}` has {length} characters; {limit} are allowed."""

    meaning = "Text of <length> characters in `<name>`, where <limit> are allowed. Send a shorter one."


class EmailInvalid(Refusal):
    """`{email}` is not an email address, such as ada@example.com."""

    meaning = "Text `<email>` that is not an email address. Send one such as ada@example.com."


class EffectiveAtOutOfRange(Refusal):
    """`effectiveAt` may not be in the future, nor before the last change, which holds from {last} on."""

    meaning = (
        "Time in `effectiveAt` that is in the future, or before the last change, which holds from <last> on. Send a "
        "time between these, or leave it out."
    )
