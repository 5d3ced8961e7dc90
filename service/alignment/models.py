"""The tables of alignments and of their history."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from service.postgres.tables import (
    Changeable,
    Facts,
    Revision,
    changeable_keys,
    choice,
    filter_indexes,
    reference,
    revision_keys,
)


class AlignmentKind(StrEnum):
    CONTRIBUTES = "CONTRIBUTES"
    SUPPORTS = "SUPPORTS"


class AlignmentFacts(Facts):
    """`parent_id` is always the objective served, also when one of its key results is."""

    objective_id: UUID
    parent_id: UUID
    parent_key_result_id: UUID | None = None
    kind: AlignmentKind = Field(default=AlignmentKind.CONTRIBUTES, sa_type=choice(AlignmentKind))
    weight: float = 1.0
    is_primary: bool = False
    position: float = 0.0


class Alignment(AlignmentFacts, Changeable, table=True):
    """An archived row is an edge that was taken away; aligning again brings the same row back."""

    __tablename__: ClassVar[str] = "alignments"
    __table_args__ = (
        CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),
        CheckConstraint("objective_id <> parent_id", name="self"),
        UniqueConstraint(
            *("organization_id", "objective_id", "parent_id", "parent_key_result_id"),
            name="uq_alignments_edge",
            postgresql_nulls_not_distinct=True,
        ),
        reference("objective_id", "objectives"),
        reference("parent_id", "objectives"),
        reference("parent_key_result_id", "key_results"),
        Index(
            "ix_alignments_primary",
            *("organization_id", "objective_id"),
            unique=True,
            postgresql_where=text("is_primary AND archived_at IS NULL"),
        ),
        *filter_indexes("alignments", "position", parent="parent_id", parent_key_result="parent_key_result_id"),
        *changeable_keys("alignments"),
    )


class AlignmentRevision(AlignmentFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "alignment_revisions"
    __table_args__ = revision_keys("alignment_revisions", "alignments")
