"""Global ids: the name of a GraphQL type and a row's id, in one opaque text."""

import base64
from binascii import b2a_base64
from uuid import UUID


def encode(type_name: str, id: UUID) -> str:
    """The global id of a row: base64url of `<type>:<uuid>`, without padding."""
    # The alphabets of base64 and base64url differ in characters that letters, digits and these signs never lead to.
    return b2a_base64(f"{type_name}:{id}".encode(), newline=False).decode().rstrip("=")


def decode(text: str) -> tuple[str, UUID] | None:
    """The type's name and the row's id in a global id; None when the text is not one."""
    try:
        name, _, raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        return name, UUID(raw)
    except ValueError:
        return None
