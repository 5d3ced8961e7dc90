"""What is around an objective, as it is stored for indexes: what it serves, what serves it, and its key results."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from service.values.presence import Presence


class Above(NamedTuple):
    """The objectives that an objective serves, and those of them that are ACTIVE; archived ones do not count."""

    parents: Presence
    active_parents: Presence


class Surroundings(NamedTuple):
    """What is stored of the surroundings of an objective, by the names of its columns. Archived ones do not count."""

    parent_presence: Presence
    active_parent_presence: Presence
    child_presence: Presence
    has_key_results: bool


def surroundings_of(
    stored: Surroundings | None, above: Above | None, edges: Iterable[Any], key_results: Iterable[Any]
) -> Surroundings | None:
    """The surroundings of an objective with these edges below it and these key results; None where none are stored.
    What is `above` is as stored if that is None."""
    if stored is None:
        return None
    parents, active_parents = above or stored[:2]
    has_key_results = any(not each.archived for each in key_results)
    return Surroundings(parents, active_parents, presence_of(edges), has_key_results)


def presence_of(edges: Iterable[Any]) -> Presence:
    """The presence of the objectives below edges."""
    are_open = [edge.is_open for edge in edges if not edge.archived]
    return Presence.OPEN if any(are_open) else Presence.RESTRICTED if are_open else Presence.NONE


@cache
def stored_surroundings(columns: str) -> Surroundings | None:
    """The surroundings in the text of the columns, as Postgres writes them; None without any, as in the past."""
    if not columns:
        return None
    parents, active_parents, children, has_key_results = columns.split()
    return Surroundings(Presence(parents), Presence(active_parents), Presence(children), has_key_results == "t")


@cache
def stored_above(columns: str) -> Above:
    """What is above in the text of two columns."""
    parents, active_parents = columns.split()
    return Above(Presence(parents), Presence(active_parents))
