"""A request to create or change an alignment."""

from collections.abc import Sequence
from uuid import UUID

from service.alignment.models import Alignment, AlignmentKind
from service.values.record import record


@record
class AlignmentRequest:
    """An alignment of an objective with an objective or a key result, exactly one of the two.

    None keeps the value of an existing alignment. A new one contributes with the weight 1, and is primary if the
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


def should_be_primary(request: AlignmentRequest, same: Sequence[Alignment], other_edges: Sequence[Alignment]) -> bool:
    """Whether the alignment becomes primary. `same` is the existing row of it, if any; the others are not archived."""
    if request.is_primary is not None:
        return request.is_primary
    if same and same[0].archived_at is None:
        return same[0].is_primary
    return not any(edge.is_primary for edge in other_edges)
