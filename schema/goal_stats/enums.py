"""Enums of the statistics of goals."""

from schema.descriptions.enums import describe_enum
from service.rollup.goal_statistics import GoalDimension

describe_enum(
    GoalDimension,
    "Dimension by which goals (objectives or key results) are grouped. Key results have the team, level, cycle, pillar "
    "and perspective of their objective.",
    TEAM="Groups by the team of the objective.",
    OWNER="Groups by owner. A key result without an owner of its own is in the group of the owner of its objective.",
    LEVEL="Groups by the level of the objective.",
    CYCLE="Groups by the cycle of the objective.",
    PILLAR="Groups by the pillar of the objective.",
    PERSPECTIVE="Groups by the Balanced Scorecard perspective of the objective.",
    KIND="Groups by the goal's own kind.",
    STATUS="Groups by the status that the goals have now.",
    STALENESS="Groups by the staleness that the goals have now.",
)
