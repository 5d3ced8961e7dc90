"""The parts of filters that ask who is involved in a goal."""

from collections.abc import Iterable

import strawberry

from schema.descriptions.enums import describe_enum
from service.people.permissions import GoalRole

describe_enum(
    GoalRole,
    "Role of a person in a goal: its owner, or a participant. That a team takes part does not count for its members.",
    OWNER="Owner of the goal, one person at most.",
    CO_OWNER="Co-owner, who may edit the goal like its owner.",
    CONTRIBUTOR="Contributor, who checks in on the goal.",
    READER="Reader, who reads the goal whatever its visibility.",
    FOLLOWER="Follower, who wants to hear of the goal.",
)


@strawberry.input(description="Person to look for among the owner and the participants of goals, and in which roles.")
class InvolvementFilter:
    person_id: strawberry.ID = strawberry.field(description="Id of the person.")
    roles: list[GoalRole] = strawberry.field(
        description="Roles of which the person has to have one. An empty list matches nothing."
    )


def comparator_of(roles: Iterable[GoalRole]) -> str:
    """The comparator of `Involvement` for some roles."""
    return " ".join(sorted(set(map(str, roles))))
