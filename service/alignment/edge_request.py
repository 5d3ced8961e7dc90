"""What somebody wants of an edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.alignment.models import Alignment, AlignmentKind


@dataclass(frozen=True, slots=True)
class Wish:
    """An edge from an objective to an objective or to a key result, exactly one of the two.

    None keeps what an existing edge has; a new one contributes with the weight 1, and is primary when the
    objective has no other primary parent.
    """

    objective_id: UUID
    parent_id: UUID | None = None
    parent_key_result_id: UUID | None = None
    kind: AlignmentKind | None = None
    weight: float | None = None
    is_primary: bool | None = None
    id: UUID | None = None
    external_id: str | None = None


def chosen_primary(wish: Wish, found: Sequence[Alignment], others: Sequence[Alignment]) -> bool:
    """Whether the edge is to be primary, given the same edge if there is one, and the other live ones."""
    if wish.is_primary is not None:
        return wish.is_primary
    if found and found[0].archived_at is None:
        return found[0].is_primary
    return not any(edge.is_primary for edge in others)
